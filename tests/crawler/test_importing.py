from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from langnghe.core.clock import SystemClock
from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.models import Outcome
from langnghe.core.settings import FileSource
from langnghe.crawler.importing import BATCH, import_file, import_source
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.sharing import open_collecting
from langnghe.store.crawlstate import RunStatus
from tests.crawler.serving import formatted, make_home, rows, run_crawl, stored_posts, stores


def _home(root: Path, **more: Any) -> Home:
    entry = {
        "name": "nhom",
        "title": "Nhóm",
        "channel": "file",
        "path": "imports/*.csv",
        "columns": {"text": "noi_dung", "native_id": "ma", "published_at": "luc"},
        "public_page": "https://mang.example/groups/binhlu",
        **more,
    }
    home = make_home(root, [entry])
    (root / "imports").mkdir(exist_ok=True)
    return home


def _csv(home: Home, name: str, *lines: str) -> Path:
    path = home.root / "imports" / name
    path.write_text("ma,luc,noi_dung\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def _row(number: int, text: str) -> str:
    return f"{number},{formatted(1)},{text} {number}"


def _import(home: Home, path: Path) -> Any:
    [source] = home.sources
    assert isinstance(source, FileSource)
    return import_file(home, source, path, SystemClock())


def test_rows_become_posts_each_with_one_outcome(tmp_path: Path) -> None:
    home = _home(tmp_path)
    path = _csv(home, "a.csv", _row(1, "miến dong"), _row(2, "chuyện khác"), f"3,{formatted(1)},")
    report = _import(home, path)
    assert report.status is RunStatus.FINISHED
    assert report.outcomes[Outcome.STORED] == 1
    assert report.outcomes[Outcome.OFF_TOPIC] == 1
    assert report.outcomes[Outcome.REJECTED] == 1
    assert report.items == 3
    assert sum(n for (n,) in rows(home, "SELECT items FROM outcome")) == 3
    assert [post.url for post in stored_posts(home)] == ["https://mang.example/groups/binhlu"]


def test_importing_a_file_again_changes_nothing(tmp_path: Path) -> None:
    home = _home(tmp_path)
    path = _csv(home, "a.csv", *(_row(n, "miến dong") for n in range(BATCH + 20)))
    assert _import(home, path).outcomes == {Outcome.STORED: BATCH + 20}
    assert _import(home, path).outcomes == {Outcome.UNCHANGED: BATCH + 20}
    assert len(stored_posts(home)) == BATCH + 20


def test_a_crawl_imports_what_is_new(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _csv(home, "a.csv", _row(1, "miến dong"))
    assert run_crawl(home)["nhom"]["outcomes"] == {"stored": 1}
    assert run_crawl(home)["nhom"]["outcomes"] == {}
    _csv(home, "b.csv", _row(1, "miến dong"), _row(2, "miến dong"))
    assert run_crawl(home)["nhom"]["outcomes"] == {"stored": 1, "unchanged": 1}


@pytest.mark.parametrize("path", ["../ngoai.csv", "/etc/passwd"])
def test_files_outside_the_home_are_not_read(tmp_path: Path, path: str) -> None:
    home = _home(tmp_path / "home", path=path)
    ended = run_crawl(home)
    assert ended.exit_code == 1
    assert ended["nhom"]["status"] == "failed"


def test_a_file_that_lacks_a_column_is_an_error_that_says_so(tmp_path: Path) -> None:
    home = _home(tmp_path)
    path = home.root / "imports" / "a.csv"
    path.write_text("khac\nx\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="noi_dung"):
        _import(home, path)
    with stores(home) as opened:
        [run] = opened.crawl.recent_runs("nhom")
    assert run.status is RunStatus.FAILED
    assert run.problem == "unreadable"


def test_topics_that_change_during_a_crawl_are_read_for_by_the_next(tmp_path: Path) -> None:
    home = _home(tmp_path)
    _csv(home, "a.csv", _row(1, "họp thôn"))
    [source] = home.sources
    assert isinstance(source, FileSource)
    before = Preparation.of(home)
    topics = home.configs / "topics.yaml"
    topics.write_text(
        topics.read_text(encoding="utf-8")
        + "  - id: hop-thon\n    title: Họp thôn\n    phrases: [họp thôn]\n",
        encoding="utf-8",
    )
    with open_collecting(home, SystemClock()) as opened:
        first = import_source(home, source, SystemClock(), opened, before)
        second = import_source(home, source, SystemClock(), opened, Preparation.of(home))
    assert first.outcomes == {Outcome.OFF_TOPIC: 1}
    assert second.outcomes == {Outcome.STORED: 1}


def test_a_file_that_is_not_there_is_noted_and_holds_up_nothing(tmp_path: Path) -> None:
    home = _home(tmp_path, path="imports/thang.csv")
    ended = run_crawl(home, "--due")
    assert ended["nhom"]["problems"] == {"unreadable": 1}
    with stores(home) as opened:
        assert opened.crawl.source_state("nhom").last_problem == "unreadable"
    # It is not tried again and again meanwhile.
    assert ended.report["sources"][0]["status"] == "failed"
    assert run_crawl(home, "--due").report["sources"][0]["retry_at"] is not None
