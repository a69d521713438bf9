"""All misbehaviours, by the address at which each is found."""

import re

from tests.mockserver.behaviour import Behaviour
from tests.mockserver.misbehaviours import (
    bodies,
    connections,
    discovery,
    lies,
    paging,
    refusals,
    rows,
)
from tests.mockserver.switched import Switched

MODULES = (discovery, paging, bodies, connections, refusals, rows, lies)
BY_URL: dict[str, type[Behaviour]] = {
    url: found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Behaviour)
    for url in found.urls
}
# What is no misbehaviour of its own: tests say what it does, and when.
OTHERS: dict[str, type[Behaviour]] = {"switched": Switched}


def find(name: str) -> Behaviour | None:
    """The behaviour at a URL such as `per-page-20`; any number does."""
    numberless = {re.sub(r"\d+", "#", url): found for url, found in BY_URL.items()}
    found = OTHERS.get(name) or BY_URL.get(name) or numberless.get(re.sub(r"\d+", "#", name))
    digits = re.search(r"\d+", name)
    return found(int(digits[0]) if digits else 0) if found else None
