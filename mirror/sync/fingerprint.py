"""What of an object counts as its content, and a short name for it.

WordPress' answers vary from one request to the next although nothing was edited: links that count
revisions, numbers that depend on what else was rendered in the same response, `uniqid()` in
attributes, nonces of plugins. None of that may write a version. The raw object is stored as it was
sent; only comparing goes through here.
"""

import hashlib
import html
import json
import re
from typing import Any

import orjson

from mirror.items import JsonObject, Kind
from mirror.marks import Marks
from mirror.wordpress.literals import spelled

# Raised when the projection changes, so that rows fingerprinted by an older rule are compared by
# their stored objects rather than counted as edited.
RULE = "4"

# Top-level fields that vary or count by themselves. Sources: class-wp-rest-controller.php (links),
# get_post_class (class_list), and the plugins that register the field.
VOLATILE = frozenset({
    "_links", "_embedded", "class_list",
    "yoast_head", "yoast_head_json",  # Yoast SEO: site name, reading time
    "aioseo_head", "aioseo_head_json", "aioseo_notices",  # All in One SEO
    "rank_math_head",  # Rank Math
    "jetpack-related-posts", "jetpack_shortlink", "jetpack_likes_enabled",
    "jetpack_sharing_enabled", "jetpack_publicize_connections",  # Jetpack
    "avatar_urls", "author_avatar_urls",
    "views", "view_count", "post_views", "post_views_count", "pvc_views", "likes", "like_count",
    "comment_count", "comments_count", "reading_time", "_ajax_nonce", "nonce",
})  # fmt: skip
VOLATILE_BY_KIND: dict[Kind, frozenset[str]] = {
    "term": frozenset({"count"}),
    "comment": frozenset({"link"}),  # its post's address: one renamed post would edit them all
}

# The elements that core's shortcodes make: galleries, captions, players, playlists.
MADE = "div|figure|audio|video|style|script|noscript|dl|ul|ol"

# What differs in rendered HTML although nobody edited it: numbers that WordPress gives out within
# one request, `uniqid()` values, nonces. A marker that every match contains, and the pattern, whose
# first group is kept. Each pattern begins with its marker where it can, since the regular
# expression engine then searches for that text instead of trying every position. Empty lines come
# last: taking out what stands between two leaves some.
UNSTEADY = tuple(
    (marker, re.compile(pattern))
    for marker, pattern in (
        ("gallery-", r"(gallery-)\d+"),  # gallery_shortcode, media.php
        ("playlist-", r"(playlist-)\d+"),  # wp_playlist_shortcode, media.php
        ("audio-", r"(audio-\d+-)\d+"),  # wp_audio_shortcode, media.php
        ("video-", r"(video-\d+-)\d+"),  # wp_video_shortcode, media.php
        ("?_=", r"(\?_=)\d+"),  # both: the same number, at their file's address
        # img_caption_shortcode: nothing, or -2, -3 where a picture is shown again (since 6.9)
        ("attachment_", r"""(id=["']attachment_\d+)-\d+"""),
        ("caption-attachment-", r"(caption-attachment-\d+)-\d+"),
        ("wp-container-", r"(wp-container-)[\w-]+"),  # wp_unique_prefixed_id, block layouts
        ("wp-elements-", r"(wp-elements-)[0-9a-f]+"),  # block-supports/elements.php
        ("wp-duotone-", r"(wp-duotone-)[\w-]+"),  # block-supports/duotone.php
        ("wp-block-", r"(wp-block-(?:[a-z]++-){1,7}+)\d+"),  # wp_unique_id in core blocks
        ("unique-id-", r"(unique-id-)\d+"),  # wp_unique_id with a theme's prefix
        ("data-wp-context=", r"""(data-wp-context=)(?:"[^"]*"|'[^']*')"""),  # uniqid(), 6.7
        ("nonce=", r"""(nonce=)(?:"[^"]*"|'[^']*'|\w+)"""),  # wp_create_nonce
        ("data-uniqid=", r"""(data-uniqid=)(?:"[^"]*"|'[^']*')"""),
        # Paragraphs around what a shortcode made. `do_blocks` takes `wpautop` off for a post with
        # blocks and puts it back behind `shortcode_unautop` and `prepend_attachment`: so what comes
        # after such a post in the same reply is wrapped, and alone it is not (blocks.php).
        ("<p><", rf"()<p>(?=<(?:{MADE})[\s>])"),
        ("></p>", rf"(</(?:{MADE})>)</p>"),
        (">\n</p>", rf"(</(?:{MADE})>)\n</p>"),
    )
)
_MARKS = Marks({marker for marker, _ in UNSTEADY})
_EMPTY_LINES = re.compile(r"\n\n+")


# The fields whose HTML WordPress makes anew for each reply; the latter two are those of media.
RENDERED = ("content", "excerpt", "description", "caption")


def steady(markup: str) -> str:
    """The HTML with everything replaced that differs although nobody edited it."""
    present = _MARKS.present(markup.encode("utf-8", "replace"))
    for marker, pattern in UNSTEADY:
        if marker in present:
            markup = pattern.sub(r"\1", markup)
    return _EMPTY_LINES.sub("\n", markup)


def projection(kind: Kind, obj: JsonObject) -> dict[str, Any]:
    """The object without what is volatile: equal projections are equal objects."""
    left_out = VOLATILE | VOLATILE_BY_KIND[kind] if kind in VOLATILE_BY_KIND else VOLATILE
    kept = {key: value for key, value in obj.items() if key not in left_out}
    for key in RENDERED:
        value = kept.get(key)
        if isinstance(value, dict) and isinstance(value.get("rendered"), str):
            kept[key] = {**value, "rendered": steady(value["rendered"])}
    guid = kept.get("guid")
    if isinstance(guid, dict) and "&" in str(text := guid.get("rendered")):
        # Stored with `&` or `&#038;`, as the release and plugins had it (`wp_insert_post`).
        kept["guid"] = {**guid, "rendered": html.unescape(str(text))}
    for key, value in kept.items():
        if isinstance(value, list) and all(type(one) is int for one in value):
            # The ids of terms, in the order of the terms' names (`wp_get_object_terms`): a renamed
            # term would edit every post that has it.
            kept[key] = sorted(value)
    return kept


def fingerprint(kind: Kind, obj: JsonObject) -> str:
    """A short name of the object's content: the rule's number and 128 bits in hexadecimal."""
    kept = projection(kind, obj)
    try:
        text = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError):
        # Lone surrogates; or literals, which json.dumps would round: to it, 1e400 is 1e500.
        text = json.dumps(spelled(kept), sort_keys=True).encode()
    return f"{RULE}:{hashlib.blake2b(text, digest_size=16).hexdigest()}"


def changed_fields(kind: Kind, before: JsonObject, after: JsonObject) -> tuple[str, ...]:
    """The top-level fields in which two readings of an object differ, sorted."""
    old, new = projection(kind, before), projection(kind, after)
    missing = object()
    keys = old.keys() | new.keys()
    return tuple(sorted(k for k in keys if old.get(k, missing) != new.get(k, missing)))
