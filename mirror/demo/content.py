"""The sample site's content, from `content.json` and `media/` beside this file, as rows."""

import json
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any

from mirror.demo.rows import Comment, PostType, Size, Taxonomy, Term, User

if TYPE_CHECKING:
    from mirror.demo.site import Site

HERE = files(__package__)
SIZES = {"thumbnail": "-150x150", "medium": "-300x200"}


def fill(site: "Site") -> None:
    """Gives the site its name, settings and rows, as of the first day."""
    told = _told()
    site.name, site.description = told["name"], told["description"]
    site.timezone = told["timezone"]
    for row in told["types"]:
        site.types[row["slug"]] = PostType(**{**row, "taxonomies": tuple(row["taxonomies"])})
    for row in told["taxonomies"]:
        site.taxonomies[row["slug"]] = Taxonomy(**{**row, "types": tuple(row["types"])})
    site.users = {row["id"]: User(**row) for row in told["users"]}
    site.terms = {row["id"]: Term(**row) for row in told["terms"]}
    for row in told["posts"]:
        site.add(**_post(site, row))
    for row in told["media"]:
        _upload(site, row)
    for row in told["comments"]:
        date = site.local(_moment(site, row["date"]))
        gmt = _moment(site, row["date"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        site.comments[row["id"]] = Comment(**{**row, "date": date, "date_gmt": gmt})


def change(site: "Site") -> None:
    """An edit, an edit without a word, a deletion, and a new post that came from elsewhere."""
    told = _told()["second_day"]
    site.edit(told["edit"]["id"], content=_markup(told["edit"]["content"]))
    silent = told["silent_edit"]
    site.edit(silent["id"], content=_markup(silent["content"]), silent=True)
    site.delete(told["delete"])
    site.add(**_post(site, told["add"]))


def _told() -> Any:
    return json.loads((HERE / "content.json").read_text(encoding="utf-8"))


def _post(site: "Site", row: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of `Site.add` for a post as the file tells it: terms by their slugs."""
    slugs = {term.slug: term.id for term in site.terms.values()}
    columns = {
        **row,
        "content": _markup(row["content"]),
        "terms": tuple(slugs[slug] for slug in row.get("terms", ())),
        "featured_media": row.get("featured", 0),
    }
    columns.pop("featured", None)
    if "date" in columns:
        columns["at"] = _moment(site, columns.pop("date"))
    return columns


def _upload(site: "Site", row: Mapping[str, Any]) -> None:
    """Adds an attachment with its files: the image, and the smaller ones made of it."""
    folder, _, name = row["file"].rpartition("/")
    stem, _, suffix = name.rpartition(".")
    sizes = []
    for size, mark in {**SIZES, "full": ""}.items():
        source = HERE / "media" / f"{stem}{mark}.{suffix}"
        if not source.is_file():
            continue
        content = source.read_bytes()
        site.files[f"{folder}/{source.name}"] = content
        if suffix == "png":
            # IHDR is the first chunk: its width and height follow 16 bytes (PNG, 11.2.1).
            width, height = struct.unpack(">II", content[16:24])
            sizes.append(Size(name=size, file=source.name, width=width, height=height))
    columns = {"mime_type": guess_type(name)[0], "slug": stem, **row, "sizes": tuple(sizes)}
    site.add("attachment", at=_moment(site, columns.pop("date")), **columns)


def _moment(site: "Site", text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=site.zone)


def _markup(paragraphs: list[str]) -> str:
    """Paragraphs as HTML; those that are not HTML already are put into `<p>`."""
    return "".join(p + "\n" if p.startswith("<") else f"<p>{p}</p>\n" for p in paragraphs)
