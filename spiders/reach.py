"""How far a crawl without REST has come: what was read, what is known to be out of reach."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from mirror.counted import counted
from mirror.items import Collection, Kind
from mirror.session import Session
from mirror.store import collections as states
from mirror.store import crawls, unidentified
from mirror.store import feeds as known
from mirror.store.crawls import LIMITED, Coverage
from mirror.wordpress.sitemaps import Address
from spiders.feeds import Walked

# What REST calls the collections of core; a type of a plugin goes by its own name until REST tells.
NAMES = {
    "post": "posts", "page": "pages", "attachment": "media", "category": "categories",
    "post_tag": "tags", "user": "users", "": "other pages",
}  # fmt: skip


class Reach:
    """What one crawl has read, by post type, and what it has heard of.

    `walked`: the feeds; `pages`: how many pages were read; `vain`: what is named like a post type
    in a sitemap, and is none; `kept` and `apart`: the objects with and without a WordPress id.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.collections = known.known_collections(session.db, session.site_id)
        self.walked: dict[str, Walked] = {}
        self.pages: Counter[str] = Counter()
        self.vain: set[str] = set()
        self.kept: Counter[str] = Counter()
        self.apart: Counter[str] = Counter()

    def collection(self, slug: str, kind: Kind = "post") -> Collection:
        """The collection of a type as REST knew it, or as it probably will."""
        for collection in self.collections:
            if (collection.slug, collection.kind) == (slug, kind):
                return collection
        name = NAMES.get(slug, slug)
        return Collection(name=name, kind=kind, slug=slug, route=f"/wp/v2/{name}")

    def wanted(self, slug: str) -> bool:
        """Whether objects of a post type were ordered."""
        only = set(self.session.order.only)
        return not only or bool({self.collection(slug).name, slug} & only)

    def read(self, slug: str) -> int:
        """How many objects of a post type were shown."""
        return self.kept[slug] + self.apart[slug]

    def told(self, feed: str) -> str:
        """What was read, in words; `feed` is its kind."""
        objects = self.kept.total() + self.apart.total() - self.pages.total()
        told = []
        if any(walked.pages for walked in self.walked.values()):
            told.append(f"{counted(objects, 'posts')} in its {feed} feed")
        if self.pages:
            told.append(f"{counted(self.pages.total(), 'pages')} that its sitemap lists")
        text = " and ".join(told) or "nothing new"
        apart = self.apart.total()
        return f"{text} ({apart} without a WordPress id)" if apart else text

    def cover(self, listed: Sequence[Address], answered: frozenset[str]) -> int:
        """Writes the coverage of all that is known to be there; returns what is out of reach.

        `answered` are the collections that REST itself gave.
        """
        named: defaultdict[tuple[Kind, str], list[str]] = defaultdict(list)
        for address in listed:
            slug = address.subject.slug or ""
            if address.subject.kind in ("post", "term") and slug not in self.vain:
                named[address.subject.kind, slug].append(address.url)
            elif address.subject.kind == "author":
                named["author", "user"].append(address.url)
        for slug in {*self.walked, *self.pages}:
            named.setdefault(("post", slug), [])
        for collection in self.collections:
            named.setdefault((collection.kind, collection.slug), [])
        named.setdefault(("media", "attachment"), [])
        db, site_id = self.session.db, self.session.site_id
        held = {*known.held(db, site_id), *unidentified.current(db, site_id)}
        rows = [self._coverage(kind, slug, urls, held) for (kind, slug), urls in named.items()]
        rows = [row for row in rows if row.collection not in answered]
        with self.session.transaction():
            for row in rows:
                crawls.cover(db, self.session.crawl_id, row)
        return sum(row.missing for row in rows)

    def repeat(self) -> None:
        """Nothing was published or edited: what the last crawl knew is still so."""
        db, site_id, crawl_id = self.session.db, self.session.site_id, self.session.crawl_id
        with self.session.transaction():
            for row in known.last_covered(db, site_id, crawl_id):
                values = {k: v for k, v in row.items() if k not in ("crawl_id", "complete", "how")}
                how = "; ".join([*self._limit(), "the feed says that nothing has changed"])
                crawls.cover(db, crawl_id, Coverage(**values, complete=False, how=how))

    def _coverage(self, kind: Kind, slug: str, urls: Sequence[str], held: set[str]) -> Coverage:
        collection = self.collection(slug, kind)
        mirrored = states.visible(self.session.db, self.session.site_id, collection)
        if kind == "post":
            missing = sum(url not in held for url in urls)
        else:
            missing = max(0, len(urls) - mirrored)
        return Coverage(
            collection=collection.name,
            reported=len(urls) or None,
            mirrored=mirrored,
            hidden=0,
            missing=missing,
            complete=False,
            how=self._how(kind, slug, len(urls)),
        )

    def _how(self, kind: Kind, slug: str, named: int) -> str:
        told: list[str] = []
        if kind == "post":
            if slug in self.walked:
                told.append(_of_feed(self.walked[slug]))
            if self.pages[slug]:
                told.append(f"{counted(self.pages[slug], 'pages')} read")
            if self.apart[slug]:
                told.append(f"{self.apart[slug]:,} kept apart, without a WordPress id")
        if not told:
            told.append("out of reach without the REST API")
        told.append(f"the sitemap names {named}" if named else "how many there are is not known")
        return "; ".join([*self._limit(), *told])

    def _limit(self) -> list[str]:
        """What the coverage of a try-out begins with: it puts no schedule off."""
        limit = self.session.order.limit
        return [] if limit is None else [f"{LIMITED} {limit}"]


def _of_feed(walked: Walked) -> str:
    posts = counted(len(walked.links), "posts")
    if walked.problem is not None:
        if not walked.pages:
            return f"no feed ({walked.problem})"
        return f"the feed broke off after {posts} ({walked.problem})"
    reach = "in part"
    if walked.complete:
        reach = "as far as it has changed" if walked.since else "to its end"
    return f"the feed was read {reach} ({posts})"
