"""scrapyd takes the project from its client, and runs it."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from mirror.demo.site import sample_site, serve
from tests.browse.sites import unused_port
from tests.mirrored import CHECKOUT, Mirror

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has what the project needs, but not the project: that comes as an egg."""
    if find_spec("scrapyd") is None:
        assert os.environ.get("CI") != "true", "no scrapyd: pip install '.[deploy]'"
        pytest.skip("no scrapyd here: pip install '.[deploy]'")
    folder = tmp_path_factory.mktemp("scrapyd")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    purelib = Path(sysconfig.get_path("purelib"))
    packages = folder / "packages"
    packages.mkdir()
    for found in purelib.iterdir():
        ours = found.name == "mirror" or found.name.startswith(("syndication_mirror", "__editable"))
        if not ours:
            (packages / found.name).symlink_to(found)
    [site_packages] = (folder / "venv").glob("lib/python*/site-packages")
    (site_packages / "packages.pth").write_text(f"{packages}\n")
    return folder / "venv" / "bin" / "python"


@pytest.fixture
def scrapyd(python: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a running scrapyd."""
    port = unused_port()
    folder = tmp_path / "scrapyd"
    folder.mkdir()
    (folder / "scrapyd.conf").write_text(
        f"[scrapyd]\nbind_address = 127.0.0.1\nhttp_port = {port}\npoll_interval = 0.5\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [python, "-m", "scrapyd"], cwd=folder, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def ask(url: str, /, **told: str) -> dict[str, Any]:
    """What a service of scrapyd answers; asked again until it runs."""
    body = urllib.parse.urlencode(told).encode() if told else None
    for _ in range(60):
        try:
            with urllib.request.urlopen(url, body, timeout=60) as reply:
                answer: dict[str, Any] = json.load(reply)
                return answer
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"no answer from {url}")


def test_it_is_deployed_and_runs(scrapyd: str, python: Path, tmp_path: Path) -> None:
    assert ask(f"{scrapyd}/daemonstatus.json")["status"] == "ok"
    project = tmp_path / "project"
    left_out = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(CHECKOUT, project, ignore=left_out)
    with (project / "scrapy.cfg").open("a") as file:
        file.write(f"url = {scrapyd}/\n")
    deployed = subprocess.run(
        [python, "-m", "scrapyd_client.deploy", "--debug"], cwd=project, capture_output=True,
        text=True, check=False, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    assert deployed.returncode == 0, deployed.stderr[-2000:]
    found = ask(f"{scrapyd}/listspiders.json?project=mirror")
    assert "wordpress" in found["spiders"], found

    mirror = Mirror(tmp_path / "mirror.db")
    with serve(sample_site()) as site:
        ask(
            f"{scrapyd}/schedule.json", project="mirror", spider="wordpress", url=site.url,
            db=str(mirror.path),
        )  # fmt: skip
        deadline = time.monotonic() + 90
        while not ask(f"{scrapyd}/listjobs.json?project=mirror")["finished"]:
            assert time.monotonic() < deadline, "the job does not end"
            time.sleep(0.5)
    assert mirror.rows("SELECT outcome FROM crawls") == [{"outcome": "complete"}]
    assert mirror.value("SELECT count(*) FROM posts") > 0
