"""Objects read by their ids: what fails is narrowed down, and no server is pestered."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mirror.items import Collection
from mirror.wordpress.patience import MOST_ALONE
from mirror.wordpress.problems import Problem
from mirror.wordpress.reply import Reply
from mirror.wordpress.routes import Api
from spiders.walking import Refused, fetch_by_id

POSTS = Collection(name="posts", kind="post", slug="post", route="/wp/v2/posts")
API = Api("https://example.org/wp-json/")


class Server:
    """Answers requests for ids; `fails` gives the status of a failure, or None."""

    def __init__(self, fails: Callable[[Sequence[int], int], int | None]) -> None:
        self.fails = fails
        self.asked: list[list[int]] = []
        self.rows = 100

    def learn_rows(self, rows: int) -> None:
        self.rows = rows

    async def get(self, url: str) -> Reply:
        query = parse_qs(urlsplit(url).query)
        ids = [int(text) for text in query["include"][0].split(",")]
        assert query["per_page"] == [str(len(ids))]
        self.asked.append(ids)
        status = self.fails(ids, len(self.asked))
        rows = [{"id": id_} for id_ in ids] if status is None else {"code": "x", "message": "y"}
        return Reply(url=url, status=status or 200, headers={}, body=json.dumps(rows).encode())


def fetch(server: Server, ids: Sequence[int]) -> tuple[set[int], list[tuple[int, Problem]]]:
    got: set[int] = set()

    async def take(rows: list[dict[str, Any]]) -> None:
        got.update(row["id"] for row in rows)

    client: Any = server
    return got, asyncio.run(fetch_by_id(client, API, POSTS, ids, {"_fields": "id"}, take))


def test_a_hundred_a_request() -> None:
    server = Server(lambda ids, turn: None)
    assert fetch(server, range(1, 251)) == (set(range(1, 251)), [])
    assert [len(ids) for ids in server.asked] == [100, 100, 50]
    assert server.rows == 100


@pytest.mark.parametrize("bad", [1, 37, 100, 250])
def test_one_that_fails_costs_itself(bad: int) -> None:
    server = Server(lambda ids, turn: 500 if bad in ids else None)
    got, lost = fetch(server, range(1, 251))
    assert got == set(range(1, 251)) - {bad}
    assert [(id_, problem.status) for id_, problem in lost] == [(bad, 500)]
    assert len(server.asked) <= 3 + 18
    assert server.rows == 100


def test_how_many_a_site_sends_is_learned() -> None:
    server = Server(lambda ids, turn: 500 if len(ids) > 20 else None)
    assert fetch(server, range(1, 401)) == (set(range(1, 401)), [])
    assert 10 <= server.rows <= 20
    assert len(server.asked) <= 400 / 12 + 10
    before = len(server.asked)
    assert fetch(server, range(1, 101)) == (set(range(1, 101)), [])
    assert all(len(ids) <= 20 for ids in server.asked[before:])


def test_a_failure_that_passes_leaves_no_trace() -> None:
    server = Server(lambda ids, turn: 200 if turn == 1 else None)  # an error object with 200
    assert fetch(server, range(1, 101)) == (set(range(1, 101)), [])
    assert [len(ids) for ids in server.asked] == [100, 100]


def test_one_alone_is_asked_six_times() -> None:
    server = Server(lambda ids, turn: 502)
    got, lost = fetch(server, [7])
    assert (got, [id_ for id_, _ in lost]) == (set(), [7])
    assert len(server.asked) == 1 + MOST_ALONE


def test_who_asks_to_wait_is_not_asked_on() -> None:
    server = Server(lambda ids, turn: 429 if turn == 2 else None)
    got, lost = fetch(server, range(1, 351))
    assert got == set(range(1, 101))
    assert [id_ for id_, _ in lost] == list(range(101, 351))
    assert len(server.asked) == 2


def test_a_refusal_is_raised() -> None:
    server = Server(lambda ids, turn: 401)
    with pytest.raises(Refused):
        fetch(server, range(1, 351))
    assert len(server.asked) == 1
