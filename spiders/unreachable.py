"""Why there is no reply, in words that a user can act on."""

import re

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
)
_TLS = re.compile(r"\('SSL routines', '[^']*', '([^']+)'\)")
_FAILURE = re.compile(r"<twisted\.python\.failure\.Failure [\w.]+: (.+?)>(?:\]|, <|$)", re.DOTALL)


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
