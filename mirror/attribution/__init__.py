"""Who published a post first: rules that find evidence, and the judgement they add up to.

`judge` is pure: a post, its site, and nothing else; no network, no clock, no database. The same
post always gets the same judgement from the same version of the rules.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from mirror.attribution.article import Article
from mirror.attribution.canonical import CanonicalElsewhere, CanonicalInContent
from mirror.attribution.chrome import AdjacentPosts, ForeignFrame, ShareButtons
from mirror.attribution.closing import FirstPublished, OriginalAt, Republished, Translated
from mirror.attribution.combine import combine
from mirror.attribution.datelines import Byline, Dateline
from mirror.attribution.fields import string
from mirror.attribution.guid import GuidElsewhere
from mirror.attribution.houses import HouseStatement
from mirror.attribution.images import ForeignImages, InnerLinks
from mirror.attribution.markup import CmsAddress, PublisherClass
from mirror.attribution.people import AuthorIsPublisher, CategoryIsAgency
from mirror.attribution.pixels import RepublicationPixel
from mirror.attribution.plugins import PluginMetadata
from mirror.attribution.read_on import MoreLink, ReadOn
from mirror.attribution.rule import Rule
from mirror.attribution.site import Site, site_of
from mirror.attribution.source_lines import SourceLine
from mirror.attribution.structured import BasedOn, LinkElsewhere
from mirror.content import Content
from mirror.items import Attribution, Evidence
from mirror.marks import Marks
from mirror.urls import host_of

__all__ = ["RULES", "RULES_VERSION", "Site", "judge", "judge_by", "site_of", "to_line"]

# Stored with each judgement: one more whenever any judgement may come out differently, so that a
# mirror can say how many of its posts older rules have judged. A test holds it to the examples.
RULES_VERSION = 1

# In the order of the taxonomy: what machines wrote first, then what people wrote.
RULES: tuple[Rule, ...] = (
    PluginMetadata(),
    CanonicalElsewhere(),
    CanonicalInContent(),
    BasedOn(),
    LinkElsewhere(),
    RepublicationPixel(),
    CmsAddress(),
    PublisherClass(),
    FirstPublished(),
    Republished(),
    Translated(),
    OriginalAt(),
    SourceLine(),
    ReadOn(),
    MoreLink(),
    GuidElsewhere(),
    Dateline(),
    Byline(),
    AuthorIsPublisher(),
    CategoryIsAgency(),
    ForeignImages(),
    InnerLinks(),
    ShareButtons(),
    AdjacentPosts(),
    ForeignFrame(),
    HouseStatement(),
)
_MARKS = Marks({mark for rule in RULES for mark in rule.marks})
_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in RULES}


def judge(post: Mapping[str, Any], site: Site, content: Content | None = None) -> Attribution:
    """Who published a post first, and what says so.

    `post` is an object of the REST API, of which any field may be missing or misshapen; `content`
    is its `content.rendered` if the caller has parsed it already. Raises nothing.
    """
    return judge_by(RULES, post, site, content)


def judge_by(
    rules: Sequence[Rule], post: Mapping[str, Any], site: Site, content: Content | None = None
) -> Attribution:
    """The judgement that some of the rules would come to, to see what the others add."""
    article = Article(post, site, content)
    marks = _MARKS.present(article.raw)
    found: list[Evidence] = []
    for rule in rules:
        if not rule.marks or not rule.marks.isdisjoint(marks):
            found.extend(rule(article))
    return combine(found, _BY_NAME)


def to_line(post: Mapping[str, Any], attribution: Attribution) -> dict[str, Any]:
    """The judgement in the shape of `mirror attribute`'s output lines."""
    link = string(post.get("link"))
    return {
        "link": link or None,
        "site": host_of(link) or None,
        "syndicated": attribution.syndicated,
        "upstream_domain": attribution.upstream_domain,
        "upstream_url": attribution.upstream_url,
        "confidence": attribution.confidence,
        "evidence": [
            {
                "rule": piece.rule,
                "quote": piece.quote,
                "domain": piece.domain,
                "url": piece.url,
                "confidence": piece.confidence,
            }
            for piece in attribution.evidence
        ],
    }
