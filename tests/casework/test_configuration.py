"""Changing the configuration files: by whom, checked, logged, and never over somebody's head."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from langnghe.casework.configuration import SOURCES, TOPICS, Configuration
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.core.clock import FixedClock
from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.settings import shipped_configs
from langnghe.store.auditlog import AuditEntry
from langnghe.store.cases import Cases, Conflict
from langnghe.store.database import Database
from tests.casework.world import ADMIN, CHI, CHIEF, HAO, LAN

BAO = """\
name: bao
title: Báo tỉnh  # như báo tự gọi
channel: feed
feeds: [https://bao.example/rss]"""
FILE = """\
# Danh sách nguồn.
sources:
  - name: bao
    title: Báo tỉnh  # như báo tự gọi
    channel: feed
    feeds: [https://bao.example/rss]

  # Nơi người dân hỏi nhiều.
  - {name: dien-dan, title: Diễn đàn, channel: forum, boards: ["https://dd.example/"]}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    shutil.copytree(shipped_configs(), home.configs)
    (home.configs / "sources.yaml").write_text(FILE, encoding="utf-8")
    return home


@pytest.fixture
def cases(home: Home) -> Iterator[Cases]:
    database = Database(home.database)
    yield Cases(database)
    database.close()


@pytest.fixture
def configuration(home: Home, cases: Cases) -> Configuration:
    return Configuration(home, cases, FixedClock())


def text(home: Home, file: str = "sources.yaml") -> str:
    return (home.configs / file).read_text(encoding="utf-8")


def logged(cases: Cases) -> list[AuditEntry]:
    return cases.audit.entries()


def test_an_entry_is_changed_and_nothing_else(
    home: Home, cases: Cases, configuration: Configuration
) -> None:
    assert configuration.entries(SOURCES, ADMIN)["bao"].text == BAO
    new = BAO.replace("Báo tỉnh", "Báo Lai Châu")
    configuration.save(SOURCES, "bao", new, ADMIN, BAO)
    assert text(home) == FILE.replace("Báo tỉnh", "Báo Lai Châu")
    assert [source.title for source in home.sources] == ["Báo Lai Châu", "Diễn đàn"]
    (entry,) = logged(cases)
    assert (entry.who, entry.what, entry.kind, entry.case_id) == (
        "quantri",
        "edit",
        "source",
        "bao",
    )
    assert entry.before == {"digest": sha256(FILE.encode()).hexdigest()}
    assert entry.after == {"digest": sha256(text(home).encode()).hexdigest()}
    assert cases.audit.verify().broken is None


def test_a_source_is_switched_off_and_on(
    home: Home, cases: Cases, configuration: Configuration
) -> None:
    for name in ("bao", "dien-dan"):
        seen = configuration.entries(SOURCES, ADMIN)[name].text
        configuration.switch(name, ADMIN, enabled=False, seen=seen)
    assert [source.enabled for source in Home(home.root).sources] == [False, False]
    assert "# như báo tự gọi" in text(home)
    seen = configuration.entries(SOURCES, ADMIN)["bao"].text
    configuration.switch("bao", ADMIN, enabled=True, seen=seen)
    assert [source.enabled for source in Home(home.root).sources] == [True, False]
    assert [entry.what for entry in logged(cases)] == ["switch_on", "switch_off", "switch_off"]


def test_an_entry_is_added(home: Home, cases: Cases, configuration: Configuration) -> None:
    new = "- name: moi\n  title: Mới\n  channel: feed\n  feeds: [https://moi.example/rss]"
    assert configuration.save(SOURCES, None, new, ADMIN) == "moi"
    assert [source.name for source in home.sources] == ["bao", "dien-dan", "moi"]
    assert text(home).startswith(FILE)
    assert (logged(cases)[0].what, logged(cases)[0].case_id) == ("add", "moi")


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (BAO + "\nfollow: có", r"Dòng 5 của ô soạn \(dòng 7 của sources.yaml\)"),
        ("\n\n" + BAO + "\nfolow: true", "Dòng 7 của ô soạn"),
        (BAO.replace("feed\n", "fed\n"), "`channel` phải là một trong"),
        (BAO + "\nfeeds: [https://hai.example/rss]", "viết hai lần"),
        (BAO + "\nnames: [", "không đúng cú pháp YAML"),
        (BAO.replace("https:", "ftp:"), "không phải địa chỉ trang"),
        (BAO.replace("bao\n", "bao-moi\n", 1), "Không đổi được `name`"),
        (BAO.replace("bao\n", "dien-dan\n", 1), "hai nguồn cùng tên"),
        ("", "khóa: giá trị"),
        ("- " + BAO + "\n- name: hai", "không đúng cú pháp YAML"),
    ],
)
def test_what_could_not_be_read_is_refused_with_its_line(
    home: Home, cases: Cases, configuration: Configuration, new: str, says: str
) -> None:
    with pytest.raises((Refused, ConfigError), match=says):
        configuration.save(SOURCES, "bao", new, ADMIN, BAO)
    assert text(home) == FILE
    assert logged(cases) == []


def test_an_entry_in_brackets_lets_no_second_one_in(
    home: Home, configuration: Configuration
) -> None:
    seen = configuration.entries(SOURCES, ADMIN)["dien-dan"].text
    (home.configs / "sources.yaml").write_text(f"sources: [{seen}]\n", encoding="utf-8")
    with pytest.raises(Refused, match="Hãy chỉ ghi một nguồn tin"):
        configuration.save(
            SOURCES, "dien-dan", f"{seen}, {seen.replace('dien-dan', 'x')}", ADMIN, seen
        )
    with pytest.raises(Refused, match="cú pháp YAML"):
        configuration.save(SOURCES, None, "a: [", ADMIN)
    configuration.save(SOURCES, None, BAO, ADMIN)
    assert [source.name for source in home.sources] == ["dien-dan", "bao"]


def test_what_another_has_changed_meanwhile_is_not_overwritten(
    home: Home, cases: Cases, configuration: Configuration
) -> None:
    configuration.save(SOURCES, "bao", BAO.replace("tỉnh", "một"), ADMIN, BAO)
    with pytest.raises(Conflict):
        configuration.save(SOURCES, "bao", BAO.replace("tỉnh", "hai"), ADMIN, BAO)
    with pytest.raises(Conflict):
        configuration.switch("bao", ADMIN, enabled=False, seen=BAO)
    assert home.sources[0].title == "Báo một"
    assert len(logged(cases)) == 1
    # Another entry is nobody's business but its own.
    other = configuration.entries(SOURCES, ADMIN)["dien-dan"].text
    configuration.switch("dien-dan", ADMIN, enabled=False, seen=other)
    # Somebody takes it out of the file by hand.
    (home.configs / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    with pytest.raises(Conflict):
        configuration.save(SOURCES, "bao", BAO, ADMIN, BAO.replace("tỉnh", "một"))


def test_of_many_at_once_each_is_kept_or_told(home: Home, cases: Cases) -> None:
    names = [f"nguon-{number}" for number in range(8)]
    outcomes: list[str] = []

    def work(name: str) -> None:
        database = Database(home.database)
        one = Configuration(home, Cases(database), FixedClock())
        new = f"name: {name}\ntitle: T\nchannel: feed\nfeeds: [https://x.example/]"
        try:
            one.save(SOURCES, None, new, ADMIN)
            one.save(SOURCES, "bao", BAO.replace("tỉnh", name), ADMIN, BAO)
            outcomes.append("kept")
        except Conflict:
            outcomes.append("told")
        database.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept"] + ["told"] * 7
    assert {source.name for source in home.sources} == {"bao", "dien-dan", *names}
    # Each entry of the log begins where the one before has ended.
    digests = [(entry.before["digest"], entry.after["digest"]) for entry in logged(cases)[::-1]]
    assert len(digests) == 9
    assert all(one[1] == other[0] for one, other in itertools.pairwise(digests))
    assert digests[-1][1] == sha256(text(home).encode()).hexdigest()


def test_no_change_stands_without_its_entry_in_the_log(
    home: Home, cases: Cases, configuration: Configuration
) -> None:
    in_the_way = home.configs / "sources.partial"
    in_the_way.mkdir()
    with pytest.raises(IsADirectoryError):
        configuration.save(SOURCES, "bao", BAO.replace("tỉnh", "một"), ADMIN, BAO)
    assert (text(home), logged(cases)) == (FILE, [])
    in_the_way.rmdir()
    configuration.save(SOURCES, "bao", BAO.replace("tỉnh", "một"), ADMIN, BAO)
    assert len(logged(cases)) == 1


def test_a_topic_is_checked_as_it_will_be_matched(home: Home, configuration: Configuration) -> None:
    seen = configuration.entries(TOPICS, ADMIN)["du-lich-o-quy-ho"].text
    topic = configuration.check(TOPICS, "du-lich-o-quy-ho", seen + "\n  - (núi|đồi) chè", ADMIN)
    assert topic.phrases[-2:] == ("núi chè", "đồi chè")
    with pytest.raises(Refused, match="chỉ có một âm tiết"):
        configuration.check(TOPICS, "du-lich-o-quy-ho", seen + "\n  - chè", ADMIN)
    assert configuration.entries(TOPICS, ADMIN)["du-lich-o-quy-ho"].text == seen


def test_texts_are_never_kept_longer_than_ninety_days(
    home: Home, cases: Cases, configuration: Configuration
) -> None:
    before = text(home, "settings.yaml")
    configuration.keep_texts(30, ADMIN, seen=90)
    assert Home(home.root).settings.retention_days == 30
    assert text(home, "settings.yaml") == before.replace("retention_days: 90", "retention_days: 30")
    (entry,) = logged(cases)
    assert (entry.before["days"], entry.after["days"]) == (90, 30)
    for days in (91, 0, 3650):
        with pytest.raises(Refused, match="từ 1 đến 90 ngày"):
            configuration.keep_texts(days, ADMIN, seen=30)
    with pytest.raises(Conflict):
        configuration.keep_texts(60, ADMIN, seen=90)


@pytest.mark.parametrize("actor", [HAO, LAN, CHI, CHIEF])
def test_only_an_administrator_may(configuration: Configuration, actor: Actor) -> None:
    assert Role.ADMINISTRATOR not in actor.roles
    with pytest.raises(Refused):
        configuration.entries(SOURCES, actor)
    with pytest.raises(Refused):
        configuration.check(TOPICS, None, "x", actor)
    with pytest.raises(Refused):
        configuration.save(SOURCES, "bao", BAO, actor, BAO)
    with pytest.raises(Refused):
        configuration.switch("bao", actor, enabled=False, seen=BAO)
    with pytest.raises(Refused):
        configuration.keep_texts(30, actor, seen=90)


def test_a_broken_file_is_shown_as_broken(home: Home, configuration: Configuration) -> None:
    (home.configs / "sources.yaml").write_text("sources:\n  - x: [\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"sources\.yaml:"):
        configuration.entries(SOURCES, ADMIN)
