"""Boundary 4: a post that reports wrongdoing by officials is kept out of the ordinary queue.

Those who handle the queue may be those it is about. The shipped model labels such posts, a register
of checked claims is held against them, and nothing opens an item for a person to look at.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from langnghe.casework.intake import intake
from langnghe.casework.review import item_id
from langnghe.classifier.claims import ClaimMatcher, attach
from langnghe.classifier.clusters import Statement, find_clusters, statements
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.marks import FORMAL_MARKS, formal_marks
from langnghe.classifier.model import load_classifier
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.reasons import is_kept_apart
from langnghe.classifier.register import Register
from langnghe.classifier.training.examples import Example, read_civic
from langnghe.classifier.training.views import strip_marks
from langnghe.core.models import CheckedClaim, Intent, Labels, Reason, Verdict
from langnghe.sites.content import Entry, read_content, walk
from langnghe.sites.content import Mark as Gold
from langnghe.store.posts.interface import LabelledPost

NOW = datetime(2026, 8, 1, tzinfo=UTC)


def lines(name: str) -> tuple[str, ...]:
    return tuple(Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines())


REPORTS = lines("wrongdoing.txt")
"""Acts that somebody in office is said to have done. The lists of words were fitted to them, so
these figures only guard against falling back."""

OTHERS = lines("no_wrongdoing.txt")
"""Criticism, neighbours, thieves and everyday matters, in much the same words."""


def missed(texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if not formal_marks(text)]


# --- Which posts they are --------------------------------------------------------------------


def test_nearly_every_report_is_known_by_its_words() -> None:
    assert len(REPORTS) > 120
    assert len(missed(REPORTS)) <= 0.1 * len(REPORTS), missed(REPORTS)


def test_without_diacritics_too() -> None:
    bare = tuple(map(strip_marks, REPORTS))
    assert len(missed(bare)) <= 0.12 * len(bare), missed(bare)


@pytest.mark.parametrize("text", OTHERS)
def test_other_posts_stay_in_the_queue(text: str) -> None:
    assert formal_marks(text) == ()


def test_no_scam_of_the_civic_set_passes_for_a_report() -> None:
    posts = [*read_civic("train"), *read_civic("dev")]
    scams = [post.text for post in posts if post.answers["scam"] == (1,)]
    assert len(scams) > 100
    assert [text for text in scams if formal_marks(text)] == []


def test_the_sample_sites_reports_are_known() -> None:
    content = read_content()
    sites = (content.local_news, content.region_news, content.forum, content.network, content.group)
    posts: list[Entry] = [one for site in sites for one in walk(site) if one.gold is not None]
    reports = {one.text for one in posts if one.gold and Gold.WRONGDOING in one.gold.marks}
    found = {one.text for one in posts if formal_marks(one.text)}
    assert len(reports) == 6
    # The two others tell of drug dealers and of a contractor, and of no act of an official.
    assert len(found & reports) >= 4
    assert len(found - reports) <= 0.005 * len(posts), found - reports


# --- What becomes of them --------------------------------------------------------------------


@cache
def model() -> NeuralClassifier:
    shipped = load_classifier()
    assert isinstance(shipped, NeuralClassifier)
    return shipped


@cache
def labelled() -> tuple[Labels, ...]:
    """Of reports that carry marks, with a register in which each of them is held to be false."""
    posts = [Example(f"{at:03}", text) for at, text in enumerate(REPORTS) if formal_marks(text)]
    checked = tuple(CheckedClaim(post.id, post.text, Verdict.FALSE) for post in posts)
    matcher = ClaimMatcher.load(SHIPPED, model(), Register(checked))
    return tuple(attach(model().label(posts), matcher, posts))


def test_the_labels_carry_the_words_and_no_reason() -> None:
    for label in labelled():
        words = [mark.words for mark in label.marks if mark.kind in FORMAL_MARKS]
        assert words
        assert all(word in REPORTS[int(label.post_id)] for word in words)
        assert set(label.reasons) <= {Reason.URGENT}


def test_nothing_opens_an_item_for_them() -> None:
    reasons = {label.post_id: label.reasons for label in labelled()}
    assert [change.after.reason for change in intake(reasons, {}, {}, NOW)] == [
        Reason.URGENT for given in reasons.values() for _ in given
    ]


def test_an_item_from_before_is_withdrawn() -> None:
    post = next(label.post_id for label in labelled() if not label.reasons)
    (opened,) = intake({post: (Reason.NEEDS_ANSWER,)}, {}, {}, NOW)
    items = {item_id(Reason.NEEDS_ANSWER, post): opened.after}
    (change,) = intake({post: ()}, {}, items, NOW)
    assert change.after.state == "withdrawn"


def test_they_are_no_cluster_of_unchecked_claims() -> None:
    report = "Trưởng thôn Nà Khoang ăn chặn tiền hỗ trợ bão của 20 hộ trong thôn từ tháng 9"
    sayings = [Example(str(at), f"{report}, {more}") for at, more in enumerate("abc")]
    posts = [
        LabelledPost(
            id=one.id,
            source="forum",
            thread_id=one.id,
            cluster_id=one.id,
            published_at=NOW - timedelta(hours=1),
            title="",
            text=one.text,
            # Whatever the model makes of it, it counts as a statement of fact here.
            labels=replace(label, intent=Intent.INFORMATION, scores={"claim": 0.9}),
        )
        for one, label in zip(sayings, model().label(sayings), strict=True)
    ]
    kept = statements(posts)
    assert all(is_kept_apart(one.marks) for one in kept)

    def clusters(given: list[Statement]) -> int:
        return len(
            find_clusters(given, Likeness.load(SHIPPED), lambda pairs: [1.0] * len(pairs), NOW)
        )

    assert clusters(kept) == 0
    # Without the marks they would be one: it is the marks that keep them out.
    assert clusters([replace(one, marks=()) for one in kept]) == 1
