"""Errors that a user can do something about."""

from __future__ import annotations

from pathlib import Path


class LangNgheError(Exception):
    """Says what happened and what to do, in Vietnamese: it is shown to the user as it stands.

    The command line prints it without a traceback.
    """

    exit_code = 1


class ConfigError(LangNgheError):
    """A setting is wrong: names the file, the line where it is known, and the cure."""

    exit_code = 2

    def __init__(self, path: Path, line: int | None, problem: str, cure: str) -> None:
        self.path, self.line, self.problem, self.cure = path, line, problem, cure
        where = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {problem}. {cure}")


class NotReadyError(LangNgheError):
    """Something has to be done first (no home directory yet, another process holds it…)."""

    exit_code = 3
