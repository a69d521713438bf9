"""`mirror explain`."""

from typing import Any

import click
from rich.text import Text

from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import print_json, print_text
from mirror.cli.text import clean, one_line
from mirror.content import Content, plain
from mirror.store.reading.posts import find_post
from mirror.store.reading.upstreams import EvidenceRow, Explanation, explanation

# Characters of the post shown on each side of a quote.
CONTEXT = 70
QUOTE = "bold black on yellow"


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@json_option
@pass_invocation
def command(invocation: Invocation, post: str, as_json: bool) -> None:
    """The evidence behind one post's attribution.

    Every reason that was found, with the words that say so; those that decided are marked *.
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
    before, after = _around(evidence, content)
    text.append(before)
    text.append(one_line(evidence.quote), style=QUOTE)
    return text.append(after)


def _around(evidence: EvidenceRow, content: str) -> tuple[str, str]:
    """The words before and after a quote, where it stands in the text."""
    at = evidence.at
    if at is None or not content.startswith(evidence.quote, at):
        return "", ""
    end = at + len(evidence.quote)
    before, after = content[max(0, at - CONTEXT) : at], content[end : end + CONTEXT]
    before = ("…" if at > CONTEXT else "") + before.replace("\n", " ")
    after = after.replace("\n", " ") + ("…" if end + CONTEXT < len(content) else "")
    return clean(before), clean(after)


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
    }
