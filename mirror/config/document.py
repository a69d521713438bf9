"""What `mirror init` writes and docs/settings.md says, made from the settings' definition."""

import textwrap

from mirror.config.settings import TABLES, Setting, settings_of, variable

WIDTH = 88


def commented_file(urls: tuple[str, ...] = ()) -> str:
    """A config file that explains itself: every key with what it does, at its default."""
    parts = ["# What `mirror` mirrors, how often, and where it keeps it.\n"
             "# A key behind a # is at its default; docs/settings.md tells more.\n"]  # fmt: skip
    for name, (table, text) in TABLES.items():
        if name == "site":
            continue
        parts.append(f"\n# {text}\n[{name}]\n")
        parts += [_commented(key, setting) for key, setting in settings_of(table).items()]
    for url in urls or ("",):
        parts.append(_site(url))
    return "".join(parts)


def _site(url: str) -> str:
    """A site's table; where there is none yet, all of it is a comment."""
    table, text = TABLES["site"]
    lines = [f"\n# {text}\n", "[[site]]\n" if url else "# [[site]]\n"]
    for key, setting in settings_of(table).items():
        if key == "url" and url:
            lines.append(f'url = "{url}"\n')
        else:
            lines.append(_commented(key, setting))
    return "".join(lines)


def _commented(key: str, setting: Setting) -> str:
    default = "" if setting.required else f" Default: {setting.default.replace('`', '')}."
    text = textwrap.wrap(setting.text + default, WIDTH)
    return "".join(f"# {line}\n" for line in text) + f"# {key} = {setting.example}\n"


def settings_page() -> str:
    """docs/settings.md."""
    parts = [
        "# Settings: `mirror.toml`\n\n"
        "<!-- Made from mirror/config/settings.py by `python -m mirror.config.document`. -->\n\n"
        "`mirror init` writes this file with every key explained. `mirror` finds it by `--config`, "
        "else by the\nenvironment variable `MIRROR_CONFIG`, else as `mirror.toml` in the current "
        "folder. Without a file everything\nis at its default, and `mirror crawl URL` mirrors a "
        "site. Relative paths are relative to the file.\n\n"
        "What is wrong with the file is said all at once, each error with its line, and exits "
        "with 2.\n"
    ]
    for name, (table, text) in TABLES.items():
        heading = "[[site]]" if name == "site" else f"[{name}]"
        parts.append(f"\n## `{heading}`\n\n{text}\n\n")
        parts += [_entry(name, key, setting) for key, setting in settings_of(table).items()]
    return "".join(parts)


def _entry(table: str, key: str, setting: Setting) -> str:
    lines = [
        f"### `{key}`\n",
        f"{setting.text}\n",
        f"- Takes {setting.kind.expected}.",
        "- Must be given." if setting.required else f"- Default: {_code(setting.default)}.",
        f"- Example: `{key} = {setting.example}`",
    ]
    if table == "mirror":
        lines.append(f"- Environment: `{variable(key)}`")
    return "\n".join(lines) + "\n\n"


def _code(default: str) -> str:
    literal = default.startswith('"') or default in ("true", "false")
    return f"`{default}`" if literal else default


if __name__ == "__main__":
    print(settings_page(), end="")
