"""`mirror diff`."""

from dataclasses import asdict

import click
from rich.text import Text

from mirror.cli.diffs import render
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import note, print_json, print_text, title_of
from mirror.cli.text import one_line
from mirror.differences import differences
from mirror.errors import ConfigError
from mirror.store.reading.posts import PostVersion, find_post, versions


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@click.argument("a", type=int, required=False)
@click.argument("b", type=int, required=False)
@json_option
@pass_invocation
def command(invocation: Invocation, post: str, a: int | None, b: int | None, as_json: bool) -> None:
    """What differs between two versions of a post.

    A and B are version numbers, as `mirror history` lists them; the current one for B, and the one
    before B for A, where they are not given.
    """
    db = invocation.read()
    history = versions(db, find_post(db, post))
    later = _pick(history, b if b is not None else len(history))
    if a is None and later.version == 1:
        note("there is only one version: nothing has changed since it was first seen")
        if as_json:
            print_json({"from": 1, "to": 1, "fields": []})
        return
    earlier = _pick(history, a if a is not None else later.version - 1)
    found = differences(earlier.object, later.object)
    if as_json:
        fields = [asdict(difference) for difference in found]
        print_json({"from": earlier.version, "to": later.version, "fields": fields})
        return
    print_text(_heading(earlier, later))
    for text in render(found):
        print_text(text)
    if not found:
        note("no difference but in what is volatile (counters, nonces, plugin data)")


def _pick(history: list[PostVersion], number: int) -> PostVersion:
    for version in history:
        if version.version == number:
            return version
    raise ConfigError(f"there is no version {number}: this post has 1 to {len(history)}")


def _heading(earlier: PostVersion, later: PostVersion) -> Text:
    text = Text().append(f"{one_line(later.host)}:{later.wp_id}  ", style="bold")
    text.append(title_of(later.object))
    text.append(
        f"\nversion {earlier.version} ({earlier.valid_from}) → "
        f"version {later.version} ({later.valid_from})",
        style="dim",
    )
    return text
