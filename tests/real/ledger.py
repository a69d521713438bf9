"""What a mirror's change log ought to say: worked out from the truth before and after a crawl."""

import copy
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.mirrored import Mirror

Key = tuple[str, int]
Item = dict[str, Any]
Event = tuple[str, str, int, str | None, int, str | None]

# A modification within this time is announced: an update asks for it.
ANNOUNCED_WITHIN = timedelta(hours=26)
# What is compared of the fields that the log names: truth's name, WordPress' name.
NAMES = {
    "slug": "slug", "link": "link", "title": "title", "modified_gmt": "modified_gmt",
    "date_gmt": "date_gmt", "rendered_sha256": "content", "name": "name",
}  # fmt: skip
LOG = "SELECT event, kind, wp_id, changed, silent, reason, at, version FROM changes"


def objects(truth: Item) -> dict[Key, Item]:
    """Everything that anybody may see, by kind and id, without what no version is written for."""
    found: dict[Key, Item] = {}
    for slug, kind in truth["types"].items():
        of = "media" if slug == "attachment" else "post"
        found.update({(of, item["id"]): item for item in kind["items"]})
    for slug, taxonomy in truth["taxonomies"].items():
        terms = {item["id"]: item for item in taxonomy["items"]}
        for number, item in terms.items():
            kept = {name: value for name, value in item.items() if name != "count"}
            found["term", number] = {**kept, "link": truth["site"]["url"]}
            if slug == "category":  # whose address begins with that of the parent
                found["term", number]["link"] += _path(terms, item)
    found.update({("comment", item["id"]): item for item in truth["comments"]["items"]})
    for item in truth["users"]["items"]:
        found["author", item["id"]] = {**item, "link": f"{truth['site']['url']}/{item['slug']}"}
    return found


def _path(terms: dict[int, Item], item: Item) -> str:
    above = terms.get(item["parent"])
    return f"{_path(terms, above) if above else ''}/{item['slug']}"


@dataclass(slots=True)
class Ledger:
    """The truth as a mirror must know it. `mirrored` is each object as it was last to be read."""

    mirror: Mirror
    mirrored: dict[Key, Item]
    ever: set[Key]
    log: Counter[Any] = field(default_factory=Counter)

    @classmethod
    def begin(cls, mirror: Mirror, truth: Item) -> "Ledger":
        """After the first crawl."""
        seen = objects(truth)
        ledger = cls(mirror, dict(seen), set(seen))
        ledger.log = ledger._read()
        return ledger

    def _read(self) -> Counter[Any]:
        return Counter(tuple(row.values()) for row in self.mirror.rows(LOG))

    def settle(self, truth: Item, *, full: bool) -> tuple[Item, list[str]]:
        """After a crawl: what its mirror must equal, and what its log says wrongly, in words.

        A change that WordPress announces is to be found by any crawl, one that it does not by a
        `full` one at the latest: till then the mirror has the object as it was.
        """
        now, log = objects(truth), self._read()
        lost, events = self.log - log, log - self.log
        wrong = [f"no more in the log: {event}" for event in lost]
        told: dict[Key, Any] = {}
        for event in events.elements():
            key = (event[1], event[2])
            if key in told:
                wrong.append(f"more than one event: {told[key]}, {event}")
            told[key] = event
        for key in sorted(now.keys() | self.mirrored.keys() | told.keys()):
            found = self._judge(key, now.get(key), told.get(key), truth, full=full)
            wrong += [f"{key}: {found}"] if found else []
        expected = self._expected(truth, now, told)
        self.log = log
        self.ever |= now.keys()
        return expected, wrong

    def _judge(
        self, key: Key, after: Item | None, event: Any, truth: Item, *, full: bool
    ) -> str | None:
        """What is wrong with the event of one object, if anything."""
        before = self.mirrored.get(key)
        if before == after:
            return f"nothing was done, but the log says {event}" if event else None
        if before is None:
            return _unless(event, "restored" if key in self.ever else "new")
        if after is None:
            return _unless(event, "deleted") or _reason(key, event, truth)
        if event is None:
            must = full or _announced(key[0], before, after)
            return f"{_differing(before, after)} changed, the log is silent" if must else None
        named = {NAMES[name] for name in _differing(before, after) if name in NAMES}
        unsaid = named - set(json.loads(event[3] or "[]"))
        silent = key[0] in ("post", "media") and before["modified_gmt"] == after["modified_gmt"]
        if unsaid or silent != bool(event[4]):
            return f"{sorted(unsaid)} changed (silently: {silent}), but the log says {event}"
        return _unless(event, "edited")

    def _expected(self, truth: Item, now: dict[Key, Item], told: dict[Key, Any]) -> Item:
        """The truth, with what was not announced as it was before."""
        stale = {
            key: before
            for key, before in self.mirrored.items()
            if key in now and key not in told and before != now[key]
        }
        self.mirrored = {**now, **stale}
        expected = copy.deepcopy(truth)
        for slug, kind in expected["types"].items():
            of = "media" if slug == "attachment" else "post"
            kind["items"] = [stale.get((of, item["id"]), item) for item in kind["items"]]
        return expected


def _unless(event: Any, expected: str) -> str | None:
    if event is not None and event[0] == expected:
        return None
    return f"the log should say {expected}, and says {event}"


def _announced(kind: str, before: Item, after: Item) -> bool:
    if kind not in ("post", "media"):
        return True  # swept each time
    modified = datetime.fromisoformat(after["modified_gmt"]).replace(tzinfo=UTC)
    moved = before["modified_gmt"] != after["modified_gmt"]
    return moved and datetime.now(UTC) - modified < ANNOUNCED_WITHIN


def _differing(before: Item, after: Item) -> list[str]:
    return [name for name in after if before.get(name) != after[name]]


def _reason(key: Key, event: Any, truth: Item) -> str | None:
    """Whether what vanished is told from what was hidden."""
    kind, number = key
    lists = {
        "post": [kind["hidden"] for slug, kind in truth["types"].items() if slug != "attachment"],
        "media": [truth["types"]["attachment"]["hidden"]],
        "comment": [truth["comments"]["hidden"]],
    }.get(kind)
    if lists is None:
        return None
    hidden = any(number in some for some in lists)
    if hidden != (event[5] != "deleted"):
        return f"it is {'hidden' if hidden else 'deleted'}, and the log says {event[5]}"
    return None
