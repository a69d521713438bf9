"""How many files and sockets this process may have open, and what it does side by side by that."""

import resource

# The interpreter, the database, its log and its index, the loop, the second core.
OWN = 40
# Of one site: connections for its pages, and for each media file being fetched a socket and a file.
PER_SITE = 40
PER_FILE = 3

# What a system allows beyond its default is meant for programs that ask for it: systemd's own
# advice (`man systemd.exec`, LimitNOFILE). More than this we would not use.
WANTED = 4096


def ask_for_more() -> None:
    """Raises our own limit as far as the system lets everybody, and as we can use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def sites_at_once(most: int) -> int:
    """How many sites may be crawled side by side, `most` at most: at least one.

    >>> 1 <= sites_at_once(50) <= 50
    True
    """
    return _by_room(PER_SITE, 1, most)


def files_at_once(most: int) -> int:
    """How many media files of a site may be fetched side by side: at least two."""
    return _by_room(PER_FILE, 2, most)


def _by_room(each: int, least: int, most: int) -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return most
    return max(least, min(most, (soft - OWN) // each))
