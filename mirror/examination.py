"""What is found in an object by reading it: who published it first, its plain text, its media.

Pure, and the costly part of a crawl: the content is parsed once for all of it.
"""

from dataclasses import dataclass

from mirror.attribution import Site, judge
from mirror.attribution.fields import rendered
from mirror.content import Content, searchable
from mirror.content_media import of_attachment, uses
from mirror.items import Attribution, Item, Kind, MediaUse

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


def examine(item: Item, site: Site, site_url: str) -> Found:
    """Reads one object of a site. `site_url` is what relative addresses are relative to.

    Searched is what is stored, so that it can be taken out of the index again; judged and looked
    through is what the site sent. But for characters that cannot be stored they are the same.
    """
    if item.kind == "media":
        return Found(media=of_attachment(item.object, site_url))
    if item.kind != "post":
        return Found()
    content = Content(rendered(item.object.get("content")))
    return Found(
        attribution=judge(item.object, site, content),
        searchable=searchable(item.columns["title"], item.columns["content"], content),
        media=uses(item.object, site_url, content),
    )
