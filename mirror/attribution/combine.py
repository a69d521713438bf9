"""From evidence to judgement: what agrees adds up, what contradicts lowers.

Evidence is grouped by publisher. Within a group each family counts once, with its strongest piece,
since two lines of one footer are one witness; families are independent witnesses, so that doubt is
the product of their doubts (noisy-or). A piece about where *this copy* was taken from does not
contradict one about who published *first*: both hold in a chain, and the origin is chosen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import prod

from mirror.attribution.calibration import calibrated
from mirror.attribution.publishers import identity, publisher_of
from mirror.attribution.rule import Rule
from mirror.items import Attribution, Evidence

# Below this, a post is not called syndicated. A wrong attribution is worse than none.
THRESHOLD = 0.5
# No text can make it certain.
MOST = 0.99
# What evidence of the copy's source weighs against a statement of the origin.
_CHAIN = 0.93


@dataclass(slots=True, kw_only=True)
class _Candidate:
    """All that speaks for one publisher."""

    key: str
    strength: float
    origin: float
    evidence: list[Evidence]


def combine(
    evidence: Iterable[Evidence],
    rules: Mapping[str, Rule],
    confidence: Callable[[float], float] = calibrated,
) -> Attribution:
    """The judgement that follows from all evidence about one post.

    `confidence`: what evidence of a strength, 0…1, deserves.
    """
    found = tuple(evidence)
    if len(found) > 1:
        found = tuple(dict.fromkeys(found))
    candidates = _candidates(found, rules)
    if not candidates:
        return Attribution(evidence=_by_worth(found))
    best = max(candidates, key=_rank) if len(candidates) > 1 else candidates[0]
    strength = min(MOST, best.strength * _agreement(best, candidates))
    syndicated = strength >= THRESHOLD
    domain = _domain(best)
    known = publisher_of(domain) if domain else None
    return Attribution(
        syndicated=syndicated,
        upstream_domain=domain if syndicated else None,
        upstream_name=known.name if known and syndicated else None,
        upstream_url=_url(best, rules) if syndicated else None,
        confidence=round(confidence(strength), 3),
        evidence=_by_worth(found),
    )


def _candidates(found: tuple[Evidence, ...], rules: Mapping[str, Rule]) -> list[_Candidate]:
    groups: dict[str, list[Evidence]] = {}
    for one in found:
        if one.domain:
            groups.setdefault(identity(one.domain), []).append(one)
    made = []
    for key, pieces in groups.items():
        origins = [one for one in pieces if rules[one.rule].role == "origin"]
        strength = _noisy_or(pieces, rules)
        origin = strength if len(origins) == len(pieces) else _noisy_or(origins, rules)
        made.append(_Candidate(key=key, strength=strength, origin=origin, evidence=pieces))
    return made


def _noisy_or(pieces: list[Evidence], rules: Mapping[str, Rule]) -> float:
    if len(pieces) == 1:
        return pieces[0].confidence
    strongest: dict[str, float] = {}
    for one in pieces:
        family = rules[one.rule].family
        strongest[family] = max(strongest.get(family, 0.0), one.confidence)
    return 1.0 - prod(1.0 - worth for worth in strongest.values())


def _rank(candidate: _Candidate) -> tuple[float, float]:
    return (max(candidate.origin, candidate.strength * _CHAIN), candidate.strength)


def _agreement(best: _Candidate, candidates: list[_Candidate]) -> float:
    """1 without a rival; less, the stronger another *origin* is stated."""
    if len(candidates) == 1:
        return 1.0
    rivals = [c.origin for c in candidates if c is not best]
    return 1.0 - 0.3 * max(rivals, default=0.0)


def _domain(candidate: _Candidate) -> str | None:
    """The host that the best piece names; the publisher's own domain for a host of its images."""
    best = max(candidate.evidence, key=lambda e: (e.url is not None, e.confidence))
    known = publisher_of(best.domain or "")
    is_asset = (
        known is not None
        and publisher_of(best.domain or "")
        and any(
            best.domain == host or (best.domain or "").endswith("." + host) for host in known.assets
        )
    )
    return known.domain if known and is_asset else best.domain


def _url(candidate: _Candidate, rules: Mapping[str, Rule]) -> str | None:
    """The address with the most behind it; statements of the origin before those of the copy."""
    for role in ("origin", "copy"):
        votes: dict[str, float] = {}
        for one in candidate.evidence:
            if one.url and rules[one.rule].role == role:
                votes[one.url] = votes.get(one.url, 0.0) + one.confidence
        if votes:
            return max(votes, key=lambda url: votes[url])
    return None


def _by_worth(found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(sorted(found, key=lambda e: -e.confidence)) if len(found) > 1 else found
