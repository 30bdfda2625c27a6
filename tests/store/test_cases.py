"""Cases and their log, on SQLite and on PostgreSQL: nothing lost, nothing changed in silence."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from langnghe.store.auditlog import FIRST, Entries
from langnghe.store.cases import Case, Cases, Conflict, Facets, Order, Where, Work
from langnghe.store.postgres import PostgresDatabase
from langnghe.store.schema import audit
from langnghe.store.schema import cases as cases_table
from langnghe.store.transactions import DatabaseError, Transactions
from tests.postgres import open_either

NOW = datetime(2026, 11, 21, 1, 0, 0, 123456, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
REST = ", ".join(column.name for column in audit.columns[3:])
CASE_REST = ", ".join(column.name for column in cases_table.columns[2:])


@pytest.fixture
def cases(casebase: Transactions) -> Cases:
    return Cases(casebase)


def say(work: Work, case_id: str, kind: str = "claim") -> None:
    work.append_audit(
        who="hoa", what="open", kind=kind, case_id=case_id, before={}, after={"state": "mới"}
    )


def add(
    cases: Cases, case_id: str, facets: Facets | None = None, now: datetime = NOW, *posts: str
) -> None:
    with cases.transaction(now) as work:
        work.add("claim", case_id, facets or Facets("open"), '{"x":"đường"}', posts)
        say(work, case_id)


def put(cases: Cases, case_id: str, version: int, state: str, *posts: str) -> int:
    with cases.transaction(NOW) as work:
        new = work.put("claim", case_id, version, Facets(state), "{}", posts)
        say(work, case_id)
    return new


def run(database: Transactions, *statements: str) -> None:
    """As somebody would who gets at the database itself."""
    with database.transaction() as connection:
        for statement in statements:
            connection.inner.execute(text(statement))


# Cases


def test_a_case_comes_back_as_it_was_kept(cases: Cases) -> None:
    facets = Facets("open", "urgent", "duong-sa", "ubnd-xa", "hoa", True, date(2026, 12, 1))
    add(cases, "c1", facets, NOW, "p2", "p1")
    assert cases.get("claim", "c1") == Case("claim", "c1", 1, facets, NOW, NOW, '{"x":"đường"}')
    assert cases.posts_of("claim", "c1") == ("p1", "p2")
    assert cases.get("petition", "c1") is None

    later = NOW + timedelta(days=2)
    with cases.transaction(later) as work:
        assert work.put("claim", "c1", 1, Facets("closed"), "{}", ["p3", "p2"]) == 2
        say(work, "c1")
    assert cases.get("claim", "c1") == Case("claim", "c1", 2, Facets("closed"), NOW, later, "{}")
    assert cases.posts_of("claim", "c1") == ("p2", "p3")


def test_who_comes_second_is_told_and_overwrites_nothing(cases: Cases) -> None:
    add(cases, "c1")
    assert put(cases, "c1", 1, "first", "p1") == 2
    with pytest.raises(Conflict, match="tải lại trang"):
        put(cases, "c1", 1, "second")
    with pytest.raises(Conflict):
        put(cases, "none", 1, "second")
    with pytest.raises(Conflict):
        add(cases, "c1", Facets("again"))
    case = cases.get("claim", "c1")
    assert case is not None
    assert (case.version, case.facets.state) == (2, "first")
    assert cases.posts_of("claim", "c1") == ("p1",)
    assert cases.audit.count() == 2


def test_of_many_at_once_one_wins_each_round(cases: Cases) -> None:
    add(cases, "c1")
    people, rounds = 6, 5
    barrier = Barrier(people)

    def work(person: int) -> int:
        won = 0
        for version in range(1, rounds + 1):
            barrier.wait()
            try:
                put(cases, "c1", version, f"by {person}")
                won += 1
            except Conflict:
                pass
        return won

    with ThreadPoolExecutor(people) as pool:
        assert sum(pool.map(work, range(people))) == rounds
    chain = cases.audit.verify()
    assert (chain.entries, chain.broken, chain.unaccounted) == (rounds + 1, None, ())


def test_a_transaction_that_fails_leaves_nothing(cases: Cases) -> None:
    def fail() -> None:
        with cases.transaction(NOW) as work:
            work.add("claim", "c1", Facets("open"), "{}", ["p1"])
            say(work, "c1")
            assert work.next_number("PA") == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert cases.get("claim", "c1") is None
    assert cases.posts_of("claim", "c1") == ()
    assert cases.audit.count() == 0
    with cases.transaction(NOW) as work:
        assert work.next_number("PA") == 1


@pytest.mark.parametrize("said", [None, "before it", "of another"])
def test_a_change_without_an_entry_is_undone(cases: Cases, said: str | None) -> None:
    def change() -> None:
        with cases.transaction(NOW) as work:
            if said == "before it":
                say(work, "c1")
            work.add("claim", "c1", Facets("open"), "{}")
            if said == "of another":
                say(work, "c2")

    with pytest.raises(RuntimeError, match="audit"):
        change()
    assert cases.get("claim", "c1") is None
    assert cases.audit.count() == 0


def test_a_transaction_joins_the_one_around_it(cases: Cases, casebase: Transactions) -> None:
    def fail() -> None:
        with casebase.transaction():
            add(cases, "c1")
            assert cases.get("claim", "c1") is not None
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(cases.get, "claim", "c1").result() is None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert cases.get("claim", "c1") is None


def test_numbers_are_given_once(cases: Cases) -> None:
    def take(_: int) -> int:
        with cases.transaction(NOW) as work:
            return work.next_number("PA.20261121")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(12))) == list(range(1, 13))
    with cases.transaction(NOW) as work:
        assert work.next_number("PA.20261122") == 1


def test_cases_are_found_in_order_and_counted(cases: Cases) -> None:
    hour = timedelta(hours=1)
    add(cases, "a", Facets("open", "urgent", "t1", due_on=date(2026, 12, 3)), NOW)
    add(cases, "b", Facets("open", "scam", "t2", owner="hoa", urgent=True), NOW + hour)
    add(cases, "c", Facets("done", "scam", "t1", due_on=date(2026, 12, 1)), NOW + 2 * hour)
    add(cases, "d", Facets("open", "urgent", "t1", "ubnd", urgent=True), NOW - hour)
    put(cases, "c", 1, "done", "p1")
    with cases.transaction(NOW + 9 * hour) as work:
        work.add("petition", "a", Facets("open", due_on=date(2026, 11, 1)), "{}", ["p1", "p2"])
        say(work, "a", "petition")

    def found(where: Where | None = None, order: Order = Order.URGENT, **page: int) -> str:
        return "".join(case.id for case in cases.find("claim", where, order, **page))

    assert found() == "dbac"
    assert found(order=Order.NEWEST) == "cbad"
    assert found(order=Order.DUE) == "adbc"  # c lost its deadline when it was put
    assert found(order=Order.CHANGED) == "bacd"
    assert found(limit=2) + "," + found(limit=2, offset=2) + "," + found(offset=4) == "db,ac,"
    assert found(Where(states=["open"])) == "dba"
    assert found(Where(states=[])) == ""
    assert found(Where(reason="urgent", urgent=False)) == "a"
    assert found(Where(owner="")) == "dac"
    assert found(Where(owner="hoa")) == "b"
    assert found(Where(agency="ubnd")) == "d"
    assert found(Where(topic="t1", opened_from=NOW)) == "a"
    assert found(Where(opened_before=NOW)) == "d"
    assert found(Where(due_before=date(2026, 12, 4))) == "a"
    assert found(Where(due_before=date(2026, 12, 3))) == ""
    assert cases.count("claim", Where(states=["open"])) == 3
    assert cases.counts("claim", "state") == {"open": 3, "done": 1}
    assert cases.counts("claim", "topic", Where(states=["open"])) == {"t1": 2, "t2": 1}
    assert cases.about("claim", ["p1", "p2", "p3"]) == {"p1": ("c",)}
    assert cases.about("petition", ["p1", "p2"]) == {"p1": ("a",), "p2": ("a",)}


def test_more_ids_than_one_statement_may_name(cases: Cases) -> None:
    posts = [f"p{n:05}" for n in range(1200)]
    add(cases, "c1", None, NOW, *posts)
    assert cases.posts_of("claim", "c1") == tuple(posts)
    assert cases.about("claim", posts) == dict.fromkeys(posts, ("c1",))
    assert set(cases.get_many("claim", [*posts, "c1"])) == {"c1"}
    put(cases, "c1", 1, "open", *posts[:1])
    assert cases.posts_of("claim", "c1") == ("p00000",)


# The log


def test_entries_come_newest_first(cases: Cases) -> None:
    for n, who in enumerate(["hoa", "minh", "hoa"]):
        with cases.transaction(NOW + timedelta(days=n)) as work:
            number = work.append_audit(
                who=who,
                what="read",
                kind="review",
                case_id=f"r{n}",
                before={},
                after={"state": "mở", "n": n, "x": None},
                why="Đã xem «đường»",
            )
            assert number == n + 1
    newest, *older = cases.audit.entries()
    assert (newest.number, newest.at, newest.who) == (3, NOW + timedelta(days=2), "hoa")
    assert (newest.kind, newest.case_id, newest.what) == ("review", "r2", "read")
    assert newest.after == {"state": "mở", "n": 2, "x": None}
    assert newest.why == "Đã xem «đường»"
    assert [entry.number for entry in older] == [2, 1]
    assert [e.number for e in cases.audit.entries(limit=1, offset=1)] == [2]
    for where, numbers in (
        (Entries(who="hoa"), [3, 1]),
        (Entries(kind="review", case_id="r1"), [2]),
        (Entries(since=NOW + timedelta(days=1)), [3, 2]),
        (Entries(before=NOW + timedelta(days=1)), [1]),
        (Entries(kind="claim"), []),
    ):
        assert [entry.number for entry in cases.audit.entries(where)] == numbers
        assert cases.audit.count(where) == len(numbers)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET who = 'minh' WHERE number = 1",
        "UPDATE audit SET number = 9 WHERE number = 1",
        "DELETE FROM audit WHERE number = 1",
        "DELETE FROM audit",
        "TRUNCATE audit",
        f"INSERT OR REPLACE INTO audit SELECT number, at, 'minh', {REST} FROM audit",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(
    cases: Cases, casebase: Transactions, statement: str
) -> None:
    add(cases, "c1")
    entries = cases.audit.entries()
    with pytest.raises(DBAPIError) as refused:
        run(casebase, statement)
    if not statement.startswith(("TRUNCATE", "INSERT OR")):
        assert "append-only" in str(refused.value)
    assert cases.audit.entries() == entries


def without_triggers(database: Transactions) -> None:
    if isinstance(database, PostgresDatabase):
        run(database, "ALTER TABLE audit DISABLE TRIGGER USER")
    else:
        run(database, *(f"DROP TRIGGER audit_{name}" for name in ("update", "delete", "replace")))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit SET why = 'khác' WHERE number = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE number = 1", 1),
        ("UPDATE audit SET content = '' WHERE number = 5", 5),
        ("UPDATE audit SET hash = '00' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 1", 1),
        ("DELETE FROM audit WHERE number = 4", 4),
        ("UPDATE audit SET number = -number WHERE number = 4", 1),
        (
            f"INSERT INTO audit SELECT 6, at, who, {REST} FROM audit WHERE number = 5",
            6,
        ),
    ],
)
def test_the_first_broken_entry_is_named(
    cases: Cases, casebase: Transactions, statement: str, broken: int
) -> None:
    for n in range(5):
        add(cases, f"c{n}")
    whole = cases.audit.verify()
    assert (whole.entries, whole.broken, whole.unaccounted) == (5, None, ())
    assert whole.head == cases.audit.entries()[0].hash
    without_triggers(casebase)
    run(casebase, statement)
    chain = cases.audit.verify()
    assert (chain.entries, chain.broken) == (broken - 1, broken)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE cases SET body = '[]' WHERE id = 'c1'", ("claim", "c1")),
        ("UPDATE cases SET state = 'done' WHERE id = 'c2'", ("claim", "c2")),
        ("DELETE FROM cases WHERE id = 'c0'", ("claim", "c0")),
        (
            f"INSERT INTO cases SELECT kind, 'c9', {CASE_REST} FROM cases WHERE id = 'c0'",
            ("claim", "c9"),
        ),
    ],
)
def test_a_case_that_was_changed_past_the_log_is_named(
    cases: Cases, casebase: Transactions, statement: str, named: tuple[str, str]
) -> None:
    for n in range(3):
        add(cases, f"c{n}")
    put(cases, "c1", 1, "closed")
    run(casebase, statement)
    chain = cases.audit.verify()
    assert (chain.broken, chain.unaccounted) == (None, (named,))


def test_a_log_longer_than_what_is_read_at_once(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langnghe.store.auditlog.STEP", 3)
    assert cases.audit.verify().head == FIRST
    for n in range(7):
        add(cases, f"c{n}")
        chain = cases.audit.verify()
        assert (chain.entries, chain.broken, chain.unaccounted) == (n + 1, None, ())


# Processes

HALF_WAY = """
import sys, time
from tests.postgres import open_either
from tests.store.test_cases import NOW, Cases, Facets, say
cases = Cases(open_either(sys.argv[1]))
with cases.transaction(NOW) as work:
    work.put("claim", "c1", 1, Facets("killed"), "{}", ["p9"])
    say(work, "c1")
    print("written", flush=True)
    time.sleep(600)
"""

WRITER = """
import sys
from tests.postgres import open_either
from tests.store.test_cases import Cases, add
cases = Cases(open_either(sys.argv[1]))
for n in range(15):
    add(cases, f"{sys.argv[2]}-{n}")
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_a_killed_process_was_at_is_not_there(cases: Cases, case_address: str) -> None:
    add(cases, "c1")
    process = start(HALF_WAY, case_address)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    # Its lock is gone as well: the next writer need not wait.
    began = time.monotonic()
    assert put(cases, "c1", 1, "closed") == 2
    assert time.monotonic() - began < 30
    assert cases.posts_of("claim", "c1") == ()
    chain = cases.audit.verify()
    assert (chain.entries, chain.broken, chain.unaccounted) == (2, None, ())


def test_processes_append_to_one_chain(cases: Cases, case_address: str) -> None:
    processes = [start(WRITER, case_address, name) for name in ("x", "y")]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    chain = cases.audit.verify()
    assert (chain.entries, chain.broken, chain.unaccounted) == (30, None, ())


# Opening


def test_many_open_a_new_database_at_once(case_address: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(open_either, [case_address] * 4):
            assert opened.version() is not None
            opened.close()


def test_tables_of_a_newer_program_are_refused(casebase: Transactions, case_address: str) -> None:
    run(casebase, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match="mới hơn"):
        open_either(case_address)
