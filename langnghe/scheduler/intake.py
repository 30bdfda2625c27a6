"""From labels to the queue: which posts and clusters people must look at now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from langnghe.casework.formalchannel import kept_out
from langnghe.casework.queue import (
    OF_POSTS,
    QueueReport,
    bring_up_to_date,
    known_clusters,
    open_subjects,
)
from langnghe.classifier.clusters import WINDOW_DAYS, YES, find_clusters, repeats_by, statements
from langnghe.classifier.opening import OpenModel
from langnghe.core.clock import Clock, local_day
from langnghe.core.models import Reason
from langnghe.store.cases import Cases
from langnghe.store.posts.interface import Filters, PostStore


def take_in(posts: PostStore, cases: Cases, model: OpenModel, clock: Clock) -> QueueReport:
    """Bring the queue up to date with the labels that `model` has given so far.

    May run at any time, again, and in two processes at once. Posts that wait for their labels are
    left to the next run.
    """
    version = model.classifier.version
    apart = kept_out(cases)
    flagged = posts.labelled(version, Filters(reasons=OF_POSTS))
    reasons = {post.id: post.labels.reasons for post in flagged}
    reasons.update(_of_the_rest(posts, version, open_subjects(cases) - reasons.keys()))
    now = clock.now()
    since = local_day(now) - timedelta(days=WINDOW_DAYS)
    window = (
        post
        for post in posts.labelled(version, Filters(since=since), least_claim=YES)
        if post.id not in apart
    )
    clusters = find_clusters(
        statements(window),
        model.likeness,
        repeats_by(model.classifier),
        now,
        known=known_clusters(cases),
    )
    found = {cluster.id: cluster.posts for cluster in clusters}
    return bring_up_to_date(cases, clock, reasons, found, apart)


def _of_the_rest(
    posts: PostStore, version: str, subjects: Collection[str]
) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    """The reasons, if any, of posts that items are open for; none for those that are gone."""
    stored = {one.post.id: one.labels for one in posts.get(sorted(subjects))}
    for subject in subjects:
        labels = stored.get(subject)
        if subject not in stored:
            yield subject, ()
        elif labels is not None and labels.model == version:
            yield subject, labels.reasons
