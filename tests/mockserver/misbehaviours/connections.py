"""What happens on the wire and on the way."""

from collections import deque
from email.utils import formatdate
from time import monotonic, time

from mirror.demo.reply import Reply
from mirror.demo.site import Site
from tests.mockserver.behaviour import JSON, Answer, Ask, Behaviour, page


class ErrorsNowAndThen(Behaviour):
    """Each Nth REST reply is a 500. Asked again, it comes; everything is mirrored."""

    urls = ("error-every-3",)
    most = 300

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None and ask.count % self.number == 0:
            return page(500, "Internal Server Error")
        return self.usual(ask, site)


class Drops(Behaviour):
    """Each Nth REST connection breaks in the middle of the body. Everything is mirrored."""

    urls = ("drop-every-4",)
    most = 300

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route is not None and ask.count % self.number == 0:
            return Answer(reply=reply, cut=len(reply.body) // 2)
        return reply


class Resets(Behaviour):
    """Each Nth REST connection is reset before an answer. Everything is mirrored."""

    urls = ("reset-every-4",)
    most = 300

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        reply = self.usual(ask, site)
        if ask.route is not None and ask.count % self.number == 0:
            return Answer(reply=reply, reset=True)
        return reply


class Slow(Behaviour):
    """Each reply takes N ms. Everything is mirrored, windows side by side."""

    urls = ("slow-150ms",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        return Answer(reply=self.usual(ask, site), wait=self.number / 1000)


class RateLimit(Behaviour):
    """Each Nth reply is a 429 with `Retry-After: 1`, which is obeyed. Everything is mirrored."""

    urls = ("rate-limit-5",)
    most = 300

    retry_after = "1"

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.route is not None and ask.turn == 1 and ask.count % self.number == 0:
            return page(429, "Too Many Requests", **{"Retry-After": self.retry_after})
        return self.usual(ask, site)


class RateLimitReal(Behaviour):
    """More than N requests within a second are a 429. The rate is learned; all is mirrored."""

    urls = ("rate-limit-10-a-second",)
    most = 300

    def prepare(self, site: Site) -> None:
        self.served: deque[float] = deque(maxlen=self.number)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        now = monotonic()
        if len(self.served) == self.number and now - self.served[0] < 1:
            return page(429, "Too Many Requests", **{"Retry-After": "1"})
        self.served.append(now)
        return self.usual(ask, site)


class RateLimitDate(Behaviour):
    """The first list of posts is a 429 whose Retry-After is a date. Obeyed; all is mirrored."""

    urls = ("rate-limit-date",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts and ask.turn == 1:
            until = formatdate(time() + 2, usegmt=True)
            return page(429, "Too Many Requests", **{"Retry-After": until})
        return self.usual(ask, site)


class RateLimitLong(Behaviour):
    """The posts are a 429 for the next three hours. The crawl does not wait for them; exit 1."""

    urls = ("rate-limit-hours",)
    exit_code = 1
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return page(429, "Too Many Requests", **{"Retry-After": "10800"})
        return self.usual(ask, site)


class MaintenanceBriefly(Behaviour):
    """Two lists of posts meet maintenance with `Retry-After: 1`. Obeyed; everything is mirrored."""

    urls = ("maintenance-briefly",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts and ask.turn <= 2:
            return page(
                503, "Briefly unavailable for scheduled maintenance.", **{"Retry-After": "1"}
            )
        return self.usual(ask, site)


class RedirectLoop(Behaviour):
    """The posts redirect to themselves. The rest is mirrored; exit 1."""

    urls = ("redirect-loop",)
    exit_code = 1
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return page(302, "Found", Location=f"{site.rest_root}wp/v2/posts?{ask.query}")
        return self.usual(ask, site)


class RedirectGrows(Behaviour):
    """The posts redirect to ever longer addresses. The rest is mirrored; exit 1."""

    urls = ("redirect-grows",)
    exit_code = 1
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return page(302, "Found", Location=f"{site.rest_root}wp/v2/posts?{ask.query}&r=1")
        return self.usual(ask, site)


class RedirectElsewhere(Behaviour):
    """The posts redirect to another host. It is never asked; the rest is mirrored; exit 1."""

    urls = ("redirect-elsewhere",)
    exit_code = 1
    whole = False

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            other = site.rest_root.replace("127.0.0.1", "localhost")
            return page(302, "Found", Location=f"{other}wp/v2/posts?{ask.query}")
        return self.usual(ask, site)


class RedirectToFile(RedirectElsewhere):
    """The posts redirect to `file:///etc/passwd`. Never opened; exit 1."""

    urls = ("redirect-to-file",)

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return page(302, "Found", Location="file:///etc/passwd")
        return self.usual(ask, site)


class Endless(Behaviour):
    """The list of posts never ends. It is given up at the largest size allowed; exit 1."""

    urls = ("endless",)
    exit_code = 1
    whole = False
    most = 250

    def answer(self, ask: Ask, site: Site) -> Answer | Reply:
        if ask.is_posts:
            return Answer(reply=Reply(200, {"Content-Type": JSON}, b" " * 2**20), endless=2000)
        return self.usual(ask, site)
