from __future__ import annotations

import json
from pathlib import Path

from langnghe.classifier.evaluation.evidence import SETS, measure_evidence, read_sets
from langnghe.classifier.training.examples import Example, column
from tests.classifier.pairmodel import CountingModel


def row(claim: str, evidence: str, label: str) -> Example:
    return Example(claim, claim, second=evidence, answers={"evidence": column("evidence", label)})


ROWS = [
    row("Đèo Pha Lùng cấm xe", "Sở cho biết đèo Pha Lùng cấm xe.", "supported"),
    row("Cầu Bến Trâm đã sập", "Cầu Bến Trâm không sập.", "refuted"),
    row("Chợ Rộc bán bún bẩn", "Giá lợn hơi tăng.", "not_enough_info"),
]


def test_a_model_that_reads_the_evidence_loses_it_all_when_it_is_hidden() -> None:
    quality = measure_evidence(CountingModel(), "own", ROWS)
    assert quality.pairs == 3
    assert quality.macro_f1.value == 1
    # It says "not enough" to everything: one class of three, a third of it right.
    assert round(quality.claim_alone.value, 3) == round((2 * 1 / (1 + 3)) / 3, 3)
    assert quality.swapped.value == 1


def test_the_sets_are_read_from_the_folder_that_is_named(tmp_path: Path) -> None:
    for name, part in SETS:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{part}.jsonl").write_text(
            json.dumps({"context": "Trời mưa.", "claim": "Mưa.", "label": "supported"}) + "\n"
        )
    found = read_sets(tmp_path)
    assert list(found) == ["vihallu-2025/dev", "xnli-vi/train"]
    assert found["xnli-vi/train"][0].second == "Trời mưa."
