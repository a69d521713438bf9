"""Days of a site and of its mirror, by chance: what is written, what breaks, when a crawl dies.

Each seed tells another story. Whatever happened in it, a few quiet crawls later the mirror is as
the site, and on no day did it call gone what anybody could see all the time.
"""

import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from mirror.moments import timestamp
from tests.crawl.comparing import differences, name_of
from tests.mirrored import Mirror, Run
from tests.mockserver import MockServer

TABLES = ("posts", "media", "terms", "authors", "comments")
# Quiet crawls after which nothing may be owed any more.
QUIET = 3
SOUND: dict[str, Any] = {
    "poison": None, "nameless": False, "bad": False, "unanswered": [], "locked": [],
    "challenge": None,
}  # fmt: skip
WALLED = ("/wp/v2/posts", "/wp/v2/media", "/wp/v2/categories", "/wp/v2/tags", "/wp/v2/users")


class Days:
    """One story. `told` is what happened, for who has to find out why it ended badly."""

    def __init__(self, seed: int, server: MockServer, mirror: Mirror) -> None:
        self.chance = random.Random(seed)
        self.mirror = mirror
        self.told: list[object] = []
        settings = {
            "posts": self.chance.choice([0, 90, 150, 320]),
            "version": self.chance.choice([(7, 1), (7, 1), (6, 1), (5, 6)]),
            "timezone": self.chance.choice(["+1", "-11", "+5.75"]),
        }
        # Half of the mirrors keep comments.
        self.options = ["--no-media", *self.chance.choice([["--comments"], []])]
        self.told += [settings, self.options]
        self.site = server.site("switched", **settings)
        self.seconds = 0  # by which the site's clock is ahead
        self.locked: set[int] = set()
        # How to bring back what is in the trash, a draft or not approved; its id, and its post's.
        self.away: list[tuple[str, int, int]] = []
        self.always = self._shown()

    def live(self) -> None:
        """Some days, each with changes, troubles and a crawl; then quiet ones."""
        for _ in range(self.chance.randrange(2, 6)):
            if self.chance.random() < 0.5:
                self._trouble()
            for _ in range(self.chance.randrange(6)):
                self._change()
            self._crawl()
            self._look()
            buried = self._buried_alive()
            assert not buried, f"called gone, and there all the time: {buried}"
        self._quiet()
        assert self.mirror.integrity() == "ok"

    # What happens at the site.

    def _change(self) -> None:
        if call := self._any_change():
            self._call(**call)
            if call["method"] == "advance":
                self.seconds = call["arguments"]["seconds"]
            self._look()

    def _any_change(self) -> dict[str, Any] | None:
        """Something that may happen between two requests; None if it cannot happen now."""
        chance = self.chance
        posts, media = self._ids("/wp/v2/posts"), self._ids("/wp/v2/media")
        comments = self._comments()
        old = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(60_000))
        now = datetime.now(UTC) + timedelta(seconds=self.seconds)
        some: dict[str, Any] = {"title": f"Title {chance.randrange(10**6)}"}
        what = chance.choice(
            ["edit", "edit", "add", "add", "page", "import", "trash", "delete", "draft", "return",
             "return", "schedule", "due", "term", "picture", "attach", "lose picture", "advance",
             "comment", "late comment", "moderate", "edit comment", "lose comment", "password"]
        )  # fmt: skip
        method, arguments = "add", some
        match what:
            case "add":
                some["terms"] = [chance.randrange(1, 6)]
            case "page":
                some["type"] = "page"
            case "import":
                some["at"] = old.isoformat()
            case "edit" if posts:
                method, arguments = "edit", {"number": chance.choice(posts), **some}
            case "trash" if posts:
                method, arguments = "trash", {"number": chance.choice(posts)}
                self.away.append(("restore", number := arguments["number"], number))
            case "draft" if posts:
                method, arguments = "edit", {"number": chance.choice(posts), "status": "draft"}
                self.away.append(("publish", number := arguments["number"], number))
            case "delete" if posts:
                method, arguments = "delete", {"number": chance.choice(posts)}
                self.away = [one for one in self.away if one[2] != arguments["number"]]
            case "return" if self.away:
                how, number, _ = self.away.pop(chance.randrange(len(self.away)))
                method, arguments = "restore", {"number": number}
                if how == "approve":
                    method, arguments["approved"] = "moderate", True
                elif how == "publish":
                    method = "edit"
                    arguments |= {"status": "publish", "silent": chance.random() < 0.3}
            case "schedule":
                due = now + timedelta(seconds=chance.choice([1, 30, 4000]))
                method, arguments = "schedule", {"at": due.isoformat(), **some}
            case "due":
                method, arguments = "publish_due", {}
            case "term":
                number = chance.choice([1, 2, 3, 9])
                method, arguments = "rename_term", {"number": number, "name": some["title"]}
            case "picture":
                number = chance.choice(
                    [0, *posts[:5], *(n for how, n, _ in self.away if how != "approve")]
                )
                some |= {"type": "attachment", "parent": number}
            case "attach" if media and posts:
                method = "edit"
                arguments = {"number": chance.choice(posts), "featured_media": chance.choice(media)}
            # Of one that the mirror never held it cannot know that its posts changed with it.
            case "lose picture" if self.mirror.path.exists() and (held := self._held(media)):
                method, arguments = "delete", {"number": chance.choice(held)}
            case "comment" | "late comment" if posts:
                method, arguments = "comment", {"post": chance.choice(posts)}
                if what == "late comment":
                    arguments["at"] = old.isoformat()
            case "moderate" if comments:
                number = chance.choice([*comments])
                method, arguments = "moderate", {"number": number, "approved": False}
                self.away.append(("approve", number, comments[number]["post"]))
            # Of older ones nothing tells that they were edited.
            case "edit comment" if recent := _since(comments, now - timedelta(days=5)):
                method, arguments = "moderate", {"number": chance.choice(recent)}
                arguments["content"] = f"<p>{some['title']}</p>"
            case "lose comment" if comments:
                method, arguments = "delete_comment", {"number": chance.choice([*comments])}
            case "password" if posts:
                password = chance.choice(["", "", "secret"])
                method = "edit"
                arguments = {"number": chance.choice(posts), "password": password}
            case "advance":
                seconds = self.seconds + chance.choice([5, 3600, 86400])
                method, arguments = "advance", {"seconds": seconds}
            case _:
                return None
        return {"method": method, "arguments": arguments}

    def _held(self, media: list[int]) -> list[int]:
        try:
            return sorted({*self.mirror.ids("media")} & {*media})
        except sqlite3.OperationalError:  # killed before it had tables
            return []

    def _trouble(self) -> None:
        posts = self._ids("/wp/v2/posts")
        trouble: dict[str, Any] = {}
        what = self.chance.choice(["poison", "nameless", "bad", "unanswered", "locked", "wall", ""])
        if what in ("poison", "nameless") and posts:
            trouble = {"poison": self.chance.choice(posts), "nameless": what == "nameless"}
        elif what == "bad":
            trouble = {"bad": True}
        elif what in ("unanswered", "locked"):
            trouble = {what: self.chance.sample(posts, min(5, len(posts)))}
        elif what == "wall":
            trouble = {"challenge": self.chance.choice(WALLED)}
        self._set(trouble)

    def _set(self, trouble: dict[str, Any]) -> None:
        self.locked = {*trouble.get("locked", ())}
        self._call("set", {**SOUND, **trouble})
        self._look()

    def _call(self, method: str, arguments: dict[str, Any]) -> None:
        self.told.append((method, arguments))
        self.site.call(method, **arguments)

    # What the mirror does.

    def _crawl(self) -> None:
        chance = self.chance
        if chance.random() < 0.4:
            # Nothing that could fail for what happens before it.
            calls = [c for _ in range(5) if (c := self._any_change()) and c["method"] == "add"]
            self.told.append(("meanwhile", calls))
            self.site.churn(chance.randrange(1, 8), calls)
        options = {
            "cut short": ["--max-requests", str(chance.randrange(3, 40))],
            "whole": ["--full"],
            "only": ["--only", chance.choice(["posts", "posts,media", "posts,pages"])],
        }.get(how := chance.choice(["usual", "usual", "cut short", "killed", "whole", "only"]), [])
        if how == "killed":
            self._killed_crawl()
        else:
            run = self.mirror.crawl(self.site.url, *self.options, *options)
            self.told.append((options, *_came_to(run)))
        self.site.churn(0, [])

    def _killed_crawl(self) -> None:
        with subprocess.Popen(
            self.mirror.command("crawl", self.site.url, *self.options),
            cwd=self.mirror.path.parent, env=self.mirror.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            time.sleep(self.chance.uniform(0.5, 2))
            process.send_signal(self.chance.choice([signal.SIGKILL, signal.SIGTERM]))
        self.told.append(("killed", process.returncode))

    def _quiet(self) -> None:
        """Nothing happens any more, and all that is owed is due: soon nothing may be."""
        self._set({})
        for _ in range(QUIET):
            hidden = self._prepare()
            run = self.mirror.crawl(self.site.url, *self.options, "--accept-deletions")
            wrong = self._wrong()
            self.told.append(("quiet", *_came_to(run), wrong))
            if run.exit_code == 0:
                break
        assert run.exit_code == 0, "something is still owed"
        if self._cancels_out(hidden):
            self.mirror.crawl(self.site.url, *self.options, "--full")
            wrong = self._wrong()
        assert not wrong, f"not as the site: {wrong}"

    def _prepare(self) -> dict[str, int]:
        """Lets all that is owed be due; how many rows the site counts and does not show."""
        if not self.mirror.path.exists():
            return {}
        with closing(sqlite3.connect(self.mirror.path)) as db, db:
            db.execute("UPDATE failures SET next_at = first_at WHERE resolved_at IS NULL")
            db.execute("UPDATE sites SET back_off_until = NULL")
            return dict(db.execute("SELECT name, hidden FROM collections"))

    def _wrong(self) -> list[str]:
        return differences(self.mirror, self.site.truth(), comments=self._keeps_comments())

    def _cancels_out(self, hidden: dict[str, int]) -> bool:
        """Whether as many went as came, unannounced, shown or hidden: what no total tells is found
        by reading all."""
        found = False
        for route, told in self._truth().items():
            name = name_of(route)
            held = {*self.mirror.ids(name), *self.mirror.ids(route.rpartition("/")[2])}
            if held != {row["id"] for row in told["objects"]}:
                if told["total"] != len(held) + hidden.get(name, 0):
                    return False
                found = True
        return found

    # What anybody can see.

    def _shown(self) -> dict[str, set[int]]:
        return {
            route: {row["id"] for row in told["objects"]} for route, told in self._truth().items()
        }

    def _truth(self) -> dict[str, Any]:
        truth = self.site.truth()
        if not self._keeps_comments():
            truth.pop("/wp/v2/comments", None)
        return truth

    def _ids(self, route: str) -> list[int]:
        return sorted(self._shown().get(route, set()))

    def _keeps_comments(self) -> bool:
        return "--comments" in self.options

    def _comments(self) -> dict[int, dict[str, Any]]:
        """The comments that anybody can see, by their id."""
        told = self.site.truth().get("/wp/v2/comments", {"objects": []})
        return {row["id"]: row for row in told["objects"]}

    def _look(self) -> None:
        shown = self._shown()
        shown["/wp/v2/posts"] -= self.locked
        for route, ids in self.always.items():
            ids &= shown.get(route, set())

    def _buried_alive(self) -> dict[str, set[int]]:
        """What the mirror calls gone and anybody could see all the time."""
        if not self.mirror.path.exists():
            return {}
        with closing(sqlite3.connect(self.mirror.path)) as db:
            tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
            if not tables.issuperset(TABLES):
                return {}
            gone = {
                row
                for table in TABLES
                for row in db.execute(
                    f"SELECT collection, wp_id FROM {table} WHERE deleted_at IS NOT NULL"
                )
            }
        found = {
            route: {wp_id for name, wp_id in gone if name == name_of(route)} & ids
            for route, ids in self.always.items()
        }
        return {route: ids for route, ids in found.items() if ids}


def _since(comments: dict[int, dict[str, Any]], moment: datetime) -> list[int]:
    return [id_ for id_, row in comments.items() if f"{row['date_gmt']}Z" >= timestamp(moment)]


def _came_to(run: Run) -> tuple[object, ...]:
    counts = run.counts("requests", "new", "edited", "deleted", "restored")
    return run.exit_code, run.summary["message"], counts
