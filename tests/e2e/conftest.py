"""A whole service to look at: the sample month, crawled for real, and its pages in Chromium."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from filelock import FileLock
from playwright.sync_api import (
    Browser,
    FilePayload,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from playwright.sync_api import TimeoutError as Late

from langnghe.casework.roles import Role
from langnghe.core.home import Home
from langnghe.dashboard.web.cookies import SESSION
from tests.service import dashboard_of, langnghe, session_of

CHROMIUM = shutil.which("chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000
"""Milliseconds. On two busy cores a page takes seconds; only one that never comes is a fault."""
TRIES = 5
WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


def enter(page: Page, home: Home, *roles: Role) -> None:
    """Log in on the pages of `home` with a new account; its browser has to have shown nothing."""
    page.context.add_cookies(
        [
            {
                "name": SESSION,
                "value": session_of(home, *roles),
                "domain": "127.0.0.1",
                "path": "/",
                "httpOnly": True,
                "sameSite": "Strict",
            }
        ]
    )


def drawn(page: Page) -> None:
    """Wait until the script of the page has run."""
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.get_by_test_id("stException")).to_have_count(0)


STILL = """() => !document.getAnimations().some(
    (one) => one.playState === "running" && one.effect.getComputedTiming().endTime < Infinity
)"""
"""Nothing on the page is on its way, such as a section that opens."""


def settle(page: Page) -> None:
    """Wait until the page is drawn and nothing moves.

    While it is redrawn a button can stand there twice, and what is old is faded; an open section
    slides on when what stands in it grows.
    """
    expect(page.locator("[data-testid=stApp][data-test-script-state=running]")).to_have_count(0)
    page.wait_for_function(STILL)


def _ready(what: Locator) -> Locator:
    """It, once the page is settled and it stands there once."""
    settle(what.page)
    expect(what).to_have_count(1)
    what.page.wait_for_function(STILL)
    return what


def click(what: Locator) -> None:
    """Click on a settled page: what moves off between the two halves of a click is not clicked."""
    _ready(what).click()


def press(page: Page, name: str) -> None:
    """Click the button with this name."""
    click(page.get_by_role("button", name=name, exact=True))


def unfold(section: Locator) -> None:
    """Open a section, and wait until it is open: at the end of its way it jumps."""
    click(section)
    section.page.wait_for_function(STILL)


def fill(field: Locator, text: str) -> None:
    """Write into a field of a settled page: what is typed while it is redrawn can be lost."""
    _ready(field).fill(text)


def upload(page: Page, name: str, kind: str, content: bytes) -> None:
    """Choose a file for the page's one field of files."""
    file = FilePayload(name=name, mimeType=kind, buffer=content)
    _ready(page.locator("input[type=file]")).set_input_files(file)


FITS = """() => [...document.querySelectorAll("html, [data-testid=stMain]")].every(
    (one) => one.scrollWidth <= Math.min(one.clientWidth, window.innerWidth)
)"""
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth)
    .map((one) => one.outerHTML.slice(0, 200))"""


def fits(page: Page) -> None:
    """Fail if the page can be pushed sideways once it is settled."""
    settle(page)
    try:
        page.wait_for_function(FITS)
    except Late:
        pytest.fail("wider than the screen:\n" + "\n".join(page.evaluate(STICKS_OUT)))


def choose(page: Page, label: str | re.Pattern[str], option: str) -> None:
    """Choose one of a list."""
    for _ in range(TRIES):
        drawn(page)
        page.get_by_role("combobox", name=label).click()
        try:
            page.get_by_role("option", name=option).click(timeout=5_000)
        except Late:
            continue  # the page was drawn anew just then, which closes the list
        return
    pytest.fail(f"{option} could not be chosen")


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample month as `langnghe demo` makes it, each worker's own copy."""
    base = tmp_path_factory.getbasetemp()
    # Worker processes have folders side by side; made once, by whoever comes first.
    root = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample-month"
    with FileLock(f"{root}.lock"):
        if not root.is_dir():
            making = root.with_suffix(".making")
            done = langnghe(making, "demo", "--no-serve", timeout=600)
            assert done.returncode == 0, done.stderr
            making.rename(root)
    return Home(shutil.copytree(root / "demo", tmp_path_factory.mktemp("sample") / "demo"))


@pytest.fixture(scope="session")
def dashboard(sample_home: Home) -> Iterator[str]:
    with dashboard_of(sample_home) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "the browser tests need Debian's package chromium (see README.md)"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE, locale="vi-VN")
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield context.new_page()
    context.close()
