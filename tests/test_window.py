"""A window on its way through the pipelines: one object's trouble is not the others'."""

import asyncio
from pathlib import Path

import pytest

from mirror.errors import StoreError
from mirror.ids import Ids
from mirror.items import Collection, Item
from mirror.progress import CrawlOrder
from mirror.session import Session
from mirror.store import failures
from mirror.store.connection import connect
from mirror.store.failures import MOST_ODD
from mirror.window import Window

TERMS = Collection(name="tags", kind="term", slug="post_tag", route="/wp/v2/tags")


def term(number: int, name: str = "Harbour") -> dict[str, object]:
    return {"id": number, "taxonomy": "post_tag", "name": name, "slug": f"t{number}", "link": ""}


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(connect(tmp_path / "mirror.db", write=True), CrawlOrder(url="https://x.de"))


async def opened(session: Session, *numbers: int) -> Window:
    return await session.open(TERMS, [term(number) for number in numbers])


def fails_for(number: int, error: Exception) -> object:
    def step(item: Item) -> None:
        if item.wp_id == number:
            raise error

    return step


def test_one_that_breaks_a_step_is_told_and_the_others_are_kept(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    async def crawl() -> Window:
        window = await opened(session, 1, 2, 3)
        window.each(fails_for(2, ValueError("a bug")))  # type: ignore[arg-type]
        session.commit(window)
        await window.settled
        return window

    window = asyncio.run(crawl())
    assert (window.written, window.broken) == ({1, 3}, 1)
    assert "tags 2 could not be processed" in caplog.text
    rows = session.db.execute("SELECT kind, wp_id, resolved_at FROM failures").fetchall()
    assert rows == [("not-processed", 2, None)]


def test_one_that_is_read_again_is_no_failure_any_more(session: Session) -> None:
    async def crawl() -> None:
        window = await opened(session, 2)
        window.each(fails_for(2, ValueError("a bug")))  # type: ignore[arg-type]
        session.commit(window)
        session.commit(await opened(session, 2))

    asyncio.run(crawl())
    assert session.db.execute("SELECT resolved_at IS NULL FROM failures").fetchall() == [(0,)]


def test_a_database_that_fails_is_no_object_s_fault(session: Session) -> None:
    async def crawl() -> None:
        window = await opened(session, 1, 2)
        with pytest.raises(StoreError):
            window.each(fails_for(2, StoreError("the disk is full")))  # type: ignore[arg-type]

    asyncio.run(crawl())


def test_what_is_held_as_it_is_is_taken_out_and_counted_once(session: Session) -> None:
    async def crawl() -> Window:
        session.commit(await opened(session, 1, 2))
        window = await session.open(
            TERMS, [term(1), term(2), term(3), term(1, "Port")], seen=Ids([2])
        )
        assert window.drop_known() == 1  # the last word on 1 differs; 2 came before in this walk
        session.commit(window)
        return window

    window = asyncio.run(crawl())
    assert (window.unchanged, window.written) == (0, {1, 3})


def test_thousands_of_rows_without_an_id_are_few_failures(session: Session) -> None:
    async def crawl() -> None:
        for page in range(3):
            rows = [{"id": f"word {page} {number}"} for number in range(1_000)]
            window = await session.open(TERMS, [*rows, term(page + 1)])
            session.commit(window)
            assert window.broken == 1_000

    asyncio.run(crawl())
    rows = session.db.execute("SELECT kind, message FROM failures ORDER BY id").fetchall()
    assert len(rows) == MOST_ODD + 1
    assert {kind for kind, _ in rows} == {"bad-object"}
    assert "'word 0 0'" in rows[0][1]
    assert f"{3_000 - MOST_ODD} more entries" in rows[-1][1]
    url = "https://x.de/wp-json/wp/v2/tags"
    assert failures.is_walk_due(session.db, session.site_id, "tags", url, "9999")
