"""From the strength of the evidence to a confidence that means what it says.

Rules state what a piece is worth alone, and the combination adds up as if families never erred
together; neither was ever measured. The table below was: of posts whose evidence added up to so
much, so many were right (`mirror.attribution.reliability` measures, `docs/attribution.md` shows).
"""

from bisect import bisect_right

# (strength, confidence), both rising; between them a straight line. Measured on the labelled posts
# and on the same posts with one family of evidence taken away, which is how a site looks whose
# plugin says less. 0.50: no post so weak was labelled; the line is drawn on from the next two.
# Below it nothing is claimed, and the number is the strength as it is.
CURVE = (
    (0.50, 0.70),
    (0.55, 0.74),
    (0.70, 0.87),
    (0.85, 0.955),
    (0.91, 0.97),
    (0.97, 0.988),
    (0.99, 0.99),
)
_STRENGTHS = [strength for strength, _ in CURVE]


def calibrated(strength: float) -> float:
    """The confidence that evidence of a strength deserves; itself below the first point.

    >>> [round(calibrated(strength), 3) for strength in (0.3, 0.5, 0.625, 0.97, 1.0)]
    [0.3, 0.7, 0.805, 0.988, 0.99]
    """
    above = bisect_right(_STRENGTHS, strength)
    if above == 0:
        return strength
    if above == len(CURVE):
        return CURVE[-1][1]
    (low, begin), (high, end) = CURVE[above - 1], CURVE[above]
    return begin + (end - begin) * (strength - low) / (high - low)
