"""What the docs list is what the code has."""

import re
from pathlib import Path

from mirror.browse.document import document

ROOT = Path(__file__).resolve().parent.parent


def test_the_schema_is_described() -> None:
    assert (ROOT / "docs" / "schema.md").read_text() == document(), (
        "python -m mirror.browse.document > docs/schema.md"
    )


def test_every_column_has_a_meaning() -> None:
    assert not re.findall(r"^\| `\w+` \| \w* \| +\|$", document(), re.MULTILINE)


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_no_file_names_a_place_on_somebody_s_machine() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"/(home|root|Users)/\w|/work/", page.read_text()), page.name
