from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.errors import ConfigError
from langnghe.core.models import Topic
from langnghe.core.phrases import PhraseIndex, Prepared, Spelling, is_single_syllable
from langnghe.core.settings import shipped_configs
from langnghe.core.text import fold
from langnghe.core.topics import TopicMatcher, expand_alternatives, read_topics

SHIPPED = read_topics(shipped_configs() / "topics.yaml")
MATCHER = TopicMatcher(SHIPPED)

MIEN_DONG = TopicMatcher([Topic("mien-dong", "Miến dong", ("miến dong",))])


@pytest.mark.parametrize(
    "text",
    [
        "Giá miến dong năm nay",
        "MIẾN DONG BÌNH LƯ",
        "mien dong ngon lam",
        "mua miến\ndong ở đâu",
        "miến-dong",
        "#miendong",
        "#MiếnDong Bình Lư",
        "(miến dong)",
        unicodedata.normalize("NFD", "bán miến dong"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(text: str) -> None:
    assert MIEN_DONG.match(text) == ("mien-dong",)


@pytest.mark.parametrize(
    "text",
    [
        "xe khách đi miền Đông",  # other diacritics
        "miến dongg",  # goes on after the phrase
        "xmiến dong",
        "miến. Dong riềng",  # another sentence
        "miến, dong",
        "gió miên dong lạnh",
        "",
    ],
)
def test_what_only_looks_like_a_phrase_is_not(text: str) -> None:
    assert MIEN_DONG.match(text) == ()


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("tố cáo", "Anh ấy to cao, đẹp trai nhất lớp"),
        ("sửa chợ", "mong xã sớm sửa cho dân đi lại"),
        ("thu hồi", "Ai cũng thử hỏi vì sao"),
        ("kiến nghị", "một con người kiên nghị"),
    ],
)
def test_among_diacritics_a_bare_word_is_meant_bare(phrase: str, text: str) -> None:
    matcher = TopicMatcher([Topic("t", "T", (phrase,))])
    assert matcher.match(text) == ()
    assert matcher.match(f"ba con {fold(phrase)} mai khong ai nghe") == ("t",)


def test_a_name_counts_without_its_diacritics_even_among_others() -> None:
    matcher = TopicMatcher([Topic("lua", "Lúa", ("Séng Cù",))])
    assert matcher.match("Gạo Seng Cu năm nay được mùa") == ("lua",)
    assert matcher.match("Gạo seng cu năm nay được mùa") == ()


def test_both_tone_placements_are_one_phrase() -> None:
    matcher = TopicMatcher([Topic("so", "Số", ("khóa sim", "thủy điện"))])
    assert [one.phrase for one in matcher.explain("Bị khoá sim vì thuỷ điện")] == [
        "khóa sim",
        "thủy điện",
    ]


def test_an_exclusion_takes_away_only_what_it_overlaps() -> None:
    matcher = TopicMatcher([Topic("che", "Chè", ("bát chè", "búp chè"), ("chè đậu đen",))])
    assert matcher.match("ăn bát chè đậu đen") == ()
    assert [m.phrase for m in matcher.explain("ăn bát chè đậu đen rồi đi hái búp chè")] == [
        "búp chè"
    ]


def test_an_exclusion_of_one_topic_leaves_another_alone() -> None:
    matcher = TopicMatcher(
        [
            Topic("a", "A", ("đường điện",), ("đường điện thoại",)),
            Topic("b", "B", ("điện thoại",)),
        ]
    )
    assert matcher.match("kéo đường điện thoại") == ("b",)


def test_explain_gives_offsets_and_the_longest_phrase() -> None:
    matcher = TopicMatcher([Topic("y", "Y", ("bảo hiểm", "bảo hiểm y tế"))])
    text = "Thẻ bảo hiểm y tế, rồi bảo hiểm xe"
    assert [text[m.start : m.end] for m in matcher.explain(text)] == ["bảo hiểm y tế", "bảo hiểm"]


def test_ids_come_in_the_order_of_the_file() -> None:
    topics = [Topic("z", "Z", ("thủy điện",)), Topic("a", "A", ("nước sạch",))]
    assert TopicMatcher(topics).match("nước sạch cạnh thủy điện") == ("z", "a")


def test_no_topics_match_nothing() -> None:
    assert TopicMatcher([]).match("Bất cứ điều gì") == ()


# --- the file --------------------------------------------------------------------------------


def test_alternatives_expand() -> None:
    assert expand_alternatives("(lúa|gạo) Séng (Cù|Cừ)") == (
        "lúa Séng Cù",
        "lúa Séng Cừ",
        "gạo Séng Cù",
        "gạo Séng Cừ",
    )
    assert expand_alternatives("(cây|) dong riềng") == ("cây dong riềng", "dong riềng")


@pytest.mark.parametrize("phrase", ["chè", "xã", "lu", "Điện", "5G", "", " - "])
def test_single_syllables_are_told(phrase: str) -> None:
    assert is_single_syllable(phrase)


@pytest.mark.parametrize("phrase", ["VNeID", "homestay", "GPMB", "wifi", "cây chè", "QL4D"])
def test_words_that_are_no_syllable_may_stand_alone(phrase: str) -> None:
    assert not is_single_syllable(phrase)


def _written(tmp_path: Path, *phrases: str, more: str = "") -> Path:
    path = tmp_path / "topics.yaml"
    lines = "".join(f"      - {phrase}\n" for phrase in phrases)
    path.write_text(
        f"topics:\n  - id: che\n    title: Chè\n    phrases:\n{lines}{more}", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("chè", "một âm tiết"),
        ("(cây|) chè", "một âm tiết"),
        ("(cây chè", "ngoặc đơn"),
        ("cây|búp chè", "ngoặc đơn"),
        ("(a|b|c|d|e|f|g|h|i|k|l|m|n|o|p) (a|b|c|d|e|f|g|h|i|k|l|m|n|o|p)", "200"),
        ("7", "phải là chữ"),
    ],
)
def test_a_wrong_phrase_is_refused_with_its_line(tmp_path: Path, phrase: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as error:
        read_topics(_written(tmp_path, "cây chè", phrase))
    assert error.value.line == 6
    assert error.value.path.name == "topics.yaml"


def test_two_topics_of_one_id_are_refused(tmp_path: Path) -> None:
    more = "  - id: che\n    title: Trà\n    phrases: [đồi trà]\n"
    with pytest.raises(ConfigError, match="'che'"):
        read_topics(_written(tmp_path, "cây chè", more=more))


def test_a_phrase_in_two_tone_placements_is_kept_once(tmp_path: Path) -> None:
    (topic,) = read_topics(_written(tmp_path, "khoá sim", "khóa sim"))
    assert topic.phrases == ("khóa sim",)


# --- the shipped set -------------------------------------------------------------------------


def test_the_shipped_set_is_full() -> None:
    assert len(SHIPPED) >= 25
    assert all(len(topic.phrases) >= 12 for topic in SHIPPED)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Săn mây trên đèo Ô Quy Hồ đẹp quá", "du-lich-o-quy-ho"),
        ("Nhà nghỉ homestay ở bản Hon giá phòng bao nhiêu?", "du-lich-cong-dong"),
        ("mien dong binh lu nam nay mat gia", "mien-dong"),
        ("Giá chè búp tươi xuống thấp quá", "che"),
        ("gạo Ség Cù", "lua-seng-cu"),
        ("Cài VNeID mãi không được", "chuyen-doi-so"),
        ("xây dựng bản không ma túy", "khong-ma-tuy"),
        ("duong vao ban lay loi qua", "duong-sa"),
        ("Bao giờ được cấp sổ đỏ?", "dat-dai"),
        ("Rác thải đổ ra suối", "moi-truong"),
        ("Trạm y tế hết thuốc", "y-te"),
        ("Học sinh bán trú thiếu chăn ấm", "giao-duc"),
        ("Ra một cửa nộp hồ sơ ba lần", "thu-tuc-hanh-chinh"),
        ("Đêm qua sạt lở, lũ quét", "thien-tai"),
        ("mat dien ca ngay", "dien-nuoc"),
        ("Ở bản không có sóng điện thoại", "internet-song-dien-thoai"),
        ("Lễ hội Gầu Tào sắp tới", "le-hoi"),
        ("Sau sáp nhập xã, trụ sở cũ bỏ hoang", "sap-nhap"),
        ("Có người giả danh công an gọi điện", "lua-dao"),
        ("Trộm xe máy ngay giữa chợ", "an-ninh-trat-tu"),
        ("Nhà tôi thuộc hộ nghèo", "nong-thon-moi"),
        ("Tiền hỗ trợ khi nào về?", "chinh-sach-ho-tro"),
        ("Chợ phiên sáng nay đông", "cho-gia-ca"),
        ("Thanh niên thiếu việc làm", "viec-lam"),
        ("Lợn chết vì dịch tả lợn châu Phi", "nong-nghiep-chan-nuoi"),
    ],
)
def test_the_shipped_set_knows_local_matters(text: str, topic: str) -> None:
    assert topic in MATCHER.match(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chúc mừng sinh nhật em nhé",
        "Phim tối qua hay quá mọi người ạ",
        "Trưa nay ăn gì ngon nhỉ",
        "Hôm qua mình đi xem phim với bạn gái",
        "Bài hát này nghe đi nghe lại vẫn hay",
        "Con mèo nhà tôi béo lắm",
    ],
)
def test_small_talk_touches_no_topic(text: str) -> None:
    assert MATCHER.match(text) == ()


def test_each_shipped_phrase_finds_its_own_topic() -> None:
    lost = [
        (topic.id, phrase)
        for topic in SHIPPED
        for phrase in topic.phrases
        if topic.id not in MATCHER.match(phrase)
    ]
    assert lost == []


# --- properties ------------------------------------------------------------------------------

PHRASES = st.sampled_from([(topic.id, phrase) for topic in SHIPPED for phrase in topic.phrases])
BARE_MATCHER = TopicMatcher([Topic(t.id, t.title, t.phrases) for t in SHIPPED])
"""Without exclusions, which other words around a phrase may bring about."""


@settings(max_examples=150)
@given(PHRASES, st.text(max_size=40), st.text(max_size=40))
def test_a_phrase_is_found_in_any_text(phrase: tuple[str, str], before: str, after: str) -> None:
    topic, words = phrase
    assert topic in BARE_MATCHER.match(f"{before} {words} {after}")


@settings(max_examples=100)
@given(PHRASES, st.sampled_from(["x", "7", "đ", "Ế"]))
def test_a_phrase_within_a_longer_word_is_not(phrase: tuple[str, str], letter: str) -> None:
    topic, words = phrase
    index = PhraseIndex([(words, topic)])
    assert index.find(Prepared(f"{letter}{words}")) == []
    assert index.find(Prepared(f"{words}{letter}")) == []


@settings(max_examples=150)
@given(st.lists(PHRASES, min_size=1, max_size=4), st.sampled_from(["NFD", "NFKD", "NFC"]))
def test_matching_does_not_depend_on_the_unicode_form(
    phrases: list[tuple[str, str]], form: str
) -> None:
    text = ", ".join(words for _, words in phrases)
    assert MATCHER.match(unicodedata.normalize(form, text)) == MATCHER.match(text)  # type: ignore[arg-type]


@settings(max_examples=150)
@given(st.lists(PHRASES, min_size=1, max_size=4))
def test_a_text_stripped_of_diacritics_loses_no_topic(phrases: list[tuple[str, str]]) -> None:
    text = ". ".join(words for _, words in phrases)
    assert {topic for topic, _ in phrases} <= {*BARE_MATCHER.match(fold(text))}


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_offsets_lie_within_any_text(text: str) -> None:
    for mention in MATCHER.explain(text):
        assert 0 <= mention.start < mention.end <= len(unicodedata.normalize("NFC", text))


def test_spelling_is_told() -> None:
    index = PhraseIndex([("Bình Lư", 1)])
    spellings = [
        index.find(Prepared(text))[0].spelling for text in ("Bình Lư", "Bình Lu", "binh lu")
    ]
    assert spellings == [Spelling.EXACT, Spelling.PARTLY, Spelling.BARE]
