"""Publishers known by name: hosts that belong to one, names and abbreviations that mean one.

The list (`publishers.json`) helps where a text gives a name and no address. Domains that are not
in it work without it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from mirror.attribution.addresses import registrable
from mirror.attribution.site import condensed


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """`aliases` are further names, `hosts` further sites, `assets` hosts of images and feeds only,
    `agency` what it writes in a dateline, `source` where an entry can be checked.
    """

    domain: str
    name: str
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    source: str = ""


@lru_cache(maxsize=1)
def publishers() -> tuple[Publisher, ...]:
    """All of `publishers.json`, in its order."""
    text = resources.files(__package__).joinpath("publishers.json").read_text("utf-8")
    return tuple(
        Publisher(
            domain=entry["domain"],
            name=entry["name"],
            aliases=tuple(entry.get("aliases", ())),
            hosts=tuple(entry.get("hosts", ())),
            assets=tuple(entry.get("assets", ())),
            agency=tuple(entry.get("agency", ())),
            source=entry["source"],
        )
        for entry in json.loads(text)["publishers"]
    )


@lru_cache(maxsize=1)
def _by_host() -> Mapping[str, Publisher]:
    return MappingProxyType(
        {host: p for p in publishers() for host in (p.domain, *p.hosts, *p.assets)}
    )


@lru_cache(maxsize=1)
def _by_name() -> Mapping[str, Publisher]:
    names: dict[str, Publisher] = {}
    for one in publishers():
        for name in (one.name, *one.aliases, one.domain):
            names.setdefault(condensed(name), one)
    return MappingProxyType(names)


@lru_cache(maxsize=1)
def agencies() -> Mapping[str, Publisher]:
    """News agencies and press-release wires by what they write in a dateline, as written there."""
    return MappingProxyType({mark: p for p in publishers() for mark in p.agency})


@lru_cache(maxsize=8192)
def publisher_of(host: str) -> Publisher | None:
    """The publisher that a host or a domain above it belongs to.

    >>> found = publisher_of("static01.nyt.com")
    >>> found.domain if found else None
    'nytimes.com'
    """
    by_host = _by_host()
    while host:
        if host in by_host:
            return by_host[host]
        if "." not in host or host == registrable(host):
            return None
        host = host.split(".", 1)[1]
    return None


def named(name: str) -> Publisher | None:
    """The publisher that a name means: 'The Associated Press', 'AFP', 'Neue Zürcher Zeitung'."""
    return _by_name().get(condensed(name)) if len(name) < 80 else None


def identity(host: str) -> str:
    """What two hosts of one publisher have in common: its main domain, or the registrable one.

    >>> identity("edition.cnn.com"), identity("news.example.co.uk")
    ('cnn.com', 'example.co.uk')
    """
    known = publisher_of(host)
    return known.domain if known else registrable(host)
