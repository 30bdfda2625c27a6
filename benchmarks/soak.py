"""A long run of the service with random kills: nothing lost, nothing doubled, nothing growing.

    python -m benchmarks.soak --hours 2 [--sites 12]

Runs `langnghe run` on feeds that get new posts all the time, and kills (-9) the crawl, the labeller
or the pages at random moments. Samples the service's memory and open files each ten seconds. At
the end every post that the feeds ever had must be in the store once, counted once, and neither
memory nor open files may have grown. Prints a table; ends with 1 if not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from email.utils import formatdate
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.feeds import answering, feed
from benchmarks.load import make_home, resident_mb
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.store.opening import open_stores
from langnghe.store.posts.interface import Filters
from tests.service import command, free_port, langnghe, running, wait_for_page

SAMPLE_S = 10
NEW_POST_S = 4.0
"""Between two posts of one feed, on average."""
KILL_S = (5.0, 40.0)
"""Between two kills."""
KINDS = ("crawl", "label", "pages")
"""What is killed."""
INTO_WORK_S = 4.0
"""How long at most a crawl or labeller has been seen at work when it is killed."""
IN_A_FEED = 400
"""As many posts as a feed shows: no post leaves it between two visits."""
GROWTH = 1.2
"""Memory and open files in the last third of the run against the second, median for median."""


class Feeds:
    """Feeds that grow, on ports of their own, served by a thread."""

    def __init__(self, sites: int, seed: int) -> None:
        self.posts: list[list[tuple[int, float]]] = [[] for _ in range(sites)]
        self.ports: list[int] = []
        self._chance = random.Random(seed)
        self._ready = threading.Event()
        self._growing = True
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), daemon=True
        )
        self._thread.start()
        self._ready.wait()

    def stop_growing(self) -> None:
        """From now on nothing new comes."""
        self._growing = False

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def total(self) -> int:
        """Posts there ever were."""
        return sum(map(len, self.posts))

    async def _serve(self) -> None:
        servers = [
            await asyncio.start_server(answering(partial(self._feed, site)), "127.0.0.1", 0)
            for site in range(len(self.posts))
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        self._ready.set()
        while not self._over.is_set():
            for site in self.posts:
                if self._growing and self._chance.random() < 1 / NEW_POST_S:
                    site.append((len(site), time.time()))
            await asyncio.sleep(1)
        for server in servers:
            server.close()

    def _feed(self, site: int, path: str) -> bytes | None:
        if path != "/feed.xml":
            return None
        return feed(
            f"<item><link>http://127.0.0.1:{self.ports[site]}/{number}.html</link>"
            f"<title>Tin miến dong {site}.{number}</title>"
            f"<description>Miến dong nhà {_word(site)} {_word(number)} bán được giá, "
            f"bà con mừng.</description><pubDate>{formatdate(at)}</pubDate></item>"
            for number, at in self.posts[site][-IN_A_FEED:]
        )


def _word(number: int) -> str:
    """A number in words, so that no two texts are near-duplicates by their digits alone."""
    names = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
    return " ".join(names[int(digit)] for digit in str(number))


def open_files(process: int) -> int:
    """How many files and sockets a process has open; 0 once it has ended."""
    try:
        return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return 0


def kill(home: Home, kind: str, service: int, chance: random.Random) -> bool:
    """Kill the service's processes of a kind in the middle of their work, if there are any now."""
    pages = ["langnghe.dashboard.serve", f":{home.settings.dashboard.port}"]
    words = pages if kind == "pages" else [str(home.root), kind]
    found = [one for one in running(words) if one not in (service, os.getpid())]
    if found:
        time.sleep(chance.uniform(0, INTO_WORK_S))
    for process in found:
        # It may have ended by itself meanwhile.
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return bool(found)


def main() -> int:
    """Run, kill, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--sites", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    root = Path(tempfile.mkdtemp(prefix="langnghe-soak-"))
    feeds = Feeds(options.sites, options.seed)
    home = make_home(
        root / "home",
        ([f"http://127.0.0.1:{port}/feed.xml"] for port in feeds.ports),
        # All is done each minute.
        {
            "crawl": {"delay_seconds": 0, "every_minutes": 1, "longest_minutes": 1},
            "label": {"every_minutes": 1},
            "dashboard": {"port": free_port()},
        },
    )
    killed: Counter[str] = Counter()
    memory: list[float] = []
    files: list[int] = []
    with (root / "said").open("wb") as said:
        service = subprocess.Popen(command(home.root, "run"), stdout=said, stderr=said)
        try:
            wait_for_page(f"http://127.0.0.1:{home.settings.dashboard.port}", service)
            end = time.monotonic() + options.hours * 3600
            victim = chance.choice(KINDS)
            next_kill, next_sample = time.monotonic() + chance.uniform(*KILL_S), 0.0
            while time.monotonic() < end:
                assert service.poll() is None, "the service ended by itself"
                now = time.monotonic()
                if now >= next_kill and kill(home, victim, service.pid, chance):
                    killed[victim] += 1
                    victim = chance.choice(KINDS)
                    next_kill = now + chance.uniform(*KILL_S)
                if now >= next_sample:
                    memory.append(resident_mb(service.pid))
                    files.append(open_files(service.pid))
                    next_sample = now + SAMPLE_S
                time.sleep(0.2)
        finally:
            service.terminate()
            service.wait(120)
    feeds.stop_growing()
    # What the last kill cut off is taken up by the next crawl and labelling, as ever.
    langnghe(home.root, "crawl", timeout=900)
    langnghe(home.root, "label", timeout=1800)
    sound = report(home, feeds.total(), killed, memory, files)
    feeds.close()
    if not sound:
        print(f"  what the service said: {root / 'said'}")
        return 1
    shutil.rmtree(root)
    return 0


def report(
    home: Home, truth: int, killed: Counter[str], memory: list[float], files: list[int]
) -> bool:
    """Compare with what the feeds had, and print; whether all is as it should be."""
    with open_stores(home, SystemClock()) as stores:
        counted = sum(stores.posts.counts(Filters(), interval=None).values())
        problems = stores.posts.check()
        with stores.database.read() as connection:
            kept = connection.execute("SELECT count(*) AS n FROM post").one().n
            outcomes = {
                row.outcome: row.items
                for row in connection.execute(
                    "SELECT outcome, sum(items) AS items FROM outcome GROUP BY outcome"
                )
            }
            runs = {
                row.status: row.n
                for row in connection.execute(
                    "SELECT status, count(*) AS n FROM run GROUP BY status"
                )
            }
    third = len(memory) // 3
    print(f"kills: {dict(killed)}; runs: {runs}")
    print(f"posts: {truth} at the sources, {kept} stored, {counted} counted; outcomes {outcomes}")
    print(f"memory of the service, MB: {json.dumps([round(one) for one in _tenths(memory)])}")
    print(f"its open files: {json.dumps([round(one) for one in _tenths(files)])}")
    if problems:
        print(f"  problems: {problems}")
    return (
        truth == kept == counted == outcomes.get("stored")
        and not problems
        and all(
            median(values[2 * third :]) <= GROWTH * median(values[third : 2 * third + 1])
            for values in (memory, files)
        )
    )


def _tenths(values: list[float] | list[int]) -> list[float]:
    return [values[min(len(values) * n // 10, len(values) - 1)] for n in range(11)]


if __name__ == "__main__":
    sys.exit(main())
