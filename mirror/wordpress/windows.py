"""The values of a walk: what to request, where to go on, what was lost and what is not proved."""

import json
from dataclasses import asdict, dataclass, fields

from mirror.wordpress.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One request of a walk: `limit` rows from `offset` in order of id, or the rows of `ids`.

    `probe`: ids only (`_fields=id`), for which WordPress renders nothing. `newest`: the last rows
    first, to learn the largest id there is. `paged`: asked for as a page, where the list knows no
    `offset`; the offset is then a multiple of the limit (see `page_at`).
    """

    limit: int
    offset: int = 0
    ids: tuple[int, ...] = ()
    probe: bool = False
    newest: bool = False
    paged: bool = False

    @property
    def end(self) -> int:
        """The offset just past the last row that was asked for."""
        return self.offset + self.limit

    def params(self) -> dict[str, str]:
        """The query parameters; they overrule the caller's own of the same names."""
        params = {"orderby": "id", "order": "desc" if self.newest else "asc"}
        params["per_page"] = str(self.limit)
        if self.ids:
            params["include"] = ",".join(map(str, self.ids))
        elif self.offset and self.paged:
            params["page"] = str(self.offset // self.limit + 1)
        elif self.offset:
            params["offset"] = str(self.offset)
        if self.probe:
            params["_fields"] = "id"
        return params


def page_at(offset: int, limit: int, *, beyond: int, probe: bool = False) -> Window:
    """The page of at most `limit` rows that begins at `offset` or before it and reaches furthest.

    A page of `n` rows begins at a multiple of `n`: nearly always some size has one that begins just
    there, or a few rows earlier. Where none reaches beyond `beyond`, the single row that stands
    there.
    """
    sizes = range(limit, 1, -1)
    size = max(sizes, key=lambda size: offset // size * size + size, default=1)
    page = Window(offset=offset // size * size, limit=size, probe=probe, paged=True)
    if page.end > beyond:
        return page
    return Window(offset=beyond, limit=1, probe=probe, paged=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The accepted prefix of a walk: every visible id up to `anchor` is accounted for.

    `pos` is the offset just past it, `per_page` the page size that was learned. `seen`, `unshown`,
    `lost` and `gaps` are what the earlier part counted: rows received, rows hidden, rows given up,
    stretches not proved.
    """

    anchor: int = 0
    pos: int = 0
    per_page: int = 0
    seen: int = 0
    unshown: int = 0
    lost: int = 0
    gaps: int = 0

    def dumps(self) -> str:
        """As JSON, for the store."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str | None) -> "Resume | None":
        """From JSON; None for what is none, so that the walk starts again."""
        try:
            values = json.loads(text or "null")
        except ValueError:
            return None
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or not values.keys() <= names:
            return None
        if any(type(value) is not int or not 0 <= value < 2**53 for value in values.values()):
            return None
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A row that the server cannot send: its id if it could be learned, its offset if not."""

    problem: Problem
    wp_id: int | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Ids between `after` and `before` (None: no end is known) that no window proved absent."""

    after: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A window's answer: ids in ascending order, and the offset that it surely reaches to."""

    window: Window
    ids: tuple[int, ...]
    end: int
    total: int | None
