"""What there is in an object: its parts as they are stored, who published it first, its media.

Pure, and the costly part of a crawl: the content is parsed once for all of it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from mirror.content import Content, searchable
from mirror.content_media import of_attachment, uses
from mirror.items import Attribution, JsonObject, Kind, MediaUse
from mirror.sync.fingerprint import fingerprint
from mirror.urls import guid_key
from mirror.wordpress.objects import split

if TYPE_CHECKING:
    from mirror.attribution import Site

# The kinds in which there is something to be found.
EXAMINED: frozenset[Kind] = frozenset({"post", "media"})


# Named tuples, since they come out of the second core by the thousand.
class Parts(NamedTuple):
    """An object, split for storage (`mirror.wordpress.objects.split`), and its fingerprint.

    `guid_key`: of a post, its GUID in the form in which two are compared (`mirror.urls.guid_key`).
    """

    columns: Mapping[str, Any]
    extra: str
    fingerprint: str
    guid_key: str | None


class Found(NamedTuple):
    """What reading found; None for what objects of the kind do not have.

    `searchable` is the title and the text of the content, as the full-text index takes them.
    """

    attribution: Attribution | None = None
    searchable: tuple[str, str] | None = None
    media: tuple[MediaUse, ...] | None = None


def take_apart(kind: Kind, obj: JsonObject) -> Parts:
    """The object as it is stored and compared."""
    columns, extra = split(kind, obj)
    key = guid_key(columns["guid"]) if kind == "post" else None
    return Parts(columns, extra, fingerprint(kind, obj), key)


def examine(
    kind: Kind, obj: JsonObject, columns: Mapping[str, Any], site: "Site", site_url: str
) -> Found:
    """Reads one object of a site. `site_url` is what relative addresses are relative to.

    Searched is what is stored, so that it can be taken out of the index again; judged and looked
    through is what the site sent. But for characters that cannot be stored they are the same.
    """
    if kind == "media":
        return Found(media=of_attachment(obj, site_url))
    if kind != "post":
        return Found()
    from mirror.attribution import judge  # late: see mirror.session
    from mirror.attribution.fields import rendered

    content = Content(rendered(obj.get("content")))
    return Found(
        attribution=judge(obj, site, content),
        searchable=searchable(columns["title"], columns["content"], content),
        media=uses(obj, site_url, content),
    )
