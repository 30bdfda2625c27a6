"""The pages, and what one needs to be allowed to see them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langnghe.casework.roles import Actor, Permission, require

PAGES_FOLDER: Final = Path(__file__).with_name("pages")


@dataclass(frozen=True, slots=True)
class Entry:
    """One page."""

    file: str
    """Within `PAGES_FOLDER`."""
    title: str
    icon: str
    """A name of Material Symbols."""
    url: str
    permissions: tuple[Permission, ...]
    """One of them is enough."""


PAGES: Final = (
    Entry(
        "review.py",
        "Hàng chờ xét duyệt",
        "inbox",
        "hang-cho",
        (Permission.REVIEW, Permission.ASSIGN),
    ),
    Entry(
        "claims.py",
        "Thông tin cần kiểm chứng",
        "fact_check",
        "thong-tin",
        (Permission.READ_POSTS,),
    ),
    Entry("petitions.py", "Phản ánh, kiến nghị", "forum", "phan-anh", (Permission.READ_POSTS,)),
    Entry("reports.py", "Phiếu phản ánh", "edit_note", "phieu", (Permission.REPORT,)),
    Entry("notices.py", "Báo sai sót", "flag", "sai-sot", (Permission.DRAFT, Permission.APPROVE)),
    Entry(
        "briefings.py",
        "Giao ban tháng",
        "groups",
        "giao-ban",
        (Permission.DRAFT, Permission.APPROVE),
    ),
    Entry("trends.py", "Xu hướng", "monitoring", "xu-huong", (Permission.SEE_FIGURES,)),
    Entry("search.py", "Tìm kiếm", "search", "tim-kiem", (Permission.READ_POSTS,)),
    Entry(
        "sources.py",
        "Nguồn tin",
        "rss_feed",
        "nguon-tin",
        (Permission.MANAGE_SOURCES, Permission.SEE_FIGURES),
    ),
    Entry("quality.py", "Chất lượng", "verified", "chat-luong", (Permission.SEE_QUALITY,)),
    Entry(
        "administration.py",
        "Quản trị",
        "settings",
        "quan-tri",
        (Permission.MANAGE_USERS, Permission.MANAGE_TOPICS, Permission.READ_AUDIT),
    ),
)
"""In the order of the navigation; the first that somebody may see is where they begin."""


def pages_of(actor: Actor) -> list[Entry]:
    """The pages that the actor may see."""
    return [entry for entry in PAGES if any(map(actor.may, entry.permissions))]


def require_page(actor: Actor, url: str) -> None:
    """Let pass an actor who may see the page; each page asks this itself.

    Raises:
        Refused: they may not.
    """
    entry = next(entry for entry in PAGES if entry.url == url)
    if entry not in pages_of(actor):
        require(actor, entry.permissions[0])
