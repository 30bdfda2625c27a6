"""The drafted text: each number is a figure of its keys, in the register of domain.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from langnghe.briefing.content import Paragraph
from langnghe.briefing.deck import deck
from langnghe.briefing.figures import Figures, gather, periods_of
from langnghe.briefing.report import drafted_content, report
from langnghe.briefing.sentences import ASKED, as_typed, numbers_in, paragraphs_of, say, untraced
from langnghe.briefing.text import DRAFT_NOTE, draft
from langnghe.casework.claims import AddEvidence, ApproveVerdict, ProposeVerdict, StartVerifying
from langnghe.casework.desk import NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM
from langnghe.casework.petitionrecords import Kind
from langnghe.core.institution import LayoutName
from langnghe.core.models import Verdict
from tests.briefing.world import MONTH, World, month_of_posts, world
from tests.casework.world import CHI, LAN, NOTICE, SUMMARY


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "home") as made:
        made.add(*month_of_posts())
        yield made


def decide(here: World, statement: str, verdict: Verdict) -> None:
    """A claim from opening to approved verdict."""
    desk = here.desk
    done = desk.open_claim(NewClaim(statement, "duong-sa"), LAN)
    evidence = replace(NOTICE, dated=date(2026, 11, 9))
    steps = (StartVerifying(), AddEvidence(evidence), ProposeVerdict(verdict))
    for action in steps:
        done = desk.act(CLAIM, done.state.id, action, LAN, version=done.version)
    desk.act(CLAIM, done.state.id, ApproveVerdict(), CHI, version=done.version)


@pytest.fixture
def figures(here: World) -> Figures:
    here.clock.at = here.clock.at.replace(day=10)
    for verdict in (Verdict.FALSE, Verdict.CONFIRMED, Verdict.INCONCLUSIVE):
        decide(here, f"Đường 4D đóng 30 ngày ({verdict})", verdict)
    here.desk.open_petition(NewPetition(Kind.PETITION, SUMMARY, topic="duong-sa"), LAN)
    here.clock.at = here.clock.at.replace(day=20)
    return gather(here.material, *periods_of(MONTH, 16), here.clock.now())


def told(here: World, figures: Figures) -> list[Paragraph]:
    """All paragraphs of text and slides."""
    said = drafted_content(here.home, MONTH, figures)
    slides = deck(said, LayoutName.HD05).slides
    return [
        *(one for section in said.sections for one in section.paragraphs),
        *(one for slide in slides for one in slide.points),
    ]


def test_each_number_of_each_sentence_is_a_figure_of_its_keys(
    here: World, figures: Figures
) -> None:
    paragraphs = told(here, figures)
    assert len([one for one in paragraphs if one.figures]) > 15
    for paragraph in paragraphs:
        shown = [figures.shown(key) for key in paragraph.figures]
        assert numbers_in(paragraph.text, figures) == shown, paragraph.text


def test_figures_are_of_what_was_gathered_never_of_the_people(
    here: World, figures: Figures
) -> None:
    text = " ".join(one.text for one in told(here, figures)).lower()
    assert "trong 40 bài, ý kiến thu thập được" in text
    assert not re.search(r"(đa số|phần lớn|hầu hết|đông đảo) (người dân|nhân dân|bà con)", text)


def test_what_was_right_unproven_and_overdue_are_sections_of_their_own(
    here: World, figures: Figures
) -> None:
    sections = {one.id: one for one in draft(figures, here.home.briefing.fields)}
    for section, verdict in (
        ("false", "(false)"),
        ("right", "(confirmed)"),
        ("undecided", "(inconclusive)"),
    ):
        assert verdict in as_typed(sections[section].paragraphs)
    assert "quá hạn chưa trả lời" in as_typed(sections["overdue"].paragraphs)
    assert figures.petitions[0].id in as_typed(sections["overdue"].paragraphs)
    levels = [one.heading for one in sections.values() if one.level == 1]
    assert levels == [
        "Tình hình tư tưởng, dư luận xã hội",
        "Kết quả tiếp nhận, trả lời phản ánh, kiến nghị của Nhân dân",
        "Nhận định, dự báo",
        "Đề xuất, kiến nghị",
        "Định hướng nội dung cần nắm bắt, tuyên truyền tháng tới",
    ]


def test_no_words_of_a_post_are_in_any_document(here: World, figures: Figures) -> None:
    said = drafted_content(here.home, MONTH, figures)
    whole = repr((said, report(said, LayoutName.HD05), deck(said, LayoutName.HD05)))
    posts, _ = month_of_posts()
    assert not [one.id for one in posts if one.text in whole or one.text[:20] in whole]


def test_a_draft_says_so_and_slides_are_eight_to_ten(here: World, figures: Figures) -> None:
    said = drafted_content(here.home, MONTH, figures)
    assert report(said, LayoutName.ND30).draft_note == DRAFT_NOTE
    assert report(said, LayoutName.ND30).body == here.home.institution.state_body
    assert 8 <= 1 + len(deck(said, LayoutName.HD05).slides) <= 10
    empty = gather(here.material, *periods_of(date(2026, 5, 1), 16), here.clock.now())
    quiet = drafted_content(here.home, MONTH, empty)
    assert 8 <= 1 + len(deck(quiet, LayoutName.HD05).slides) <= 10


def test_braces_and_markup_in_a_statement_stay_as_they_are(figures: Figures) -> None:
    said = say(figures, "«{what}» {posts.total}", what="{posts.total} <b>")
    assert said.text == "«{posts.total} <b>» 40"
    assert said.figures == ("posts.total",)


def test_edited_text_keeps_its_figures_and_strange_numbers_are_pointed_out(
    here: World, figures: Figures
) -> None:
    overall = next(
        one for one in draft(figures, here.home.briefing.fields) if one.id == "overall"
    ).paragraphs
    assert paragraphs_of(as_typed(overall), overall, figures) == overall
    typed = f"Ngày 12/11, xã ghi nhận 40 bài, ý kiến; ước 77 hộ.\n- {overall[1].text}"
    edited = paragraphs_of(typed, overall, figures)
    assert edited[0].figures == ("posts.total",)
    assert untraced(edited[0], figures) == ["77"]
    assert edited[1] == replace(overall[1], bullet=True)
    assert any(ASKED in one.text for one in overall)
