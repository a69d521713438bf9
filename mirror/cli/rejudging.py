"""`mirror attribute --all`: what judging the stored posts again changes, as people read it."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from mirror.attribution import RULES_VERSION
from mirror.cli.options import Invocation
from mirror.cli.output import note, print_json, print_text
from mirror.cli.text import one_line
from mirror.counted import counted
from mirror.lock import locked
from mirror.store.connection import connect
from mirror.store.rejudging import Claim, Outcome, Rejudged, rejudge
from mirror.store.upstream_posts import link

# Outcome → its mark, its colour, and what it is called in the summary.
_TOLD: dict[Outcome, tuple[str, str, str]] = {
    "found": ("+", "green", "with an upstream that none was known of"),
    "lost": ("-", "red", "without the upstream they had"),
    "upstream": ("~", "yellow", "with another upstream"),
    "address": ("~", "cyan", "with another address of the original"),
    "evidence": (" ", "dim", "with other evidence or confidence only"),
}


def rejudge_all(invocation: Invocation, *, wait: bool, as_json: bool) -> None:
    """Judges all stored posts, and prints what changed. Raises LockedError and StoreError."""
    invocation.read().close()
    counts: Counter[Outcome] = Counter()
    differing: list[Rejudged] = []
    with locked(invocation.db_path(), wait=None if wait else 0):
        db = connect(invocation.db_path(), write=True)
        try:
            for one in rejudge(db):
                counts[one.outcome] += 1
                if one.outcome != "same" and as_json:
                    differing.append(one)
                elif one.outcome not in ("same", "evidence"):
                    print_text(line(one), wrap=False)
            link(db)
        finally:
            db.close()
    if as_json:
        print_json(_object(counts, differing))
    elif not invocation.quiet:
        note(summary(counts))


def line(post: Rejudged) -> Text:
    """One post on one line: what it was, what it is now."""
    mark, colour, _ = _TOLD[post.outcome]
    text = Text().append(f"{mark} {post.outcome:<8}", style=colour)
    text.append(f"  {one_line(post.host)}:{post.wp_id}", style="bold")
    shown = [claim_text(claim) for claim in (post.before, post.after) if claim is not None]
    text.append(f"  {' → '.join(shown)}")
    return text.append(f"  {one_line(post.link)}", style="dim")


def claim_text(claim: Claim) -> str:
    """Whose a post is, and how sure that is."""
    address = f" {claim.url}" if claim.url else ""
    return one_line(f"{claim.domain}{address} ({claim.confidence:.2f})")


def summary(counts: Counter[Outcome]) -> str:
    """How many posts there were, and what came of them."""
    told = [f"{counts[name]:,} {words}" for name, (_, _, words) in _TOLD.items() if counts[name]]
    return f"{counted(counts.total(), 'posts')} judged: {', '.join(told) or 'nothing changed'}"


def _object(counts: Counter[Outcome], differing: Sequence[Rejudged]) -> dict[str, object]:
    outcomes: tuple[Outcome, ...] = (*_TOLD, "same")
    return {
        "rules": RULES_VERSION,
        "judged": counts.total(),
        **{name: counts[name] for name in outcomes},
        "changes": list(differing),
    }
