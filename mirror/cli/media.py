"""The media files of the mirror that a command is about."""

from mirror.cli.options import Invocation
from mirror.media.folder import Store, store_at


def media_store(invocation: Invocation) -> Store:
    """Where they are kept. Raises ConfigError for an S3 address that cannot be used."""
    return store_at(invocation.media(), beside=invocation.db_path().parent)
