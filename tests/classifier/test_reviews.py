from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from langnghe.classifier.evaluation import figures, gate
from langnghe.classifier.evaluation.sets import committed_sets, fingerprint
from langnghe.classifier.heads import BY_NAME
from langnghe.classifier.neural import NeuralClassifier
from langnghe.classifier.training import reviews
from langnghe.classifier.training.examples import Example, column, read_civic, read_claims
from langnghe.classifier.training.recipe import pairs_of, stripped
from langnghe.classifier.training.reviews import (
    DECIDED,
    FEWEST,
    Parts,
    read_reviews,
    retrain,
    run_with_reviews,
    unmeasured,
)
from langnghe.classifier.training.views import strip_marks
from langnghe.core.errors import ConfigError
from langnghe.core.floors import update as pin_floors
from tests.classifier.tinymodel import write_model

TEXT = "Cầu treo bản Nà Sự gãy ván, trẻ đi học phải lội suối."

shared_folder = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60
)


def written(path: Path, *rows: Any) -> Path:
    file = path / "reviews.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


# --- Reading ---------------------------------------------------------------------------------


def test_reads_what_was_decided(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"text": TEXT, "title": "Đường sá", "intent": "complaint", "answer": True, "scam": False},
        "",
        {"text": "Làm gì có chuyện đó", "against": "Cầu Nà Sự đã sập", "stance": "denies"},
    )
    found = read_reviews(file)
    assert found.decisions == 2
    post, pair = found.examples
    assert (post.text, post.title, post.second) == (TEXT, "Đường sá", "")
    assert post.answers == {"intent": column("intent", "complaint"), "answer": (1,), "scam": (0,)}
    assert (pair.text, pair.second) == ("Làm gì có chuyện đó", "Cầu Nà Sự đã sập")
    assert pair.answers == {"stance": column("stance", "denies")}


def test_reads_files_of_other_programs(tmp_path: Path) -> None:
    file = tmp_path / "reviews.jsonl"
    row = json.dumps({"text": "Đường \u2028 xấu", "urgent": False}, ensure_ascii=False)
    file.write_bytes(b"\xef\xbb\xbf" + f"{row}\r\n\r\n{row}".encode())
    found = read_reviews(file)
    assert (len(found.examples), found.decisions, found.repeated) == (1, 2, 1)


def test_the_latest_decision_stands_and_contradictions_are_counted(tmp_path: Path) -> None:
    found = read_reviews(
        written(
            tmp_path,
            {"text": TEXT, "intent": "information", "claim": True},
            {"text": TEXT, "intent": "complaint"},
            # The encoder reads both alike.
            {"text": f"  {TEXT}\u200b ", "intent": "complaint"},
            {"text": TEXT, "urgent": False},
            {"text": TEXT, "title": "Đường sá", "intent": "other"},
        )
    )
    assert (found.decisions, found.repeated, found.overruled) == (5, 1, 1)
    assert [one.answers for one in found.examples] == [
        {"intent": column("intent", "complaint"), "claim": (1,), "urgent": (0,)},
        {"intent": column("intent", "other")},
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ('"text"', "đối tượng"),
        ('{"text": "Đường xấu", "scam": true, "scam": false}', "hai lần"),
        ({"text": TEXT}, "không có quyết định nào"),
        ({"text": TEXT, "sentiment": "angry"}, "negative, neutral, positive"),
        ({"text": TEXT, "sentiment": ["negative"]}, "negative, neutral, positive"),
        ({"text": TEXT, "scam": "no"}, "true (có)"),
        ({"text": TEXT, "scam": 1}, "true (có)"),
        ({"text": TEXT, "scam": None}, "true (có)"),
        ({"text": " \u200b…", "scam": True}, "không có chữ"),
        ({"scam": True}, "«text» thiếu"),
        ({"text": 5, "scam": True}, "không phải chữ"),
        ({"text": TEXT, "title": None, "scam": True}, "«title»"),
        ({"text": TEXT, "stance": "denies"}, "«against»"),
        ({"text": TEXT, "against": "Cầu sập", "scam": True}, "«stance»"),
        ({"text": TEXT, "against": "Cầu sập", "stance": "denies", "scam": True}, "dòng riêng"),
        ({"text": TEXT, "against": "", "stance": "denies"}, "«against» không có chữ"),
        ({"text": TEXT, "against": "Cầu sập", "stance": "agrees"}, "repeats, doubts"),
        ({"text": TEXT, "evidence": "supported"}, "không được nhận"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_cure(
    tmp_path: Path, row: Any, told: str
) -> None:
    file = written(tmp_path, {"text": TEXT, "claim": False}, row)
    with pytest.raises(ConfigError) as caught:
        read_reviews(file)
    assert caught.value.line == 2
    assert str(caught.value).startswith(f"{file}:2: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "name", ["author", "reviewer", "user", "id", "post_id", "url", "source", "date", "note"]
)
def test_nothing_about_a_person_is_accepted(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, {"text": TEXT, "claim": False, name: "Quàng Thị Canhyến"})
    with pytest.raises(ConfigError, match=f"'{name}'.*không giữ gì về người") as caught:
        read_reviews(file)
    assert "Canhyến" not in str(caught.value)


def test_a_missing_file_and_one_in_another_code_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="không đọc được tệp"):
        read_reviews(tmp_path / "none.jsonl")
    (tmp_path / "old.jsonl").write_bytes('{"text": "Đường", "scam": true}'.encode("utf-16"))
    with pytest.raises(ConfigError, match=r"old\.jsonl:1: .*UTF-8"):
        read_reviews(tmp_path / "old.jsonl")


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@shared_folder
def test_any_bytes_are_read_or_refused_with_the_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "any.jsonl"
    file.write_bytes(content)
    try:
        found = read_reviews(file)
    except ConfigError as error:
        line = error.line
    else:
        line = 1
        assert found.decisions == len(found.examples) == 0
    assert line is not None
    assert 1 <= line <= content.count(b"\n") + 1


post_texts = st.sampled_from(["Đường xấu quá", "đường xấu quá", "Duong xau qua", "Cảm ơn xã ạ"])
posts = st.builds(
    lambda text, decided: {"text": text, **decided},
    post_texts,
    st.dictionaries(st.sampled_from(["claim", "scam", "urgent"]), st.booleans(), min_size=1),
)
pairs = st.builds(
    lambda text, stance: {"text": text, "against": "Cầu đã sập", "stance": stance},
    post_texts,
    st.sampled_from(BY_NAME["stance"].classes),
)


@given(st.lists(posts | pairs, max_size=8))
@shared_folder
def test_what_stands_is_what_was_said_last(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    found = read_reviews(written(tmp_path, *rows))
    last: dict[tuple[str, str, str], Any] = {}
    for row in rows:
        for head in row.keys() & set(DECIDED):
            value = row[head]
            last[row["text"], row.get("against", ""), head] = (
                (int(value),) if isinstance(value, bool) else column(head, value)
            )
    assert last == {
        (one.text, one.second, head): answer
        for one in found.examples
        for head, answer in one.answers.items()
    }
    assert found.decisions == len(rows)
    assert found.repeated + found.overruled <= len(rows) - len(found.examples)


# --- Whole models ----------------------------------------------------------------------------

PLACES = ("Nà Sự", "Pú Hồng", "Mường Pồn", "Tìa Dình", "Keo Lôm", "Phì Nhừ", "Xa Dung", "Na Son")
DANGER = ("nước dâng ở {}", "{} nước dâng rồi", "bản {} đang nước dâng", "nước dâng tới {}")
CALM = ("chợ phiên ở {}", "{} họp chợ rồi", "bản {} đang họp chợ", "chợ sáng tới {}")


def decisions() -> list[dict[str, Any]]:
    """What a model that knows no word cannot guess: rising water is urgent, a market is not."""
    return [
        {"text": text.format(place), "title": "Tin bản", "urgent": urgent}
        for place in PLACES
        for texts, urgent in ((DANGER, True), (CALM, False))
        for text in texts
    ]


def stances() -> list[dict[str, Any]]:
    return [
        {"text": text.format(place), "against": "Cầu treo đã sập", "stance": stance}
        for place in PLACES
        for text, stance in (("{} cầu còn nguyên", "denies"), ("{} cầu sập rồi", "repeats"))
    ]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # A part of the training texts holds a tiny model as well as all of them.
    monkeypatch.setattr(reviews, "read_civic", lambda split: read_civic(split)[::8])
    monkeypatch.setattr(reviews, "read_claims", lambda split: read_claims(split)[::8])
    monkeypatch.setattr(reviews, "pairs", pairs_of)
    known = [row["text"] for row in decisions() + stances()]
    known += [row.text for row in read_civic("train")] + ["Tin bản Cầu treo đã sập"]
    known += [strip_marks(text) for text in known]
    return write_model(tmp_path / "start", " ".join(known).split())


def heads_of(folder: Path) -> dict[str, bytes]:
    model = Parts.load(folder)
    return {name: one.weights.tobytes() + one.bias.tobytes() for name, one in model.heads.items()}


@pytest.mark.parametrize(("head", "rows"), [("urgent", decisions()), ("stance", stances())])
def test_one_head_learns_and_all_else_stays_byte_for_byte(
    tmp_path: Path, start: Path, head: str, rows: list[dict[str, Any]]
) -> None:
    found = read_reviews(written(tmp_path, *rows))
    lessons = retrain(start, found, tmp_path / "new")
    assert [(one.head, one.learned) for one in lessons] == [(head, True)]
    before, after = heads_of(start), heads_of(tmp_path / "new")
    assert {name for name in before if before[name] != after[name]} == {head}
    for path in start.iterdir():
        if path.name not in ("heads.npz", "model.json"):
            assert (tmp_path / "new" / path.name).read_bytes() == path.read_bytes()
    old, new = NeuralClassifier.load(start), NeuralClassifier.load(tmp_path / "new")
    assert new.version.startswith("tiny-reviewed-")
    about, first = (
        json.loads((folder / "model.json").read_text(encoding="utf-8"))
        for folder in (tmp_path / "new", start)
    )
    assert about["reviews"] == {"base": old.version, "decisions": {head: len(rows)}}
    assert (about["blend"], about["recipe"]) == (first["blend"], first["recipe"])
    # Once more from there: the name says it once.
    retrain(tmp_path / "new", found, tmp_path / "newer")
    if (tmp_path / "newer").exists():
        assert NeuralClassifier.load(tmp_path / "newer").version.startswith("tiny-reviewed-")


def test_the_service_says_what_reviewers_said(tmp_path: Path, start: Path) -> None:
    retrain(start, read_reviews(written(tmp_path, *decisions())), tmp_path / "new")
    water, market = Example("1", "nước dâng ở Noong U"), Example("2", "chợ phiên ở Noong U")
    for one in ([water, market], [stripped(water), stripped(market)]):
        before, after = (
            [labels.scores["urgent"] for labels in NeuralClassifier.load(folder).label(one)]
            for folder in (start, tmp_path / "new")
        )
        assert after[0] - after[1] > 0.05 + (before[0] - before[1])


def test_the_same_decisions_give_the_same_files_and_none_of_their_words(
    tmp_path: Path, start: Path
) -> None:
    secret = "xyzzy"
    rows = [row | {"text": f"{row['text']} {secret}"} for row in decisions()]
    found = read_reviews(written(tmp_path, *rows))
    for name in ("one", "two"):
        assert any(one.learned for one in retrain(start, found, tmp_path / name))
    for path in (tmp_path / "one").iterdir():
        raw = path.read_bytes()
        assert raw == (tmp_path / "two" / path.name).read_bytes()
        assert secret.encode() not in raw


def test_with_too_few_decisions_nothing_is_written(tmp_path: Path, start: Path) -> None:
    found = read_reviews(written(tmp_path, *decisions()[: FEWEST - 1]))
    assert retrain(start, found, tmp_path / "new") == []
    assert not (tmp_path / "new").exists()


def test_texts_that_the_model_is_measured_on_are_not_learned(tmp_path: Path) -> None:
    known = [one.text for rows in committed_sets().values() for one in rows][::50]
    known += [text for claim in read_claims("test")[:3] for text, _ in claim.posts]
    rows = [{"text": text, "urgent": False} for text in known]
    rows += [{"text": strip_marks(text).upper(), "urgent": False} for text in known]
    rows += [{"text": known[0], "against": "Cầu treo đã sập", "stance": "unrelated"}]
    found = read_reviews(written(tmp_path, *rows, *decisions()))
    kept = unmeasured(found)
    assert {one.text for one in kept.examples} == {row["text"] for row in decisions()}
    assert kept.measured == len(found.examples) - len(decisions())


@pytest.mark.parametrize(("floor", "code"), [(0.0, 0), (1.0, 1)])
def test_the_command_takes_the_model_or_leaves_all_as_it_was(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch, floor: float, code: int
) -> None:
    monkeypatch.setattr(figures, "DRAWS", 5)
    some = {name: rows[::10] for name, rows in committed_sets().items()}
    monkeypatch.setattr(gate, "committed_sets", lambda: some)
    monkeypatch.setattr(gate, "COMMITTED_FLOORS", tmp_path / "floors.json")
    name = "civic-dev.plain.urgent.yes_f1"
    pin_floors(tmp_path / "floors.json", {name: floor}, fingerprint(some))
    file, target = written(tmp_path, *decisions()), tmp_path / "home" / "model"
    console = Console(record=True, width=200)
    assert run_with_reviews(file, start, target, NeuralClassifier.load, console) == code
    shown = console.export_text()
    assert "64 quyết định: 64 bài để học" in shown
    assert "urgent" in shown
    assert "đã học" in shown
    assert "tiny-reviewed-" in shown
    if code:
        assert f"{name}: " in shown
        assert "dưới mức sàn 100.0%" in shown
        assert not target.exists()
    else:
        assert NeuralClassifier.load(target).version.startswith("tiny-reviewed-")
    left = {path.name for path in target.parent.iterdir() if path.suffix != ".lock"}
    assert left == ({"model"} if code == 0 else set())


def test_the_command_says_when_there_is_nothing_to_learn(tmp_path: Path, start: Path) -> None:
    file, target = written(tmp_path, *decisions()[:2]), tmp_path / "home" / "model"
    console = Console(record=True, width=200)
    assert run_with_reviews(file, start, target, NeuralClassifier.load, console) == 0
    assert "Mô hình giữ nguyên" in console.export_text()
    assert list(target.parent.iterdir()) == []
