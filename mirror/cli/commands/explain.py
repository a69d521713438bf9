"""`mirror explain`."""

from itertools import takewhile
from typing import Any

import click
from rich.text import Text

from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import duration_text, print_json, print_text
from mirror.cli.text import clean, one_line
from mirror.content import Content, plain
from mirror.store.reading.posts import find_post
from mirror.store.reading.upstreams import ChainRow, EvidenceRow, Explanation, explanation

# Characters of the post shown on each side of a quote.
CONTEXT = 70
# A quote of which fewer characters stand in the text is shown without its surroundings.
ENOUGH = 12
QUOTE = "bold black on yellow"


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@json_option
@pass_invocation
def command(invocation: Invocation, post: str, as_json: bool) -> None:
    """The evidence behind one post's attribution.

    Every reason that was found, with the words that say so; those that decided are marked *. If
    the upstream is mirrored too, its post follows, and whom that one names in turn.
    """
    db = invocation.read()
    found = explanation(db, find_post(db, post))
    if as_json:
        print_json(_object(found))
        return
    print_text(heading(found))
    content = Content(found.content).text
    for evidence in found.evidence:
        print_text(reason(evidence, content))
    if found.chain:
        print_text(Text("\nwhere it came from, as far as it is mirrored", style="bold"))
        for number, step in enumerate(found.chain, 1):
            print_text(chain_step(number, step), wrap=False)


def heading(found: Explanation) -> Text:
    """What is believed, in two lines."""
    text = Text().append(one_line(plain(found.title or "")) or "(untitled)", style="bold")
    text.append(f"  {one_line(found.link)}\n", style="dim")
    if not found.syndicated:
        text.append("no upstream is known: ")
        why = "what was found does not suffice" if found.evidence else "nothing points elsewhere"
        return text.append(why)
    name = f" ({found.upstream_name})" if found.upstream_name else ""
    text.append("first published by ")
    text.append(one_line(f"{found.upstream_domain}{name}"), style="bold green")
    text.append(f", confidence {found.confidence:.2f}")
    if found.upstream_url:
        text.append(f"\n  {one_line(found.upstream_url)}")
    return text


def reason(evidence: EvidenceRow, content: str) -> Text:
    """One reason: its rule, what it is worth, and the words in their place."""
    text = Text().append("* " if evidence.chosen else "  ", style="green")
    text.append(evidence.rule, style="bold cyan")
    text.append(f"  {evidence.confidence:.2f}  {one_line(evidence.domain)}\n")
    text.append("    ")
    before, quote, after = in_context(evidence.quote, evidence.at, content)
    text.append(before)
    text.append(one_line(quote), style=QUOTE)
    return text.append(after)


def in_context(quote: str, at: int | None, content: str) -> tuple[str, str, str]:
    """The words before a quote, the quote, the words after it, as they stand in the text.

    Of a quote that goes on in other words than the text (an address behind a link, what was cut
    off) the part is meant that the text has, if it has enough of it.

    >>> in_context("Source: Paper https://a.org/x", 9, "It rains.Source: Paper, Monday")
    ('It rains.', 'Source: Paper', ', Monday')
    """
    here = content[at : at + len(quote)] if at is not None else ""
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(quote, here, strict=False))
    )
    if at is None or not same or (same < len(quote) and same < ENOUGH):
        return "", quote, ""
    shown = quote[:same].rstrip()
    end = at + len(shown)
    before, after = content[max(0, at - CONTEXT) : at], content[end : end + CONTEXT]
    before = ("…" if at > CONTEXT else "") + before.replace("\n", " ")
    after = after.replace("\n", " ") + ("…" if end + CONTEXT < len(content) else "")
    return clean(before), shown, clean(after)


CONTRADICTIONS = {
    "later": "published later than the copy",
    "mutual": "names the copy's site as its own upstream",
    "elsewhere": "says that somebody else published it first",
}


def chain_step(number: int, step: ChainRow) -> Text:
    """A mirrored post that the one before came from: how that is known, and what speaks against."""
    text = Text(f"  {number}. ")
    text.append(f"{one_line(step.host)}:{step.wp_id}", style="bold green")
    text.append(f"  found by its {step.how}")
    if step.similarity is not None:
        text.append(f", {step.similarity:.0%} alike")
    if step.lead_seconds:
        when = "earlier" if step.lead_seconds > 0 else "later"
        text.append(f", {duration_text(abs(step.lead_seconds))} {when}")
    text.append(f"  {one_line(step.link)}", style="dim")
    if step.deleted_at:
        text.append("  gone", style="red")
    for word in (step.contradiction or "").split(", "):
        if word:
            text.append(f"\n     contradicted: {CONTRADICTIONS.get(word, word)}", style="bold red")
    if step.upstream_domain:
        text.append(f"\n     names {one_line(step.upstream_domain)} in turn", style="yellow")
    return text


def _object(found: Explanation) -> dict[str, Any]:
    return {
        "post_id": found.post_id,
        "site": found.host,
        "wp_id": found.wp_id,
        "version": found.version,
        "link": found.link,
        "syndicated": found.syndicated,
        "upstream_domain": found.upstream_domain,
        "upstream_name": found.upstream_name,
        "upstream_url": found.upstream_url,
        "confidence": found.confidence,
        "evidence": list(found.evidence),
        "chain": list(found.chain),
    }
