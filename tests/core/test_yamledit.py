"""Editing one part of a YAML text: the rest stays as it is, to the letter."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core import yamledit

FILE = """\
# Vì sao có tệp này. 😀
sources:
  # Báo của tỉnh.
  - name: bao        # tên ngắn
    title: Báo 😀 Lai Châu
    # Một bản tin là đủ.
    feeds: [https://bao.example/rss]
    enabled: true    # đang đọc

  # Diễn đàn.
  - {name: dien-dan, title: Diễn đàn, boards: ["https://dd.example/"]}
  - name: nhom
    note: |
      dòng một
      dòng hai
# Hết.
"""


def edit(text: str, number: int, new: str) -> str:
    return yamledit.replace(text, yamledit.parts(text, "sources")[number], new).text


def test_a_part_is_shown_from_the_first_column_with_its_comments() -> None:
    first, second, third = yamledit.parts(FILE, "sources")
    assert first.text == (
        "name: bao        # tên ngắn\n"
        "title: Báo 😀 Lai Châu\n"
        "# Một bản tin là đủ.\n"
        "feeds: [https://bao.example/rss]\n"
        "enabled: true    # đang đọc"
    )
    assert second.text == '{name: dien-dan, title: Diễn đàn, boards: ["https://dd.example/"]}'
    assert third.text == "name: nhom\nnote: |\n  dòng một\n  dòng hai"
    assert third.data == {"name": "nhom", "note": "dòng một\ndòng hai\n"}


@pytest.mark.parametrize("number", range(3))
def test_putting_back_what_was_taken_changes_nothing(number: int) -> None:
    part = yamledit.parts(FILE, "sources")[number]
    assert edit(FILE, number, part.text) == FILE


def test_all_but_the_part_stays_to_the_letter() -> None:
    part = yamledit.parts(FILE, "sources")[0]
    edited = yamledit.replace(FILE, part, "name: bao\ntitle: Khác")
    assert edited.text == FILE.replace(FILE[part.start : part.end], "name: bao\n    title: Khác")
    assert edited.line == 4


@pytest.mark.parametrize(
    "before",
    [
        "# Chưa có.\nsources: []\n",
        "# Chưa có.\nsources: []\nmore: 1\n",
        "# Chưa có.\n",
        "",
        "sources: [{name: a}]\n",
        "sources: [{name: a}, ]  # hết\nmore: 1\n",
        FILE,
        "sources:\n- name: a\n- name: b\n\n# rồi\nmore: [1]\n",
        "sources:\n    - name: a",
    ],
)
@pytest.mark.parametrize(
    "new", ["name: moi\nfeeds:\n  - x\n", "  - name: moi\n    feeds:\n      - x"]
)
def test_an_item_is_added_at_the_end(before: str, new: str) -> None:
    edited = yamledit.append(before, "sources", new)
    was: Any = yamledit.load(before) or {}
    added = {"name": "moi", "feeds": ["x"]}
    assert yamledit.load(edited.text) == {**was, "sources": [*was.get("sources", []), added]}
    assert "moi" in edited.text.splitlines()[edited.line - 1]
    kept = [line for line in before.splitlines() if "#" in line and "sources" not in line]
    assert [line for line in edited.text.splitlines() if line in kept] == kept


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nenabled: true  # vì\nb: 2\n", "a: 1\nenabled: false  # vì\nb: 2\n"),
        ("a: 1  # một\n", "a: 1  # một\nenabled: false\n"),
        ("{a: 1}", "{a: 1, enabled: false}"),
        ("{a: 1, enabled: yes}", "{a: 1, enabled: false}"),
    ],
)
def test_a_value_is_set_where_it_stands_or_added(before: str, after: str) -> None:
    assert yamledit.set_value(before, "enabled", "false") == after


SCALARS = st.one_of(
    st.integers(-5, 5), st.booleans(), st.text("aáđ 😀:#-'\"[]{},|>&*!%\n", max_size=12)
)
ITEMS = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.one_of(SCALARS, st.lists(SCALARS, max_size=3), st.dictionaries(st.just("k"), SCALARS)),
    min_size=1,
    max_size=4,
)


@given(
    items=st.lists(ITEMS, min_size=1, max_size=4),
    new=ITEMS,
    at=st.integers(0, 3),
    flow=st.sampled_from([True, False, None]),
)
def test_whatever_an_item_holds_it_alone_is_replaced(
    items: list[dict[str, Any]], new: dict[str, Any], at: int, flow: bool | None
) -> None:
    at %= len(items)
    text = "# đầu\n" + yaml.safe_dump(
        {"sources": items, "z": 1}, allow_unicode=True, default_flow_style=flow, sort_keys=False
    )
    if text.startswith("# đầu\n{"):
        return  # a whole file in brackets: nobody writes one
    part = yamledit.parts(text, "sources")[at]
    assert yamledit.load(part.text) == items[at]
    inline = yaml.safe_dump(new, allow_unicode=True, default_flow_style=True, width=10**6).strip()
    edited = yamledit.replace(text, part, inline).text
    assert yamledit.load(edited) == {
        "sources": [*items[:at], new, *items[at + 1 :]],
        "z": 1,
    }
    added = yamledit.append(text, "sources", inline).text
    assert yamledit.load(added) == {"sources": [*items, new], "z": 1}
