"""The settings, defined once: type, default and help of each stand at its field.

Validation, `mirror init` and docs/settings.md are all made from these dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from mirror.config.kinds import (
    Address,
    Contact,
    Duration,
    Flag,
    Hook,
    Interval,
    Kind,
    Line,
    Media,
    Number,
    Reference,
    Size,
    Types,
    Words,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a key may be: its kind, what it does, and an example as it stands in TOML.

    `default` is in words or as TOML; `path`: relative ones are relative to the config file.
    """

    kind: Kind
    text: str
    example: str
    default: str
    required: bool = False
    path: bool = False


def _setting(
    kind: Kind, default: Any, text: str, *, example: str, shown: str, path: bool = False
) -> Any:
    setting = Setting(kind=kind, text=text, example=example, default=shown, path=path)
    return field(default=default, metadata={"setting": setting})


def _required(kind: Kind, text: str, *, example: str) -> Any:
    setting = Setting(kind=kind, text=text, example=example, default="", required=True)
    return field(metadata={"setting": setting})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site to be mirrored: a `[[site]]` table."""

    url: str = _required(
        Address(),
        "The site's address: its front page, in a subdirectory too.",
        example='"https://example.com"',
    )
    every: Interval = _setting(  # noqa: RUF009 - it is a field()
        Duration("1m", "52w", auto=True),
        timedelta(days=1),
        'How often to catch up. "auto": as often as the site has been seen to change, between one '
        "hour and one week.",
        example='"6h"',
        shown='"1d"',
    )
    media: bool | Literal["linked"] = _setting(
        Media(),
        True,
        'Whether to fetch media files. "linked": only those that a post uses; true, or "all": the '
        "rest of the media library as well.",
        example='"linked"',
        shown="true",
    )
    media_types: tuple[str, ...] = _setting(
        Types(),
        (),
        "The types of files to keep, as their bytes show them.",
        example='["image/*", "application/pdf"]',
        shown="all types",
    )
    media_every_size: bool = _setting(
        Flag(),
        False,
        "Whether to fetch every size of a picture, and not the full one alone.",
        example="true",
        shown="false",
    )
    media_third_party: bool = _setting(
        Flag(),
        True,
        "Whether to fetch what posts show from other hosts than the site's own and those below it.",
        example="false",
        shown="true",
    )
    media_file_limit: int = _setting(
        Size(),
        100_000_000,
        "A larger file is not kept.",
        example='"2GB"',
        shown='"100MB"',
    )
    media_site_limit: int | None = _setting(
        Size(),
        None,
        "When the site's files come to so much, no more are fetched.",
        example='"50GB"',
        shown="no limit",
    )
    allow_private: bool = _setting(
        Flag(),
        False,
        "Whether files may be fetched from private addresses: this machine, the local network, a "
        "cloud's metadata service. Where the site itself lives may always be asked.",
        example="true",
        shown="false",
    )
    comments: bool = _setting(
        Flag(),
        False,
        "Whether to mirror comments. They are personal data.",
        example="true",
        shown="false",
    )
    only: tuple[str, ...] = _setting(
        Words(),
        (),
        "The collections to mirror, by the name in their REST route.",
        example='["posts", "pages"]',
        shown="all public collections",
    )
    fallbacks: bool = _setting(
        Flag(),
        True,
        "Whether to read the site's feeds and sitemaps where its REST API is refused or missing.",
        example="false",
        shown="true",
    )
    delay: float | None = _setting(
        Number(0, 3600),
        None,
        "Seconds between two requests to the site, at least. A longer `Crawl-delay` in its "
        "robots.txt counts.",
        example="2.5",
        shown="the polite rate",
    )
    connections: int | None = _setting(
        Number(1, 16, whole=True),
        None,
        "Requests to the site at once, at most. A small server may want one.",
        example="1",
        shown="4",
    )
    credentials: str | None = _setting(
        Reference(),
        None,
        "Where an application password of the site is read from: an environment variable, or a "
        "file that only you can read. With it, what the account may see is mirrored too.",
        example='"env:EXAMPLE_PASSWORD"',
        shown="none; only what is public is read",
    )
    contact: str | None = _setting(
        Contact(),
        None,
        "Another contact for this site's owner than the one in `[mirror]`.",
        example='"mailto:partner@example.org"',
        shown="that of `[mirror]`",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who is told what: the `[telling]` table."""

    on_finish: str | tuple[str, ...] | None = _setting(
        Hook(),
        None,
        "Told when a run ends, well or not: a POST with a JSON body, or a program with the same on "
        "its standard input. `{exit_code}` in an address becomes the run's exit code, as ping "
        "services like it.",
        example='"https://hc-ping.com/your-uuid/{exit_code}"',
        shown="nobody",
    )
    on_problem: str | tuple[str, ...] | None = _setting(
        Hook(),
        None,
        "Told, in the same way, of problems only.",
        example='["/usr/local/bin/notify", "mirror"]',
        shown="nobody",
    )
    metrics: str | None = _setting(
        Line("the path of a file"),
        None,
        "A Prometheus text file, written after each run, for the node exporter's textfile "
        "collector.",
        example='"/var/lib/node_exporter/mirror.prom"',
        shown="none",
        path=True,
    )
    timeout: timedelta = _setting(  # noqa: RUF009 - it is a field()
        Duration("1s", "10m"),
        timedelta(seconds=30),
        "How long one attempt to tell somebody may take. There are three.",
        example='"10s"',
        shown='"30s"',
    )
    failing_runs: int = _setting(
        Number(1, 20, whole=True),
        3,
        "A site that fails so many times in a row is a problem, and again at each doubling.",
        example="5",
        shown="3",
    )
    sudden: float = _setting(
        Number(0.01, 100),
        0.3,
        "A collection that has grown or shrunk by more than this share since the last crawl, and "
        "by 20 objects or more, is a problem.",
        example="0.5",
        shown="0.3",
    )
    volatile: int = _setting(
        Number(2, 10_000, whole=True),
        20,
        "A post with so many new versions within a week is a problem: something in it changes "
        "whenever it is read.",
        example="50",
        shown="20",
    )
    disk_free: int = _setting(
        Size(),
        1_000_000_000,
        "Less free disk than this, where the database lies, is a problem.",
        example='"5GB"',
        shown='"1GB"',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file. `path` is None where there is no file; `db` is absolute, `media` too if it
    is a folder."""

    path: Path | None
    sites: tuple[Site, ...] = ()
    telling: Telling = field(default_factory=Telling)
    db: Path = _setting(  # noqa: RUF009 - it is a field()
        Line("the path of a file"),
        Path("mirror.db"),
        "The database.",
        example='"/var/lib/mirror/mirror.db"',
        shown='"mirror.db"',
        path=True,
    )
    media: str | None = _setting(
        Line('a folder, or "s3://bucket/prefix"'),
        None,
        "Where media files are kept: a folder, or an S3 bucket.",
        example='"s3://bucket/prefix"',
        shown="`media` beside `mirror.db`, `x-media` beside a database `x.db`",
        path=True,
    )
    contact: str | None = _setting(
        Contact(),
        None,
        "Goes into the User-Agent, so that a site's owner can reach you.",
        example='"mailto:ops@example.org"',
        shown="none",
    )
    user_agent: str | None = _setting(
        Line(),
        None,
        "Replaces the whole User-Agent, contact and all.",
        example='"ExampleArchive/1.0 (+https://example.org/bot)"',
        shown="the program's name and version, with the contact",
    )

    @classmethod
    def without_file(cls, folder: Path, environment: Mapping[str, str]) -> "Config":
        """The defaults, with what the environment says. Raises ConfigError for that."""
        from mirror.config.load import build

        return build({}, None, folder, environment)


# Table → (its dataclass, what it is about). Keys of `[mirror]` can also be given as MIRROR_<KEY>.
TABLES: dict[str, tuple[type, str]] = {
    "mirror": (Config, "The mirror as a whole."),
    "telling": (Telling, "Who is told how a run went. Nobody, unless you say so."),
    "site": (Site, "One table a site, as many as you like."),
}


def settings_of(table: type) -> dict[str, Setting]:
    """The settings of a table, by key, in order."""
    return {
        item.name: item.metadata["setting"] for item in fields(table) if "setting" in item.metadata
    }


def variable(key: str) -> str:
    """The environment variable that overrides a key of `[mirror]`."""
    return f"MIRROR_{key.upper()}"


def media_beside(db: Path) -> Path:
    """The media folder of a database for which none is configured.

    >>> media_beside(Path("/data/mirror.db")).name, media_beside(Path("/data/demo.db")).name
    ('media', 'demo-media')
    """
    return db.with_name("media" if db.name == "mirror.db" else f"{db.stem}-media").absolute()
