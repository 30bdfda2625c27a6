"""`langnghe run`, from an empty folder to pages with posts, and to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.reaper import reaped
from tests.service import command, free_port, langnghe, running, wait_for_page, wait_until


@contextmanager
def _service(home: Path, port: int, errors: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The running service; whatever it has started is gone afterwards."""
    with (
        reaped() as environment,
        errors.open("wb") as file,
        subprocess.Popen(
            command(home, "run"),
            env={**environment, "LANGNGHE_DASHBOARD__PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=file,
        ) as service,
    ):
        try:
            yield service
        finally:
            service.kill()


@pytest.mark.proof
def test_an_empty_folder_becomes_a_service_with_the_sample_month(tmp_path: Path) -> None:
    home, port, errors = tmp_path / "home", free_port(), tmp_path / "errors"
    with _service(home, port, errors) as service:
        wait_for_page(f"http://127.0.0.1:{port}", service)
        said = errors.read_text(encoding="utf-8")
        assert "TRANG MẪU" in said
        assert f"http://127.0.0.1:{port}" in said
        found = json.loads(langnghe(home / "demo", "--json", "search", "sạt lở").stdout)
        assert found["total"] >= 5
        assert all(hit["sentiment"] for hit in found["hits"])
        assert json.loads(langnghe(home, "--json", "search").stdout)["total"] == 0

        second = langnghe(home, "run")
        assert second.returncode == 3
        assert "đang chạy" in second.stderr

        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0
        assert running([str(home)]) == []


@pytest.mark.proof
def test_the_service_outlives_its_dashboard(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    assert langnghe(home, "init").returncode == 0
    # A source that nobody will ever answer for: the service has something to keep asking.
    (home / "configs" / "sources.yaml").write_text(
        "sources:\n  - {name: a, title: A, channel: feed, allow_private_network: true,"
        f" feeds: ['http://127.0.0.1:{free_port()}/rss']}}\n",
        encoding="utf-8",
    )
    with _service(home, port, tmp_path / "errors") as service:
        wait_for_page(f"http://127.0.0.1:{port}", service)
        (first,) = _dashboards(port)
        os.kill(first, signal.SIGKILL)
        wait_until(
            lambda: _dashboards(port) not in ([], [first]),
            "the dashboard was not started again",
            within=60,
            every=0.2,
        )
        wait_for_page(f"http://127.0.0.1:{port}", service)
        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0
        assert _dashboards(port) == []


def test_nothing_is_left_behind_when_the_tests_are_killed_in_the_middle(tmp_path: Path) -> None:
    # As a service does: it starts a process in a session of its own.
    started = (
        "import subprocess, sys, time;"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[1]],"
        " start_new_session=True); time.sleep(600)"
    )
    tests = (
        "import subprocess, sys, time\n"
        "from tests.reaper import reaped\n"
        "with reaped() as environment:\n"
        "    subprocess.Popen([sys.executable, '-c', *sys.argv[1:]], env=environment)\n"
        "    time.sleep(600)\n"
    )
    name = str(tmp_path / "left-behind")
    aborted = subprocess.Popen([sys.executable, "-c", tests, started, name])
    try:
        wait_until(lambda: len(running([name])) == 3, "not all were started", 60, every=0.1)
    finally:
        aborted.kill()
        aborted.wait()
    wait_until(lambda: running([name]) == [], "one is left behind", 60, every=0.1)


def _dashboards(port: int) -> list[int]:
    return running(["langnghe.dashboard.serve", f":{port}"])
