"""Makes `spiders` and `pipelines` importable under these names, wherever the project is.

In a checkout they stand beside this package; in a wheel, in `mirror/_project`; there too in an egg,
as scrapyd takes it, inside a zip file. Called first thing in `mirror.settings`, which every way
into Scrapy loads before it looks for spiders.
"""

import sys
from importlib import resources
from pathlib import Path

HERE = Path(__file__).resolve().parent


def find() -> None:
    """Puts the folder that holds `spiders` and `pipelines` first on `sys.path`, once."""
    installed = resources.files(__package__).joinpath("_project").is_dir()
    root = str(HERE / "_project" if installed else HERE.parent)
    if root not in sys.path[:1]:
        sys.path.insert(0, root)
