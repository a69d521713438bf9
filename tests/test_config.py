"""The config file: what it may say, what is said when it is wrong, and its own documents."""

import contextlib
import os
import textwrap
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror.config import Config, Site, Telling, load
from mirror.config.document import commented_file, settings_page
from mirror.config.settings import TABLES, settings_of
from mirror.config.write import add_sites, remove_site
from mirror.errors import ConfigError
from mirror.urls import site_key

ROOT = Path(__file__).parent.parent

WHOLE = """
[mirror]
db = "store/mirror.db"
media = "s3://bucket/prefix"
contact = "mailto:ops@example.org"

[[site]]
url = "https://example.com"
every = "6h"
media = false
comments = true
only = ["posts", "pages"]
delay = 2

[[site]]
url = "https://example.org/blog/"
every = "auto"
"""


def read(folder: Path, text: str, **environment: str) -> Config:
    path = folder / "mirror.toml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return load(path, environment)


def test_a_whole_file(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    assert config.path == tmp_path / "mirror.toml"
    assert config.db == tmp_path / "store" / "mirror.db"
    assert config.media == "s3://bucket/prefix"
    assert config.sites == (
        Site(
            url="https://example.com",
            every=timedelta(hours=6),
            media=False,
            comments=True,
            only=("posts", "pages"),
            delay=2.0,
        ),
        Site(url="https://example.org/blog/", every="auto"),
    )


def test_an_empty_file_is_at_its_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert (config.db, config.media) == (tmp_path / "mirror.db", None)
    assert config.sites == ()


def test_paths_of_the_environment_are_relative_to_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    config = read(tmp_path, WHOLE, MIRROR_DB="my.db", MIRROR_CONTACT="https://example.org/bot")
    assert config.db == Path("/my.db")
    assert config.contact == "https://example.org/bot"
    assert read(tmp_path, WHOLE, MIRROR_CONTACT="").contact == "mailto:ops@example.org"


# (the file, the line and key it names, what it says).
BROKEN = [
    ("[mirror]\ndb = 5", "2: mirror.db", "5 is wrong, expected the path of a file"),
    ('[mirror]\ndb = ""', "2: mirror.db", "expected the path of a file"),
    ('[mirror]\nbd = "x"', "2: mirror.bd", 'unknown key; did you mean "db"?'),
    ("[mirror]\nxyzzy = 1", "2: mirror.xyzzy", "unknown key; known are db, media"),
    ('[mirror]\ncontact = "ops@example.org"', "2: mirror.contact", '"mailto:ops@example.org"?'),
    ('[mirror]\ncontact = "call me"', "2: mirror.contact", 'expected a "mailto:…"'),
    ('[mirror]\ncontact = "mailto:a@b.de\\r\\nX: y"', "2: mirror.contact", "is wrong"),
    ('[mirror]\nuser_agent = "a\\nb"', "2: mirror.user_agent", "a text on one line"),
    ('[mirror]\nevery = "6h"', "2: mirror.every", "it belongs below [[site]]"),
    ("mirror = 3", "1: mirror", "expected a table, [mirror]"),
    ('db = "x.db"', "1: db", "stands in no table; it belongs below [mirror]"),
    ("[mirrors]", "1: mirrors", 'unknown table; did you mean "mirror"?'),
    ('[[sites]]\nurl = "https://a.de"', "1: sites", "did you mean [[site]]?"),
    ("[elsewhere]", "1: elsewhere", "known are [mirror], [telling] and [[site]]"),
    ('[site]\nurl = "https://a.de"', "1: site", "expected [[site]] with two brackets"),
    ("[[site]]", "1: site (site 1)", "url is missing"),
    ("[[site]]\nurl = 3", "2: site.url (site 1)", "the address of a site"),
    ('[[site]]\nurl = "example.com"', "2: site.url", 'did you mean "https://example.com"?'),
    ('[[site]]\nurl = "ftp://a.de"', "2: site.url", "only http and https"),
    ('[[site]]\nurl = "https://u:p@a.de"', "2: site.url", "no user or password"),
    ('[[site]]\nurl = "https://[a"', "2: site.url", "the address of a site"),
    ('[[site]]\nurl = "https://a.de"\nevery = 6', "3: site.every", 'such as "6h"'),
    ('[[site]]\nurl = "https://a.de"\nevery = "6 hours"', "3: site.every", 'mean "6h"?'),
    ('[[site]]\nurl = "https://a.de"\nevery = "10s"', "3: site.every", "from 1m to 52w"),
    ('[[site]]\nurl = "https://a.de"\nevry = "6h"', "3: site.evry", 'did you mean "every"?'),
    ('[[site]]\nurl = "https://a.de"\nmedia = "yes"', "3: site.media", "expected true or false"),
    ('[[site]]\nurl = "https://a.de"\nmedia = "true"', "3: site.media", "true without quotes"),
    ('[[site]]\nurl = "https://a.de"\nonly = "posts,pages"', "3: site.only",
     'did you mean ["posts", "pages"]?'),
    ('[[site]]\nurl = "https://a.de"\nonly = [1]', "3: site.only", 'such as ["posts", "pages"]'),
    ('[[site]]\nurl = "https://a.de"\nonly = []', "3: site.only", "is wrong"),
    ('[[site]]\nurl = "https://a.de"\ndelay = "2"', "3: site.delay", "write 2 without quotes"),
    ('[[site]]\nurl = "https://a.de"\ndelay = -1', "3: site.delay", "from 0 to 3600"),
    ('[[site]]\nurl = "https://a.de"\ndelay = nan', "3: site.delay", "a number"),
    ('[[site]]\nurl = "https://a.de"\ndelay = true', "3: site.delay", "a number"),
    ('[[site]]\nurl = "https://a.de"\n\n[[site]]\nurl = "http://www.a.de/"', "5: site.url (site 2)",
     "is there already: "),
    ('[[site]]\nurl = "https://a.de"\ncredentials = "bob:hunter2"', "3: site.credentials",
     "what stands there is wrong, expected \"env:NAME\""),
    ('[telling]\non_finish = "notify me"', "2: telling.on_finish", 'mean ["notify", "me"]?'),
    ('[telling]\non_problem = "ftp://a"', "2: telling.on_problem", "https://"),
    ('[telling]\ndisk_free = "1 gb"', "2: telling.disk_free", 'did you mean "1GB"?'),
    ('[telling]\ndisk_free = 1', "2: telling.disk_free", 'such as "500MB"'),
    ("[telling]\nfailing_runs = 2.5", "2: telling.failing_runs", "a whole number from 1"),
    ('[telling]\ntimeout = "1h"', "2: telling.timeout", "from 1s to 10m"),
    ('# of ours\n\n[[site]]\nurl = """\\\n  https://a.de"""\nonly = [\n  "posts",\n  3,\n]\n',
     "6: site.only", "[\'posts\', 3] is wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "says"), BROKEN)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str, where: str, says: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, text)
    assert str(wrong.value).startswith(f"{tmp_path}/mirror.toml:{where}")
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = """
        [mirror]
        db = 1
        mdia = "media"

        [[site]]
        url = "https://a.de"
        every = "soon"

        [[site]]
        every = "6h"
    """
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, text, MIRROR_CONTACT="nobody")
    lines = str(wrong.value).splitlines()
    assert [line.split(": ")[0].rsplit(":")[-1] for line in lines] == [
        "3", "4", "environment", "8", "10",
    ]  # fmt: skip
    assert "MIRROR_CONTACT" in lines[2]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[mirror\n", "not TOML"),
        (b'[mirror]\ndb = "a"\ndb = "b"\n', "not TOML"),
        (b'[mirror]\ndb = "\xff"\n', "mirror.toml:2: not UTF-8"),
        (b"a = " + b"[" * 5000, "not TOML"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "mirror.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        load(path, {})


def test_a_byte_order_mark_and_other_line_ends_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "mirror.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert len(load(path, {}).sites) == 2


@given(
    st.dictionaries(
        st.sampled_from(["mirror", "site", "db", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from([*settings_of(Site), *settings_of(Config), "x"]),
                    inner,
                    max_size=3,
                )
            ),
            max_leaves=6,
        ),
    )
)
def test_no_document_does_anything_but_load_or_raise(document: dict[str, object]) -> None:
    from mirror.config.load import build

    with contextlib.suppress(ConfigError):
        build(document, None, Path("/tmp"), {})


def test_adding_and_removing_keeps_comments_and_order(tmp_path: Path) -> None:
    path = tmp_path / "mirror.toml"
    path.write_text(
        '# Ours.\n[mirror]\ncontact = "mailto:a@b.de"  # who\n\n'
        '# The first.\n[[site]]\nurl = "https://one.de"  # one\nevery = "6h"\n'
    )
    path.chmod(0o600)
    before = path.read_text()
    add_sites(path, [{"url": "https://two.de", "only": ["posts"]}])
    added = path.read_text()
    assert added.startswith(before)
    assert [site.url for site in load(path, {}).sites] == ["https://one.de", "https://two.de"]
    assert path.stat().st_mode & 0o777 == 0o600
    remove_site(path, 1)
    assert path.read_text().strip() == before.strip()
    remove_site(path, 0)
    assert "# Ours." in path.read_text()
    assert load(path, {}).sites == ()
    assert os.listdir(tmp_path) == ["mirror.toml"]


def test_adding_to_nothing_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mirror.toml"
    add_sites(path, [{"url": "https://one.de"}, {"url": "https://two.de"}])
    add_sites(path, [{"url": "https://three.de"}])
    assert len(load(path, {}).sites) == 3


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "etc" / "mirror.toml"
    real.parent.mkdir()
    real.write_text("")
    link = tmp_path / "mirror.toml"
    link.symlink_to(real)
    add_sites(link, [{"url": "https://one.de"}])
    assert link.is_symlink()
    assert len(load(real, {}).sites) == 1


@pytest.mark.parametrize("urls", [(), ("https://one.de", "https://two.de")])
def test_init_writes_a_file_that_is_at_its_defaults(tmp_path: Path, urls: tuple[str, ...]) -> None:
    config = read(tmp_path, commented_file(urls))
    assert config == Config(
        path=tmp_path / "mirror.toml",
        db=tmp_path / "mirror.db",
        sites=tuple(Site(url=url) for url in urls),
    )


def test_every_example_of_init_is_right_when_its_comment_mark_is_taken_away(
    tmp_path: Path,
) -> None:
    lines = commented_file().splitlines()
    bare = [line.removeprefix("# ") if line.startswith(("# [[", *KEYS)) else line for line in lines]
    config = read(tmp_path, "\n".join(bare))
    assert config.sites[0].every == timedelta(hours=6)
    assert config.contact == "mailto:ops@example.org"
    parsed = tomllib.loads("\n".join(bare))
    assert set(parsed["mirror"]) == set(settings_of(Config))
    assert set(parsed["telling"]) == set(settings_of(Telling))
    assert set(parsed["site"][0]) == set(settings_of(Site))


KEYS = tuple(f"# {key} = " for table, _ in TABLES.values() for key in settings_of(table))


def test_the_page_of_settings_is_the_one_that_the_definition_makes() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run: python -m mirror.config.document > docs/settings.md"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.de", "http://www.A.de/", True),
        ("https://a.de/blog", "https://a.de/Blog", False),
        ("https://a.de:8080", "https://a.de", False),
    ],
)
def test_which_addresses_are_of_one_site(one: str, other: str, same: bool) -> None:
    assert (site_key(one) == site_key(other)) is same


def test_a_password_is_never_repeated_and_its_file_lies_beside_the_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, '[[site]]\nurl = "https://a.de"\ncredentials = "bob:hunter2"')
    assert "hunter2" not in str(wrong.value)
    assert str(wrong.value).startswith(f"{tmp_path}/mirror.toml:3: site.credentials")
    (site,) = read(tmp_path, '[[site]]\nurl = "https://a.de"\ncredentials = "file:pw"').sites
    assert site.credentials == f"file:{tmp_path}/pw"
    (site,) = read(tmp_path, '[[site]]\nurl = "https://a.de"\ncredentials = "env:A_PW"').sites
    assert site.credentials == "env:A_PW"
