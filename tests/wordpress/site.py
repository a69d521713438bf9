"""A collection that changes while it is read, as WordPress' REST API would serve it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from mirror.wordpress.pagination import Walk, Window
from mirror.wordpress.problems import Problem

Answer = tuple[list[int], int | None, int | None]


def broken(status: int = 500) -> Problem:
    return Problem(kind="server-error", message=str(status), status=status)


@dataclass
class Site:
    """Rows by id, each visible or hidden (counted, not shown); and what is wrong with the server.

    `ever` are the ids that were visible all the time; `born` new ids are handed out from.
    """

    rows: dict[int, bool]
    terms: bool = False  # the true total even past the end
    most: int = 100  # more per page is refused
    fatal: int = 10**9  # more rows rendered at once is a fatal error
    cap: int = 10**9  # more rows are silently not sent
    poison: frozenset[int] = frozenset()
    poison_ids: bool = False  # even `_fields=id` fails for them
    counted: Callable[[int], int | None] = lambda total: total
    tells_pages: bool = True
    heeds_offset: bool = True
    heeds_page: bool = True
    heeds_include: bool = True
    heeds_order: bool = True
    fails: Callable[[], Problem | None] = lambda: None
    requests: int = 0
    asked: list[Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ever = {id_ for id_, visible in self.rows.items() if visible}
        self.born = max(self.rows, default=0)

    def get(self, window: Window) -> Answer | Problem:
        self.requests += 1
        self.asked.append(window)
        params = window.params()
        per_page = int(params["per_page"])
        if problem := self.fails():
            return problem
        if per_page > self.most:
            return Problem(
                kind="bad-parameter", message="400", status=400, parameters=("per_page",)
            )
        found = sorted(self.rows, reverse=params["order"] == "desc")
        if not self.heeds_order:
            found = sorted(self.rows, key=lambda id_: (id_ * 7919) % 1009)
        if "include" in params and self.heeds_include:
            wanted = {int(id_) for id_ in params["include"].split(",")}
            found = [id_ for id_ in found if id_ in wanted]
        offset = int(params.get("offset", 0)) if self.heeds_offset else 0
        if "page" in params and self.heeds_page:
            offset = (int(params["page"]) - 1) * min(per_page, self.cap)
        sql = found[offset : offset + min(per_page, self.cap)]
        total = len(found) if sql or self.terms or not offset else 0
        shown = [id_ for id_ in sql if self.rows[id_]]
        light = params.get("_fields") == "id"
        if (not light or self.poison_ids) and self.poison & set(shown):
            return broken()
        if not light and len(shown) > self.fatal:
            return broken()
        pages = -(-len(found) // min(per_page, self.cap)) if self.tells_pages else None
        return shown, self.counted(total), pages

    # Changes.

    def delete(self, random: Random) -> None:
        if self.rows:
            id_ = random.choice(list(self.rows))
            del self.rows[id_]
            self.ever.discard(id_)

    def insert(self, random: Random) -> None:
        self.born += random.choice((1, 1, 1, 5, 40))
        self.rows[self.born] = random.random() < 0.9

    def toggle(self, random: Random) -> None:
        if self.rows:
            id_ = random.choice(list(self.rows))
            self.rows[id_] = not self.rows[id_]
            self.ever.discard(id_)

    def restore(self, random: Random) -> None:
        """A row with an old id comes back, as from the trash."""
        id_ = random.randint(1, self.born + 1)
        self.born = max(self.born, id_)
        if id_ not in self.rows:
            self.rows[id_] = True

    def change(self, random: Random) -> None:
        random.choice((self.delete, self.delete, self.insert, self.toggle, self.restore))(random)


def drive(
    walk: Walk,
    site: Site,
    *,
    random: Random | None = None,
    churn: float = 0.0,
    most: int = 5000,
    stop: int | None = None,
    failures: list[Window] | None = None,
) -> set[int]:
    """Answers a walk until it is done, in random order, with changes between the answers.

    `stop`: after so many requests. `failures` receives the windows that failed.
    """
    begun = site.requests
    random = random or Random(0)
    got: set[int] = set()
    flight: list[Window] = []
    while not walk.done and site.requests - begun != stop:
        flight += walk.wanted()
        assert flight, "neither done nor wanting anything"
        assert len(set(flight)) == len(flight), f"the same window twice in flight {flight}"
        window = flight.pop(random.randrange(len(flight)))
        outcome = site.get(window)
        assert site.requests < most, "too many requests"
        if isinstance(outcome, Problem):
            if failures is not None:
                failures.append(window)
            walk.fail(window, outcome)
        else:
            ids, total, pages = outcome
            if not window.probe:
                got |= set(ids)
            walk.receive(window, ids, total, pages)
        while random.random() < churn:
            site.change(random)
    return got


def plain_pages(site: Site, *, random: Random, churn: float, per_page: int) -> set[int]:
    """What most tools do: page after page, until one is empty."""
    got: set[int] = set()
    page = 0
    while True:
        outcome = site.get(Window(offset=page * per_page, limit=per_page))
        assert not isinstance(outcome, Problem)
        ids, total, _ = outcome
        got |= set(ids)
        page += 1
        if not total or page * per_page >= total:
            return got
        while random.random() < churn:
            site.change(random)


def rows(
    count: int, random: Random, hidden: float = 0.0, step: Sequence[int] = (1, 2, 3, 30)
) -> dict[int, bool]:
    """Ids with gaps, as types share them; some hidden."""
    ids: dict[int, bool] = {}
    id_ = 0
    for _ in range(count):
        id_ += random.choice(step)
        ids[id_] = random.random() >= hidden
    return ids
