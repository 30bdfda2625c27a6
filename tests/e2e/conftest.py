"""A whole service to look at: the sample month, crawled for real, and its pages in Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from langnghe.core.home import Home
from langnghe.dashboard.server import dashboard_command, dashboard_environment
from tests.service import free_port, langnghe, wait_for_page

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
WIDE = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@contextmanager
def dashboard_of(home: Home) -> Iterator[str]:
    """Serve the pages of `home`; gives their address."""
    port = free_port()
    environment = dashboard_environment(home) | {"LANGNGHE_DASHBOARD__PORT": str(port)}
    os.environ["LANGNGHE_DASHBOARD__PORT"] = str(port)
    try:
        command = dashboard_command(Home(home.root))
    finally:
        del os.environ["LANGNGHE_DASHBOARD__PORT"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for_page(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample month as `langnghe demo` makes it."""
    root = tmp_path_factory.mktemp("sample")
    done = langnghe(root, "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    return Home(root / "demo")


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
