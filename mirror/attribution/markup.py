"""What another CMS wrote into the paragraphs: attributes and classes that survive copying."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from mirror.attribution.addresses import is_domain, registrable
from mirror.attribution.article import Article
from mirror.attribution.publishers import publisher_of
from mirror.attribution.rule import Example, Family, Role
from mirror.items import Evidence
from mirror.marks import Marks

# Clay, CNN's and New York Media's CMS, names each component by an address without a scheme.
_URI = re.compile(r"""\bdata-uri=["']((?:[\w-]{1,63}\.){1,5}[a-z]{2,12})/[^"'\s]{0,200}""")
_PARAGRAPHS = ("<p>", "<p ", "<p\n", "<P>", "<P ")
# Where fewer of the paragraphs bear the mark, they are quotations.
_SHARE = 0.5
# Of a long page this much, in characters, is looked at: shares do not change after that.
_WINDOW = 200_000


class CmsAddress:
    """Paragraphs carry the address of another house's CMS, `data-uri="cms.cnn.com/…"`.

    Half of the paragraphs must: a quotation brings its attributes with it, and is no copy.
    """

    name: ClassVar[str] = "cms-address"
    family: ClassVar[Family] = "markup"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset(("data-uri=",))
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
        html = article.html[:_WINDOW]
        marks = list(_URI.finditer(html))
        paragraphs = _paragraphs(html)
        for host in sorted({mark[1] for mark in marks}):
            count = sum(mark[1] == host for mark in marks)
            if not is_domain(host) or article.site.owns(host) or count < _SHARE * paragraphs:
                continue
            known = publisher_of(host)
            yield Evidence(
                rule=self.name,
                quote=next(mark[0] for mark in marks if mark[1] == host),
                confidence=0.93,
                domain=known.domain if known else registrable(host),
            )


def _paragraphs(html: str) -> int:
    return sum([html.count(tag) for tag in _PARAGRAPHS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A publisher's own class or attribute on its paragraphs; `stem` must be in the HTML first."""

    domain: str
    stem: str
    pattern: re.Pattern[str]
    worth: float = 0.75


def _mark(domain: str, stem: str, pattern: str, worth: float = 0.75) -> Mark:
    return Mark(domain=domain, stem=stem, pattern=re.compile(pattern), worth=worth)


# Seen in each publisher's own pages. Names that several houses share are left out.
MARKS = (
    _mark("cnn.com", "vossi-paragraph", r"\bvossi-paragraph\b"),
    _mark("cnn.com", "zn-body__paragraph", r"\bzn-body__paragraph\b"),
    _mark("washingtonpost.com", "data-contentid", r'\bdata-contentid="\w{8,40}" data-el="text"'),
    _mark("washingtonpost.com", "wpds-c-", r"\bwpds-c-\w{4,12}"),
    _mark("dailymail.co.uk", "mol-para-with-font", r"\bmol-para-with-font\b"),
    _mark("nytimes.com", "StoryBodyCompanionColumn", r"\bStoryBodyCompanionColumn\b"),
    _mark("nytimes.com", "evys1bk0", r"\bevys1bk0\b"),
    _mark("bbc.com", "RichTextComponentWrapper", r"\bssrcss-\w{4,12}-RichTextComponentWrapper\b"),
    _mark("bbc.com", "ssrcss-", r"\bssrcss-\w{4,12}-Paragraph\b"),
    _mark("theguardian.com", "dcr-", r'<p[^<>]{0,80}\bclass="dcr-\w{4,10}"'),
    _mark("reuters.com", "article-body__content__", r"\barticle-body__content__\w{3,8}"),
    _mark("reuters.com", "StandardArticleBody_body", r"\bStandardArticleBody_body\b"),
    _mark("reuters.com", "ArticleBody-para", r"\bArticleBody-para-"),
    _mark("foxnews.com", 'class="speakable"', r'<p class="speakable"'),
    # A portal: what it shows is somebody else's, and is quoted from there.
    _mark("yahoo.com", "canvas-atom", r"\bcanvas-(?:atom|text)\b", worth=0.4),
    _mark("yahoo.com", "caas-", r"\bcaas-(?:body|content)\b", worth=0.4),
    _mark("apnews.com", "RichTextStoryBody", r"\bRichTextStoryBody\b"),
    _mark("apnews.com", "Component-root", r'\bComponent-root-0-2-\d+ Component-p-0-2'),
    _mark("businessinsider.com", "premium-paragraph", r"\bpremium-paragraph\b"),
    _mark("forbes.com", "speakable-paragraph", r"\bspeakable-paragraph\b"),
    _mark("aljazeera.com", "wysiwyg--all-content", r"\bwysiwyg--all-content\b"),
    _mark("npr.org", "storytext", r'\bclass="storytext storylocation'),
)  # fmt: skip
_STEMS = Marks({mark.stem for mark in MARKS})


class PublisherClass:
    """Half of the paragraphs carry a class that one publisher's templates write.

    Fewer are a quotation, which brings its classes with it.
    """

    name: ClassVar[str] = "publisher-class"
    family: ClassVar[Family] = "markup"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset(mark.stem for mark in MARKS)
    source: ClassVar[str] = "the publishers' own pages"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {"rendered": '<p class="mol-para-with-font"><span>Text.</span></p>'},
        },
        domain="dailymail.co.uk",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        html = article.html[:_WINDOW]
        found: dict[str, list[str]] = {}
        worth: dict[str, float] = {}
        present = _STEMS.present(article.raw)
        for mark in MARKS if present else ():
            if mark.stem in present and not article.site.owns(mark.domain):
                found.setdefault(mark.domain, []).extend(mark.pattern.findall(html))
                worth[mark.domain] = mark.worth
        if not found:
            return
        paragraphs = max(1, _paragraphs(html))
        for domain, marks in found.items():
            if len(marks) >= _SHARE * paragraphs:
                yield Evidence(
                    rule=self.name,
                    quote=f"{len(marks)} × {marks[0][:120]}",
                    confidence=worth[domain],
                    domain=domain,
                )
