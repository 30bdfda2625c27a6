"""Backups made on the page: logged, for administrators alone, and gone in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from langnghe.casework.backups import Backups
from langnghe.casework.roles import Actor, Refused
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.scheduler.setup import init_home
from langnghe.store.backup import restore
from langnghe.store.cases import Cases
from langnghe.store.database import Database
from tests.casework.world import ADMIN, CHI, CHIEF, HAO, LAN


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    init_home(home)
    return home


@pytest.fixture
def cases(home: Home) -> Iterator[Cases]:
    database = Database(home.database)
    yield Cases(database)
    database.close()


def test_a_backup_is_made_listed_and_can_be_restored(
    home: Home, cases: Cases, tmp_path: Path
) -> None:
    clock = FixedClock()
    backups = Backups(home, cases, clock)
    assert backups.all(ADMIN) == []
    first = backups.make(ADMIN)
    clock.advance(timedelta(minutes=1))
    second = backups.make(ADMIN)
    assert backups.all(ADMIN) == [second, first]
    archive = home.backups / first.name
    assert (archive.stat().st_size, archive.stat().st_mode & 0o077) == (first.bytes, 0)
    assert home.backups.stat().st_mode & 0o077 == 0
    copy = Home(tmp_path / "copy")
    restore(archive, copy)
    assert copy.settings == home.settings
    assert [(entry.who, entry.what, entry.case_id) for entry in cases.audit.entries()] == [
        ("quantri", "make", second.name),
        ("quantri", "make", first.name),
    ]


def test_a_backup_goes_when_its_texts_have_to(home: Home, cases: Cases) -> None:
    clock = FixedClock()
    backups = Backups(home, cases, clock)
    old = backups.make(ADMIN)
    clock.advance(timedelta(days=89, hours=23))
    new = backups.make(ADMIN)
    assert backups.delete_expired() == 0
    clock.advance(timedelta(hours=1))
    assert backups.delete_expired() == 1
    assert backups.all(ADMIN) == [new]
    entry = cases.audit.entries()[0]
    assert (entry.who, entry.what, entry.case_id) == ("hệ thống", "delete", old.name)


def test_one_is_deleted_by_its_name_and_nothing_else(home: Home, cases: Cases) -> None:
    backups = Backups(home, cases, FixedClock())
    made = backups.make(ADMIN)
    mine = home.backups / "cua-toi.zip"
    mine.write_bytes(b"x")
    for name in ("../id.key", "cua-toi.zip", "langnghe-20260101T000000Z.zip", "", "../langnghe.db"):
        with pytest.raises(Refused, match="Không có bản sao lưu"):
            backups.delete(name, ADMIN)
    backups.delete(made.name, ADMIN)
    assert backups.all(ADMIN) == []
    assert mine.exists()
    assert home.key_file.exists()


@pytest.mark.parametrize("actor", [HAO, LAN, CHI, CHIEF])
def test_only_an_administrator_may(home: Home, cases: Cases, actor: Actor) -> None:
    backups = Backups(home, cases, FixedClock())
    made = backups.make(ADMIN)
    with pytest.raises(Refused):
        backups.all(actor)
    with pytest.raises(Refused):
        backups.make(actor)
    with pytest.raises(Refused):
        backups.delete(made.name, actor)
    assert backups.all(ADMIN) == [made]
