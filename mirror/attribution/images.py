"""Images, players and inner links that still lead to the original."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import ClassVar

from mirror.attribution.addresses import is_article, is_opaque
from mirror.attribution.article import MANY, Article
from mirror.attribution.credit import NOT_PUBLISHERS
from mirror.attribution.fields import host_at, words
from mirror.attribution.publishers import identity, publisher_of
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence
from mirror.marks import Marks

# Jetpack's image proxy: i0.wp.com/host/path.
_PHOTON = re.compile(r"^(?:https?:)?//i\d\.wp\.com/([^/?#]+/[^?#]*)")
# What is part of a page, of an advertisement or of counting, and not of the story.
_CHROME = re.compile(
    r"/plugins/|/themes/|/emoji|\bpixel|count\.gif|\bbanner|\blogo|\bicons?\b|spacer|\bbutton|"
    r"/ads?/|\bad[sv]?\b|affiliate|tracking|beacon|/smilies/|avatar|1x1|blank\.gif|subscribe|"
    r"share|badge|widget|\bmaps?[./]|\bcharts?\b|"
    # Yahoo's old icons; its news images are on s.yimg.com.
    r"//(?!s\.)[\w.]{1,30}\.yimg\.com/"
)
# One of these is in whatever the expression matches.
_CHROME_WORDS = Marks(
    words(
        "/plugins/ /themes/ /emoji pixel count.gif banner logo icon spacer button ad affiliate "
        "tracking beacon /smilies/ 1x1 blank.gif subscribe share widget map chart .yimg.com avatar"
    )
)
_SHOWN = frozenset(("img", "iframe", "source", "video", "audio", "embed"))
# Hosts that serve everybody's images.
_ANYBODY = words(
    "blogspot.com bp.blogspot.com blogger.com googleusercontent.com ggpht.com gstatic.com "
    "google.com imgur.com flickr.com staticflickr.com giphy.com tumblr.com wikimedia.org "
    "wikipedia.org unsplash.com pexels.com pixabay.com gettyimages.com shutterstock.com "
    "istockphoto.com cloudfront.net akamaihd.net akamaized.net amazonaws.com b-cdn.net "
    "cloudinary.com imgix.net cdn.ampproject.org fastly.net jsdelivr.net wp.com s.w.org "
    "gravatar.com feedburner.com doubleclick.net googlesyndication.com shareasale.com "
    "amazon.com ssl-images-amazon.com media-amazon.com paypal.com paypalobjects.com "
    "youtube.com youtube-nocookie.com ytimg.com youtu.be vimeo.com vimeocdn.com twimg.com "
    "twitter.com x.com fbcdn.net facebook.com instagram.com cdninstagram.com pinimg.com "
    "pinterest.com medium.com substackcdn.com substack.com discordapp.com discordapp.net "
    "photobucket.com postimg.cc imageshack.us tinypic.com ibb.co wordpress.com "
    "files.wordpress.com soundcloud.com spotify.com scribd.com slideshare.net "
    "dailymotion.com tiktok.com twitch.tv archive.org github.com githubusercontent.com "
    "steemit.com steemitimages.com creativecommons.org stripe.com rs-stripe.com "
    "refersion.com taboola.com outbrain.com statista.com infogr.am infogram.com "
    "datawrapper.de dwcdn.net flourish.studio tableau.com documentcloud.org maps.google.com "
    "openstreetmap.org apple.com mzstatic.com goodreads.com gr-assets.com eventbrite.com "
    "typeform.com mailchimp.com list-manage.com sinaimg.cn qpic.cn gmodules.com ning.com "
    "storage.msn.com storage.live.com hdslb.com bilibili.com douban.com doubanio.com"
)


class ForeignImages:
    """The images of the story come from another publisher's own server.

    All the story's images must, none from the site itself. One image of a press house's image
    host is a sign; of an unknown site it is a weak one, since people show what they have on their
    other sites. Embedded players of a press house's own count like an image; video platforms and
    image hosts do not.
    """

    name: ClassVar[str] = "images"
    family: ClassVar[Family] = "images"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "hot-linked images in the labelled collection; publishers' image hosts"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p>Text.</p><img src="https://i.guim.co.uk/img/media/x/5000.jpg">'
                '<img src="https://i.guim.co.uk/img/media/y/5000.jpg">'
            },
        },
        domain="theguardian.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        if not article.content.sources:
            return
        hosts: dict[str, int] = {}
        first: dict[str, str] = {}
        for source in article.content.sources[:MANY]:
            if source.tag not in _SHOWN or source.src.startswith("data:"):
                continue
            src = unproxied(source.src)
            host = host_at(src)
            if not host or article.site.owns(host):
                if "/plugins/" in src or "/themes/" in src:
                    continue
                return
            known = publisher_of(host)
            if (source.tag != "img" and known is None) or _is_anybodys(host) or _is_chrome(src):
                continue
            key = known.domain if known else identity(host)
            hosts[key] = hosts.get(key, 0) + 1
            first.setdefault(key, src)
        if not hosts:
            return
        total = sum(hosts.values())
        key = max(hosts, key=lambda host: hosts[host])
        count = hosts[key]
        if count / total < 0.6:
            return
        is_press = publisher_of(key) is not None
        worth = 0.3 if not is_press else 0.65 if count > 1 else 0.55
        yield Evidence(
            rule=self.name,
            quote=f"{count} of {total} images, such as {first[key][:200]}",
            confidence=worth,
            domain=key,
        )


def unproxied(src: str) -> str:
    """The address of an image behind Jetpack's proxy.

    >>> unproxied("https://i1.wp.com/a.example.org/x.png?w=620")
    'https://a.example.org/x.png'
    """
    proxied = _PHOTON.match(src) if ".wp.com/" in src else None
    return f"https://{proxied[1]}" if proxied else src


def _is_chrome(src: str) -> bool:
    if "/uploads/" in src:
        return False
    lower = src[:500].lower()
    return bool(_CHROME_WORDS.present(lower.encode("utf-8", "replace")) and _CHROME.search(lower))


@lru_cache(maxsize=4096)
def _is_anybodys(host: str) -> bool:
    """Whether a host, or a domain above it, serves everybody's images."""
    while host:
        if host in _ANYBODY or host.startswith("google."):
            return True
        host = host.partition(".")[2]
    return False


class InnerLinks:
    """Most links of the text lead to articles of one other site, as a site's links do to itself.

    Never enough alone: a review of one site's work looks the same.
    """

    name: ClassVar[str] = "inner-links"
    family: ClassVar[Family] = "inner links"
    role: ClassVar[Role] = "copy"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "internal links of the original, in the labelled collection"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p><a href="https://hack.example.com/one/">a</a>'
                '<a href="https://hack.example.com/two/">b</a>'
                '<a href="https://hack.example.com/three/">c</a></p>'
            },
        },
        domain="hack.example.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        pages: dict[str, set[str]] = {}
        for link, host in article.link_hosts:
            if host in pages:
                pages[host].add(link.href)
            elif article.site.owns(host):
                return
            elif host not in NOT_PUBLISHERS:
                pages[host] = {link.href}
        if not pages:
            return
        host, urls = max(pages.items(), key=lambda item: len(item[1]))
        total = sum(len(there) for there in pages.values())
        if len(urls) < 2 or len(urls) / total < 0.5:
            return
        found = [article.foreign(url) for url in urls]
        articles = [one for one in found if one and is_article(one[1]) and not is_opaque(one[0])]
        if len(articles) >= 2 and len(articles) / total >= 0.5:
            yield Evidence(
                rule=self.name,
                quote=f"{len(articles)} of {total} linked pages are on {host}",
                confidence=0.25,
                domain=articles[0][0],
            )
