"""`langnghe collect`: one of several collectors, until told to stop.

It serves no page and keeps no posts: it reads sources that are due and that no other collector is
reading, and sends what it read to the main service (`langnghe run`) by way of PostgreSQL.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from langnghe.core.clock import Clock
from langnghe.core.errors import LangNgheError, NotReadyError
from langnghe.core.home import Home
from langnghe.core.logs import describe_error
from langnghe.core.settings import WebSource
from langnghe.crawler.due import is_due
from langnghe.crawler.report import DONE, PARTLY
from langnghe.crawler.sharing import open_collecting
from langnghe.scheduler.jobs import CommandRunner, JobResult

AFTER_TROUBLE_SECONDS = 15.0
"""The wait after settings.yaml could not be read."""

LOOKS = 6
"""How often a collector looks for work within the length of a lease."""


class Collector:
    """Reads what is due, round after round; each round is a process of its own."""

    def __init__(self, home: Home, clock: Clock, say: Callable[[str], None]) -> None:
        self._root = home.root
        self._clock = clock
        self._say = say
        self._said = ""
        self._stop = threading.Event()
        self._runner = CommandRunner(home, self._report)

    def run(self) -> None:
        """Collect until SIGTERM or SIGINT.

        Raises:
            NotReadyError: the home names no PostgreSQL that is shared.
        """
        if Home(self._root).settings.crawl.frontier is None:
            raise NotReadyError(
                "Chưa đặt crawl.frontier trong settings.yaml: chỉ một máy thì dùng `langnghe run`. "
                "docs/collector.md chỉ cách nhiều máy cùng thu thập."
            )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        rounds = threading.Thread(target=self._rounds)
        rounds.start()
        self._stop.wait()
        self._runner.stop()
        rounds.join()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _rounds(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            wait = AFTER_TROUBLE_SECONDS
            try:
                # Read anew each time: the administrator edits the files meanwhile.
                home = Home(self._root)
                wait = home.settings.crawl.lease_seconds / LOOKS
                if self._something_is_due(home):
                    self._runner.run("collect", ("--json", "collect", "--once"))
                else:
                    self._said = ""
            except LangNgheError as error:
                self._tell(str(error))
            except SQLAlchemyError as error:
                self._tell(
                    f"PostgreSQL chưa trả lời ({type(error).__name__}); sẽ thử lại. Hãy kiểm tra "
                    "máy chủ PostgreSQL có đang chạy không."
                )
            except Exception as error:  # noqa: BLE001  the rounds go on, or nobody collects
                self._tell(
                    "Một lượt thu thập không chạy được; sẽ thử lại. Nếu còn lặp lại, hãy gửi dòng "
                    f"này cho người phát triển: {describe_error(error)}"
                )

    def _something_is_due(self, home: Home) -> bool:
        now, crawl = self._clock.now(), home.settings.crawl
        with open_collecting(home, self._clock) as stores:
            stores.close_dead_runs()
            return any(
                is_due(stores.crawl, source, crawl, now)
                for source in home.sources
                if source.enabled and isinstance(source, WebSource)
            )

    def _report(self, result: JobResult) -> None:
        if result.exit_code in (DONE, PARTLY):
            self._said = ""
        else:
            self._tell(f"Một lượt thu thập có lỗi (mã {result.exit_code}): {result.output}")

    def _tell(self, line: str) -> None:
        """Say something, once as long as it is the same and no round went well in between."""
        if line != self._said:
            self._said = line
            self._say(line)
