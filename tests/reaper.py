"""Ends what a test has started, also when the test itself is ended in its middle.

A service starts processes of its own, some of them in sessions of their own: whoever kills it
leaves them behind. So each gets a mark in its environment, which all that it starts inherit, and
a process apart waits until the test lets go of it, or is no more, and then ends whatever has the
mark.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

MARK = "TEST_REAPER"


@contextmanager
def reaped() -> Iterator[dict[str, str]]:
    """Gives an environment; all processes that have it are gone at the end, however it comes."""
    mark = uuid4().hex
    with subprocess.Popen(
        [sys.executable, __file__, mark],
        stdin=subprocess.PIPE,
        # A Ctrl+C is for the tests alone.
        start_new_session=True,
    ):
        # Leaving closes its input, at which it begins, and waits for its end.
        yield {**os.environ, MARK: mark}


def marked(mark: str) -> list[int]:
    """The ids of the processes that have this mark."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # gone, or somebody else's
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def _reap(mark: str) -> None:
    while found := marked(mark):
        for process in found:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


if __name__ == "__main__":
    sys.stdin.read()
    _reap(sys.argv[1])
