"""A mirror beside what a mock site shows."""

from typing import Any

from mirror.wordpress.objects import without_personal
from tests.mirrored import Mirror


def name_of(route: str) -> str:
    """The collection's name: its base, with the namespace where that is not core's."""
    return route.removeprefix("/wp/v2/").lstrip("/")


def differences(
    mirror: Mirror, truth: dict[str, Any], *, exactly: bool = True, comments: bool = False
) -> list[str]:
    """What the mirror lacks of what the site shows, has too much of, or has otherwise.

    `comments` are mirrored only when asked for. `exactly` compares the objects key by key, else
    their ids.
    """
    found = []
    for route, shown in truth.items():
        if route == "/wp/v2/comments" and not comments:
            continue
        held = mirror.objects(name_of(route)) or mirror.objects(route.rpartition("/")[2])
        wanted = {row["id"]: dict(without_personal(row)) for row in shown["objects"]}
        for row in (*held.values(), *wanted.values()):
            row.pop("count", None)  # of a term: it changes with the posts, and is no edit
        if held.keys() != wanted.keys():
            lacks = sorted(wanted.keys() - held.keys())
            found.append(
                f"{route} lacks {lacks}, has besides {sorted(held.keys() - wanted.keys())}"
            )
        if exactly:
            found += [
                f"{route} {number}: {_fields(held[number], wanted[number])}"
                for number in held.keys() & wanted.keys()
                if held[number] != wanted[number]
            ]
    return found


def _fields(held: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    names = sorted(held.keys() | wanted.keys())
    return {n: (held.get(n), wanted.get(n)) for n in names if held.get(n) != wanted.get(n)}
