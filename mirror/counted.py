"""So many of something, in words: one of them is no several."""


def counted(number: int, things: str) -> str:
    """`things` is the plural, made with an s.

    >>> [counted(n, "failures") for n in (0, 1, 1204)]
    ['0 failures', '1 failure', '1,204 failures']
    """
    return f"{number:,} {things.removesuffix('s') if number == 1 else things}"
