"""Starting it: the command's function, a plain `datasette`, a database that is no mirror, a crawl
that goes on writing."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from mirror.browse import application, serve
from mirror.errors import ConfigError, StoreError
from mirror.store.connection import connect
from tests.browse.sites import Served, Server, unused_port, wait_for


def test_what_is_no_mirror_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no mirror"):
        application(tmp_path / "none.db")
    text = tmp_path / "text.db"
    text.write_text("no database")
    with pytest.raises(StoreError, match="not a SQLite database"):
        application(text)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE posts (id)")
    connection.close()
    with pytest.raises(StoreError, match="not a mirror"):
        application(other)


def test_a_taken_port_is_an_error_in_words(
    sample: Path, server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(ConfigError, match="choose another --port"):
        serve(sample, port=port)
    said = capfd.readouterr()
    assert said.out + said.err == "", "one line tells it, and the command writes that one"


def test_a_name_that_leads_nowhere_is_an_error_in_words(sample: Path) -> None:
    with pytest.raises(ConfigError, match="cannot listen on no-such-host"):
        serve(sample, host="no-such-host.invalid", port=0)


def test_it_listens_on_loopback_and_ends_on_a_signal(sample: Path) -> None:
    running = Server(sample, unused_port())
    with urllib.request.urlopen(running.url) as reply:
        assert b"every version kept" in reply.read()
    assert running.stop() == ""


def test_a_plain_datasette_has_the_pack(sample: Path) -> None:
    port = unused_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "datasette", str(sample), "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/-/versions.json", process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/posts/5") as reply:
            assert reply.headers["X-Robots-Tag"] == "noindex"
            assert b"Where it came from" in reply.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/mirror/silent_edits.csv") as reply:
            assert reply.read().startswith(b"post_id,site,title")
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.slow
def test_other_databases_are_left_as_they_are(tmp_path: Path) -> None:
    """In a process of its own: the plugin is loaded, and does nothing."""
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, title TEXT)")
    connection.execute("INSERT INTO things VALUES (1, '<b>x</b>')")
    connection.commit()
    connection.close()
    for path, needle in (("/", "Powered by"), ("/other/things", "Powered by"),
                         ("/other?sql=select+1", "sql-editor"), ("/posts/1", "404")):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "datasette", str(other), "--get", path],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert needle in done.stdout, (path, done.stderr[-300:])
        assert "mirror.css" not in done.stdout


def test_it_reads_while_a_crawl_writes(own_sample: Path) -> None:
    site = Served(own_sample)
    stop = threading.Event()
    written = []

    def crawl() -> None:
        writer = sqlite3.connect(own_sample, timeout=30, isolation_level=None)
        number = 0
        while not stop.is_set():
            number += 1
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE posts SET title = ? WHERE id = 1", [f"Title {number}"])
            writer.execute("COMMIT")
            written.append(number)
        writer.close()

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        while not written:
            time.sleep(0.01)
        for _ in range(25):
            reply = site.get("/posts/1")
            assert reply.status_code == 200
            assert "Title " in reply.text
    finally:
        stop.set()
        thread.join()
    assert len(written) > 10
    assert f"Title {written[-1]}" in site.get("/posts/1").text
    site.close()


def test_what_cannot_be_followed_is_shown_until_it_is_written(
    own_sample: Path, reading_only: None
) -> None:
    """By an account that may not write beside it, while another one may."""
    connect(own_sample, write=True).close()  # no log is left by whoever reads the sample
    site = Served(own_sample)
    assert site.get("/posts/1").status_code == 200
    assert not own_sample.with_name("mirror.db-shm").exists()
    writer = sqlite3.connect(own_sample)
    writer.execute("UPDATE posts SET title = 'Another' WHERE id = 1")
    writer.commit()
    for path in ("/posts/1", "/mirror/posts.json"):
        refused = site.get(path)
        assert refused.status_code == 503
        assert "Start `mirror browse` anew" in refused.text
        assert refused.headers["X-Robots-Tag"] == "noindex"
    site.close()
    writer.close()  # and what was in the log is in the file
    anew = Served(own_sample)
    assert "Another" in anew.get("/posts/1").text
    anew.close()


def test_it_opens_the_database_read_only(served: Served) -> None:
    database = served.datasette.get_database("mirror")
    connection = database.connect()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM posts")
    connection.close()
    assert served.get("/mirror?sql=delete+from+posts").status_code == 400


@pytest.mark.slow
def test_charts_are_drawn_again_after_a_crawl(own_sample: Path) -> None:
    site = Served(own_sample)
    legend = "</i>The New Name"
    writer = sqlite3.connect(own_sample)
    with writer:
        writer.execute("UPDATE sites SET name = 'The New Name' WHERE id = 1")
        writer.execute("UPDATE sites SET name = 'The Same' WHERE id > 1")
    # Charts are as old as the last crawl; the rest of the page is as new as the database.
    text = site.get("/").text
    assert "The New Name" in text
    assert legend not in text
    with writer:
        writer.execute("UPDATE crawls SET finished_at = '2030-01-01T00:00:00Z' WHERE id = 12")
    writer.close()
    site.get("/")
    site.wait()
    text = site.get("/").text
    assert legend in text
    assert "</i>riverbankpost.net" in text
    site.close()
