"""`mirror.toml`: what may stand in it, reading it, writing it, and its documentation."""

from mirror.config.load import load
from mirror.config.settings import Config, Site, Telling

__all__ = ["Config", "Site", "Telling", "load"]
