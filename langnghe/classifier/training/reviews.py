"""Reviewers' decisions teach the heads, in minutes and without touching the encoder.

The file of decisions is JSONL, one decision a line, in the order in which they were made:

    {"text": "…", "title": "…", "intent": "complaint", "answer": true}
    {"text": "…", "scam": false}
    {"text": "…", "against": "the claim's text", "stance": "denies"}

`text` is the de-identified text of a post, `title` (may be left out) that of its thread. Then any
of `sentiment`, `intent` (a class of the head), `claim`, `scam`, `toxicity`, `answer`, `urgent`
(true or false); or `against` and `stance`, by themselves. Nothing else may stand in a line:
above all nothing about a reviewer, an author or any other person. What is decided means what
docs/annotation.md says. No text of the file is kept, nor a hash of one.

Each head with enough decisions is fitted anew: it is to say what reviewers decided, and for the
rest what it said before. The second is held by the project's own training texts, at which the old
model's own probabilities are the aim, and by a pull towards the old numbers: what the
public sets taught stays, though they are not at hand. Fitted are the probabilities that the
service shows, joined from encoder and characters, so the joins and temperatures stay valid and
stay as they are. `langnghe.classifier.training.selection` decides whether the result is taken.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from langnghe.classifier.blend import COLUMNS, Blend, bare
from langnghe.classifier.characters import Characters
from langnghe.classifier.encoder import Encoder
from langnghe.classifier.evaluation.sets import committed_sets
from langnghe.classifier.heads import BY_NAME, HEADS, POST_HEADS
from langnghe.classifier.inputs import model_text
from langnghe.classifier.model import Classifier
from langnghe.classifier.neural import (
    CHARACTERS_FILE,
    DESCRIPTION,
    Heads,
    NeuralClassifier,
    describe,
)
from langnghe.classifier.training.examples import (
    Answer,
    Example,
    column,
    read_civic,
    read_claims,
)
from langnghe.classifier.training.recipe import pairs
from langnghe.classifier.training.refit import Lesson, Linear, Rows, learn
from langnghe.classifier.training.selection import Selection, accept
from langnghe.classifier.training.views import strip_marks
from langnghe.core.errors import ConfigError
from langnghe.core.jsonlines import read_objects
from langnghe.core.text import fold, words

STANCE: Final = "stance"
DECIDED: Final = (*(head.name for head in POST_HEADS), STANCE)
"""The heads that reviewers decide on. Of evidence they decide nothing that is kept."""

FEWEST: Final = 5
"""Decisions that a head needs: with fewer there is nothing to hold a gain against."""

FOLDS: Final = 5

SUFFIX: Final = "-reviewed"
"""Of the name of a model that reviewers have taught."""


# --- Reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reviews:
    """The decisions of a file: one `Example` a text, in order of its first line."""

    examples: tuple[Example, ...]
    decisions: int
    """Lines that decide something."""
    repeated: int = 0
    """Of them, lines that only say once more what was decided."""
    overruled: int = 0
    """Of them, lines that decide otherwise than an earlier one; the latest stands."""
    measured: int = 0
    """Texts left out because the model is measured on them."""


def read_reviews(path: Path) -> Reviews:
    """Read and check a file of decisions; empty lines are passed over.

    Texts that the encoder reads alike are one text.

    Raises:
        ConfigError: the file is missing, or a line cannot be used: names line and cure.
    """
    found: dict[tuple[str, str, str], Example] = {}
    decisions = repeated = overruled = 0
    for number, row in read_objects(path, f"Hãy sửa dòng này: {_FORM}", keys_once=True):
        one = _Line(path, number).example(row)
        decisions += 1
        key = identity(one)
        if (before := found.get(key)) is None:
            found[key] = one
            continue
        said = before.answers
        repeated += all(said.get(head) == answer for head, answer in one.answers.items())
        overruled += any(said.get(head, answer) != answer for head, answer in one.answers.items())
        found[key] = replace(before, answers={**said, **one.answers})
    return Reviews(tuple(found.values()), decisions, repeated, overruled)


def identity(example: Example) -> tuple[str, str, str]:
    """What the encoder reads of an example: alike for texts that it cannot tell apart."""
    return model_text(example.text), model_text(example.title), model_text(example.second)


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a decision stands, for its errors."""

    path: Path
    number: int

    def example(self, row: Mapping[str, Any]) -> Example:
        for name in row:
            if name not in ("text", "title", "against", *DECIDED):
                self._refuse(
                    f"có mục không được nhận: {_short(name)}",
                    "Tệp này chỉ giữ nội dung bài và quyết định, không giữ gì về người viết hay "
                    f"người duyệt: hãy bỏ mục đó. {_FORM}",
                )
        if not any(head in row for head in DECIDED):
            self._refuse("không có quyết định nào", f"Hãy thêm ít nhất một: {', '.join(DECIDED)}")
        second = ""
        if "against" in row or STANCE in row:
            if set(row) != {"text", "against", STANCE}:
                self._refuse(
                    "«stance» phải đi với «text» và «against», không đi với mục nào khác",
                    "Hãy viết các quyết định khác về bài này thành một dòng riêng",
                )
            second = self._text(row, "against")
        return Example(
            f"review/{self.number}",
            self._text(row, "text"),
            title=self._text(row, "title") if "title" in row else "",
            second=second,
            answers={head: self._answer(head, row[head]) for head in DECIDED if head in row},
        )

    def _text(self, row: Mapping[str, Any], name: str) -> str:
        value = row.get(name)
        if not isinstance(value, str):
            self._refuse(f"«{name}» thiếu hoặc không phải chữ", f"Hãy sửa dòng này: {_FORM}")
        if name != "title" and not words(model_text(value)):
            self._refuse(f"«{name}» không có chữ nào", "Hãy bỏ dòng này")
        return value

    def _answer(self, head: str, value: Any) -> Answer:
        classes = BY_NAME[head].classes
        if not classes:
            if not isinstance(value, bool):
                self._refuse(
                    f"«{head}» không thể là {_short(value)}", "Hãy viết true (có) hoặc false"
                )
            return (int(value),)
        if value not in classes:
            self._refuse(
                f"«{head}» không thể là {_short(value)}",
                f"Hãy chọn một trong: {', '.join(classes)}",
            )
        return column(head, value)

    def _refuse(self, problem: str, cure: str) -> NoReturn:
        raise ConfigError(self.path, self.number, problem, cure)


_FORM: Final = 'Mỗi dòng là {"text": "…", "intent": "question", "answer": true}'


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:39] + "…"


# --- All heads -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parts:
    """A model, taken apart."""

    encoder: Encoder
    characters: Characters
    blend: Blend
    heads: Mapping[str, Linear]
    """By name, all of them."""

    @classmethod
    def load(cls, folder: Path) -> Parts:
        """Read a model folder that `NeuralClassifier.load` has found whole.

        Raises:
            NotReadyError: a file is missing or damaged.
        """
        heads = Heads.load(folder)
        return cls(
            Encoder.load(folder),
            Characters.load(folder / CHARACTERS_FILE),
            Blend.from_json(_description(folder)["blend"]),
            {name: Linear(heads.weights[:, at], heads.bias[at]) for name, at in _COLUMNS.items()},
        )


_ENDS: Final = tuple(accumulate(head.width for head in HEADS))
_COLUMNS: Final[Mapping[str, slice]] = {
    head.name: slice(end - head.width, end) for head, end in zip(HEADS, _ENDS, strict=True)
}
"""Where the columns of each head stand in `Heads`."""


def unmeasured(reviews: Reviews) -> Reviews:
    """The decisions without those on texts that the model is measured on.

    The posts of the sample month are such texts: learned by heart, they would prove nothing.
    """
    measured = {_skeleton(one) for examples in committed_sets().values() for one in examples}
    for split in ("dev", "test"):
        for claim in read_claims(split):
            measured.update(fold(model_text(post)) for post, _ in claim.posts)
    kept = tuple(one for one in reviews.examples if _skeleton(one) not in measured)
    return replace(reviews, examples=kept, measured=len(reviews.examples) - len(kept))


def retrain(start: Path, reviews: Reviews, folder: Path) -> list[Lesson]:
    """Write a copy of a model, with the heads that learned from the decisions, to `folder`.

    If no head learned anything, nothing is written. The same model and decisions give the same
    files. The time goes into reading the training texts, about 5,000 for
    each kind of text (posts, pairs) that was decided on.

    Args:
        start: the model folder to start from. Start from the shipped model each time, with all
            decisions that there are: what a decision counts does not grow with every run.
        reviews: what was decided.
        folder: made here; must not exist yet.

    Raises:
        NotReadyError: the model to start from is missing or damaged.
    """
    base = NeuralClassifier.load(start).version
    lessons, heads = teach(reviews, Parts.load(start))
    if not any(lesson.learned for lesson in lessons):
        return lessons
    shutil.copytree(start, folder)
    Heads(
        np.concatenate([heads[head.name].weights for head in HEADS], axis=1),
        np.concatenate([heads[head.name].bias for head in HEADS]),
    ).save(folder)
    about = _description(start)
    name, blend = about["name"], Blend.from_json(about["blend"])
    for key in ("name", "format", "heads", "blend", "sha256"):
        del about[key]
    about["reviews"] = {
        "base": base,
        "decisions": {one.head: one.decisions for one in lessons if one.learned},
    }
    describe(folder, f"{name.removesuffix(SUFFIX)}{SUFFIX}", blend, about)
    return lessons


def teach(reviews: Reviews, parts: Parts) -> tuple[list[Lesson], dict[str, Linear]]:
    """What the decisions teach each head that has enough of them, and all heads after it.

    A head without decisions, or that learned nothing from them, is the very object it was.
    """
    lessons: list[Lesson] = []
    heads = dict(parts.heads)
    for pair in (False, True):
        decided = [one for one in reviews.examples if bool(one.second) is pair]
        counts = Counter(head for one in decided for head in one.answers)
        enough = [head for head in DECIDED if counts[head] >= FEWEST]
        if not enough:
            continue
        known = pairs(read_claims("train")) if pair else read_civic("train")
        anchor, shown = _Texts.read(known, parts, pair), _Texts.read(decided, parts, pair)
        for head in enough:
            at = np.array([head in one.answers for one in shown.examples])
            answering = [one for one in shown.examples if head in one.answers]
            lesson, heads[head] = learn(
                head,
                anchor.rows(head, parts.blend),
                shown.rows(head, parts.blend).taken(at),
                np.array([one.answers[head][0] for one in answering]),
                np.array([zlib.crc32(_skeleton(one).encode()) % FOLDS for one in answering]),
                parts.heads[head],
            )
            lessons.append(lesson)
    return lessons, heads


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts in both spellings, read once for all heads."""

    examples: Sequence[Example]
    """Each as written, and without diacritics where that differs."""
    weights: NDArray[np.float64]
    """The spellings of a text count 1 together."""
    features: NDArray[np.float32]
    characters: NDArray[np.float32] | None
    """None for pairs, which the character model does not read."""

    @classmethod
    def read(cls, examples: Sequence[Example], parts: Parts, pair: bool) -> _Texts:
        spelled: list[Example] = []
        weights: list[float] = []
        for one in examples:
            # The claim of a pair comes from the register, which is written with care.
            bare_ = replace(one, text=strip_marks(one.text), title=strip_marks(one.title))
            forms = [one] if identity(bare_) == identity(one) else [one, bare_]
            spelled += forms
            weights += [1 / len(forms)] * len(forms)
        return cls(
            spelled,
            np.array(weights),
            parts.encoder.features(
                [
                    (one.text, one.second) if pair else parts.encoder.titled(one.text, one.title)
                    for one in spelled
                ]
            ),
            None if pair else parts.characters.scores([(one.title, one.text) for one in spelled]),
        )

    def rows(self, head: str, blend: Blend) -> Rows:
        """What a head sees of them."""
        count, width = len(self.examples), BY_NAME[head].width
        if self.characters is None:
            scale = np.full(count, 1 / blend.pairs[head])
            return Rows(self.features, scale, np.zeros((count, width)), self.weights)
        joins = [(blend.bare if bare(one.text) else blend.plain)[head] for one in self.examples]
        offset = [
            join.scores(np.zeros(width), characters)
            for join, characters in zip(joins, self.characters[:, COLUMNS[head]], strict=True)
        ]
        return Rows(
            self.features,
            np.array([join.encoder for join in joins]),
            np.array(offset),
            self.weights,
        )


def _description(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / DESCRIPTION).read_bytes())
    return found


def _skeleton(example: Example) -> str:
    """A text in a form that all its spellings share."""
    return fold(model_text(example.text))


# --- The command -----------------------------------------------------------------------------


def run_with_reviews(
    file: Path,
    start: Path,
    target: Path,
    load: Callable[[Path], Classifier],
    console: Console,
    data: Path | None = None,
) -> int:
    """Teach the model what a file of decisions says, and say what came of it.

    Args:
        file: the decisions.
        start: the model folder to start from: the shipped one.
        target: where the service looks for a model of its own; may be missing yet.
        load: reads a model folder as the service does.
        console: what is said goes here.
        data: folder of the public data sets, whose floors are then held as well.

    Returns:
        The exit code: 0 if the new model is in use or there was nothing to learn, 1 if it was
        refused.

    Raises:
        LangNgheError: as `read_reviews`, `retrain` and `accept`.
    """
    reviews = unmeasured(read_reviews(file))
    console.print(
        f"{reviews.decisions} quyết định: {len(reviews.examples)} bài để học, "
        f"{reviews.repeated} dòng lặp lại, {reviews.overruled} dòng sửa quyết định trước (lấy dòng "
        f"sau cùng), bỏ {reviews.measured} bài thuộc tập đo chất lượng."
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
        candidate = Path(scratch) / "candidate"
        lessons = retrain(start, reviews, candidate)
        if lessons:
            console.print(_table(lessons))
        if not candidate.exists():
            console.print(
                f"Chưa học thêm được gì (mỗi nhãn cần ít nhất {FEWEST} bài, và phải đoán đúng hơn "
                "trên những bài không dùng để học). Mô hình giữ nguyên."
            )
            return 0
        old = load(target if target.exists() else start)
        selection = accept(old, candidate, target, load, data)
    say_selection(selection, target, console)
    return 0 if selection.taken else 1


def _table(lessons: Sequence[Lesson]) -> Table:
    table = Table("nhãn", "bài", "khớp quyết định: trước", "sau (bài không dùng để học)", "")
    for one in lessons:
        table.add_row(
            one.head,
            str(one.decisions),
            f"{one.agreed_before:.1%}",
            f"{one.agreed_after:.1%}",
            "đã học" if one.learned else "giữ nguyên",
        )
    return table


def say_selection(selection: Selection, target: Path, console: Console) -> None:
    """Print what became of a new model."""
    if selection.taken:
        console.print(
            f"Đã nhận mô hình {selection.version} vào {target}: không chỉ số nào dưới mức sàn. "
            "Bài đã lưu sẽ được gán nhãn lại."
        )
        return
    console.print(
        f"Không nhận mô hình {selection.version}, mọi thứ giữ nguyên:", style="red", markup=False
    )
    for problem in selection.problems:
        console.print(f"  {problem}", style="red", markup=False)
