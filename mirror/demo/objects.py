"""Rows as REST objects: `prepare_item_for_response` of the controllers, field for field."""

import html
import mimetypes
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mirror.demo.rows import Comment, Post, PostType, Taxonomy, Term, User

if TYPE_CHECKING:
    from mirror.demo.site import Site

Object = dict[str, Any]

# The avatar's address holds a hash of an e-mail address; nobody here has one.
AVATAR = "https://secure.gravatar.com/avatar/{hash:064x}?s={size}&d=mm&r=g"
CURIES = [{"name": "wp", "href": "https://api.w.org/{rel}", "templated": True}]
EXCERPT_WORDS = 55  # wp_trim_excerpt()


def permalink(site: "Site", row: Post) -> str:
    """Where the row's page is (`get_permalink`)."""
    if site.permalinks == "plain":
        query = {"post": "p", "page": "page_id", "attachment": "attachment_id"}.get(row.type)
        return f"{site.url}/?{query}={row.id}" if query else f"{site.url}/?{row.type}={row.slug}"
    root = f"{site.url}/index.php" if site.permalinks == "index" else site.url
    if row.type == "post":
        return f"{root}/{row.date[:4]}/{row.date[5:7]}/{row.slug}/"
    parent = site.posts.get(row.parent)
    if parent is not None and parent.id != row.id and row.type in ("page", "attachment"):
        return f"{permalink(site, parent)}{row.slug}/"
    if row.type in ("page", "attachment"):
        return f"{root}/{row.slug}/"
    return f"{root}/{site.types[row.type].rest_base}/{row.slug}/"


def post(site: "Site", row: Post) -> Object:
    """A post, page, attachment or custom type (posts and attachments controllers)."""
    made = _head(site, row)
    if row.type == "attachment":
        made |= _attachment(site, row)
    else:
        made |= _text(site, row)
        kind = site.types[row.type]
        made["meta"] = dict(row.meta) or []
        for taxonomy in kind.taxonomies:
            base = site.taxonomies[taxonomy].rest_base
            made[base] = [t for t in row.terms if site.terms[t].taxonomy == taxonomy]
    if site.version >= (6, 6):
        made["class_list"] = _classes(site, row)
    made |= row.more
    made["_links"] = _post_links(site, row)
    return made


def term(site: "Site", row: Term) -> Object:
    """A category, tag or other term (terms controller)."""
    taxonomy = site.taxonomies[row.taxonomy]
    collection = f"{site.rest_root}wp/v2/{taxonomy.rest_base}"
    return {
        "id": row.id,
        "count": count_of(site, row),
        "description": row.description,
        "link": f"{site.url}/{'tag' if row.taxonomy == 'post_tag' else row.taxonomy}/{row.slug}/",
        "name": row.name,
        "slug": row.slug,
        "taxonomy": row.taxonomy,
        **({"parent": row.parent} if taxonomy.hierarchical else {}),
        "meta": [],
        "_links": {
            "self": [{"href": f"{collection}/{row.id}"}],
            "collection": [{"href": collection}],
            "about": [{"href": f"{site.rest_root}wp/v2/taxonomies/{row.taxonomy}"}],
            "curies": CURIES,
        },
    }


def count_of(site: "Site", row: Term) -> int:
    """How many published posts have the term."""
    return sum(row.id in p.terms and p.status == "publish" for p in list(site.posts.values()))


def user(site: "Site", row: User) -> Object:
    """An author (users controller, context `view`)."""
    collection = f"{site.rest_root}wp/v2/users"
    return {
        "id": row.id,
        "name": row.name,
        "url": row.url,
        "description": row.description,
        "link": f"{site.url}/author/{row.slug}/",
        "slug": row.slug,
        "avatar_urls": _avatars(row.id),
        "meta": [],
        "_links": {
            "self": [{"href": f"{collection}/{row.id}"}],
            "collection": [{"href": collection}],
        },
    }


def comment(site: "Site", row: Comment) -> Object:
    """A comment (comments controller, context `view`)."""
    collection = f"{site.rest_root}wp/v2/comments"
    parent = site.posts.get(row.post)
    return {
        "id": row.id,
        "post": row.post,
        "parent": row.parent,
        "author": row.author,
        "author_name": row.author_name,
        "author_url": row.author_url,
        "date": row.date,
        "date_gmt": row.date_gmt,
        "content": {"rendered": f"<p>{site.absolute(row.content)}</p>\n"},
        "link": f"{permalink(site, parent) if parent else site.url}#comment-{row.id}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": _avatars(row.id + 1000),
        "meta": [],
        "_links": {
            "self": [{"href": f"{collection}/{row.id}"}],
            "collection": [{"href": collection}],
        },
    }


def post_type(site: "Site", row: PostType) -> Object:
    """An entry of `/wp/v2/types`."""
    made = {
        "description": "",
        "hierarchical": row.hierarchical,
        "has_archive": False,
        "name": row.name,
        "slug": row.slug,
        "taxonomies": list(row.taxonomies),
        "rest_base": row.rest_base,
    }
    if site.version >= (5, 9):
        made["rest_namespace"] = row.namespace
    return made | _about(site, "types", row.namespace, row.rest_base)


def taxonomy(site: "Site", row: Taxonomy) -> Object:
    """An entry of `/wp/v2/taxonomies`."""
    made = {
        "name": row.name,
        "slug": row.slug,
        "description": "",
        "types": list(row.types),
        "hierarchical": row.hierarchical,
        "rest_base": row.rest_base,
    }
    if site.version >= (5, 9):
        made["rest_namespace"] = row.namespace
    return made | _about(site, "taxonomies", row.namespace, row.rest_base)


def pick(made: Object, fields: Iterable[str]) -> Object:
    """An object with only some fields, `a.b` meaning a field of a field (`_fields`)."""
    kept: Object = {}
    for path in fields:
        source, target = made, kept
        *parents, last = path.strip().split(".")
        for name in parents:
            if not isinstance(source.get(name), dict):
                break
            source, target = source[name], target.setdefault(name, {})
        else:
            if last in source:
                target[last] = source[last]
    # In the object's own order, as WordPress leaves it.
    return {name: kept[name] for name in made if name in kept}


def plain(markup: str) -> str:
    """The words of a piece of HTML."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", " ", markup))).strip()


def _head(site: "Site", row: Post) -> Object:
    return {
        "id": row.id,
        "date": row.date,
        "date_gmt": row.date_gmt,
        "guid": {"rendered": site.absolute(row.guid)},
        "modified": row.modified,
        "modified_gmt": row.modified_gmt,
        "slug": row.slug,
        "status": row.status,
        "type": row.type,
        "link": permalink(site, row),
        "title": {"rendered": row.title},
    }


def _text(site: "Site", row: Post) -> Object:
    protected = bool(row.password)
    content = "" if protected else site.absolute(row.content)
    made: Object = {
        "content": {"rendered": content, "protected": protected},
        "excerpt": {"rendered": _excerpt(row.excerpt, content), "protected": protected},
        "author": row.author,
        "featured_media": row.featured_media,
    }
    if site.types[row.type].hierarchical:
        made |= {"parent": row.parent, "menu_order": 0}
    made |= {"comment_status": "open", "ping_status": "closed"}
    if row.type == "post":
        made |= {"sticky": row.sticky, "template": "", "format": "standard"}
    else:
        made["template"] = ""
    return made


def _excerpt(written: str, content: str) -> str:
    words = plain(content).split()
    text = written or html.escape(" ".join(words[:EXCERPT_WORDS]), quote=False)
    if not written and len(words) > EXCERPT_WORDS:
        text += " [&hellip;]"
    return f"<p>{text}</p>\n" if text else ""


def _attachment(site: "Site", row: Post) -> Object:
    kind = row.mime_type.partition("/")[0]
    source = f"{site.url}/wp-content/uploads/{row.file}"
    return {
        "author": row.author,
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "closed",
        "template": "",
        "meta": [],
        "description": {"rendered": f"<p><a href='{source}'>{row.title}</a></p>\n"},
        "caption": {"rendered": f"<p>{row.excerpt}</p>\n" if row.excerpt else ""},
        "alt_text": row.alt_text,
        "media_type": "image" if kind == "image" else "file",
        "mime_type": row.mime_type,
        "media_details": _details(site, row),
        "post": row.parent or None,
        "source_url": source,
    }  # fmt: skip


def _details(site: "Site", row: Post) -> Object:
    if not row.sizes:
        return {}
    folder = row.file.rpartition("/")[0]
    full = next(size for size in row.sizes if size.name == "full")
    made: Object = {"width": full.width, "height": full.height, "file": row.file}
    made["filesize"] = len(site.files.get(row.file, b""))
    made["sizes"] = {
        size.name: {
            "file": size.file,
            "width": size.width,
            "height": size.height,
            "mime_type": mimetypes.guess_type(size.file)[0],
            "source_url": f"{site.url}/wp-content/uploads/{folder}/{size.file}",
        }
        for size in row.sizes
    }
    made["image_meta"] = {"aperture": "0", "credit": "", "camera": "", "keywords": []}
    return made


def _classes(site: "Site", row: Post) -> list[str]:
    terms = [site.terms[t] for t in row.terms]
    names = [f"{'tag' if t.taxonomy == 'post_tag' else t.taxonomy}-{t.slug}" for t in terms]
    return [
        f"post-{row.id}", row.type, f"type-{row.type}", f"status-{row.status}", "hentry", *names
    ]  # fmt: skip


def _post_links(site: "Site", row: Post) -> Object:
    kind = site.types[row.type]
    core = f"{site.rest_root}wp/v2"
    collection = f"{site.rest_root}{kind.namespace}/{kind.rest_base}"
    own: Object = {"href": f"{collection}/{row.id}"}
    if site.version >= (6, 7):
        own["targetHints"] = {"allow": ["GET"]}
    links: Object = {
        "self": [own],
        "collection": [{"href": collection}],
        "about": [{"href": f"{core}/types/{row.type}"}],
        "author": [{"embeddable": True, "href": f"{core}/users/{row.author}"}],
    }
    if row.featured_media:
        media = f"{core}/media/{row.featured_media}"
        links["wp:featuredmedia"] = [{"embeddable": True, "href": media}]
    links["wp:attachment"] = [{"href": f"{core}/media?parent={row.id}"}]
    links["curies"] = CURIES
    return links


def _about(site: "Site", collection: str, namespace: str, base: str) -> Object:
    return {
        "_links": {
            "collection": [{"href": f"{site.rest_root}wp/v2/{collection}"}],
            "wp:items": [{"href": f"{site.rest_root}{namespace}/{base}"}],
            "curies": CURIES,
        }
    }


def _avatars(seed: int) -> Object:
    return {str(size): AVATAR.format(hash=seed * 7919, size=size) for size in (24, 48, 96)}


# The function that makes an object of a row, by the row's class.
MAKERS: dict[type, Callable[..., Object]] = {
    Post: post, Term: term, User: user, Comment: comment,
}  # fmt: skip
