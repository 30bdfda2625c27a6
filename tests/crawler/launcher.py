"""Starts crawls quickly: a process with everything imported, which forks for each of them.

A crawl needs a process of its own (Scrapy's reactor starts once), and loading its packages takes
longer than most crawls of the tests. Reads one JSON list of arguments per line, answers with
the crawl's process id, and with its exit status when it has ended (negative: a signal's number).
"""

from __future__ import annotations

import gc
import json
import os
import sys

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

import langnghe.crawler.middlewares
import langnghe.crawler.pipelines
import langnghe.crawler.process
import langnghe.scheduler.demo
import langnghe.store.migrations.upgrade  # noqa: F401  what the command imports on its way
from langnghe.cli import main


def _crawl(arguments: list[str], output: str) -> None:
    """Become a crawl. Never returns."""
    code = 70
    try:
        target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(target, 1)
        os.dup2(target, 2)
        sys.argv = ["langnghe", *arguments]
        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


for component in (
    *default_settings.EXTENSIONS_BASE,
    *default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    *default_settings.SPIDER_MIDDLEWARES_BASE,
):
    load_object(component)
gc.freeze()
for line in sys.stdin:
    arguments, output = json.loads(line)
    pid = os.fork()
    if pid == 0:
        _crawl(arguments, output)
    print(pid, flush=True)  # noqa: T201
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201
