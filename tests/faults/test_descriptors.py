"""Few file descriptors: less is done side by side; where even that is too much, it is said."""

from pathlib import Path

import pytest

from mirror.demo.site import Site
from tests.faults.conftest import Limited, said
from tests.mockserver import mock_servers


@pytest.fixture
def gallery(site: Site) -> Site:
    """The site with a post of 120 pictures, each a file of its own."""
    (name, body), *_ = site.files.items()
    pictures = {f"many/{n}-{name.rpartition('/')[2]}": body + b"\0" * n for n in range(120)}
    site.files = {**site.files, **pictures}
    tags = "".join(f'<img src="{site.url}/wp-content/uploads/{name}">' for name in pictures)
    site.edit(40, content=f"<p>{tags}</p>")
    return site


@pytest.mark.slow
def test_sixty_four_are_enough_for_one_site(gallery: Site, tmp_path: Path) -> None:
    mirror = Limited(tmp_path / "mirror.db", "--nofile=64")
    run = mirror.crawl(gallery.url)
    assert run.exit_code == 0, run.stderr
    assert mirror.value("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL") > 120
    assert not mirror.value("SELECT count(*) FROM media_files WHERE error IS NOT NULL")


@pytest.mark.slow
def test_sixty_four_are_enough_for_ten_sites(tmp_path: Path) -> None:
    hosts = [f"127.0.0.{n}" for n in range(2, 12)]
    mirror = Limited(tmp_path / "mirror.db", "--nofile=64")
    with mock_servers(hosts) as servers:
        urls = [server.site("plain", posts=90).url for server in servers]
        run = mirror.run("crawl", *urls, "--no-media", "--json")
    assert run.exit_code == 0, run.stderr
    assert mirror.value("SELECT count(*) FROM crawls WHERE outcome = 'complete'") == 10


@pytest.mark.slow
@pytest.mark.parametrize("most", [8, 12, 16])
def test_too_few(most: int, gallery: Site, tmp_path: Path) -> None:
    """Whatever cannot be opened, nothing of it is laid at the site's door."""
    mirror = Limited(tmp_path / "mirror.db", f"--nofile={most}")
    run = mirror.crawl(gallery.url)
    assert run.exit_code == 3, (run.stdout, run.stderr)
    assert "too many files are open at once: raise the limit (`ulimit -n" in said(run)
    mirror.limits = ()
    assert mirror.crawl(gallery.url).exit_code == 0
    assert mirror.value("SELECT count(*) FROM media_files WHERE sha256 IS NOT NULL") > 120
    assert mirror.run("check").exit_code == 0
