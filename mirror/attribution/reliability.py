"""How often posts are right whose evidence adds up to so much: what the calibration rests on.

The rules were written with the labelled posts in sight, and are right on nearly all of them; on
other sites they will meet less evidence. So each post is judged again with each family of its
evidence taken away, and those judgements are counted too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from mirror.attribution import RULES
from mirror.attribution.combine import combine
from mirror.attribution.score import Verdict
from mirror.items import Attribution

BINS = (0.5, 0.6, 0.8, 0.9, 0.95, 1.001)
# A rule's own estimate counts like so many posts, where few were seen.
PRIOR = 10
_BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One judgement: how strong its evidence was, whether it was right, of which site's post."""

    strength: float
    right: bool
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The samples of a range of strengths. `deserved`: the confidence that follows from them."""

    low: float
    high: float
    samples: int
    sites: int
    strength: float
    right: float
    deserved: float


def without(verdict: Verdict, family: str) -> Verdict:
    """The judgement that the other families of evidence come to.

    Rules see the post alone, not each other, so that leaving out their evidence is enough.
    """
    kept = [e for e in verdict.attribution.evidence if _BY_NAME[e.rule].family != family]
    return Verdict(case=verdict.case, attribution=combine(kept, _BY_NAME))


def samples(judged: Sequence[Verdict]) -> list[Sample]:
    """All claims, of all evidence and of all but one family of it."""
    found = []
    for verdict in judged:
        families = {_BY_NAME[e.rule].family for e in verdict.attribution.evidence}
        for one in (verdict, *(without(verdict, family) for family in sorted(families))):
            if one.claimed:
                strength = _strength(one.attribution)
                found.append(Sample(strength=strength, right=one.right, site=one.case["site"]))
    return found


def _strength(attribution: Attribution) -> float:
    return combine(attribution.evidence, _BY_NAME, lambda strength: strength).confidence


def bins(found: Iterable[Sample]) -> list[Bin]:
    """The samples by strength.

    Posts of one site are no independent witnesses, nor is a site only one: the geometric mean of
    both numbers is what the share right is taken to rest on.
    """
    every = list(found)
    told = []
    for low, high in pairwise(BINS):
        inside = [one for one in every if low <= one.strength < high]
        if not inside:
            continue
        sites = len({one.site for one in inside})
        strength = sum(one.strength for one in inside) / len(inside)
        right = sum(one.right for one in inside) / len(inside)
        weight = sqrt(len(inside) * sites)
        told.append(
            Bin(
                low=low, high=min(high, 1.0), samples=len(inside), sites=sites, strength=strength,
                right=right, deserved=(weight * right + PRIOR * strength) / (weight + PRIOR),
            )
        )  # fmt: skip
    return told


def held_out(judged: Sequence[Verdict]) -> list[tuple[float, bool]]:
    """Each claim of each site with the confidence that the other sites' samples give it."""
    every = samples(judged)
    told = []
    for site in sorted({one.site for one in every}):
        fitted = bins(one for one in every if one.site != site)
        for one in every:
            if one.site == site:
                told.append((_deserved(fitted, one.strength), one.right))
    return told


def _deserved(fitted: Sequence[Bin], strength: float) -> float:
    """A straight line between the bins' means, level beyond the first and the last."""
    points = [(one.strength, one.deserved) for one in fitted]
    if strength <= points[0][0]:
        return points[0][1]
    for (low, begin), (high, end) in pairwise(points):
        if strength <= high:
            return begin + (end - begin) * (strength - low) / (high - low)
    return points[-1][1]
