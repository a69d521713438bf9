"""For `scrapyd-deploy`, which calls this file; everything is said in pyproject.toml."""

from setuptools import setup

setup()
