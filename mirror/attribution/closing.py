"""Sentences that name the first publisher: "The post … appeared first on …", in any language."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from mirror.attribution.article import Article
from mirror.attribution.phrases import FIRST
from mirror.attribution.phrases_copy import ORIGINAL, REPUBLISHED, TRANSLATED
from mirror.attribution.rule import Example, Family, Role
from mirror.attribution.sentences import credits, evidence
from mirror.items import Evidence

# "The original article …" begins its sentence; far into one, it is what the sentence reports on.
_LEAD = 25
# "Il post originale"; a longer beginning is a pointer: "Here is a link to the original article".
_ARTICLE = 6


class FirstPublished:
    """A sentence says who published this text first, with a link, an address or a known name.

    The site's own feed footer is the most frequent of these sentences: an object that is the site
    itself is no evidence. In English the sentence must also be about this text: "emails first
    published by The Daily Beast" is a citation.
    """

    name: ClassVar[str] = "first-published"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "Yoast SEO and Jetpack feed footers, republication notes of publishers"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {"rendered": "<p>Text.</p><div>This post appeared first on cnn.com</div>"},
        },
        domain="cnn.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for credit in credits(article, FIRST, strict=True):
            found = evidence(self.name, credit, 0.95)
            if found is not None:
                yield found


class Republished:
    """A sentence says that this text is taken over: republished, reprinted, cross-posted from."""

    name: ClassVar[str] = "republished"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "republication notes: The Conversation, ProPublica, Grist, iCopyright"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": "<p>Text.</p><p>This article is republished from "
                '<a href="https://theconversation.com">The Conversation</a> under a Creative '
                "Commons license.</p>"
            },
        },
        domain="theconversation.com",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for credit in credits(article, REPUBLISHED):
            found = evidence(self.name, credit, 0.9)
            if found is not None:
                yield found


class Translated:
    """A sentence says that this is a translation, and links the page it was translated from."""

    name: ClassVar[str] = "translated"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "credit lines of translated posts in the labelled collection"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copia.example/a/",
            "content": {
                "rendered": "<p>Testo.</p><p>Traduzione da: "
                '<a href="https://www.theguardian.com/2015/nov/20/talks">Talks</a></p>'
            },
        },
        domain="theguardian.com",
        url="https://www.theguardian.com/2015/nov/20/talks",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for credit in credits(article, TRANSLATED):
            found = evidence(self.name, credit, 0.8)
            if found is not None and found.url is not None:
                yield found


class OriginalAt:
    """A sentence or a label names the original of this text, with its address.

    "Here is a link to the original article" is what people write below a comment on it: weak.
    """

    name: ClassVar[str] = "original-at"
    family: ClassVar[Family] = "words"
    role: ClassVar[Role] = "origin"
    marks: ClassVar[frozenset[str]] = frozenset()
    source: ClassVar[str] = "republication notes, credit lines in the labelled collection"
    example: ClassVar[Example] = Example(
        post={
            "link": "https://copy.example/a/",
            "content": {
                "rendered": "<p>Text.</p><p>原文链接："
                '<a href="https://www.blog.example.net/plan.html">https://www.blog.example.net/plan.html'
                "</a></p>"
            },
        },
        domain="blog.example.net",
        url="https://www.blog.example.net/plan.html",
    )

    def __call__(self, article: Article) -> Iterator[Evidence]:
        for credit in credits(article, ORIGINAL, backwards=False):
            found = evidence(self.name, credit, 0.8)
            if found is not None and found.url is not None and credit.lead <= _LEAD:
                yield found if credit.lead <= _ARTICLE else replace(found, confidence=0.3)
