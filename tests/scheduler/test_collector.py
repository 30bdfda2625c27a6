"""What `langnghe collect` says of trouble, and that it goes on collecting after any of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.crawler.report import DONE, FAILED, PARTLY
from langnghe.scheduler import collector
from langnghe.scheduler.collector import Collector
from langnghe.scheduler.jobs import CommandRunner, JobResult
from langnghe.store.opening import frontier_of
from tests import postgres
from tests.crawler.serving import make_home
from tests.service import langnghe

SOURCE = {
    "name": "bao",
    "title": "Báo tỉnh",
    "channel": "feed",
    "feeds": ["https://bao.example/rss"],
}
HANGS_UP = """
CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
CREATE TRIGGER hang_up BEFORE INSERT ON agreed FOR EACH ROW EXECUTE FUNCTION hang_up()
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "AFTER_TROUBLE_SECONDS", 0.01)
    monkeypatch.setattr(collector, "LOOKS", 10_000)


class Round:
    """What a round comes to: trouble on the way, or how the command that it starts ends."""

    def __init__(
        self,
        *,
        looking: Exception | None = None,
        starting: Exception | None = None,
        code: int | None = None,
    ) -> None:
        self.looking, self.starting, self.code = looking, starting, code


DOWN = Round(looking=OperationalError("SELECT canary", {}, Exception("canary")))
NOTHING_DUE = Round()


def said_of(home: Home, monkeypatch: pytest.MonkeyPatch, *rounds: Round) -> list[str]:
    """What a collector says of these rounds."""
    said: list[str] = []
    working = Collector(home, SystemClock(), said.append)
    left = [*rounds]

    def something_is_due(_collector: Collector, _home: Home) -> bool:
        if len(left) == 1:
            working._stop.set()
        if left[0].looking is not None:
            raise left.pop(0).looking  # type: ignore[misc]
        if left[0].starting is None and left[0].code is None:
            return left.pop(0) is None
        return True

    class Runner:
        def run(self, job: str, _arguments: Sequence[str]) -> None:
            this = left.pop(0)
            if this.starting is not None:
                raise this.starting
            assert this.code is not None
            working._report(JobResult(job, this.code, "{}"))

    monkeypatch.setattr(Collector, "_something_is_due", something_is_due)
    working._runner = cast("CommandRunner", Runner())
    working._rounds()
    assert not left
    return said


@pytest.mark.parametrize("good", [NOTHING_DUE, Round(code=DONE), Round(code=PARTLY)])
def test_the_same_trouble_is_told_once_and_again_after_a_round_that_went_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, good: Round
) -> None:
    home = make_home(tmp_path, [SOURCE])
    said = said_of(home, monkeypatch, DOWN, DOWN, good, DOWN, Round(code=FAILED))
    assert [line.split(" ")[0] for line in said] == ["PostgreSQL", "PostgreSQL", "Một"]


def test_a_command_that_cannot_be_started_is_told_without_its_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path, [SOURCE])
    broken = [Round(starting=OSError("canary")) for _ in range(2)]
    [line] = said_of(home, monkeypatch, *broken, NOTHING_DUE)
    assert "OSError at" in line
    assert "canary" not in line


def test_a_file_that_is_just_being_replaced_does_not_end_the_collector(
    tmp_path: Path, postgresql: Path
) -> None:
    home = make_home(tmp_path, [SOURCE], frontier=postgres.empty(postgresql, "replaced"))
    topics = home.configs / "topics.yaml"
    text = topics.read_bytes()
    topics.unlink()
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        topics.write_bytes(text)

    working = Collector(home, SystemClock(), say)

    class Runner:
        def run(self, _job: str, _arguments: Sequence[str]) -> None:
            working._stop.set()

    working._runner = cast("CommandRunner", Runner())
    rounds = threading.Thread(target=working._rounds)
    rounds.start()
    try:
        assert working._stop.wait(60), "no further round"
    finally:
        working._stop.set()
        rounds.join()
    [line] = said
    assert "FileNotFoundError at" in line
    assert str(topics) not in line


def test_a_database_that_hangs_up_is_one_line_in_vietnamese(
    tmp_path: Path, postgresql: Path
) -> None:
    address = postgres.empty(postgresql, "hanging")
    home = make_home(tmp_path, [SOURCE], frontier=address)
    frontier = frontier_of(home)
    assert frontier is not None
    frontier.close()
    with psycopg.connect(address) as connection:
        connection.execute(HANGS_UP)
    plain = langnghe(home.root, "collect", "--once")
    assert (plain.returncode, plain.stdout) == (1, "")
    [line] = plain.stderr.splitlines()
    assert line.startswith("Lỗi: Cơ sở dữ liệu không trả lời hoặc báo lỗi (OperationalError)")
    for_machines = langnghe(home.root, "--json", "collect", "--once")
    assert (for_machines.returncode, for_machines.stderr) == (1, "")
    assert json.loads(for_machines.stdout) == {"error": line.removeprefix("Lỗi: ")}
