"""What the tables of a WordPress hold: rows, before the REST API makes objects of them.

Texts may hold `{home}`, which stands for the site's address. Times are `YYYY-MM-DDTHH:MM:SS`, as
the REST API shows them: in the site's own time without suffix, in UTC where a name ends in `_gmt`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PostType:
    """A registered post type (`register_post_type`).

    `refusal` is the code and message with which its controller meets anonymous readers. `hidden`
    types list rows, and count them, but show none (core: `wp_block`).
    """

    slug: str
    name: str
    rest_base: str
    namespace: str = "wp/v2"
    hierarchical: bool = False
    taxonomies: tuple[str, ...] = ()
    refusal: tuple[str, str] | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """A registered taxonomy (`register_taxonomy`)."""

    slug: str
    name: str
    rest_base: str
    types: tuple[str, ...]
    namespace: str = "wp/v2"
    hierarchical: bool = False
    refusal: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One file of an image: `name` is `thumbnail`, `medium`, ...; `full` is the image itself."""

    name: str
    file: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A row of `wp_posts`: a post, a page, an attachment, or one of a custom type.

    `file` and what follows it belong to attachments. `more` are the fields that plugins add to the
    REST object (`yoast_head_json`, ...).
    """

    id: int
    type: str
    date: str
    date_gmt: str
    modified: str
    modified_gmt: str
    guid: str
    slug: str
    status: str = "publish"
    title: str = ""
    content: str = ""
    excerpt: str = ""
    author: int = 1
    parent: int = 0
    featured_media: int = 0
    terms: tuple[int, ...] = ()
    password: str = ""
    sticky: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    mime_type: str = ""
    alt_text: str = ""
    sizes: tuple[Size, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A row of `wp_terms`, with its taxonomy."""

    id: int
    taxonomy: str
    name: str
    slug: str
    description: str = ""
    parent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A row of `wp_users`, less what REST does not show."""

    id: int
    name: str
    slug: str
    description: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A row of `wp_comments`. `author` is a user's id, 0 for a guest."""

    id: int
    post: int
    date: str
    date_gmt: str
    author_name: str
    content: str
    parent: int = 0
    author: int = 0
    author_url: str = ""
    approved: bool = True


# Core's own types and taxonomies, in its order (wp-includes/post.php, taxonomy.php). Most refuse
# anonymous readers; a mirror meets them in `/types` on every real site.
TYPES = (
    PostType(slug="post", name="Posts", rest_base="posts", taxonomies=("category", "post_tag")),
    PostType(slug="page", name="Pages", rest_base="pages", hierarchical=True),
    PostType(slug="attachment", name="Media", rest_base="media"),
    PostType(
        slug="nav_menu_item",
        name="Navigation Menu Items",
        rest_base="menu-items",
        taxonomies=("nav_menu",),
        refusal=("rest_cannot_view", "Sorry, you are not allowed to view menu items."),
    ),
    PostType(slug="wp_block", name="Patterns", rest_base="blocks", hidden=True),
    PostType(
        slug="wp_template",
        name="Templates",
        rest_base="templates",
        refusal=(
            "rest_cannot_manage_templates",
            "Sorry, you are not allowed to access the templates on this site.",
        ),
    ),
    PostType(
        slug="wp_font_family",
        name="Font Families",
        rest_base="font-families",
        refusal=("rest_cannot_read", "Sorry, you are not allowed to access font families."),
    ),
    PostType(
        slug="wp_font_face",
        name="Font Faces",
        rest_base="font-families/(?P<font_family_id>[\\d]+)/font-faces",
        refusal=("rest_cannot_read", "Sorry, you are not allowed to access font faces."),
    ),
)
TAXONOMIES = (
    Taxonomy(
        slug="category", name="Categories", rest_base="categories", types=("post",),
        hierarchical=True,
    ),
    Taxonomy(slug="post_tag", name="Tags", rest_base="tags", types=("post",)),
    Taxonomy(
        slug="nav_menu",
        name="Navigation Menus",
        rest_base="menus",
        types=("nav_menu_item",),
        refusal=("rest_cannot_view", "Sorry, you are not allowed to view terms in this taxonomy."),
    ),
)  # fmt: skip
