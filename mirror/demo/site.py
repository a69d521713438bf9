"""A small WordPress site in memory: its rows, its clock, and all that can happen to it.

`Site.respond` answers as WordPress' REST API and front end do (`mirror.demo.rest`,
`mirror.demo.pages`), so it can be asked without HTTP; `serve` puts it on a loopback port.
`sample_site` is the newsroom of `mirror demo`, `second_day` what happens there between its two
crawls.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from mirror.demo import content, pages, rest
from mirror.demo.reply import Reply
from mirror.demo.rows import TAXONOMIES, TYPES, Comment, Post, PostType, Taxonomy, Term, User
from mirror.demo.server import serve

__all__ = ["Site", "sample_site", "second_day", "serve"]

LATEST = (7, 1)


def iso(moment: datetime) -> str:
    """A moment as WordPress writes it: to the second, without offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


class Site:
    """One site. The attributes are its settings and tables, and may be written to at any time.

    `timezone` is an IANA name, or an offset in hours such as `"+1"`. `version` is the WordPress
    release whose abilities it has. `permalinks` is `pretty`, `plain` or `index` (with `index.php`
    in the path). `files` are the uploads, by their path below `wp-content/uploads/`.
    """

    def __init__(
        self,
        *,
        url: str = "http://127.0.0.1",
        name: str = "A site",
        description: str = "",
        timezone: str = "+1",
        version: tuple[int, int] = LATEST,
        permalinks: str = "pretty",
        prefix: str = "wp-json",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.url = url
        self.name = name
        self.description = description
        self.timezone = timezone
        self.version = version
        self.permalinks = permalinks
        self.prefix = prefix
        self.clock = clock
        self.robots = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"
        self.types: dict[str, PostType] = {t.slug: t for t in TYPES}
        self.taxonomies: dict[str, Taxonomy] = {t.slug: t for t in TAXONOMIES}
        self.posts: dict[int, Post] = {}
        self.terms: dict[int, Term] = {}
        self.users: dict[int, User] = {}
        self.comments: dict[int, Comment] = {}
        self.files: dict[str, bytes] = {}

    # -- asked

    def respond(
        self, method: str, path: str, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """What WordPress answers to a request for `path`, which is below the site's own address."""
        if method not in ("GET", "HEAD"):
            reply = Reply.of_json(404, rest.no_route(), {})
        else:
            route = rest.route_of(self, path, query)
            if route is None:
                reply = pages.respond(self, path, query, headers or {})
            else:
                reply = rest.respond(self, route, query)
        if method == "HEAD":
            reply = reply._replace(body=b"")
        return reply

    @property
    def rest_root(self) -> str:
        """The address of the REST root, as `get_rest_url` gives it."""
        match self.permalinks:
            case "plain":
                return f"{self.url}/index.php?rest_route=/"
            case "index":
                return f"{self.url}/index.php/{self.prefix}/"
        return f"{self.url}/{self.prefix}/"

    @property
    def zone(self) -> tzinfo:
        """The site's time zone: named, or a fixed offset."""
        if self.timezone[:1] in ("+", "-"):
            return timezone(timedelta(hours=float(self.timezone)))
        return ZoneInfo(self.timezone)

    def local(self, moment: datetime) -> str:
        """A moment in the site's time, as its tables hold it."""
        return iso(moment.astimezone(self.zone))

    def readable(self, row: Post) -> bool:
        """Whether anybody may read the row (`check_read_permission` of the posts controller)."""
        kind = self.types.get(row.type)
        if kind is None or kind.hidden:
            return False
        if row.status == "inherit":
            parent = self.posts.get(row.parent)
            return parent is None or self.readable(parent)
        return row.status == "publish"

    def absolute(self, text: str) -> str:
        """A stored text with the site's address in it."""
        return text.replace("{home}", self.url)

    # -- changed

    def next_id(self) -> int:
        """The number that the next row of `wp_posts` gets."""
        return max(self.posts, default=0) + 1

    def add(self, type: str = "post", at: datetime | None = None, **columns: Any) -> Post:
        """Inserts a row. `at` is its date, also in the past or the future; by default now.

        As `wp_insert_post` does it, a new row's modification date is its date, even a future one.
        """
        number = columns.pop("id", self.next_id())
        at = at or self.clock()
        dates = {"date": self.local(at), "date_gmt": iso(at.astimezone(UTC))}
        dates |= {"modified": dates["date"], "modified_gmt": dates["date_gmt"]}
        query = {"post": f"p={number}", "page": f"page_id={number}"}.get(
            type, f"post_type={type}&#038;p={number}"
        )
        guid = f"{{home}}/?{query}"
        if columns.get("file"):
            guid = f"{{home}}/wp-content/uploads/{columns['file']}"
        defaults = {"guid": guid, "slug": f"{type}-{number}"}
        if type == "attachment":
            defaults["status"] = "inherit"
        self.posts[number] = Post(id=number, type=type, **{**defaults, **dates, **columns})
        return self.posts[number]

    def schedule(self, at: datetime, **columns: Any) -> Post:
        """Inserts a post that `publish_due` will publish."""
        return self.add(at=at, status="future", **columns)

    def publish_due(self) -> list[Post]:
        """Publishes what is due, as cron does: without touching the modification date."""
        now = iso(self.clock().astimezone(UTC))
        due = [p for p in self.posts.values() if p.status == "future" and p.date_gmt <= now]
        return [self._put(replace(row, status="publish")) for row in due]

    def edit(self, number: int, *, silent: bool = False, **columns: Any) -> Post:
        """Changes a row; `silent` leaves the modification date alone, as a change by SQL does."""
        if not silent:
            now = self.clock()
            columns = {
                "modified": self.local(now), "modified_gmt": iso(now.astimezone(UTC)), **columns
            }  # fmt: skip
        return self._put(replace(self.posts[number], **columns))

    def trash(self, number: int) -> Post:
        """Moves a post to the trash, which marks its slug (`wp_trash_post`)."""
        return self.edit(number, status="trash", slug=self.posts[number].slug + "__trashed")

    def restore(self, number: int) -> Post:
        """Publishes a post that was in the trash."""
        slug = self.posts[number].slug.removesuffix("__trashed")
        return self.edit(number, status="publish", slug=slug)

    def delete(self, number: int) -> Post:
        """Deletes a row for good, and what hangs on it, as `wp_delete_post` does."""
        row = self.posts.pop(number)
        for comment in [c.id for c in self.comments.values() if c.post == number]:
            del self.comments[comment]
        for other in list(self.posts.values()):
            if other.parent == number and other.type in ("attachment", row.type):
                self._put(replace(other, parent=row.parent))
            if other.featured_media == number:
                self._put(replace(other, featured_media=0))
        return row

    def comment(self, post: int, at: datetime | None = None, **columns: Any) -> Comment:
        """Adds a comment, by default of now and approved."""
        number = max(self.comments, default=0) + 1
        at = at or self.clock()
        told = {"author_name": "A reader", "content": f"<p>Comment {number}.</p>", **columns}
        self.comments[number] = Comment(
            id=number, post=post, date=self.local(at), date_gmt=iso(at.astimezone(UTC)), **told
        )
        return self.comments[number]

    def moderate(self, number: int, **columns: Any) -> Comment:
        """Changes a comment, or whether it is approved: its date stays, and no other tells."""
        self.comments[number] = replace(self.comments[number], **columns)
        return self.comments[number]

    def delete_comment(self, number: int) -> Comment:
        """Deletes a comment; answers to it move up (`wp_delete_comment`)."""
        row = self.comments.pop(number)
        for other in list(self.comments.values()):
            if other.parent == number:
                self.moderate(other.id, parent=row.parent)
        return row

    def move(self, url: str) -> None:
        """Moves the site to another address; GUIDs keep the old one."""
        for row in list(self.posts.values()):
            self._put(replace(row, guid=self.absolute(row.guid)))
        self.url = url

    def _put(self, row: Post) -> Post:
        self.posts[row.id] = row
        return row


def sample_site() -> Site:
    """The Harbour Gazette, a local newsroom that does not exist, as of the first day."""
    site = Site()
    content.fill(site)
    return site


def second_day(site: Site) -> None:
    """What happens at the Harbour Gazette before its second crawl: `content.json`, `second_day`."""
    content.change(site)
