"""How long the search for unchecked claims takes among the posts of one window.

`python -m benchmarks.clusters [POSTS]`.

Made-up texts with made-up embeddings, far apart but for one rumour in 200 wordings: what is
measured is the search itself, not the encoder. The shipped model's weights decide on likeness;
which post repeats which is answered with yes. Ends with 1 if it takes longer than a minute: the
search runs once an hour, beside everything else.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from langnghe.classifier.clusters import Statement, find_clusters
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.neural import SHIPPED
from langnghe.core.models import Intent

POSTS = 20_000
WORDINGS = 200
SIZE = 384
"""Numbers of an embedding."""
MOST_SECONDS = 60
NOW = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)


def statements(count: int) -> list[Statement]:
    """Posts about nothing, and one rumour told in many ways."""
    draw, numbers = random.Random(5), np.random.default_rng(5)
    heads = "b c ch d g h kh l m n ng nh ph t th tr v x"
    rhymes = "a ai an ang anh ao e en eo i iem ien o oi ong u ua ui ung uoc uong"
    syllables = [head + rhyme for head in heads.split() for rhyme in rhymes.split()]
    story, centre = draw.choices(syllables, k=24), numbers.standard_normal(SIZE)
    found = []
    for at in range(count):
        words, vector = draw.choices(syllables, k=20), numbers.standard_normal(SIZE)
        if at < WORDINGS:
            kept = [word for word in story if draw.random() < 0.85]
            words, vector = [*kept, *words[:4]], centre + 0.3 * vector
        found.append(
            Statement(
                id=f"{at:06}",
                published_at=NOW - timedelta(minutes=1 + at % 5_000),
                source="dien-dan",
                thread_id=f"chu-de-{at}",
                cluster_id=f"{at:06}",
                text=" ".join(words),
                claim=0.9,
                intent=Intent.INFORMATION,
                vector=(vector / np.linalg.norm(vector)).astype(np.float32),
            )
        )
    return found


def everything(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Yes to all."""
    return [1.0] * len(pairs)


def main() -> int:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else POSTS
    posts, likeness = statements(count), Likeness.load(SHIPPED)
    began = time.process_time()
    clusters = find_clusters(posts, likeness, everything, NOW)
    spent = time.process_time() - began
    largest = max((len(one.posts) for one in clusters), default=0)
    print(
        f"{count} posts: {spent:.1f} s of one core (aim: {MOST_SECONDS}), "
        f"{len(clusters)} clusters, the largest of {largest} posts"
    )
    return 0 if spent <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
