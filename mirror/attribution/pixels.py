"""Tracking pixels that publishers ask republishers to keep, and press wires add."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from mirror.attribution.article import Article
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence
from mirror.marks import Marks
from mirror.urls import host_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixel:
    """`mark` must be in the HTML for the pattern to be tried on a source; `domain` is whose it is.

    `source` is where the publisher documents it.
    """

    mark: str
    pattern: re.Pattern[str]
    domain: str
    source: str


PIXELS = (
    Pixel(
        mark="counter.theconversation",
        pattern=re.compile(r"//counter\.theconversation\.(?:com|edu\.au)/content/(\d{1,12})/"),
        domain="theconversation.com",
        source="https://theconversation.com/republishing-guidelines",
    ),
    Pixel(
        mark="pixel.propublica.org",
        pattern=re.compile(r"//pixel\.propublica\.org/"),
        domain="propublica.org",
        source="https://www.propublica.org/steal-our-stories",
    ),
    Pixel(
        mark="prnewswire.com",
        pattern=re.compile(r"//rt\.prnewswire\.com/|//(?:mma|photos)\.prnewswire\.com/"),
        domain="prnewswire.com",
        source="https://www.prnewswire.com/",
    ),
    Pixel(
        mark="globenewswire.com",
        pattern=re.compile(r"globenewswire\.com/(?:newsroom/ti|media/|newsroom/attachment)"),
        domain="globenewswire.com",
        source="https://www.globenewswire.com/",
    ),
    Pixel(
        mark="businesswire.com",
        pattern=re.compile(r"//cts\.businesswire\.com/ct/|//mms\.businesswire\.com/"),
        domain="businesswire.com",
        source="https://www.businesswire.com/",
    ),
    Pixel(
        mark="einpresswire.com",
        pattern=re.compile(r"einpresswire\.com/(?:tracking|article_hit|.{0,20}pixel)"),
        domain="einpresswire.com",
        source="https://www.einpresswire.com/",
    ),
    Pixel(
        mark="accesswire.com",
        pattern=re.compile(r"(?:accesswire|accessnewswire)\.com/img\.ashx"),
        domain="accesswire.com",
        source="https://www.accesswire.com/",
    ),
    Pixel(
        mark="newsfilecorp.com",
        pattern=re.compile(r"newsfilecorp\.com/(?:newsinfo|redirect|images|.{0,30}\.gif)"),
        domain="newsfilecorp.com",
        source="https://www.newsfilecorp.com/",
    ),
    Pixel(
        mark="prweb.com",
        pattern=re.compile(r"//(?:ww1|www)\.prweb\.com/prfiles/"),
        domain="prweb.com",
        source="https://www.prweb.com/",
    ),
    Pixel(
        mark="texastribune",
        pattern=re.compile(r"//(?:dot|pixel)\.texastribune\.org/|texastribune\.org/pixel"),
        domain="texastribune.org",
        source="https://www.texastribune.org/republishing-guidelines/",
    ),
)
# The Republication Tracker Tool of the Institute for Nonprofit News: any site may run it.
_TRACKER_MARK = "republication-pixel="
_TRACKER = re.compile(r"[?&]republication-pixel=")
_MARKS = Marks({*(one.mark for one in PIXELS), _TRACKER_MARK})


class RepublicationPixel:
    """An image or a script reports to the first publisher that the text was republished.

    The Conversation's counter carries the number that also ends the article's address: if the
    content links a page with that number, the address is known.
    """

    name: ClassVar[str] = "pixel"
    family: ClassVar[Family] = "pixel"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset((*(one.mark for one in PIXELS), _TRACKER_MARK))
    source: ClassVar[str] = "republishing guidelines; Republication Tracker Tool"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p>Text, see <a href="https://theconversation.com/a-plan-120062">here'
                '</a>.<img src="https://counter.theconversation.com/content/120062/count.gif"></p>'
            },
        },
        domain="theconversation.com",
        url="https://theconversation.com/a-plan-120062",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        marks = _MARKS.present(article.raw)
        present = [pixel for pixel in PIXELS if pixel.mark in marks]
        tracked = _TRACKER_MARK in marks
        if not present and not tracked:
            return
        seen = set()
        for source in article.content.sources:
            for pixel in present:
                mark = pixel.pattern.search(source.src[:2000])
                if mark and pixel.domain not in seen and not article.site.owns(pixel.domain):
                    seen.add(pixel.domain)
                    yield self._evidence(pixel.domain, source.src, _numbered(article, mark))
            if tracked and _TRACKER.search(source.src[:2000]):
                found = article.foreign(source.src)
                if found is not None:
                    yield self._evidence(host_of(source.src), source.src, None)

    def _evidence(self, domain: str, src: str, url: str | None) -> Evidence:
        return Evidence(rule=self.name, quote=src[:300], confidence=0.95, domain=domain, url=url)


def _numbered(article: Article, mark: re.Match[str]) -> str | None:
    """The linked page whose address ends in the number of the counter."""
    if not mark.re.groups:
        return None
    for link in article.content.links:
        found = article.foreign(link.href) if mark[1] in link.href else None
        if found and urlsplit(found[1]).path.rstrip("/").endswith(f"-{mark[1]}"):
            return found[1]
    return None
