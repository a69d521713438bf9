"""The table of misbehaviours in docs/security.md: `python -m tests.mockserver.document`."""

from tests.mockserver.behaviour import Behaviour
from tests.mockserver.misbehaviours import MODULES

TITLES = {
    "discovery": "The way to the API",
    "paging": "Lists",
    "bodies": "Bodies",
    "connections": "Connections",
    "refusals": "Refusals",
    "rows": "Objects",
    "lies": "Ill will",
}


def document() -> str:
    """One table a module: what the site does and what comes of it, the exit code, the failures."""
    parts = []
    for module in MODULES:
        found = dict.fromkeys(
            one
            for one in vars(module).values()
            if isinstance(one, type) and issubclass(one, Behaviour) and one.urls
        )
        parts.append(f"### {TITLES[module.__name__.rpartition('.')[2]]}\n")
        parts.append("| test | what the site does, and what comes of it | exit | failures |")
        parts.append("| --- | --- | --- | --- |")
        for one in found:
            words = " ".join((one.__doc__ or "").split()).replace("|", "\\|")
            kinds = ", ".join(f"`{kind}`" for kind in sorted(one.kinds))
            parts.append(f"| `{one.urls[0]}` | {words} | {one.exit_code} | {kinds} |")
        parts.append("")
    return "\n".join(parts)


if __name__ == "__main__":
    print(document(), end="")
