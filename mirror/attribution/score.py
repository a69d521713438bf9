"""How right the rules are on labelled posts: precision and recall, by kind, language, site, rule.

The labelled collection's README defines when an answer is right; `docs/attribution.md` shows the
figures, which `benchmarks/attribution.py` writes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mirror.attribution import judge, site_of
from mirror.attribution.addresses import same_page
from mirror.items import Attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One labelled post and what the rules make of it."""

    case: Mapping[str, Any]
    attribution: Attribution

    @property
    def label(self) -> Mapping[str, Any]:
        label: Mapping[str, Any] = self.case["label"]
        return label

    @property
    def syndicated(self) -> bool:
        """The truth."""
        return bool(self.label["syndicated"])

    @property
    def claimed(self) -> bool:
        return self.attribution.syndicated

    @property
    def right(self) -> bool:
        """The domain is the label's, above or below it, or a copy between it and this one."""
        return self.claimed and self.accepts(self.attribution.upstream_domain)

    def accepts(self, domain: str | None) -> bool:
        """Whether a domain would be a right answer."""
        if not (self.syndicated and domain):
            return False
        accepted = [self.label["upstream_domain"], *self.label["also_accept"]]
        return any(_related(domain, one) for one in accepted if one)

    def is_url(self, url: str | None) -> bool:
        """Whether an address is the label's."""
        truth = self.label["upstream_url"]
        return bool(url and truth and same_page(url, truth))

    @property
    def url_claimed(self) -> bool:
        """An address is given, and the label knows one to compare it with."""
        known = not self.syndicated or self.label["upstream_url"]
        return bool(self.claimed and self.attribution.upstream_url and known)

    @property
    def url_right(self) -> bool:
        return self.url_claimed and self.is_url(self.attribution.upstream_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts over verdicts; the ratios are 1.0 where there is nothing to be wrong about."""

    cases: int
    syndicated: int
    claimed: int
    right: int
    urls: int
    urls_right: int
    false_alarms: int

    @property
    def precision(self) -> float:
        return self.right / self.claimed if self.claimed else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.syndicated if self.syndicated else 1.0

    @property
    def url_precision(self) -> float:
        return self.urls_right / self.urls if self.urls else 1.0

    @property
    def false_alarm_rate(self) -> float:
        negatives = self.cases - self.syndicated
        return self.false_alarms / negatives if negatives else 0.0


def verdicts(cases: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Each post judged as `mirror attribute` would judge it: alone."""
    return [
        Verdict(case=case, attribution=judge(case["post"], site_of(case["post"]))) for case in cases
    ]


def score(judged: Sequence[Verdict]) -> Score:
    """Precision, recall and the rest over these verdicts."""
    return Score(
        cases=len(judged),
        syndicated=sum(v.syndicated for v in judged),
        claimed=sum(v.claimed for v in judged),
        right=sum(v.right for v in judged),
        urls=sum(v.url_claimed for v in judged),
        urls_right=sum(v.url_right for v in judged),
        false_alarms=sum(v.claimed and not v.syndicated for v in judged),
    )


def grouped(
    judged: Sequence[Verdict], keys: Callable[[Verdict], Iterable[str]]
) -> dict[str, list[Verdict]]:
    """The verdicts by each of their keys (a case may have several kinds of evidence), sorted."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in judged:
        for key in keys(verdict):
            groups.setdefault(key, []).append(verdict)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _related(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)
