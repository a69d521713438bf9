"""What a file is called: by the SHA-256 of its bytes, never by what upstream calls it."""

import re
from pathlib import PurePosixPath

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_PATH = re.compile(r"([0-9a-f]{2})/([0-9a-f]{62})\.[a-z0-9]{1,8}", re.ASCII)


def path_of(sha256: str, extension: str) -> str:
    """Where a file lies below the media folder. Raises ValueError for what is no hash.

    >>> path_of("ab" + "0" * 62, "jpg")[:8], path_of("ab" + "0" * 62, "../x")[-4:]
    ('ab/00000', '.bin')
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    suffix = extension if _EXTENSION.fullmatch(extension) else "bin"
    return f"{sha256[:2]}/{sha256[2:]}.{suffix}"


def sha256_of(path: str) -> str | None:
    """The hash that a path below the media folder stands for; None if it is not one of ours.

    >>> sha256_of("notes.txt") is None, sha256_of(path_of("ab" + "0" * 62, "jpg"))[:4]
    (True, 'ab00')
    """
    found = _PATH.fullmatch(PurePosixPath(path).as_posix())
    return found[1] + found[2] if found else None
