"""Pages as real systems print them, with invented words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langnghe.crawler.readers.page import Page

PAGES = Path(__file__).parent / "pages"
FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

Load = Callable[..., Page]


@pytest.fixture(scope="session")
def load() -> Load:
    """Make a `Page` out of a file in `pages/`, or out of given markup."""

    def page(
        content: str | bytes,
        url: str = "https://bao.example/trang",
        status: int = 200,
        **headers: str,
    ) -> Page:
        if isinstance(content, str):
            named = len(content) < 60 and (PAGES / content).is_file()
            body = (PAGES / content).read_bytes() if named else content.encode()
        else:
            body = content
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(url, body, FETCHED_AT, status, names)

    return page
