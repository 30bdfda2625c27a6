from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from langnghe.classifier.evaluation.agreement import QUESTIONS, agreements, kappa
from langnghe.classifier.heads import HEADS
from langnghe.classifier.training.examples import (
    OWN,
    CorpusError,
    read_civic,
    read_claims,
    read_public,
)
from langnghe.core.models import Intent, Stance, Verdict
from langnghe.core.text import clean, fold, words

SPLITS = ("train", "dev", "test")


def rows(split: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (OWN / f"{split}.jsonl").read_text().splitlines()]


def pieces(text: str) -> frozenset[tuple[str, ...]]:
    folded = [fold(word) for word in words(text)]
    return frozenset(zip(folded, folded[1:], folded[2:], strict=False)) or frozenset(
        {tuple(folded)}
    )


def test_the_set_is_large_enough_and_holds_criticism_of_each_kind() -> None:
    posts = [one for split in SPLITS for one in read_civic(split)]
    assert len(posts) >= 3_000
    kinds = Counter(one.criticism for one in posts if one.criticism)
    assert kinds.total() >= 600
    assert set(kinds) == {
        "official",
        "policy",
        "party_state",
        "satire",
        "political",
        "religious",
    }
    assert min(kinds.values()) >= 60
    for split in SPLITS:
        intents = Counter(row["intent"] for row in rows(split))
        assert set(intents) == set(Intent)
        assert min(intents.values()) >= 25


def test_criticism_is_a_view_never_an_allegation_or_a_scam() -> None:
    for split in SPLITS:
        for one in read_civic(split):
            if one.criticism:
                assert one.answers["claim"] == one.answers["scam"] == (0,), one.id


def test_posts_are_clean_and_stand_once() -> None:
    seen: set[str] = set()
    for split in SPLITS:
        for row in rows(split):
            assert row["text"] == clean(str(row["text"]))
            assert row["title"] == clean(str(row["title"]))
            assert str(row["text"]).lower() not in seen
            seen.add(str(row["text"]).lower())


def test_parts_share_neither_topics_nor_phrasings() -> None:
    topics = [{row["topic"] for row in rows(split)} for split in SPLITS]
    assert not topics[0] & topics[1]
    assert not topics[0] & topics[2]
    assert not topics[1] & topics[2]
    known = defaultdict(set)
    texts = {}
    for one in read_civic("train"):
        texts[one.id] = pieces(one.text)
        for piece in texts[one.id]:
            known[piece].add(one.id)
    for split in ("dev", "test"):
        for one in read_civic(split):
            own = pieces(one.text)
            shared = Counter(other for piece in own for other in known[piece])
            for other, count in shared.most_common(1):
                assert count / len(own | texts[other]) < 0.5, (one.text, other)


def test_claims_have_repeats_and_near_misses_and_parts_share_none() -> None:
    parts = {split: read_claims(split) for split in SPLITS}
    ids = [claim.id for claims in parts.values() for claim in claims]
    assert len(ids) == len(set(ids))
    measured = [*parts["dev"], *parts["test"]]
    assert len(measured) >= 40
    for claim in measured:
        stances = Counter(stance for _, stance in claim.posts)
        assert stances[Stance.REPEATS] >= 6
        assert stances[Stance.UNRELATED] >= 4
        assert stances[Stance.DOUBTS] >= 2
        assert stances[Stance.DENIES] >= 2
    for claims in parts.values():
        for claim in claims:
            assert Verdict(claim.verdict)
            assert claim.evidence


def test_a_damaged_set_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_text('{"id": "x", "text": "y"}\n')
    with pytest.raises(CorpusError, match=r"dev\.jsonl:1"):
        read_civic("dev", tmp_path)
    (tmp_path / "claims_dev.jsonl").write_text("{\n")
    with pytest.raises(CorpusError, match=r"claims_dev\.jsonl"):
        read_claims("dev", tmp_path)
    with pytest.raises(CorpusError, match="--data"):
        read_public(tmp_path, "uit-vsfc", "dev")
    (tmp_path / "uit-viocd").mkdir()
    (tmp_path / "uit-viocd" / "dev.jsonl").write_text('{"text": "y", "complaint": true}\n{}\n')
    with pytest.raises(CorpusError, match=r"dev\.jsonl:2"):
        read_public(tmp_path, "uit-viocd", "dev")


def test_a_set_that_says_less_allows_several_answers(tmp_path: Path) -> None:
    (tmp_path / "uit-viocd").mkdir()
    (tmp_path / "uit-viocd" / "dev.jsonl").write_text('{"text": "y", "complaint": true}\n')
    (one,) = read_public(tmp_path, "uit-viocd", "dev")
    intent = next(head for head in HEADS if head.name == "intent")
    assert {intent.classes[at] for at in one.answers["intent"]} == {"complaint", "suggestion"}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    first, second = zip(*pairs, strict=True)
    if len({*first, *second}) > 1:
        assert kappa(first, second) == pytest.approx(cohen_kappa_score(first, second))
    else:
        assert kappa(first, second) == 1


def test_two_passes_over_a_fifth_agree_well() -> None:
    figures = agreements()
    posts = sum(len(read_civic(split)) for split in SPLITS)
    between = {question: figures["first", "second"][question] for question in QUESTIONS}
    assert all(one.posts >= 0.19 * posts for one in between.values())
    # "Substantial" by Landis & Koch 1977.
    assert min(one.kappa for one in between.values()) > 0.6, between
