"""Scrapy's settings for this project. Whoever runs `scrapy` in a checkout gets the same crawler.

Every setting that differs from Scrapy's default says why.
"""

from typing import Any

from scrapy.settings import default_settings

from mirror import __version__, project

project.find()

BOT_NAME = "mirror"
# By name: the others in the folder have no spider, and load what only some crawls need.
SPIDER_MODULES = ["spiders.wordpress", "spiders.preflight"]
NEWSPIDER_MODULE = "spiders"

# Who we are. A contact from mirror.toml is added to it.
ROBOTSTXT_USER_AGENT = "syndication-mirror"
USER_AGENT = f"{ROBOTSTXT_USER_AGENT}/{__version__}"
DEFAULT_REQUEST_HEADERS = {
    # Makes PHP's fatal errors come as JSON (wp-includes/class-wp-fatal-error-handler.php).
    "Accept": "application/json, text/html;q=0.5",
    "Accept-Language": "en",
}

# Polite: robots.txt for REST paths too, a gentle rate that follows the site's own speed.
ROBOTSTXT_OBEY = True
ROBOTSTXT_PARSER = "spiders.robots.Parser"
CONCURRENT_REQUESTS_PER_DOMAIN = 4
CONCURRENT_REQUESTS = 16
DOWNLOAD_DELAY = 0.5
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 30
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0

# Bounded: a reply that is larger or slower counts as a failure of its window.
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0

# Only the web: file:, ftp:, s3: and data: are on by default, and a hostile link would reach them.
# Of the web, with a bound for the heads of replies, which Scrapy bounds by time alone.
DOWNLOAD_HANDLERS: dict[str, Any] = {
    "data": None, "file": None, "ftp": None, "s3": None,
    "http": "spiders.heads.Handler", "https": "spiders.heads.Handler",
}  # fmt: skip

# Ours, because WordPress needs them decided by what a reply means: the walk retries and shrinks,
# and redirects never lead away from the origin that was pinned.
RETRY_ENABLED = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
# Scrapy believes anybody; a password, and what is kept for years, are not to be had by who stands
# between us and a site. SSL_CERT_FILE names further authorities.
DOWNLOAD_VERIFY_CERTIFICATES = True

COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
# Scrapy 2.19 would listen on loopback for Python to run inside the crawl.
REMOTE_CONTROL_ENABLED = False

# Dedupe, then judge, then keep: see pipelines/.
ITEM_PIPELINES = {
    "pipelines.dedupe.DedupePipeline": 100,
    "pipelines.attribution.AttributionPipeline": 200,
    "pipelines.media.MediaPipeline": 300,
    "pipelines.store.StorePipeline": 900,
}
LOG_FORMATTER = "pipelines.unlogged.Unlogged"
EXTENSIONS: dict[str, Any] = {"spiders.robots.Shortener": 0, "spiders.closing.Closer": 0}

# What is switched off above, or tells nobody anything here. Scrapy would load it all the same, even
# where it stands with None: two HTTP clients, an SSH library, 20 MB and a fourth of a second.
_UNUSED = (
    ".CookiesMiddleware", ".RemoteControl", ".TelnetConsole", ".LogStats", ".MemoryUsage",
    ".MemoryDebugger",
)  # fmt: skip


def _used(components: dict[str, int]) -> dict[str, int]:
    return {name: order for name, order in components.items() if not name.endswith(_UNUSED)}


DOWNLOADER_MIDDLEWARES_BASE = _used(default_settings.DOWNLOADER_MIDDLEWARES_BASE)
EXTENSIONS_BASE = _used(default_settings.EXTENSIONS_BASE)

# Where files go: a folder, beside the database unless it is absolute, or s3://bucket/prefix.
MIRROR_MEDIA = "media"

# `scrapy crawl wordpress -O posts.jsonl`: the object as it was sent, and where it came from.
FEED_EXPORTERS = {
    "json": "pipelines.feeds.Json",
    "jsonlines": "pipelines.feeds.JsonLines",
    "jsonl": "pipelines.feeds.JsonLines",
    "jl": "pipelines.feeds.JsonLines",
    "csv": "pipelines.feeds.Csv",
    "xml": "pipelines.feeds.Xml",
}
FEED_EXPORT_FIELDS = ["collection", "wp_id", "read_at", "object", "attribution"]
LOG_LEVEL = "INFO"
