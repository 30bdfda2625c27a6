"""Makes the pictures in docs/images from the sample month: `make screenshots`."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from langnghe.core.home import Home
from tests.e2e.conftest import CHROMIUM_OPTIONS, PHONE, dashboard_of
from tests.service import langnghe

IMAGES = Path(__file__).resolve().parent / "images"
DESKTOP = ViewportSize(width=1100, height=900)


def _search(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=s%E1%BA%A1t+l%E1%BB%9F")
    page.locator("article.ln-post mark").first.wait_for()


def _distribution(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("Xem phân bố").click()
    page.locator(".ln-bars").last.wait_for()
    page.get_by_test_id("stVegaLiteChart").first.wait_for()


def _sources(page: Page, address: str) -> None:
    page.goto(f"{address}/nguon-tin")
    page.locator(".ln-source").first.wait_for()


PICTURES = {
    "search": (_search, DESKTOP),
    "search-phone": (_search, PHONE),
    "distribution": (_distribution, DESKTOP),
    "sources": (_sources, DESKTOP),
    "sources-phone": (_sources, PHONE),
}


def main() -> int:
    """Fill a home with the sample month, serve it, and take each picture."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        # The pages name files from where the service was started: as after `make run`.
        contextlib.chdir(folder),
        sync_playwright() as playwright,
    ):
        home = Path(folder) / "var"
        done = langnghe(home, "demo", "--no-serve")
        if done.returncode:
            sys.stderr.write(done.stderr)
            return done.returncode
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS
        )
        with dashboard_of(Home(home / "demo")) as address:
            for name, (show, size) in PICTURES.items():
                page = chromium.new_page(viewport=size, locale="vi-VN")
                show(page, address)
                # Streamlit fades new content in; a picture taken at once would be grey.
                page.wait_for_timeout(1_000)
                page.screenshot(path=IMAGES / f"{name}.png")
                page.close()
        chromium.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
