"""`mirror diff`."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.text import Text

from mirror.cli.diffs import render
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import note, print_json, print_text, title_of
from mirror.cli.text import one_line
from mirror.differences import differences
from mirror.errors import ConfigError
from mirror.store.reading.history import SavedState, revised_text, saved_states
from mirror.store.reading.posts import PostVersion, find_post, versions

State = PostVersion | SavedState
_REVISION = re.compile(r"r(\d{1,18})")


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@click.argument("a", required=False)
@click.argument("b", required=False)
@json_option
@pass_invocation
def command(invocation: Invocation, post: str, a: str | None, b: str | None, as_json: bool) -> None:
    """What differs between two versions of a post.

    A and B are versions as `mirror history` lists them: 2, or r57 for one of WordPress' own
    revisions; the current one for B, and the one before B for A, where they are not given. A
    revision has title, text and excerpt alone: nothing else is compared with it.
    """
    db = invocation.read()
    post_id = find_post(db, post)
    observed, saved = versions(db, post_id), saved_states(db, post_id)
    later = _pick(observed, saved, b) if b is not None else observed[-1]
    earlier = _pick(observed, saved, a) if a is not None else _before(later, observed, saved)
    if earlier is None:
        note("there is only one version: nothing has changed since it was first seen")
        if as_json:
            print_json({"from": _number(later), "to": _number(later), "fields": []})
        return
    found = differences(*_comparable(earlier, later))
    if as_json:
        fields = [asdict(difference) for difference in found]
        print_json({"from": _number(earlier), "to": _number(later), "fields": fields})
        return
    print_text(_heading(observed[0], earlier, later))
    for text in render(found):
        print_text(text)
    if not found:
        note("no difference but in what is volatile (counters, nonces, plugin data)")


def _pick(observed: Sequence[PostVersion], saved: Sequence[SavedState], name: str) -> State:
    """The version `2`, or the revision `r57`. Raises ConfigError if there is none."""
    if named := _REVISION.fullmatch(name):
        for state in saved:
            if state.revision == int(named[1]):
                return state
        there = ", ".join(f"r{state.revision}" for state in saved) or "none"
        raise ConfigError(f"there is no revision {name} of WordPress' own; known are {there}")
    for version in observed:
        if str(version.version) == name:
            return version
    raise ConfigError(f"there is no version {name}: this post has 1 to {len(observed)}")


def _before(
    later: State, observed: Sequence[PostVersion], saved: Sequence[SavedState]
) -> State | None:
    """The version before a version, the revision before a revision; None before the first."""
    states: Sequence[State] = saved if isinstance(later, SavedState) else observed
    place = states.index(later)
    return states[place - 1] if place else None


def _comparable(earlier: State, later: State) -> tuple[Any, Any]:
    if isinstance(earlier, PostVersion) and isinstance(later, PostVersion):
        return earlier.object, later.object
    one, other = (
        state.text if isinstance(state, SavedState) else revised_text(state)
        for state in (earlier, later)
    )
    return one, other


def _number(state: State) -> int | str:
    return f"r{state.revision}" if isinstance(state, SavedState) else state.version


def _heading(post: PostVersion, earlier: State, later: State) -> Text:
    text = Text().append(f"{one_line(post.host)}:{post.wp_id}  ", style="bold")
    text.append(title_of(later.text if isinstance(later, SavedState) else later.object))
    return text.append(f"\n{_named(earlier)} → {_named(later)}", style="dim")


def _named(state: State) -> str:
    if isinstance(state, SavedState):
        return f"WordPress' revision {state.revision} ({state.at})"
    return f"version {state.version} ({state.valid_from})"
