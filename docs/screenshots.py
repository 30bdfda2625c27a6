"""Makes the pictures in docs/images from the sample month: `make screenshots`."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from langnghe.casework.claimstate import CorrectionState
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import CLAIM, ITEM, PETITION
from langnghe.casework.login import log_in
from langnghe.casework.petitionrecords import State
from langnghe.casework.review import ItemState
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Reason
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.sampleaccounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from langnghe.dashboard.web.cookies import SESSION
from langnghe.publishing.publish import publish
from langnghe.store.cases import Where
from langnghe.store.opening import open_casework
from tests.e2e.conftest import CHROMIUM_OPTIONS, PHONE
from tests.service import dashboard_of, langnghe

IMAGES = Path(__file__).resolve().parent / "images"
DESKTOP = ViewportSize(width=1280, height=900)
PATIENCE: Final = 60_000
"""Milliseconds to wait for a page."""


@dataclass(frozen=True)
class Picture:
    """One page as one role sees it, with the sample month."""

    role: Role | None
    """None: before anybody has logged in."""
    path: str
    """With `{claim}` and the like for a case of the sample month, see `cases`."""
    sizes: tuple[str, ...] = ("", "-phone")
    then: Callable[[Page], None] = lambda _page: None
    """What to do before the picture is taken."""


def _unfold_distribution(page: Page) -> None:
    page.get_by_text("Xem phân bố").click()
    page.locator(".ln-bars").last.wait_for()
    page.get_by_test_id("stVegaLiteChart").first.wait_for()


PICTURES: Final = {
    "review": Picture(Role.COLLABORATOR, "hang-cho?lydo=repeats_checked_claim&ma={item}"),
    "claims": Picture(Role.EDITOR, "thong-tin"),
    "claim": Picture(Role.APPROVER, "thong-tin?ma={claim}"),
    "petitions": Picture(Role.EDITOR, "phan-anh"),
    "petition": Picture(Role.EDITOR, "phan-anh?ma={petition}"),
    "notices": Picture(Role.EDITOR, "sai-sot"),
    "reports": Picture(Role.EDITOR, "phieu"),
    "report-form": Picture(Role.COLLABORATOR, "phieu/moi"),
    "search": Picture(Role.EDITOR, "tim-kiem?q=sạt+lở"),
    "distribution": Picture(Role.EDITOR, "tim-kiem", ("",), _unfold_distribution),
    "sources": Picture(Role.ADMINISTRATOR, "nguon-tin"),
    "trends": Picture(Role.LEADER, "xu-huong"),
    "briefings": Picture(Role.EDITOR, "giao-ban"),
    "quality": Picture(Role.LEADER, "chat-luong"),
    "administration": Picture(Role.ADMINISTRATOR, "quan-tri?muc=Nhật ký hoạt động"),
    "login": Picture(None, "dang-nhap", ("-phone",)),
}


def cases(desk: Desk) -> dict[str, str]:
    """Ids of cases of the sample month that have much to show."""
    waiting = Where(states=(ItemState.OPEN,), reason=Reason.REPEATS_CHECKED_CLAIM)
    item = desk.find(ITEM, Actor("xem", frozenset({Role.EDITOR})), waiting, limit=1)[0]
    claim = next(
        claim
        for claim in desk.every(CLAIM)
        if any(one.state is CorrectionState.SUPERSEDED for one in claim.corrections)
    )
    petition = next(
        petition
        for petition in desk.every(PETITION)
        if petition.state is State.AWAITING_APPROVAL and petition.merged
    )
    return {"item": item.state.id, "claim": claim.id, "petition": petition.id}


def take(page: Page, address: str, picture: Picture, ids: dict[str, str], path: Path) -> None:
    """Open the page, wait until it stands still, and keep what it looks like."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/{picture.path.format(**ids)}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    app = page.get_by_test_id("stApp")
    if app.count():
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
    picture.then(page)
    # Streamlit fades new content in; a picture taken at once would be grey.
    page.wait_for_timeout(2_000)
    page.screenshot(path=path)


def take_all(home: Home, folder: Path) -> None:
    """Serve a sample home, and take each picture into `folder`."""
    clock = SystemClock()
    with open_casework(home) as casebase:
        ids = cases(open_desk(home, casebase, clock))
        tokens = {
            one.role: log_in(casebase, one.id, SAMPLE_PASSWORD, "", clock.now())[1]
            for one in SAMPLE_ACCOUNTS
        }
    with sync_playwright() as playwright, dashboard_of(home) as address:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=CHROMIUM_OPTIONS
        )
        for name, picture in PICTURES.items():
            for suffix in picture.sizes:
                size = PHONE if suffix else DESKTOP
                context = chromium.new_context(viewport=size, locale="vi-VN")
                if picture.role:
                    cookie = {"name": SESSION, "value": tokens[picture.role], "url": address}
                    context.add_cookies([cookie])  # type: ignore[list-item]  # a plain dict
                page = context.new_page()
                take(page, address, picture, ids, folder / f"{name}{suffix}.png")
                context.close()
        take_public_page(home, chromium, ids["claim"], folder)
        chromium.close()


def take_public_page(home: Home, chromium: Browser, claim: str, folder: Path) -> None:
    """The public page of a sample home, a correction on it, and that one's share card."""
    site = home.root / "public"
    with open_casework(home) as casebase:
        publish(home, casebase, site)
    pages = {"public-page": "index.html", "public-correction": f"dinh-chinh/{claim}.html"}
    for name, path in pages.items():
        for suffix, size in (("", DESKTOP), ("-phone", PHONE)):
            page = chromium.new_page(viewport=size, locale="vi-VN")
            page.goto((site / path).as_uri())
            page.screenshot(path=folder / f"{name}{suffix}.png")
            card = page.locator("meta[property='og:image']").get_attribute("content")
            page.close()
    assert card
    shutil.copyfile(site / "the-chia-se" / Path(card).name, folder / "share-card.png")


def main() -> int:
    """Fill a home with the sample month, serve it, and take each picture."""
    IMAGES.mkdir(exist_ok=True)
    # The pages name files from where the service was started: as after `make run`.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        done = langnghe(Path(folder) / "var", "demo", "--no-serve", timeout=900)
        if done.returncode:
            sys.stderr.write(done.stderr)
            return done.returncode
        take_all(Home(Path(folder) / "var" / "demo"), IMAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
