from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from filelock import FileLock

from langnghe.classifier.evaluation import figures, gate
from langnghe.classifier.evaluation.gate import evaluate, pin
from langnghe.classifier.evaluation.sets import committed_sets
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.model import Document
from langnghe.classifier.training.selection import accept, install
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Intent, Labels, Sentiment

KNOWN = {(one.title, one.text): one.answers for rows in committed_sets().values() for one in rows}


class Marked:
    """Gives each text of the sets its own answers, save for a share of them, by head.

    So a model is exactly as good as a test needs it. Its folder says how often it errs.
    """

    def __init__(self, errors: dict[str, float]) -> None:
        self._errors = errors
        self.version = f"marked-{zlib.crc32(json.dumps(errors).encode()):08x}"

    @classmethod
    def load(cls, folder: Path) -> Marked:
        try:
            return cls(json.loads((folder / "model.json").read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise NotReadyError(f"{folder}: {error}") from None

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        return [self._label(one) for one in documents]

    def _label(self, document: Document) -> Labels:
        known = KNOWN.get((document.title, document.text), {})
        scores: dict[str, float] = {}
        best: dict[str, str] = {}
        for head in POST_HEADS:
            wide = len(head.classes) or 2
            answer = known.get(head.name, (0,))[0]
            chance = zlib.crc32(f"{head.name} {document.text}".encode()) / 2**32
            if chance < self._errors.get(head.name, 0.05):
                answer = (answer + 1) % wide
            if head.classes:
                scores |= {
                    name: 0.9 if at == answer else 0.1 / (wide - 1)
                    for at, name in enumerate(head.classes)
                }
                best[head.name] = head.classes[answer]
            else:
                scores[head.name] = 0.9 if answer else 0.1
        return Labels(
            document.id,
            self.version,
            Sentiment(best["sentiment"]),
            Intent(best["intent"]),
            scores,
        )


def model(folder: Path, **errors: float) -> Path:
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps(errors), encoding="utf-8")
    (folder / "heads.npz").write_bytes(b"heads")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


OLD = Marked({})


@pytest.fixture
def floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Floors pinned to what `OLD` gives, less the usual slack."""
    path = tmp_path / "floors.json"
    monkeypatch.setattr(gate, "COMMITTED_FLOORS", path)
    monkeypatch.setattr(figures, "DRAWS", 5)
    for report in evaluate(None, OLD):
        pin(report, None)
    return path


@pytest.mark.usefixtures("floors")
def test_a_model_that_holds_all_floors_is_taken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    better = model(tmp_path / "better", intent=0.01)
    found = accept(OLD, better, home / "model", Marked.load)
    assert found.taken
    assert found.version == Marked.load(better).version
    before, after = found.figures["civic-test.plain.intent.macro_f1"]
    assert before < after
    assert content(home) == {f"model/{name}": raw for name, raw in content(better).items()}
    # The next one: what it replaces is kept, and only that.
    for errors in (0.02, 0.03):
        next_ = model(tmp_path / f"next{errors}", intent=errors)
        last = content(home / "model")
        assert accept(OLD, next_, home / "model", Marked.load).taken
        assert content(home / "model") == content(next_)
        assert content(home / "model.previous") == last
    visible = {path.name for path in home.iterdir() if path.suffix != ".lock"}
    assert visible == {"model", "model.previous"}


@pytest.mark.usefixtures("floors")
def test_a_model_below_one_floor_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    install(model(tmp_path / "old"), home / "model")
    before = content(home)
    # Far better at one head, and worse at another.
    worse = model(tmp_path / "worse", intent=0.0, scam=0.3)
    found = accept(OLD, worse, home / "model", Marked.load)
    assert not found.taken
    assert content(home) == before
    assert all(".scam." in problem for problem in found.problems)
    assert any(
        problem.startswith("civic-test.plain.scam.yes_f1: ")
        and "→" in problem
        and "mức sàn" in problem
        for problem in found.problems
    )


def test_without_floors_for_these_texts_nothing_is_taken(tmp_path: Path, floors: Path) -> None:
    document = json.loads(floors.read_text(encoding="utf-8"))
    floors.write_text(json.dumps(document | {"corpus_sha256": "0" * 64}), encoding="utf-8")
    better = model(tmp_path / "better", intent=0.0)
    assert not accept(OLD, better, tmp_path / "home" / "model", Marked.load).taken
    floors.unlink()
    assert not accept(OLD, better, tmp_path / "home" / "model", Marked.load).taken
    assert not (tmp_path / "home").exists()


def test_a_model_that_cannot_be_loaded_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    install(model(tmp_path / "old"), home / "model")
    before = content(home)
    broken = model(tmp_path / "broken")
    (broken / "model.json").write_text("{", encoding="utf-8")
    with pytest.raises(NotReadyError):
        accept(OLD, broken, home / "model", Marked.load)
    assert content(home) == before


@pytest.mark.parametrize("failing", ["copy", "rename"])
def test_a_failure_on_the_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    home = tmp_path / "home"
    for number in (1, 2):
        install(model(tmp_path / f"old{number}", intent=number / 10), home / "model")
    before = content(home)
    new = model(tmp_path / "new")
    if failing == "copy":
        (new / "gone").symlink_to(tmp_path / "nowhere")
        expected: type[Exception] = OSError
    else:
        rename = Path.rename

        def refuse(path: Path, target: Path) -> Path:
            if path.name == "new" and target == home / "model":
                raise OSError("no space left")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", refuse)
        expected = OSError
    with pytest.raises(expected):
        install(new, home / "model")
    assert content(home) == before
    assert {path.name for path in home.iterdir() if path.suffix != ".lock"} == {
        "model",
        "model.previous",
    }


def test_two_are_never_put_in_place_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    install(model(tmp_path / "old"), home / "model")
    before = content(home)
    with (
        FileLock(home / ".model.lock"),
        pytest.raises(NotReadyError, match="đang chạy"),
    ):
        install(model(tmp_path / "new", intent=0.5), home / "model")
    assert content(home) == before


def test_whoever_reads_the_old_model_goes_on_with_it(tmp_path: Path) -> None:
    target = tmp_path / "home" / "model"
    install(model(tmp_path / "old"), target)
    with (target / "heads.npz").open("rb") as reading:
        install(model(tmp_path / "new"), target)
        install(model(tmp_path / "newer"), target)
        assert reading.read() == b"heads"
