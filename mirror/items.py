"""Three truths, three types: what upstream said, what we hold, what we shall write.

An `Item` travels through the pipelines, which fill it in. Five kinds of WordPress object share the
types, since they share their fate: read, compared, versioned, gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["post", "media", "term", "author", "comment"]
# `completed`: what was held of it in part is now held whole; upstream has edited nothing.
Action = Literal["new", "edited", "unchanged", "restored", "completed"]

JsonObject = Mapping[str, Any]

# What a post uses a file for.
Role = Literal["featured", "inline", "gallery", "attached", "enclosure"]


# The parameter by which WPML is asked for one of a site's languages.
LANGUAGE = "wpml_language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A list that the REST API serves, found in `/types`, `/taxonomies` or known by name.

    `name` is unique within a site: the `rest_base`, or `namespace/rest_base` where two share one.
    `slug` is the type's or taxonomy's own name ("post", "post_tag"); "user" and "comment" else.
    `route` is the path below the REST root, such as `/wp/v2/posts`. `languages`: those in which its
    lists are asked one after another, to hold everything (`mirror.wordpress.routes.languages`).
    """

    name: str
    kind: Kind
    slug: str
    route: str
    languages: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Mapping[str, str], ...]:
        """The parameters that ask for its parts, which may overlap; mostly it is one."""
        return tuple({LANGUAGE: code} for code in self.languages) or ({},)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason to believe that a post came from somewhere else.

    `quote` is the text that says so, as a reader finds it; `offset` its place in the plain text of
    the content (characters), None where it stands elsewhere (a head tag, a GUID, a title).
    `domain` is the host it points to, without `www.`; `confidence` what it is worth alone, 0…1.
    """

    rule: str
    quote: str
    confidence: float
    domain: str | None = None
    url: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What all evidence about one post adds up to. Nulls where unknown."""

    syndicated: bool = False
    upstream_domain: str | None = None
    upstream_name: str | None = None
    upstream_url: str | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaUse:
    """One file that an object uses.

    `url` is the file's canonical address; `size` is `full`, or which variant of `original` it is
    (`300x200`, `scaled`, `original`, or a size's name). `proxy` serves the same file should its
    own host fail.
    """

    url: str
    role: Role
    size: str
    original: str
    proxy: str | None = None


# Not frozen, alone among these: the pipelines fill it in, and copies would cost each object of a
# backfill a tenth of what storing it does.
@dataclass(slots=True, kw_only=True)
class Item:
    """What upstream said about one object.

    `object` is the JSON object as it was sent, less the personal data nobody asked for. `columns`
    and `extra` are the same, split for storage (`mirror.wordpress.objects.split`); `fingerprint`
    is of what is not volatile. The rest is filled in by the pipelines; `searchable` is the title
    and the plain text of the content, kept so that the content is parsed once.
    """

    site_id: int
    collection: str
    kind: Kind
    wp_id: int
    object: JsonObject
    columns: Mapping[str, Any]
    extra: str
    fingerprint: str
    read_at: str
    guid_key: str | None = None
    original_id: int | None = None
    attribution: Attribution | None = None
    searchable: tuple[str, str] | None = None
    media: tuple[MediaUse, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """What we hold of one object: its current row, as the crawl `crawl_id` wrote it.

    `unsettled`: readings in a row that differed although no edit was announced; `volatile`: fields
    that differ at every reading, and are compared no more until an edit is announced.
    """

    id: int
    wp_id: int
    version: int
    fingerprint: str
    columns: Mapping[str, Any]
    extra: str
    deleted_at: str | None = None
    unsettled: int = 0
    volatile: frozenset[str] = frozenset()
    crawl_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What we shall write, and why: `changed` names the fields that differ, in WordPress' words.

    `unsettled` and `volatile` are those of the row after it.
    """

    action: Action
    item: Item
    stored: StoredItem | None = None
    changed: tuple[str, ...] = ()
    unsettled: int = 0
    volatile: frozenset[str] = frozenset()
