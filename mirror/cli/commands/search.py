"""`mirror search`."""

from dataclasses import asdict

import click
from rich.text import Text

from mirror.cli.known import site_ids, site_option
from mirror.cli.options import Command, Invocation, json_option, limit_option, pass_invocation
from mirror.cli.output import hint, print_json, print_text
from mirror.cli.text import clean, one_line
from mirror.store.reading.search import Hit, parse_query, search


@click.command(cls=Command)
@click.argument("words", nargs=-1, required=True)
@site_option("Of this site only")
@limit_option(20, ranked=True)
@json_option
@pass_invocation
def command(
    invocation: Invocation, words: tuple[str, ...], site: str | None, limit: int, as_json: bool
) -> None:
    """Full-text search over current posts.

    All words must occur, in any order, whatever their case and accents. "Some words" is a phrase,
    econ* a beginning; give -word, after --, for what must not occur.
    """
    db = invocation.read()
    query = parse_query(" ".join(words))
    hits = search(db, query, site_ids=site_ids(db, site), limit=limit)
    if as_json:
        print_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        print_text(_text(hit))
    if not hits:
        hint("nothing found")
    elif limit and len(hits) == limit:
        hint(f"the best {limit} are shown, `--limit 0` shows all")


def _text(hit: Hit) -> Text:
    text = Text().append(one_line(hit.title) or "(untitled)", style="bold")
    text.append(f"  {one_line(hit.host)}:{hit.wp_id}", style="cyan")
    details = (hit.date_gmt or "")[:10] + (f", from {hit.upstream}" if hit.upstream else "")
    text.append(f"  {one_line(details)}\n", style="dim")
    text.append(f"  {one_line(hit.link)}\n", style="dim")
    place = 0
    text.append("  ")
    for start, end in hit.marks:
        text.append(clean(hit.snippet[place:start]))
        text.append(clean(hit.snippet[start:end]), style="bold yellow")
        place = end
    return text.append(clean(hit.snippet[place:]))
