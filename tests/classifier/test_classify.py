from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.classifier.claims import ClaimMatcher
from langnghe.classifier.classify import MOST_REPORTED, classify_file, result_of
from langnghe.classifier.marks import danger_marks, scam_marks
from langnghe.classifier.model import Document
from langnghe.classifier.reasons import reasons_of
from langnghe.classifier.register import Register
from langnghe.core.errors import LangNgheError
from langnghe.core.models import CheckedClaim, Intent, Labels, Sentiment, Verdict
from tests.classifier.pairmodel import COMMON, CountingModel, trusting

CLAIM = CheckedClaim("dap", "Đập hồ Đá Bàn ở xã Ea Trang sắp vỡ, thôn 4 di dời.", Verdict.FALSE)
REPEAT = "Đập Đá Bàn ở Ea Trang sắp vỡ rồi, thôn 4 di dời ngay bà con ơi"


class Plain:
    """Labels by the sign at the end, and by the marks that are really there."""

    version = "plain-1"

    def __init__(self) -> None:
        self.batches: list[int] = []

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        self.batches.append(len(documents))
        return [self._label(document) for document in documents]

    def _label(self, document: Document) -> Labels:
        asks = document.text.endswith("?")
        intent = Intent.QUESTION if asks else Intent.INFORMATION
        scam = scam_marks(document.text)
        marks = scam + danger_marks(document.text)
        scores: dict[str, float] = {
            **dict.fromkeys(Sentiment, 1 / 3),
            **dict.fromkeys(Intent, 1 / 6),
        }
        scores |= {"claim": 0.7, "scam": 0.9 if scam else 0.1, "toxicity": 0.0, "urgent": 0.0}
        scores["answer"] = 0.8 if asks else 0.2
        if "hội nghị" in document.title:
            scores["claim"] = 0.2
        return Labels(
            post_id=document.id,
            model=self.version,
            sentiment=Sentiment.NEUTRAL,
            intent=intent,
            scores=scores,
            marks=marks,
            reasons=reasons_of(document.text, intent, scores, marks),
        )


def write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def matcher() -> ClaimMatcher:
    return ClaimMatcher(CountingModel(), Register((CLAIM,)), trusting(), COMMON)


def test_each_text_gets_its_line_in_order(tmp_path: Path) -> None:
    texts = [REPEAT, "Bao giờ thông đường?", "Trời đẹp"]
    source = write(tmp_path / "in.jsonl", *({"text": text} for text in texts))
    model = Plain()
    report = classify_file(model, source, tmp_path / "out.jsonl", matcher(), batch=2)
    rows = read(tmp_path / "out.jsonl")
    assert [row["text"] for row in rows] == texts
    assert model.batches == [2, 1]
    assert (report.model, report.lines, report.bad) == ("plain-1", 3, 0)
    assert rows[0]["reasons"] == ["repeats_checked_claim"]
    (match,) = rows[0]["matches"]
    assert (match["claim_id"], match["stance"]) == ("dap", "repeats")
    assert 0 < match["score"] <= 1
    assert "Đập" in match["words"]
    assert rows[1]["reasons"] == ["needs_answer"]
    assert rows[1]["matches"] == rows[2]["matches"] == rows[2]["reasons"] == []


def test_marks_of_danger_are_no_marks_of_a_scam(tmp_path: Path) -> None:
    text = "Nước lũ cuốn trôi hai người, đang mất tích"
    assert danger_marks(text)
    source = write(tmp_path / "in.jsonl", {"text": text})
    classify_file(Plain(), source, tmp_path / "out.jsonl")
    (row,) = read(tmp_path / "out.jsonl")
    assert row["scam"]["marks"] == []


def test_a_line_has_what_the_command_promises(tmp_path: Path) -> None:
    text = "Công an phường yêu cầu cung cấp mã OTP tại http://vneid-gov.top"
    source = write(tmp_path / "in.jsonl", {"text": text, "title": "Tin hội nghị", "extra": 1})
    classify_file(Plain(), source, tmp_path / "out.jsonl")
    (row,) = read(tmp_path / "out.jsonl")
    assert row["text"] == text
    assert (row["sentiment"], row["intent"]) == ("neutral", "information")
    assert (row["claim"], row["toxicity"]) == (0.2, 0.0)
    assert row["scam"]["score"] == 0.9
    assert {"kind", "words"} == set(row["scam"]["marks"][0])
    assert all(mark["words"] in text for mark in row["scam"]["marks"])
    assert row["scores"]["sentiment"] == {name: pytest.approx(1 / 3) for name in Sentiment}
    assert set(row["scores"]["intent"]) == set(Intent)
    assert row["scores"]["answer"] == 0.2
    assert row["reasons"] == ["scam_warning"]
    assert row["matches"] == []


def test_what_a_model_does_not_say_is_null() -> None:
    row = result_of("x", Labels(post_id="1", model="m", scores={"negative": 1.0}))
    assert row["intent"] is row["claim"] is row["scam"]["score"] is row["scores"]["urgent"] is None
    assert row["scores"]["sentiment"] == {"negative": 1.0}


BAD = [
    (b"{", "JSON"),
    (b"", "trống"),
    (b"[" * 100_000, "JSON"),
    (b'"text"', "đối tượng"),
    (b"{}", "text"),
    (b'{"text": 3}', "text"),
    (b'{"text": null}', "text"),
    (b'{"text": " \\u200b "}', "text"),
    (b'{"text": "a", "title": ["b"]}', "title"),
    (b'{"text": "a\\ud800"}', "ud800"),
    (b'{"text": "\xff"}', "UTF-8"),
    ('{"text": "á"}'.encode("utf-16"), "UTF-8"),
    (b'{"text": ' + b"9" * 5_000 + b"}", "JSON"),
]


@pytest.mark.parametrize(("line", "says"), BAD)
def test_a_bad_line_is_told_and_stops_nothing(tmp_path: Path, line: bytes, says: str) -> None:
    source = write(
        tmp_path / "in.jsonl", {"text": "một"}, line.replace(b"\n", b""), {"text": "hai"}
    )
    report = classify_file(Plain(), source, tmp_path / "out.jsonl")
    rows = read(tmp_path / "out.jsonl")
    assert [row.get("text") for row in rows] == ["một", None, "hai"]
    assert rows[1]["line"] == 2
    assert set(rows[1]) == {"error", "line"}
    assert says in rows[1]["error"]
    assert (report.lines, report.bad) == (3, 1)
    assert str(report.bad_lines[0]).startswith("Dòng 2: ")
    assert report.bad_lines[0].cure
    assert report.as_json()["labelled"] == 2


def test_a_flood_of_bad_lines_is_counted_but_not_all_named(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", *[b"{"] * 250)
    report = classify_file(Plain(), source, tmp_path / "out.jsonl", batch=60)
    assert report.bad == len(read(tmp_path / "out.jsonl")) == 250
    assert [one.number for one in report.bad_lines] == list(range(1, MOST_REPORTED + 1))


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=20) | st.sampled_from([b'{"text": "a"}', b"{}"]), max_size=8))
def test_as_many_lines_come_out_as_went_in(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("classify")
    content = b"".join(line.replace(b"\n", b" ") + b"\n" for line in lines)
    (folder / "in.jsonl").write_bytes(content)
    report = classify_file(Plain(), folder / "in.jsonl", folder / "out.jsonl", batch=3)
    rows = read(folder / "out.jsonl")
    assert len(rows) == report.lines == len(lines)
    assert [at for at, row in enumerate(rows, 1) if "error" in row] == [
        one.number for one in report.bad_lines
    ]


def test_marks_of_byte_order_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'\xef\xbb\xbf{"text": "a"}\r\n{"text": "b"}\r\n')
    assert classify_file(Plain(), source, tmp_path / "out.jsonl").bad == 0


def test_the_text_comes_back_as_it_was_given(tmp_path: Path) -> None:
    text = "  Hoa\u0300 bi\u0300nh\u200b\n\u2028 ở   bản "
    source = write(tmp_path / "in.jsonl", {"text": text})
    classify_file(Plain(), source, tmp_path / "out.jsonl")
    (line,) = (tmp_path / "out.jsonl").read_bytes().split(b"\n")[:-1]
    assert json.loads(line)["text"] == text


def test_an_empty_file_gives_an_empty_file(tmp_path: Path) -> None:
    report = classify_file(Plain(), write(tmp_path / "in.jsonl"), tmp_path / "out.jsonl")
    assert report.lines == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_result_may_replace_its_source(tmp_path: Path) -> None:
    path = write(tmp_path / "posts.jsonl", {"text": "a"}, {"text": "b"})
    classify_file(Plain(), path, path, batch=1)
    assert [row["text"] for row in read(path)] == ["a", "b"]
    assert list(tmp_path.iterdir()) == [path]


class Breaking(Plain):
    def label(self, documents: Sequence[Document]) -> list[Labels]:
        raise KeyboardInterrupt


def test_a_run_that_is_stopped_leaves_what_was_there(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": "a"})
    target = write(tmp_path / "out.jsonl", {"old": True})
    with pytest.raises(KeyboardInterrupt):
        classify_file(Breaking(), source, target)
    assert read(target) == [{"old": True}]
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": "a"})
    with pytest.raises(LangNgheError, match="không đọc được"):
        classify_file(Plain(), tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    with pytest.raises(LangNgheError, match="không ghi được"):
        classify_file(Plain(), source, tmp_path / "none" / "out.jsonl")
    with pytest.raises(LangNgheError, match="không ghi được"):
        classify_file(Plain(), source, tmp_path)
    with pytest.raises(ValueError, match="at least one"):
        classify_file(Plain(), source, tmp_path / "out.jsonl", batch=0)


class Piped(io.TextIOWrapper):
    """A standard stream over bytes."""

    def __init__(self, content: bytes = b"") -> None:
        super().__init__(io.BytesIO(content), encoding="ascii")


def test_dashes_stand_for_the_standard_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Piped('{"text": "Đường"}\n{'.encode()))
    out = Piped()
    monkeypatch.setattr("sys.stdout", out)
    told: list[int] = []
    report = classify_file(
        Plain(), Path("-"), Path("-"), batch=1, progress=lambda done, _: told.append(done)
    )
    rows = [json.loads(line) for line in out.buffer.getvalue().decode().splitlines()]  # type: ignore[attr-defined]
    assert rows[0]["text"] == "Đường"
    assert rows[1]["line"] == 2
    assert told == [1, 2]
    assert report.bad == 1
