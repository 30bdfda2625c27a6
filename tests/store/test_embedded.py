"""The embedded engine, held to the conformance suite and to what is its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.models import Channel, ClaimMatch, Labels, Mark, Stance
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from tests.store import conformance
from tests.store.conformance import NOODLES, NOW, ROAD, make_post


class Embedded:
    """Gives each class of the suite an empty store on a file of its own."""

    @pytest.fixture
    def database(self, tmp_path: Path) -> Iterator[Database]:
        database = Database(tmp_path / "langnghe.db")
        yield database
        database.close()

    @pytest.fixture
    def store(self, database: Database, clock: FixedClock) -> EmbeddedPostStore:
        return EmbeddedPostStore(database, clock)


class TestKeeping(Embedded, conformance.Keeping):
    pass


class TestSearching(Embedded, conformance.Searching):
    pass


class TestNarrowing(Embedded, conformance.Narrowing):
    pass


class TestCounting(Embedded, conformance.Counting):
    pass


class TestConfirming(Embedded, conformance.Confirming):
    pass


class TestMatching(Embedded, conformance.Matching):
    pass


class TestClustering(Embedded, conformance.Clustering):
    pass


class TestErasing(Embedded, conformance.Engine):
    def test_purged_words_are_in_no_file(
        self, database: Database, store: EmbeddedPostStore
    ) -> None:
        secret = "xyzzyplugh"
        old = [
            make_post(f"o{n}", f"{ROAD} {secret}{n} hết", 24 * 100 + n, title=f"{secret}title{n}")
            for n in range(50)
        ]
        new = [make_post(f"n{n}", f"{NOODLES} còn lại {n}", n) for n in range(50)]
        for at in range(50):
            store.put([old[at], new[at]])
        assert any(secret.encode() in raw for raw in contents(database.path))
        assert store.purge(NOW, 90, {}).posts == 50
        assert not any(secret[:8].encode() in raw for raw in contents(database.path))
        assert len(store.get([post.id for post in new])) == 50
        with database.read() as connection:
            left = connection.execute("SELECT count(DISTINCT no) FROM band").scalar_one()
            leaders = connection.execute("SELECT count(*) FROM leader").scalar_one()
        assert left == leaders
        assert store.check() == []

    @pytest.mark.parametrize("way", ["purge", "edit", "relabel"])
    def test_what_a_model_said_goes_with_the_text(
        self, database: Database, store: EmbeddedPostStore, way: str
    ) -> None:
        words = b"xyzzyplugh"
        vectors = [bytes([n, 1, 2, 3]) * 97 for n in range(100, 130)]
        store.put([make_post(f"o{n}", f"{ROAD} {n}", 24 * 100) for n in range(30)])
        store.put([make_post("new", "còn lại")])
        for n, vector in enumerate(vectors):
            mark = Mark("fee", f"{words.decode()} {n}")
            match = ClaimMatch("c", 1.0, Stance.DENIES, 1.0, (f"{words.decode()}x",))
            given = Labels(f"o{n}", "m", marks=(mark,), matches=(match,), embedding=vector)
            assert store.label([given]) == 1
        assert any(words in raw and vectors[0] in raw for raw in contents(database.path))
        if way == "purge":
            assert store.purge(NOW, 90, {}).posts == 30
        elif way == "edit":
            store.put([make_post(f"o{n}", f"{NOODLES} {n}", 24 * 100) for n in range(30)])
        else:
            store.label([Labels(f"o{n}", "m2") for n in range(30)])
        store.optimise()
        for raw in contents(database.path):
            assert words not in raw
            assert not any(vector in raw for vector in vectors)
        assert store.check() == []

    def test_a_purge_leaves_an_audit_row_of_counts(
        self, database: Database, store: EmbeddedPostStore
    ) -> None:
        store.put([make_post(f"o{n}", f"cũ {n}", 24 * 100) for n in range(1203)])
        store.put([make_post("s", "cũ", 24 * 50, source="mang-xh"), make_post("kept", "mới")])
        store.purge(NOW, 90, {"mang-xh": 30})
        store.purge(NOW + timedelta(minutes=1), 90, {"mang-xh": 30})
        with database.read() as connection:
            rows = connection.execute("SELECT days, posts, by_source FROM purge ORDER BY id").all()
        assert [tuple(row) for row in rows] == [
            (90, 1204, '{"bao-tinh": 1203, "mang-xh": 1}'),
            (90, 0, "{}"),
        ]

    def test_the_audit_says_why_posts_went(
        self, database: Database, store: EmbeddedPostStore
    ) -> None:
        store.put([make_post(name, f"bài {name}") for name in "abc"])
        store.forget(["a"])
        store.forget(["a"])
        store.purge(NOW + timedelta(days=40), 90, {}, {Channel.FEED: 30})
        with database.read() as connection:
            rows = connection.execute("SELECT reason, days, posts, by_source FROM purge").all()
        assert [tuple(row) for row in rows] == [
            ("deleted_at_source", 0, 1, '{"bao-tinh": 1}'),
            ("recheck_limit", 30, 2, '{"bao-tinh": 2}'),
            ("retention", 90, 0, "{}"),
        ]

    def test_the_words_of_what_was_forgotten_leave_the_file(
        self, database: Database, store: EmbeddedPostStore
    ) -> None:
        secret = "xyzzyplugh"
        store.put([make_post(f"o{n}", f"{ROAD} {secret}{n} hết") for n in range(50)])
        store.put([make_post("n", NOODLES)])
        assert store.forget([f"o{n}" for n in range(50)]) == 50
        store.optimise()
        assert not any(secret.encode() in raw for raw in contents(database.path))
        assert store.check() == []


class TestChecking(Embedded, conformance.Engine):
    """A check that never finds anything would be worth nothing."""

    @pytest.mark.parametrize(
        ("damage", "expected"),
        [
            ("UPDATE daily SET kept = kept + 1 WHERE topic <> 0", "daily counts"),
            ("UPDATE daily SET posts = posts + 1", "were purged"),
            ("DELETE FROM daily", "are counted"),
            ("UPDATE post SET text = 'khác' WHERE id = 'p3'", "index does not agree"),
            ("DELETE FROM leader WHERE no = 2", "leader"),
            ("UPDATE facet SET intent = sentiment WHERE no = 3", "daily counts"),
            ("DELETE FROM label WHERE no = 1", "lack their labels"),
            ("UPDATE facet SET model = 0 WHERE no = 1", "those of nobody"),
            ("INSERT INTO embedding VALUES (2, x'00')", "1 embeddings belong"),
            ("PRAGMA foreign_keys = OFF; DELETE FROM facet WHERE no = 2", "cannot be filtered"),
            ("PRAGMA foreign_keys = OFF; UPDATE facet SET no = 99 WHERE no = 2", "not there"),
        ],
    )
    def test_damage_is_found(
        self, database: Database, store: EmbeddedPostStore, damage: str, expected: str
    ) -> None:
        store.put([make_post(f"p{n}", f"ý kiến {n}", topics=("x",)) for n in range(6)])
        store.label([Labels("p0", "m", embedding=b"x")])
        assert store.check() == []
        database.exclusive(lambda connection: [connection.execute(s) for s in damage.split("; ")])
        assert any(expected in problem for problem in store.check())

    def test_a_damaged_file_is_told(self, database: Database, store: EmbeddedPostStore) -> None:
        store.put([make_post(f"p{n}", f"{ROAD} {n}") for n in range(300)])
        assert database.checkpoint()
        database.close()
        with database.path.open("r+b") as file:
            for page in range(20, 60):
                file.seek(page * 4096)
                file.write(b"\xff" * 4096)
        assert any("damaged" in problem for problem in store.check())


def contents(path: Path) -> list[bytes]:
    return [file.read_bytes() for file in path.parent.glob(f"{path.name}*")]
