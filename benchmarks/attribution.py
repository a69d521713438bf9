"""How fast posts are judged: `python -m benchmarks.attribution CORPUS`.

Posts of 8 kB are made from the labelled ones: each keeps its own beginning and end, and between
them stand pieces of others. Times are the process' own CPU time, each post's best of nine runs, so
that a busy machine counts little. The rules are measured twice: with what they remember of the
addresses of the run before, and without, as if no post linked to what another one links to; a crawl
is between the two. Parsing is shown beside judging, since the full-text index parses too.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mirror.attribution import addresses, judge, site_of
from mirror.content import Content

SIZE = 8_000
RUNS = 9


def posts(corpus: Path) -> list[dict[str, Any]]:
    """One post of 8 kB for each labelled one."""
    cases = [json.loads(line) for line in (corpus / "cases.jsonl").open(encoding="utf-8")]
    htmls = [case["post"]["content"]["rendered"] for case in cases]
    made = []
    for index, case in enumerate(cases):
        own, between, other = htmls[index], "", index
        while len(own) + len(between) < SIZE:
            other = (other + 7) % len(htmls)
            between += htmls[other][:2500].rsplit("<", 1)[0]
        cut = own.find("</p>") + 4 if "</p>" in own else 0
        html = own[:cut] + between[: max(0, SIZE - len(own))] + own[cut:]
        made.append({**case["post"], "content": {"rendered": html}})
    return made


def best(
    work: Callable[[dict[str, Any]], object], made: list[dict[str, Any]], *, forgetting: bool
) -> float:
    """Microseconds a post: the mean over posts of each one's best of several runs."""
    total = 0
    for post in made:
        times = []
        for _ in range(RUNS):
            if forgetting:
                addresses._cleaned.cache_clear()
                addresses.is_article.cache_clear()
            start = time.process_time_ns()
            work(post)
            times.append(time.process_time_ns() - start)
        total += min(times)
    return total / len(made) / 1000


def main(corpus: Path) -> None:
    made = posts(corpus)
    parsed = {id(post): Content(post["content"]["rendered"]) for post in made}
    for content in parsed.values():
        assert content.text is not None
    sites = {id(post): site_of(post) for post in made}
    steps: dict[str, Callable[[dict[str, Any]], object]] = {
        "parse": lambda post: Content(post["content"]["rendered"]).tree,
        "parse and text": lambda post: Content(post["content"]["rendered"]).text,
        "rules alone": lambda post: judge(post, sites[id(post)], parsed[id(post)]),
        "rules, forgetting": lambda post: judge(post, sites[id(post)], parsed[id(post)]),
        "everything": lambda post: judge(post, site_of(post)),
    }
    size = sum(len(post["content"]["rendered"]) for post in made) / len(made)
    print(f"{len(made)} posts of {size:,.0f} characters")
    for name, work in steps.items():
        taken = best(work, made, forgetting="forgetting" in name)
        print(f"{name:18} {taken:7.0f} µs/post {1e6 / taken:8,.0f} posts/s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
