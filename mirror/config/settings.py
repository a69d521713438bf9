"""The settings, defined once: type, default and help of each stand at its field.

Validation, `mirror init` and docs/settings.md are all made from these dataclasses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from mirror.config.kinds import (
    Address,
    Contact,
    Duration,
    Flag,
    Interval,
    Kind,
    Line,
    Number,
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
    media: bool = _setting(
        Flag(), True, "Whether to fetch media files.", example="false", shown="true"
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
    delay: float | None = _setting(
        Number(0, 3600),
        None,
        "Seconds between two requests to the site, at least. A longer `Crawl-delay` in its "
        "robots.txt counts.",
        example="2.5",
        shown="the polite rate",
    )
    contact: str | None = _setting(
        Contact(),
        None,
        "Another contact for this site's owner than the one in `[mirror]`.",
        example='"mailto:partner@example.org"',
        shown="that of `[mirror]`",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file. `path` is None where there is no file; `db` and `media` are absolute."""

    path: Path | None
    sites: tuple[Site, ...] = ()
    db: Path = _setting(  # noqa: RUF009 - it is a field()
        Line("the path of a file"),
        Path("mirror.db"),
        "The database.",
        example='"/var/lib/mirror/mirror.db"',
        shown='"mirror.db"',
        path=True,
    )
    media: str = _setting(
        Line('a folder, or "s3://bucket/prefix"'),
        "media",
        "Where media files are kept: a folder, or an S3 bucket.",
        example='"s3://bucket/prefix"',
        shown='"media"',
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


def site_key(url: str) -> str:
    """An address in the form in which two of one site are the same.

    >>> site_key("http://www.Example.com/blog/") == site_key("https://example.com/blog")
    True
    """
    rest = url.split("://", 1)[-1]
    host, slash, path = rest.partition("/")
    return host.lower().removeprefix("www.") + slash.join(("", path)).rstrip("/")
