"""Nothing in a label is live: Markdown shows each sign as itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from langnghe.dashboard.components.plain import as_label

MARKDOWN = MarkdownIt("commonmark").enable("strikethrough")


# As the browser looks for bare addresses in what is left of the text (mdast-util-gfm-autolink).
AUTOLINK = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE)


def _read(shown: html.HtmlElement) -> str:
    return shown.text_content().replace("\u2060", "")


def _shown(label: str) -> html.HtmlElement:
    return html.fragment_fromstring(MARKDOWN.renderInline(label), create_parent="p")


@pytest.mark.parametrize(
    "text",
    [
        "[bấm](https://xau.example) ![](https://xau.example/a.png)",
        "**đậm** _nghiêng_ ~~gạch~~ `mã`",
        "<img src=x onerror=alert(1)> &lt;",
        "<https://xau.example>",
        r"\[đã thoát\](x)",
    ],
)
def test_markdown_in_a_text_is_shown_as_it_was_written(text: str) -> None:
    shown = _shown(as_label(text))
    assert _read(shown) == text
    assert len(shown) == 0


@pytest.mark.parametrize(
    "text", [":red[đỏ]", ":material/home:", "$x^2$", "www.xau.example", "a@b.c"]
)
def test_what_streamlit_adds_to_markdown_is_broken_up(text: str) -> None:
    label = as_label(text)
    assert _read(_shown(label)) == text
    assert not re.search(r"(?<!\\)[:$.@\[]", label)


@pytest.mark.parametrize(
    "text",
    ["https://xau.example/a?b=c", "HTTP://xau.example", "WWW.xau.example", "a.b@xau.example"],
)
def test_no_bare_address_becomes_a_link(text: str) -> None:
    shown = _shown(as_label(f"vào {text} nhé"))
    assert AUTOLINK.search(text)
    assert not AUTOLINK.search(shown.text_content())
    assert _read(shown) == f"vào {text} nhé"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Co", "Cf", "Zl", "Zp"])))
def test_any_text_stays_text_on_one_line_and_bounded(text: str) -> None:
    shown = _shown(as_label(text, 40))
    line = " ".join(text.split())
    assert len(shown) == 0
    assert _read(shown) == (line if len(line) <= 40 else line[:40].rstrip() + "…")
