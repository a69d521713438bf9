"""The comparison with the truth sees what is wrong; else its silence would mean nothing."""

import sqlite3

import pytest

from tests.mirrored import Mirror
from tests.real.bed import WordPress
from tests.real.truth import differences

pytestmark = pytest.mark.real

SPOILT = {
    "DELETE FROM post_terms WHERE post_id = (SELECT min(post_id) FROM post_terms)": "terms are",
    "UPDATE posts SET slug = 'x' WHERE wp_id = 1": "slug is 'x'",
    "UPDATE posts SET guid = 'x' WHERE wp_id = 1": "guid is 'x'",
    "UPDATE posts SET content = content || ' ' WHERE wp_id = 1": "content is",
    "UPDATE posts SET modified_gmt = '2001-01-01T00:00:00Z' WHERE wp_id = 1": "modified_gmt is",
    "UPDATE posts SET author_id = NULL WHERE wp_id = 1": "author is None",
    "UPDATE posts SET deleted_at = '2001-01-01T00:00:00Z' WHERE wp_id = 1": "lacks [1]",
    "UPDATE posts SET wp_id = 999999 WHERE wp_id = 1": "besides [999999]",
    "UPDATE media SET source_url = 'x' WHERE id = 1": "source_url is 'x'",
    "UPDATE terms SET slug = 'x' WHERE id = 1": "slug is 'x'",
    "UPDATE authors SET name = 'x' WHERE wp_id = 1": "authors:",
}


def test_each_kind_of_difference_is_seen(medium: WordPress, mirror: Mirror) -> None:
    assert mirror.crawl(medium.url, "--no-media").exit_code == 0
    truth = medium.truth()
    assert differences(mirror, truth) == []
    whole = mirror.path.read_bytes()
    for spoiling, said in SPOILT.items():
        mirror.path.write_bytes(whole)
        with sqlite3.connect(mirror.path) as db:
            db.execute(spoiling)
        db.close()
        found = differences(mirror, truth)
        assert found, spoiling
        assert any(said in line for line in found), (spoiling, found[:3])
