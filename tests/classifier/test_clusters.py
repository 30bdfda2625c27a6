from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.classifier import clusters as clusters_module
from langnghe.classifier.clusters import (
    ClaimCluster,
    Statement,
    find_clusters,
    is_check_worthy,
)
from langnghe.classifier.clusters import statements as statements_of
from langnghe.classifier.evaluation.clusters import measure_clusters
from langnghe.classifier.likeness import FILE, Background, Likeness, terms_of
from langnghe.classifier.streams import opinions
from langnghe.classifier.training.clusters import fit_clusters, sayings
from langnghe.classifier.training.examples import read_civic, read_claims
from langnghe.classifier.vectors import pack
from langnghe.core.errors import NotReadyError
from langnghe.core.models import ClaimMatch, Intent, Labels, Mark, Sentiment, Stance
from langnghe.store.posts.interface import LabelledPost
from tests.classifier.clusterworld import SIZE, embed, hand_made

NOW = datetime(2026, 9, 20, 8, 0, tzinfo=UTC)

DAM = (
    "Đập Nậm Chim vỡ rồi, nước cuốn ba nhà ở bản Mấn",
    "nghe noi dap nam chim vo dem qua, nuoc cuon mat ba nha ban man",
    "Vỡ đập Nậm Chim, bản Mấn mất ba nhà vì nước cuốn",
    "Đập Nậm Chim bị vỡ, ba nhà bản Mấn trôi theo nước",
)
MARKET = (
    "Chợ Thanh Lương đóng cửa từ tháng 10 để xây trung tâm thương mại",
    "cho thanh luong dong cua thang 10 nhe, xay trung tam thuong mai",
    "Tháng 10 này chợ Thanh Lương đóng cửa, xây trung tâm thương mại rồi",
)
OTHERS = (
    "Tiêm phòng dại cho chó ở thôn Đồi vào sáng thứ bảy",
    "Giá lúa ST25 hôm nay 9.200 đồng một ký",
    "Trường mầm non Hoa Ban tuyển hai cô nuôi",
)


def everything(pairs: Sequence[tuple[str, str]]) -> list[float]:
    return [1.0] * len(pairs)


def statement(at: int, text: str, **changes: object) -> Statement:
    made = Statement(
        id=f"post{at:03}",
        published_at=NOW - timedelta(hours=at + 1),
        source="dien-dan",
        thread_id=f"chu-de-{at}",
        cluster_id=f"post{at:03}",
        text=text,
        claim=0.9,
        intent=Intent.INFORMATION,
        vector=np.zeros(SIZE, np.float32),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def statements(*texts: str) -> list[Statement]:
    vectors = embed(texts)
    return [statement(at, text, vector=vectors[at]) for at, text in enumerate(texts)]


def found(posts: Sequence[Statement], **more: object) -> list[ClaimCluster]:
    return find_clusters(posts, hand_made(), everything, NOW, **more)  # type: ignore[arg-type]


def test_puts_together_what_says_the_same_and_nothing_else() -> None:
    posts = statements(*DAM, *MARKET, *OTHERS)
    dam, market = found(posts)
    assert set(dam.posts) == {one.id for one in posts[:4]}
    assert set(market.posts) == {one.id for one in posts[4:7]}
    assert dam.first == posts[3].published_at
    assert dam.last == posts[0].published_at
    assert dam.posts == tuple(one.id for one in reversed(posts[:4]))
    assert dam.representative in dam.posts
    assert {"chim"} & {word.lower() for word in dam.words}
    assert 0.5 < dam.likeness <= 1
    assert dam.sources == ("dien-dan",)
    assert len(dam.threads) == 4


def test_two_posts_are_no_cluster() -> None:
    assert found(statements(*DAM[:2])) == []


def test_posts_of_one_thread_are_no_cluster_and_two_threads_suffice() -> None:
    posts = [replace(one, thread_id="t") for one in statements(*DAM)]
    assert found(posts) == []
    assert len(found([replace(posts[0], thread_id="u"), *posts[1:]])) == 1
    # The same number of a thread at another source is another thread.
    assert len(found([replace(posts[0], source="bao"), *posts[1:]])) == 1


def test_copies_count_as_posts_but_make_no_second_thread() -> None:
    copies = [
        replace(one, cluster_id="same", thread_id="t") for one in statements(DAM[0], DAM[0], DAM[0])
    ]
    assert found(copies) == []
    spread = [copies[0], copies[1], replace(copies[2], thread_id="u")]
    (cluster,) = found(spread)
    assert len(cluster.posts) == 3
    assert cluster.representative == "post002"  # the oldest of the copies stands for them
    assert cluster.likeness == 1.0


@pytest.mark.parametrize(
    "changes",
    [
        {"claim": 0.49},
        {"intent": Intent.QUESTION},
        {"intent": Intent.OTHER},
        {"intent": Intent.PRAISE},
        *(
            {"matches": (ClaimMatch("c1", 0.8, stance, 0.9, suggested_only=suggested),)}
            for stance in (Stance.REPEATS, Stance.DOUBTS, Stance.DENIES)
            for suggested in (False, True)
        ),
        {"published_at": NOW - timedelta(days=14)},
    ],
)
def test_leaves_out_what_is_no_unchecked_statement_of_the_window(
    changes: dict[str, object],
) -> None:
    posts = [replace(one, **changes) for one in statements(*DAM)]  # type: ignore[arg-type]
    assert found(posts) == []
    # It is left out by itself, and does not take others with it.
    rest = statements(*DAM)[1:]
    (cluster,) = found([posts[0], *rest])
    assert set(cluster.posts) == {one.id for one in rest}


def test_a_claim_that_the_post_does_not_speak_of_is_no_obstacle() -> None:
    post = statement(0, DAM[0], matches=(ClaimMatch("c1", 0.4, Stance.UNRELATED, 0.9),))
    assert is_check_worthy(post)


def test_a_report_of_wrongdoing_by_officials_is_left_to_the_formal_channel() -> None:
    report, flood = Mark("bribe", "cán bộ đòi 5 triệu"), Mark("flood", "nước cuốn")
    assert is_check_worthy(statement(0, DAM[0], marks=(flood,)))
    assert not is_check_worthy(statement(0, DAM[0], marks=(flood, report)))


def test_only_posts_that_repeat_one_post_stay_together() -> None:
    posts = statements(*DAM, "Đập Nậm Chim ở bản Mấn đang sửa, ba nhà gần nước dời tạm")
    asked: list[tuple[str, str]] = []

    def repeats(pairs: Sequence[tuple[str, str]]) -> list[float]:
        asked.extend(pairs)
        return [float(("sửa" in one) == ("sửa" in other)) for one, other in pairs]

    (everyone,) = found(posts)
    assert len(everyone.posts) == 5  # one matter: what the cheap signals can tell
    (cluster,) = find_clusters(posts, hand_made(), repeats, NOW)
    assert set(cluster.posts) == {one.id for one in posts[:4]}
    assert cluster.representative != posts[4].id
    assert all(one != other for one, other in asked)


def test_two_statements_on_one_matter_become_two_clusters() -> None:
    mended = [text.replace("vỡ", "sửa").replace("vo ", "sua ") for text in DAM]
    posts = statements(*DAM, *(f"{text} xong" for text in mended))

    def repeats(pairs: Sequence[tuple[str, str]]) -> list[float]:
        return [float(one.endswith("xong") == other.endswith("xong")) for one, other in pairs]

    first, second = find_clusters(posts, hand_made(cut=-2.0), repeats, NOW)
    together = [{int(id_[4:]) for id_ in cluster.posts} for cluster in (first, second)]
    assert sorted(map(sorted, together)) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_nothing_is_asked_about_what_cannot_become_a_cluster() -> None:
    def repeats(pairs: Sequence[tuple[str, str]]) -> list[float]:
        raise AssertionError(pairs)

    assert find_clusters(statements(DAM[0], *OTHERS), hand_made(), repeats, NOW) == []
    assert find_clusters([], hand_made(), repeats, NOW) == []


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_posts_changes_nothing(draw: random.Random) -> None:
    posts = statements(*DAM, *MARKET, *OTHERS)
    expected = found(posts)
    draw.shuffle(posts)
    assert found(posts) == expected


def test_a_cluster_keeps_its_id_while_it_grows() -> None:
    posts = statements(*reversed(DAM))  # the first is the newest
    (before,) = found(posts[1:])
    (after,) = found(posts)
    assert after.id == before.id
    assert len(after.posts) == len(before.posts) + 1


def test_a_cluster_keeps_its_id_when_its_oldest_posts_leave_the_window() -> None:
    posts = statements(*DAM)
    (before,) = found(posts)
    (fresh,) = found(posts[:3])
    assert fresh.id != before.id
    (kept,) = found(posts[:3], known={before.id: before.posts})
    assert kept.id == before.id


def test_a_known_id_goes_to_the_cluster_with_most_of_its_posts_and_to_no_other() -> None:
    posts = statements(*DAM, *MARKET)
    mixed = [posts[0].id, *(one.id for one in posts[4:])]
    for known in ({"a": mixed}, {"a": mixed, "b": [posts[5].id]}):
        dam, market = found(posts, known=known)
        assert market.id == "a"
        assert dam.id not in known


def test_a_part_split_off_gets_an_id_of_its_own() -> None:
    posts = statements(*DAM, *MARKET)
    dam, _ = found(posts)
    # Before, all stood in one cluster, which had its id from the oldest post of the dam's.
    one = {dam.id: [*(one.id for one in posts[4:]), posts[3].id]}
    dam_now, market_now = found(posts, known=one)
    assert market_now.id == dam.id
    assert dam_now.id != dam.id


def test_nothing_knows_who_wrote_a_post() -> None:
    names = {field.name for kind in (Statement, ClaimCluster) for field in fields(kind)}
    assert names == {
        "id", "published_at", "source", "thread_id", "cluster_id", "text", "claim", "intent",
        "vector", "matches", "posts", "sources", "threads", "first", "last", "representative",
        "words", "likeness", "marks",
    }  # fmt: skip


def test_more_wordings_than_neighbours_that_are_looked_at_stay_together() -> None:
    draw = random.Random(5)
    heads = "b c ch d g h kh l m n ng nh ph t th tr v x"
    rhymes = "a ai an ang anh ao e en eo i iem ien o oi ong u ua ui ung uoc uong"
    syllables = [head + rhyme for head in heads.split() for rhyme in rhymes.split()]
    texts = [" ".join(draw.choices(syllables, k=20)) for _ in range(1_800)]
    story = draw.choices(syllables, k=24)
    # One rumour in 200 wordings, many more than the neighbours that are looked at of each post.
    for _ in range(200):
        told = [word for word in story if draw.random() < 0.85]
        texts.append(" ".join([*told, *draw.choices(syllables, k=4)]))
    posts = statements(*texts)
    posts = [
        replace(one, id=f"{at:06}", cluster_id=f"{at:06}", published_at=NOW - timedelta(minutes=1))
        for at, one in enumerate(posts)
    ]
    clusters = found(posts)
    rumour = max(clusters, key=lambda one: len(one.posts))
    assert len([id_ for id_ in rumour.posts if int(id_) >= 1_800]) >= 190


def test_what_hangs_together_in_a_chain_is_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters_module, "MOST_TOGETHER", 5)
    dam, market = found(statements(*DAM, *MARKET, *OTHERS))
    assert (len(dam.posts), len(market.posts)) == (4, 3)
    # Four are more than may be compared at once: only the nearest of them stay together.
    monkeypatch.setattr(clusters_module, "MOST_TOGETHER", 3)
    assert all(len(one.posts) <= 3 for one in found(statements(*DAM, *MARKET, *OTHERS)))


def test_equal_texts_beyond_the_neighbours_that_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clusters_module, "MOST_NEIGHBOURS", 2)
    (cluster,) = found(statements(*([DAM[0]] * 12), *OTHERS))
    assert len(cluster.posts) >= 3
    assert set(cluster.posts) <= {f"post{at:03}" for at in range(12)}


def test_reads_what_the_store_gives() -> None:
    def stored(at: int, embedding: bytes) -> LabelledPost:
        labels = Labels(
            f"p{at}",
            "model",
            sentiment=Sentiment.NEUTRAL,
            intent=Intent.INFORMATION,
            scores={"claim": 0.8},
            embedding=embedding,
        )
        return LabelledPost(f"p{at}", "bao", "t1", "c1", NOW, "", DAM[at], labels)

    packed = pack(embed(DAM[:2]))
    read = statements_of([stored(0, packed[0]), stored(1, packed[1]), stored(2, b"")])
    assert [(one.id, one.claim, one.intent) for one in read] == [
        ("p0", 0.8, Intent.INFORMATION),
        ("p1", 0.8, Intent.INFORMATION),
    ]
    assert float(read[1].vector @ embed(DAM[1:2])[0]) > 0.99
    heard = opinions([stored(0, packed[0]), stored(2, b"")])
    assert [(one.id, one.sentiment) for one in heard] == [("p0", Sentiment.NEUTRAL)]
    assert statements_of([]) == []
    assert opinions([]) == []


# --- Terms ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 người, 1.200.000 đồng, 05/9", {"12", "1200000", "5", "9"}),
        ("mười hai người", {"12"}),
        ("hai mươi lăm nhà, ba mươi hộ", {"25", "30"}),
        ("năm nay không có ai", set()),
        ("cấp 3,5", {"3,5"}),
        ("mươi người", set()),
    ],
)
def test_numbers(text: str, numbers: set[str]) -> None:
    assert terms_of(text).numbers == numbers


def test_names_are_told_by_writing() -> None:
    terms = terms_of("Xã Hải Ninh và bản Pá Khôm. THÔNG BÁO KHẨN")
    assert {"hai ninh", "pa khom"} <= terms.names
    assert "thong bao" not in terms.names
    assert not terms.casual
    assert terms_of("xa hai ninh va ban pa khom").casual
    assert terms_of("Đường xấu quá").casual  # a sentence's first capital says nothing


@given(st.text(max_size=200))
def test_any_text_can_be_taken_apart(text: str) -> None:
    terms = terms_of(text)
    assert all(" " in pair for pair in terms.pairs | terms.names)
    assert terms == terms_of(text)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=80), min_size=2, max_size=6))
def test_signals_of_pairs_and_of_all_pairs_agree_and_keep_their_range(texts: list[str]) -> None:
    rows = np.arange(len(texts))
    posts = hand_made().prepare(texts, embed([f"{text} x" for text in texts]))
    one, other = np.triu_indices(len(texts), 1)
    signals = posts.signals(one, other)
    np.testing.assert_allclose(signals, posts.signals_within(rows), atol=1e-5)
    np.testing.assert_allclose(signals, posts.signals(other, one), atol=1e-5)
    assert (signals[:, 1:] >= -1e-6).all()
    assert (signals <= 1 + 1e-5).all()


# --- What is fitted ---------------------------------------------------------------------------


def test_fitted_on_the_claims_it_finds_claims_it_has_not_seen(tmp_path: Path) -> None:
    said = sayings(read_claims("train")[:60], read_civic("train")[:300])
    background = [one.text for one in read_civic("train")[:300]]
    likeness = fit_clusters(said, embed([one.text for one in said]), background)
    assert likeness.weights["words"] > 0
    assert likeness.weights["no_name_shared"] <= 0
    likeness.save(tmp_path)
    again = Likeness.load(tmp_path)
    np.testing.assert_allclose(again.centre, likeness.centre, atol=1e-5)
    assert again.background == likeness.background
    assert (again.weights, again.bias, again.cut) == (likeness.weights, likeness.bias, likeness.cut)

    unseen = sayings(read_claims("dev"), [])
    repeats = [one for one in unseen if one.fact == one.matter]
    figures = measure_clusters(repeats, embed([one.text for one in repeats]), again, everything)
    assert figures.claims == 50
    assert figures.found >= 0.4
    assert figures.one_matter >= 0.7


def test_measuring_counts_criticism_that_ends_in_a_cluster() -> None:
    said = sayings([], read_civic("dev"))
    critical = [one for one in said if one.criticism][:2]
    same = [replace(critical[0], fact=f"f{n}") for n in range(3)]
    vectors = embed([one.text for one in [*same, critical[1]]])
    figures = measure_clusters([*same, critical[1]], vectors, hand_made(), everything)
    assert (figures.criticism, figures.flagged) == (4, 0.75)
    assert figures.sound == 0
    kept_out = measure_clusters(
        [*same, critical[1]], vectors, hand_made(), everything, [(0.1, Intent.COMPLAINT)] * 4
    )
    assert (kept_out.posts, kept_out.clusters, kept_out.flagged) == (0, 0, 0.0)


@pytest.mark.parametrize(
    "content",
    [None, "", "[]", "{}", '{"format": 1, "weights": {}}', '{"format": 99}'],
)
def test_a_missing_or_damaged_file_says_so(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(NotReadyError, match="langnghe train"):
        Likeness.load(tmp_path)


def test_a_saved_file_is_plain_json_without_texts(tmp_path: Path) -> None:
    likeness = replace(hand_made(), background=Background.of(["Một chuyện riêng lẻ"] * 3))
    likeness.save(tmp_path)
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert kept["background"] == {}  # a term of three posts is rare, and is not kept
    assert not list(tmp_path.glob("*.partial"))
