from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from langnghe.core.logs import LOG_BYTES, LOG_FILES, open_log
from langnghe.crawler.logs import QuietLogFormatter

SECRET = "Nguyễn Thị Bí Mật"


@pytest.fixture
def logger(tmp_path: Path) -> Iterator[logging.Logger]:
    logger = logging.getLogger("some.library")
    own = logging.getLogger("langnghe.crawler.somewhere")
    handler = open_log(tmp_path / "crawl.log")
    for one in (logger, own):
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    yield logger
    for one in (logger, own):
        one.removeHandler(handler)
    handler.close()


def _written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())


def test_of_other_packages_only_the_place_is_written(
    logger: logging.Logger, tmp_path: Path
) -> None:
    logger.warning("Scraped from %s: %s", "http://x/u/" + SECRET, {"text": SECRET})
    logger.error(f"item {SECRET}")  # noqa: G004  as Scrapy does
    logger.info("hello %s", SECRET)
    written = _written(tmp_path)
    assert SECRET not in written
    assert "hello" not in written
    assert written.count("test_logs.py:") == 2


def test_of_an_exception_only_its_class_and_place_are_written(
    logger: logging.Logger, tmp_path: Path
) -> None:
    try:
        int(SECRET)
    except ValueError:
        logger.exception("failed on %s", SECRET)
        logging.getLogger("langnghe.crawler.somewhere").exception("a page could not be read")
    written = _written(tmp_path)
    assert SECRET not in written
    assert written.count("ValueError at test_logs.py:") == 2
    assert "a page could not be read" in written


def test_old_logs_are_let_go(logger: logging.Logger, tmp_path: Path) -> None:
    own = logging.getLogger("langnghe.crawler.somewhere")
    for _ in range(LOG_FILES + 3):
        own.info("%s", "x" * (LOG_BYTES - 200))
    files = list(tmp_path.iterdir())
    assert len(files) == LOG_FILES
    assert sum(path.stat().st_size for path in files) <= LOG_FILES * LOG_BYTES


def test_scrapys_own_lines_hold_neither_pages_nor_items() -> None:
    formatter = QuietLogFormatter()
    request = Request("http://x/u/secret")
    response = Response("http://x/u/secret", body=SECRET.encode())
    error = ValueError(SECRET)
    failure = Failure(error)  # type: ignore[no-untyped-call]
    spider: object = None
    lines = [
        formatter.crawled(request, response, spider),  # type: ignore[arg-type]
        formatter.scraped(SECRET, response, spider),  # type: ignore[arg-type]
        formatter.dropped(SECRET, error, response, spider),  # type: ignore[arg-type]
        formatter.item_error(SECRET, error, response, spider),  # type: ignore[arg-type]
        formatter.spider_error(failure, request, response, spider),  # type: ignore[arg-type]
        formatter.download_error(failure, request, spider, SECRET),  # type: ignore[arg-type]
    ]
    for line in lines:
        text = line["msg"] % line["args"]
        assert SECRET not in text
        assert "secret" not in text
