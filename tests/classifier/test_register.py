from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.register import Register, read_register
from langnghe.core.errors import ConfigError
from langnghe.core.models import CheckedClaim, Verdict


def line(**changes: Any) -> str:
    row = {"id": "dap", "text": "Đập Nậm Mu đã vỡ.", "verdict": "false", "evidence": "CV 12/UBND"}
    return json.dumps(row | changes, ensure_ascii=False)


def read(folder: Path, *lines: str | bytes) -> Register:
    path = folder / "claims.jsonl"
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else x.encode() for x in lines))
    return read_register(path)


def test_claims_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    register = read(tmp_path, line(), line(id="cau", verdict="partly_true"), "")
    assert register.claims[0] == CheckedClaim(
        "dap", "Đập Nậm Mu đã vỡ.", Verdict.FALSE, "CV 12/UBND"
    )
    assert register.verdicts == {"dap": Verdict.FALSE, "cau": Verdict.PARTLY_TRUE}


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        (None, ""),
        ("  Công văn 12  ", "Công văn 12"),
        (["Công văn 12", "Báo cáo 7"], "Công văn 12\nBáo cáo 7"),
        (
            [{"date": "3/8", "title": "Công văn 12", "author": "ông Nguyễn Văn A"}, "Báo cáo 7"],
            "Công văn 12 · 3/8\nBáo cáo 7",
        ),
        ({"url": "https://binhlu.example/12", "title": None}, "https://binhlu.example/12"),
        ([], ""),
    ],
)
def test_evidence_may_have_many_shapes(tmp_path: Path, evidence: Any, shown: str) -> None:
    assert read(tmp_path, line(evidence=evidence)).claims[0].evidence == shown


def test_evidence_may_be_missing_and_unknown_keys_are_left(tmp_path: Path) -> None:
    row = {"id": 7, "text": "Đập vỡ", "verdict": "false", "note": "x"}
    assert read(tmp_path, json.dumps(row)).claims == (
        CheckedClaim("7", "Đập vỡ", Verdict.FALSE, ""),
    )


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "JSON"),
        ("[]", "đối tượng"),
        ("[" * 100_000, "JSON"),
        (b'{"id": "\xff"}', "UTF-8"),
        (line(id=""), "id"),
        (line(id=True), "id"),
        (line(id=None), "id"),
        (line(text=" .. "), "text"),
        (line(text=["a"]), "text"),
        (line(verdict="fake"), "fake"),
        (line(verdict=None), "verdict"),
        (line(verdict=["false"]), "verdict"),
        (line(evidence=3), "evidence"),
        (line(evidence=[["a", 3]]), "evidence"),
        (line(evidence={"author": "x"}), "evidence"),
    ],
)
def test_a_bad_line_is_named_with_its_cure(tmp_path: Path, bad: str | bytes, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, line(id="tot"), "", bad)
    assert caught.value.line == 3
    assert caught.value.path == tmp_path / "claims.jsonl"
    assert says in str(caught.value)
    assert caught.value.cure


def test_an_id_may_stand_once_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="dòng 1") as caught:
        read(tmp_path, line(), line(text="Cầu sập"))
    assert caught.value.line == 2


def test_a_missing_file_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        read_register(tmp_path / "none.jsonl")
    with pytest.raises(ConfigError):
        read_register(tmp_path)


def test_the_digest_follows_what_may_change_a_match_or_a_reason(tmp_path: Path) -> None:
    first = read(tmp_path, line())
    assert read(tmp_path, line(evidence="khác")).digest == first.digest
    assert read(tmp_path, b"\xef\xbb\xbf" + line().encode()).digest == first.digest
    for change in ({"id": "x"}, {"text": "Đập Nậm Mu chưa vỡ."}, {"verdict": "confirmed"}):
        assert read(tmp_path, line(**change)).digest != first.digest
    assert Register(()).digest != first.digest


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_whatever_stands_in_the_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("register") / "claims.jsonl"
    path.write_bytes(content)
    with suppress(ConfigError):
        register = read_register(path)
        assert len(register.verdicts) == len(register.claims)
        assert all(claim.text for claim in register.claims)
