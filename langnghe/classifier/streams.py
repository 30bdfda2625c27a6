"""Opinion streams: what the posts of one topic and period say, in a few groups by meaning.

Posts are put together by what they say and by nothing else; who wrote them is not known here.
A stream of fewer than five posts is not shown by itself: those make up the rest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist, squareform

from langnghe.classifier.likeness import Background, Vectors
from langnghe.classifier.vectors import embedded
from langnghe.core.informal import expand
from langnghe.core.models import Intent, Sentiment
from langnghe.core.text import fold, match_form, words
from langnghe.store.posts.interface import SMALLEST_FIGURE, LabelledPost

Kind = TypeVar("Kind", Sentiment, Intent)

REST_TITLE: Final = "Ý kiến khác"

FEWEST: Final = 2
MOST: Final = 8
"""Streams. More than eight are no overview; a briefing's paragraph holds fewer."""
REPRESENTATIVES: Final = 3
MOST_WORDS: Final = 6
MOST_COMPARED: Final = 2_000
"""Posts (copies counted once) that are grouped each against each: 50 MB. Of more, as many, evenly
taken over the period, make the streams, and each other post joins the nearest one."""
SAME: Final = 0.97
"""Likeness of embeddings from which two posts are too alike to stand side by side as examples."""
READ_CHARACTERS: Final = 1_200


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """A post with what the classifier said of it."""

    id: str
    published_at: datetime
    cluster_id: str
    """Of the store: near-duplicates have the same."""
    text: str
    sentiment: Sentiment | None
    intent: Intent | None
    vector: NDArray[np.float32]
    """The embedding at unit length."""


def opinions(posts: Iterable[LabelledPost]) -> list[Opinion]:
    """What the store gives, as opinions; posts without an embedding are left out."""
    return [
        Opinion(
            post.id,
            post.published_at,
            post.cluster_id,
            post.text,
            post.labels.sentiment,
            post.labels.intent,
            vector,
        )
        for post, vector in embedded(posts)
    ]


@dataclass(frozen=True, slots=True)
class OpinionStream:
    """Like posts within a topic."""

    posts: tuple[str, ...]
    """Ids, the most central first."""
    sentiments: Mapping[Sentiment, float] | None
    """Shares of the posts that have a sentiment, adding up to 1; None where those are fewer than
    `SMALLEST_FIGURE`."""
    intents: Mapping[Intent, float] | None
    """Likewise."""
    representatives: tuple[str, ...]
    """Ids of up to three posts that stand for it, the most central first.
    No two are near-duplicates."""
    words: tuple[str, ...]
    """What sets it apart from the other streams, for the draft of a title."""

    @property
    def size(self) -> int:
        """How many posts, copies included."""
        return len(self.posts)


@dataclass(frozen=True, slots=True)
class OpinionStreams:
    """The streams of a topic and period, the largest first."""

    streams: tuple[OpinionStream, ...]
    rest: OpinionStream | None
    """`REST_TITLE`: posts of streams too small to be shown."""


def find_streams(opinions: Sequence[Opinion], background: Background) -> OpinionStreams:
    """Group the posts of one topic and period; the order of `opinions` changes nothing.

    Args:
        opinions: posts with distinct ids.
        background: how common words are (`Likeness.background`).
    """
    chosen = sorted(opinions, key=lambda one: (one.published_at, one.id))
    units: dict[str, list[Opinion]] = {}
    for opinion in chosen:
        units.setdefault(opinion.cluster_id, []).append(opinion)
    copies = list(units.values())
    if not copies:
        return OpinionStreams((), None)
    vectors = np.stack([unit[0].vector for unit in copies]).astype(np.float32)
    labels = _labels(vectors, np.array([len(unit) for unit in copies]))
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    small = [one for one in groups if sum(len(copies[at]) for at in one) < SMALLEST_FIGURE]
    large = [one for one in groups if sum(len(copies[at]) for at in one) >= SMALLEST_FIGURE]
    terms = [_terms(unit[0].text) for unit in copies]
    shares = _shares(terms)
    streams = [_stream(one, copies, vectors, terms, shares, background) for one in large]
    rest = (
        _stream(np.sort(np.concatenate(small)), copies, vectors, terms, shares, background)
        if small
        else None
    )
    return OpinionStreams(tuple(sorted(streams, key=lambda one: (-one.size, one.posts[0]))), rest)


# --- Grouping --------------------------------------------------------------------------------


def _labels(vectors: Vectors, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of each post's stream.

    Ward's linkage over the embeddings, seen from their middle; of 2 to 8 groups those with the
    best silhouette. Fewer than two groups of a showable size are one stream.
    """
    one_stream = np.zeros(len(vectors), np.int64)
    if sizes.sum() < 2 * SMALLEST_FIGURE or len(vectors) < FEWEST:
        return one_stream
    vectors = vectors - vectors.mean(axis=0)
    # What lies in the middle but for rounding has no direction.
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-3)
    step = -(-len(vectors) // MOST_COMPARED)
    sample = vectors[::step].astype(np.float64)
    if len(sample) < FEWEST:
        return one_stream
    distances = squareform(np.round(pdist(sample), 6))
    tree = linkage(squareform(distances, checks=False), method="ward")
    best, best_score = one_stream, -1.0
    for wanted in range(FEWEST, MOST + 1):
        found = fcluster(tree, wanted, criterion="maxclust") - 1
        if found.max() + 1 != wanted:
            continue  # ties, or fewer posts than streams
        score = _silhouette(distances, found)
        labels = _nearest(vectors, sample, found)
        showable = (np.bincount(labels, sizes, wanted) >= SMALLEST_FIGURE).sum()
        if showable >= FEWEST and score > best_score + 1e-9:
            best, best_score = labels, score
    return best


def _nearest(
    vectors: Vectors, sample: NDArray[np.float64], found: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For every post the group of the sample whose mean is nearest; those within it keep theirs."""
    step = -(-len(vectors) // MOST_COMPARED)
    middles = np.stack([sample[found == label].mean(axis=0) for label in range(found.max() + 1)])
    middles /= np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-9)
    labels: NDArray[np.int64] = np.argmax(np.round(vectors @ middles.T, 6), axis=1)
    labels[::step] = found
    return labels


def _silhouette(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Mean silhouette (Rousseeuw 1987), -1 to 1; a post alone in its group counts as 0."""
    groups = np.eye(labels.max() + 1)[labels]
    counts = groups.sum(axis=0)
    sums = distances @ groups
    rows = np.arange(len(labels))
    own = sums[rows, labels] / np.maximum(counts[labels] - 1, 1)
    means = sums / counts
    means[rows, labels] = np.inf
    other = means.min(axis=1)
    widths = (other - own) / np.maximum(np.maximum(own, other), 1e-9)
    return float(np.where(counts[labels] > 1, widths, 0.0).mean())


# --- What is said of a stream ----------------------------------------------------------------


def _stream(
    members: NDArray[np.int64],
    copies: Sequence[Sequence[Opinion]],
    vectors: Vectors,
    terms: Sequence[Mapping[str, str]],
    shares: Mapping[str, float],
    background: Background,
) -> OpinionStream:
    own = vectors[members]
    # The mean likeness to all members is the likeness to their mean.
    central = np.round(own @ own.mean(axis=0), 5)
    order = np.argsort(-central, kind="stable")
    ordered = members[order]
    posts = [opinion for at in ordered for opinion in copies[at]]
    return OpinionStream(
        posts=tuple(one.id for one in posts),
        sentiments=_mix([one.sentiment for one in posts if one.sentiment], tuple(Sentiment)),
        intents=_mix([one.intent for one in posts if one.intent], tuple(Intent)),
        representatives=tuple(copies[at][0].id for at in _apart(ordered, vectors)),
        words=_characteristic([terms[at] for at in members], shares, background),
    )


def _mix(found: Sequence[Kind], kinds: Sequence[Kind]) -> Mapping[Kind, float] | None:
    if len(found) < SMALLEST_FIGURE:
        return None
    counts = Counter(found)
    return {kind: counts[kind] / len(found) for kind in kinds}


def _apart(ordered: NDArray[np.int64], vectors: Vectors) -> list[int]:
    """The first of `ordered` that are not too alike."""
    taken: list[int] = []
    for at in ordered.tolist():
        if all(float(vectors[at] @ vectors[other]) < SAME for other in taken):
            taken.append(at)
        if len(taken) == REPRESENTATIVES:
            break
    return taken


def _terms(text: str) -> dict[str, str]:
    """Words and word pairs of a text: folded, and as written in lower case."""
    written = words(match_form(expand(text[:READ_CHARACTERS])))
    folded = [fold(word) for word in written]
    found = {term: word for term, word in zip(folded, written, strict=True) if term.isalpha()}
    for at in range(len(folded) - 1):
        if folded[at].isalpha() and folded[at + 1].isalpha():
            found[f"{folded[at]} {folded[at + 1]}"] = f"{written[at]} {written[at + 1]}"
    return found


def _shares(terms: Sequence[Mapping[str, str]]) -> dict[str, float]:
    """Share of the texts that have each term; a text counts once, however often it is copied."""
    counts = Counter(term for one in terms for term in one)
    return {term: count / len(terms) for term, count in counts.items()}


def _characteristic(
    terms: Sequence[Mapping[str, str]], everywhere: Mapping[str, float], background: Background
) -> tuple[str, ...]:
    """Terms that a stream has more often than the whole, common within it and rare elsewhere."""
    inside = _shares(terms)
    scores = {}
    for term, share in inside.items():
        usual = max(background.shares.get(term, background.rest), everywhere[term] / 2)
        if share * len(terms) >= 2 and share > usual:
            # What two words say together says more than either.
            scores[term] = share * math.log(share / usual) * (1.5 if " " in term else 1.0)
    taken: list[str] = []
    for term in sorted(scores, key=lambda term: (-round(scores[term], 6), term)):
        if not any(set(term.split()) & set(other.split()) for other in taken):
            taken.append(term)
        if len(taken) == MOST_WORDS:
            break
    return tuple(_spelling(term, terms) for term in taken)


def _spelling(term: str, terms: Sequence[Mapping[str, str]]) -> str:
    """How the texts mostly write a folded term; with diacritics where any of them does."""
    counts = Counter(one[term] for one in terms if term in one)
    return min(counts, key=lambda written: (written == term, -counts[written], written))
