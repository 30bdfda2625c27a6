"""`langnghe run`: crawl by schedule, label, purge, and serve the pages until told to stop."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from filelock import FileLock, Timeout

from langnghe.core.clock import Clock
from langnghe.core.errors import NotReadyError
from langnghe.core.home import Home
from langnghe.dashboard.server import dashboard_command, dashboard_environment
from langnghe.scheduler.jobs import CommandRunner, JobResult, Jobs

DASHBOARD_RESTART_SECONDS = 5.0
"""The wait before a dashboard that ended by itself is started again."""

POLL_SECONDS = 0.2


@contextmanager
def only_scheduler(home: Home) -> Iterator[None]:
    """Hold the home's scheduler lock; the operating system frees it even after kill -9.

    Raises:
        NotReadyError: another process runs the service of this home.
    """
    lock = FileLock(home.lock_file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise NotReadyError(
            f"Dịch vụ của thư mục {home.root} đang chạy ở một tiến trình khác. "
            "Hãy dùng dịch vụ đang chạy, hoặc dừng nó (Ctrl+C) rồi chạy lại."
        ) from None
    try:
        yield
    finally:
        lock.release()


class Service:
    """The scheduler and the dashboard of one home."""

    def __init__(self, home: Home, clock: Clock, say: Callable[[str], None]) -> None:
        self._home = home
        self._clock = clock
        self._say = say
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the service to end; `run` returns soon after."""
        self._stop.set()

    def run(self) -> None:
        """Serve until SIGTERM, SIGINT or `stop`; what is due is done at once."""
        previous = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        runner = CommandRunner(self._home, self._report)
        scheduler = Jobs(self._home, self._clock, runner).schedule()
        scheduler.add_listener(self._job_failed, EVENT_JOB_ERROR)
        try:
            with only_scheduler(self._home):
                scheduler.start()
                self._serve_dashboard()
                # In this order: no new job may start while the running ones are ended.
                scheduler.pause()
                runner.stop()
                scheduler.shutdown(wait=True)
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _report(self, result: JobResult) -> None:
        if result.exit_code != 0:
            self._say(
                f"Việc «{result.job}» kết thúc với lỗi (mã {result.exit_code}): {result.output}"
            )

    def _job_failed(self, event: JobExecutionEvent) -> None:
        # An edited configuration file with a mistake, mostly: the next tick tries again.
        self._say(f"Việc «{event.job_id}» chưa làm được: {event.exception}")

    def _serve_dashboard(self) -> None:
        """Keep the dashboard up until the service is to stop."""
        while not self._stop.is_set():
            dashboard = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
                dashboard_command(self._home),
                env=dashboard_environment(self._home),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # Its own session: Ctrl+C reaches this process alone, which ends it in order.
                start_new_session=True,
            )
            try:
                while dashboard.poll() is None and not self._stop.is_set():
                    self._stop.wait(POLL_SECONDS)
            finally:
                _end(dashboard)
            if not self._stop.is_set():
                self._say("Trang web đã dừng ngoài ý muốn; đang khởi động lại.")
                self._stop.wait(DASHBOARD_RESTART_SECONDS)


def _end(process: subprocess.Popen[bytes], grace: float = 10.0) -> None:
    if process.poll() is None:
        process.terminate()
        deadline = time.monotonic() + grace
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        if process.poll() is None:
            process.kill()
    process.wait()
