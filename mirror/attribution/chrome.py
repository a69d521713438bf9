"""What a copied page kept of its frame: share buttons, links to the previous and next post."""

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from mirror.attribution.addresses import is_article, is_opaque
from mirror.attribution.article import MANY, Article
from mirror.attribution.credit import NOT_PUBLISHERS
from mirror.attribution.images import unproxied
from mirror.attribution.rule import Example, Family, Role
from mirror.content import Link
from mirror.items import Evidence

_SHARE = re.compile(
    r"facebook\.com/(?:share|dialog)|twitter\.com/(?:intent|share|home\?status)|x\.com/intent|"
    r"linkedin\.com/share|reddit\.com/submit|pinterest\.[a-z.]{2,6}/pin/create|whatsapp\.com/send|"
    r"wa\.me/\?|t\.me/share|telegram\.me/share|tumblr\.com/(?:share|widgets)|vk\.com/share|"
    r"addtoany\.com/(?:share|add_to)|addthis\.com/|digg\.com/submit|getpocket\.com/(?:save|edit)|"
    r"news\.ycombinator\.com/submitlink|del\.icio\.us/post|flipboard\.com|line\.me/|xing\.com/"
)
_FIELDS = ("u", "url", "linkurl", "href", "text", "status", "body")
_URL = re.compile(r"https?://[^\s<>\"']{4,600}")


class ShareButtons:
    """A share button carries the address of the page it was made for, which is another site's."""

    name: ClassVar[str] = "share-button"
    family: ClassVar[Family] = "frame"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset(("share", "intent", "submit", "create/"))
    source: ClassVar[str] = "share links of Facebook, X, LinkedIn, WhatsApp, AddToAny"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<a href="https://www.facebook.com/share.php?u=https%3A%2F%2F'
                'paper.example.com%2Fwater-crisis%2F">Share</a>'
            },
        },
        domain="paper.example.com",
        url="https://paper.example.com/water-crisis/",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        if "share" not in article.html and "intent" not in article.html:
            return
        for link in article.content.links[:MANY]:
            shared = _shared(link.href)
            found = article.foreign(shared) if shared else None
            if found and not is_opaque(found[0]) and found[0] not in NOT_PUBLISHERS:
                yield Evidence(
                    rule=self.name,
                    quote=link.href[:300],
                    confidence=0.85,
                    domain=found[0],
                    url=found[1] if is_article(found[1]) else None,
                )
                return


def _shared(href: str) -> str | None:
    # Within its query there is a second address.
    if href.find("http", 4) < 0 or len(href) > 4000 or not _SHARE.search(href[:300]):
        return None
    try:
        fields = dict(parse_qsl(urlsplit(href).query))
    except ValueError:
        return None
    for name in _FIELDS:
        url = _URL.search(fields.get(name, ""))
        if url:
            return url[0]
    return None


_PART = re.compile(r"/wp-content/(?:plugins|themes)/[^/?#]{1,80}/")


class ForeignFrame:
    """An image comes out of a plugin's or a theme's folder on another site.

    Nobody embeds another site's button icons by hand: they came along with the page.
    """

    name: ClassVar[str] = "foreign-frame"
    family: ClassVar[Family] = "frame"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset(("/wp-content/plugins/", "/wp-content/themes/"))
    source: ClassVar[str] = "WordPress's folders wp-content/plugins and wp-content/themes"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p>Text.</p><img src="https://i1.wp.com/paper.example.com/wp-content/'
                'plugins/buttons/images/facebook.png?w=620">'
            },
        },
        domain="paper.example.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        if "/wp-content/plugins/" not in article.html and "/wp-content/themes/" not in article.html:
            return
        for source in article.content.sources[:MANY]:
            src = unproxied(source.src)
            found = article.foreign(src) if _PART.search(src[:2000]) else None
            if found is not None:
                yield Evidence(rule=self.name, quote=src[:300], confidence=0.6, domain=found[0])
                return


_ADJACENT_WORDS = frozenset(
    [
        "revious",
        "next",
        "Next",
        "Prev",
        "lder",
        "ewer",
        "orherige",
        "ächste",
        "récédent",
        "uivant",
        "nterior",
        "iguiente",
        "eguinte",
        "recedente",
        "uccessivo",
    ]
)
_ADJACENT = re.compile(
    r"(?:[«‹←<]+ ?)?(?:previous|next|older|newer|prev)(?: ?(?:post|article|story|entry))?s?"
    r"(?: ?[»›→>]+)?|"
    r"(?:vorheriger|nächster) (?:beitrag|artikel)|(?:article|billet) (?:précédent|suivant)|"
    r"(?:entrada|artículo) (?:anterior|siguiente)|(?:artigo|post) (?:anterior|seguinte)|"
    r"(?:articolo|post) (?:precedente|successivo)"
)


class AdjacentPosts:
    """ "Previous post" and "Next post" lead into another site: the whole page was copied."""

    name: ClassVar[str] = "adjacent-posts"
    family: ClassVar[Family] = "frame"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = _ADJACENT_WORDS
    source: ClassVar[str] = "wp-includes/link-template.php (get_the_post_navigation)"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<a href="https://blog.example.com/2017/09/one.html">Previous post</a>'
                '<a href="https://blog.example.com/2017/10/two.html">Next post</a>'
            },
        },
        domain="blog.example.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        found: dict[str, list[Link]] = {}
        for link in article.content.links[-MANY:]:
            if 4 <= len(link.text) <= 30 and _ADJACENT.fullmatch(link.text.lower()):
                there = article.foreign(link.href)
                if there and is_article(there[1]):
                    found.setdefault(there[0], []).append(link)
        for host, links in found.items():
            if len(links) >= 2:
                yield Evidence(
                    rule=self.name,
                    quote=f"{links[0].text} ({links[0].href[:200]})",
                    confidence=0.85,
                    domain=host,
                    offset=links[0].start,
                )
