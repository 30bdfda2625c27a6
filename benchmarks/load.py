"""How fast one crawl reads many feeds, and how much memory it takes.

    python -m benchmarks.load [--sites 200] [--posts 100000] [--per-page 10] [--profile FILE]
    python -m benchmarks.load --collectors 2

Serves feeds on loopback (`benchmarks.feeds`), crawls all of them in one run with labelling off, and
samples the memory of the crawl each half second. Prints pages and posts a second, and memory at
each tenth of the run; then how fast a second run finds that nothing is new. With collectors the
same feeds are read by that many processes over a PostgreSQL server of their own, which does not
wait for its disk, and then taken into the store. Ends with 1 if there are fewer than 150 pages a
second, if memory (of all processes) is over 600 MB or still grows in the second half of the run, or
if a post is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import yaml

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.settings import shipped_configs
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores
from langnghe.store.posts.interface import Filters
from tests import postgres
from tests.crawler.serving import collector_home
from tests.service import command

PAGES_PER_SECOND = 150
MOST_MB = 600
GROWTH = 1.15
"""Memory at the end against the middle of the run: more is a leak, less is the caches' doing."""
EVERY_S = 0.5


@contextmanager
def feeds(sites: int, pages: int, items: int) -> Iterator[list[int]]:
    """Serve feeds; gives the port of each site."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feeds", str(sites), str(pages), str(items)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        yield json.loads(server.stdout.readline())
    finally:
        server.stdin.close()
        server.wait()


def make_home(
    root: Path, sources_feeds: Iterable[list[str]], changes: Mapping[str, Mapping[str, Any]]
) -> Home:
    """A home with a source for each list of feeds; and the shipped settings with these changes."""
    home = Home(root)
    init_home(home)
    settings = yaml.safe_load((shipped_configs() / "settings.yaml").read_text(encoding="utf-8"))
    for part, changed in changes.items():
        settings[part] |= changed
    sources = [
        {
            "name": f"nguon-{number}",
            "title": f"Nguồn {number}",
            "channel": "feed",
            "feeds": addresses,
            "follow": False,
            "allow_private_network": True,
        }
        for number, addresses in enumerate(sources_feeds)
    ]
    for name, data in (("settings.yaml", settings), ("sources.yaml", {"sources": sources})):
        text = yaml.safe_dump(data, allow_unicode=True)
        (home.configs / name).write_text(text, encoding="utf-8")
    return Home(root)


def resident_mb(process: int) -> float:
    """What a process takes of the machine's memory now; 0 once it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True)
class Run:
    """What one or several processes did at the same time."""

    seconds: float
    memory: list[float]
    """MB of all of them together, over time."""
    busy: float
    """Seconds of processor time."""
    totals: dict[str, int]
    """Pages and outcomes of items."""


def read(homes: Sequence[Home], verb: Sequence[str], profile: Path | None = None) -> Run:
    """Run a command that reads sources in each of these homes, all at once."""
    program = ["-m", "langnghe"]
    if profile is not None:
        program = ["-m", "cProfile", "-o", str(profile), *program]
    began, before = time.monotonic(), getrusage(RUSAGE_CHILDREN)
    with ExitStack() as stack:
        outputs, processes = [], []
        for home in homes:
            path = home.root / "report.json"
            output = stack.enter_context(path.open("w+", encoding="utf-8"))
            arguments = [*program, "--home", str(home.root), "--json", *verb]
            processes.append(subprocess.Popen([sys.executable, *arguments], stdout=output))
            outputs.append(output)
        memory = []
        while any(process.poll() is None for process in processes):
            memory.append(sum(resident_mb(process.pid) for process in processes))
            time.sleep(EVERY_S)
        seconds, after = time.monotonic() - began, getrusage(RUSAGE_CHILDREN)
        for output in outputs:
            output.seek(0)
        reports = [one for output in outputs for one in json.load(output)["sources"]]
    totals = {name: sum(one[name] for one in reports) for name in ("pages", "not_modified")}
    for one in reports:
        for outcome, items in one["outcomes"].items():
            totals[outcome] = totals.get(outcome, 0) + items
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, [one for one in memory if one], busy, totals)


def collect(home: Home, collectors: int) -> Run:
    """Read with so many collectors, then take what they sent into the store of `home`."""
    folder = home.root.parent
    homes = [collector_home(home, folder / f"collector-{n}") for n in range(collectors)]
    # The main service says first whose files hold.
    arrivals = command(home.root, "arrivals")
    subprocess.run(arrivals, check=True, stdout=subprocess.DEVNULL)
    run = read(homes, ("collect", "--once"))
    began = time.monotonic()
    subprocess.run(arrivals, check=True, stdout=subprocess.DEVNULL)
    print(
        f"{collectors} collectors; taken into the store in {time.monotonic() - began:.0f} s after"
    )
    return run


@contextmanager
def shared(collectors: int) -> Iterator[dict[str, Any]]:
    """The settings by which collectors share a PostgreSQL server, for as long as it runs."""
    if not collectors:
        yield {}
        return
    programs = postgres.programs()
    if programs is None:
        sys.exit("--collectors needs Debian's package postgresql")
    with postgres.server(programs) as folder:
        yield {"frontier": postgres.empty(folder, "frontier")}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--per-page", type=int, default=10)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--collectors", type=int, default=0)
    options = parser.parse_args()
    pages = options.posts // options.sites // options.per_page
    wanted = options.sites * pages * options.per_page
    root = Path(tempfile.mkdtemp(prefix="langnghe-load-"))
    try:
        with (
            shared(options.collectors) as frontier,
            feeds(options.sites, pages, options.per_page) as ports,
        ):
            home = make_home(
                root / "home",
                (
                    [f"http://127.0.0.1:{port}/{page + 1}.xml" for page in range(pages)]
                    for port in ports
                ),
                # Without a pause.
                {"crawl": {"delay_seconds": 0, "max_pages_per_visit": pages + 10} | frontier},
            )
            if options.collectors:
                run = collect(home, options.collectors)
            else:
                run = read([home], ["crawl"], options.profile)
                again = read([home], ["crawl"])
                same = again.totals["not_modified"]
                print(f"nothing new: {same} pages, {same / again.seconds:.0f} pages/s")
            with open_stores(home, SystemClock()) as stores:
                kept = sum(stores.posts.counts(Filters(), interval=None).values())
    finally:
        shutil.rmtree(root)
    totals, memory = run.totals, run.memory
    items = sum(items for name, items in totals.items() if name not in ("pages", "not_modified"))
    tenths = [memory[min(len(memory) * n // 10, len(memory) - 1)] for n in range(11)]
    rate = totals["pages"] / run.seconds
    print(f"{options.sites} feeds, {totals['pages']} pages, {items} items in {run.seconds:.0f} s")
    print(f"  {rate:.0f} pages/s (floor {PAGES_PER_SECOND}), {items / run.seconds:.0f} posts/s")
    print(f"  processor time: {run.busy / totals['pages'] * 1000:.1f} ms a page")
    print(f"  outcomes: {totals}; in the store: {kept}")
    print(f"  memory at each tenth of the run, MB: {' '.join(f'{one:.0f}' for one in tenths)}")
    print(f"  at most {max(memory):.0f} MB (ceiling {MOST_MB})")
    sound = (
        rate >= PAGES_PER_SECOND
        and max(memory) <= MOST_MB
        and tenths[10] <= GROWTH * tenths[5]
        and items == wanted
        and kept == totals.get("stored", 0)
    )
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
