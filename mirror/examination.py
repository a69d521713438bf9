"""What is found in an object by reading it: who published it first, its plain text, its media.

Pure, and the costly part of a crawl: the content is parsed once for all of it.
"""

from dataclasses import dataclass

from mirror.attribution import Site, judge
from mirror.attribution.fields import rendered
from mirror.content import Content, plain
from mirror.content_media import of_attachment, uses
from mirror.items import Attribution, JsonObject, Kind, MediaUse
from mirror.wordpress.objects import storable

# The kinds in which there is something to be found.
EXAMINED: frozenset[Kind] = frozenset({"post", "media"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What reading found; None for what objects of the kind do not have.

    `searchable` is the title and the text of the content, as the full-text index takes them.
    """

    attribution: Attribution | None = None
    searchable: tuple[str, str] | None = None
    media: tuple[MediaUse, ...] | None = None


def examine(kind: Kind, obj: JsonObject, site: Site, site_url: str) -> Found:
    """Reads one object of a site. `site_url` is what relative addresses are relative to."""
    if kind == "media":
        return Found(media=of_attachment(obj, site_url))
    if kind != "post":
        return Found()
    content = Content(rendered(obj.get("content")))
    return Found(
        attribution=judge(obj, site, content),
        searchable=(storable(plain(rendered(obj.get("title")))), storable(content.text)),
        media=uses(obj, site_url, content),
    )
