"""What runs when.

Each job is a command of its own in a subprocess: a second Scrapy crawl cannot start in one
process, memory goes back when it ends, and a job that hangs can be ended without the rest.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from langnghe.casework.checked import checked_claims
from langnghe.classifier.neural import version_of
from langnghe.classifier.opening import model_folder
from langnghe.classifier.register import register_at
from langnghe.core.clock import LOCAL_ZONE, Clock
from langnghe.core.home import Home
from langnghe.crawler.due import is_due
from langnghe.crawler.sharing import digests, name_of, open_collecting
from langnghe.publishing.publish import state_of
from langnghe.publishing.settings import service_folder
from langnghe.store.agreed import lead
from langnghe.store.alerts import Alerts
from langnghe.store.cases import Cases
from langnghe.store.opening import frontier_of, open_casework, open_stores
from langnghe.store.outbox import waiting

DUE_CHECK_MINUTES = 1
"""How often the database is asked whether a source is due; each source has its own interval."""

ALERT_MINUTES = 5
"""How long an alert, or a message that is to be sent again, may wait beyond its time."""

LOOK_AGAIN = timedelta(hours=1)
"""After so long the last days are looked at even if nothing new came: a rise also ends."""

PUBLISH_MINUTES = 5
"""How long what was approved, or withdrawn, may take to reach the public page."""

GRACE_SECONDS = 20
"""How long a command may take to finish its page after SIGTERM before it is killed."""

MISFIRE_SECONDS = 6 * 3600
"""A job missed while the machine slept is caught up once, if it is not older than this."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """How one run of a job's command ended."""

    job: str
    exit_code: int
    output: str


class CommandRunner:
    """Runs commands of `langnghe` as subprocesses and ends those that still run on `stop`."""

    def __init__(self, home: Home, report: Callable[[JobResult], None]) -> None:
        self._home = home
        self._report = report
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def run(self, job: str, arguments: Sequence[str]) -> bool:
        """Run one command to its end and report it; gives whether it did all of its work.

        Once stopping, it does nothing.
        """
        command = [sys.executable, "-m", "langnghe", "--home", str(self._home.root), *arguments]
        with self._lock:
            if self._stopping:
                return False
            process = subprocess.Popen(  # noqa: S603  our own interpreter and arguments
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
            )
            self._running.add(process)
        output, _ = process.communicate()
        with self._lock:
            self._running.discard(process)
            stopping = self._stopping
        if not stopping:
            self._report(JobResult(job, process.returncode, output.strip()))
        return process.returncode == 0

    def stop(self) -> None:
        """Ask each running command to end, and kill what has not ended in time."""
        with self._lock:
            self._stopping = True
            running = list(self._running)
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


class Jobs:
    """What the service does by itself.

    Starting a process costs seconds of a modest machine's time, so each job first asks the
    database whether there is anything to do.
    """

    def __init__(self, home: Home, clock: Clock, runner: CommandRunner) -> None:
        self._root = home.root
        self._clock = clock
        self._runner = runner
        # What a crash has left undone is done when the service starts.
        self._taken_in = False
        self._looked: datetime | None = None
        """When the last days were looked at for unusual rises; None: posts came since."""
        self._published: object = None
        """What the public page was made of when it was written last."""

    def crawl(self) -> None:
        """Read the sources that are due, then label what came."""
        # Read anew each time: the administrator edits the files while the service runs.
        home = Home(self._root)
        with open_collecting(home, self._clock) as stores:
            # A crawl that was killed is taken up at once.
            stores.close_dead_runs()
            now, settings = self._clock.now(), home.settings.crawl
            due = any(
                is_due(stores.crawl, source, settings, now)
                for source in home.sources
                if source.enabled
            )
        if due:
            self._runner.run("crawl", ("--json", "crawl", "--due"))
            self.label()

    def arrivals(self) -> None:
        """Take in what collectors have sent, then label it; the configuration here holds for all.

        Raises:
            NotReadyError: another service is the main one, or its key is another.
        """
        home = Home(self._root)
        frontier = frontier_of(home)
        if frontier is None:
            return
        try:
            lead(frontier, name_of(home), digests(home), move=False)
            some = waiting(frontier) > 0
        finally:
            frontier.close()
        if some:
            self._runner.run("arrivals", ("--json", "arrivals"))
            self.label()

    def label(self) -> None:
        """Label what the current model has not labelled or matched yet, then fill the queue."""
        home = Home(self._root)
        # Both may have changed since the last time: a new model is taken while the service runs.
        model = version_of(model_folder(home.model))
        with open_casework(home) as casebase:
            register = register_at(home.register, checked_claims(Cases(casebase))).digest
        with open_stores(home, self._clock) as stores:
            waiting = bool(
                stores.posts.unlabelled(model, 1) or stores.posts.unmatched(model, register, 1)
            )
        if waiting:
            self._runner.run("label", ("--json", "label"))
            self._taken_in = False
            self._looked = None
        if not self._taken_in:
            # Said beforehand, so that another job's labels that come meanwhile are not missed.
            self._taken_in = True
            if not self._runner.run("intake", ("--json", "intake")):
                self._taken_in = False

    def purge(self) -> None:
        """Delete the text of posts that are past their time; the queue lets go of them next."""
        self._runner.run("purge", ("--json", "purge"))
        self._taken_in = False

    def trends(self) -> None:
        """Find the opinion streams of the periods and, once a week, make forecasts."""
        self._runner.run("trends", ("--json", "trends"))

    def alerts(self) -> None:
        """Look for unusual rises where posts came, and send the messages that are due."""
        now = self._clock.now()
        due = self._looked is None or now - self._looked >= LOOK_AGAIN
        if not due:
            with open_casework(Home(self._root)) as casebase:
                due = Alerts(casebase).is_due(now)
        if due:
            # Said beforehand, so that posts that come meanwhile are looked at next.
            self._looked = now
            self._runner.run("alerts", ("--json", "alerts", "run"))

    def publish(self) -> None:
        """Write the public page anew, if anything that stands on it may have changed."""
        home = Home(self._root)
        if service_folder(home) is None:
            return
        with open_casework(home) as casebase:
            state = state_of(home, Cases(casebase))
        if state != self._published and self._runner.run("publish", ("--json", "publish")):
            # As it was beforehand: what was approved meanwhile is written the next time.
            self._published = state

    def schedule(self) -> BackgroundScheduler:
        """The service's clock, not yet started.

        The job store is in memory on purpose: what is due stands in the database (a source's
        next visit, posts without labels), so a restart forgets nothing, and no two processes
        can hold the same job store.
        """
        scheduler = BackgroundScheduler(
            timezone=LOCAL_ZONE,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": MISFIRE_SECONDS,
            },
        )
        label_minutes = Home(self._root).settings.label.every_minutes
        scheduler.add_job(
            self.crawl,
            "interval",
            minutes=DUE_CHECK_MINUTES,
            id="crawl",
            next_run_time=self._clock.now(),
        )
        scheduler.add_job(
            self.label,
            "interval",
            minutes=label_minutes,
            id="label",
            next_run_time=self._clock.now(),
        )
        scheduler.add_job(
            self.arrivals,
            "interval",
            minutes=DUE_CHECK_MINUTES,
            id="arrivals",
            next_run_time=self._clock.now(),
        )
        scheduler.add_job(self.alerts, "interval", minutes=ALERT_MINUTES, id="alerts")
        scheduler.add_job(
            self.publish,
            "interval",
            minutes=PUBLISH_MINUTES,
            id="publish",
            next_run_time=self._clock.now(),
        )
        # At night nobody waits for the database.
        # Streams come before the purge: what it deletes is grouped by then.
        scheduler.add_job(self.trends, "cron", hour=1, minute=30, id="trends")
        scheduler.add_job(self.purge, "cron", hour=2, minute=30, id="purge")
        return scheduler
