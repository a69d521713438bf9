"""`mirror show`."""

from typing import Any

import click
from rich.text import Text
from sqlite_utils import Database

from mirror.cli.commands.history import summary
from mirror.cli.media import media_store
from mirror.cli.options import Command, Invocation, json_option, pass_invocation
from mirror.cli.output import print_json, print_raw, print_text, title_of
from mirror.cli.text import clean, one_line
from mirror.cli.when import When
from mirror.content import Content
from mirror.errors import ConfigError
from mirror.media.folder import Store
from mirror.media.page import data_uri, embeddable, standalone
from mirror.store import held
from mirror.store.reading.posts import (
    PostVersion,
    find_post,
    is_deleted_at,
    term_names,
    version_at,
    versions,
)


@click.command(cls=Command)
@click.argument("post", metavar="POST")
@click.option("--at", type=When(), help="As it stood then: a date, 7d, yesterday …")
@click.option("--html", is_flag=True, help="Print a page of its own, pictures included.")
@click.option("--content", is_flag=True, help="Print the content's HTML as it was sent.")
@json_option
@pass_invocation
def command(
    invocation: Invocation, post: str, at: str | None, html: bool, content: bool, as_json: bool
) -> None:
    """A post, as it is or as it stood at a time.

    With --json: the object that the WordPress API sent, under "object", and which version it is.
    """
    db = invocation.read()
    history = versions(db, find_post(db, post))
    version = history[-1] if at is None else _as_of(history, at)
    if html:
        print_raw(_page(db, version, media_store(invocation), at))
    elif content:
        print_raw(_rendered(version.object.get("content")))
    elif as_json:
        print_json({**summary(version), "object": version.object})
    else:
        print_text(_text(version, term_names(db, version.post_id) if at is None else []))


def _as_of(history: list[PostVersion], at: str) -> PostVersion:
    version = version_at(history, at)
    if version is not None:
        return version
    if is_deleted_at(history, at):
        raise ConfigError(
            f"at {at} this post was deleted; `mirror history` shows when it was there"
        )
    raise ConfigError(f"at {at} this post was not mirrored yet: first seen {history[0].valid_from}")


def _rendered(value: Any) -> str:
    rendered = value.get("rendered") if isinstance(value, dict) else None
    return rendered if isinstance(rendered, str) else ""


def _page(db: Database, version: PostVersion, store: Store, at: str | None) -> str:
    """A page that needs no network and runs nothing; pictures as they were then."""

    def embed(sha256: str) -> str | None:
        file = held.get(db, sha256)
        if file is None or not embeddable(file.mime, file.bytes) or not store.has(file.path):
            return None
        with store.open(file.path) as opened:
            return data_uri(opened.read(), file.mime)

    post = {
        "title": _rendered(version.object.get("title")),
        "content": _rendered(version.object.get("content")),
        "link": version.object.get("link"),
        "date_gmt": version.object.get("date_gmt"),
    }
    return standalone(post, held.lookup(db, version.site_id, at=at), embed)


def _text(version: PostVersion, terms: list[str]) -> Text:
    text = Text().append(title_of(version.object), style="bold")
    lines = (
        ("link", version.object.get("link")),
        ("post", f"{version.host}:{version.wp_id} (row {version.post_id})"),
        ("author", version.author),
        ("published", version.object.get("date_gmt")),
        ("modified", version.object.get("modified_gmt")),
        ("terms", ", ".join(terms)),
        ("version", _span(version)),
        ("deleted", version.deleted_at and f"{version.deleted_at}: {version.deleted_reason}"),
    )
    for name, value in lines:
        if value:
            text.append(f"\n{name:<10} ", style="dim")
            text.append(one_line(str(value)))
    body = Content(_rendered(version.object.get("content"))).text
    return text.append(f"\n\n{clean(body)}") if body else text


def _span(version: PostVersion) -> str:
    until = f" to {version.valid_to}" if version.valid_to else ", the current one"
    return f"{version.version}, held from {version.valid_from}{until}"
