"""The query language holds against any input."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.text import fold, match_form
from langnghe.store.posts import fts
from langnghe.store.posts.forms import exact_form, plain_form
from langnghe.store.posts.highlight import excerpt, marked, spans
from langnghe.store.posts.interface import HIGHLIGHT_END, HIGHLIGHT_START, Match, QueryError
from langnghe.store.posts.query import And, Or, Phrase, parse, wanted_phrases

PIECES = [
    *('"', "(", ")", "AND", "OR", "NOT", "VÀ", "HOẶC", "KHÔNG", "và", "miến dong", "chè", "5.000đ"),
    *("*", "^", ":", "-", "+", "NEAR(", "exact:", "{plain}", "“", "»", "\x00", "'", "\\", ";--"),
    *("đường", "e\u0302\u0301", "\ud800", "Ⅷ", "ﬁ", "İ", "٣", "한국", "_"),
]
ODD = st.text() | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE post_index USING fts5(exact, plain, "
        'tokenize = "unicode61 remove_diacritics 0")'
    )
    connection.execute("INSERT INTO post_index VALUES ('miến dong', 'mien dong')")
    return connection


@given(ODD, st.sampled_from(Match))
def test_any_text_is_a_query_or_a_query_error(
    index: sqlite3.Connection, text: str, match: Match
) -> None:
    position: int | None = None
    node = None
    try:
        node = parse(text, match)
    except QueryError as error:
        position = len(text) if error.position is None else error.position
    if position is not None:
        assert 0 <= position <= len(text)
        return
    if node is None:
        assert not text.strip()
        return
    for exact_only in (False, True):
        expression = fts.expression(node, exact_only=exact_only)
        index.execute(
            "SELECT rowid FROM post_index WHERE post_index MATCH ?", (expression,)
        ).fetchall()


@given(st.integers(1, 99), st.sampled_from(["OR", "AND", ""]))
def test_the_longest_queries_are_within_what_sqlite_takes(
    index: sqlite3.Connection, count: int, operator: str
) -> None:
    node = parse(f" {operator} ".join(f'"chè số {n}"' for n in range(count)))
    assert node is not None
    index.execute(
        "SELECT rowid FROM post_index WHERE post_index MATCH ?", (fts.expression(node),)
    ).fetchall()


def test_too_long_a_query_is_refused() -> None:
    with pytest.raises(QueryError, match="nhiều nhất"):
        parse(" OR ".join(["chè"] * 101))
    with pytest.raises(QueryError, match="nhiều nhất"):
        parse("chè " * 501)


def test_the_tree() -> None:
    tea, noodles, price = Phrase(("chè",)), Phrase(("miến", "dong")), Phrase(("giá",))
    assert parse("chè OR miến dong AND giá") == Or((tea, And((noodles, price))))
    assert parse("(chè OR miến dong) giá") == And((Or((tea, noodles)), price))
    assert parse('"miến dong" NOT chè KHÔNG giá') == And((noodles,), (tea, price))
    assert parse("miến chè miến", Match.ALL_WORDS) == And((Phrase(("miến",)), tea))
    assert parse("và or không") == Phrase(("và", "or", "không"))
    assert wanted_phrases(parse("chè OR (giá NOT miến dong)")) == (tea, price)


@given(
    st.lists(st.sampled_from(["miến", "dong", "Dông", "MIEN", "chè", ",", "…", "\n"]), max_size=30)
)
def test_what_is_marked_is_what_sqlite_finds(words: list[str]) -> None:
    text = " ".join(words)
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE post_index USING fts5(exact, plain, "
        'tokenize = "unicode61 remove_diacritics 0")'
    )
    connection.execute(
        "INSERT INTO post_index VALUES (?, ?)", (exact_form("", text), plain_form("", text))
    )
    for query in ("miến dong", "mien dong", "dong"):
        node = parse(query)
        assert node is not None
        found = connection.execute(
            "SELECT count(*) FROM post_index WHERE post_index MATCH ?", (fts.expression(node),)
        ).fetchone()[0]
        places = spans(text, wanted_phrases(node))
        assert bool(found) == bool(places)
        for start, end in places:
            seen = " ".join(match_form(text[start:end]).split())
            assert fold(query).split()[0] in fold(seen)
        shown = marked(text, places)
        assert shown.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "") == text
    connection.close()


@given(st.text(alphabet="ab đườngmiếndong \n", max_size=900), st.integers(0, 20))
def test_an_excerpt_is_a_part_of_the_text(text: str, times: int) -> None:
    text = text + " miến dong " * times
    shown = excerpt(text, (Phrase(("miến", "dong")),))
    bare = shown.replace(HIGHLIGHT_START, "").replace(HIGHLIGHT_END, "")
    assert bare.removeprefix("… ").removesuffix(" …") in text
    assert shown.count(HIGHLIGHT_START) == shown.count(HIGHLIGHT_END)
    assert len(bare) <= 300
