"""Makes `spiders` and `pipelines` importable under these names, wherever the project is.

In a checkout they stand beside this package; in a wheel, in `mirror/_project`. Called first thing
in `mirror.settings`, which every way into Scrapy loads before it looks for spiders.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def find() -> None:
    """Puts the folder that holds `spiders` and `pipelines` first on `sys.path`, once."""
    installed = HERE / "_project"
    root = str(installed if installed.is_dir() else HERE.parent)
    if root not in sys.path[:1]:
        sys.path.insert(0, root)
