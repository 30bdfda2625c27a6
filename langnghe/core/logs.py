"""Logs that say what happened, never what was said or by whom.

An error's message, or what another package logs, can hold a text or a name. So a record of another
package is written as its place in the source and the class of its error, never as its text; and
our own records name sources and servers, not pages.
"""

from __future__ import annotations

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOG_BYTES = 1_000_000
LOG_FILES = 5
"""5 MB hold weeks of crawls at INFO."""

_OWN = "langnghe."


class DiscreetFormatter(logging.Formatter):
    """Formats records so that no text from outside gets in."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        error = _describe(record)
        if record.name.startswith(_OWN):
            message = record.getMessage()
        else:
            message = f"{Path(record.pathname).name}:{record.lineno}"
        safe = logging.LogRecord(
            record.name, record.levelno, record.pathname, record.lineno, message, None, None
        )
        safe.created, safe.msecs = record.created, record.msecs
        line = super().format(safe)
        return f"{line} [{error}]" if error else line


def _describe(record: logging.LogRecord) -> str:
    """The class and the places of a record's exception; its message stays out."""
    if not isinstance(record.exc_info, tuple) or record.exc_info[0] is None:
        return ""
    return _places(record.exc_info[0], record.exc_info[2])


def describe_error(error: BaseException) -> str:
    """An exception as its class and the places it came through, without its message."""
    return _places(type(error), error.__traceback__)


def _places(kind: type[BaseException], trace: TracebackType | None) -> str:
    places = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(trace)[-6:])
    )
    return f"{kind.__name__} at {places}" if places else kind.__name__


def _is_worth_it(record: logging.LogRecord) -> bool:
    """Own records from INFO on, those of other packages from WARNING on."""
    return record.name.startswith(_OWN) or record.levelno >= logging.WARNING


def open_log(path: Path) -> RotatingFileHandler:
    """The handler that writes `path` and keeps a few earlier files beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
    )
    handler.setFormatter(DiscreetFormatter())
    handler.setLevel(logging.INFO)
    handler.addFilter(_is_worth_it)
    return handler
