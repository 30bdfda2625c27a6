"""Labels for texts in a file: the core of `langnghe classify`. Nothing is stored.

One JSON object a line goes in, one comes out for each, in the same order. A line that cannot be
used gives a line that says why, so that the n-th result always belongs to the n-th text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

from langnghe.classifier.claims import ClaimMatcher, attach
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.marks import SCAM_MARKS
from langnghe.classifier.model import Classifier
from langnghe.core.errors import LangNgheError
from langnghe.core.jsonlines import BYTE_ORDER_MARK, LineError, json_object
from langnghe.core.models import ClaimMatch, Labels
from langnghe.core.progress import Progress
from langnghe.core.text import clean
from langnghe.core.wholefile import writing

STANDARD: Final = "-"
"""In place of a file's name: standard input or output."""

DEFAULT_BATCH: Final = 256
MOST_REPORTED: Final = 100
"""Bad lines that the report names; all are counted."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that could not be used."""

    number: int
    """Of the input, from 1."""
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"Dòng {self.number}: {self.problem}. {self.cure}."


@dataclass(frozen=True, slots=True)
class ClassifyReport:
    """What one run did."""

    model: str
    lines: int
    """Lines read; as many were written."""
    bad_lines: tuple[BadLine, ...]
    """The first `MOST_REPORTED` that could not be used."""
    bad: int
    """How many could not be used."""

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "model": self.model,
            "lines": self.lines,
            "labelled": self.lines - self.bad,
            "bad": self.bad,
            "bad_lines": [
                {"line": one.number, "error": one.problem, "cure": one.cure}
                for one in self.bad_lines
            ],
        }


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of the input. It is a `Document`."""

    id: str
    written: str
    """The text as it was given."""
    text: str
    title: str


def classify_file(
    classifier: Classifier,
    source: Path,
    target: Path,
    matcher: ClaimMatcher | None = None,
    *,
    progress: Progress | None = None,
    batch: int = DEFAULT_BATCH,
) -> ClassifyReport:
    """Label every line of `source` into `target`, which appears whole or not at all.

    Args:
        classifier: the model.
        source: one object `{"text": …, "title": …}` a line, the title optional; `-` reads
            standard input.
        target: may be `source` itself; `-` writes standard output, as results come.
        matcher: of the register of checked claims; None matches nothing.
        progress: told the number of lines done.
        batch: how many lines are worked on at once.

    Raises:
        LangNgheError: a file cannot be read or written.
        ValueError: `batch` is under 1.
    """
    if batch < 1:
        raise ValueError(f"a batch has at least one line, not {batch}")
    lines = bad = 0
    named: list[BadLine] = []
    with _reading(source) as incoming, _writing(target) as outgoing:
        numbered = enumerate(_lines(incoming), start=1)
        while rows := [_read(number, line) for number, line in islice(numbered, batch)]:
            for result in _results(classifier, matcher, rows):
                outgoing.write(json.dumps(result, ensure_ascii=False).encode() + b"\n")
            unusable = [row for row in rows if isinstance(row, BadLine)]
            named += unusable[: MOST_REPORTED - len(named)]
            bad += len(unusable)
            lines += len(rows)
            if str(target) == STANDARD:
                outgoing.flush()
            if progress is not None:
                progress(lines, None)
    return ClassifyReport(classifier.version, lines, tuple(named), bad)


def _lines(incoming: BinaryIO) -> Iterator[bytes]:
    """The lines, without the mark that some editors put before the first."""
    for number, line in enumerate(incoming):
        yield line.removeprefix(BYTE_ORDER_MARK) if number == 0 else line


_FORM: Final = 'Mỗi dòng phải là một đối tượng JSON như {"text": "…", "title": "…"}'


def _read(number: int, line: bytes) -> _Text | BadLine:
    if not line.strip():
        return BadLine(number, "dòng trống", _FORM)
    try:
        row = json_object(line, _FORM)
    except LineError as error:
        return BadLine(number, error.problem, error.cure)
    if "text" not in row:
        return BadLine(number, "thiếu «text»", _FORM)
    text, title = row["text"], row.get("title")
    if not isinstance(text, str):
        return BadLine(number, "«text» không phải là chữ", "Hãy đặt nội dung trong dấu nháy kép")
    if title is not None and not isinstance(title, str):
        return BadLine(number, "«title» không phải là chữ", "Hãy đặt tiêu đề trong dấu nháy kép")
    try:
        text.encode(), (title or "").encode()
    except UnicodeEncodeError:
        return BadLine(
            number,
            "có mã \\ud800–\\udfff đứng lẻ, không thành chữ",
            "Hãy xuất lại dòng này với bảng mã UTF-8",
        )
    cleaned = clean(text)
    if not cleaned:
        return BadLine(number, "«text» trống", "Hãy điền nội dung, hoặc bỏ dòng này")
    return _Text(str(number), text, cleaned, clean(title or ""))


def _results(
    classifier: Classifier, matcher: ClaimMatcher | None, rows: Sequence[_Text | BadLine]
) -> Iterator[dict[str, Any]]:
    texts = [row for row in rows if isinstance(row, _Text)]
    labels = classifier.label(texts)
    if matcher is not None:
        labels = attach(labels, matcher, texts)
    labelled = iter(labels)
    for row in rows:
        if isinstance(row, BadLine):
            yield {"error": f"{row.problem}. {row.cure}.", "line": row.number}
        else:
            yield result_of(row.written, next(labelled))


def result_of(text: str, labels: Labels) -> dict[str, Any]:
    """The line for one text: plain JSON. A score that the model does not give is null."""
    scores = labels.scores
    return {
        "text": text,
        "sentiment": labels.sentiment,
        "intent": labels.intent,
        "claim": scores.get("claim"),
        "scam": {
            "score": scores.get("scam"),
            "marks": [
                {"kind": mark.kind, "words": mark.words}
                for mark in labels.marks
                if mark.kind in SCAM_MARKS
            ],
        },
        "toxicity": scores.get("toxicity"),
        "scores": {
            head.name: {name: scores[name] for name in head.classes if name in scores}
            if head.classes
            else scores.get(head.name)
            for head in POST_HEADS
        },
        "matches": [_match(match) for match in labels.matches],
        "reasons": list(labels.reasons),
    }


def _match(match: ClaimMatch) -> dict[str, Any]:
    return {
        "claim_id": match.claim_id,
        "score": match.score,
        "stance": match.stance,
        "stance_score": match.stance_score,
        "words": list(match.words),
        "suggested_only": match.suggested_only,
    }


@contextmanager
def _reading(source: Path) -> Iterator[BinaryIO]:
    if str(source) == STANDARD:
        yield sys.stdin.buffer
        return
    try:
        opened = source.open("rb")
    except OSError as error:
        raise LangNgheError(
            f"{source}: không đọc được ({error.strerror}). Hãy kiểm tra lại đường dẫn."
        ) from None
    with opened:
        yield opened


@contextmanager
def _writing(target: Path) -> Iterator[BinaryIO]:
    if str(target) == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with writing(target) as opened:
        yield opened
