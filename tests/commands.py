"""Runs commands of `langnghe` quickly: processes forked from one that has loaded all.

Loading the packages takes longer than most commands of the tests, and sharing a process would not
do: Scrapy's reactor starts once. The long tests start the service as its user does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.loaded"])


class Command:
    """A command that is running, its output in files."""

    def __init__(self, arguments: Sequence[str], output: Path, errors: Path) -> None:
        self.arguments = [*arguments]
        place = (str(Path.cwd()), dict(os.environ))
        self._process = _CONTEXT.Process(
            target=_become, args=(self.arguments, str(output), str(errors), *place)
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def wait(self, timeout: float) -> int:
        """The exit status; that of a killed process is its signal's number, negative.

        Raises:
            TimeoutExpired: it took longer than `timeout` seconds, and was killed.
        """
        self._process.join(timeout)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
            raise subprocess.TimeoutExpired(self.arguments, timeout)
        return self._process.exitcode


def run(arguments: Sequence[str], timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        code = Command(arguments, output, errors).wait(timeout)
        said = (one.read_text(encoding="utf-8") for one in (output, errors))
        return subprocess.CompletedProcess([*arguments], code, *said)


def _become(
    arguments: list[str], output: str, errors: str, folder: str, environment: Mapping[str, str]
) -> None:
    """Be a command of `langnghe`, in the fork server's child."""
    for number, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    warnings.simplefilter("error")
    sys.argv = ["langnghe", *arguments]
    from langnghe.cli import main  # the parent need not load it

    main()
