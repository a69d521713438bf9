"""What another CMS wrote into the paragraphs: attributes and classes that survive copying."""

import re
from collections.abc import Iterator
from typing import ClassVar

from mirror.attribution.addresses import is_domain
from mirror.attribution.article import Article
from mirror.attribution.publishers import identity, publisher_of
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence

# Clay, CNN's and New York Media's CMS, names each component by an address without a scheme.
_URI = re.compile(r"""\bdata-uri=["']((?:[\w-]{1,63}\.){1,5}[a-z]{2,12})/[^"'\s]{0,200}""")
_PARAGRAPH = re.compile(r"<p\b", re.IGNORECASE)
# Where fewer of the paragraphs bear the mark, they are quotations.
_SHARE = 0.5


class CmsAddress:
    """Paragraphs carry the address of another house's CMS, `data-uri="cms.cnn.com/…"`.

    Half of the paragraphs must: a quotation brings its attributes with it, and is no copy.
    """

    name: ClassVar[str] = "cms-address"
    family: ClassVar[Family] = "markup"
    role: ClassVar[Role] = "origin"
    source: ClassVar[str] = "Clay CMS (github.com/clay/amphora), as in CNN's pages"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": '<p data-uri="cms.cnn.com/_components/paragraph/instances/c@published">'
                "Text.</p>"
            },
        },
        domain="cnn.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        if "data-uri=" not in article.html:
            return
        marks = list(_URI.finditer(article.html))
        hosts = {mark[1] for mark in marks}
        paragraphs = len(_PARAGRAPH.findall(article.html))
        for host in sorted(hosts):
            count = sum(mark[1] == host for mark in marks)
            if not is_domain(host) or article.site.owns(host) or count < _SHARE * paragraphs:
                continue
            known = publisher_of(host)
            yield Evidence(
                rule=self.name,
                quote=next(mark[0] for mark in marks if mark[1] == host),
                confidence=0.93,
                domain=known.domain if known else identity(host),
            )
