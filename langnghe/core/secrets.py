"""Keys and tokens of platforms: kept outside the configuration, named in it, never shown.

An entry of `sources.yaml` holds a secret's name (`key: youtube-key`). Its value comes from the
environment (`LANGNGHE_SECRET_YOUTUBE_KEY`), which is how containers and systemd hand secrets on,
or else from the file `secrets/youtube-key` in the home, which its owner alone can read. It is in
no other file that the service writes: no configuration, database, log or backup.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import SecretStr

from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home

MOST_CHARACTERS = 4096
"""Page tokens have a few hundred characters; what is longer is some other file."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VALUE = re.compile(r"[\x21-\x7e]+")
"""Printable ASCII without blanks: what may stand in a header (RFC 9110 §5.5), and no second line
that would begin another one."""


class SecretError(LangNgheError):
    """A secret that cannot be used or kept. Says which and why, never its value."""


class Secrets:
    """The secrets of one home, by the names that `sources.yaml` uses."""

    def __init__(self, home: Home, environment: Mapping[str, str] = os.environ) -> None:
        self._folder = home.secrets
        self._environment = environment

    def get(self, name: str) -> SecretStr | None:
        """The value, None where there is none.

        Raises:
            SecretError: others on this machine can read its file, or it holds no key.
        """
        variable = variable_of(name)
        if variable in self._environment:
            return _checked(self._environment[variable], variable)
        path = self._folder / name
        try:
            # Looked at through the opened file, so that nobody can exchange it in between.
            with path.open(encoding="ascii", errors="replace") as file:
                if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                    raise SecretError(
                        f"Người khác trên máy đọc được tệp khóa {path}, nên không dùng khóa này. "
                        f"Hãy chạy `chmod 600 {path}`; nếu người khác có thể đã đọc, hãy xin khóa "
                        f"mới rồi chạy `langnghe secrets set {name}`."
                    )
                value = file.read(MOST_CHARACTERS + 2)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SecretError(
                f"Không đọc được tệp khóa {path} ({error.strerror}). Hãy chạy lại "
                f"`langnghe secrets set {name}` bằng tài khoản chạy dịch vụ."
            ) from None
        return _checked(value, str(path))

    def trouble(self, name: str) -> str | None:
        """What ails a secret, in words: it is missing or must not be used. None: nothing."""
        try:
            return None if self.get(name) is not None else f"Chưa có khóa {name}"
        except SecretError as error:
            return str(error)

    def put(self, name: str, value: str) -> Path:
        """Keep a value in its file, readable by its owner alone; gives the file.

        Raises:
            SecretError: no key, or the file cannot be written.
        """
        variable_of(name)
        checked = _checked(value, name).get_secret_value()
        path = self._folder / name
        partial = path.with_name(f".{name}.partial")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            partial.unlink(missing_ok=True)
            # Made with its mode, not changed to it: there is no moment at which others can read.
            descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(checked + "\n")
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise SecretError(
                f"Không ghi được tệp khóa {path} ({error.strerror}). Hãy chạy lệnh bằng tài khoản "
                "chạy dịch vụ, và kiểm tra ổ đĩa còn chỗ."
            ) from None
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        return path

    def remove(self, name: str) -> bool:
        """Delete a secret's file; whether there was one."""
        variable_of(name)
        try:
            (self._folder / name).unlink()
        except FileNotFoundError:
            return False
        return True

    def in_environment(self, name: str) -> bool:
        """Whether the environment gives this secret, so that its file does not count."""
        return variable_of(name) in self._environment

    def kept(self) -> list[str]:
        """The names of the secrets that have a file, sorted."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name))


def variable_of(name: str) -> str:
    """The environment variable that holds a secret.

    Raises:
        SecretError: no name of a secret.
    """
    if not _NAME.fullmatch(name) or len(name) > 60:
        raise SecretError(
            f"{name[:60]!r} không phải tên khóa: chỉ dùng chữ thường không dấu, chữ số và gạch "
            "nối, ví dụ youtube-key."
        )
    return f"LANGNGHE_SECRET_{name.upper().replace('-', '_')}"


def _checked(value: str, place: str) -> SecretStr:
    value = value.strip()
    if len(value) > MOST_CHARACTERS or not _VALUE.fullmatch(value):
        raise SecretError(
            f"{place}: không phải khóa. Khóa là một dòng chữ cái, chữ số và ký hiệu không dấu, "
            "không có khoảng trắng. Hãy chép lại nguyên văn từ trang của nền tảng."
        )
    return SecretStr(value)
