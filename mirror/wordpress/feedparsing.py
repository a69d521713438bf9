"""feedparser, without what takes a time that grows with the square of what a site sends."""

import io
from typing import Any

import feedparser  # type: ignore[import-untyped]
from feedparser.mixin import _FeedParserMixin  # type: ignore[import-untyped]

MOST_CATEGORIES = 500  # of an entry; each is compared with all before it
LONGEST_AUTHOR = 200  # in which an e-mail address is looked for, from each character on

_add_tag = _FeedParserMixin._add_tag
_sync_author_detail = _FeedParserMixin._sync_author_detail


def _add_few(self: Any, *tag: Any) -> None:
    if len(dict.get(self._get_context(), "tags") or ()) < MOST_CATEGORIES:
        _add_tag(self, *tag)


def _sync_short(self: Any, key: str = "author") -> None:
    if len(dict.get(self._get_context(), key) or "") <= LONGEST_AUTHOR:
        _sync_author_detail(self, key)


_FeedParserMixin._add_tag = _add_few
_FeedParserMixin._sync_author_detail = _sync_short


def parse(body: bytes) -> Any:
    """What feedparser reads. The texts are as they came: a mirror neither cleans nor completes."""
    return feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
