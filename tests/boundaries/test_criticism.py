"""Boundary 2: criticism is no misinformation and no scam, whomever and whatever it is about.

The civic set holds criticism of officials, of policy, of the Party and the State, satire, and
political and religious views. The shipped model labels all of it, a register of checked claims is
held against it, and it runs through the search for unchecked claims among all other posts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import yaml

from langnghe.classifier.claims import ClaimMatcher, attach
from langnghe.classifier.clusters import ClaimCluster, Statement, find_clusters, repeats_by
from langnghe.classifier.heads import HEADS, POST_HEADS
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.marks import (
    DANGER_MARKS,
    FORMAL_MARKS,
    MARKS,
    SCAM_MARKS,
    formal_marks,
    scam_marks,
)
from langnghe.classifier.model import Document, load_classifier
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.register import Register
from langnghe.classifier.training.examples import Example, read_civic, read_claims
from langnghe.classifier.training.views import strip_marks
from langnghe.classifier.vectors import unpack
from langnghe.core.models import (
    CheckedClaim,
    ClaimMatch,
    Labels,
    Mark,
    Post,
    Reason,
    Stance,
    Verdict,
)
from langnghe.core.text import fold
from langnghe.store.schema import metadata

CEILING = 0.005
"""Share of criticism that may be flagged: the published quality figure."""

KINDS = {"official", "policy", "party_state", "satire", "political", "religious"}
PARTS = ("train", "dev", "test")
UNSEEN = ("dev", "test")
"""Parts that the model was not trained on."""
FLAGS = {Reason.REPEATS_CHECKED_CLAIM, Reason.SCAM_WARNING, Reason.UNVERIFIED_CLAIM}

VIEWS = re.compile(
    "politic|ideolog|loyal|hostil|patriot|dissent|dissid|religi|belief|faith|(?<!re)view|party|regime"
    "|enemy|extrem|propaganda|opponent|reaction(?!s)|subver|threat|fake|satir|critic|official"
    "|policy|opinion_of|stance_on|attitude|misinform|disinform"
)
"""In names of labels, scores, fields, classes, kinds and columns."""

VIEWS_IN_WORDS = re.compile(
    r"\b(?:chinh tri|tu tuong|phan dong|thu dich|chong pha|xuyen tac|dang vien|dang uy"
    r"|dang cong san|che do|the che|dan chu|nhan quyen|bieu tinh|ton giao|tin nguong|tin lanh"
    r"|cong giao|phat giao|bat man|lanh dao dang|tham nhung|quan lieu)\b"
)
"""In the words that make a mark, folded."""


# --- No label stands for a view --------------------------------------------------------------


def names() -> Iterable[str]:
    """Every name under which the classifier or the store keeps something about a text."""
    for head in HEADS:
        yield head.name
        yield from head.classes
    for kept in (Labels, Mark, ClaimMatch, CheckedClaim, Post, Statement, ClaimCluster):
        yield from (field.name for field in fields(kept))
    yield from Reason
    yield from Stance
    yield from Verdict
    yield from SCAM_MARKS
    yield from DANGER_MARKS
    yield from FORMAL_MARKS
    for table in metadata.tables.values():
        yield table.name
        yield from (column.name for column in table.columns)


def test_no_name_of_a_label_field_class_kind_or_column_stands_for_a_view() -> None:
    assert [name for name in names() if VIEWS.search(name)] == []


def test_the_check_itself_catches_such_names() -> None:
    for name in (*KINDS, "loyalty", "fake_news", "hostile", "anti_party", "criticism"):
        assert VIEWS.search(name), name


def test_no_words_of_a_mark_are_about_views() -> None:
    text = MARKS.read_text(encoding="utf-8")
    patterns = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    assert [line for line in patterns if VIEWS_IN_WORDS.search(fold(line))] == []
    labels = [*SCAM_MARKS.values(), *DANGER_MARKS.values(), *FORMAL_MARKS.values()]
    assert [label for label in labels if VIEWS_IN_WORDS.search(fold(label))] == []
    assert set(yaml.safe_load(text)) == {"words", "scam", "danger", "formal"}


# --- The posts -------------------------------------------------------------------------------


@cache
def civic() -> tuple[Example, ...]:
    """All criticism, and what else the model was not trained on: the rest would only take time."""
    return tuple(
        post for part in PARTS for post in read_civic(part) if part != "train" or post.criticism
    )


@cache
def criticism() -> tuple[Example, ...]:
    return tuple(post for post in civic() if post.criticism)


def test_there_is_enough_criticism_of_every_kind() -> None:
    counts = Counter(post.criticism for post in criticism())
    assert set(counts) == KINDS
    assert counts.total() >= 600
    assert min(counts.values()) >= 60


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_criticism_hardly_ever_carries_a_mark_of_a_scam(kind: str) -> None:
    posts = [post for post in criticism() if post.criticism == kind]
    marked = [(post.text, scam_marks(post.text)) for post in posts if scam_marks(post.text)]
    # A policy on fees names fees; a mark alone flags nothing.
    assert len(marked) <= 0.03 * len(posts), marked


def test_criticism_is_hardly_ever_kept_out_of_the_queue_as_a_report_of_wrongdoing() -> None:
    """It is to be answered like anything else: only an act that is told is kept apart."""
    for texts in ([post.text for post in criticism()], [strip_marks(p.text) for p in criticism()]):
        marked = [(text, formal_marks(text)) for text in texts if formal_marks(text)]
        assert len(marked) <= CEILING * len(texts), marked


# --- What the shipped model makes of them ----------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """What the service would show of the posts of the civic set."""

    labels: Mapping[str, Labels]
    """By post id, with the matches and reasons that a register of claims gives."""
    clustered: frozenset[str]
    """Ids of the posts that stand in a cluster of unchecked claims."""

    def reasons(self, post: Document) -> set[Reason]:
        """Of the post itself and of the cluster that it stands in."""
        reasons = set(self.labels[post.id].reasons)
        return reasons | ({Reason.UNVERIFIED_CLAIM} if post.id in self.clustered else set())

    def flagged(self, posts: Sequence[Example]) -> list[tuple[str, str, list[Reason]]]:
        return [
            (post.criticism, post.text, sorted(self.reasons(post) & FLAGS))
            for post in posts
            if self.reasons(post) & FLAGS
        ]


@cache
def model() -> NeuralClassifier:
    shipped = load_classifier()
    assert isinstance(shipped, NeuralClassifier)
    return shipped


@cache
def matcher() -> ClaimMatcher:
    """Of all claims of the claims set, every one of them held to be false: the hardest case."""
    claims = [claim for part in PARTS for claim in read_claims(part)]
    assert len(claims) >= 40
    register = Register(
        tuple(CheckedClaim(claim.id, claim.text, Verdict.FALSE) for claim in claims)
    )
    return ClaimMatcher.load(SHIPPED, model(), register)


@cache
def judged() -> Judged:
    """The civic set, labelled and held against the register; then all of it, and what the claims
    set says of its claims, as one stream of posts, each in a thread of its own, in which no claim
    counts as checked."""
    posts: list[Document] = list(civic())
    labels = model().label(posts)
    sayings: list[Document] = [
        Example(f"{claim.id}/{number}", text)
        for part in UNSEEN
        for claim in read_claims(part)
        for number, (text, _) in enumerate(claim.posts)
    ]
    now = datetime(2026, 8, 1, tzinfo=UTC)
    stream = [
        statement(post, label, now - timedelta(minutes=at))
        for at, (post, label) in enumerate(
            zip(posts + sayings, labels + model().label(sayings), strict=True)
        )
    ]
    clusters = find_clusters(stream, Likeness.load(SHIPPED), repeats_by(model()), now)
    assert clusters, "no rumour of the claims set was found: the check would prove nothing"
    # Holding a post against the register takes ten times as long as labelling it: of the posts
    # that are neither criticism nor a scam, a part shows what any other post gets.
    held = [
        at
        for at, post in enumerate(civic())
        if post.criticism or post.answers["scam"] == (1,) or at % 8 == 0
    ]
    matched = attach([labels[at] for at in held], matcher(), [posts[at] for at in held])
    return Judged(
        {label.post_id: label for label in matched},
        frozenset(post for cluster in clusters for post in cluster.posts),
    )


def statement(post: Document, label: Labels, published_at: datetime) -> Statement:
    return Statement(
        id=post.id,
        published_at=published_at,
        source="forum",
        thread_id=post.id,
        cluster_id=post.id,
        text=post.text,
        claim=label.scores["claim"],
        intent=label.intent,
        vector=unpack([label.embedding])[0],
    )


@pytest.mark.proof
def test_the_shipped_model_gives_every_score_that_could_flag_a_post() -> None:
    expected = {name for head in POST_HEADS for name in head.classes or (head.name,)}
    for label in judged().labels.values():
        assert label.scores.keys() == expected
        assert label.register == matcher().register.digest
        known = SCAM_MARKS.keys() | DANGER_MARKS.keys() | FORMAL_MARKS.keys()
        assert {mark.kind for mark in label.marks} <= known
    assert not [name for name in expected if VIEWS.search(name)]


def test_the_shipped_files_know_no_other_head_or_class() -> None:
    description = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))
    heads = {head.name: list(head.classes) or ["yes"] for head in HEADS}
    assert description["heads"] == heads


@pytest.mark.proof
def test_the_shipped_model_does_flag_what_should_be_flagged() -> None:
    scams = [post for post in civic() if post.answers["scam"] == (1,)]
    found = [post for post in scams if Reason.SCAM_WARNING in judged().reasons(post)]
    assert len(found) >= 0.8 * len(scams)
    repeated = [
        Example(f"{claim.id}/{number}", text)
        for claim in read_claims("test")
        for number, (text, stance) in enumerate(claim.posts)
        if stance is Stance.REPEATS
    ]
    labels = attach(model().label(repeated), matcher(), repeated)
    hits = [label for label in labels if Reason.REPEATS_CHECKED_CLAIM in label.reasons]
    assert len(hits) >= 0.6 * len(repeated)


@pytest.mark.proof
def test_criticism_is_not_flagged() -> None:
    found = judged().flagged(criticism())
    assert len(found) <= CEILING * len(criticism()), found


@pytest.mark.proof
def test_criticism_that_the_model_never_saw_is_not_flagged_either() -> None:
    unseen = [post for part in UNSEEN for post in read_civic(part) if post.criticism]
    found = judged().flagged(unseen)
    assert len(found) <= CEILING * len(unseen), found


@pytest.mark.proof
def test_criticism_without_diacritics_is_not_flagged() -> None:
    unseen = [post for part in UNSEEN for post in read_civic(part) if post.criticism]
    posts = [Example(one.id, strip_marks(one.text), one.title) for one in unseen]
    labels = attach(model().label(posts), matcher(), posts)
    found = [
        (post.text, label.reasons)
        for post, label in zip(posts, labels, strict=True)
        if FLAGS & set(label.reasons)
    ]
    assert len(found) <= CEILING * len(posts), found


@pytest.mark.proof
def test_criticism_gets_the_same_fields_as_any_other_post() -> None:
    filled: dict[bool, set[frozenset[str]]] = {True: set(), False: set()}
    for post in civic():
        if (label := judged().labels.get(post.id)) is None:
            continue
        given = {one.name for one in fields(Labels) if getattr(label, one.name) is not None}
        filled[bool(post.criticism)].add(frozenset(given | label.scores.keys()))
    assert filled[True] == filled[False]
    assert len(filled[True]) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tôi tin vào sự lãnh đạo của Đảng", "Tôi không tin vào sự lãnh đạo của Đảng"),
        ("Chủ tịch xã làm việc rất có tâm", "Chủ tịch xã làm việc rất vô tâm"),
        ("Theo tôi chính sách này đúng đắn", "Theo tôi chính sách này sai lầm"),
        ("Đi lễ nhà thờ thấy lòng thanh thản", "Đi lễ nhà thờ chỉ tốn thời gian"),
        ("Bầu cử thế là dân chủ lắm rồi", "Bầu cử thế thì dân chủ nỗi gì"),
    ],
)
def test_for_and_against_are_treated_alike(one: str, other: str) -> None:
    documents: list[Document] = [Example("1", one), Example("2", other)]
    first, second = attach(model().label(documents), matcher(), documents)
    assert not FLAGS & {*first.reasons, *second.reasons}
    assert {mark.kind for mark in first.marks} == {mark.kind for mark in second.marks} == set()
