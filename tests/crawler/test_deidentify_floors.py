from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from langnghe.core.errors import LangNgheError
from langnghe.core.floors import check, corpus_hash, read_floors
from langnghe.crawler.deidentify import MaskKind
from langnghe.crawler.evaluation import (
    FLOORS,
    PARTS,
    SENTENCES,
    figures,
    gate,
    misses,
    read_sentences,
    score,
)
from langnghe.crawler.masks import MASKS

ALL = read_sentences()
TEST = tuple(sentence for sentence in ALL if sentence.part == "test")


def test_masking_keeps_its_floors_on_the_part_kept_for_testing() -> None:
    failures = check(figures(TEST), read_floors(FLOORS))
    assert not failures, "\n".join(map(str, failures))


def test_the_floors_belong_to_these_sentences() -> None:
    assert read_floors(FLOORS).corpus_sha256 == corpus_hash([SENTENCES])


def test_every_kind_has_floors_at_least_as_high_as_the_project_asks() -> None:
    floors = read_floors(FLOORS).floors
    for kind in MaskKind:
        assert floors[f"{kind}.recall"] >= (0.85 if kind is MaskKind.NAME else 0.97)
        assert floors[f"{kind}.precision"] >= 0.9


def test_the_set_is_large_enough_for_each_kind() -> None:
    assert len(ALL) >= 400
    marked = score(ALL)
    assert all(marked[kind].n >= 40 for kind in MaskKind)
    assert marked[MaskKind.NAME].n >= 120
    assert sum(not sentence.gold for sentence in ALL) >= 100


def test_ids_and_sentences_are_not_doubled() -> None:
    assert len({sentence.id for sentence in ALL}) == len(ALL)
    assert len({sentence.text for sentence in ALL}) == len(ALL)
    for part in PARTS:
        assert sum(sentence.part == part for sentence in ALL) >= 200


def _write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_leak_and_a_mask_too_much_are_counted(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "sentences.jsonl",
        {"id": "1", "part": "test", "text": "gọi <<phone|0912 345 678>> và <<phone|tám mươi>>"},
        {"id": "2", "part": "test", "text": "gọi 0912345679 nhé"},
    )
    sentences = read_sentences(path)
    phone = score(sentences)[MaskKind.PHONE]
    assert (phone.recall, phone.precision, phone.n) == (0.5, 0.5, 2)
    assert figures(sentences)["false_alarms.ceiling"] == 1.0
    assert [(miss.leaked, miss.overmasked) for miss in misses(sentences)] == [
        (("tám mươi",), ()),
        ((), ("phone: 0912345679",)),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"id": "1", "part": "test"},
        {"id": "1", "part": "training", "text": "a"},
        {"id": "1", "part": "test", "text": "<<shoe|44>>"},
        7,
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, row: object) -> None:
    path = _write(tmp_path / "s.jsonl", {"id": "0", "part": "dev", "text": "a"}, row)
    with pytest.raises(LangNgheError, match=r"s\.jsonl:2: .*Mend this line"):
        read_sentences(path)


def _run(update_floors: bool = False, reason: str | None = None) -> tuple[int, str]:
    """The gate's exit code and what it prints."""
    console = Console(record=True, width=120, file=io.StringIO())
    code = gate.run_evaluation(update_floors, reason, console, show_misses=True)
    return code, console.export_text()


def test_the_gate_prints_the_figures_and_passes() -> None:
    code, printed = _run()
    assert code == 0, printed
    assert all(kind in printed for kind in MaskKind)


@pytest.fixture
def own_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "floors.json"
    shutil.copy(FLOORS, path)
    monkeypatch.setattr(gate, "FLOORS", path)
    return path


def test_the_gate_fails_below_a_floor(own_floors: Path) -> None:
    pinned = json.loads(own_floors.read_text(encoding="utf-8"))
    pinned["floors"]["phone.recall"] = 1.1
    own_floors.write_text(json.dumps(pinned), encoding="utf-8")
    code, printed = _run()
    assert code == 1
    assert "phone.recall" in printed


def test_the_gate_lowers_no_floor_without_a_reason(own_floors: Path) -> None:
    pinned = json.loads(own_floors.read_text(encoding="utf-8"))
    pinned["floors"]["phone.recall"] = 1.1
    own_floors.write_text(json.dumps(pinned), encoding="utf-8")
    with pytest.raises(LangNgheError, match="--reason"):
        _run(update_floors=True)
    assert _run(update_floors=True, reason="a floor above 1 cannot be kept")[0] == 0
    assert read_floors(own_floors).lowered[-1].floor == "phone.recall"
    assert _run()[0] == 0


def test_the_gate_notices_changed_sentences(own_floors: Path) -> None:
    pinned = json.loads(own_floors.read_text(encoding="utf-8"))
    pinned["corpus_sha256"] = "0" * 64
    own_floors.write_text(json.dumps(pinned), encoding="utf-8")
    code, printed = _run()
    assert code == 1
    assert "đã thay đổi" in printed


def test_the_documentation_gives_the_figures_of_today() -> None:
    page = (Path(__file__).parents[2] / "docs" / "deidentification.md").read_text(encoding="utf-8")
    parts = [score(one for one in ALL if one.part == part) for part in PARTS]
    for kind in MaskKind:
        cells = [
            f"{part[kind].recall:.3f} | {part[kind].precision:.3f} | {part[kind].n}"
            for part in parts
        ]
        assert f"| `{kind}` | {' | '.join(cells)} |" in page
    for kind in MaskKind:
        assert MASKS[kind] in page
