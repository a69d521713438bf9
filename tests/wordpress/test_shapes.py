"""What the objects of a site say alike is held once, and each object comes back whole."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from mirror.items import Kind
from mirror.store import shapes as held
from mirror.store.connection import connect, transaction
from mirror.wordpress.objects import COLUMNS, rebuild, split
from tests.test_objects import same, values

API = "https://a.example/wp-json/wp/v2"


def post(number: int, author: int = 3, **fields: Any) -> dict[str, Any]:
    """A post with the links that WordPress 6.8 gives it."""
    return {
        "id": number,
        "date": "2025-07-01T14:00:00",
        "date_gmt": "2025-07-01T12:00:00",
        "modified": "2025-12-01T13:30:00",
        "modified_gmt": "2025-12-01T12:30:00",
        "type": "post",
        "status": "publish",
        "title": {"rendered": f"Number {number}"},
        "content": {"rendered": "<p>Words.</p>", "protected": False},
        "author": author,
        "featured_media": 0,
        "comment_status": "open",
        "sticky": False,
        "template": "",
        "meta": {"footnotes": ""},
        "categories": [4],
        "class_list": [f"post-{number}", "post", "type-post", "status-publish", "hentry"],
        "_links": {
            "self": [{"href": f"{API}/posts/{number}", "targetHints": {"allow": ["GET"]}}],
            "collection": [{"href": f"{API}/posts"}],
            "author": [{"embeddable": True, "href": f"{API}/users/{author}"}],
            "replies": [{"embeddable": True, "href": f"{API}/comments?post={number}"}],
            "version-history": [{"count": 2, "href": f"{API}/posts/{number}/revisions"}],
            "wp:term": [{"taxonomy": "category", "href": f"{API}/categories?post={number}"}],
            "curies": [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}],
        },
        **fields,
    }


def picture(number: int, **fields: Any) -> dict[str, Any]:
    folder = "https://a.example/wp-content/uploads/2025/07"
    sizes = {
        "large": {
            "file": "boat-1024x9.jpg", "width": 1024, "height": 9, "mime_type": "image/jpeg",
            "source_url": f"{folder}/boat-1024x9.jpg",
        },
        "full": {
            "file": "boat-scaled.jpg", "width": 1600, "mime_type": "image/jpeg",
            "source_url": f"{folder}/boat-scaled.jpg",
        },
    }  # fmt: skip
    meta = {"aperture": "0", "camera": "", "created_timestamp": "0", "keywords": []}
    return {
        "id": number,
        "type": "attachment",
        "mime_type": "image/jpeg",
        "post": 77,
        "source_url": f"{folder}/boat-scaled.jpg",
        "media_details": {"width": 1600, "sizes": sizes, "image_meta": meta},
        "_links": {"wp:attached-to": [{"href": f"{API}/posts/77"}]},
        **fields,
    }


def there_and_back(kind: Kind, obj: dict[str, Any]) -> tuple[str | None, Any]:
    """The shape and the `extra` of an object, which must come back from them unharmed."""
    before = deepcopy(obj)
    columns, extra = split(kind, obj)
    assert same(obj, before)
    assert same(rebuild(kind, obj["id"], columns, extra), obj)
    return columns["shape"], json.loads(extra)


def test_posts_share_a_shape_and_keep_what_is_their_own() -> None:
    shape, extra = there_and_back("post", post(7))
    assert extra == {
        "author": 3,
        "categories": [4],
        "_links": {"version-history": [{"count": 2, "href": f"{API}/posts/7/revisions"}]},
    }
    assert shape is not None
    assert json.loads(shape)["date"] == "{date_gmt}+02:00"
    assert there_and_back("post", post(1208, author=12))[0] == shape
    assert there_and_back("post", post(3, author=3))[0] == shape, "the number of its author"


def test_the_sizes_of_a_picture_lie_beside_it() -> None:
    shape, extra = there_and_back("media", picture(9))
    assert extra["media_details"] == {
        "width": 1600, "sizes": {"large": {"width": 1024, "height": 9}, "full": {"width": 1600}},
    }  # fmt: skip
    assert shape is not None
    assert json.loads(shape)["_links"] == {"wp:attached-to": [{"href": f"{API}/posts/{{post}}"}]}
    taken = picture(9)
    taken["media_details"]["image_meta"]["camera"] = "X100"
    assert there_and_back("media", taken)[1]["media_details"]["image_meta"]["aperture"] == "0"
    elsewhere = picture(9)
    elsewhere["media_details"]["sizes"]["large"]["source_url"] = "https://cdn.example/x.jpg"
    _, extra = there_and_back("media", elsewhere)
    assert extra["media_details"]["sizes"]["large"]["source_url"] == "https://cdn.example/x.jpg"
    assert "mime_type" not in extra["media_details"]["sizes"]["large"]


@pytest.mark.parametrize(
    "fields",
    [
        {"content": {"rendered": "", "protected": True}},
        {"content": {"rendered": "x", "raw": "x", "protected": False}},
        {"status": "private"},
        {"meta": {"footnotes": "", "secret": 1}},
        {"class_list": ["post-7", "category-news"]},
        {"sticky": True},
    ],
)
def test_what_somebody_chose_is_its_own(fields: dict[str, Any]) -> None:
    shape, extra = there_and_back("post", post(7, **fields))
    (name,) = fields
    if name != "status":
        assert extra[name]
        assert name not in json.loads(shape or "{}")
    assert 'protected":true' not in (shape or "")


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "{date_gmt}+01:00"},
        {"date": "2025-02-30T12:00:00", "date_gmt": "2025-02-30T12:00:00"},
        {"date": "2025-07-01T12:00:07"},
        {"date": "2025-07-02T00:00:00", "date_gmt": "2025-07-01T24:00:00"},
        {"date": "2025-07-09T12:00:00"},
        {"date": "2025-07-01T12:00:00", "date_gmt": None},
        {"date": "0001-01-01T00:00:00", "date_gmt": "0001-01-01T09:00:00"},
        {"date": "9999-12-31T23:59:59", "date_gmt": "9999-12-31T20:59:59"},
        {"_links": {"self": [{"href": f"{API}/posts/{{id}}"}]}},
        {"_links": {"self": '/7" {author} \ud800'}},
        {"_links": []},
        {"_links": {"curies": {"$json": "1"}}},
        {"author": "{id}", "featured_media": 7.0, "parent": True},
        {"author": 7, "parent": 7, "featured_media": 7},
        {"media_details": {"sizes": {"*": {"file": "x"}, "a": {}}}, "source_url": "x/y"},
        {"media_details": {"sizes": {}, "image_meta": {}}, "source_url": "x/y"},
        {"media_details": {"image_meta": []}, "date": ["2025"], "date_gmt": {}},
        {"media_details": {"sizes": {"a": {"file": "y-NonexNone."}}}, "source_url": "y."},
        {"media_details": {"sizes": {"full": {"file": ""}}}, "source_url": ""},
        {"media_details": {"sizes": {"a": {"source_url": "/None"}}}, "source_url": "y"},
        {"media_details": {"sizes": {"*": {"mime_type": "a"}}}, "mime_type": "a"},
        {"class_list": [["post-7"]], "meta": [[]]},
        {"type": ["post"], "class_list": [["post"]]},
    ],
)
def test_no_trick_makes_another_object_of_it(fields: dict[str, Any]) -> None:
    there_and_back("post", post(7, **fields))
    there_and_back("media", picture(7, **fields))


@pytest.mark.parametrize("kind", ["post", "media", "term", "author", "comment"])
def test_whatever_is_changed_comes_back(kind: Kind) -> None:
    @given(
        st.integers(1, 2**63 - 1),
        st.integers(0, 2**63 - 1),
        st.dictionaries(st.sampled_from([*post(1), *picture(1), "parent", "$json"]), values),
        st.dictionaries(st.sampled_from([*post(1)["_links"], "x:y"]), values),
    )
    def check(number: int, author: int, fields: Any, links: Any) -> None:
        for made in (post(number, author), picture(number)):
            if isinstance(made["_links"], dict):
                made["_links"] |= links
            there_and_back(kind, made | fields)

    check()


def test_each_is_written_once(tmp_path: Path) -> None:
    db: Database = connect(tmp_path / "mirror.db", write=True)
    try:
        with transaction(db):
            found = held.ids(db, ["a", None, "b", "a"])
            again = held.ids(db, ["b", "c"])
        assert found[None] is None
        assert (again["b"], len({*found.values(), *again.values()})) == (found["b"], 4)
        assert db.execute("SELECT count(*) FROM shapes").fetchone() == (3,)
    finally:
        db.close()


def test_no_column_is_called_as_a_shape_is() -> None:
    assert not any(column.name == "shape" for of in COLUMNS.values() for column in of)
