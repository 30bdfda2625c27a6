"""The public page in a browser: accessible, on a phone, and without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from langnghe.publishing.writing import write_site
from langnghe.store.database import Database
from tests.casework.world import TEXT, make_desk
from tests.e2e.conftest import PATIENCE, PHONE, WIDE
from tests.publishing.hostile import hostile
from tests.publishing.world import filled, site_of

KINDS = (
    "index.html",
    "dinh-chinh/index.html",
    "dinh-chinh/2026-11.html",
    "dinh-chinh/TT.20261121.0001.html",
    "dinh-chinh/TT.20261121.0001.ban-1.html",
    "dinh-chinh/TT.20261121.0002.html",
    "dinh-chinh/TT.20261121.0002.hmn.html",
    "dinh-chinh/TT.20261121.0004.html",
    "dinh-chinh/TT.20261121.0004.hmn.html",
    "dinh-chinh/TT.20261121.0005.html",
    "tra-loi/PA.20261121.0001.html",
    "tra-loi/PA.20261121.0003.html",
    "bao-sai-sot.html",
    "quyen-rieng-tu.html",
    "gioi-thieu.html",
)
"""One of each: the third claim's notice, the fourth withdrawn, from the fifth on hostile."""


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site that is served as files."""
    folder: Path = tmp_path_factory.mktemp("public")
    database = Database(folder / "langnghe.db")
    desk = make_desk(database)
    filled(desk)
    hostile(desk)
    write_site(site_of(desk), folder / "site")
    database.close()
    handler = partial(Handler, directory=str(folder / "site"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.proof
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_each_kind_of_page_is_accessible(browser: Browser, public: str, size: object) -> None:
    # axe itself is a script, which the pages' own policy forbids.
    context = browser.new_context(viewport=size, bypass_csp=True)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    found = []
    for path in KINDS:
        page.goto(public + path)
        violations = Axe().run(page).response["violations"]
        found += [
            f"{path}: {one['id']}: {node['target']}" for one in violations for node in one["nodes"]
        ]
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{path} is {width} pixels wide"  # type: ignore[index]
    context.close()
    assert not found


def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(page: Page, public: str) -> None:
    said: list[str] = []
    asked: list[str] = []

    def note(message: ConsoleMessage) -> None:
        said.append(message.text)

    def asks(request: Request) -> None:
        asked.append(request.url)

    page.on("console", note)
    page.on("request", asks)
    page.on("dialog", lambda dialog: pytest.fail(f"a text was run: {dialog.message}"))
    for path in KINDS:
        page.goto(public + path)
        page.wait_for_load_state("networkidle")
    assert not said, "the policy of the pages lets their own parts pass"
    assert {url for url in asked if not url.startswith(public)} == set()
    assert not [url for url in asked if "am-thanh" in url], "nobody pays for what is not played"


@pytest.mark.proof
def test_all_of_it_is_read_without_javascript_on_a_phone(browser: Browser, public: str) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(public)
    page.get_by_role("link", name=TEXT.title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TEXT.title)
    expect(page.get_by_text(TEXT.truth)).to_be_visible()
    page.get_by_role("link", name="Cách báo sai sót").first.click()
    expect(page.get_by_text("0213")).to_be_visible()
    page.get_by_role("link", name="Quyền riêng tư").click()
    expect(page.get_by_role("heading", name="Không bao giờ lưu gì")).to_be_visible()
    page.go_back()
    page.go_back()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung chính")).to_be_focused()
    context.close()
