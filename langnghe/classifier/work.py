"""Labelling whatever the current model has not labelled yet.

The store is the queue. Each batch is kept in a transaction of its own, so a crash loses at
most the batch in hand, which is still on the work list when the next run starts.
"""

from __future__ import annotations

from dataclasses import dataclass

from langnghe.classifier.model import Classifier
from langnghe.core.progress import Progress
from langnghe.store.posts.interface import PostStore

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


def label_all(
    store: PostStore,
    classifier: Classifier,
    *,
    batch: int = DEFAULT_BATCH,
    part: tuple[int, int] = (0, 1),
    progress: Progress | None = None,
) -> LabelReport:
    """Label until the work list, or slice i of n of it, is empty.

    May run in several processes at once, each with its own slice; with the same slice they do
    the same work twice, which does no harm.

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
        kept = store.label(classifier.label(posts))
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
    return LabelReport(classifier.version, labelled, passed_over)
