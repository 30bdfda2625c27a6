"""Entries of the audit log: as cards on the page, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from html import escape
from typing import Final

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.vietnamese import moment, number
from langnghe.dashboard.components import auditwords
from langnghe.dashboard.components.auditwords import KINDS
from langnghe.store.auditlog import AuditEntry

_SHOWN_DIGITS: Final = 12
"""Of a digest: enough to compare two by eye."""

_COLUMNS: Final = (
    *("Số", "Lúc", "Ai", "Việc", "Loại", "Mã", "Trước", "Sau", "Lý do", "Mã kiểm của mục nhật ký"),
)


def entry_html(entry: AuditEntry) -> str:
    """The card of one entry."""
    paths = sorted(entry.before.keys() | entry.after.keys())
    changed = "".join(
        f"<li><span>{escape(auditwords.field(path))}:</span> "
        f"{_value(entry.before.get(path))} → {_value(entry.after.get(path))}</li>"
        for path in paths
    )
    changes = (
        f"<details><summary>{number(len(paths))} thay đổi</summary><ul>{changed}</ul></details>"
        if paths
        else ""
    )
    why = f"<p>Lý do: {escape(entry.why)}</p>" if entry.why else ""
    return (
        f'<article class="ln-entry"><p><b>{escape(auditwords.action(entry.what))}</b> · '
        f"{escape(KINDS.get(entry.kind, entry.kind))} <code>{escape(entry.case_id)}</code></p>"
        f'<p class="ln-head">{escape(auditwords.actor(entry.who))} · {moment(entry.at)} · '
        f"mục số {number(entry.number)}</p>{why}{changes}</article>"
    )


def to_csv(entries: Iterable[AuditEntry]) -> bytes:
    """A table that spreadsheets open with its letters right; codes stand as they are kept."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for entry in entries:
        cells = (
            entry.at.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M:%S"),
            entry.who,
            auditwords.action(entry.what),
            KINDS.get(entry.kind, entry.kind),
            entry.case_id,
            _json(entry.before),
            _json(entry.after),
            entry.why,
            entry.hash,
        )
        writer.writerow([entry.number, *map(_harmless, cells)])
    # The mark at the beginning tells Excel that it is UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _value(shown: object) -> str:
    words = auditwords.value(shown)
    if len(words) == 64 and words.isalnum():
        words = f"{words[:_SHOWN_DIGITS]}…"
    return f"<b>{escape(words)}</b>"


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True) if values else ""


def _harmless(cell: str) -> str:
    """What a spreadsheet would take for a formula begins with an apostrophe (OWASP)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
