"""What a mock site is made of: a request, an answer, and the behaviour between them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from mirror.demo import arguments, rest
from mirror.demo.reply import Reply
from mirror.demo.site import Site

JSON = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request: `route` is its REST route, None if it is for the front end.

    `count` numbers the requests of this site, `turn` those of this route, from 1.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    route: str | None
    count: int
    turn: int

    @property
    def values(self) -> dict[str, str]:
        """The query's fields, as text."""
        return arguments.fields(self.query)

    def number(self, name: str, default: int = 0) -> int:
        """A field of the query, as a number."""
        text = self.values.get(name, "")
        return int(text) if text.lstrip("-").isdigit() else default

    @property
    def per_page(self) -> int:
        """How many rows are asked for."""
        return self.number("per_page", 10)

    @property
    def is_posts(self) -> bool:
        """Whether this asks for the list of posts."""
        return self.route == "/wp/v2/posts"

    def with_values(self, **values: object) -> "Ask":
        """The same request with other fields in its query; None takes a field away."""
        fields = {**self.values, **{k: str(v) for k, v in values.items()}}
        text = "&".join(f"{k}={v}" for k, v in fields.items() if values.get(k, "") is not None)
        return replace(self, query=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A reply and what happens to it on the wire.

    `wait`: seconds before anything is sent. `cut`: bytes of the body after which the connection is
    closed, though more were promised. `reset`: nothing but a TCP reset. `endless`: the body is
    sent again and again until the client hangs up, or this many times. `head`: what stands behind
    the status line instead of headers, for ever: these bytes again and again. `drip`: seconds
    between two bytes of the head or of the body.
    """

    reply: Reply
    wait: float = 0.0
    cut: int | None = None
    reset: bool = False
    endless: int = 0
    head: bytes | None = None
    drip: float = 0.0


class Behaviour:
    """A well-behaved WordPress; each subclass spoils something.

    A subclass says in its docstring what a crawl must make of it, and in its attributes: the exit
    code; whether everything visible is in the mirror (`whole`); the `kind`s of failure that are
    recorded; how many requests are too many (`most`); and how long a reply is waited for, if that
    is not a minute (`patience`, in seconds). `urls` are the first path segments at
    which it is found: a name, often with a number in it.
    """

    urls: ClassVar[tuple[str, ...]] = ()
    exit_code: ClassVar[int] = 0
    whole: ClassVar[bool] = True
    kinds: ClassVar[frozenset[str]] = frozenset()
    most: ClassVar[int] = 150
    patience: ClassVar[int | None] = None

    def __init__(self, number: int) -> None:
        self.number = number

    def prepare(self, site: Site) -> None:
        """Changes the content or the settings before the first request."""

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        """The answer to a request."""
        return self.usual(ask, site)

    def usual(self, ask: Ask, site: Site) -> Reply:
        """What WordPress would answer."""
        if ask.route is not None:
            return rest.respond(site, ask.route, ask.query)
        return site.respond("GET", ask.path, ask.query, ask.headers)


def rows_of(reply: Reply) -> list[Any]:
    """The rows of a list; empty for anything else."""
    value = json.loads(reply.body) if reply.headers.get("Content-Type") == JSON else None
    return value if isinstance(value, list) else []


def with_rows(reply: Reply, rows: object) -> Reply:
    """The same reply with other rows."""
    return reply._replace(body=json.dumps(rows).encode())


def each_row(reply: Reply, change: Callable[[dict[str, Any]], object]) -> Reply:
    """The same reply, with every row changed in place."""
    rows = rows_of(reply)
    for row in rows:
        change(row)
    return with_rows(reply, rows) if rows else reply


def without(reply: Reply, *names: str) -> Reply:
    """The same reply without some headers."""
    kept = {name: value for name, value in reply.headers.items() if name not in names}
    return reply._replace(headers=kept)


def page(status: int, text: str, **headers: str) -> Reply:
    """A HTML page that no WordPress made."""
    body = f"<!DOCTYPE html><html><head><title>{text}</title></head><body>{text}</body></html>"
    return Reply.of_text(status, "text/html", body, **headers)
