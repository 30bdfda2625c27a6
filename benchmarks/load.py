"""How fast one crawl reads many feeds, and how much memory it takes.

    python -m benchmarks.load [--sites 200] [--posts 100000] [--per-page 10] [--profile FILE]

Serves feeds on loopback (`benchmarks.feeds`), crawls all of them in one run with labelling off, and
samples the memory of the crawl each half second. Prints pages and posts a second, and memory at
each tenth of the run; then how fast a second run finds that nothing is new. Ends with 1 if there
are fewer than 150 pages a second, if memory is over 600 MB or still grows in the second half of the
run, or if a post is missing.
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
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
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


def crawl(home: Home, profile: Path | None) -> tuple[float, list[float], dict[str, int]]:
    """Crawl once: seconds, memory in MB over time, and what the report adds up to."""
    program = ["-m", "langnghe"]
    if profile is not None:
        program = ["-m", "cProfile", "-o", str(profile), *program]
    began = time.monotonic()
    with (home.root / "report.json").open("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, *program, "--home", str(home.root), "--json", "crawl"], stdout=output
        )
        memory = []
        while process.poll() is None:
            memory.append(resident_mb(process.pid))
            time.sleep(EVERY_S)
        seconds = time.monotonic() - began
        output.seek(0)
        reports = json.load(output)["sources"]
    totals = {name: sum(one[name] for one in reports) for name in ("pages", "not_modified")}
    for one in reports:
        for outcome, items in one["outcomes"].items():
            totals[outcome] = totals.get(outcome, 0) + items
    return seconds, [one for one in memory if one], totals


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sites", type=int, default=200)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--per-page", type=int, default=10)
    parser.add_argument("--profile", type=Path)
    options = parser.parse_args()
    pages = options.posts // options.sites // options.per_page
    wanted = options.sites * pages * options.per_page
    root = Path(tempfile.mkdtemp(prefix="langnghe-load-"))
    try:
        with feeds(options.sites, pages, options.per_page) as ports:
            home = make_home(
                root / "home",
                (
                    [f"http://127.0.0.1:{port}/{page + 1}.xml" for page in range(pages)]
                    for port in ports
                ),
                # Without a pause.
                {"crawl": {"delay_seconds": 0, "max_pages_per_visit": pages + 10}},
            )
            seconds, memory, totals = crawl(home, options.profile)
            used = getrusage(RUSAGE_CHILDREN)
            again_s, _, again = crawl(home, None)
        with open_stores(home, SystemClock()) as stores:
            kept = sum(stores.posts.counts(Filters(), interval=None).values())
    finally:
        shutil.rmtree(root)
    items = sum(items for name, items in totals.items() if name not in ("pages", "not_modified"))
    tenths = [memory[min(len(memory) * n // 10, len(memory) - 1)] for n in range(11)]
    rate = totals["pages"] / seconds
    print(f"{options.sites} feeds, {totals['pages']} pages, {items} items in {seconds:.0f} s")
    print(f"  {rate:.0f} pages/s (floor {PAGES_PER_SECOND}), {items / seconds:.0f} posts/s")
    busy = used.ru_utime + used.ru_stime
    print(f"  {busy:.0f} s of processor time, {busy / totals['pages'] * 1000:.1f} ms a page")
    same = again["not_modified"]
    print(f"  again: {same} pages unchanged in {again_s:.0f} s, {same / again_s:.0f} pages/s")
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
