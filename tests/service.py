"""Runs the service as its user does: processes, ports, waiting."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

STARTS_WITHIN = 60.0


def command(home: Path, *arguments: str) -> list[str]:
    """The command line of `langnghe`."""
    return [sys.executable, "-m", "langnghe", "--home", str(home), *arguments]


def langnghe(home: Path, *arguments: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        command(home, *arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_page(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the pages answer."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        assert process.poll() is None, "the service ended by itself"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the pages did not come up"
            time.sleep(0.1)


def running(arguments: Sequence[str]) -> list[int]:
    """The ids of processes whose command line holds all of `arguments`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if all(argument in line for argument in arguments):
                found.append(int(entry.name))
    return found
