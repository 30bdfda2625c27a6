"""How well clusters of unchecked claims are found, and how much criticism ends in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from langnghe.classifier.clusters import (
    LEAST_POSTS,
    Repeats,
    Statement,
    find_clusters,
    is_check_worthy,
)
from langnghe.classifier.likeness import Likeness, Vectors
from langnghe.classifier.training.clusters import Said
from langnghe.core.models import Intent

_NOW: Final = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClusterFigures:
    """What became of the posts of a set, all put into one window, each in a thread of its own."""

    posts: int
    """Let through to the clusters."""
    claims: int
    """Facts stated by at least `LEAST_POSTS` posts: what should be found."""
    found: float
    """Share of them for which there is a cluster with `LEAST_POSTS` of their posts, the most of
    it."""
    clusters: int
    sound: float
    """Share of the clusters in which `LEAST_POSTS` posts state one fact."""
    one_matter: float
    """Share of the clusters that hold posts of one matter only."""
    purity: float
    """Mean share of a cluster's posts that state its commonest fact."""
    precision: float
    """Share of the pairs within clusters that state one fact."""
    recall: float
    """Share of the pairs that state one fact which stand in one cluster."""
    criticism: int
    """Posts of criticism in the set, let through or not."""
    flagged: float
    """Share of them that stand in a cluster."""


def measure_clusters(
    said: Sequence[Said],
    vectors: Vectors,
    likeness: Likeness,
    repeats: Repeats,
    labels: Sequence[tuple[float, Intent | None]] | None = None,
) -> ClusterFigures:
    """Put all of `said` through `find_clusters` and compare.

    Args:
        said: as `training.clusters.sayings` makes it.
        vectors: (texts, size), rows of unit length.
        likeness: what was fitted.
        repeats: the stance head's score of *repeats* for pairs of texts.
        labels: score of `claim` and intent for each text, as the classifier gives them. None
            lets everything through, criticism as well: the hardest case.
    """
    statements = [
        Statement(
            id=f"{at:06}",
            published_at=_NOW - timedelta(minutes=len(said) - at),
            source="set",
            thread_id=f"thread-{at}",
            cluster_id=f"{at:06}",
            text=one.text,
            claim=labels[at][0] if labels else 1.0,
            intent=labels[at][1] if labels else None,
            vector=vectors[at],
        )
        for at, one in enumerate(said)
    ]
    clusters = find_clusters(statements, likeness, repeats, _NOW, days=len(said) // 1440 + 1)
    groups = [[said[int(id_)] for id_ in cluster.posts] for cluster in clusters]
    counts = [Counter(one.fact for one in group) for group in groups]
    commonest = [count.most_common(1)[0] for count in counts]
    wanted = Counter(one.fact for one in said)
    claims = {fact for fact, count in wanted.items() if count >= LEAST_POSTS}
    found = {fact for fact, count in commonest if count >= LEAST_POSTS}
    right = sum(_pairs(count) for of in counts for count in of.values())
    together = sum(_pairs(len(group)) for group in groups)
    criticism = sum(one.criticism for one in said)
    flagged = sum(one.criticism for group in groups for one in group)
    return ClusterFigures(
        posts=sum(map(is_check_worthy, statements)),
        claims=len(claims),
        found=_share(len(claims & found), len(claims)),
        clusters=len(groups),
        sound=_share(sum(count >= LEAST_POSTS for _, count in commonest), len(groups)),
        one_matter=_share(
            sum(len({one.matter or one.fact for one in group}) == 1 for group in groups),
            len(groups),
        ),
        purity=_share(
            sum(count / len(group) for (_, count), group in zip(commonest, groups, strict=True)),
            len(groups),
        ),
        precision=_share(right, together),
        recall=_share(right, sum(_pairs(count) for count in wanted.values())),
        criticism=criticism,
        flagged=flagged / criticism if criticism else 0.0,
    )


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _share(part: float, whole: int) -> float:
    """A share; of nothing it is whole, for nothing was missed and nothing wrong."""
    return part / whole if whole else 1.0
