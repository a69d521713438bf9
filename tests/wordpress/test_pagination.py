"""The walk, against a simulated collection that changes between its answers."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirror.wordpress.pagination import Resume, Walk, Window
from mirror.wordpress.patience import MOST_WAITS
from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import page_at
from tests.wordpress.site import Site, drive, plain_pages, rows

# What a walk may cost: about as many requests as there are pages, and these for the beginning,
# the end and rows that vanish.
SLACK = 60


def site(count: int, *, hidden: float = 0.0, seed: int = 0, **wrong: object) -> Site:
    return Site(rows=rows(count, Random(seed), hidden), **wrong)  # type: ignore[arg-type]


def offsets(asked: list[Window]) -> list[tuple[int, int]]:
    return [(window.offset, window.limit) for window in asked]


# A collection at rest.


@pytest.mark.parametrize(
    ("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (1000, 11), (20_000, 203)]
)
def test_a_collection_at_rest_costs_a_request_a_page(count: int, requests: int) -> None:
    quiet = site(count)
    walk = Walk(per_page=100, ahead=1)
    assert drive(walk, quiet) == quiet.ever
    assert walk.complete
    assert quiet.requests == requests
    assert (walk.total, walk.hidden, walk.lost, walk.per_page) == (count, 0, (), 100)
    assert walk.how == "walked by offset; to the end"
    assert not walk.needs_include_check


def test_the_first_windows_overlap_by_one_row() -> None:
    quiet = site(250)
    drive(Walk(per_page=100, ahead=1), quiet)
    assert offsets(quiet.asked) == [(0, 100), (99, 100), (198, 100)]


def test_several_windows_are_in_flight_once_the_first_has_answered() -> None:
    walk = Walk(per_page=100, ahead=4)
    assert offsets(walk.wanted()) == [(0, 100)]
    assert walk.wanted() == []
    walk.receive(Window(offset=0, limit=100), range(1, 101), 350, 4)
    assert offsets(walk.wanted()) == [(99, 100), (198, 100), (297, 100)]
    assert walk.wanted() == []


@pytest.mark.parametrize(
    ("window", "params"),
    [
        (Window(limit=100), {"orderby": "id", "order": "asc", "per_page": "100"}),
        (
            Window(offset=99, limit=100),
            {"orderby": "id", "order": "asc", "per_page": "100", "offset": "99"},
        ),
        (
            Window(limit=2, ids=(3, 7)),
            {"orderby": "id", "order": "asc", "per_page": "2", "include": "3,7"},
        ),
        (
            Window(limit=9, newest=True, probe=True),
            {"orderby": "id", "order": "desc", "per_page": "9", "_fields": "id"},
        ),
    ],
)
def test_the_parameters_of_a_window(window: Window, params: dict[str, str]) -> None:
    assert window.params() == params


@pytest.mark.parametrize("terms", [False, True])
@pytest.mark.parametrize("tells_pages", [False, True])
@pytest.mark.parametrize(("count", "hidden"), [(50, 0.6), (1000, 0.05), (1000, 0.5)])
def test_hidden_rows_are_counted_and_no_reason_to_stop(
    terms: bool, tells_pages: bool, count: int, hidden: float
) -> None:
    some = site(count, hidden=hidden, terms=terms, tells_pages=tells_pages)
    walk = Walk(ahead=3)
    assert drive(walk, some) == some.ever
    assert walk.complete
    assert walk.hidden == count - len(some.ever)


def test_a_collection_of_which_nothing_may_be_seen_is_complete_and_hidden() -> None:
    blocks = site(47, hidden=1.0)
    walk = Walk()
    assert drive(walk, blocks) == set()
    assert (walk.complete, walk.hidden, blocks.requests) == (True, 47, 1)


def test_a_stretch_of_hidden_rows_longer_than_a_window_is_crossed_and_read_by_id() -> None:
    some = Site({id_: not 150 < id_ <= 450 for id_ in range(1, 601)})
    walk = Walk(ahead=1)
    assert drive(walk, some) == some.ever
    assert walk.complete
    crossed = [window for window in some.asked if window.ids]
    assert {id_ for window in crossed for id_ in window.ids} == set(range(151, 451))


def test_hidden_rows_at_the_end_that_nothing_can_prove_are_not_called_complete() -> None:
    some = Site({id_: id_ <= 150 for id_ in range(1, 601)})
    walk = Walk(ahead=1)
    assert drive(walk, some) == some.ever
    assert not walk.complete
    assert walk.needs_include_check
    assert walk.gaps[0].after == 150
    assert "without proof after id 150" in walk.how


# A server that cannot do what it should.


@pytest.mark.parametrize("poison_ids", [False, True])
@pytest.mark.parametrize("where", [0, 1, 4999, 9_950, 19_998, 19_999])
def test_one_bad_row_among_20_000_costs_itself_and_a_search(poison_ids: bool, where: int) -> None:
    some = site(20_000, poison_ids=poison_ids)
    bad = sorted(some.rows)[where]
    some.poison = frozenset({bad})
    walk = Walk(ahead=4)
    assert drive(walk, some) == some.ever - {bad}
    assert [lost.wp_id for lost in walk.lost] in ([bad], [None])
    assert walk.lost[0].problem.kind == "server-error"
    assert some.requests <= 203 + 50
    assert not walk.complete
    assert walk.per_page == 100
    assert "1 row that the server cannot send" in walk.how


@pytest.mark.parametrize("poison_ids", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_bad_rows_here_and_there_cost_only_themselves(poison_ids: bool, seed: int) -> None:
    some = site(3000, seed=seed, poison_ids=poison_ids)
    some.poison = frozenset(Random(seed).sample(sorted(some.rows), 10))
    walk = Walk(ahead=4)
    assert drive(walk, some) == some.ever - some.poison
    assert {lost.wp_id for lost in walk.lost} - {None} <= some.poison
    assert len(walk.lost) == 10
    assert some.requests <= 31 + 10 * 40


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 60, 99])
@pytest.mark.parametrize("how", ["most", "fatal"])
def test_a_server_that_takes_only_small_pages_is_learned_and_remembered(
    limit: int, how: str
) -> None:
    """`most`: more are refused with a 400. `fatal`: more are too much for it to render."""
    some = site(2000)
    setattr(some, how, limit)
    walk = Walk(ahead=4)
    assert drive(walk, some) == some.ever
    assert walk.lost == ()
    assert walk.per_page <= limit
    assert walk.per_page >= limit * 0.6
    assert some.requests <= 2 * 2000 / max(limit - 1, 0.5) + SLACK
    # The next walk starts with what was learned: no failure at all.
    again = site(2000)
    setattr(again, how, limit)
    failures: list[Window] = []
    second = Walk(per_page=walk.per_page, ahead=4)
    assert drive(second, again, failures=failures) == again.ever
    assert failures == []


def test_per_page_above_20_fails_with_500_whatever_the_fields() -> None:
    """The page size is found with a handful of failures, not one at every window."""
    some = site(2000, most=20)
    failures: list[Window] = []
    drive(Walk(ahead=4), some, failures=failures)
    assert len(failures) <= 12


@pytest.mark.parametrize("count", [0, 3, 15])
def test_the_page_size_is_learned_from_a_few_rows_too(count: int) -> None:
    some = site(count, most=20)
    walk = Walk(ahead=4)
    assert drive(walk, some) == some.ever
    assert walk.capped
    assert 10 <= walk.per_page <= 20


@pytest.mark.parametrize("cap", [7, 20, 99])
@pytest.mark.parametrize("tells_pages", [False, True])
def test_a_page_size_that_is_lowered_in_silence_is_no_end(cap: int, tells_pages: bool) -> None:
    some = site(700, cap=cap, tells_pages=tells_pages)
    walk = Walk(ahead=3)
    assert drive(walk, some) == some.ever
    assert walk.complete
    assert some.requests <= 2 * 700 / (cap - 1) + SLACK


def test_a_failure_that_passes_leaves_no_trace() -> None:
    some = site(3000)
    bad_luck = iter([None, Problem(kind="server-error", message="502", status=502)])
    some.fails = lambda: next(bad_luck, None)
    walk = Walk(ahead=1)
    assert drive(walk, some) == some.ever
    assert (walk.complete, walk.lost, walk.per_page) == (True, (), 100)
    assert some.requests <= 31 + 6


@pytest.mark.parametrize("every", [2, 3, 7])
@pytest.mark.parametrize("kind", ["server-error", "truncated", "unreadable", "timeout", "network"])
def test_a_server_that_fails_now_and_then_loses_no_row(every: int, kind: str) -> None:
    some = site(700)
    wrong = Problem(kind=kind, message=kind, status=500)  # type: ignore[arg-type]
    some.fails = lambda: None if some.requests % every else wrong
    walk = Walk(ahead=2)
    assert drive(walk, some) == some.ever
    assert walk.lost == ()
    # One that fails each other time looks like one that takes single rows only: all is had, but
    # single rows do not overlap, and prove little.
    assert walk.complete or every == 2


@pytest.mark.parametrize("seed", range(40))
def test_a_server_that_fails_a_third_of_all_requests_by_chance_loses_no_row(seed: int) -> None:
    """Three failures of one row in a row are not yet a row that the server cannot send."""
    some, chance = site(121, seed=seed), Random(seed)
    wrong = Problem(kind="server-error", message="500", status=500)
    some.fails = lambda: wrong if chance.random() < 1 / 3 else None
    walk = Walk(ahead=4)
    assert drive(walk, some, random=Random(seed)) == some.ever
    assert walk.complete
    assert walk.lost == ()


@pytest.mark.parametrize("kind", ["network", "rate-limited", "maintenance"])
def test_what_passes_by_itself_is_asked_again_at_the_same_size(kind: str) -> None:
    some = site(250)
    wrong = Problem(kind=kind, message=kind, status=0)  # type: ignore[arg-type]
    luck = iter([wrong, wrong, None, wrong])
    some.fails = lambda: next(luck, None)
    walk = Walk(ahead=1)
    assert drive(walk, some) == some.ever
    assert walk.complete
    assert [limit for _, limit in offsets(some.asked)] == [100] * 6


@pytest.mark.parametrize("kind", ["network", "timeout", "server-error", "truncated", "not-a-list"])
def test_a_site_that_goes_down_ends_the_walk_after_some_failures(kind: str) -> None:
    some = site(1000)
    wrong = Problem(kind=kind, message="gone", status=0)  # type: ignore[arg-type]
    some.fails = lambda: wrong if some.requests > 4 else None
    walk = Walk(ahead=2)
    drive(walk, some)
    assert walk.done
    assert not walk.complete
    assert walk.problem == wrong
    assert some.requests < 30
    assert "stopped by a failure (gone)" in walk.how
    some.fails = lambda: None
    rest = Walk(ahead=2, resume=walk.resume)
    assert drive(rest, some) >= {id_ for id_ in some.ever if id_ > walk.resume.anchor}


@pytest.mark.parametrize("kind", ["rate-limited", "maintenance"])
def test_a_site_that_asks_to_wait_is_not_asked_so_often_for_each_window(kind: str) -> None:
    some = site(2000)
    wrong = Problem(kind=kind, message="later", status=429)  # type: ignore[arg-type]
    some.fails = lambda: wrong if some.requests > 6 else None
    walk = Walk(ahead=4)
    drive(walk, some)
    assert walk.problem == wrong
    assert some.requests <= 6 + 1 + MOST_WAITS + 3


@pytest.mark.parametrize("kind", ["refused", "challenge", "not-found", "redirected-away"])
def test_a_final_answer_is_not_argued_with(kind: str) -> None:
    some = site(1000)
    wrong = Problem(kind=kind, message=kind, status=403)  # type: ignore[arg-type]
    some.fails = lambda: wrong
    walk = Walk()
    assert drive(walk, some) == set()
    assert some.requests == 1
    assert walk.problem == wrong


def test_an_error_past_the_end_is_an_end() -> None:
    past = Problem(kind="past-end", message="400", status=400)
    walk = Walk(ahead=1)
    (first,) = walk.wanted()
    walk.receive(first, range(1, 101), None)
    while not walk.done:
        for window in walk.wanted():
            if window.newest:
                walk.receive(window, range(100, 0, -1), None)
            elif window.offset >= 100:
                walk.fail(window, past)
            else:
                ids = range(window.offset + 1, 101)
                walk.receive(window, ids, None)
    assert walk.complete


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("count", "requests"), [(17, 1), (100, 2), (250, 3), (5000, 60)])
def test_a_list_that_knows_no_offset_is_walked_by_page(
    told: bool, count: int, requests: int
) -> None:
    """Hierarchical terms (terms controller, `get_collection_params`); `told` by the index."""
    some = site(count, heeds_offset=False, terms=True)
    walk = Walk(ahead=4, paged=told)
    assert drive(walk, some) == some.ever
    assert walk.complete
    assert walk.total == count
    assert not any(window.ids for window in some.asked)
    assert some.requests <= requests + (0 if told else 4)
    assert "by page" in walk.how or (count <= 100 and not told)


@pytest.mark.parametrize("count", [17, 30, 250, 2000])
@pytest.mark.parametrize("limits", [{"most": 20}, {"most": 6}, {"most": 1}, {"fatal": 20},
                                    {"cap": 20}, {"cap": 20, "tells_pages": False}])  # fmt: skip
def test_pages_of_the_size_that_the_server_takes(count: int, limits: dict[str, int]) -> None:
    some = site(count, heeds_offset=False, terms=True, **limits)
    walk = Walk(ahead=4, paged=True)
    assert drive(walk, some) == some.ever
    # Single rows do not overlap, and prove little.
    assert walk.complete or limits == {"most": 1}
    assert walk.lost == ()
    size = min(limits.get(name, 100) for name in ("most", "fatal", "cap"))
    assert some.requests <= 2.5 * count / max(size - 1, 0.5) + SLACK


@pytest.mark.parametrize("seed", range(10))
def test_a_page_with_a_bad_row_costs_that_row(seed: int) -> None:
    some = site(700, seed=seed, heeds_offset=False, terms=True)
    some.poison = frozenset(Random(seed).sample(sorted(some.rows), 3))
    walk = Walk(ahead=4, paged=True)
    assert drive(walk, some) == some.ever - some.poison
    assert len(walk.lost) == 3


@given(offset=st.integers(0, 10_000), limit=st.integers(1, 100))
def test_a_page_begins_at_the_offset_or_shortly_before(offset: int, limit: int) -> None:
    page = page_at(offset, limit, beyond=offset + 1)
    assert page.offset % page.limit == 0
    assert page.params().get("page", "1") == str(page.offset // page.limit + 1)
    assert page.limit <= limit
    assert page.end > offset + 1
    assert page.offset <= offset or page.limit == 1
    if limit == 100 and offset >= 100:
        assert page.end >= offset + 66


def test_a_site_that_heeds_neither_offsets_nor_pages_is_read_by_id() -> None:
    for count in (150, 1000):
        some = site(count, heeds_offset=False, heeds_page=False)
        walk = Walk(ahead=3)
        assert drive(walk, some) == some.ever
        assert "does not heed offsets" in walk.how
        assert walk.complete


def test_a_site_that_heeds_nothing_is_not_called_complete() -> None:
    some = site(1000, heeds_offset=False, heeds_page=False, heeds_include=False)
    walk = Walk()
    drive(walk, some)
    assert not walk.complete
    assert walk.problem is not None
    assert "neither offsets nor ids" in walk.problem.message


def test_a_plugin_that_overrides_the_order_is_read_by_id() -> None:
    some = site(1000, heeds_order=False)
    walk = Walk(ahead=3)
    assert drive(walk, some) == some.ever
    assert "does not list in order of id" in walk.how
    assert walk.complete


LIES: list[Callable[[int], int | None]] = [
    lambda total: None,
    lambda total: 0,
    lambda total: -5,
    lambda total: 10**12,
    lambda total: 10**6,
    lambda total: min(total, 100),
    lambda total: 7,
    lambda total: total + 300,
]


@pytest.mark.parametrize("lie", range(len(LIES)))
@pytest.mark.parametrize("count", [5, 100, 350, 1000])
@pytest.mark.parametrize("ahead", [1, 4])
def test_totals_that_lie_neither_lose_rows_nor_loop(lie: int, count: int, ahead: int) -> None:
    some = site(count, counted=LIES[lie], tells_pages=False)
    walk = Walk(ahead=ahead)
    assert drive(walk, some) == some.ever
    assert walk.complete
    assert some.requests <= 2 * count / 100 + 3 * SLACK


def test_ids_too_far_apart_to_be_asked_one_by_one_are_an_end() -> None:
    some = Site({1: True, 2**60: True, 3: True}, heeds_order=False)
    walk = Walk()
    drive(walk, some)
    assert walk.done
    assert some.requests < 20


# A collection that changes.


def test_a_plain_page_walk_misses_rows_where_this_one_does_not() -> None:
    missed = 0
    for seed in range(40):
        plain, anchored = site(1500, seed=seed), site(1500, seed=seed)
        got = plain_pages(plain, random=Random(seed), churn=0.2, per_page=50)
        missed += bool(plain.ever - got)
        walk = Walk(per_page=50, ahead=4)
        got = drive(walk, anchored, random=Random(seed), churn=0.2)
        assert anchored.ever <= got
        assert walk.complete
    assert missed > 20


def test_rows_that_vanish_before_the_window_make_it_step_back() -> None:
    some = site(300)
    walk = Walk(per_page=100, ahead=1)
    (first,) = walk.wanted()
    answer = some.get(first)
    assert not isinstance(answer, Problem)
    walk.receive(first, *answer)
    for id_ in sorted(some.rows)[:3]:
        del some.rows[id_]
    assert drive(walk, some) | set(answer[0]) >= some.ever
    assert walk.complete
    assert (99, 100) in offsets(some.asked)
    assert (98, 100) in offsets(some.asked)


def test_nearly_everything_vanishes_during_the_walk() -> None:
    some = site(3000)
    walk = Walk(ahead=4)

    def vanish() -> None:
        if some.requests == 15:
            kept = set(Random(1).sample(sorted(some.rows), 30))
            some.rows = {id_: True for id_ in some.rows if id_ in kept}
            some.ever &= kept

    some.fails = vanish  # type: ignore[assignment]
    assert some.ever & drive(walk, some) == some.ever
    assert walk.complete
    assert some.requests < 60


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([0, 1, 7, 100, 101, 350, 1000]),
    hidden=st.sampled_from([0.0, 0.0, 0.03, 0.3]),
    per_page=st.sampled_from([10, 25, 100]),
    ahead=st.sampled_from([1, 2, 4, 8]),
    churn=st.sampled_from([0.0, 0.05, 0.3, 0.6]),
    terms=st.booleans(),
    tells_pages=st.booleans(),
    paged=st.sampled_from([False, False, True]),
)
def test_every_row_that_is_visible_throughout_is_received(
    seed: int, count: int, hidden: float, per_page: int, ahead: int, churn: float,
    terms: bool, tells_pages: bool, paged: bool,
) -> None:  # fmt: skip
    """Inserts, deletions, hiding and showing between answers, which come in any order."""
    random = Random(seed)
    some = site(
        count, hidden=hidden, seed=seed, terms=terms, tells_pages=tells_pages,
        heeds_offset=not paged,
    )  # fmt: skip
    walk = Walk(per_page=per_page, ahead=ahead, paged=paged)
    got = drive(walk, some, random=random, churn=churn)
    assert some.ever <= got
    assert not walk.lost
    largest = max(count, len(some.rows))
    usual = 3 * (largest / per_page + 1) + SLACK + some.born / per_page
    # No row of a list that knows pages alone is hidden, but where one were, it would be read.
    assert some.requests <= (2 * usual if paged and hidden else usual)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([1, 30, 100, 500]),
    hidden=st.sampled_from([0.0, 0.3, 0.9]),
    per_page=st.sampled_from([1, 2, 10, 100]),
    ahead=st.sampled_from([1, 4]),
    churn=st.sampled_from([0.0, 0.1, 0.5]),
    poison=st.sampled_from([0, 0, 1, 4]),
    poison_ids=st.booleans(),
    limits=st.sampled_from(
        [{}, {"most": 1}, {"most": 20}, {"fatal": 1}, {"fatal": 30}, {"cap": 9}]
    ),
    lie=st.sampled_from([None, 0, 1, 3]),
    heeds_offset=st.sampled_from([True, True, True, False]),
    heeds_page=st.sampled_from([True, True, False]),
    paged=st.sampled_from([False, False, True]),
    heeds_order=st.sampled_from([True, True, True, False]),
    heeds_include=st.sampled_from([True, True, True, False]),
    bad_luck=st.sampled_from([0.0, 0.0, 0.05, 0.3]),
)
def test_whatever_goes_wrong_the_walk_ends_and_claims_nothing_untrue(
    seed: int, count: int, hidden: float, per_page: int, ahead: int, churn: float, poison: int,
    poison_ids: bool, limits: dict[str, int], lie: int | None, heeds_offset: bool,
    heeds_page: bool, paged: bool, heeds_order: bool, heeds_include: bool, bad_luck: float,
) -> None:  # fmt: skip
    random = Random(seed)
    some = site(
        count, hidden=hidden, seed=seed, poison_ids=poison_ids, heeds_offset=heeds_offset,
        heeds_page=heeds_page, heeds_order=heeds_order, heeds_include=heeds_include, **limits,
    )  # fmt: skip
    some.poison = frozenset(random.sample(sorted(some.rows), min(poison, count)))
    if lie is not None:
        some.counted, some.tells_pages = LIES[lie], False
    passing = Problem(kind="server-error", message="502", status=502)
    some.fails = lambda: passing if random.random() < bad_luck else None
    walk = Walk(per_page=per_page, ahead=ahead, paged=paged)
    got = drive(walk, some, random=random, churn=churn, most=20_000)
    assert walk.hidden >= 0
    assert walk.how
    heeds_steps = heeds_page and (paged or heeds_offset)
    honest = lie is None and heeds_steps and heeds_order and heeds_include
    if walk.complete and honest:
        assert some.ever <= got


def test_a_row_that_cannot_be_sent_beside_a_hidden_one_is_not_none() -> None:
    """Not one row was seen from either end, and yet there is one."""
    some = Site({1: True, 3: False}, poison=frozenset({1}))
    walk = Walk(per_page=1, ahead=1)
    assert drive(walk, some) == set()
    assert not walk.complete
    assert len(walk.lost) == 1


@pytest.mark.parametrize("count", [2, 5, 30])
@pytest.mark.parametrize("per_page", [1, 2])
def test_a_site_that_always_sends_the_same_few_rows_is_not_believed(
    count: int, per_page: int
) -> None:
    """Full windows with nothing new hide no rows: those that the site counts are elsewhere."""
    some = site(count, heeds_offset=False, heeds_page=False)
    walk = Walk(per_page=per_page, ahead=1)
    got = drive(walk, some)
    assert walk.complete is (got == some.ever)


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    count=st.integers(0, 600),
    stops=st.lists(st.integers(1, 6), max_size=4),
    churn=st.sampled_from([0.0, 0.2]),
)
def test_a_walk_goes_on_where_another_was_interrupted(
    seed: int, count: int, stops: list[int], churn: float
) -> None:
    random = Random(seed)
    some = site(count, seed=seed)
    got: set[int] = set()
    resume: Resume | None = None
    for stop in [*stops, None]:
        walk = Walk(per_page=50, ahead=3, resume=resume)
        got |= drive(walk, some, random=random, churn=churn, stop=stop)
        resume = Resume.loads(walk.resume.dumps())
        assert resume == walk.resume
        if walk.done:
            break
    assert walk.complete
    assert some.ever <= got


@pytest.mark.parametrize(
    "text",
    [None, "", "{", "[]", "3", '{"anchor": -1}', '{"anchor": 1.5}', '{"anchor": true}',
     '{"other": 1}', '{"pos": 100000000000000000000}'],
)  # fmt: skip
def test_a_resume_point_that_is_none_starts_again(text: str | None) -> None:
    assert Resume.loads(text) is None


@pytest.mark.parametrize("ids", [(), (1,), (5, 3), (7, 7)])
@pytest.mark.parametrize("total", [None, 0, -1, 10**15])
@pytest.mark.parametrize("pages", [None, 0, 1, 10**9])
def test_any_first_answer_leads_to_an_end(
    ids: tuple[int, ...], total: int | None, pages: int | None
) -> None:
    walk = Walk(ahead=2)
    count = 0
    while not walk.done:
        for window in walk.wanted():
            walk.receive(window, () if count else ids, total, pages)
            count += 1
            assert count < 300
            if walk.done:
                break
