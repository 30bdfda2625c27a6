"""Boundaries of the briefing: no words of a post, no small figure, no mask undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as read_docx  # noqa: N813  a function
from openpyxl import load_workbook
from pptx import Presentation as read_pptx  # noqa: N813  a function

from langnghe.briefing import work
from langnghe.briefing.briefings import BRIEFING
from langnghe.briefing.produce import FileKind, produce
from langnghe.briefing.report import Content
from langnghe.casework.desk import NewPetition
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.classifier.marks import FORMAL_MARKS
from langnghe.classifier.reasons import is_kept_apart
from langnghe.core.institution import LayoutName
from langnghe.core.models import Mark
from tests.briefing.world import MONTH, World, month_of_posts, world
from tests.casework.world import LAN

MASKED = "Hỏi lại theo số [SĐT] của [TÊN] ở bản."


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "home") as made:
        posts, labels = month_of_posts()
        # The newest posts about roads report wrongdoing.
        apart = [number for number in range(40) if posts[number].topics == ("duong-sa",)][-3:]
        labels = [
            replace(one, marks=(_formal_mark(),)) if number in apart else one
            for number, one in enumerate(labels)
        ]
        made.add(posts, labels)
        made.clock.at = made.clock.at.replace(day=10)
        new = NewPetition(Kind.PETITION, MASKED, topic="duong-sa")
        made.desk.open_petition(new, LAN)
        made.clock.at = made.clock.at.replace(day=20)
        yield made


def _formal_mark() -> Mark:
    marks = (Mark(kind, "phong bì") for kind in sorted(FORMAL_MARKS))
    return next(mark for mark in marks if is_kept_apart((mark,)))


def texts(content: Content) -> dict[FileKind, str]:
    """All words in the files that people take along."""
    made = {
        kind: BytesIO(produce(content, LayoutName.HD05, kind))
        for kind in (FileKind.DOCX, FileKind.PPTX, FileKind.XLSX)
    }
    document, slides = read_docx(made[FileKind.DOCX]), read_pptx(made[FileKind.PPTX])
    book = load_workbook(made[FileKind.XLSX])
    return {
        FileKind.DOCX: document.element.xpath("string(.)"),
        FileKind.PPTX: " ".join(
            shape.text_frame.text
            for slide in slides.slides
            for shape in slide.shapes
            if shape.has_text_frame
        ),
        FileKind.XLSX: " ".join(
            str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
        ),
    }


def test_files_hold_no_words_of_a_post_and_undo_no_mask(here: World) -> None:
    work.open_briefing(here.desk, here.material, MONTH, LAN)
    content = work.content(here.material, MONTH, here.clock.now())
    posts, _ = month_of_posts()
    found = texts(content)
    for said in found.values():
        assert not [one.id for one in posts if one.text[:14] in said or one.id in said.split()]
    assert MASKED.rstrip(".") in found[FileKind.DOCX]
    assert MASKED.rstrip(".") in found[FileKind.XLSX]


def test_files_break_no_small_figure_down(here: World) -> None:
    content = work.content(here.material, MONTH, here.clock.now())
    assert content.figures["posts.topic.dat-dai"] == 3
    assert "topic=dat-dai sentiment=" not in texts(content)[FileKind.XLSX]
    assert "topic=dat-dai intent=" not in texts(content)[FileKind.XLSX]
    assert "topic=dat-dai place=" not in texts(content)[FileKind.XLSX]


def test_posts_that_report_wrongdoing_are_no_examples(here: World) -> None:
    kept = work.open_briefing(here.desk, here.material, MONTH, LAN)
    assert kept.state.posts
    for stored in here.stores.posts.get(kept.state.posts):
        assert stored.labels is not None
        assert not is_kept_apart(stored.labels.marks)


def test_reading_the_examples_is_logged_and_not_for_leaders(here: World) -> None:
    kept = work.open_briefing(here.desk, here.material, MONTH, LAN)
    here.desk.read_posts(BRIEFING, kept.state.id, LAN)
    read = [one for one in here.desk.cases.audit.entries() if one.what == "read"]
    assert [(one.who, one.case_id) for one in read] == [("lan", kept.state.id)]
    for role in (Role.LEADER, Role.ADMINISTRATOR, Role.COLLABORATOR):
        with pytest.raises(Refused):
            here.desk.read_posts(BRIEFING, kept.state.id, Actor("ai", frozenset({role})))


def test_what_is_kept_of_a_briefing_holds_no_words_of_a_post(here: World) -> None:
    kept = work.open_briefing(here.desk, here.material, MONTH, LAN)
    row = here.desk.cases.get(BRIEFING.name, kept.state.id)
    assert row is not None
    posts, _ = month_of_posts()
    assert not [one.id for one in posts if one.text[:14] in row.body]
