"""Objects that are odd in themselves."""

from typing import Any

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, each_row


class BadDates(Behaviour):
    """Dates are zero, null, false, or no dates. Everything is mirrored, as it was sent."""

    urls = ("bad-dates",)

    odd: tuple[Any, ...] = (
        "0000-00-00T00:00:00",
        "-0001-11-30T00:00:00",
        None,
        False,
        "yesterday",
        0,
        [],
    )

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return each_row(reply, self._spoil) if ask.is_posts else reply

    def _spoil(self, row: dict[str, Any]) -> None:
        value = self.odd[int(row["id"]) % len(self.odd)]
        row.update({name: value for name in row if name.startswith(("date", "modified"))})


class OddFields(Behaviour):
    """Fields have types that they should not have: false, strings, lists. All is mirrored."""

    urls = ("odd-fields",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return each_row(reply, self._spoil) if ask.route and "_fields" not in ask.query else reply

    def _spoil(self, row: dict[str, Any]) -> None:
        odd: dict[str, Any] = {
            "featured_media": False, "author": "1", "meta": False, "title": None, "categories": {},
            "tags": "", "guid": "not-an-object", "content": [], "acf": {"a": [1, {"b": None}]},
            "class_list": {"0": "post", "2": "gap"}, "media_details": False, "post": "0",
            "parent": None, "sizes": [],
        }  # fmt: skip
        names = sorted(odd)
        for name in names[int(row["id"]) % 3 :: 3]:
            if name in row or name == "acf":
                row[name] = odd[name]


class MissingFields(Behaviour):
    """Objects come with their id and nothing else. Everything is mirrored."""

    urls = ("ids-only",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route in ("/wp/v2/types", "/wp/v2/taxonomies", "/", None):
            return reply
        return each_row(reply, self._strip)

    def _strip(self, row: dict[str, Any]) -> None:
        for name in [name for name in row if name != "id"]:
            del row[name]


class DuplicateGuids(Behaviour):
    """Two posts have one GUID, on a real host. Both are stored, the later as a copy."""

    urls = ("duplicate-guids",)

    guid = "https://www.harbour-news.org/?p=1001"

    def prepare(self, site: Site) -> None:
        site.edit(40, guid=self.guid, silent=True)
        site.edit(41, guid=self.guid.replace("https://www.", "http://"), silent=True)
        # Numbers and local addresses mean nothing outside their own site.
        site.edit(43, guid="4711", silent=True)
        site.edit(44, guid="4711", silent=True)
        site.edit(47, guid="http://localhost/?p=5", silent=True)
        site.edit(48, guid="http://localhost/?p=5", silent=True)


class HostileMarkup(Behaviour):
    """Content is SQL, script, unclosed tags and a million `<`. It is text: all is mirrored."""

    urls = ("hostile-markup",)

    def prepare(self, site: Site) -> None:
        site.edit(40, title="'); DROP TABLE posts;--", content="<" * 1_000_000, silent=True)
        site.edit(41, content="<script>alert(1)</script><p><b><a href='javascript:1'>", silent=True)
        site.edit(43, content="<div>" * 20_000 + "deep" + "</div>" * 20_000, silent=True)
        site.edit(44, content='<img src="file:///etc/passwd"><img src="//[::1">', silent=True)
        site.edit(47, content="{home}/%ff%00?a[]=1&#0;&#x110000;&#xd800;", silent=True)


class Volatile(Behaviour):
    """Each reading shows another nonce and counter in the content. A second crawl edits nothing."""

    urls = ("volatile",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if not ask.is_posts:
            return reply
        return each_row(
            reply, lambda row: self._render(row, ask.count) if "content" in row else None
        )

    def _render(self, row: dict[str, Any], count: int) -> None:
        if "content" not in row:
            return  # not among the `_fields` that were asked for
        row["content"]["rendered"] += (
            f'<figure data-wp-context="{{&quot;imageId&quot;:&quot;{count:013x}&quot;}}" '
            f'class="wp-container-{count}"></figure><div id="gallery-{count}"></div>'
        )
        row["_links"]["version-history"] = [{"count": count, "href": "https://x.example/"}]
