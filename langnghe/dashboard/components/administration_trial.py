"""Quản trị, nguồn tin: what would be read at an address, before it becomes a source."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from html import escape
from typing import Final

import streamlit as st

from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home
from langnghe.crawler.trial.records import Trial
from langnghe.dashboard.components.administration_place import NEW, open_one
from langnghe.dashboard.components.doing import refusal
from langnghe.dashboard.context import names
from langnghe.dashboard.shared import home
from langnghe.dashboard.trials import facts, step_line

PROPOSED: Final = NEW + "de-xuat"
"""In the address, where what is opened is the entry that a trial proposed."""

_TRIAL, _ENTRY, _BOX = "source-trial", "source-proposal", f"box-source-{PROPOSED}"
_MARKS: Final = {True: "✓", False: "✗", None: "–"}
_LONGEST_SECONDS: Final = 300
"""A trial asks for ten pages at most, each with its waiting time."""


def trial_box() -> None:
    """The form, and what the last trial came to."""
    with st.expander("Thử địa chỉ", icon=":material/travel_explore:"):
        st.caption(
            "Xem dịch vụ sẽ đọc được gì ở một trang trước khi thêm làm nguồn. Dịch vụ hỏi thật vài "
            "trang, mất khoảng nửa phút, và không lưu gì."
        )
        with st.form("source-trial-form"):
            url = st.text_input("Địa chỉ trang", placeholder="https://xa.example/tin-tuc")
            private = st.checkbox("Địa chỉ nằm trong mạng nội bộ của đơn vị")
            wanted = st.form_submit_button("Đọc thử")
        if wanted:
            st.session_state.pop(_TRIAL, None)
            with st.spinner("Đang đọc thử, xin chờ…"):
                _try(url.strip(), private)
        if _TRIAL in st.session_state:
            _show(st.session_state[_TRIAL])


def proposal() -> str:
    """The entry that the last trial proposed, as it is edited by itself."""
    return str(st.session_state.get(_ENTRY, ""))


def _try(url: str, private: bool) -> None:
    try:
        st.session_state[_TRIAL] = tried(home(), url, private=private)
    except LangNgheError as error:
        refusal(error)


def tried(home: Home, url: str, *, private: bool) -> Trial:
    """What an address comes to; in a process of its own, as every crawl.

    Raises:
        LangNgheError: it is no address, the trial took too long, or it could not be done.
    """
    if not url:
        raise LangNgheError("Hãy nhập địa chỉ trang cần thử.")
    options = ["--private-network"] if private else []
    command = ["--home", str(home.root), "--json", "source", "test", *options, "--", url]
    try:
        ended = subprocess.run(  # noqa: S603  no shell; the address is one argument
            [sys.executable, "-m", "langnghe", *command],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LangNgheError("Trang trả lời quá chậm. Hãy thử lại sau, hoặc địa chỉ khác.") from None
    # What stands on the error stream is for developers: it may quote a page.
    with suppress(ValueError):
        said = json.loads(ended.stdout)
        if isinstance(said, dict) and "error" in said:
            raise LangNgheError(str(said["error"]))
        return Trial.from_json(said)
    raise LangNgheError("Chưa đọc thử được. Hãy thử lại.")


def _show(trial: Trial) -> None:
    st.html(trial_html(trial, names().topics))
    if trial.entry is not None:
        st.code(trial.entry, language="yaml")
        st.button("Soạn nguồn từ mục đề xuất", on_click=_compose, args=(trial.entry,))


def trial_html(trial: Trial, topics: Mapping[str, str]) -> str:
    """Steps and readings. `topics` are the titles by id. HTML; all that was read is escaped."""
    steps = "".join(
        f"<li>{_MARKS[step.fine]} {escape(step_line(step))}</li>" for step in trial.steps
    )
    parts = [f'<h4>Đọc thử {escape(trial.url)}</h4><ul class="ln-list">{steps}</ul>']
    for place, reading in enumerate(trial.readings, start=1):
        shown = "".join(
            f"<li><b>{escape(name)}</b>: {escape(value)}</li>"
            for name, value in facts(reading, topics)
        )
        parts.append(f'<h4>Bài thử {place}</h4><ul class="ln-list">{shown}</ul>')
    parts.append(f"<p>{escape(trial.advice)}</p>")
    return f'<div class="ln-account">{"".join(parts)}</div>'


def _compose(entry: str) -> None:
    """Open the editor with the entry: as an item of a list its lines stand two columns in."""
    st.session_state[_ENTRY] = "\n".join(line[2:] for line in entry.splitlines())
    st.session_state.pop(_BOX, None)
    open_one(PROPOSED)
