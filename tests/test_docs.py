"""What the docs list is what the code has."""

import re
from pathlib import Path

from mirror.browse.document import document
from tests.mockserver.document import document as misbehaviours

ROOT = Path(__file__).resolve().parent.parent


def test_the_schema_is_described() -> None:
    assert (ROOT / "docs" / "schema.md").read_text() == document(), (
        "python -m mirror.browse.document > docs/schema.md"
    )


def test_what_a_site_can_send_is_listed() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    told = page.partition("<!-- begin misbehaviours -->\n")[2].partition("<!-- end")[0]
    assert told == misbehaviours(), "python -m tests.mockserver.document"


def test_every_column_has_a_meaning() -> None:
    assert not re.findall(r"^\| `\w+` \| \w* \| +\|$", document(), re.MULTILINE)


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"/(home|root|Users)/\w|/work/", page.read_text()), page.name


def test_the_readme_finds_the_command_that_it_names() -> None:
    """Also what the demo says at its end: the line that runs it leaves the environment active."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    naming = [block for block in blocks if re.search(r"^mirror |&& (\S+/)?mirror ", block, re.M)]
    assert len(naming) == 2
    for block in naming:
        assert ". .venv/bin/activate" in re.split(r"^mirror |&& mirror ", block, flags=re.M)[0]
