"""Labelling whatever the current model has not labelled yet, and matching it against claims.

The store is the queue. Each batch is kept in a transaction of its own, so a crash loses at
most the batch in hand, which is still on the work list when the next run starts. One batch of
posts is in memory at a time. New checked claims are held against stored posts without labelling
these anew: "matched against another register of claims" is a work list of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langnghe.classifier.model import Classifier
from langnghe.core.models import Labels, Post
from langnghe.core.progress import Progress
from langnghe.store.posts.interface import PostStore

if TYPE_CHECKING:
    from langnghe.classifier.claims import ClaimMatcher

DEFAULT_BATCH = 500


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What one run did."""

    model: str
    labelled: int
    """Posts whose labels were kept."""
    passed_over: int
    """Posts that were purged or edited while the model read them; an edited one is on the work
    list again."""
    matched: int = 0
    """Posts that were labelled before and are now matched against the register handed in."""


def label_all(
    store: PostStore,
    classifier: Classifier,
    *,
    batch: int = DEFAULT_BATCH,
    part: tuple[int, int] = (0, 1),
    matcher: ClaimMatcher | None = None,
    progress: Progress | None = None,
) -> LabelReport:
    """Label until the work list, or slice i of n of it, is empty.

    With a `matcher`, labels come with their matches and the reasons that follow, and then the
    posts of the slice whose matches were made against another register are matched anew.

    May run in several processes at once, each with its own slice; with the same slice they do
    the same work twice, which does no harm. `progress` counts labelled and matched posts.

    Raises:
        ValueError: `batch` is under 1, or `part` is no slice.
    """
    index, parts = part
    if batch < 1:
        raise ValueError(f"a batch has at least one post, not {batch}")
    if not 0 <= index < parts:
        raise ValueError(f"there is no slice {index} of {parts}")
    labelled = passed_over = 0
    refused: list[str] | None = None
    while waiting := store.unlabelled(classifier.version, batch, part):
        posts = [stored.post for stored in waiting]
        kept = store.label(_attached(classifier.label(posts), matcher, posts))
        labelled += kept
        passed_over += len(posts) - kept
        if progress is not None:
            progress(labelled, None)
        ids = [post.id for post in posts]
        if kept == 0 and ids == refused:
            # The same posts changed twice under our hands: leave them to the next run rather
            # than race a busy writer for ever.
            break
        refused = ids if kept == 0 else None
    matched = 0
    if matcher is not None:
        last: str | None = None
        register = matcher.register.digest
        while waiting := store.unmatched(classifier.version, register, batch, part, last):
            posts = [stored.post for stored in waiting]
            known = [stored.labels for stored in waiting if stored.labels is not None]
            matched += store.match(_attached(known, matcher, posts))
            if progress is not None:
                progress(labelled + matched, None)
            last = posts[-1].id
    return LabelReport(classifier.version, labelled, passed_over, matched)


def _attached(
    labels: list[Labels], matcher: ClaimMatcher | None, posts: Sequence[Post]
) -> list[Labels]:
    if matcher is None:
        return labels
    from langnghe.classifier.claims import attach

    return attach(labels, matcher, posts)
