"""Bytes around the JSON, in it, and instead of it."""

import gzip
import json

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import JSON, Answer, Ask, Behaviour, page, rows_of, without

WARNING = (
    b"<br />\n<b>Warning</b>:  Undefined array key &quot;x&quot; in "
    b"<b>/var/www/wp-content/plugins/a/a.php</b> on line <b>12</b><br />\n"
)


class Around(Behaviour):
    """Bytes before and behind every JSON body."""

    before = b""
    behind = b""

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route is None:
            return reply
        return reply._replace(body=self.before + reply.body + self.behind)


class ByteOrderMark(Around):
    """A BOM before the JSON. Cut away; everything is mirrored."""

    urls = ("noise-bom",)
    before = b"\xef\xbb\xbf"


class PhpWarning(Around):
    """A PHP warning, with brackets in it, before the JSON. Cut away; everything is mirrored."""

    urls = ("php-warning",)
    before = WARNING + b"Notice: Array [a] to string conversion {b}\n"


class CacheComment(Around):
    """A cache's comment behind the JSON. Cut away; everything is mirrored."""

    urls = ("cache-comment",)
    behind = b"\n<!-- Dynamic page generated in 0.412 seconds. [served] {from cache} -->"


class LostHeaders(Behaviour):
    """A cache replays bodies as text/html, without any header of WordPress. All is mirrored."""

    urls = ("lost-headers",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route is None:
            return reply
        return Reply(reply.status, {"Content-Type": "text/html; charset=UTF-8"}, reply.body)


class Truncated(Behaviour):
    """Bodies break off after N thousand bytes, as if whole. Smaller pages bring everything."""

    urls = ("truncate-20k",)
    most = 250

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return reply._replace(body=reply.body[: self.number * 1000]) if rows_of(reply) else reply


class TruncatedAlways(Behaviour):
    """Each list of posts lacks its last bytes, at any size. The rest is mirrored; exit 1."""

    urls = ("truncate-always",)
    exit_code = 1
    whole = False
    kinds = frozenset({"truncated"})
    most = 250

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return reply._replace(body=reply.body[:-20]) if ask.is_posts and rows_of(reply) else reply


class EmptyBodies(Behaviour):
    """Every other list of posts is an empty 200. Asked again, it comes; everything is mirrored."""

    urls = ("empty-bodies",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts and ask.turn % 2:
            return Reply(200, {"Content-Type": JSON}, b"")
        return self.usual(ask, site)


class Surrogates(Behaviour):
    """Titles hold lone surrogates and NUL, which no database takes. All is mirrored, losslessly."""

    urls = ("surrogates",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.is_posts:
            body = reply.body.replace(
                b'"title":{"rendered":"', b'"title":{"rendered":"\\ud83d\\u0000'
            )
            return reply._replace(body=body)
        return reply


class InvalidUtf8(Behaviour):
    """Raw bytes that are no UTF-8 stand in the content. Everything is mirrored."""

    urls = ("invalid-utf8",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return reply._replace(body=reply.body.replace(b"<p>", b"<p>caf\xe9 \xff\xfe ", 3))


class NotANumber(Behaviour):
    """A plugin's field holds NaN, Infinity and numbers of many digits. All is mirrored."""

    urls = ("nan",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.is_posts:
            odd = b"[NaN,-Infinity,1e999,12345678901234567890123,0.30000000000000004441]"
            body = reply.body.replace(b'"meta":', b'"score":%b,"meta":' % odd)
            return reply._replace(body=body)
        return reply


class Deep(Behaviour):
    """A post's field is nested 100,000 deep. No crash; the rest is mirrored, exit 1."""

    urls = ("deep",)
    exit_code = 1
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if b'"id":35,' in reply.body and ask.values.get("_fields") != "id":
            deep = b"[" * 100_000 + b"]" * 100_000
            return reply._replace(body=reply.body.replace(b'"id":35,', b'"id":35,"acf":%b,' % deep))
        return reply


class HugeTitle(Behaviour):
    """One title is 3 MB long. It is mirrored like any other."""

    urls = ("huge-title",)

    def prepare(self, site: Site) -> None:
        site.edit(35, title="A very long title " * 180_000, silent=True)


class HugeIndex(Behaviour):
    """The index lists 4,000 routes. Everything is mirrored."""

    urls = ("huge-index",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route == "/":
            index = json.loads(reply.body)
            for n in range(4000):
                index["routes"][f"/shop/v{n}/things/(?P<id>[\\d]+)"] = {"methods": ["GET"]}
            return Reply.of_json(200, index, without(reply, "Content-Type").headers)
        return reply


class Compressed(Behaviour):
    """Bodies are gzip, asked for or not. Everything is mirrored."""

    urls = ("gzip",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        headers = {**reply.headers, "Content-Encoding": "gzip"}
        return reply._replace(headers=headers, body=gzip.compress(reply.body))


class CompressedBroken(Behaviour):
    """Every other gzip body of posts breaks off. Asked again, it comes; everything is mirrored."""

    urls = ("gzip-broken",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if not ask.is_posts:
            return reply
        body = gzip.compress(reply.body)
        headers = {**reply.headers, "Content-Encoding": "gzip"}
        return reply._replace(
            headers=headers, body=body[: len(body) // 2] if ask.turn % 2 else body
        )


class CompressionBomb(Behaviour):
    """The posts are 300 MB of blanks in 300 kB of gzip. Memory stays bounded; exit 1."""

    urls = ("gzip-bomb",)
    exit_code = 1
    whole = False

    bomb = b""

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if not ask.is_posts:
            return self.usual(ask, site)
        if not self.bomb:
            type(self).bomb = gzip.compress(b" " * 300_000_000, 5)
        return Reply(200, {"Content-Type": JSON, "Content-Encoding": "gzip"}, self.bomb)


class Maintenance(Behaviour):
    """WordPress' maintenance page with 503 and `Retry-After: 600`. Exit 3, without waiting."""

    urls = ("maintenance",)
    exit_code = 3
    whole = False
    most = 25

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        text = "Briefly unavailable for scheduled maintenance. Check back in a minute."
        return page(503, text, **{"Retry-After": "600"})


class MaintenanceAsPage(Behaviour):
    """The maintenance page comes as 200 wherever something is asked. Exit 3."""

    urls = ("maintenance-as-200",)
    exit_code = 3
    whole = False
    most = 25

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return page(200, "Briefly unavailable for scheduled maintenance. Check back in a minute.")
