"""Runs the service as its user does: processes, ports, waiting, accounts."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from langnghe.casework.accounts import COMMAND_LINE, Add, ChangePassword
from langnghe.casework.accountstore import change
from langnghe.casework.credentials import PasswordHash, new_password
from langnghe.casework.login import log_in
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.server import dashboard_command, dashboard_environment
from langnghe.store.cases import Cases
from langnghe.store.opening import open_casework
from tests.commands import run
from tests.reaper import MARK, reaped

STARTS_WITHIN = 240.0
"""Seconds; it takes three on a machine that is not busy."""
PASSWORD = "ba con trâu đen ăn cỏ"


def command(home: Path, *arguments: str) -> list[str]:
    """The command line of `langnghe`."""
    return [sys.executable, "-m", "langnghe", "--home", str(home), *arguments]


def langnghe(home: Path, *arguments: str, timeout: float = 180) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return run(["--home", str(home), *arguments], timeout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    holds: Callable[[], bool], what: str, within: float = STARTS_WITHIN, every: float = 0.01
) -> None:
    """Wait so many seconds, and fail with `what` if it does not hold by then."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(every)


def wait_for_page(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the pages answer."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        assert process.poll() is None, "the service ended by itself"
        try:
            with urllib.request.urlopen(f"{address}/dang-nhap", timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the pages did not come up"
            time.sleep(0.1)


@contextmanager
def dashboard_of(home: Home, port: int | None = None) -> Iterator[str]:
    """Serve the pages of `home`, at a free port if none is given; gives their address."""
    port = port or free_port()
    environment = dashboard_environment(home) | {"LANGNGHE_DASHBOARD__PORT": str(port)}
    os.environ["LANGNGHE_DASHBOARD__PORT"] = str(port)
    try:
        line = dashboard_command(Home(home.root))
    finally:
        del os.environ["LANGNGHE_DASHBOARD__PORT"]
    address = f"http://127.0.0.1:{port}"
    # Whoever ends a test or a benchmark in its middle would leave the server behind.
    with reaped() as marked:
        process = subprocess.Popen(
            line, env=environment | {MARK: marked[MARK]}, stdout=subprocess.DEVNULL
        )
        try:
            wait_for_page(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(20)


@cache
def password_hash() -> PasswordHash:
    """Of PASSWORD, made once: it takes a while."""
    return new_password(PASSWORD)


def new_account(home: Home, *roles: Role, must_change: bool = False, email: str = "") -> str:
    """The name of a new account with PASSWORD."""
    name = f"nguoi-{secrets.token_hex(4)}"
    with (
        open_casework(home) as database,
        Cases(database).transaction(SystemClock().now()) as work,
    ):
        add = Add(name, "Người <b>thử</b>", frozenset(roles), email or None, password_hash())
        change(work, database, add, COMMAND_LINE)
        if not must_change:
            own = ChangePassword(name, password_hash(), password_hash())
            change(work, database, own, Actor(name, frozenset()))
    return name


def session_of(home: Home, *roles: Role) -> str:
    """The value of the session cookie of a new account with these roles."""
    name = new_account(home, *roles)
    with open_casework(home) as database:
        return log_in(database, name, PASSWORD, "", SystemClock().now())[1]


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
