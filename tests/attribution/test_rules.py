"""Every rule's example is a test; so is what each rule must leave alone."""

import hashlib
import json
from typing import Any

import pytest

from mirror.attribution import RULES, RULES_VERSION, judge, site_of, to_line
from mirror.attribution.article import Article
from mirror.attribution.rule import Rule
from tests.attribution.test_forms import LEFT_ALONE, NAMED

OWN = "https://copy.org/2024/05/plan/"
OTHER = "https://paper.com/2024/05/plan/"


def post(content: str = "", **fields: Any) -> dict[str, Any]:
    return {"link": OWN, "content": {"rendered": content}, **fields}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_example(rule: Rule) -> None:
    example = rule.example
    found = list(rule(Article(example.post, site_of(example.post))))
    assert (example.domain, example.url) in [(piece.domain, piece.url) for piece in found]
    assert all(piece.rule == rule.name and piece.quote for piece in found)
    assert all(0 < piece.confidence < 1 for piece in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_says_what_it_is(rule: Rule) -> None:
    assert rule.__doc__
    assert rule.source
    assert rule.name == rule.name.lower()


def test_no_mark_hides_another() -> None:
    marks = {mark for rule in RULES for mark in rule.marks}
    assert not [(one, other) for one in marks for other in marks - {one} if one in other]


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)


# The judgements of the examples of rules and forms, by the version of the rules.
JUDGEMENTS = {1: "217a5ee917439e04"}


def test_other_judgements_have_another_version() -> None:
    """Mirrors are told that they were judged by older rules: only the version can say so."""
    posts = [rule.example.post for rule in RULES]
    posts += [post(f"<p>The council met.</p><p>{credit}</p>") for credit in (*NAMED, *LEFT_ALONE)]
    lines = [to_line(one, judge(one, site_of(one))) for one in posts]
    digest = hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()[:16]
    assert {RULES_VERSION: digest} == JUDGEMENTS, "judgements differ: a new RULES_VERSION"


SELF = [
    pytest.param(post(f'<p>The post <a href="{OWN}">A plan</a> appeared first on '
                      '<a href="https://copy.org">Copy</a>.</p>'), id="the own feed footer"),
    pytest.param(post("<p>Originally published at copy.org on May 15.</p>"), id="the own domain"),
    pytest.param(post('<p>First published on <a href="https://blog.copy.org/x">our blog</a>.</p>'),
                 id="an own subdomain"),
    pytest.param(post(yoast_head_json={"canonical": "http://www.copy.org/2024/05/plan"}),
                 id="canonical without slash"),
    pytest.param(post(meta={"wpe_sourcepermalink": "https://copy.org/?p=44"}), id="own migration"),
    pytest.param(post(guid={"rendered": "https://copy.net/?p=44"}), id="former top-level domain"),
    pytest.param(post(guid={"rendered": "http://copy.wpengine.com/?p=44"}), id="staging host"),
    pytest.param(post(guid={"rendered": "http://162.243.103.234/?p=2"}), id="address as GUID"),
    pytest.param(post(guid={"rendered": "http://localhost/?p=2"}), id="localhost as GUID"),
    pytest.param(post("<p>Emails obtained by us and first published by "
                      '<a href="https://thedailybeast.com/x">The Daily Beast</a>.</p>'),
                 id="a citation"),
    pytest.param(post("<p>Originally from Pakistan, Hadiqa lives in Durham.</p>"), id="originally"),
    pytest.param(post('<p data-uri="cms.cnn.com/_components/x">q</p><p>a</p><p>b</p><p>c</p>'),
                 id="one quoted paragraph"),
]  # fmt: skip


@pytest.mark.parametrize("own", SELF)
def test_naming_oneself_is_no_syndication(own: dict[str, Any]) -> None:
    attribution = judge(own, site_of(own))
    assert not attribution.syndicated
    assert attribution.upstream_domain is None


NO_POSTS: list[Any] = [
    {},
    {"link": None, "guid": None, "title": [], "content": 4, "meta": "x", "_links": [1]},
    {"content": {"rendered": None}, "meta": [], "yoast_head_json": [], "guid": {"rendered": 7}},
    {"link": "http://[::1", "guid": {"rendered": "http://[bad"}, "content": {"rendered": "\ud800"}},
    {"_embedded": {"author": "x", "wp:term": [[None]]}, "_rss": {"channel": None}, "_head": 1},
]


@pytest.mark.parametrize("broken", NO_POSTS)
def test_any_shape_of_post_is_judged(broken: dict[str, Any]) -> None:
    attribution = judge(broken, site_of(broken))
    assert not attribution.syndicated
    line = to_line(broken, attribution)
    assert list(line) == ["link", "site", "syndicated", "upstream_domain", "upstream_url",
                          "confidence", "evidence"]  # fmt: skip
