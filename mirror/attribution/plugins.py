"""Metadata that syndication plugins leave with the posts they fetch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from mirror.attribution.addresses import cleaned, is_article, publisher_host, same_page
from mirror.attribution.article import Article
from mirror.attribution.fields import first_string, mapping
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence
from mirror.urls import host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Where a plugin writes: `page` keys hold the article's address, `feed` keys the source's."""

    name: str
    page: tuple[str, ...]
    feed: tuple[str, ...] = ()


PLUGINS = (
    Plugin(
        name="FeedWordPress",
        page=("syndication_permalink",),
        feed=("syndication_source_uri", "syndication_feed", "syndication_source_id"),
    ),
    Plugin(
        name="Distributor",
        page=("dt_original_post_url",),
        feed=("dt_original_site_url",),
    ),
    Plugin(name="WP-o-Matic", page=("wpo_sourcepermalink",)),
    Plugin(name="WPeMatico", page=("wpe_sourcepermalink",), feed=("wpe_feed",)),
    Plugin(
        name="WP RSS Aggregator",
        page=("wprss_item_permalink", "wprss_item_source_url", "_wpra_url"),
        feed=("wprss_feed_url",),
    ),
    Plugin(
        name="RSS Post Importer",
        page=("rss_pi_source_url",),
    ),
    Plugin(
        name="CyberSEO",
        page=("cyberseo_post_link", "rss_item_link"),
        feed=("cyberseo_rss_source", "rss_source"),
    ),
    Plugin(name="Feedzy", page=("feedzy_item_url", "_feedzy_item_url")),
    Plugin(name="PressForward", page=("item_link", "pf_item_link"), feed=("pf_source_link",)),
    Plugin(name="Automattic Syndication", page=("syn_post_permalink",), feed=("syn_feed_url",)),
    Plugin(name="RSSImport", page=("rssmi_source_link", "rssmi_source_feed")),
    Plugin(name="WP Automatic", page=("original_link", "wp_automatic_source_link")),
    Plugin(name="Echo RSS", page=("echo_post_orig_url", "echo_post_full_url")),
    Plugin(name="FeedWordPress Advanced Filters", page=("faf_permalink",)),
    Plugin(name="Post Forking/Broadcast", page=("_threewp_broadcast_original_url",)),
    Plugin(
        name="source field",
        page=("source_url", "original_url", "source_link", "external_url", "article_url"),
    ),
)
_KEYS = frozenset(key for plugin in PLUGINS for key in (*plugin.page, *plugin.feed))


class PluginMetadata:
    """A syndication plugin's field names the page that the post was fetched from.

    A page of the site itself is a migration, unless it is FeedWordPress and the post's own link is
    that very page: FeedWordPress gives the source's address out as the permalink.
    """

    name: ClassVar[str] = "plugin-metadata"
    family: ClassVar[Family] = "metadata"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "the meta keys in each plugin's source on plugins.svn.wordpress.org"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "meta": {"dt_original_post_url": "https://www.paper.example.com/2024/05/a/"},
        },
        domain="paper.example.com",
        url="https://www.paper.example.com/2024/05/a/",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for where in ("meta", "acf"):
            fields = mapping(article.post.get(where))
            if not _KEYS.isdisjoint(fields):
                yield from self._in(article, where, fields)

    def _in(self, article: Article, where: str, fields: Mapping[str, Any]) -> Iterator[Evidence]:
        for plugin in PLUGINS:
            for key in (*plugin.page, *plugin.feed):
                url = first_string(fields.get(key))
                if not url:
                    continue
                found = self._evidence(article, f"{where}.{key}", url, key in plugin.page)
                if found is not None:
                    yield found
                    break

    def _evidence(self, article: Article, where: str, url: str, page: bool) -> Evidence | None:
        quote = f"{where}: {url[:250]}"
        foreign = article.foreign(url)
        if foreign is not None:
            page = page and is_article(foreign[1])
            return Evidence(
                rule=self.name,
                quote=quote,
                confidence=0.97 if page else 0.85,
                domain=foreign[0],
                url=foreign[1] if page else None,
            )
        address = cleaned(url)
        if address and where.endswith("syndication_permalink") and same_page(url, article.link):
            domain = publisher_host(address) or host_of(address)
            return Evidence(
                rule=self.name, quote=quote, confidence=0.95, domain=domain, url=address
            )
        return None
