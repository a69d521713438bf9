"""What only credentials show is marked wherever it stands, and left out where that is asked for."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirror.browse.public import INDEXES
from tests.browse.secretive import DRAFT, LOCKED, ONCE_A_DRAFT, OTHER, SECRET
from tests.browse.sites import Served
from tests.browse.test_pages import PAGES


@pytest.fixture(scope="module")
def whole(secretive: Path) -> Iterator[Served]:
    site = Served(secretive)
    yield site
    site.close()


@pytest.fixture(scope="module", params=["as it is", "with indexes"])
def public(
    secretive: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """What others may be shown of it: with the indexes that make that quick, and without."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "media").symlink_to(secretive.parent / "media")
    path = folder / "mirror.db"
    path.write_bytes(secretive.read_bytes())
    db = sqlite3.connect(path)
    for name, statement in INDEXES.items():
        db.execute(f"DROP INDEX IF EXISTS {name}")
        if request.param == "with indexes":
            db.execute(statement)
    db.close()
    site = Served(path, public=True)
    yield site
    site.close()


STRIP = "This mirror holds what the sites' visitors do not see"


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith("/content")])
def test_every_page_says_that_the_mirror_holds_more(
    whole: Served, served: Served, path: str
) -> None:
    assert STRIP in whole.get(path).text
    assert STRIP not in served.get(path).text


def test_what_is_not_public_is_marked(whole: Served) -> None:
    page = whole.get(f"/posts/{DRAFT}").text
    assert "<strong>Not public.</strong>" in page
    assert "(its status is “draft”)" in page
    assert "visitors are asked for a password" in whole.get(f"/posts/{LOCKED}").text
    assert 'data-status="draft"' in whole.get(f"/posts/{DRAFT}/content").text
    old = whole.get(f"/posts/{ONCE_A_DRAFT}?version=1").text
    assert "did not see this version" in old
    assert "Not public" not in whole.get(f"/posts/{ONCE_A_DRAFT}").text
    for path in ("/", "/search?only=", "/changes?event=new", "/sites/harbourgazette.com",
                 f"/posts/{ONCE_A_DRAFT}/compare?a=1&b=4",
                 "/mirror/posts?status=draft"):  # fmt: skip
        assert "chip is-private" in whole.get(path).text, path
    assert "chip is-private" not in whole.get(f"/posts/{OTHER}").text


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        f"/posts/{DRAFT}",
        f"/posts/{DRAFT}/content",
        f"/posts/{LOCKED}",
        f"/posts/{LOCKED}/content",
        f"/posts/{ONCE_A_DRAFT}?version=1",
        f"/posts/{ONCE_A_DRAFT}/content?version=1",
        f"/posts/{ONCE_A_DRAFT}/compare?a=1&b=2",
        f"/posts/{ONCE_A_DRAFT}.json",
        f"/posts/{ONCE_A_DRAFT}.json?version=1",
        f"/stories/{DRAFT}",
        f"/search?q={SECRET}",
        "/mirror/recent_changes.json",
        "/feeds/recent_changes.atom",
        "/mirror.json",
        "/mirror.json?sql=select+title+from+main.posts",
        "/mirror/posts.json",
        "/mirror/posts.csv?_stream=1",
        "/mirror/posts/1.json",
        "/mirror/versions.json",
        "/mirror/post_revisions.json",
        "/mirror/history.json",
        "/mirror/posts_fts.json",
        "/mirror.db",
    ],
)
def test_the_public_part_never_shows_it(public: Served, path: str) -> None:
    reply = public.get(path, follow_redirects=True)
    assert reply.status_code in (200, 403, 404)
    assert SECRET not in reply.text.replace(f"“{SECRET}”", "").replace(f'"{SECRET}"', "")


def test_the_public_part_is_a_whole_site(public: Served, served: Served) -> None:
    hidden = ("/posts/1", "/posts/1/compare", "/posts/5?version=1", "/posts/5?at=2026-01-01")
    for path in PAGES:
        if path.startswith("/mirror/posts") or "sql=" in path:
            wanted = 403
        elif path in hidden or "a=1&" in path or "revision=" in path:
            wanted = 404
        else:
            wanted = 200
        if path != "/posts/5?at=2026-01-01":  # which version that is depends on today
            assert public.get(path).status_code == wanted, path
    assert "109 posts" in public.get("/").text
    assert "111 posts" in served.get("/").text
    assert STRIP not in public.get("/").text
    assert public.get("/mirror/silent_edits.json?_shape=array").json()
    assert "Tables</h2>" not in public.get("/queries").text
    page = public.get(f"/posts/{ONCE_A_DRAFT}").text
    assert "/mirror/posts/" not in page
    assert "Version 2</a>" in page
    assert "Version 1</a>" not in page
    assert "WordPress kept itself" not in page


def test_files_of_hidden_posts_are_not_handed_out(whole: Served, public: Served) -> None:
    db = sqlite3.connect(public.db)
    with db:
        db.execute("UPDATE media SET post_id = ? WHERE id IN (SELECT media_id FROM post_media "
                   "WHERE post_id = ?)", [DRAFT, DRAFT])  # fmt: skip
    files = dict(
        db.execute(
            "SELECT u.post_id, f.sha256 FROM post_media u JOIN media_files f ON f.url = u.url "
            "WHERE u.post_id IN (?, ?) AND f.sha256 IS NOT NULL",
            [DRAFT, OTHER],
        ).fetchall()
    )
    db.close()
    for page in ("files", "media", "thumbnails"):
        assert whole.get(f"/{page}/{files[DRAFT]}").status_code == 200
        assert public.get(f"/{page}/{files[DRAFT]}").status_code == 404
        assert public.get(f"/{page}/{files[OTHER]}").status_code == 200
    assert files[DRAFT] not in public.get("/media").text
    assert files[OTHER] in public.get("/media").text
