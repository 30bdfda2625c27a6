"""The layouts against domain.md §1, written out here a second time."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import ValidationError

from langnghe.briefing.layout import Layout, Rule, StyleName, layout_named
from langnghe.briefing.wordstyles import STYLE_NAMES
from langnghe.core.institution import LayoutName

HD36, HD05, ND30 = map(layout_named, (LayoutName.HD36, LayoutName.HD05, LayoutName.ND30))


@pytest.mark.parametrize("name", LayoutName)
def test_each_layout_is_whole_and_within_its_own_limits(name: LayoutName) -> None:
    layout = layout_named(name)
    assert layout.name is name
    assert (layout.page.width, layout.page.height) == (210, 297)
    assert layout.font == "Times New Roman"


@pytest.mark.parametrize("layout", [HD36, HD05])
def test_party_pages(layout: Layout) -> None:
    page = layout.page
    sides = (page.top, page.bottom, page.left, page.right)
    assert [side.limits for side in sides] == [(20, 20), (20, 20), (30, 30), (15, 15)]
    assert layout.styles["page_number"].limits == (14, 14)
    assert layout.line_spacing.rule == "exact"
    assert layout.line_spacing.limits[0] == 18
    assert layout.numbering[0].pattern == "%1-"
    assert layout.signs == "slash"


def test_state_pages() -> None:
    page = ND30.page
    sides = (page.top, page.bottom, page.left, page.right)
    assert [side.limits for side in sides] == [(20, 25), (20, 25), (30, 35), (15, 20)]
    assert ND30.styles["page_number"].limits == (13, 14)
    assert (ND30.line_spacing.rule, ND30.line_spacing.limits) == ("multiple", (1, 1.5))
    assert ND30.first_line.limits == (10, 12.7)
    assert [one.pattern for one in ND30.numbering] == ["%1.", "%2.", "%3)"]
    assert ND30.signs == "dots"
    assert ND30.appendix.pages == "each"


PARTY: dict[StyleName, tuple[tuple[float, float], str]] = {
    "national": ((15, 15), "b"),
    "parent_body": ((14, 14), ""),
    "body": ((14, 14), "b"),
    "star": ((14, 14), ""),
    "number": ((14, 14), ""),
    "place_date": ((14, 14), "i"),
    "subject": ((14, 15), "b"),
    "text": ((14, 15), ""),
    "heading_1": ((14, 15), "b"),
    "authority": ((14, 14), "b"),
    "position": ((14, 14), ""),
    "name": ((14, 14), "b"),
    "addressees_label": ((14, 14), "i"),
    "addressees": ((14, 14), ""),
    "recipients_label": ((14, 14), "u"),
    "recipients": ((12, 12), ""),
    "circulation": ((12, 12), "b"),
}
STATE: dict[StyleName, tuple[tuple[float, float], str]] = {
    "national": ((12, 13), "b"),
    "motto": ((13, 14), "b"),
    "parent_body": ((12, 13), ""),
    "body": ((12, 13), "b"),
    "number": ((13, 13), ""),
    "place_date": ((13, 14), "i"),
    "document_title": ((13, 14), "b"),
    "subject": ((13, 14), "b"),
    "text": ((13, 14), ""),
    "heading_1": ((13, 14), "b"),
    "heading_2": ((13, 14), "b"),
    "heading_3": ((13, 14), ""),
    "authority": ((13, 14), "b"),
    "position": ((13, 14), "b"),
    "name": ((13, 14), "b"),
    "addressees_label": ((13, 14), ""),
    "recipients_label": ((12, 12), "bi"),
    "recipients": ((11, 11), ""),
    "circulation": ((13, 14), "b"),
    "appendix_label": ((14, 14), "b"),
    "appendix_title": ((13, 14), "b"),
    "appendix_reference": ((13, 14), "i"),
}


@pytest.mark.parametrize(
    ("layout", "name"),
    [(layout, name) for layout in (HD36, HD05) for name in PARTY] + [(ND30, one) for one in STATE],
    ids=lambda value: value.name if isinstance(value, Layout) else value,
)
def test_sizes_and_weights(layout: Layout, name: StyleName) -> None:
    style = layout.styles[name]
    marks = "b" * style.bold + "i" * style.italic + "u" * style.underline
    assert (style.limits, marks) == (STATE if layout is ND30 else PARTY)[name]


def test_what_differs_between_the_two_of_the_party() -> None:
    assert (HD36.text_end, HD05.text_end) == ("./.", ".")
    assert (HD36.recipients.between, HD05.recipients.between) == (",", ";")
    same = {"name", "title", "text_end", "recipients", "addressees", "line_spacing", "styles"}
    assert HD36.model_dump(exclude=same) == HD05.model_dump(exclude=same)
    assert HD36.styles["document_title"].limits == (15, 16)


def test_the_party_has_a_star_where_the_state_has_a_line() -> None:
    assert HD05.header[0].left == ("parent_body", "body", "star")
    assert HD05.heading_block[-1] == "subject_end"
    assert HD05.styles["subject_end"].text == "-----"
    line = ND30.header[0].left[-1]
    assert isinstance(line, Rule)
    assert line.rule == "body"
    assert line.limits == pytest.approx((1 / 3, 1 / 2), abs=0.001)


def test_each_style_has_a_name_in_word() -> None:
    assert set(STYLE_NAMES) == set(get_args(StyleName))
    assert len(set(STYLE_NAMES.values())) == len(STYLE_NAMES)


def test_a_value_outside_its_limits_is_refused() -> None:
    data = HD05.model_dump(mode="json")
    data["styles"]["text"]["size"] = 12
    with pytest.raises(ValidationError, match=r"12\.0 pt is not within"):
        Layout.model_validate(data)


def test_an_element_without_a_style_is_refused() -> None:
    data = HD05.model_dump(mode="json")
    del data["styles"]["star"]
    with pytest.raises(ValidationError, match="star is placed but has no style"):
        Layout.model_validate(data)
