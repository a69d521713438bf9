"""A mirror of WordPress sites: every version of every post, and who published it first."""

__version__ = "0.1.0"
