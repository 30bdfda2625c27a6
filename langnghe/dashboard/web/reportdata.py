"""A field report as the browser's form and the server tell it to each other, in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from langnghe.casework.kinds import Kept
from langnghe.casework.reportform import Form
from langnghe.casework.reports import FieldReport, ReportState
from langnghe.casework.roles import Refused
from langnghe.core.clock import LOCAL_ZONE, local_day
from langnghe.core.vietnamese import moment
from langnghe.dashboard.desk import personal_data

MINUTES: Final = "%Y-%m-%dT%H:%M"
"""As `<input type="datetime-local">` has it: the time in Viet Nam, whatever the device's zone."""

NOT_OURS: Final = (
    "Trang này đã cũ so với máy chủ nên chưa lưu được. Hãy tải lại trang; nội dung vẫn giữ trên "
    "máy này."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form sends."""

    id: str
    """Of the report, as the page was given it: a page of another account has another."""
    do: Literal["save", "submit"]
    version: int | None = None
    """Of the report as the page knows it; None: as far as it knows, nothing is saved yet."""
    form: Form = field(default_factory=Form)
    """With "save": what is typed."""


_SENT: Final = TypeAdapter(Sent)
_FORM: Final = TypeAdapter(Form)


def read_sent(body: bytes) -> Sent:
    """What the form sent.

    Raises:
        Refused: it is not what a form of ours sends.
    """
    try:
        sent = _SENT.validate_json(body)
    except ValidationError:
        raise Refused(NOT_OURS) from None
    noted = sent.form.noted_at
    if noted is None:
        return sent
    return replace(sent, form=replace(sent.form, noted_at=_in_viet_nam(noted)))


def _in_viet_nam(typed: datetime) -> datetime:
    if typed.tzinfo is not None or typed.year < 2000:
        raise Refused("Thời điểm ghi nhận không đúng. Hãy chọn lại ngày giờ.")
    return typed.replace(tzinfo=LOCAL_ZONE)


def form_data(form: Form) -> dict[str, Any]:
    """The form as the fields of the page hold it."""
    data: dict[str, Any] = _FORM.dump_python(form, mode="json")
    noted = form.noted_at
    return {**data, "noted_at": noted and noted.astimezone(LOCAL_ZONE).strftime(MINUTES)}


def report_data(case_id: str, kept: Kept[FieldReport] | None, now: datetime) -> dict[str, Any]:
    """A report as it stands on the server; None: it has never been saved."""
    if kept is None:
        return {"id": case_id, "version": None, "open": True, "saved": None, "form": None}
    return {
        "id": case_id,
        "version": kept.version,
        "open": kept.state.state in (ReportState.DRAFT, ReportState.RETURNED),
        "saved": _clock_words(kept.changed_at, now),
        "form": form_data(kept.state.form),
    }


def _clock_words(then: datetime, now: datetime) -> str:
    """`09:12`, or with its day if that is not today."""
    if local_day(then) == local_day(now):
        return then.astimezone(LOCAL_ZONE).strftime("%H:%M")
    return moment(then)


def personal_data_in(form: Form) -> dict[str, list[str]]:
    """Which kinds of personal data were typed, by field; a stream's is called `streams/0`."""
    return {name: kinds for name, text in _texts(form) if (kinds := list(personal_data(text)))}


def _texts(form: Form) -> Iterator[tuple[str, str]]:
    for one in fields(form):
        value = getattr(form, one.name)
        if type(value) is str:
            yield one.name, value
    for place, stream in enumerate(form.streams):
        yield f"streams/{place}", stream.text
