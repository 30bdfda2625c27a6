"""The log as casework writes it: what changed, no texts, for those who may read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from langnghe.casework.accounts import Account, AccountState, for_audit
from langnghe.casework.audit import CODES, MOST_WHY, changes, entries, findings, record
from langnghe.casework.claimstate import Claim
from langnghe.casework.deadlines import Route
from langnghe.casework.notices import Notice
from langnghe.casework.petitionrecords import Answer, Kind, Petition
from langnghe.casework.petitionrecords import State as PetitionState
from langnghe.casework.reports import FieldReport
from langnghe.casework.review import ReviewItem
from langnghe.casework.roles import SYSTEM, Actor, Refused, Role
from langnghe.store.auditlog import Entries
from langnghe.store.cases import Cases, Facets
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HOA = Actor("hoa", frozenset({Role.EDITOR}))


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Piece:
    source: str
    primary: bool
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    state: State = State.OPEN
    statement: str = ""
    author: str | None = None
    opened_at: datetime = NOW
    posts: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    evidence: tuple[Piece, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


PETITION = Petition(
    "PA.20261121.0001",
    PetitionState.RECEIVED,
    Kind.PETITION,
    Route.PUBLIC_PAGE,
    date(2026, 11, 21),
)

CODE = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
# Texts as people write them: with spaces or letters that no code has.
TEXTS = st.text("abđườngxã 0912", min_size=1).map(lambda text: f"{text} ạ")
THINGS = st.builds(
    Thing,
    st.just("a"),
    st.sampled_from(State),
    TEXTS,
    st.none() | CODE,
    st.datetimes(timezones=st.just(UTC)),
    st.lists(CODE, max_size=3).map(tuple),
    st.lists(CODE, max_size=3).map(tuple),
    st.lists(st.builds(Piece, TEXTS, st.booleans(), st.none() | st.dates()), max_size=3).map(tuple),
    st.dictionaries(CODE, st.integers(0, 9), max_size=2),
)


def test_what_changed_is_said_and_nothing_else() -> None:
    before = Thing("PA.20261121.0001", statement="Đường bản Hoa Vân sạt lở", posts=("p1",))
    after = replace(
        before,
        state=State.CLOSED,
        author="minh",
        posts=("p1", "p2", "p3"),
        merged=("PA.20261120.0007",),
        evidence=(Piece("Văn bản của xã", True, date(2026, 11, 2)),),
    )
    assert changes(before, after) == (
        {"state": "open", "posts": 1},
        {
            "state": "closed",
            "author": "minh",
            "posts": 3,
            "merged.0": "PA.20261120.0007",
            "evidence.0.source": "(14 ký tự)",
            "evidence.0.primary": True,
            "evidence.0.on": "2026-11-02",
        },
    )
    reworded = replace(before, statement="Đường bản Hoa Vân SẠT LỞ")
    assert changes(before, reworded) == (
        {"statement": "(24 ký tự)"},
        {"statement": "(24 ký tự)"},
    )
    assert changes(None, before) == (
        {},
        {
            "id": "PA.20261121.0001",
            "state": "open",
            "statement": "(24 ký tự)",
            "opened_at": "2026-11-21T01:00:00+00:00",
            "posts": 1,
        },
    )
    assert changes({"roles": frozenset({"b", "a"})}, {"roles": frozenset({"a"})}) == (
        {"roles.1": "b"},
        {},
    )
    assert changes(None, None) == ({}, {})


@pytest.mark.parametrize(
    "private",
    ["0912345678", "0912.345.678", "hoa@xa.example.vn", "Lò Thị Hoa", "Hoà", "a" * 65],
)
def test_what_is_no_code_is_not_kept(private: str) -> None:
    _, after = changes(None, Thing("a", statement=private, author=private))
    assert after["statement"] == after["author"] == f"({len(private)} ký tự)"


@pytest.mark.parametrize("word", ["Hoa", "tocao", "oan", "PA.20261120.0007", "3390"])
def test_a_text_is_one_whatever_it_looks_like(word: str) -> None:
    answer = Answer(1, word, word, ("hoa",), word, word)
    petition = replace(PETITION, summary=word, agency=word, why=word, answers=(answer,))
    before, now = changes(PETITION, petition)
    after = dict(now)
    assert set(before.values()) == {"(0 ký tự)"}
    assert after.pop("answers.0.drafted_by.0") == "hoa"
    assert after.pop("answers.0.number") == 1
    assert set(after.values()) == {"(0 ký tự)", f"({len(word)} ký tự)"}
    account = for_audit(
        Account("hoa", AccountState.ACTIVE, word, frozenset({Role.EDITOR}), word, None)
    )
    logged = changes(None, account)[1]
    assert logged["name"] == logged["email"] == f"({len(word)} ký tự)"
    assert (logged["id"], logged["state"], logged["roles.0"]) == ("hoa", "active", "editor")


def texts_of(kind: object) -> set[str]:
    """Names of the fields, however deep, that hold a text of no fixed choice."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        deeper = {name for hint in hints.values() for name in texts_of(hint)}
        return deeper | {name for name, hint in hints.items() if str in (hint, *inner(hint))}
    return {name for hint in get_args(kind) for name in texts_of(hint)}


def inner(hint: object) -> set[object]:
    return {one for given in get_args(hint) for one in (given, *inner(given))}


def test_each_field_of_a_case_is_a_code_or_a_text_on_purpose() -> None:
    kinds = (ReviewItem, Claim, Petition, FieldReport, Notice)
    names = {name for kind in kinds for name in texts_of(kind)}
    # Whoever adds a field decides here which it is: a text unless it must be readable in the log.
    assert names - CODES == {
        *("note", "posts"),
        *("statement", "sent_back", "why", "source", "document_number", "link", "quotation"),
        *("file_name", "title", "truth", "circulating", "finding", "contact", "advice"),
        *("summary", "legal_basis", "agency", "text", "audio_name"),
        *("unit", "content", "groups", "causes", "proposals", "attachments", "returned_why"),
    }
    # The last two are an alert's.
    assert CODES - names == {"state", "roles", "digest", "seen_by", "closed_by"}


@given(THINGS, THINGS)
def test_changes_go_both_ways_and_hold_no_text(one: Thing, other: Thing) -> None:
    was, now = changes(one, other)
    assert changes(other, one) == (now, was)
    assert changes(one, one) == ({}, {})
    assert (was, now) != ({}, {}) or one.statement == other.statement
    for values in (was, now):
        assert json.loads(json.dumps(values)) == values
        shown = map(str, values.values())
        assert all(value.isascii() or value.endswith("ký tự)") for value in shown)
    # Nothing is left out: with what changed put in place, one becomes the other.
    everything = dict(changes(None, one)[1])
    for path in was:
        del everything[path]
    assert everything | dict(now) == dict(changes(None, other)[1])


def test_a_value_that_no_case_has() -> None:
    with pytest.raises(TypeError, match="bytes"):
        changes(None, {"key": b"secret"})


def test_an_entry_stands_or_falls_with_the_change(casebase: Transactions) -> None:
    cases = Cases(casebase)
    thing = Thing("c1", statement="Đường bản Hoa Vân sạt lở")
    with cases.transaction(NOW) as work:
        work.add("claim", "c1", Facets("open"), "{}")
        number = record(work, HOA, "open", kind="claim", case_id="c1", after=thing, why=" vì ")
    with cases.transaction(NOW) as work:
        record(work, SYSTEM, "read", kind="review", case_id="r1", why="x" * 9999)

    def fail() -> None:
        with cases.transaction(NOW) as work:
            work.put("claim", "c1", 1, Facets("closed"), "{}")
            closed = replace(thing, state=State.CLOSED)
            record(work, HOA, "close", kind="claim", case_id="c1", before=thing, after=closed)
            raise Refused("không được")

    with pytest.raises(Refused):
        fail()
    case = cases.get("claim", "c1")
    assert case is not None
    assert case.facets.state == "open"
    read, opened = cases.audit.entries()
    assert (opened.number, opened.who, opened.what, opened.why) == (number, "hoa", "open", "vì")
    assert opened.after["state"] == "open"
    assert (read.who, read.before, read.after) == ("hệ thống", {}, {})
    assert len(read.why) == MOST_WHY


def test_only_some_may_read_it(casebase: Transactions) -> None:
    cases = Cases(casebase)
    with cases.transaction(NOW) as work:
        record(work, HOA, "read", kind="review", case_id="r1")
        record(work, SYSTEM, "purge", kind="posts", case_id="")
    administrator = Actor("quan-tri", frozenset({Role.ADMINISTRATOR}))
    assert [entry.what for entry in entries(cases.audit, administrator)] == ["purge", "read"]
    assert [e.what for e in entries(cases.audit, administrator, Entries(who="hoa"))] == ["read"]
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(Refused, match="nhật ký"):
            entries(cases.audit, Actor("hoa", frozenset({role})))


def test_findings_name_what_is_wrong(casebase: Transactions) -> None:
    cases = Cases(casebase)
    for n in range(3):
        with cases.transaction(NOW) as work:
            work.add("claim", f"c{n}", Facets("open"), "{}")
            record(work, HOA, "open", kind="claim", case_id=f"c{n}")
    assert findings(cases.audit.verify()) == []
    with casebase.transaction() as connection:
        connection.inner.execute(text("UPDATE cases SET state = 'closed' WHERE id <> 'c1'"))
    first, second = findings(cases.audit.verify())
    assert "claim c0" in first
    assert "claim c2" in second
    with casebase.transaction() as connection:
        connection.inner.execute(
            text(
                "INSERT INTO audit SELECT 4, at, who, what, kind, case_id, before, after, why, "
                "content, previous, hash FROM audit WHERE number = 3"
            )
        )
    (broken,) = findings(cases.audit.verify())
    assert "mục số 4" in broken
    assert "3 mục" in broken
