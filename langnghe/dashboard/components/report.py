"""A field report to be read: as a card of a list, and whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape

from langnghe.casework.kinds import Kept
from langnghe.casework.reportform import (
    FIELD_NAMES,
    INCLINATION_NAMES,
    INTENSITY_NAMES,
    ORIGIN_NAMES,
    WIDTH_NAMES,
    Form,
    ReportedStream,
)
from langnghe.casework.reports import STATE_NAMES, FieldReport, ReportState
from langnghe.core.vietnamese import moment
from langnghe.dashboard.context import Names
from langnghe.dashboard.formats import ago
from langnghe.dashboard.web.addresses import REPORT_FORM

EXCERPT = 200
"""Characters of a report's content on its card."""

_TOO_EARLY = "Chưa có nội dung"


def may_be_written(report: FieldReport) -> bool:
    """Whether its author can still change it."""
    return report.state in (ReportState.DRAFT, ReportState.RETURNED)


def write_on_html(report: FieldReport) -> str:
    """The way to the form, for its author."""
    words = "Viết tiếp" if report.state is ReportState.DRAFT else "Bổ sung rồi gửi lại"
    return f'<a class="ln-button" href="{REPORT_FORM}?ma={escape(report.id)}">{words}</a>'


def card_html(
    kept: Kept[FieldReport], named: Names, people: Mapping[str, str], now: datetime
) -> str:
    """A card: what it is about, where it stands, who wrote it.

    Args:
        kept: the report.
        named: titles of topics and places.
        people: names of accounts by id.
        now: the present moment.
    """
    report = kept.state
    content = report.form.content or _TOO_EARLY
    shown = content if len(content) <= EXCERPT else content[:EXCERPT].rstrip() + "…"
    when = report.submitted_at
    facts = [
        ("Người lập", people.get(report.author, report.author)),
        ("Gửi", moment(when)) if when else ("Lưu", ago(kept.changed_at, now)),
    ]
    return (
        f'<section class="ln-report"><h2>{escape(shown)}</h2>{_chips(report, named)}'
        f'<div class="ln-facts">{_facts(facts)}</div>{_returned(report, people)}</section>'
    )


def report_html(report: FieldReport, named: Names, people: Mapping[str, str]) -> str:
    """All of a report that has something in it."""
    author = people.get(report.author, report.author)
    facts = []
    if report.submitted_at:
        facts.append(("Gửi", moment(report.submitted_at)))
    if report.accepted_by and report.accepted_at:
        taker = people.get(report.accepted_by, report.accepted_by)
        facts.append(("Tiếp nhận", f"{taker}, {moment(report.accepted_at)}"))
    rows = "".join(
        f"<dt>{escape(FIELD_NAMES[name])}</dt><dd>{value}</dd>"
        for name, value in _values(report.form, named)
        if value
    )
    return (
        f'<section class="ln-report"><h2>Phiếu của {escape(author)}</h2>{_chips(report, named)}'
        f'<div class="ln-facts">{_facts(facts)}</div>{_returned(report, people)}'
        f"<dl>{rows}</dl></section>"
    )


def _chips(report: FieldReport, named: Names) -> str:
    chips = [("ln-chip ln-state", STATE_NAMES[report.state])]
    if report.form.urgent:
        chips.append(("ln-chip ln-negative", FIELD_NAMES["urgent"]))
    if report.form.topic:
        chips.append(("ln-chip", named.topics.get(report.form.topic, report.form.topic)))
    if report.form.place:
        chips.append(("ln-chip ln-place", named.places.get(report.form.place, report.form.place)))
    shown = "".join(f'<span class="{look}">{escape(words)}</span>' for look, words in chips)
    return f'<p class="ln-foot">{shown}</p>'


def _facts(facts: list[tuple[str, str]]) -> str:
    return "".join(f"<span>{escape(name)}: <b>{escape(value)}</b></span>" for name, value in facts)


def _returned(report: FieldReport, people: Mapping[str, str]) -> str:
    if report.returned_by is None:
        return ""
    who = people.get(report.returned_by, report.returned_by)
    return (
        f'<p class="ln-returned"><b>{escape(who)} trả lại để bổ sung:</b> '
        f"{escape(report.returned_why)}</p>"
    )


def _values(form: Form, named: Names) -> Iterator[tuple[str, str]]:
    """The fields in the order of the form, as HTML; empty where there is nothing to say."""
    yield "unit", escape(form.unit)
    yield "noted_at", moment(form.noted_at) if form.noted_at else ""
    yield "topic", escape(named.topics.get(form.topic, form.topic))
    yield "place", escape(named.places.get(form.place, form.place))
    yield "content", _text(form.content)
    yield "origins", ", ".join(ORIGIN_NAMES[origin] for origin in form.origins)
    # Not live: it is something that was typed.
    yield "link", escape(form.link)
    yield "unverified", "Có, cần kiểm tra lại" if form.unverified else ""
    yield "groups", _text(form.groups)
    streams = "".join(f"<li>{_stream(stream)}</li>" for stream in form.streams)
    yield "streams", f"<ul>{streams}</ul>" if streams else ""
    yield "intensity", INTENSITY_NAMES[form.intensity] if form.intensity else ""
    yield "causes", _text(form.causes)
    yield "proposals", _text(form.proposals)
    yield "attachments", _text(form.attachments)


def _stream(stream: ReportedStream) -> str:
    how = [
        INCLINATION_NAMES[stream.inclination] if stream.inclination else "",
        WIDTH_NAMES[stream.width] if stream.width else "",
    ]
    said = "".join(f'<span class="ln-chip">{words}</span> ' for words in how if words)
    return f"{_text(stream.text)} {said}"


def _text(text: str) -> str:
    return f'<span class="ln-typed">{escape(text)}</span>' if text else ""
