"""Why there is no reply, in words that a user can act on."""

import re
import traceback

# What Twisted says → what it means. OpenSSL gives no more than the first of these for a certificate
# that is self-signed, expired, or of an authority that this machine does not know.
_MEANINGS = (
    (
        re.compile(r"certificate verify failed"),
        "its certificate is not to be trusted: self-signed, expired, or of an authority that this "
        "machine does not know (SSL_CERT_FILE names a file of further ones)",
    ),
    (re.compile(r"service_identity|VerificationError"), "its certificate is of another host"),
    (re.compile(r"wrong version number"), "what answers at this port speaks no TLS"),
    (re.compile(r"no results for hostname lookup"), "there is no such host: is its name right?"),
    (
        re.compile(r"Connection was refused by other side"),
        "it refuses the connection: is the port right, and is the site up?",
    ),
)
_TLS = re.compile(r"\('SSL routines', '[^']*', '([^']+)'\)")
_FAILURE = re.compile(r"<twisted\.python\.failure\.Failure [\w.]+: (.+?)>(?:\]|, <|$)", re.DOTALL)


def let_go(error: BaseException) -> None:
    """Frees what the functions that an error came through had in hand.

    Scrapy gives up a bomb with 64 MB of it unpacked: held by the error's traceback, several of them
    would pile up until the garbage is collected.
    """
    held: BaseException | None = error
    while held is not None:
        traceback.clear_frames(held.__traceback__)
        held = held.__cause__ or held.__context__


def in_words(error: Exception) -> str:
    """What Scrapy's downloader raised, on one line.

    >>> in_words(ValueError("[<twisted.python.failure.Failure a.ConnectionLost: It is lost.>]"))
    'It is lost.'
    """
    text = str(error)
    for pattern, meaning in _MEANINGS:
        if pattern.search(text):
            return meaning
    if found := _TLS.search(text):
        return f"TLS failed: {found[1]}"
    if found := _FAILURE.search(text):
        text = found[1]
    lines = text.strip().splitlines()
    return (lines[0] if lines else "") or type(error).__name__
