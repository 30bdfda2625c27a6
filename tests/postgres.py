"""A PostgreSQL server of Debian's package, started by a test run and stopped at its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from langnghe.store.database import Database
from langnghe.store.postgres import PostgresDatabase
from langnghe.store.transactions import Transactions

PROGRAMS = Path("/usr/lib/postgresql")
OWNER = "postgres"
PATIENCE = 60
"""Seconds; it starts in one, on a machine that is not busy."""


def programs() -> Path | None:
    """Where the programs of the newest installed version lie; None: there is none."""
    found = [path.parent for path in PROGRAMS.glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def server(folder_of_programs: Path) -> Iterator[Path]:
    """Start a server of its own; gives the folder of its socket, which is all it listens on."""
    # Not below pytest's own folder, which the unprivileged user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="langnghe-pg-"))
    # It refuses to run as root.
    user = OWNER if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user, user)
    data = folder / "data"
    log = (folder / "log").open("wb")
    process: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run(
            [
                *(folder_of_programs / "initdb", "--pgdata", data, "--username", OWNER),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            user=user,
            cwd=folder,
            check=True,
            stdout=log,
            stderr=log,
        )
        process = subprocess.Popen(
            [
                *(folder_of_programs / "postgres", "-D", data, "-k", folder),
                # Nothing here needs to survive a power cut.
                *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=100"),
            ],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        _wait(process, folder)
        yield folder
    finally:
        log.close()
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        shutil.rmtree(folder)


def empty(folder: Path, name: str) -> str:
    """A database without tables on that server; gives its address.

    One of that name is emptied: quicker by seconds than to make one anew for each test.
    """
    with psycopg.connect(host=str(folder), user=OWNER, autocommit=True) as connection:
        if not connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_database LEFT JOIN pg_stat_activity "
            "USING (datname) WHERE pg_database.datname = %s",
            (name,),
        ).fetchall():
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    with psycopg.connect(host=str(folder), user=OWNER, dbname=name) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return f"postgresql://{OWNER}@/{name}?host={folder}"


def open_either(address: str) -> Transactions:
    """Open a database by its address of PostgreSQL, or a file of SQLite's by its path."""
    if address.startswith("postgresql:"):
        return PostgresDatabase(address)
    return Database(Path(address))


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(host=str(folder), user=OWNER).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise AssertionError((folder / "log").read_text()) from None
            time.sleep(0.05)
        else:
            return
