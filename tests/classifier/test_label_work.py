from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.classifier.evaluation.sets import committed_sets
from langnghe.classifier.model import Classifier, Document, load_classifier
from langnghe.classifier.work import label_all
from langnghe.core.clock import FixedClock
from langnghe.core.models import Channel, Labels, Post, PostKind, TimePrecision
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import UNLABELLED, Filters

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

WORKER = """
import sys
from pathlib import Path
from langnghe.classifier.model import load_classifier
from langnghe.classifier.work import label_all
from langnghe.core.clock import FixedClock
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore

path, batch, index, parts = sys.argv[1:]
store = EmbeddedPostStore(Database(Path(path)), FixedClock())
report = label_all(
    store,
    load_classifier(),
    batch=int(batch),
    part=(int(index), int(parts)),
    progress=lambda done, _total: print(done, flush=True),
)
print("labelled", report.labelled, flush=True)
"""


class Meddling:
    """The shipped model, with something happening to the store while it reads a batch."""

    def __init__(self, meddle: list[object]) -> None:
        self._inner = load_classifier()
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


def make_posts(count: int) -> list[Post]:
    texts = [one.text for one in committed_sets()["commune"]]
    return [
        Post(
            id=f"p{number:05}",
            source="forum",
            channel=Channel.FORUM,
            kind=PostKind.REPLY,
            thread_id="t1",
            url="https://example.invalid/t1",
            text=f"{texts[number % len(texts)]} ({number})",
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
        [sys.executable, "-c", WORKER, *arguments], stdout=subprocess.PIPE, text=True
    )


def test_everything_is_labelled_once(tmp_path: Path) -> None:
    classifier = load_classifier()
    seen: list[int] = []
    with opened(tmp_path / "db") as store:
        store.put(make_posts(90))
        report = label_all(
            store, classifier, batch=25, progress=lambda done, _total: seen.append(done)
        )
        assert (report.labelled, report.passed_over) == (90, 0)
        assert seen == [25, 50, 75, 90]
        kept = {one.post.id: one.labels for one in store.get([post.id for post in make_posts(90)])}
        for expected in classifier.label(make_posts(90)):
            given = kept[expected.post_id]
            assert given is not None
            assert (given.sentiment, given.model) == (expected.sentiment, report.model)
            assert given.scores == pytest.approx(expected.scores, abs=1e-6)
        again = label_all(store, classifier)
        assert again.labelled == 0
        assert store.check() == []


def test_a_new_model_relabels_everything(tmp_path: Path) -> None:
    classifier = load_classifier()
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
        assert label_all(store, load_classifier()).labelled == left
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


@pytest.mark.parametrize(
    ("batch", "part", "problem"),
    [(0, (0, 1), "at least one post"), (5, (2, 2), "no slice 2 of 2"), (5, (-1, 2), "no slice")],
)
def test_impossible_requests_are_refused(
    tmp_path: Path, batch: int, part: tuple[int, int], problem: str
) -> None:
    with opened(tmp_path / "db") as store, pytest.raises(ValueError, match=problem):
        label_all(store, load_classifier(), batch=batch, part=part)
