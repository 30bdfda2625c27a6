from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from langnghe.classifier.model import Classifier, Document
from langnghe.classifier.register import Register
from langnghe.classifier.work import LabelReport, label_all
from langnghe.core.clock import FixedClock
from langnghe.core.models import (
    Channel,
    CheckedClaim,
    ClaimMatch,
    Intent,
    Labels,
    Post,
    PostKind,
    Reason,
    Sentiment,
    Stance,
    TimePrecision,
    Verdict,
)
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import UNLABELLED, Filters, Query

if TYPE_CHECKING:
    from langnghe.classifier.claims import ClaimMatcher

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

ROOT = Path(__file__).parents[2]
TEXTS = (
    "Quá tệ, đường hỏng mà không ai sửa",
    "Cảm ơn xã, đường đã sửa xong, đi lại thuận tiện",
    "Xã cho hỏi bao giờ mở lớp xóa mù chữ ở bản Hoa Vân",
    "Chợ phiên họp vào sáng chủ nhật",
    "Nước sinh hoạt mất ba ngày nay, bà con khổ lắm, đề nghị xã kiểm tra",
)

WORKER = """
import sys
from pathlib import Path
from langnghe.classifier.work import label_all
from langnghe.core.clock import FixedClock
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from tests.classifier.test_label_work import Plain

path, batch, index, parts = sys.argv[1:]
store = EmbeddedPostStore(Database(Path(path)), FixedClock())
report = label_all(
    store,
    Plain(),
    batch=int(batch),
    part=(int(index), int(parts)),
    progress=lambda done, _total: print(done, flush=True),
)
print("labelled", report.labelled, flush=True)
"""


class Plain:
    """A model that judges by a few words: what is asked here is the work list."""

    version = "plain-1"

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        return [self._label(one) for one in documents]

    def _label(self, document: Document) -> Labels:
        text = document.text.lower()
        sentiment, intent = Sentiment.NEUTRAL, Intent.INFORMATION
        if "tệ" in text or "khổ" in text:
            sentiment, intent = Sentiment.NEGATIVE, Intent.COMPLAINT
        elif "cảm ơn" in text:
            sentiment, intent = Sentiment.POSITIVE, Intent.PRAISE
        elif "cho hỏi" in text:
            intent = Intent.QUESTION
        return Labels(
            document.id, self.version, sentiment, intent, {"claim": (1 + len(text) % 8) / 9}
        )


class Meddling:
    """A model, with something happening to the store while it reads a batch."""

    def __init__(self, meddle: list[object]) -> None:
        self._inner = Plain()
        self._meddle = meddle

    @property
    def version(self) -> str:
        return self._inner.version

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        if self._meddle:
            action = self._meddle.pop()
            assert callable(action)
            action()
        return self._inner.label(documents)


class Successor:
    """The same labels under another version, as a retrained model would give them."""

    version = "successor-1"

    def __init__(self, inner: Classifier) -> None:
        self._inner = inner

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        return [replace(one, model=self.version) for one in self._inner.label(documents)]


class Closing:
    """Holds posts against one claim by a word alone: what the work list does is asked here."""

    def __init__(
        self, word: str, verdict: Verdict, meanwhile: Callable[[], object] | None = None
    ) -> None:
        self.word = word
        self.register = Register((CheckedClaim(word, f"Trường sẽ đóng cửa {word}", verdict),))
        self.batches: list[int] = []
        self._meanwhile = meanwhile

    def match(
        self, texts: Sequence[str], _embeddings: object = None
    ) -> list[tuple[ClaimMatch, ...]]:
        self.batches.append(len(texts))
        if self._meanwhile is not None:
            self._meanwhile()
        one = ClaimMatch(self.word, 0.9, Stance.REPEATS, 0.9, (self.word,))
        return [(one,) if self.word in text else () for text in texts]


def against(closing: Closing) -> ClaimMatcher:
    return cast("ClaimMatcher", closing)


def repeating(store: EmbeddedPostStore) -> set[str]:
    """The posts that repeat a checked claim."""
    query = Query(filters=Filters(reasons=(Reason.REPEATS_CHECKED_CLAIM,)), size=200)
    return {hit.stored.post.id for hit in store.search(query).hits}


def make_posts(count: int) -> list[Post]:
    return [
        Post(
            id=f"p{number:05}",
            source="forum",
            channel=Channel.FORUM,
            kind=PostKind.REPLY,
            thread_id="t1",
            url="https://example.invalid/t1",
            text=f"{TEXTS[number % len(TEXTS)]} ({number})",
            published_at=NOW - timedelta(hours=number % 500),
            precision=TimePrecision.MINUTE,
            fetched_at=NOW,
            topics=("duong-sa",),
        )
        for number in range(count)
    ]


@contextmanager
def opened(path: Path) -> Iterator[EmbeddedPostStore]:
    database = Database(path)
    try:
        yield EmbeddedPostStore(database, FixedClock(NOW))
    finally:
        database.close()


def counted(store: EmbeddedPostStore) -> dict[str | None, int]:
    """Posts by sentiment, from the daily counts."""
    counts = store.counts(Filters(), by="sentiment", interval=None)
    return {value: number for (_, value), number in counts.items() if number}


def worker(path: Path, batch: int, part: tuple[int, int] = (0, 1)) -> subprocess.Popen[str]:
    arguments = [str(path), str(batch), str(part[0]), str(part[1])]
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_everything_is_labelled_once(tmp_path: Path) -> None:
    classifier, posts = Plain(), make_posts(90)
    seen: list[int] = []
    with opened(tmp_path / "db") as store:
        store.put(posts)
        report = label_all(
            store, classifier, batch=25, progress=lambda done, _total: seen.append(done)
        )
        assert report == LabelReport(Plain.version, labelled=90, passed_over=0, matched=0)
        assert seen == [25, 50, 75, 90]
        kept = [stored.labels for stored in store.get([post.id for post in posts])]
        assert kept == classifier.label(posts)
        assert label_all(store, classifier).labelled == 0
        assert store.check() == []


def test_a_new_model_relabels_everything(tmp_path: Path) -> None:
    classifier = Plain()
    with opened(tmp_path / "db") as store:
        store.put(make_posts(30))
        label_all(store, classifier)
        before = counted(store)
        assert label_all(store, Successor(classifier)).labelled == 30
        assert counted(store) == before
        (stored,) = store.get(["p00003"])
        assert stored.labels is not None
        assert stored.labels.model == "successor-1"


def test_a_killed_run_loses_nothing(tmp_path: Path) -> None:
    path, total = tmp_path / "db", 1_500
    with opened(path) as store:
        store.put(make_posts(total))
        process = worker(path, batch=10)
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if int(line) >= 100:
                    process.send_signal(signal.SIGKILL)
                    break
        assert process.wait() == -signal.SIGKILL
        left = counted(store).get(UNLABELLED, 0)
        assert 0 < left < total
        assert label_all(store, Plain()).labelled == left
        counts = counted(store)
        assert UNLABELLED not in counts
        assert sum(counts.values()) == total
        assert store.check() == []


def test_processes_share_the_work_by_slices(tmp_path: Path) -> None:
    path, total = tmp_path / "db", 300
    with opened(path) as store:
        store.put(make_posts(total))
        processes = [worker(path, batch=20, part=(index, 2)) for index in range(2)]
        ends = [process.communicate()[0].split() for process in processes]
        assert [process.returncode for process in processes] == [0, 0]
        assert sum(int(end[-1]) for end in ends) == total
        assert all(int(end[-1]) > 0 for end in ends)
        assert UNLABELLED not in counted(store)


def test_a_post_edited_meanwhile_is_labelled_by_its_new_text(tmp_path: Path) -> None:
    posts = make_posts(40)
    edited = replace(posts[0], text="Quá tệ, đường hỏng mà không ai sửa, bức xúc lắm.")
    with opened(tmp_path / "db") as store:
        store.put(posts)
        report = label_all(store, Meddling([lambda: store.put([edited])]), batch=10)
        assert (report.labelled, report.passed_over) == (40, 1)
        (stored,) = store.get([edited.id])
        assert stored.labels is not None
        assert stored.labels.sentiment == "negative"
        assert store.check() == []


def test_posts_purged_meanwhile_are_passed_over(tmp_path: Path) -> None:
    posts = make_posts(40)
    late = NOW + timedelta(days=200)
    with opened(tmp_path / "db") as store:
        store.put(posts)
        report = label_all(store, Meddling([lambda: store.purge(late, 90, {})]), batch=10)
        assert (report.labelled, report.passed_over) == (0, 10)
        assert store.unlabelled(report.model, 10) == []


def test_labels_come_with_their_matches(tmp_path: Path) -> None:
    posts = make_posts(30)
    with opened(tmp_path / "db") as store:
        store.put(posts)
        closing = Closing("(7)", Verdict.FALSE)
        report = label_all(store, Plain(), batch=10, matcher=against(closing))
        assert (report.labelled, report.matched) == (30, 0)
        assert closing.batches == [10, 10, 10]
        assert repeating(store) == {"p00007"}
        (stored,) = store.get(["p00007"])
        assert stored.labels is not None
        assert [match.claim_id for match in stored.labels.matches] == ["(7)"]
        assert stored.labels.register == closing.register.digest


def test_a_new_claim_is_matched_without_labelling_again(tmp_path: Path) -> None:
    posts, late = make_posts(40), make_posts(50)[40:]
    with opened(tmp_path / "db") as store:
        store.put(posts)
        label_all(store, Plain())
        store.put(late)
        seen: list[int] = []
        report = label_all(
            store,
            Plain(),
            batch=15,
            matcher=against(Closing("(4", Verdict.FALSE)),
            progress=lambda done, _total: seen.append(done),
        )
        assert (report.labelled, report.matched) == (10, 40)
        assert seen == [10, 25, 40, 50]
        assert repeating(store) == {"p00004", *(f"p{n:05}" for n in range(40, 50))}
        # The verdict on the claim turns out otherwise.
        before = counted(store)
        confirmed = against(Closing("(4", Verdict.CONFIRMED))
        report = label_all(store, Plain(), matcher=confirmed, part=(1, 2))
        assert (report.labelled, report.matched) == (0, 25)
        assert label_all(store, Plain(), matcher=confirmed).matched == 25
        assert label_all(store, Plain(), matcher=confirmed).matched == 0
        assert repeating(store) == set()
        assert counted(store) == before
        assert store.check() == []


def test_two_registers_at_once_do_not_go_round_for_ever(tmp_path: Path) -> None:
    with opened(tmp_path / "db") as store, opened(tmp_path / "db") as elsewhere:
        store.put(make_posts(40))
        label_all(store, Plain())
        theirs = against(Closing("(1", Verdict.FALSE))

        def undo() -> None:
            label_all(elsewhere, Plain(), matcher=theirs)

        ours = Closing("(2", Verdict.FALSE, meanwhile=undo)
        report = label_all(store, Plain(), batch=10, matcher=against(ours))
        assert (report.matched, ours.batches) == (40, [10, 10, 10, 10])
        assert store.check() == []


def test_posts_that_change_while_they_are_matched_are_left(tmp_path: Path) -> None:
    posts = make_posts(20)
    edited = replace(posts[0], text="Đường đã sửa xong, cảm ơn xã (99)")
    with opened(tmp_path / "db") as store:
        store.put(posts)
        label_all(store, Plain())
        meddling = Closing("(0)", Verdict.FALSE, meanwhile=lambda: store.put([edited]))
        report = label_all(store, Plain(), batch=50, matcher=against(meddling))
        assert report.matched == 19
        assert repeating(store) == set()
        assert label_all(store, Plain(), matcher=against(meddling)).labelled == 1
        assert store.check() == []


@pytest.mark.parametrize(
    ("batch", "part", "problem"),
    [(0, (0, 1), "at least one post"), (5, (2, 2), "no slice 2 of 2"), (5, (-1, 2), "no slice")],
)
def test_impossible_requests_are_refused(
    tmp_path: Path, batch: int, part: tuple[int, int], problem: str
) -> None:
    with opened(tmp_path / "db") as store, pytest.raises(ValueError, match=problem):
        label_all(store, Plain(), batch=batch, part=part)
