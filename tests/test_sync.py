"""Sync decisions, by tables of values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mirror.items import Item, StoredItem
from mirror.moments import moment, timestamp
from mirror.sync.decide import decide
from mirror.sync.fingerprint import changed_fields, fingerprint, steady
from mirror.sync.plan import Way, is_mass_deletion, plan, slice_due
from mirror.wordpress.literals import exactly
from mirror.wordpress.objects import split

POST = {
    "id": 7,
    "title": {"rendered": "A"},
    "content": {"rendered": "<p>x</p>", "protected": False},
    "modified_gmt": "2025-01-01T00:00:00",
    "categories": [1],
}


def item(obj: dict[str, Any]) -> Item:
    columns, extra = split("post", obj)
    return Item(
        site_id=1, collection="posts", kind="post", wp_id=obj["id"], object=obj, columns=columns,
        extra=extra, fingerprint=fingerprint("post", obj), read_at="",
    )  # fmt: skip


def held(obj: dict[str, Any], **changes: Any) -> StoredItem:
    one = item(obj)
    stored = StoredItem(
        id=1, wp_id=one.wp_id, version=1, fingerprint=one.fingerprint, columns=one.columns,
        extra=one.extra,
    )  # fmt: skip
    return replace(stored, **changes)


@pytest.mark.parametrize(
    ("now", "stored", "action", "changed"),
    [
        (POST, None, "new", ()),
        (POST, held(POST), "unchanged", ()),
        (POST, held(POST, fingerprint="0:old rule"), "unchanged", ()),
        ({**POST, "_links": {"self": []}}, held(POST), "unchanged", ()),
        ({**POST, "title": {"rendered": "B"}}, held(POST), "edited", ("title",)),
        ({**POST, "categories": [2]}, held(POST), "edited", ("categories",)),
        ({**POST, "meta": {"isbn": "1"}}, held(POST), "edited", ("meta",)),
        (POST, held(POST, deleted_at="2025-02-01T00:00:00Z"), "restored", ("deleted_at",)),
        (
            {**POST, "title": {"rendered": "B"}},
            held(POST, deleted_at="2025-02-01T00:00:00Z"),
            "restored",
            ("deleted_at", "title"),
        ),
    ],
)
def test_decide(
    now: dict[str, Any], stored: StoredItem | None, action: str, changed: tuple[str, ...]
) -> None:
    intent = decide(item(now), stored)
    assert (intent.action, intent.changed) == (action, changed)


FROM_A_FEED = {
    "id": 7,
    "title": {"rendered": "A"},
    "content": {"rendered": "<p>x</p>\n"},
    "date_gmt": "2025-01-01T00:00:00",
    "_feed": {"author": "Ann", "categories": ["News"]},
}
WHOLE = {**POST, "date_gmt": "2025-01-01T00:00:00", "slug": "a"}


@pytest.mark.parametrize(
    ("now", "action", "changed"),
    [
        (WHOLE, "completed", ()),
        ({**WHOLE, "title": {"rendered": "B"}}, "edited", ("title",)),
        ({**WHOLE, "content": {"rendered": "<p>y</p>"}}, "edited", ("content",)),
        (FROM_A_FEED, "unchanged", ()),
    ],
)
def test_what_a_feed_showed_is_completed(
    now: dict[str, Any], action: str, changed: tuple[str, ...]
) -> None:
    intent = decide(item(now), held(FROM_A_FEED))
    assert (intent.action, intent.changed) == (action, changed)
    gone = decide(item(now), held(FROM_A_FEED, deleted_at="2025-02-01T00:00:00Z"))
    assert (gone.action, gone.changed) == ("restored", ("deleted_at", *changed))


def test_what_a_password_hid_is_completed() -> None:
    """Who has the rights reads the text too; that is the same version."""
    hidden = {**POST, "content": {"rendered": "", "protected": True}}
    text = {"rendered": "<p>x</p>", "raw": "x", "protected": True}
    assert decide(item({**POST, "content": text}), held(hidden)).action == "completed"
    retitled = {**POST, "title": {"rendered": "B"}, "content": text}
    assert decide(item(retitled), held(hidden)).action == "edited"


def test_a_fingerprint_of_an_older_rule_edits_nothing() -> None:
    term = {"id": 7, "name": "News", "slug": "news"}
    columns, extra = split("term", term)
    one = replace(
        item(POST), kind="term", object=term, columns=columns, extra=extra, fingerprint="3:new"
    )
    stored = held(POST, columns=columns, extra=extra, fingerprint="2:old")
    assert decide(one, stored).action == "unchanged"


def test_a_post_that_differs_at_every_reading_is_capped() -> None:
    stored, versions = held(POST), 0
    for reading in range(20):
        intent = decide(item({**POST, "content": {"rendered": f"<p>{reading}</p>"}}), stored)
        versions += intent.action == "edited"
        stored = replace(
            held(intent.item.object) if intent.action == "edited" else stored,
            unsettled=intent.unsettled,
            volatile=intent.volatile,
        )
    assert versions == 4
    assert stored.volatile == {"content"}
    later = {**POST, "modified_gmt": "2025-02-01T00:00:00", "content": {"rendered": "<p>new</p>"}}
    assert decide(item(later), stored).action == "edited"
    assert decide(item({**POST, "title": {"rendered": "B"}}), stored).action == "edited"


def test_a_silent_edit_now_and_then_is_not_volatile() -> None:
    stored = held(POST)
    for reading in range(20):
        words = f"<p>{reading // 2}</p>"
        intent = decide(item({**POST, "content": {"rendered": words}}), stored)
        assert intent.action == ("unchanged" if reading % 2 else "edited")
        if intent.action == "edited":
            stored = held(intent.item.object)
        stored = replace(stored, unsettled=intent.unsettled, volatile=intent.volatile)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            '<div id="gallery-1" class="gallery gallery-1">',
            '<div id="gallery-7" class="gallery gallery-7">',
        ),
        ('<div class="wp-container-1 wp-block-x">', '<div class="wp-container-9 wp-block-x">'),
        ('<div class="wp-block-group-is-layout-1">', '<div class="wp-block-group-is-layout-1">'),
        ('<div id="wp-block-file-1">', '<div id="wp-block-file-2">'),
        (
            '<figure data-wp-context=\'{"imageId":"68f1"}\'>',
            '<figure data-wp-context=\'{"imageId":"68f2"}\'>',
        ),
        ('<a href="?_wpnonce=abc123">', '<a href="?_wpnonce=def456">'),
        ('<div class="playlist-1">', '<div class="playlist-2">'),
        ('<audio class="x"></audio>\n', '<p><audio class="x"></audio></p>\n'),
        ("<p>a</p>\n<div>b</div>\n", "<p>a</p>\n<p><div>b</div>\n</p>\n"),
        ("<p>a</p>\n<p>b</p>\n", "<p>a</p>\n\n<p>b</p>\n"),
    ],
)
def test_what_wordpress_counts_is_no_edit(one: str, other: str) -> None:
    assert steady(one) == steady(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<p>5 boats</p>", "<p>6 boats</p>"),
        ('<p class="gallery">1</p>', '<p class="gallery">2</p>'),
        ('<img src="gallery-a.jpg">', '<img src="gallery-b.jpg">'),
        ("unique-visitors: 12", "unique-visitors: 13"),
        ("<p>a b</p>", "<p>a</p><p>b</p>"),
        ("<p><audiophile></p>", "<audiophile>"),
    ],
)
def test_what_people_write_is_an_edit(one: str, other: str) -> None:
    assert steady(one) != steady(other)


def test_the_count_of_a_term_is_no_edit_of_it() -> None:
    assert changed_fields("term", {"count": 1, "name": "A"}, {"count": 2, "name": "A"}) == ()
    assert changed_fields("term", {"count": 1, "name": "A"}, {"count": 2, "name": "B"}) == ("name",)


def test_a_player_is_numbered_in_a_files_description_too() -> None:
    one, other = (
        {"description": {"rendered": f'<audio id="audio-13-{n}" src="a.mp3?_={n}">'}}
        for n in (1, 4)
    )
    assert changed_fields("media", one, other) == ()


def test_a_guid_with_another_spelling_of_its_ampersand_is_no_edit() -> None:
    one, other = ({"guid": {"rendered": f"http://a.de/?p=1{sign}x=2"}} for sign in ("&", "&#038;"))
    assert changed_fields("post", one, other) == ()
    assert fingerprint("post", one) == fingerprint("post", other)
    assert changed_fields("post", one, {"guid": {"rendered": "http://a.de/?p=2"}}) == ("guid",)


def test_the_order_of_terms_is_no_edit() -> None:
    """WordPress lists a post's terms by name: renaming one moves it."""
    assert changed_fields("post", {"tags": [4, 9]}, {"tags": [9, 4]}) == ()
    assert fingerprint("post", {"tags": [4, 9]}) == fingerprint("post", {"tags": [9, 4]})
    assert changed_fields("post", {"tags": [4, 9]}, {"tags": [4, 9, 9]}) == ("tags",)
    assert changed_fields("post", {"x": [True, 2]}, {"x": [2, True]}) == ("x",)


NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "watermark", "full", "after", "way"),
    [
        ("post", None, False, True, Way.BACKFILL),
        ("post", None, True, True, Way.BACKFILL),
        ("post", NOON, True, True, Way.FULL),
        ("post", NOON, False, True, Way.UPDATE),
        ("media", NOON, False, True, Way.UPDATE),
        ("post", NOON, False, False, Way.SWEEP),
        ("post", NOON + timedelta(hours=26), False, True, Way.UPDATE),
        ("post", NOON + timedelta(hours=27), False, True, Way.FULL),
        ("term", NOON, False, True, Way.SWEEP),
        ("author", NOON, False, False, Way.SWEEP),
    ],
)
def test_plan(kind: str, watermark: datetime | None, full: bool, after: bool, way: Way) -> None:
    found = plan(
        kind, watermark, now=NOON, full=full, supports_modified_after=True, supports_after=after
    )
    assert found.way is way
    if way is Way.UPDATE:
        assert watermark is not None
        assert found.since == watermark - timedelta(hours=26)


@pytest.mark.parametrize(
    ("rows", "days", "size"),
    [
        (3000, 0.5, 0),
        (3000, 1, 100),
        (3000, 3.5, 300),
        (3000, 40, 3000),
        (50, 29, 0),
        (50, 31, 50),
        (0, 99, 0),
        (3000, -0.001, 0),
        (3000, -400, 0),
    ],
)
def test_the_rolling_slice_is_what_time_has_earned(rows: int, days: float, size: int) -> None:
    then = NOON - timedelta(days=days)
    assert slice_due(rows, then, NOON, timedelta(days=30)) == size


@pytest.mark.parametrize(
    ("gone", "visible", "held_back"),
    [
        (1, 1, False),
        (20, 20, False),
        (21, 21, True),
        (21, 210, True),
        (21, 211, False),
        (100, 999, True),
    ],
)
def test_the_guard_against_mass_deletion(gone: int, visible: int, held_back: bool) -> None:
    assert is_mass_deletion(gone, visible) is held_back


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1e400", "1e500"),
        ("-1e400", "1e400"),
        ("NaN", "Infinity"),
        ("9" * 30, "9" * 29 + "8"),
        ("0.12345678901234567891", "0.12345678901234567892"),
        ('{"$json": "1e400"}', "1e400"),
    ],
)
def test_numbers_that_python_would_round_are_told_apart(one: str, other: str) -> None:
    first, second = ({**POST, "score": exactly(f"[{number}]")} for number in (one, other))
    assert fingerprint("post", first) != fingerprint("post", second)
    assert fingerprint("post", first) == fingerprint("post", {**POST, "score": exactly(f"[{one}]")})
    assert decide(item(second), held(first)).changed == ("score",)
    assert decide(item(first), held(first)).action == "unchanged"


@pytest.mark.parametrize("year", [1, 999, 2026, 9999])
def test_a_moment_of_any_year_can_be_read_again(year: int) -> None:
    when = datetime(year, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert moment(timestamp(when)) == when.replace(microsecond=0)
    assert moment("999-01-01T00:00:00Z") is None  # what an earlier version wrote
