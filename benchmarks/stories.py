"""How long it takes to find the same story among many: `python -m benchmarks.stories [POSTS]`.

Texts of 8 kB from a vocabulary of 20,000 words; one in five is a copy of an earlier one with a
credit line and a changed paragraph. Prints seconds for the signatures, for the first clustering,
for the stories, and for 100 more posts, with the peak memory.
"""

import random
import resource
import sys
import time

from mirror.attribution.stories import Copy, Stories, signature

WORDS = 1_300


def texts(posts: int) -> list[str]:
    chosen = random.Random(1997)
    vocabulary = [
        "".join(chosen.choice("abcdefghijklmnoprstuvwyz") for _ in range(chosen.randint(3, 9)))
        for _ in range(20_000)
    ]
    pool: list[str] = []
    made = []
    for number in range(posts):
        if pool and number % 5 == 0:
            words = chosen.choice(pool).split()
            words[100:180] = chosen.choices(vocabulary, k=60)
            made.append(" ".join(words) + f" This post appeared first on site {number}.")
        else:
            made.append(" ".join(chosen.choices(vocabulary, k=WORDS)))
            if len(pool) < 2_000:
                pool.append(made[-1])
    return made


def main(posts: int) -> None:
    stories = Stories()
    signing = clustering = 0.0
    batch = 5_000
    for begin in range(0, posts, batch):
        made = texts(batch) if begin == 0 else [f"{t} {begin}" for t in texts(batch)[: batch // 5]]
        made += [" ".join(random.Random(begin + n).choices(made[0].split(), k=WORDS))
                 for n in range(batch - len(made))]  # fmt: skip
        start = time.perf_counter()
        signed = [signature(text) for text in made]
        signing += time.perf_counter() - start
        start = time.perf_counter()
        for number, found in enumerate(signed):
            assert found is not None
            key = begin + number
            stories.add(Copy(key=key, site=key % 50, published=f"{key:08}", signature=found))
        clustering += time.perf_counter() - start
    start = time.perf_counter()
    found_stories = sum(1 for _ in stories.stories())
    listing = time.perf_counter() - start
    start = time.perf_counter()
    for number, text in enumerate(texts(100)):
        found = signature(text)
        assert found is not None
        stories.add(Copy(key=posts + number, site=99, published="9", signature=found))
    more = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{posts:,} posts: signatures {signing:.1f} s, clustering {clustering:.1f} s, "
          f"{found_stories:,} stories listed in {listing:.1f} s")  # fmt: skip
    print(f"100 more: {more:.2f} s (making them included); peak {peak:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
