"""The backups that are kept in the home: made, listed and deleted by who may, and logged.

A backup holds the texts of posts. So it never goes to a browser, since an administrator reads no
posts, and it is deleted when it is as old as a text may become (boundary 5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from langnghe.casework.audit import record
from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, require
from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.store.backup import backup
from langnghe.store.cases import Cases

KIND: Final = "backup"
"""In the audit log."""

_NAME: Final = re.compile(r"langnghe-\d{8}T\d{6}Z\.zip")
_TIME: Final = "langnghe-%Y%m%dT%H%M%SZ.zip"


@dataclass(frozen=True, slots=True)
class Backup:
    """One archive in the home's folder of backups."""

    name: str
    made_at: datetime
    bytes: int


class Backups:
    """The backups of a home."""

    def __init__(self, home: Home, cases: Cases, clock: Clock) -> None:
        self._home = home
        self._cases = cases
        self._clock = clock

    def all(self, actor: Actor) -> list[Backup]:
        """Those there are, the newest first.

        Raises:
            Refused: the actor may not.
        """
        require(actor, Permission.MANAGE_STORAGE)
        return self._there()

    def make(self, actor: Actor) -> Backup:
        """Make one now; the service may go on meanwhile. Takes seconds per 100,000 posts.

        Raises:
            Refused: the actor may not.
            NotReadyError: there is nothing to back up yet.
        """
        require(actor, Permission.MANAGE_STORAGE)
        now = self._clock.now()
        target = self._home.backups / f"{now.astimezone(UTC):{_TIME}}"
        self._home.backups.mkdir(mode=0o700, exist_ok=True)
        size = backup(self._home, target)
        with self._cases.transaction(now) as work:
            record(work, actor, "make", kind=KIND, case_id=target.name, after={"bytes": size})
        return Backup(target.name, now, size)

    def delete(self, name: str, actor: Actor) -> None:
        """Delete one.

        Raises:
            Refused: the actor may not, or there is none of this name.
        """
        require(actor, Permission.MANAGE_STORAGE)
        self._delete(name, actor)

    def delete_expired(self) -> int:
        """Delete, as the service itself, those as old as a text may become; gives how many."""
        oldest = self._clock.now() - self.kept_for
        expired = [one for one in self._there() if one.made_at <= oldest]
        for one in expired:
            self._delete(one.name, SYSTEM)
        return len(expired)

    @property
    def kept_for(self) -> timedelta:
        """How long a backup is kept: as long as a text is."""
        return timedelta(days=self._home.settings.retention_days)

    def _there(self) -> list[Backup]:
        found = [
            Backup(
                path.name,
                datetime.strptime(path.name, _TIME).replace(tzinfo=UTC),
                path.stat().st_size,
            )
            for path in self._home.backups.glob("*.zip")
            if _NAME.fullmatch(path.name)
        ]
        return sorted(found, key=lambda one: one.made_at, reverse=True)

    def _delete(self, name: str, actor: Actor) -> None:
        # Only a name that `make` gives: none leads out of the folder.
        if not _NAME.fullmatch(name) or not (self._home.backups / name).is_file():
            raise Refused(f"Không có bản sao lưu {name}. Có thể nó vừa bị xóa; hãy tải lại trang.")
        with self._cases.transaction(self._clock.now()) as work:
            record(work, actor, "delete", kind=KIND, case_id=name)
            (self._home.backups / name).unlink()
