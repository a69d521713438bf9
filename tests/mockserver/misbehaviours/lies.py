"""What only somebody sends who means ill."""

from typing import Any

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import Answer, Ask, Behaviour, rows_of, with_rows


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


class HeaderFlood(Behaviour):
    """The posts come with 20,000 headers, 4 MB of them. Everything is mirrored."""

    urls = ("header-flood",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if not ask.is_posts:
            return reply
        flood = {f"X-Flood-{n}": "x" * 200 for n in range(20_000)}
        return reply._replace(headers={**reply.headers, **flood})


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
