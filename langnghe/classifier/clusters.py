"""Like statements of fact that nobody has checked yet: `unverified_claim`.

Check-worthy posts of a sliding window that match no checked claim are put together in two steps.
Cheap signals (`likeness`) bring together what is about one matter. Then the stance head, which
reads two texts at once, says which of them repeat one and the same post: "the dam burst" and "the
dam is being repaired" share matter, place and words, and are two statements. Three posts from two
threads make a cluster, and the cluster, not the post, is what a person looks at. It is no verdict:
it says that someone should find out.

Views never come here. What is put in says a checkable fact (`is_check_worthy`), and what is asked
of a pair is whether both state the same fact, not whether they are of one mind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from langnghe.classifier.claims import PairModel
from langnghe.classifier.likeness import CLIP, Likeness, Posts, Vectors
from langnghe.classifier.reasons import is_kept_apart
from langnghe.classifier.vectors import embedded
from langnghe.core.models import ClaimMatch, Intent, Mark, Stance
from langnghe.core.text import fold, words
from langnghe.store.posts.interface import LabelledPost

WINDOW_DAYS: Final = 14
"""A rumour runs for days. What has not come together in two weeks does not spread, and a longer
window would put this month's flood together with the last one."""

LEAST_POSTS: Final = 3
LEAST_THREADS: Final = 2
"""design.md: in at least 3 posts from at least 2 sources or threads."""

YES: Final = 0.5
"""Scores are calibrated so that yes begins here."""

ASSERTING: Final = frozenset({Intent.INFORMATION, Intent.COMPLAINT, Intent.SUGGESTION})
"""Intents of posts that state facts. A question asks for one; praise and `other` are views. Of the
check-worthy posts in the civic set's train and dev parts these three are 99 %."""

MOST_NEIGHBOURS: Final = 32
"""Nearest posts that are looked at for each one."""
BLOCK: Final = 256
"""Posts compared with all others at once: 20 MB for a window of 20,000."""
MOST_TOGETHER: Final = 1_000
"""Posts (copies counted once) that are compared each with each: 40 MB."""
STEP: Final = 0.5
"""By how much the bar is raised where more than that hang together."""
HUBS: Final = 4
"""Posts of a group, the most central ones, of which it is asked which others repeat them. The
cost is that many readings of a pair for each post of a group, and most posts are in none."""
SHARED: Final = 2 / 3
"""Share of a cluster's posts that have a word which is shown as shared."""
MOST_WORDS: Final = 8
LEAST_RARE: Final = 3.0
"""Rarity of a word worth showing: it stands in one of twenty posts or fewer."""
ID_BYTES: Final = 16


Repeats = Callable[[Sequence[tuple[str, str]]], Sequence[float]]
"""For pairs of texts, how surely the first asserts what the second does: the score of
`Stance.REPEATS` that the stance head gives, 0 to 1."""


def repeats_by(model: PairModel) -> Repeats:
    """The stance head of `model`, asked for that score."""
    column = list(Stance).index(Stance.REPEATS)
    return lambda pairs: [float(row[column]) for row in model.pair_scores(pairs, "stance")]


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A post of the window with what the classifier said of it.

    Nothing here says who wrote it, and statements cannot be put together by that.
    """

    id: str
    published_at: datetime
    source: str
    thread_id: str
    cluster_id: str
    """Of the store: near-duplicates have the same."""
    text: str
    claim: float
    """Score of the head `claim`."""
    intent: Intent | None
    vector: NDArray[np.float32]
    """The embedding at unit length."""
    matches: tuple[ClaimMatch, ...] = ()
    marks: tuple[Mark, ...] = ()


def statements(posts: Iterable[LabelledPost]) -> list[Statement]:
    """What the store gives, as statements; posts without an embedding are left out."""
    return [
        Statement(
            post.id,
            post.published_at,
            post.source,
            post.thread_id,
            post.cluster_id,
            post.text,
            post.labels.scores.get("claim", 0.0),
            post.labels.intent,
            vector,
            post.labels.matches,
            post.labels.marks,
        )
        for post, vector in embedded(posts)
    ]


@dataclass(frozen=True, slots=True)
class ClaimCluster:
    """Posts that state the same unchecked fact."""

    id: str
    """The same from run to run while the cluster grows or its oldest posts leave the window."""
    posts: tuple[str, ...]
    """Ids, oldest first."""
    sources: tuple[str, ...]
    threads: tuple[str, ...]
    first: datetime
    last: datetime
    representative: str
    """Id of the post that the others repeat."""
    words: tuple[str, ...]
    """Words that most of the posts share, as the representative writes them, the rarest first."""
    likeness: float
    """Mean over all pairs of how surely both say the same, 0 to 1; copies count once."""


def is_check_worthy(statement: Statement) -> bool:
    """Whether the post states a fact to be checked that matches no claim of the register.

    A post that repeats, doubts or denies a checked claim is about a matter that people have
    checked, also where the match is only a suggestion. One that reports wrongdoing by officials is
    for the formal channel.
    """
    return (
        statement.claim >= YES
        and (statement.intent is None or statement.intent in ASSERTING)
        and all(match.stance is Stance.UNRELATED for match in statement.matches)
        and not is_kept_apart(statement.marks)
    )


def find_clusters(
    statements: Sequence[Statement],
    likeness: Likeness,
    repeats: Repeats,
    now: datetime,
    days: int = WINDOW_DAYS,
    known: Mapping[str, Sequence[str]] | None = None,
) -> list[ClaimCluster]:
    """The clusters among the check-worthy posts of the last `days` days, largest first.

    The order of `statements` changes nothing.

    Args:
        statements: posts with distinct ids; older ones and such as are not check-worthy may be
            among them and are left out.
        likeness: fitted for the encoder that made the vectors.
        repeats: asked about pairs within groups that are large enough for a cluster.
        now: the end of the window, aware.
        days: how long the window is.
        known: posts of the clusters found before, by cluster id. A cluster that has most of a
            known one's posts keeps its id.
    """
    since = now - timedelta(days=days)
    chosen = sorted(
        (one for one in statements if one.published_at > since and is_check_worthy(one)),
        key=_age,
    )
    units = _units(chosen)
    if not units:
        return []
    posts = likeness.prepare(
        [unit[0].text for unit in units], np.stack([unit[0].vector for unit in units])
    )
    found = [
        (star, sorted((one for at in star for one in units[at]), key=_age))
        for members in _groups(posts, likeness, lambda members: _enough(members, units))
        for star in _stars(members, units, posts, likeness, repeats)
    ]
    ids = _ids([[one.id for one in whole] for _, whole in found], known or {})
    clusters = [
        _cluster(id_, whole, units, star, posts, likeness)
        for id_, (star, whole) in zip(ids, found, strict=True)
    ]
    return sorted(clusters, key=lambda one: (-len(one.posts), one.first, one.id))


def _stars(
    members: NDArray[np.int64],
    units: Sequence[Sequence[Statement]],
    posts: Posts,
    likeness: Likeness,
    repeats: Repeats,
) -> Iterator[NDArray[np.int64]]:
    """Within a group, the posts that repeat one post: that one first, the others by age.

    Of the most central posts the one that most others repeat is taken, with those; then the same
    among what is left.
    """
    while _enough(members, units):
        order = members[np.argsort(-_centrality(members, posts, likeness), kind="stable")]
        hubs = order[:HUBS]
        pairs = [(int(at), int(hub)) for hub in hubs for at in members if at != hub]
        asked = repeats([(units[at][0].text, units[hub][0].text) for at, hub in pairs])
        sure = {pair: float(score) for pair, score in zip(pairs, asked, strict=True)}
        stars = [
            np.array([hub, *(at for at in members if sure.get((int(at), int(hub)), 0.0) >= YES)])
            for hub in hubs
        ]
        best = max(stars, key=lambda star: sum(len(units[at]) for at in star))
        if not _enough(best, units):
            return
        yield best
        members = np.setdiff1d(members, best)


def _enough(members: NDArray[np.int64], units: Sequence[Sequence[Statement]]) -> bool:
    whole = [one for at in members for one in units[at]]
    # A thread is one within its source; posts of two sources are in two threads.
    threads = {(one.source, one.thread_id) for one in whole}
    return len(whole) >= LEAST_POSTS and len(threads) >= LEAST_THREADS


def _centrality(
    members: NDArray[np.int64], posts: Posts, likeness: Likeness
) -> NDArray[np.float64]:
    """How like each member is to all others; rounded, so that ties do not hang on the machine."""
    scores = likeness.scores_within(posts, members)
    one, other = np.triu_indices(len(members), 1)
    sums = np.bincount(one, scores, len(members)) + np.bincount(other, scores, len(members))
    central: NDArray[np.float64] = np.round(sums, 4)
    return central


def _groups(
    posts: Posts, likeness: Likeness, enough: Callable[[NDArray[np.int64]], bool]
) -> Iterator[NDArray[np.int64]]:
    """Groups of posts on one matter that are large `enough`; row numbers in ascending order.

    Average linkage: two groups join while their pairs are alike on the mean. Such groups hang
    together by single pairs as well, so it is enough to look within what those connect.
    """
    first, second = _candidates(posts.vectors, likeness.floor)
    scores = likeness.scores(posts, first, second)
    for members in _connected(len(posts), first, second, scores, likeness.cut):
        if not enough(members):
            continue
        if len(members) == 1:
            yield members
            continue
        tree = average_tree(likeness.scores_within(posts, members))
        for part in parts(tree, likeness.cut):
            yield members[part]


def average_tree(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """The tree of average linkage over scores in scipy's condensed order."""
    tree: NDArray[np.float64] = linkage((CLIP - scores).astype(np.float64), method="average")
    return tree


def parts(tree: NDArray[np.float64], cut: float) -> Iterator[NDArray[np.int64]]:
    """The groups whose pairs score `cut` and more on the mean; rows in ascending order."""
    labels = fcluster(tree, CLIP - cut, criterion="distance")
    order = np.argsort(labels, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _age(statement: Statement) -> tuple[datetime, str]:
    return statement.published_at, statement.id


def _units(chosen: Sequence[Statement]) -> list[list[Statement]]:
    """Near-duplicates together, the oldest first, which stands for them all."""
    units: dict[str, list[Statement]] = {}
    for statement in chosen:
        units.setdefault(statement.cluster_id, []).append(statement)
    return list(units.values())


def _candidates(vectors: Vectors, floor: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (lower number first) of posts whose embeddings are near, up to a number for each."""
    pairs = [np.zeros(0, np.int64)]
    for start in range(0, len(vectors), BLOCK):
        near = vectors[start : start + BLOCK] @ vectors.T
        rows = np.arange(len(near))
        near[rows, start + rows] = -2.0
        if len(vectors) > MOST_NEIGHBOURS:
            last = np.partition(near, -MOST_NEIGHBOURS, axis=1)[:, -MOST_NEIGHBOURS]
            near[near < last[:, None]] = -2.0
            for row in np.flatnonzero((near >= last[:, None]).sum(axis=1) > MOST_NEIGHBOURS):
                # Of equally near ones the older are taken.
                order = np.argsort(-near[row], kind="stable")
                near[row, order[MOST_NEIGHBOURS:]] = -2.0
        one, other = np.nonzero(near >= floor)
        one += start
        pairs.append(np.minimum(one, other) * len(vectors) + np.maximum(one, other))
    first, second = np.divmod(np.unique(np.concatenate(pairs)), len(vectors))
    return first, second


def _connected(
    size: int,
    first: NDArray[np.int64],
    second: NDArray[np.int64],
    scores: NDArray[np.float32],
    bar: float,
) -> Iterator[NDArray[np.int64]]:
    """Posts connected by pairs whose score reaches `bar`, in groups of `MOST_TOGETHER` at most.

    Where more hang together, the bar is raised for them.
    """
    waiting = [(np.arange(size), bar)]
    inside = np.zeros(size, np.bool_)
    while waiting:
        members, bar = waiting.pop()
        inside[:] = False
        inside[members] = True
        kept = (scores >= bar) & inside[first] & inside[second]
        graph = coo_matrix((np.ones(kept.sum()), (first[kept], second[kept])), shape=(size, size))
        _, labels = connected_components(graph, directed=False)
        order = members[np.argsort(labels[members], kind="stable")]
        for part in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
            if len(part) > MOST_TOGETHER:
                waiting.append((part, bar + STEP))
            else:
                yield part


def _ids(clusters: Sequence[Sequence[str]], known: Mapping[str, Sequence[str]]) -> list[str]:
    """An id for each cluster of post ids (oldest first): a known one, or one from a post's id."""
    owners: dict[str, list[str]] = {}
    for id_, members in known.items():
        for member in members:
            owners.setdefault(member, []).append(id_)
    claims = []
    for at, members in enumerate(clusters):
        shared: dict[str, int] = {}
        for member in members:
            for id_ in owners.get(member, ()):
                shared[id_] = shared.get(id_, 0) + 1
        claims += [(-count, id_, members[0], at) for id_, count in shared.items()]
    given: dict[int, str] = {}
    taken: set[str] = set()
    for _, id_, _, at in sorted(claims):
        if at not in given and id_ not in taken:
            given[at] = id_
            taken.add(id_)
    taken |= set(known)
    for at in sorted(set(range(len(clusters))) - set(given), key=lambda at: clusters[at][0]):
        # A part that split off a known cluster may hold the post that gave that one its id.
        own = [_derived(post) for post in clusters[at]] + [_derived("+".join(clusters[at]))]
        given[at] = next(id_ for id_ in own if id_ not in taken)
        taken.add(given[at])
    return [given[at] for at in range(len(clusters))]


def _derived(post_id: str) -> str:
    digest = blake2b(post_id.encode(), digest_size=ID_BYTES, person=b"unverified_claim")
    return digest.hexdigest()


def _cluster(
    id_: str,
    whole: Sequence[Statement],
    units: Sequence[Sequence[Statement]],
    star: NDArray[np.int64],
    posts: Posts,
    likeness: Likeness,
) -> ClaimCluster:
    scores = likeness.scores_within(posts, star)
    hub = units[star[0]][0]
    return ClaimCluster(
        id=id_,
        posts=tuple(one.id for one in whole),
        sources=tuple(sorted({one.source for one in whole})),
        threads=tuple(sorted({one.thread_id for one in whole})),
        first=whole[0].published_at,
        last=whole[-1].published_at,
        representative=hub.id,
        words=_shared_words(hub.text, star, posts),
        likeness=round(float(expit(scores).mean()), 4) if len(scores) else 1.0,
    )


def _shared_words(text: str, members: NDArray[np.int64], posts: Posts) -> tuple[str, ...]:
    """The words of `text` that most members have, the rarest in the window first."""
    rows = posts.words[members]
    counts = np.bincount(rows.indices, minlength=len(posts.vocabulary))
    written = {fold(word): word for word in reversed(words(text))}
    shared = [
        (-posts.rarity[at], posts.vocabulary[at])
        for at in np.flatnonzero(counts >= max(2, SHARED * len(members)))
        if posts.vocabulary[at] in written and posts.rarity[at] >= LEAST_RARE
    ]
    return tuple(written[word] for _, word in sorted(shared)[:MOST_WORDS])
