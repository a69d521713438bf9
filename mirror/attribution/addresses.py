"""Whose is an address: hosts, registrable domains, URLs without what tracking adds to them."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from publicsuffixlist import PublicSuffixList
from w3lib.url import safe_url_string, url_query_cleaner

from mirror.attribution.fields import host_at, words
from mirror.urls import host_of

# The list that comes with the library. With its private section, since two blogs below
# blogspot.com or github.io have two owners.
# It can have its names in ASCII, too, which costs three times the time to load it: `_registered`.
_suffixes = PublicSuffixList(accept_unknown=False, accept_encoded_idn=False)

# Blog hosts that the private section lacks: everything one label below them is a site of its own.
_BLOG_HOSTS = words(
    "wordpress.com tumblr.com substack.com livejournal.com typepad.com medium.com ghost.io "
    "squarespace.com weebly.com wixsite.com hatenablog.com over-blog.com canalblog.com "
    "wpengine.com wpcomstaging.com pantheonsite.io kinsta.cloud cloudwaysapps.com"
)

# Query parameters that say how a reader came, not what he reads. From the ClearURLs rules
# (https://docs.clearurls.xyz) and the networks' own manuals.
_TRACKING = words(
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id utm_name utm_reader utm_brand "
    "utm_social utm_social-type utm_viz_id utm_pubreferrer utm_swu fbclid gclid gclsrc dclid "
    "gbraid wbraid msclkid yclid twclid igshid igsh mc_cid mc_eid _hsenc _hsmi mkt_tok vero_id "
    "wickedid oly_anon_id oly_enc_id rb_clickid s_cid ml_subscriber ml_subscriber_hash cmpid CMP "
    "ncid ref_src ref_url ocid smid sr_share feedName feedType share_id __twitter_impression "
    "amp_js_v usqp amp outputType"
)
_FEED_MARK = re.compile(r"(?:^|&)(?:source=(?:rss|feed)|utm_|(?:mod|ref|feed|src|cid)=rss)", re.I)
_FEED_NAMES = frozenset(("source", "mod", "ref", "feed", "src", "cid"))

# Hosts that only pass a reader on, and the parameter with the true address.
_REDIRECTORS = {
    "google.com": ("url", "q"),
    "news.google.com": ("url",),
    "l.facebook.com": ("u",),
    "lm.facebook.com": ("u",),
    "l.instagram.com": ("u",),
    "out.reddit.com": ("url",),
    "youtube.com": ("q",),
    "t.umblr.com": ("z",),
    "href.li": (),
    "anonym.to": (),
    "vk.com": ("to",),
    "steamcommunity.com": ("url",),
    "slack-redir.net": ("url",),
    "linkedin.com": ("url",),
}
_PASSING = words("web.archive.org cdn.ampproject.org")
_REDIRECT_PATHS = ("/url", "/l.php", "/redirect", "/away.php", "/linkfilter/", "/link", "/news/url")
# Feed proxies and shorteners name the service, never the publisher.
_OPAQUE = words(
    "feedproxy.google.com feeds.feedburner.com feedburner.com feedproxy.feedly.com bit.ly t.co "
    "goo.gl tinyurl.com ow.ly buff.ly ift.tt dlvr.it is.gd j.mp lnkd.in fb.me wp.me rss.app "
    "amzn.to news.google.com rebrand.ly shorturl.at cutt.ly tiny.cc trib.al"
)
_FEED_HOST = re.compile(r"^(?:feeds?|rss|rssfeeds|feedproxy)\d?\.")
_AMP_HOST = re.compile(r"^(?:amp|m|mobile|edition|www\d?)\.(?=[^.]+\.[^.]+)")
_ARCHIVE = re.compile(r"^/web/\d{4,14}(?:[a-z]{2}_)?/(https?:/{1,2}.+)$")
_LONGEST = 2048
_ENDINGS = ("/amp", "/amp/")
# What needs no escaping: RFC 3986's characters.
_SAFE = re.compile(
    r"https?://[a-z0-9.-]{1,255}(?::\d{1,5})?(?:[/?#][\w.~:/?#@!$&'()*+,;=%-]*)?", re.A
)

# Paths that list articles or present a person or a house, and are not an article themselves.
_LISTING = re.compile(
    r"^/(?:[a-z]{2}(?:[-_][a-z]{2})?/)?(?:index\.(?:php|html?)|home|news|blog|en|about(?:-us)?"
    r"|(?:[^/]+/){0,2}(?:authors?|contributors?|users?|profiles?|staff|people)/[^/]+"
    r"|tags?/.+|category/.+|topics?/[^/]+|search(?:/.*)?|feed|rss|republish.*|copyright|contact"
    r"|newsletters?|donate|subscribe|privacy.*|terms.*|editorial-policy)?/?$",
    re.I,
)
# Query parameters that tell one article from another.
_NUMBERED = re.compile(r"(?:^|&)(?:p|id|a|article\w*|id_\w+|story|context)=")

# Hosts of set-ups that a site is developed on before it gets its name.
_STAGING = re.compile(
    r"(?:^|[.-])(?:dev|devel|staging|stage|test|beta|demo|local|preview|temp|tmp|new|old|wp|wordpress|"
    r"edit|admin|cms|backup|sandbox|web\d*|server\d*|vps\d*|host\d*)\d?(?:[.-]|$)|"
    r"\.(?:wpengine\.com|wpenginepowered\.com|kinsta\.cloud|pantheonsite\.io|cloudwaysapps\.com|"
    r"flywheelsites\.com|flywheelstaging\.com|wpcomstaging\.com|mystagingwebsite\.com|sg-host\.com|"
    r"amazonaws\.com|azurewebsites\.net|herokuapp\.com|cloudapp\.net|myftpupload\.com|"
    r"secureserver\.net|hostgator\.com|bluehost\.com|dreamhosters\.com|godaddysites\.com)$"
)


@lru_cache(maxsize=8192)
def registrable(host: str) -> str:
    """The part of a host that somebody registered, or the host itself if it has no such part.

    >>> [registrable(h) for h in ("cms.cnn.com", "a.b.co.uk", "x.wordpress.com", "localhost")]
    ['cnn.com', 'b.co.uk', 'x.wordpress.com', 'localhost']
    """
    name = _registered(host)
    if name is None:
        # The list's rule for what it does not know: the last label is the suffix.
        known = _suffixes.publicsuffix(_readable(host))
        return host if known else ".".join(host.rsplit(".", 2)[-2:])
    below = host.removesuffix(name).rstrip(".")
    if name in _BLOG_HOSTS and below:
        return f"{below.rsplit('.', 1)[-1]}.{name}"
    return name


@lru_cache(maxsize=8192)
def label(host: str) -> str:
    """The registered word of a host: `breakpoverty` of `www.breakpoverty.fr`."""
    return registrable(host).split(".", 1)[0]


@lru_cache(maxsize=8192)
def is_domain(host: str) -> bool:
    """Whether a word can be a host on the public Internet: it ends in a public suffix.

    >>> [is_domain(h) for h in ("cnn.com", "wp-config.php", "e.g", "Yahoo", "co.uk")]
    [True, False, False, False, False]
    """
    return _registered(host) is not None


def _registered(host: str) -> str | None:
    """The public suffix of a host and the label before it; None where either is missing."""
    name = _suffixes.privatesuffix(_readable(host))
    return name and ".".join(host.split(".")[-1 - name.count(".") :])


def _readable(host: str) -> str:
    """A host in Unicode, as far as it can be: IDNA writes `xn--…` for labels beyond ASCII.

    >>> _readable("xn--bcher-kva.example")
    'bücher.example'
    """
    if "xn--" not in host:
        return host
    try:
        readable = host.encode().decode("idna")
    except UnicodeError:
        return host
    return readable if readable.count(".") == host.count(".") else host


def is_opaque(host: str) -> bool:
    """Whether a host hides who publishes: a shortener, a feed proxy."""
    return host in _OPAQUE


def is_staging(host: str) -> bool:
    """Whether a host looks like one that a site is developed on, or hosted at, without a name.

    >>> is_staging("staging.example.com"), is_staging("news.example.com")
    (True, False)
    """
    return bool(_STAGING.search(host))


def passes_on(host: str) -> bool:
    """Whether an address on this host may lead to another: a redirector, an archive, a cache."""
    return host in _REDIRECTORS or host in _PASSING or host.endswith(".cdn.ampproject.org")


def cleaned(url: str) -> str | None:
    """An absolute http(s) URL without tracking, redirector and fragment; None if it is not one.

    >>> cleaned("https://www.google.com/url?q=https://a.example.org/x?utm_source%3Drss&sa=D")
    'https://a.example.org/x'
    >>> cleaned("https://medium.com/p/abc?source=rss----1"), cleaned("mailto:a@b.c")
    ('https://medium.com/p/abc', None)
    """
    return _cleaned(url.strip(), 3)


@lru_cache(maxsize=4096)
def _cleaned(url: str, hops: int) -> str | None:
    if url.startswith("//"):
        url = "https:" + url
    if len(url) > _LONGEST or not url[:8].lower().startswith(("http://", "https://")):
        return None
    try:
        if not _SAFE.fullmatch(url):
            url = safe_url_string(url)
        elif "?" not in url and "#" not in url and not url.endswith(_ENDINGS):
            host = host_at(url)
            if "." in host and not passes_on(host):  # most addresses: there is nothing to clean
                return url
        parts = urlsplit(url)
        host = host_of(url)
        if "." not in host and host != "localhost":
            return None
        target = _target(host, parts.path, parts.query)
        if target and hops:
            return _cleaned(target, hops - 1) or url
        if parts.query:
            url = _without_tracking(url, parts.query)
            parts = urlsplit(url)
    except ValueError:
        return None
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit((parts.scheme, parts.netloc, _without_amp(parts.path), parts.query, fragment))


def _without_tracking(url: str, query: str) -> str:
    drop = list(_TRACKING)
    if _FEED_MARK.search(query):
        pairs = parse_qsl(query)
        drop = [*drop, *(n for n, v in pairs if n in _FEED_NAMES and v.startswith(("rss", "feed")))]
    return url_query_cleaner(url, drop, remove=True, unique=False, keep_fragments=True)


def _without_amp(path: str) -> str:
    if path.endswith(_ENDINGS):
        return path.rstrip("/").removesuffix("amp")
    return path


def _target(host: str, path: str, query: str) -> str | None:
    """The address that a redirector, an archive or an AMP cache would lead to."""
    if host == "web.archive.org":
        archived = _ARCHIVE.match(path)
        if archived:
            return re.sub(r"^(https?:)/+", r"\1//", archived[1]) + (f"?{query}" if query else "")
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        cached = re.match(r"^/[a-z](/s)?/(.+)$", path)
        return f"http{'s' if cached[1] else ''}://{cached[2]}" if cached else None
    if host in _REDIRECTORS and (path.startswith(_REDIRECT_PATHS) or host == "t.umblr.com"):
        for name, value in parse_qsl(query):
            if name in _REDIRECTORS[host] and value.startswith(("http://", "https://")):
                return value
    if host in ("href.li", "anonym.to") and query.startswith("http"):
        return unquote(query)
    return None


def publisher_host(url: str) -> str:
    """The host that a cleaned URL names, without `www.`, `amp.`, `m.`, `feeds.`.

    >>> publisher_host("https://amp.cnn.com/x"), publisher_host("http://feeds.foxnews.com/~r/a")
    ('cnn.com', 'foxnews.com')
    """
    host = host_at(url) or host_of(url)
    for mark in (_AMP_HOST, _FEED_HOST):
        shorter = mark.sub("", host)
        if shorter != host and is_domain(shorter):
            host = shorter
    return host


@lru_cache(maxsize=2048)
def is_article(url: str) -> bool:
    """Whether a URL can be that of one article, and not of a front page, an author or a list.

    >>> [is_article("https://cnn.com" + p) for p in ("", "/", "/author/x/", "/?p=7", "/2024/a")]
    [False, False, False, True, True]
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if is_opaque(host_of(url)):
        return False
    if parts.query and _NUMBERED.search(parts.query):
        return True
    return not _LISTING.match(parts.path or "/")


def same_page(one: str, other: str) -> bool:
    """Whether two URLs differ only by scheme, `www.`, a final slash, a fragment or tracking."""
    return _page_key(one) == _page_key(other)


def _page_key(url: str) -> str:
    parts = urlsplit(_cleaned(url.strip(), 3) or "")
    return f"{host_of(url)}{unquote(parts.path).rstrip('/')}?{parts.query}"
