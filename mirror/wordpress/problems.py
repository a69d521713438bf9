"""What went wrong with a request, from its reply: the failure signatures of WordPress sites.

JSON errors are matched by `code`, never by their message: those are translated and rebranded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from mirror.wordpress.objects import storable
from mirror.wordpress.parse import Decoded, Unreadable, decode
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import same_site

ProblemKind = Literal[
    "network",  # no answer: DNS, connection, TLS
    "timeout",  # no answer in time
    "refused",  # 401, 403, 451, or a code that says so: policy, not to be worked around
    "challenge",  # Cloudflare and its like want a browser
    "rate-limited",  # 429
    "maintenance",  # 503 with Retry-After
    "server-error",  # any other 5xx: a PHP fatal, memory, a gateway's timeout
    "empty",  # a good status without a body
    "truncated",  # JSON that breaks off
    "unreadable",  # a page or anything else where JSON was due
    "not-a-list",  # JSON, but no list where one was due: a cached error
    "past-end",  # a page or offset behind the last row, as an error
    "bad-parameter",  # 400: a parameter the site does not take
    "not-found",  # 404, 410: no such route or object
    "redirected-away",  # to another host, or to a page that is not the API
]
# again: the same request may succeed. smaller: fewer rows may. wait: the same, later. final: no.
Remedy = Literal["again", "smaller", "wait", "final"]

_REMEDIES: Mapping[ProblemKind, Remedy] = {
    "network": "again",
    "timeout": "smaller",
    "refused": "final",
    "challenge": "final",
    "rate-limited": "wait",
    "maintenance": "wait",
    "server-error": "smaller",
    "empty": "smaller",
    "truncated": "smaller",
    "unreadable": "smaller",
    "not-a-list": "again",
    "past-end": "again",
    "bad-parameter": "final",
    "not-found": "final",
    "redirected-away": "final",
}

# Security plugins refuse with these whatever the status: Disable WP REST API, iThemes, WP Cerber,
# Wordfence, and core's own.
_REFUSALS = frozenset({
    "rest_cannot_access", "itsec_rest_api_access_restricted", "rest_disabled", "rest_api_disabled",
    "rest_not_logged_in", "rest_login_required", "rest_forbidden", "rest_forbidden_context",
    "rest_cannot_view", "rest_cannot_read", "rest_user_cannot_view", "rest_unauthorized",
    "rest_authentication_required", "rest_api_authentication_required", "rest_cannot_read_post",
    "restx_logged_out", "incorrect_password", "invalid_username", "unauthorized", "forbidden",
})  # fmt: skip

_GONE = frozenset({
    "rest_post_invalid_id", "rest_term_invalid", "rest_user_invalid_id", "rest_comment_invalid_id",
})  # fmt: skip
# A comment on a post that may not be read answers `rest_cannot_read_post`.
_HIDDEN = frozenset({
    "rest_forbidden", "rest_cannot_read", "rest_cannot_read_post", "rest_user_cannot_view",
})  # fmt: skip

_PAST_END = re.compile(r"rest_\w*invalid_(?:page|offset)_number")

# Marks of challenge pages: title or text, in the first kilobytes.
_CHALLENGE_MARKS = re.compile(
    rb"<title>(?:just a moment|attention required! \| cloudflare|making sure you(?:'|&#39;)re not "
    rb"a bot|one moment, please|ddos-guard|vercel security checkpoint)|/cdn-cgi/challenge-platform|"
    rb"_incapsula_resource|/\.well-known/sgcaptcha|captcha-delivery\.com|__ddg",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a request did not bring what it should.

    `code` is WordPress' error code, empty where there was none; `parameters` are those a 400
    complains about; `retry_after` is what the server asks to wait, in seconds, uncapped.
    """

    kind: ProblemKind
    message: str
    status: int
    code: str = ""
    retry_after: float | None = None
    parameters: tuple[str, ...] = ()

    @property
    def remedy(self) -> Remedy:
        """What may help: the same again, fewer rows, waiting, or nothing."""
        if self.kind == "bad-parameter" and (not self.parameters or "per_page" in self.parameters):
            return "smaller"
        return _REMEDIES[self.kind]

    @property
    def stops_site(self) -> bool:
        """Whether to leave the whole host alone: it wants no robots."""
        return self.kind == "challenge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as it was sent: `bad_entries` counts what were no objects, `noise` what was cut away.

    `total` and `pages` are what the headers (or the envelope) say, None where they do not.
    """

    rows: list[dict[str, Any]]
    bad_entries: int
    total: int | None
    pages: int | None
    noise: tuple[str, ...] = ()


def classify(reply: Reply, now: datetime | None = None) -> Problem | None:
    """What is wrong with a reply, or None if it is a JSON object or list with a good status.

    `now` is for a `Retry-After` date; without it, the server's own clock serves.
    """
    outcome = _read(reply, now)
    return outcome if isinstance(outcome, Problem) else None


def read_object(reply: Reply, now: datetime | None = None) -> dict[str, Any] | Problem:
    """The JSON object that a reply holds, or what is wrong with it."""
    outcome = _read(reply, now)
    if isinstance(outcome, Problem):
        return outcome
    # PHP writes an empty map as an empty list.
    value = outcome.value or {}
    if not isinstance(value, dict):
        return Problem(kind="unreadable", message="a list, not an object", status=reply.status)
    return value


def read_list(reply: Reply, now: datetime | None = None) -> Listing | Problem:
    """The rows that a reply to a list request holds, or what is wrong with it.

    What is not a list is a problem, never "empty".
    """
    outcome = _read(reply, now)
    if isinstance(outcome, Problem):
        return outcome
    entries = _entries(outcome.value)
    if entries is None:
        code = error_code(outcome.value)
        what = f"the error {code!r}" if code else "an object"
        message = f"{what} where a list was due, with status {reply.status}"
        return Problem(kind="not-a-list", message=message, status=reply.status, code=code)
    rows = [entry for entry in entries if isinstance(entry, dict)]
    return Listing(
        rows=rows,
        bad_entries=len(entries) - len(rows),
        total=reply.total,
        pages=reply.pages,
        noise=outcome.noise,
    )


def _entries(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value
    # A plugin that filtered a PHP array without renumbering it: {"0": {…}, "2": {…}}.
    if value and all(key.isdigit() for key in value):
        return list(value.values())
    return None


def absence(reply: Reply) -> Literal["deleted", "hidden"] | None:
    """What a GET of a single object says of its absence; None if it says nothing of the kind.

    404 with an invalid id: deleted, or of another type now. 401 or 403: it exists, but is a draft,
    private, in the trash or scheduled (posts controller, `check_read_permission`). A site that
    locks its whole API answers the latter for everything: check that another object can be read.
    """
    try:
        code = error_code(decode(reply.body).value)
    except Unreadable:
        return None
    if reply.status in (404, 410) and code in _GONE:
        return "deleted"
    if reply.status in (401, 403) and code in _HIDDEN:
        return "hidden"
    return None


def error_code(value: object) -> str:
    """The `code` of a WordPress error object, empty if it is none."""
    if not isinstance(value, dict) or "message" not in value:
        return ""
    code = value.get("code")
    return storable(code[:100]) if isinstance(code, str) else ""


def _read(reply: Reply, now: datetime | None) -> Decoded | Problem:
    if reply.error is not None or not reply.status:
        return _no_answer(reply)
    if is_challenge(reply):
        message = f"{reply.status}, a challenge page that wants a browser"
        return Problem(kind="challenge", message=message, status=reply.status)
    if away := _away(reply):
        return Problem(kind="redirected-away", message=away, status=reply.status)
    if 200 <= reply.status < 300:
        try:
            return decode(reply.body)
        except Unreadable as unreadable:
            return _unreadable(reply, unreadable)
    return _error(reply, now)


def _no_answer(reply: Reply) -> Problem:
    message = reply.error or "no answer"
    # The words of Twisted, and of Scrapy ("Getting … took longer than 60.0 seconds").
    slow = re.search(r"time(?:d)?[ -]?out|took longer than", message, re.IGNORECASE)
    return Problem(kind="timeout" if slow else "network", message=message, status=0)


def is_challenge(reply: Reply) -> bool:
    """Whether this is a page that tells browsers from robots, instead of an answer."""
    if (
        "challenge" in (reply.header("cf-mitigated"), reply.header("sg-captcha"))
        or reply.header("x-amzn-waf-action") in ("challenge", "captcha")
        or reply.header("x-vercel-mitigated") == "challenge"
    ):
        return True
    # A post may speak of such pages: JSON is never one.
    beginning = reply.body[:20_000]
    return beginning.lstrip().startswith(b"<") and bool(_CHALLENGE_MARKS.search(beginning))


def _away(reply: Reply) -> str | None:
    if 300 <= reply.status < 400:
        return f"{reply.status}, sent on to {reply.header('location') or 'nowhere'}"
    if not reply.redirected_from:
        return None
    if not same_site(reply.redirected_from[0], reply.url):
        return f"sent on to another host: {reply.url}"
    asked, got = urlsplit(reply.redirected_from[0]), urlsplit(reply.url)
    moved = (asked.path.rstrip("/"), asked.query) != (got.path.rstrip("/"), got.query)
    if moved and reply.body.lstrip()[:1] not in (b"[", b"{"):
        return f"sent on to a page: {reply.url}"
    return None


def _unreadable(reply: Reply, unreadable: Unreadable) -> Problem:
    kinds: dict[str, ProblemKind] = {"empty": "empty", "truncated": "truncated"}
    kind = kinds.get(unreadable.kind, "unreadable")
    message = f"{reply.status}, {unreadable.message}"
    return Problem(kind=kind, message=message, status=reply.status)


def _error(reply: Reply, now: datetime | None) -> Problem:
    try:
        value = decode(reply.body).value
    except Unreadable:
        value = None
    code = error_code(value)
    wait = reply.retry_after(now)
    kind = _kind(reply.status, code, wait)
    return Problem(
        kind=kind,
        message=f"{reply.status} {code}".rstrip(),
        status=reply.status,
        code=code,
        retry_after=wait,
        parameters=_parameters(value) if kind == "bad-parameter" else (),
    )


def _kind(status: int, code: str, wait: float | None) -> ProblemKind:
    if _PAST_END.fullmatch(code):
        return "past-end"
    if status == 429:
        return "rate-limited"
    if status == 503 and wait is not None:
        return "maintenance"
    if status >= 500:
        return "server-error"
    if status in (401, 402, 403, 407, 451) or code in _REFUSALS:
        return "refused"
    if status == 408:
        return "timeout"
    return "not-found" if status in (404, 405, 410) else "bad-parameter"


def _parameters(value: object) -> tuple[str, ...]:
    """The parameters that a 400 names, from `data.params`."""
    where = value.get("data") if isinstance(value, dict) else None
    params = where.get("params") if isinstance(where, dict) else None
    # A map for `rest_invalid_param`, a list for `rest_missing_callback_param`.
    names = params if isinstance(params, dict | list) else ()
    return tuple(name for name in names if isinstance(name, str))
