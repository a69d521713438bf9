"""How often the same is asked again, before fewer rows are tried or it is given up."""

from mirror.wordpress.problems import Problem
from mirror.wordpress.windows import Window

MOST_AGAIN = 2
# Of one row alone: nothing smaller can be asked for, and what passes for a row that the server
# cannot send may be a server that fails each third request.
MOST_ALONE = 5
MOST_WAITS = 5


def repeats(window: Window, problem: Problem) -> int:
    """How often this request may be made again after this failure."""
    if problem.remedy == "final":
        return 0
    if problem.remedy == "wait":
        return MOST_WAITS
    if window.limit == 1:
        return MOST_ALONE
    return MOST_AGAIN if problem.remedy == "again" else 0
