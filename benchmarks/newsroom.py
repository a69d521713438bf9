"""Posts and media records of a made-up newsroom, as many as wanted, the same ones every time.

A post is about 8 kB of JSON, between 2 and 25: paragraphs, headings, lists, quotations, links,
pictures and embeds in uneven numbers. One in three carries the marks of having been published
elsewhere first, in one of the ways in which real sites show it.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

Object = dict[str, Any]

AUTHORS = 25
CATEGORIES = 30
TAGS = 400
FIRST_DAY = datetime(2012, 3, 1, 6, 0, 0)
MEDIA_FROM = 10_000_000  # their ids lie above those of all posts

VOCABULARY = """
    the the the the the the of of of of and and and and to to to a a a a in in in is was for for
    that that with on on as by at from it its has had have been were are be not but they their
    which this who will would could should said says told after before during between against
    within over council harbour river station hospital school market bridge street county
    minister police court company union budget report survey vote storm flood winter summer
    season coast island valley village city museum theatre library festival election campaign
    committee director engineer farmer teacher nurse driver captain scientist researcher
    resident visitor volunteer member million thousand hundred percent years months weeks days
    morning evening first second third new old local national public private early late large
    small long short open closed rising falling higher lower better worse strong weak quiet busy
    expected announced opened closed built mended found lost won sold bought moved planned began
    ended agreed refused asked answered called water energy traffic housing weather health
    tourism fishing farming shipping history science music football sailing trade money time
    people children family house road ferry train bus boat light power plan project study letter
    meeting decision question answer reason result number price cost tax law rule right change
    idea story voice hand face head eye door window table
"""
PEOPLE = """
    Okafor Brandreth Trevanion Pascoe Hale Lindqvist Moreau Castellanos Adeyemi Novak Ishikawa
    Petrov O&#8217;Neill Müller Søndergaard Yılmaz Álvarez Kowalczyk Papadopoulos Nguyễn
"""
WORDS, NAMES = VOCABULARY.split(), PEOPLE.split()
# Publishers that let others republish; the addresses below them are made up.
UPSTREAMS = (
    ("theconversation.com", "The Conversation"), ("www.propublica.org", "ProPublica"),
    ("grist.org", "Grist"), ("www.cnn.com", "CNN"), ("apnews.com", "Associated Press"),
    ("kffhealthnews.org", "KFF Health News"), ("stateline.org", "Stateline"),
    ("www.theguardian.com", "The Guardian"), ("www.politico.eu", "POLITICO"),
    ("globalvoices.org", "Global Voices"), ("insideclimatenews.org", "Inside Climate News"),
    ("calmatters.org", "CalMatters"),
)  # fmt: skip


class Newsroom:
    """The posts and media of one site at `url`, in order of id."""

    def __init__(self, url: str, posts: int, seed: int = 1) -> None:
        self.url = url
        self.count = posts
        self.seed = seed
        random = Random(seed)
        self.sentences = [_sentence(random) for _ in range(4000)]

    def posts(self) -> Iterator[Object]:
        """The posts; ids have gaps, as where drafts were deleted."""
        random = Random(self.seed + 1)
        number = 0
        for n in range(self.count):
            number += random.choice((1, 1, 1, 2, 3, 7))
            yield self._post(random, n, number)

    def media(self) -> Iterator[Object]:
        """The records of the featured pictures: one for every other post."""
        random = Random(self.seed + 2)
        for n in range(0, self.count, 2):
            yield self._picture(random, n)

    def _post(self, random: Random, n: int, number: int) -> Object:
        date = self.date(n)
        title = " ".join(random.choices(WORDS, k=random.randint(5, 12))).capitalize()
        slug = "-".join(title.lower().split()[:8]) + f"-{number}"
        link = f"{self.url}/{date:%Y/%m}/{slug}/"
        body = self._body(random, n)
        made: Object = {
            "id": number,
            "date": _iso(date + timedelta(hours=1)),
            "date_gmt": _iso(date),
            "guid": {"rendered": f"{self.url}/?p={number}"},
            "modified": _iso(self.modified(n) + timedelta(hours=1)),
            "modified_gmt": _iso(self.modified(n)),
            "slug": slug,
            "status": "publish",
            "type": "post",
            "link": link,
            "title": {"rendered": title},
            "content": {"rendered": "", "protected": False},
            "excerpt": {"rendered": f"<p>{random.choice(self.sentences)} [&hellip;]</p>\n",
                        "protected": False},
            "author": random.randint(1, AUTHORS),
            "featured_media": MEDIA_FROM + n if n % 2 == 0 else 0,
            "comment_status": "closed",
            "ping_status": "closed",
            "sticky": False,
            "template": "",
            "format": "standard",
            "meta": {"footnotes": ""},
            "categories": [random.randint(1, CATEGORIES)],
            "tags": sorted(random.sample(range(101, 101 + TAGS), k=random.randint(0, 6))),
        }  # fmt: skip
        made["class_list"] = [
            f"post-{number}", "post", "type-post", "status-publish", "format-standard", "hentry",
            *(f"category-subject-{term}" for term in made["categories"]),
            *(f"tag-subject-{term}" for term in made["tags"]),
        ]  # fmt: skip
        if n % 3 == 0:
            SYNDICATED[n // 3 % len(SYNDICATED)](random, made, body)
        made["content"]["rendered"] = "".join(body)
        made["_links"] = self._links(made)
        return made

    def date(self, n: int) -> datetime:
        """When the nth post was published, in UTC: 48 a day."""
        return FIRST_DAY + timedelta(minutes=30 * n, seconds=n % 60)

    def modified(self, n: int) -> datetime:
        """When it was last edited: one in five some hours after it was published."""
        return self.date(n) + timedelta(minutes=n % 977 if n % 5 == 0 else 0)

    def _body(self, random: Random, n: int) -> list[str]:
        parts = []
        # Skewed: most articles are short, some very long.
        for _ in range(min(40, int(random.lognormvariate(2.3, 0.5)) + 3)):
            kind = random.random()
            if kind < 0.78:
                parts.append(f'<p class="wp-block-paragraph">{self._prose(random)}</p>\n\n\n\n')
            elif kind < 0.86:
                head = " ".join(random.choices(WORDS, k=4)).capitalize()
                parts.append(f'<h2 class="wp-block-heading">{head}</h2>\n\n\n\n')
            elif kind < 0.91:
                lines = "".join(f"<li>{s}</li>\n" for s in random.choices(self.sentences, k=4))
                parts.append(f'<ul class="wp-block-list">\n{lines}</ul>\n\n\n\n')
            elif kind < 0.95:
                who = f"{random.choice('ABCDEFGHIJKLM')}. {random.choice(NAMES)}"
                words = random.choice(self.sentences)
                parts.append(
                    f'<blockquote class="wp-block-quote"><p>“{words}”</p><cite>{who}</cite>'
                    "</blockquote>\n\n\n\n"
                )
            else:
                parts.append(self._figure(random, n))
        return parts

    def _prose(self, random: Random) -> str:
        chosen = random.choices(self.sentences, k=random.randint(2, 6))
        if random.random() < 0.3:
            place = (
                f"{self.url}/{random.randint(2012, 2024)}/0{random.randint(1, 9)}/an-earlier-story/"
            )
            chosen.insert(
                1, f'More <a href="{place}">{random.choice(WORDS)} {random.choice(NAMES)}</a>.'
            )
        return " ".join(chosen)

    def _figure(self, random: Random, n: int) -> str:
        base = (
            f"{self.url}/wp-content/uploads/{self.date(n):%Y/%m}/picture-{MEDIA_FROM + n - n % 2}"
        )
        return (
            '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" '
            f'width="1024" height="683" src="{base}-1024x683.jpg" alt="" '
            f'class="wp-image-{MEDIA_FROM + n - n % 2}" srcset="{base}-1024x683.jpg 1024w, '
            f'{base}-300x200.jpg 300w, {base}.jpg 1600w" sizes="auto, (max-width: 1024px) 100vw" />'
            f'<figcaption class="wp-element-caption">{random.choice(self.sentences)}</figcaption>'
            "</figure>\n\n\n\n"
        )

    def _picture(self, random: Random, n: int) -> Object:
        number, date = MEDIA_FROM + n, self.date(n)
        file = f"{date:%Y/%m}/picture-{number}"
        base = f"{self.url}/wp-content/uploads/{file}"
        sizes = {
            name: {
                "file": f"picture-{number}{mark}.jpg", "width": width, "height": height,
                "filesize": 67, "mime_type": "image/jpeg", "source_url": f"{base}{mark}.jpg",
            }
            for name, mark, width, height in (
                ("medium", "-300x200", 300, 200), ("large", "-1024x683", 1024, 683),
                ("thumbnail", "-150x150", 150, 150), ("full", "", 1600, 1067),
            )
        }  # fmt: skip
        made: Object = {
            "id": number,
            "date": _iso(date + timedelta(hours=1)),
            "date_gmt": _iso(date),
            "guid": {"rendered": f"{base}.jpg"},
            "modified": _iso(date + timedelta(hours=1)),
            "modified_gmt": _iso(date),
            "slug": f"picture-{number}",
            "status": "inherit",
            "type": "attachment",
            "link": f"{self.url}/picture-{number}/",
            "title": {"rendered": f"picture {number}"},
            "author": random.randint(1, AUTHORS),
            "featured_media": 0,
            "comment_status": "open",
            "ping_status": "closed",
            "template": "",
            "meta": [],
            "class_list": [f"post-{number}", "attachment", "type-attachment", "hentry"],
            "description": {"rendered": f"<p class=\"attachment\"><a href='{base}.jpg'></a></p>\n"},
            "caption": {"rendered": f"<p>{random.choice(self.sentences)}</p>\n"},
            "alt_text": random.choice(WORDS),
            "media_type": "image",
            "mime_type": "image/jpeg",
            "media_details": {
                "width": 1600, "height": 1067, "file": f"{file}.jpg", "filesize": 67,
                "sizes": sizes, "image_meta": {"aperture": "0", "camera": "", "keywords": []},
            },
            "post": None,
            "source_url": f"{base}.jpg",
        }  # fmt: skip
        made["_links"] = self._links(made, "media")
        return made

    def _links(self, made: Object, base: str = "posts") -> Object:
        core, number = f"{self.url}/wp-json/wp/v2", made["id"]
        return {
            "self": [{"href": f"{core}/{base}/{number}", "targetHints": {"allow": ["GET"]}}],
            "collection": [{"href": f"{core}/{base}"}],
            "about": [{"href": f"{core}/types/{made['type']}"}],
            "author": [{"embeddable": True, "href": f"{core}/users/{made['author']}"}],
            "replies": [{"embeddable": True, "href": f"{core}/comments?post={number}"}],
            "wp:attachment": [{"href": f"{core}/media?parent={number}"}],
            "curies": [
                {"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}
            ],
        }  # fmt: skip


def _sentence(random: Random) -> str:
    words = random.choices(WORDS, k=random.randint(6, 24))
    if random.random() < 0.25:
        words.insert(random.randrange(len(words)), random.choice(NAMES))
    if random.random() < 0.15:
        words.insert(random.randrange(len(words)), f"<em>{random.choice(WORDS)}</em>")
    if random.random() < 0.2:
        words.insert(random.randrange(len(words)), str(random.randint(2, 90_000)))
    text = " ".join(words)
    return text[0].upper() + text[1:] + random.choice("....?!")


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _source(random: Random, made: Object) -> tuple[str, str, str]:
    host, name = random.choice(UPSTREAMS)
    return host, name, f"https://{host}/{made['date'][:4]}/{made['slug']}"


def _feed_footer(random: Random, made: Object, body: list[str]) -> None:
    host, name, url = _source(random, made)
    title = made["title"]["rendered"]
    body.append(
        f'<p>The post <a rel="nofollow" href="{url}">{title}</a> appeared first on '
        f'<a rel="nofollow" href="https://{host}">{name}</a>.</p>\n'
    )


def _closing_line(random: Random, made: Object, body: list[str]) -> None:
    host, _, _ = _source(random, made)
    body.append(f"<p>This post appeared first on {host.removeprefix('www.')}</p>\n")


def _republished(random: Random, made: Object, body: list[str]) -> None:
    _, name, url = _source(random, made)
    body.append(
        f'<p>This article was originally published on <a href="{url}">{name}</a> and is '
        "republished under a Creative Commons licence.</p>\n"
    )


def _canonical(random: Random, made: Object, body: list[str]) -> None:
    _, name, url = _source(random, made)
    made["yoast_head_json"] = {
        "title": made["title"]["rendered"], "canonical": url, "og_type": "article",
        "og_url": url, "og_site_name": name,
    }  # fmt: skip


def _feedwordpress(random: Random, made: Object, body: list[str]) -> None:
    host, name, url = _source(random, made)
    made["guid"] = {"rendered": url}
    made["meta"] = {
        "syndication_source": name, "syndication_source_uri": f"https://{host}/",
        "syndication_permalink": url,
    }  # fmt: skip


def _cms_attributes(random: Random, made: Object, body: list[str]) -> None:
    marks = (f"cms.cnn.com/_components/paragraph/instances/cm{made['id']}p{k}@published"
             for k in itertools.count())  # fmt: skip
    body[:] = [
        part.replace('<p class="wp-block-paragraph">', f'<p class="paragraph" data-uri="{mark}">')
        for part, mark in zip(body, marks, strict=False)
    ]


# In turn, for every third post.
SYNDICATED: tuple[Callable[[Random, Object, list[str]], None], ...] = (
    _feed_footer, _closing_line, _republished, _canonical, _feedwordpress, _cms_attributes,
)  # fmt: skip
