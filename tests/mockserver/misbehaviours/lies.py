"""What only somebody sends who means ill."""

from typing import Any

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, each_row, rows_of, with_rows


class _Totals(Behaviour):
    """Both totals are this word."""

    word = ""

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if "X-WP-Total" not in reply.headers:
            return reply
        told = {"X-WP-Total": self.word, "X-WP-TotalPages": self.word}
        return reply._replace(headers={**reply.headers, **told})


class TotalsAbsurd(_Totals):
    """The totals are a million millions. What can be seen is mirrored, with few requests more."""

    urls = ("totals-absurd",)
    word = "1000000000000"
    most = 300


class TotalsNegative(_Totals):
    """The totals are negative. Everything is mirrored."""

    urls = ("totals-negative",)
    word = "-5"


class TotalsInWords(_Totals):
    """The totals are words. Everything is mirrored."""

    urls = ("totals-words",)
    word = "many; DROP TABLE posts"


class OddIds(Behaviour):
    """Ids that no database holds, and one that comes twice. The rest is mirrored; exit 1."""

    urls = ("odd-ids",)
    exit_code = 1
    kinds = frozenset({"bad-object"})

    odd: tuple[Any, ...] = (-5, 0, 2**63, 2**64, 1.5, "7", None, True, [3], {"id": 4})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        rows = rows_of(reply)
        if not ask.is_posts or not rows:
            return reply
        return with_rows(reply, [*rows, rows[0], *({**rows[0], "id": odd} for odd in self.odd)])


class OddRows(Behaviour):
    """Each page holds N objects more, whose ids are words. Few failures, the last one says how
    many; what has an id is mirrored; exit 1."""

    urls = ("odd-rows-8000",)
    exit_code = 1
    kinds = frozenset({"bad-object"})

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        rows = rows_of(reply)
        if not ask.is_posts or not rows:
            return reply
        return with_rows(reply, [*rows, *({"id": f"word {n}"} for n in range(8_000))])


class HeaderFlood(Behaviour):
    """The posts come with 20,000 headers, 4 MB of them. Everything is mirrored."""

    urls = ("header-flood",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if not ask.is_posts:
            return reply
        flood = {f"X-Flood-{n}": "x" * 200 for n in range(20_000)}
        return reply._replace(headers={**reply.headers, **flood})


class _Heads(Behaviour):
    """The head of the posts' replies is this, for ever."""

    exit_code = 1
    whole = False
    text = b""

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if not ask.is_posts:
            return self.usual(ask, site)
        return Answer(reply=Reply(200, {}, b""), head=self.text)


class HeadersForEver(_Heads):
    """The posts come with headers that never end. Given up after 8 MB; exit 1."""

    urls = ("headers-for-ever",)
    text = b"X-Flood: " + b"x" * 100 + b"\r\n"


class LineForEver(_Heads):
    """One header never ends. Given up after 16 kB of it; exit 1."""

    urls = ("header-line-for-ever",)
    text = b"x" * 1000


class FoldedForEver(_Heads):
    """One header is continued on ever more lines. Given up after 8 MB; exit 1."""

    urls = ("header-folded-for-ever",)
    text = b"X-Flood: x\r\n" + b" and more\r\n" * 500


class ContinueForEver(_Heads):
    """`100 Continue` again and again, and no reply. Given up after 8 MB; exit 1."""

    urls = ("continue-for-ever",)
    text = b"\r\nHTTP/1.1 100 Continue\r\n"


class SlowHead(_Heads):
    """The posts' headers come a byte at a time. Given up when the time is up; exit 1."""

    urls = ("slow-head",)
    patience = 1

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if not ask.is_posts:
            return self.usual(ask, site)
        return Answer(reply=Reply(200, {}, b""), head=b"X-Slow: loris", drip=0.25)


class SlowBody(Behaviour):
    """The posts' bodies come a byte at a time. Given up when the time is up; exit 1."""

    urls = ("slow-body",)
    exit_code = 1
    whole = False
    patience = 1

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        return Answer(reply=reply, drip=0.25) if ask.is_posts else reply


class DatesBeyond(Behaviour):
    """Posts are of the years -1, 0, 10000 and 99999. Everything is mirrored, as it was sent."""

    urls = ("dates-beyond",)

    years = ("-0001", "0000", "10000", "99999")

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        def change(row: dict[str, Any]) -> None:
            date = f"{self.years[row['id'] % 4]}-11-30T00:00:00"
            row.update(date=date, date_gmt=date, modified=date, modified_gmt=date)

        return each_row(self.usual(ask, site), change) if ask.is_posts else self.usual(ask, site)


class GiantTitle(Behaviour):
    """One title is 10 MB long. It is mirrored like any other."""

    urls = ("giant-title",)

    def prepare(self, site: Site) -> None:
        site.edit(40, title="All work and no play. " * 480_000, silent=True)


class ControlCharacters(Behaviour):
    """Titles hold what would command a terminal. All is mirrored, and printed harmlessly."""

    urls = ("control-characters",)

    def prepare(self, site: Site) -> None:
        site.name = "\x1b]0;owned\x07\x1b[2J"
        site.edit(40, title="\x1b[31mred\x1b[0m \u202egnp.exe \x9b2J \x07", silent=True)
