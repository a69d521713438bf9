"""Editors at work: random changes of every kind that the test bed knows, the same for a seed."""

import random
import socket
from collections.abc import Callable, Mapping
from typing import Any

from tests.real.bed import BedError, WordPress, wordpress

Change = dict[str, Any]

# How often each kind of change is made in a year of 200.
YEAR = {
    "edit": 42, "edit silently": 8, "edit, backdated": 6, "rename": 14, "trash": 16, "restore": 11,
    "delete": 17, "add": 26, "import": 8, "unpublish": 14, "publish": 7, "protect": 5, "open": 3,
    "comment": 9, "rename a term": 6, "upload": 4, "replace a file": 2,
    "replace a file silently": 1, "move": 1,
}  # fmt: skip
TYPES = ("post",) * 6 + ("page", "book", "event")


class Editors:
    """Changes a site at random: each kind as often as `counts` says. `done` says what was done."""

    def __init__(self, site: WordPress, seed: int, counts: Mapping[str, int]) -> None:
        self.site = site
        self.random = random.Random(seed)
        self.deck = [kind for kind, count in counts.items() for _ in range(count)]
        self.random.shuffle(self.deck)
        self.done: list[str] = []
        self._hidden: dict[int, str] = {}
        self._protected: list[int] = []
        self._ways: dict[str, Callable[[], Change]] = {
            "edit": lambda: self._one("edit", attachments=True),
            "edit silently": lambda: self._one("edit", attachments=True, silent=True),
            "edit, backdated": lambda: self._one("edit", at=self._long_ago()),
            "rename": lambda: self._one("slug", attachments=True, to=f"renamed-{self._number()}"),
            "trash": lambda: self._one("trash"),
            "restore": self._restore,
            "delete": lambda: self._one("delete", attachments=True),
            "add": lambda: self._one("add"),
            "import": lambda: self._one("add", at=self._long_ago()),
            "unpublish": lambda: self._one(
                "status", to=self.random.choice(("draft", "private", "pending"))
            ),
            "publish": self._publish,
            "protect": lambda: self._one("password", to="secret"),
            "open": self._open,
            "comment": lambda: self._one("comment", count=self.random.randint(1, 3)),
            "rename a term": self._rename_term,
            "upload": lambda: self._change("add-media"),
            "replace a file": lambda: self._change("replace-media"),
            "replace a file silently": lambda: self._change("replace-media", silent=True),
            "move": self._move,
        }

    def work(self, changes: int) -> None:
        """Makes the next changes. One for which there is nothing yet waits until there is."""
        for _ in range(changes):
            for place, kind in enumerate(self.deck):
                try:
                    change = self._ways[kind]()
                except (BedError, IndexError):
                    continue
                self._note(kind, change)
                del self.deck[place]
                break
            else:
                raise AssertionError(f"none of these can be done: {self.deck}")

    def _note(self, kind: str, change: Change) -> None:
        ids = []
        for pair in change["changed"]:
            after, before = pair["after"], pair["before"] or {}
            one = after or before
            ids.append(one.get("id", one.get("term_id")))
            if "status" in one:
                self._see(one["id"], after)
        self.done.append(f"{kind} {', '.join(map(str, ids))}")

    def _see(self, number: int, after: Change | None) -> None:
        self._hidden.pop(number, None)
        self._protected = [n for n in self._protected if n != number]
        if after is None or after["type"] == "attachment":
            return
        if after["status"] != "publish":
            self._hidden[number] = after["status"]
        elif after["protected"]:
            self._protected.append(number)

    # One change each.

    def _change(self, action: str, **options: Any) -> Change:
        made: Change = self.site.change(action, seed=self._number(), **options)
        return made

    def _one(self, action: str, *, attachments: bool = False, **options: Any) -> Change:
        """Changes a post, page, ... that the test bed picks."""
        types = (*TYPES, "attachment") if attachments else TYPES
        return self._change(action, type=self.random.choice(types), **options)

    def _restore(self) -> Change:
        trashed = sorted(n for n, status in self._hidden.items() if status == "trash")
        return self._change("restore", id=self.random.choice(trashed))

    def _publish(self) -> Change:
        hidden = sorted(n for n, status in self._hidden.items() if status != "trash")
        return self._change("status", id=self.random.choice(hidden), to="publish")

    def _open(self) -> Change:
        return self._change("password", id=self.random.choice(sorted(self._protected)), to="")

    def _rename_term(self) -> Change:
        truth = wordpress("truth", "--dir", self.site.folder, "--no-render")
        terms = [item["id"] for kind in truth["taxonomies"].values() for item in kind["items"]]
        return self._change("term", id=self.random.choice(terms), to=f"Term {self._number()}")

    def _move(self) -> Change:
        """Gives the site a new address; it still answers at the old one."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        return self._change("site-url", to=f"http://127.0.0.1:{port}", rewrite=True)

    def _number(self) -> int:
        return self.random.randrange(10**6)

    def _long_ago(self) -> str:
        """A local time; clocks went forward on no such day."""
        year, month, day = 2012 + self._number() % 13, 1 + self._number() % 12, 3
        return f"{year}-{month:02}-{day:02}T11:{self._number() % 60:02}:00"
