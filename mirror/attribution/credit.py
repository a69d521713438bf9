"""Reading one line of credits: whom does the sentence around a phrase name, and at which address?

A credit has a phrase ("originally published by") and an object (a link, a bare URL, a domain, a
name). Where the object stands depends on the language: after the phrase in most, before it in
Turkish, Japanese or Korean. Every expression here is linear: no two of its parts can match the
same character in two ways.
"""

import re
from dataclasses import dataclass

from mirror.attribution.addresses import cleaned, is_article, is_domain, is_opaque, label
from mirror.attribution.article import Article, Line
from mirror.attribution.fields import words
from mirror.attribution.publishers import named
from mirror.attribution.site import condensed
from mirror.content import Link
from mirror.urls import host_of

_URL = re.compile(r"https?://[^\s<>\"'«»“”（）]{4,500}|\bwww\.[^\s<>\"'«»“”（）]{4,300}")
_DOMAIN = re.compile(
    r"\b[a-zA-Z0-9][a-zA-Z0-9-]{0,62}(?:\.[a-zA-Z0-9-]{1,63}){0,3}\.[a-zA-Z]{2,12}\b"
)
# What ends a sentence: a stop before a capital or an end; the full-width stop; a bar. It begins
# with the one character that is there, for which text is searched quickly.
_STOP = re.compile(
    r"[.!?…。！？؟।|•·\n](?:(?<=[。！？؟।\n])|(?<=\s[|•·])\s|"
    r"(?<=\w\w[.!?…])[\"”’)\]]?\s+(?=[^a-zа-я\s]))"
)
# What ends a name: punctuation, or the words that go on about how and when.
_NAME_END = re.compile(
    r"[.,;:!?|\[\]()<>\"“”«»/。，；：！？（）\n]|\s[-–—]|\s(?:and|on|with|under|in|as|by|is|was|has|to|"
    r"for|where|which|via|dated|here|at|und|am|unter|et|sous|le|y|el|con|bajo|e|em|sob|dengan|"
    r"pada|dan|и|под|с|від)\s"
)
_ARTICLE_WORDS = frozenset(("the", "a", "an", "der", "die", "das", "le", "la", "el", "il", "o"))
_FAR = 160
# What breaks off a credit before its object; a comma may follow a name or a date, and go on.
_BREAK = re.compile(r"[;!?。；！？\n]|(?<=\w\w)[.](?=\s+[A-ZА-Я])")
# The last words before an object. An apostrophe within a word is of the word, any other between
# words: what might be either would be tried as both, and a row of them for ever.
_TOWARDS = re.compile(
    r"(?:^|\s)(?:on|at|in|by|via|from|for|with|of|auf|bei|im|am|von|aus|unter|en|por|del?|sur|dans|par|"
    r"du|des|em|no|na|pel[oa]|su|sul|sulla|da|dal|dalla|nel|op|door|van|på|hos|av|af|fra|i|на|в|во|с|"
    r"из|у|від|z|ze|na|we?|di|pada|oleh|dari|trên|tại|στο|στη|în|pe|a|here|found|available|hier|aquí|"
    r"ici|qui|тут|здесь|aqui|click|visit|see|this|the|original|disponibile|reperibile|على|في|عن|من)(?!\w)"
    r"[\s\"“«'‘(:,]*+(?:[\w.’-](?:'?[\w.’-]){0,19}[\s\"“«'‘(]++){0,3}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Whom a credit names. `own`: the site itself. `host` is None for a name that is unknown."""

    host: str | None = None
    url: str | None = None
    name: str | None = None
    own: bool = False


def sentence(line: Line, start: int, end: int) -> tuple[int, int]:
    """The bounds, in the line, of the sentence around a phrase.

    >>> text = "It rained. First published by Paper. Read on."
    >>> line = Line(text=text, lower=text.lower(), start=0, links=())
    >>> text[slice(*sentence(line, 11, 26))]
    'First published by Paper.'
    """
    before = 0
    # One further than the phrase's start: a stop is one by what follows it.
    for stop in _STOP.finditer(line.text, max(0, start - 400), start + 1):
        before = stop.end()
    after = _STOP.search(line.text, end, min(len(line.text), end + 400))
    if after is None:
        return max(before, start - 400), min(len(line.text), end + 400)
    return max(before, start - 400), after.start() + (after[0][0] not in "|•·")


def object_of(
    article: Article,
    line: Line,
    start: int,
    end: int,
    *,
    backwards: bool = True,
    bounds: tuple[int, int] | None = None,
) -> Object | None:
    """Whom the phrase at `start:end` of the line names, or None if no one.

    `backwards`: a link before the phrase will do, if there is nothing at it or after it. `bounds`
    are those of the sentence, if the caller knows them.
    """
    first, last = bounds or sentence(line, start, end)
    here = line.start
    after = [x for x in line.links if here + end - 1 <= x.start < here + last]
    around = [x for x in line.links if x.start < here + end - 1 and x.end > here + start]
    before = [x for x in line.links if here + first <= x.start and x.end <= here + start]
    every = (*around, *before, *after)
    for link in around:
        found = _linked(article, link)
        if found is not None and (found.own or not after):
            return found
    for link in after:
        if not _leads(line.text, start, end, link.start - here):
            break
        found = _linked(article, link)
        if found is not None:
            return _with_address(article, found, every)
    written = _written(article, line.text, start, end, min(last + 60, end + 400))
    if written is not None and (written.host or written.own):
        return _with_address(article, written, every)
    for link in (*around, *(reversed(before) if backwards else ())):
        found = _linked(article, link)
        if found is not None:
            return found
    return written


def _leads(text: str, start: int, end: int, there: int) -> bool:
    """Whether a phrase leads on to an object: nothing between, or words that end in "on", "by".

    "Since this article was originally published, there have been changes to X" does not lead to X.
    """
    between = text[end:there]
    if len(between) > _FAR or between.lstrip().startswith(",") or _BREAK.search(between):
        return False
    stripped = between.strip(" \t:：-–—\"'“”«»‘’([*>")
    if not stripped or _TOWARDS.search(between.lower()):
        return True
    if "," in between or stripped[0].isdigit() or len(between) > 60:
        return False
    return bool(_TOWARDS.search(text[start:end].lower() + " "))


def _linked(article: Article, link: Link) -> Object | None:
    address = cleaned(link.href)
    if address is None:
        return None
    foreign = article.foreign(link.href)
    if foreign is None:
        return Object(own=True, name=link.text)
    host, address = foreign
    if host in NOT_PUBLISHERS:
        return None
    if is_opaque(host):
        known = named(link.text)
        return Object(host=known.domain if known else None, name=link.text)
    return Object(host=host, url=address if is_article(address) else None, name=link.text)


def _with_address(article: Article, found: Object, links: tuple[Link, ...]) -> Object:
    """The same publisher, with the article's address if another link of the line gives it."""
    if found.own or found.url is not None or found.host is None:
        return found
    for link in links:
        other = article.foreign(link.href)
        if other and label(other[0]) == label(found.host) and is_article(other[1]):
            return Object(host=found.host, url=other[1], name=found.name)
    return found


def _written(article: Article, line: str, start: int, end: int, last: int) -> Object | None:
    """An object without a link: a bare URL, a domain, or a name."""
    text = line[end:last]
    url = _URL.search(text, 0, _FAR)
    if url is not None and _leads(line, start, end, end + url.start()):
        address = url[0].rstrip(".,;:!?)]}")
        foreign = article.foreign(address if "//" in address else f"http://{address}")
        if foreign is None:
            return Object(own=True)
        if foreign[0] in NOT_PUBLISHERS:
            return None
        return Object(host=foreign[0], url=foreign[1] if is_article(foreign[1]) else None)
    domain = _DOMAIN.search(text, 0, 80)
    if domain is not None and _leads(line, start, end, end + domain.start()):
        host = domain[0].lower().removeprefix("www.")
        if is_domain(host):
            return Object(own=True) if article.site.owns(host) else Object(host=host, name=host)
    return by_name(article, text)


def by_name(article: Article, text: str) -> Object | None:
    """Who is meant by the name that a text begins with.

    Known publishers; a name that is a domain without its dots (`WaspadaCoId`); a name that is the
    registered word of a link elsewhere in the post (Natural Society, naturalsociety.com).
    """
    name = _leading_name(text)
    if not name:
        return None
    if article.site.is_named(name):
        return Object(own=True, name=name)
    known = named(name)
    if known is not None:
        own = article.site.owns(known.domain)
        return Object(host=known.domain, name=name, own=own)
    spelled = _spelled_domain(name) or article.linked_labels.get(condensed(name))
    if spelled:
        return Object(host=spelled, name=name)
    return Object(name=name)


def _leading_name(text: str) -> str:
    """The words up to what ends a name; empty if there is no capital in a script that has them."""
    text = text.lstrip(" \t:：-–—\"'“”«»‘’([*").replace("\xa0", " ")[:100]
    end = _NAME_END.search(text)
    name = text[: end.start()].strip() if end else text.strip()
    words = name.split()
    if not words or len(words) > 7:
        return ""
    if words[0].lower() in _ARTICLE_WORDS and len(words) > 1:
        words = words[1:]
    first = words[0][0]
    return "" if first.islower() and not named(name) else name


def _spelled_domain(name: str) -> str | None:
    """`RepublikaCoId` → republika.co.id: camel case where a domain has its dots."""
    parts = re.findall(r"[A-Z][a-z0-9]*", name) if " " not in name and len(name) < 60 else []
    if len(parts) >= 3 and "".join(parts) == name and len(parts[-1]) == 2:
        host = f"{''.join(parts[:-2])}.{parts[-2]}.{parts[-1]}".lower()
        if len(parts[-2]) <= 3 and is_domain(host) and host_of(f"http://{host}") == host:
            return host
    return None


# Hosts that a credit line links to without meaning them as the publisher.
NOT_PUBLISHERS = words(
    "creativecommons.org facebook.com twitter.com x.com t.co instagram.com linkedin.com "
    "pinterest.com reddit.com youtube.com youtu.be vimeo.com flickr.com unsplash.com pixabay.com "
    "pexels.com gettyimages.com shutterstock.com istockphoto.com amazon.com amzn.to patreon.com "
    "paypal.com gofundme.com eepurl.com mailchi.mp gravatar.com wordpress.org schema.org "
    "commons.wikimedia.org doi.org dx.doi.org plus.google.com play.google.com "
    "itunes.apple.com apps.apple.com api.whatsapp.com web.whatsapp.com wa.me t.me telegram.me "
    "getpocket.com feedburner.com addtoany.com addthis.com sharethis.com disqus.com github.com "
    "mailto del.icio.us digg.com stumbleupon.com tumblr.com steemit.com minds.com vk.com "
    "whatsapp.com soundcloud.com open.spotify.com podcasts.apple.com scribd.com "
    "docs.google.com drive.google.com maps.google.com"
)
