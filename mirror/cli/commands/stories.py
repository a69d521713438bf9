"""`mirror stories`."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice

import click
from rich.text import Text
from sqlite_utils import Database

from mirror.cli.diffs import render
from mirror.cli.known import site_ids, site_option
from mirror.cli.options import Command, Invocation, json_option, limit_option, pass_invocation
from mirror.cli.output import duration_text, hint, note, print_json, print_json_rows, print_text
from mirror.cli.text import one_line
from mirror.cli.when import When
from mirror.content import Content, plain
from mirror.counted import counted
from mirror.differences import FieldDifference, compare
from mirror.errors import LockedError, StoreError
from mirror.lock import locked
from mirror.store.connection import connect
from mirror.store.reading.posts import find_post
from mirror.store.reading.stories import CopyRow, StoryRow, content, stories, story_of
from mirror.store.stories import refresh
from mirror.store.upstream_posts import link

DAY = 86_400


@click.command(cls=Command)
@click.argument("post", metavar="[POST]", required=False)
@click.option("--since", type=When(), help="With a copy published from then on: a date, 7d …")
@site_option("Of which this site has a copy")
@click.option("--sites", type=click.IntRange(min=1), default=2, show_default=True, metavar="N",
              help="On at least so many sites; 1 shows what a site has twice.")  # fmt: skip
@click.option("--stored", is_flag=True, help="As of the last time: compare no new posts.")
@limit_option(20)
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    post: str | None,
    since: str | None,
    site: str | None,
    sites: int,
    stored: bool,
    limit: int,
    as_json: bool,
) -> None:
    """The same story on several sites: who had it first, and what each copy changed.

    Texts that are nearly the same, the story with the latest copy first; its copies in the order
    in which the sites say they published them. Posts that are new or edited are compared with the
    others first, unless another run is at work. POST shows one story, word by word.
    """
    if not stored:
        bring_up_to_date(invocation)
    db = invocation.read()
    if post is not None:
        _show(db, find_post(db, post), as_json=as_json)
        return
    found = stories(
        db, sites=sites, site_ids=site_ids(db, site), since=since, limit=limit + 1 if limit else 0
    )
    shown = islice(found, limit or None)
    if as_json:
        print_json_rows(shown)
        return
    printed = 0
    for story in shown:
        for text in block(story):
            print_text(text, wrap=False)
        printed += 1
    if invocation.quiet:
        return
    if not printed:
        hint(f"no story here is on {sites} sites" if sites > 1 else "no story is here twice")
    elif next(found, None):
        note(f"… and more: the latest {limit} are shown, `--limit 0` shows all")


def bring_up_to_date(invocation: Invocation) -> None:
    """Compares new versions of posts with the others, and finds mirrored upstreams anew.

    Where another run holds the lock everything stays as it is.
    """
    invocation.read().close()
    try:
        with locked(invocation.db_path()):
            db = connect(invocation.db_path(), write=True)
            try:
                refresh(db)
                link(db)
            finally:
                db.close()
    except StoreError as error:
        raise StoreError(
            f"{error}; this writes down how new posts compare, --stored only reads"
        ) from error
    except LockedError:
        note("another run is at work: these are the stories as of the last time")


def block(story: StoryRow) -> Iterator[Text]:
    """A story: its headline, and a line a copy."""
    first = story.copies[0]
    text = Text(one_line(plain(first.title or "")) or "(untitled)", style="bold")
    where = counted(story.sites, "sites")
    yield text.append(f"  {story.posts:,} copies on {where}", style="not bold dim")
    for copy in story.copies:
        yield copy_line(copy, first)
    yield Text()


def copy_line(copy: CopyRow, first: CopyRow) -> Text:
    """A copy: when, where, how like the first it is, and whom it names."""
    text = Text(f"  {copy.published_at}  ")
    text.append(f"{one_line(copy.host)}:{copy.wp_id}", style="bold")
    if copy is first:
        text.append("  first", style="green")
    else:
        text.append(f"  {copy.similarity:.0%} alike  +{copy.added:,} −{copy.removed:,} words")
        text.append(f"  {_later(first, copy)}", style="dim")
    if copy.upstream_domain:
        text.append(f"  names {one_line(copy.upstream_domain)}", style="yellow")
    if copy.deleted_at:
        text.append("  gone", style="red")
    return text.append(f"  {one_line(copy.link)}", style="dim")


def _later(first: CopyRow, copy: CopyRow) -> str:
    moments = (first.published_at, copy.published_at)
    try:
        begin, end = (datetime.fromisoformat(moment) for moment in moments)
    except ValueError:  # a 30th of February, as some site may have it
        return ""
    seconds = (end - begin).total_seconds()
    if seconds >= 2 * DAY:
        return f"{seconds // DAY:,.0f} days later"
    return f"{duration_text(seconds)} later" if seconds else "at the same time"


def _show(db: Database, post_id: int, *, as_json: bool) -> None:
    """One story, with the words in which each copy differs from the first."""
    story = story_of(db, post_id)
    if as_json:
        print_json(asdict(story) if story else None)
        return
    if story is None:
        note("no other post here has this story")
        return
    heading, *_ = block(story)
    print_text(heading, wrap=False)
    first = story.copies[0]
    before = Content(content(db, first.post_id)).text
    for copy in story.copies:
        print_text(copy_line(copy, first), wrap=False)
        if copy is not first:
            pieces = compare(before, Content(content(db, copy.post_id)).text)
            if any(piece.operation != "equal" for piece in pieces):
                for text in render([FieldDifference(field="content", pieces=pieces)]):
                    print_text(text)
