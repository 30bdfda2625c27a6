"""Changes of the configuration files by an administrator: checked, logged, in one step.

One entry is changed at a time, so that comments and all other entries stay as they are to the
letter. Whoever edits an entry that another has changed meanwhile is refused; so is what would
not be read. The audit log gets the digest of the file before and after. Texts do not stand there:
the file itself has them, and a backup has older ones.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Generic, TypeVar

import yaml

from langnghe.casework.audit import record
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.core import yamledit
from langnghe.core.clock import Clock
from langnghe.core.configfile import read_text
from langnghe.core.errors import ConfigError, LangNgheError
from langnghe.core.home import Home
from langnghe.core.models import Topic
from langnghe.core.settings import MAX_RETENTION_DAYS, Source, parse_settings, parse_sources
from langnghe.core.topics import parse_topics
from langnghe.core.yamledit import Edited, Part
from langnghe.store.cases import Cases, Conflict

T = TypeVar("T")

SETTINGS: Final = "settings.yaml"


@dataclass(frozen=True, slots=True)
class EntryList(Generic[T]):
    """A configuration file that is a list of entries."""

    file: str
    key: str
    """Under which the list stands."""
    id_key: str
    """The key of an entry that names it, for good: figures and posts refer to it."""
    kind: str
    """In the audit log."""
    title: str
    """An entry, in messages."""
    permission: Permission
    parse: Callable[[str, Path], tuple[T, ...]]


SOURCES: Final[EntryList[Source]] = EntryList(
    "sources.yaml",
    "sources",
    "name",
    "source",
    "nguồn tin",
    Permission.MANAGE_SOURCES,
    parse_sources,
)
TOPICS: Final[EntryList[Topic]] = EntryList(
    "topics.yaml", "topics", "id", "topic", "chủ đề", Permission.MANAGE_TOPICS, parse_topics
)


class Configuration:
    """The configuration files of a home, for those who may change them."""

    def __init__(self, home: Home, cases: Cases, clock: Clock) -> None:
        self._configs = home.configs
        self._cases = cases
        self._clock = clock

    def entries(self, which: EntryList[T], actor: Actor) -> dict[str, Part]:
        """The entries as they are written, by their ids, in the order of the file.

        Raises:
            Refused: the actor may not.
            ConfigError: the file is missing, or cannot be read.
        """
        require(actor, which.permission)
        path = self._configs / which.file
        text = read_text(path)
        which.parse(text, path)
        return _by_id(which, text)

    def check(self, which: EntryList[T], entry_id: str | None, new: str, actor: Actor) -> T:
        """What an entry would be if it were written so; nothing is kept.

        Args:
            which: the file.
            entry_id: the entry; None: one more.
            new: the entry as YAML.
            actor: who asks.

        Raises:
            Refused: the actor may not, or it cannot be read: the message names the line.
            ConfigError: the rest of the file cannot be read.
            Conflict: the entry is not there any more.
        """
        require(actor, which.permission)
        path = self._configs / which.file
        edited, name = _edited(which, entry_id, new, read_text(path), path)
        entries = which.parse(edited.text, path)
        return next(one for one in entries if getattr(one, which.id_key) == name)

    def save(
        self, which: EntryList[T], entry_id: str | None, new: str, actor: Actor, seen: str = ""
    ) -> str:
        """Keep an entry as it is written here; gives its id.

        Args:
            which: the file.
            entry_id: the entry; None: one more.
            new: the entry as YAML.
            actor: who changes it.
            seen: the entry (`Part.text`) as the actor saw it; of no matter for a new one.

        Raises:
            Refused, ConfigError: as `check`.
            Conflict: the entry is not any more what the actor saw.
        """
        require(actor, which.permission)
        what = "add" if entry_id is None else "edit"
        return self._save(which, entry_id, new, actor, seen, what)

    def switch(self, name: str, actor: Actor, *, enabled: bool, seen: str) -> None:
        """Read a source, or pause it; raises as `save`."""
        require(actor, SOURCES.permission)
        new = yamledit.set_value(seen, "enabled", "true" if enabled else "false")
        self._save(SOURCES, name, new, actor, seen, "switch_on" if enabled else "switch_off")

    def keep_texts(self, days: int, actor: Actor, *, seen: int) -> None:
        """Set how many days the texts of posts are kept; 90 at the most (boundary 5).

        Args:
            days: from now on.
            actor: who sets it.
            seen: the days as the actor saw them.

        Raises:
            Refused: the actor may not, or it is out of bounds.
            ConfigError: the file cannot be read.
            Conflict: somebody else has set them meanwhile.
        """
        require(actor, Permission.MANAGE_STORAGE)
        if not 1 <= days <= MAX_RETENTION_DAYS:
            raise Refused(f"Thời hạn lưu phải từ 1 đến {MAX_RETENTION_DAYS} ngày.")
        path = self._configs / SETTINGS

        def change(text: str) -> tuple[str, str]:
            if yamledit.load(text).get("retention_days") != seen:
                raise Conflict
            new = yamledit.set_value(text, "retention_days", str(days))
            parse_settings(new, path)
            return new, "retention_days"

        self._write(path, change, actor, "keep_texts", "settings", ({"days": seen}, {"days": days}))

    def _save(
        self,
        which: EntryList[T],
        entry_id: str | None,
        new: str,
        actor: Actor,
        seen: str,
        what: str,
    ) -> str:
        path = self._configs / which.file

        def change(text: str) -> tuple[str, str]:
            if entry_id is not None and _part(which, entry_id, text).text != seen:
                raise Conflict
            edited, name = _edited(which, entry_id, new, text, path)
            return edited.text, name

        return self._write(path, change, actor, what, which.kind)

    def _write(
        self,
        path: Path,
        change: Callable[[str], tuple[str, str]],
        actor: Actor,
        what: str,
        kind: str,
        values: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {}),
    ) -> str:
        """Change a file and log it; `change` gives the new text, and the id of what it is about.

        The write lock of the database is held meanwhile: of two who change a file, the second
        sees what the first has written.
        """
        target = path.resolve()
        replaced = None
        try:
            with self._cases.transaction(self._clock.now()) as work:
                was = read_text(path)
                now, about = change(was)
                if now != was:
                    before, after = ({"digest": _digest(text)} for text in (was, now))
                    record(
                        work,
                        actor,
                        what,
                        kind=kind,
                        case_id=about,
                        before={**before, **values[0]},
                        after={**after, **values[1]},
                    )
                    _put(target, now)
                    replaced = was
        except BaseException:
            if replaced is not None:
                # The log could not be kept at the very end: no change without its entry.
                _put(target, replaced)
            raise
        return about


def _by_id(which: EntryList[T], text: str) -> dict[str, Part]:
    try:
        return {_id(which, part): part for part in yamledit.parts(text, which.key)}
    except yaml.YAMLError:
        # Somebody has broken the file by hand since the page was drawn.
        raise Conflict from None


def _id(which: EntryList[T], part: Part) -> str:
    return str(part.data.get(which.id_key)) if isinstance(part.data, dict) else ""


def _part(which: EntryList[T], entry_id: str, text: str) -> Part:
    part = _by_id(which, text).get(entry_id)
    if part is None:
        raise Conflict
    return part


def _edited(
    which: EntryList[T], entry_id: str | None, new: str, text: str, path: Path
) -> tuple[Edited, str]:
    """The file with an entry put in, checked, and the entry's id."""
    part = None if entry_id is None else _part(which, entry_id, text)
    try:
        if part is None:
            edited = yamledit.append(text, which.key, new)
        else:
            edited = yamledit.replace(text, part, new)
    except yaml.YAMLError as error:
        raise Refused(
            f"Phần vừa nhập không đúng cú pháp YAML ({error}). Hãy xem lại dấu nháy, dấu hai chấm "
            "và lùi đầu dòng."
        ) from None
    try:
        which.parse(edited.text, path)
    except ConfigError as error:
        raise _in_the_box(error, edited, new) from None
    after = yamledit.parts(edited.text, which.key)
    before = yamledit.parts(text, which.key)
    at = len(before) if entry_id is None else list(_by_id(which, text)).index(entry_id)
    others = [part.data for part in before[:at] + before[at + 1 :]]
    if [part.data for part in after[:at] + after[at + 1 :]] != others:
        raise Refused(
            f"Phần vừa nhập làm thay đổi cả {which.title} khác trong tệp. Hãy chỉ ghi một "
            f"{which.title} trong ô soạn."
        )
    name = _id(which, after[at])
    if entry_id not in (None, name):
        raise Refused(
            f"Không đổi được `{which.id_key}` của {which.title}: số liệu đã đếm mang tên này. Hãy "
            f"giữ nguyên `{which.id_key}: {entry_id}`, hoặc thêm một {which.title} mới."
        )
    return edited, name


def _in_the_box(error: ConfigError, edited: Edited, new: str) -> LangNgheError:
    """The error, by the line of what was typed, where that is what is wrong."""
    blank = len(new) - len(new.lstrip("\n"))
    line = None if error.line is None else error.line - edited.line + 1 + blank
    if line is None or not 1 <= line <= new.count("\n") + 1:
        return error
    return Refused(
        f"Dòng {line} của ô soạn (dòng {error.line} của {error.path.name}): {error.problem}. "
        f"{error.cure}"
    )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _put(path: Path, text: str) -> None:
    """Replace a file in one step, with the rights that it has."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(path, partial)
    partial.replace(path)
