"""HTML to text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.crawler.readers.html import fragment_text, parse_markup, select, to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Một</p><p>hai</p>", "Một\n\nhai"),
        ("một<br>hai<br/>ba", "một\nhai\nba"),
        ("<div>một</div><div>hai</div>", "một\nhai"),
        ("<ul><li>một</li><li>hai</li></ul>", "một\nhai"),
        ("a <b>đậm</b>, <a href='https://x.example/@ai'>chữ</a>!", "a đậm, chữ!"),
        ("một\n   hai&nbsp;ba", "một hai ba"),
        ("2 &lt; 3 &amp; 4", "2 < 3 & 4"),
        ("<script>x()</script><style>p{}</style>còn <!-- ẩn -->lại", "còn lại"),
        ("<p hidden>ẩn</p><p>hiện</p>", "hiện"),
        ('<img class="emoji" alt="😂">ha', "😂ha"),
        ('<img class="avatar" alt="Canary">ha', "ha"),
        ("3 < 5 và 7 > 2", "3 < 5 và 7 > 2"),
        ("giá & chất lượng", "giá & chất lượng"),
        ("<tr><td>a</td><td>b</td></tr>", "a b"),
        ("", ""),
        ("<p></p>", ""),
        ("<p>một</p><div><div>hai</div></div>ba", "một\n\nhai\nba"),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_fragment_text(markup: str, text: str) -> None:
    assert fragment_text(markup) == text


def test_named_parts_are_left_out() -> None:
    tree = parse_markup("<div>một <q>hai</q> ba<blockquote>bốn</blockquote>năm</div>")
    assert tree is not None
    assert to_text(tree, without=select(tree, "//q | //blockquote")) == "một ba\n\nnăm"


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "sâu",
        "<a href='" + "x" * 500_000 + "'>dài</a>",
        "<b " + "a='1' " * 50_000 + ">nhiều</b>",
        "<" * 200_000,
        "&" * 200_000,
        "<table>" * 20_000,
        "<p>" * 50_000 + "<b>" * 50_000,
    ],
    ids=["deep", "long", "attributes", "open", "entities", "tables", "unclosed"],
)
def test_hostile_markup_costs_no_more_than_seconds(markup: str) -> None:
    started = time.monotonic()
    assert isinstance(fragment_text(markup), str)
    assert time.monotonic() - started < 10


@settings(max_examples=150)
@given(st.text(max_size=200) | st.text("<>/pdivabr&;\"'= !-", max_size=200))
def test_any_markup_gives_text(markup: str) -> None:
    text = fragment_text(markup)
    assert text == text.strip()
    assert "\n\n\n" not in text
