"""What this machine refuses, in words that say what to do about it."""

import errno

_ADVICE = {
    errno.ENOSPC: "the disk is full; what was written before is safe: free some room and run again",
    errno.EDQUOT: "the disk quota is used up; what was written before is safe: free some room and "
    "run again",
    errno.EROFS: "its file system is read-only: mount it to be written, or name another place",
    errno.EACCES: "permission denied: check the owner and the permissions of it and of its folder",
    errno.EPERM: "not permitted: check the owner and the permissions of it and of its folder",
    errno.EIO: "the disk failed; what was written before is safe: look at the system's log "
    "(`dmesg`), then run again",
    errno.EFBIG: "it may not grow larger: raise the limit of this account (`ulimit -f unlimited`) "
    "or name a file system that takes large files",
    errno.EMFILE: "too many files are open at once: raise the limit (`ulimit -n 1024`), or mirror "
    "fewer sites in one run",
    errno.ENFILE: "the whole system has too many files open at once: end other programs, and run "
    "again",
    errno.ENOMEM: "the machine is out of memory: end other programs, and run again",
}


def is_refusal(error: OSError) -> bool:
    """Whether the machine is to blame, and no bug."""
    return error.errno in _ADVICE


def is_exhausted(error: BaseException) -> bool:
    """Whether a connection could not be made for want of something here, not there."""
    number = getattr(error, "errno", None)
    return number in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS)


def advice(error: OSError) -> str:
    """What was refused, and what to do.

    >>> advice(OSError(errno.EROFS, "Read-only file system"))
    'its file system is read-only: mount it to be written, or name another place'
    >>> advice(OSError(errno.EISDIR, "Is a directory"))
    'Is a directory'
    """
    return _ADVICE.get(error.errno or 0) or error.strerror or str(error)
