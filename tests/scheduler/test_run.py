"""`langnghe run`, from an empty folder to pages with posts, and to its end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from tests.service import command, free_port, langnghe, running, wait_for_page


def _start(home: Path, port: int, errors: Path) -> subprocess.Popen[bytes]:
    with errors.open("wb") as file:
        return subprocess.Popen(
            command(home, "run"),
            env={**os.environ, "LANGNGHE_DASHBOARD__PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=file,
        )


def test_an_empty_folder_becomes_a_service_with_the_sample_month(tmp_path: Path) -> None:
    home, port, errors = tmp_path / "home", free_port(), tmp_path / "errors"
    service = _start(home, port, errors)
    try:
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
    finally:
        service.kill()
        service.wait()
    assert running([str(home)]) == []


def test_the_service_outlives_its_dashboard(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    assert langnghe(home, "init").returncode == 0
    # A source that nobody will ever answer for: the service has something to keep asking.
    (home / "configs" / "sources.yaml").write_text(
        "sources:\n  - {name: a, title: A, channel: feed, allow_private_network: true,"
        f" feeds: ['http://127.0.0.1:{free_port()}/rss']}}\n",
        encoding="utf-8",
    )
    service = _start(home, port, tmp_path / "errors")
    try:
        wait_for_page(f"http://127.0.0.1:{port}", service)
        (first,) = _dashboards(port)
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while not (now := _dashboards(port)) or now == [first]:
            assert time.monotonic() < deadline, "the dashboard was not started again"
            time.sleep(0.2)
        wait_for_page(f"http://127.0.0.1:{port}", service)
        service.send_signal(signal.SIGTERM)
        assert service.wait(40) == 0
    finally:
        service.kill()
        service.wait()
    assert _dashboards(port) == []


def _dashboards(port: int) -> list[int]:
    return running(["streamlit", f"--server.port={port}"])
