"""What a user of WordPress may read of each collection, and how to ask for it.

`context=edit` brings what editors see: raw texts, and content behind a post's password. A list in
that context silently leaves out what the user may not edit (posts controller, `get_items`), so it
is asked for only where the user may edit everything. Who may edit only what is theirs sees their
own drafts in the ordinary context. For everyone else, and for every other kind of object, it is
the public answer: users and comments in `context=edit` are personal data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mirror.items import Collection, JsonObject
from mirror.wordpress.objects import SQLITE_MAX_INT
from mirror.wordpress.routes import Api

# `edit`: everything, with raw content; `own`: also what is the user's own; `public`: as anybody.
Sight = Literal["edit", "own", "public"]

_ALL = ("edit_posts", "edit_others_posts", "edit_published_posts")
# Attachments have no status of their own: they inherit their parent's.
_STATUS: Mapping[str, str] = {"post": "any", "media": "inherit,private"}

# What an object is compared by.
Compared = Callable[[JsonObject], object]

# What WordPress answers to credentials that it knows and does not accept (user.php; 401 on every
# route as soon as one application password exists), and what to say of it.
REJECTIONS: Mapping[str, str] = {
    "incorrect_password": "the application password is wrong, or was revoked",
    "invalid_username": "there is no such user",
    "invalid_email": "there is no user with this e-mail address",
    "application_passwords_disabled": "application passwords are switched off on the site",
    "application_passwords_disabled_for_user": "application passwords are switched off for the "
    "user",
}
IGNORED = (
    "the site takes no notice of them: user or password are wrong, application passwords are "
    "switched off, or the web server drops the Authorization header"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one user may see: `sights` by the collection's slug."""

    sights: Mapping[str, Sight]

    def sight(self, collection: Collection) -> Sight:
        """How much of a collection the user sees."""
        known = collection.kind in _STATUS
        return self.sights.get(collection.slug, "public") if known else "public"

    def parameters(self, collection: Collection) -> dict[str, str]:
        """What a list request of a collection has to ask for besides, to bring all of that."""
        sight = self.sight(collection)
        if sight == "public":
            return {}
        status = {"status": _STATUS[collection.kind]}
        return {"context": "edit", **status} if sight == "edit" else status


PUBLIC = Access(sights={})


@dataclass(frozen=True, slots=True)
class WideApi(Api):
    """A REST root that lists of some routes are asked more of: parameters by route."""

    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def url(self, route: str, params: Mapping[str, object] | None = None) -> str:
        """As `Api.url`; what is asked for explicitly wins."""
        return Api.url(self, route, {**self.more.get(route, {}), **(params or {})})


def access(user: JsonObject, types: JsonObject) -> Access:
    """What a user may see, from `/users/me` and `/types`, both in `context=edit`.

    `types` is keyed by slug, and lists only what the user may edit at all; each entry names the
    capabilities that its type asks for. Odd entries count as public.
    """
    granted = {name for name, has in _map(user.get("capabilities")).items() if has is True}
    return Access(sights={slug: _sight(entry, granted) for slug, entry in types.items()})


def _sight(entry: object, granted: set[str]) -> Sight:
    asked = _map(_map(entry).get("capabilities"))
    may = {name for name, named in asked.items() if isinstance(named, str) and named in granted}
    # Private ones that may be read but not edited would be left out of a list for editors. Core
    # gives nobody the capabilities for private blocks, neither to edit nor to read them.
    if may.issuperset(_ALL) and ("edit_private_posts" in may or "read_private_posts" not in may):
        return "edit"
    return "own" if "edit_posts" in may else "public"


# Objects as editors see them, beside the same as anybody does.


def without_secrets(obj: dict[str, Any]) -> dict[str, Any]:
    """The object without the password that visitors need for it: a mirror has no use for it."""
    return {key: value for key, value in obj.items() if key != "password"}


def reduced(full: JsonObject, public: JsonObject) -> dict[str, Any]:
    """What an object as editors see it says of the fields that anybody sees of it.

    Those are the fields, and the parts of rendered fields, that `public` has: each release of
    WordPress adds some for editors alone. Text behind a post's password is neither's.
    """
    return {
        key: {name: part for name, part in value.items() if name in public[key]}
        if isinstance(value, dict) and "raw" in value and isinstance(public[key], dict)
        else value
        for key, value in _unlocked(full).items()
        if key in public
    }


def _unlocked(obj: JsonObject) -> JsonObject:
    """The object without what only its password, or an editor's rights, show."""
    if _map(obj.get("content")).get("protected") is not True:
        return obj
    return {key: value for key, value in obj.items() if key not in ("content", "excerpt")}


def is_same(full: JsonObject, public: JsonObject, compared: Compared) -> bool:
    """Whether an object as editors see it and one as anybody does are of the same state.

    `compared` takes away what differs without an edit.
    """
    return compared(reduced(full, public)) == compared(_unlocked(public))


def has_raw(obj: JsonObject) -> bool:
    """Whether an object was read in `context=edit`."""
    return any("raw" in _map(obj.get(key)) for key in ("content", "title", "guid"))


def latest_revision(obj: JsonObject) -> tuple[int, int | None] | None:
    """How many revisions an object has, and the id of the latest; None if it keeps none.

    From `_links` (`prepare_links` of the posts controller), which anybody sees.
    """
    links = _map(obj.get("_links"))
    history = _first(links.get("version-history"))
    if not history:
        return None
    count, last = history.get("count"), _first(links.get("predecessor-version")).get("id")
    return (
        count if type(count) is int and 0 <= count <= SQLITE_MAX_INT else 1,
        last if type(last) is int and 0 < last <= SQLITE_MAX_INT else None,
    )


def _first(value: object) -> Mapping[str, Any]:
    return _map(value[0]) if isinstance(value, list) and value else {}


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
