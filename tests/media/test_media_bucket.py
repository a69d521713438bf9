"""Media in S3, against moto's server over HTTP."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError
from botocore.response import StreamingBody

from mirror.cli.app import run as command
from mirror.errors import ConfigError, StoreError
from mirror.media.bucket import Bucket, _Body
from mirror.media.folder import Folder, store_at
from mirror.media.names import path_of
from mirror.media.stage import run
from mirror.media.upkeep import Held, strays, verify
from mirror.store import held
from tests.media.hostile import GOOD
from tests.media.sites import QUICK, Site

pytestmark = pytest.mark.filterwarnings(
    # werkzeug's server leaves its sockets to the collector when moto stops it.
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::ResourceWarning",
    # botocore and moto still use datetime.utcnow().
    "ignore::DeprecationWarning",
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Bucket:
    import botocore.session

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    client = botocore.session.get_session().create_client("s3", endpoint_url=endpoint)
    name = f"b{abs(hash(request.node.name))}"
    client.create_bucket(Bucket=name)
    return Bucket(f"s3://{name}/some/prefix", tmp_path / ".incoming", endpoint_url=endpoint)


def put(bucket: Bucket, name: str, content: bytes) -> None:
    """Writes an object as somebody else would."""
    bucket.remove(name)
    bucket.incoming.mkdir(parents=True, exist_ok=True)
    file = bucket.incoming / "x"
    file.write_bytes(content)
    bucket.keep(file, name)


def test_a_site_into_a_bucket(site: Site, bucket: Bucket) -> None:
    site.want("/good.png", "/n/70000/a.jpg", "/404.png")
    summary = asyncio.run(
        run(
            site.db, 1, site.url,
            store=bucket, policy=QUICK, user_agent="mirror-test/1.0", clock=lambda: site.now,
        )
    )  # fmt: skip
    assert (summary.fetched, summary.failed) == (2, 1)
    rows = [Held(sha256=f.sha256, path=f.path, bytes=f.bytes) for f in held.everything(site.db)]
    assert sorted(bucket.names()) == sorted((row.path, row.bytes) for row in rows)
    assert list(verify(bucket, rows)) == []
    assert list(strays(bucket, set())) == sorted(bucket.names())
    with bucket.open(path_of(site.row("/good.png")["sha256"], "png")) as file:
        assert file.read() == GOOD
    assert list(bucket.incoming.iterdir()) == []
    bucket.remove(rows[0].path)
    (damage,) = verify(bucket, rows)
    assert (damage.held, damage.message) == (rows[0], "is missing")


def test_check_and_gc_look_into_the_bucket(
    site: Site,
    bucket: Bucket,
    endpoint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    site.want("/good.png", "/n/70000/a.jpg", "/n/60000/b.jpg")
    asyncio.run(
        run(
            site.db, 1, site.url,
            store=bucket, policy=QUICK, user_agent="mirror-test/1.0", clock=lambda: site.now,
        )
    )  # fmt: skip
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("MIRROR_MEDIA", bucket.uri)
    monkeypatch.chdir(site.path)

    def mirror(*words: str) -> tuple[int, str]:
        return command([*words, "--db", str(site.path / "mirror.db")]), capsys.readouterr().out

    def faults() -> dict[str, str]:
        """What is wrong with the files; posts of these tests are not in the full-text index."""
        found = json.loads(mirror("check", "--json")[1])["faults"]
        return {f["where"]: f["message"] for f in found if f["check"] in ("media", "orphans")}

    assert faults() == {}
    good, a, b = (site.row(path) for path in ("/good.png", "/n/70000/a.jpg", "/n/60000/b.jpg"))
    names = dict(site.db.execute("SELECT sha256, path FROM files").fetchall())
    bucket.remove(names[a["sha256"]])
    put(bucket, names[b["sha256"]], b"x" * 60_000)
    stray = path_of("ab" * 32, "png")
    put(bucket, stray, b"12345")
    found = faults()
    assert found.keys() == {names[a["sha256"]], names[b["sha256"]], stray}
    assert found[names[a["sha256"]]] == "is missing"
    assert found[names[b["sha256"]]] == "differs from what was fetched"
    assert "no row names" in found[stray]
    assert stray in mirror("gc")[1]
    assert stray in dict(bucket.names())
    assert mirror("gc", "--delete")[0] == 0
    assert sorted(dict(bucket.names())) == sorted([names[good["sha256"]], names[b["sha256"]]])


def test_a_body_that_is_cut_short_is_said_to_be(bucket: Bucket) -> None:
    body = StreamingBody(io.BytesIO(b"123"), 5)
    stream = _Body(body, "s3://b/x", (BotoCoreError,))
    with pytest.raises(StoreError, match=r"s3://b/x: .*5"), stream:
        stream.readall()


def test_the_same_file_is_put_once(bucket: Bucket, tmp_path: Path) -> None:
    name = path_of("ab" * 32, "png")
    for _ in range(2):
        file = tmp_path / "x"
        file.write_bytes(b"12345")
        bucket.keep(file, name)
        assert not file.exists()
    assert list(bucket.names()) == [(name, 5)]


def test_a_bucket_that_is_not_there(endpoint: str, bucket: Bucket, tmp_path: Path) -> None:
    other = Bucket("s3://nowhere-to-be-found", tmp_path, endpoint_url=endpoint)
    file = tmp_path / "x"
    file.write_bytes(b"12345")
    with pytest.raises(StoreError, match="NoSuchBucket"):
        other.keep(file, path_of("ab" * 32, "png"))
    assert file.exists()
    with pytest.raises(StoreError, match="NoSuchBucket"):
        list(other.names())


def test_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert isinstance(store_at(str(tmp_path / "media"), beside=tmp_path), Folder)
    assert isinstance(store_at("s3://bucket/prefix", beside=tmp_path), Bucket)
    with pytest.raises(ConfigError, match="s3://bucket/prefix"):
        store_at("s3://", beside=tmp_path)
