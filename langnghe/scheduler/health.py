"""`langnghe doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import SQLAlchemyError

from langnghe.casework.deadlines import read_petition_settings
from langnghe.classifier.register import register_at
from langnghe.core.clock import Clock
from langnghe.core.errors import LangNgheError
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.secrets import Secrets
from langnghe.core.topics import read_topics
from langnghe.dashboard.components.sourcenotice import told
from langnghe.dashboard.problems import CAUSES, problem
from langnghe.publishing.settings import publishing_settings
from langnghe.store.database import Database
from langnghe.store.opening import frontier_of, open_stores
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import Filters
from langnghe.trends.alertsettings import read_alert_settings

LEAST_FREE_BYTES = 2_000_000_000
"""A million posts take 0.8 GB; a backup and a purge need as much again for a while."""


class Level(StrEnum):
    """How a finding is meant."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `cure` is empty when all is well."""

    level: Level
    what: str
    cure: str = ""


def examine(home: Home, clock: Clock) -> list[Finding]:
    """Look at everything; a check that fails never hides the others."""
    findings = list(_machine(home))
    if not home.exists():
        findings.append(
            Finding(
                Level.BAD,
                f"Chưa có thư mục dữ liệu {home.root}",
                f"Chạy `langnghe --home {home.root} init`.",
            )
        )
        return findings
    findings += _key(home)
    settings = _config("settings.yaml", lambda: home.settings)
    sources = _config("sources.yaml", lambda: home.sources)
    configured = [
        settings,
        sources,
        _config("topics.yaml", lambda: read_topics(home.configs / "topics.yaml")),
        _config("places.yaml", lambda: read_places(home.configs / "places.yaml")),
        _config("petitions.yaml", lambda: read_petition_settings(home.configs / "petitions.yaml")),
        _config("institution.yaml", lambda: home.institution),
        _config("publishing.yaml", lambda: publishing_settings(home)),
        _config("alerts.yaml", lambda: read_alert_settings(home)),
    ]
    if home.register.exists():
        configured.append(_config(home.register.name, lambda: register_at(home.register)))
    findings += configured
    if sources.level is Level.GOOD:
        findings += _secrets(home)
    stored = list(_database(home, clock))
    if settings.level is Level.GOOD:
        stored += _frontier(home)
    findings += stored
    # What is known of sources cannot be read where it cannot be opened.
    if all(finding.level is Level.GOOD for finding in [*configured, *stored]):
        findings += _sources(home, clock)
    return findings


def _machine(home: Home) -> Iterator[Finding]:
    yield Finding(Level.GOOD, f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    folder = home.root
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    gigabytes = f"{free / 1e9:.1f}".replace(".", ",")
    if free < LEAST_FREE_BYTES:
        yield Finding(
            Level.BAD,
            f"Ổ đĩa chỉ còn {gigabytes} GB trống",
            "Dọn bớt tệp, hoặc chuyển thư mục dữ liệu sang ổ khác (tùy chọn --home).",
        )
    else:
        yield Finding(Level.GOOD, f"Ổ đĩa còn {gigabytes} GB trống")


def _key(home: Home) -> Iterator[Finding]:
    try:
        _ = home.ids
    except LangNgheError as error:
        yield Finding(Level.BAD, str(error), "Chạy `langnghe restore` với bản sao lưu gần nhất.")
        return
    mode = stat.S_IMODE(home.key_file.stat().st_mode)
    if mode & 0o077:
        yield Finding(
            Level.BAD,
            f"Người khác trên máy đọc được tệp khóa {home.key_file}",
            f"Chạy `chmod 600 {home.key_file}`.",
        )
    else:
        yield Finding(Level.GOOD, "Tệp khóa chỉ chủ máy đọc được")


def _config(name: str, read: Callable[[], object]) -> Finding:
    try:
        read()
    except LangNgheError as error:
        return Finding(Level.BAD, str(error), "Sửa tệp rồi chạy lại `langnghe doctor`.")
    return Finding(Level.GOOD, f"Cấu hình {name} hợp lệ")


def _database(home: Home, clock: Clock) -> Iterator[Finding]:
    """The file with the posts; what other machines keep is looked at by itself."""
    try:
        with closing(Database(home.database)) as database:
            store = EmbeddedPostStore(database, clock)
            problems = store.check()
            posts = sum(store.counts(Filters(), interval=None).values())
    except (LangNgheError, SQLAlchemyError) as error:
        yield Finding(
            Level.BAD,
            f"Không mở được cơ sở dữ liệu: {error}",
            "Chạy `langnghe restore` với bản sao lưu gần nhất.",
        )
        return
    if problems:
        yield Finding(
            Level.BAD,
            f"Cơ sở dữ liệu có lỗi: {'; '.join(problems)}",
            "Dừng dịch vụ, sao chép thư mục dữ liệu, rồi `langnghe restore` bản sao lưu gần nhất.",
        )
    else:
        yield Finding(Level.GOOD, f"Cơ sở dữ liệu nguyên vẹn, đã đếm {posts} bài")


def _frontier(home: Home) -> Iterator[Finding]:
    """The PostgreSQL that collectors share, where there is one. No backup of ours mends it."""
    try:
        frontier = frontier_of(home)
    except (LangNgheError, SQLAlchemyError) as error:
        # What SQLAlchemy says may hold a statement; our own errors say what to do.
        cure = (
            " ".join(str(error).split())
            if isinstance(error, LangNgheError)
            else f"Kiểm tra máy chủ PostgreSQL có đang chạy không ({type(error).__name__})."
        )
        yield Finding(
            Level.BAD,
            "Không kết nối được PostgreSQL chung của các máy thu thập",
            f"{cure} Địa chỉ là crawl.frontier trong settings.yaml.",
        )
        return
    if frontier is not None:
        frontier.close()
        yield Finding(Level.GOOD, "Kết nối được PostgreSQL chung của các máy thu thập")


def _secrets(home: Home) -> Iterator[Finding]:
    """The keys that sources name: which are there, and what does not work without the others."""
    secrets = Secrets(home)
    users: dict[str, list[str]] = {}
    for source in home.sources:
        for key in source.secrets():
            users.setdefault(key, [])
            if source.enabled:
                users[key].append(f"«{source.title}»")
    for key, titles in sorted(users.items()):
        trouble = secrets.trouble(key)
        if trouble is None:
            yield Finding(Level.GOOD, f"Khóa {key} dùng được")
        elif titles:
            yield Finding(
                Level.BAD,
                f"{trouble.removesuffix('.')}. Chưa đọc được nguồn {', '.join(titles)}",
                "Làm như trên, rồi chạy lại `langnghe doctor`."
                if key in secrets.kept()
                else f"Xin khóa theo docs/channels.md, rồi chạy `langnghe secrets set {key}`.",
            )
    for key in secrets.kept():
        if key not in users:
            yield Finding(
                Level.WARNING,
                f"Không nguồn nào dùng khóa {key}",
                f"Nếu không cần nữa, chạy `langnghe secrets remove {key}`.",
            )


def _sources(home: Home, clock: Clock) -> Iterator[Finding]:
    enabled = [source for source in home.sources if source.enabled]
    if not enabled:
        yield Finding(
            Level.WARNING,
            "Chưa có nguồn tin nào: dịch vụ sẽ dùng trang mẫu",
            f"Thêm nguồn vào {home.configs / 'sources.yaml'}; docs/sources.md có ví dụ.",
        )
        return
    with open_stores(home, clock) as stores:
        overviews = stores.crawl.source_overview([source.name for source in enabled])
        notices = {notice.source: notice for notice in stores.crawl.notices.going_on()}
    for source, overview in zip(enabled, overviews, strict=True):
        state = overview.state
        if state.last_attempt is None:
            yield Finding(
                Level.WARNING, f"Nguồn «{source.title}» chưa đọc lần nào", "Chạy `langnghe crawl`."
            )
        elif state.last_problem is not None:
            yield Finding(
                Level.WARNING,
                f"Nguồn «{source.title}»: {problem(state.last_problem).what}",
                problem(state.last_problem).cure,
            )
        elif (notice := notices.get(source.name)) is not None:
            yield Finding(
                Level.WARNING,
                f"Nguồn «{source.title}»: {told(notice).removesuffix('.')}",
                CAUSES[notice.cause].cure,
            )
        else:
            yield Finding(Level.GOOD, f"Nguồn «{source.title}» đọc tốt")
