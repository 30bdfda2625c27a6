"""What a source gives against what it usually gives, in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from langnghe.core.vietnamese import number, percent, short_decimal
from langnghe.crawler.schedule import expected, rate_of
from langnghe.dashboard.formats import ago
from langnghe.store.habits import Habit
from langnghe.store.layouts import Layout

FEW: Final = 3.0
"""Posts from which on a rate is told: of one seen once nobody knows how often it comes."""

_UNITS: Final = ((24.0, "ngày"), (24.0 * 7, "tuần"), (24.0 * 30, "tháng"))

PAGES: Final[dict[str, str]] = {
    "article": "trang bài viết",
    "thread": "trang chủ đề",
    "section": "trang mục tin",
    "board": "trang danh sách chủ đề",
    "comments": "trang bình luận",
    "timeline": "trang dòng tin",
    "feed": "bản tin RSS",
}
FIELDS: Final[dict[str, str]] = {
    "text": "nội dung",
    "date": "ngày đăng",
    "posts": "bài trong chủ đề",
    "comments": "bình luận",
    "links": "đường dẫn tới bài",
}


def usual(habit: Habit | None) -> str:
    """How much a source usually gives, of any topic: `khoảng 8 bài mỗi ngày`."""
    if habit is None or habit.posts < FEW:
        return "chưa đủ số liệu"
    rate = rate_of(habit)
    for hours, unit in _UNITS:
        posts = rate * hours
        if posts >= 1 or unit == "tháng":
            shown = number(round(posts)) if posts >= 3 else short_decimal(posts)
            return f"khoảng {shown} bài mỗi {unit}"
    raise AssertionError  # the last unit is always taken


def last_new(habit: Habit | None, now: datetime) -> str:
    """When something new was last found, and how much was to be expected since."""
    if habit is None:
        return "chưa có"
    if habit.last_new is None:
        # What the first visit found had gathered before, and stands among the counts.
        return "chưa có thêm sau lần đọc đầu"
    says = ago(habit.last_new, now)
    due = habit.waited + expected(habit, habit.counted_until, now)
    if habit.posts >= FEW and due >= FEW:
        says += f", từ đó đáng lẽ có thêm khoảng {number(round(due))} bài"
    return says


def layout_says(layout: Layout, held: int) -> str:
    """What changed on one kind of page: the shares before and now, and what is held back."""
    fields = ", ".join(
        f"{FIELDS.get(name, name)} (trước đây {percent(round(layout.shares[name].usual, 2))} số "
        f"trang, gần đây {percent(round(layout.shares[name].lately, 2))})"
        for name in layout.fallen
        if name in layout.shares
    )
    page = PAGES.get(layout.kind, "trang")
    says = f"{page[0].upper()}{page[1:]} không còn cho {fields}."
    if layout.holds and held:
        says += f" {number(held)} trang đang được giữ lại, chưa lưu."
    return says
