"""Whether the printed pages keep the rules of a layout: the PDF read back with poppler."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from lxml import etree

from langnghe.briefing.checking import Check
from langnghe.briefing.layout import Layout, Limits, within
from langnghe.briefing.measure import width
from langnghe.core.errors import LangNgheError

_POINTS: Final = 72 / 25.4
_TOLERANCE: Final = 2.0
"""Points: a justified line may end a trace beyond its margin."""
_SAME: Final = re.compile(r"(TimesNewRoman|LiberationSerif|Tinos)", re.IGNORECASE)
"""Fonts with the measures of Times New Roman."""
_LONG: Final = 5
"""Letters from which on a word is long enough to tell its size from."""


class PopplerMissing(LangNgheError):  # noqa: N818  what is so, not a fault of who asks
    """The programs that read PDF are not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "Máy này chưa có các lệnh pdffonts và pdftotext. Hãy cài gói poppler-utils rồi làm lại."
        )


@dataclass(frozen=True, slots=True)
class _Word:
    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True, slots=True)
class _Page:
    width: float
    height: float
    words: tuple[_Word, ...]


def check_pdf(path: Path, layout: Layout) -> list[Check]:
    """Every rule of the layout that printed pages can be held to.

    Raises:
        PopplerMissing: there is nothing to read them with.
    """
    pages = _pages(path)
    return [
        *_fonts(path),
        *_sheets(pages, layout),
        *_margins(pages, layout),
        *_sizes(pages, layout),
        *_numbers(pages, layout),
    ]


def _fonts(path: Path) -> Iterator[Check]:
    """All letters from one family, and in the file, so that they look alike everywhere."""
    lines = _ask("pdffonts", str(path)).splitlines()[2:]
    names = {line.split()[0].split("+")[-1] for line in lines if line.split()}
    families = {re.split(r"[-,]", name)[0] for name in names}
    yield Check(
        "PDF dùng một họ phông chữ Times New Roman",
        len(families) == 1 and all(_SAME.match(name) for name in names),
        ", ".join(sorted(names)),
    )
    embedded = [line for line in lines if re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s", line)]
    whole = all(re.search(r"\syes\s+(yes|no)\s+(yes|no)\s", line) for line in embedded)
    yield Check("PDF có sẵn phông chữ", whole, f"{len(embedded)} kiểu chữ")


def _sheets(pages: list[_Page], layout: Layout) -> Iterator[Check]:
    sheets = {(round(page.width / _POINTS), round(page.height / _POINTS)) for page in pages}
    yield Check(
        f"Trang in {layout.page.width:.0f} × {layout.page.height:.0f} mm",
        sheets == {(round(layout.page.width), round(layout.page.height))},
        f"{len(pages)} trang",
    )


def _margins(pages: list[_Page], layout: Layout) -> Iterator[Check]:
    """No text beyond the sides; above and below only page number and note."""
    page = layout.page
    left = min(word.left for one in pages for word in one.words)
    right = min(one.width - word.right for one in pages for word in one.words)
    for name, free, limits in (
        ("trái", left, page.left.limits),
        ("phải", right, page.right.limits),
    ):
        yield Check(
            f"Chữ in cách mép {name} từ {limits[0]:g} mm",
            free >= limits[0] * _POINTS - _TOLERANCE,
            f"{free / _POINTS:.1f} mm",
        )
    stray = [
        word.text
        for one in pages
        for word in one.words
        if word.top < page.top.limits[0] * _POINTS - _TOLERANCE and not word.text.isdecimal()
    ]
    yield Check("Lề trên chỉ có số trang", not stray, " ".join(stray[:5]) or "đúng")


def _sizes(pages: list[_Page], layout: Layout) -> Iterator[Check]:
    """A fifth of the long words at least has the size of text, told from how wide they are."""
    sizes = Counter(
        round((word.right - word.left) / width(word.text, "serif", 1), 1)
        for one in pages
        for word in one.words
        if len(word.text) >= _LONG and word.text.isalpha()
    )
    limits: Limits = layout.styles["text"].limits
    fitting = sum(count for size, count in sizes.items() if within(size, limits, 0.15))
    yield Check(
        f"Cỡ chữ lời văn in ra {limits[0]:g}–{limits[1]:g}",
        5 * fitting >= sum(sizes.values()),
        ", ".join(f"{size:g}" for size, _ in sizes.most_common(3)),
    )


def _numbers(pages: list[_Page], layout: Layout) -> Iterator[Check]:
    """Centred in the top margin, counting from 2; none on the first page."""
    numbered = []
    for page in pages:
        top = [word for word in page.words if word.top < layout.page.top.limits[0] * _POINTS - 4]
        numbered.append(top[0] if len(top) == 1 and top[0].text.isdecimal() else None)
    yield Check(
        "Trang in thứ nhất không có số trang",
        numbered[0] is None,
        "không có" if numbered[0] is None else "có",
    )
    margins = layout.page.left.value, layout.page.right.value
    middle = (layout.page.width + margins[0] - margins[1]) / 2 * _POINTS
    shown = [word for word in numbered if word]
    yield Check(
        "Số trang in ở giữa lề trên",
        all(abs((word.left + word.right) / 2 - middle) < _TOLERANCE for word in shown),
        ", ".join(word.text for word in shown) or "một trang",
    )


def _pages(path: Path) -> list[_Page]:
    text = _ask("pdftotext", "-bbox", str(path), "-")
    tree = etree.fromstring(text.encode(), etree.XMLParser(recover=True, resolve_entities=False))
    return [
        _Page(
            float(page.get("width", "0")),
            float(page.get("height", "0")),
            tuple(_word(word) for word in page.iter("{*}word")),
        )
        for page in tree.iter("{*}page")
    ]


def _word(word: Element | etree._Element) -> _Word:
    left, top, right, bottom = (
        float(word.get(one) or 0) for one in ("xMin", "yMin", "xMax", "yMax")
    )
    return _Word(left, top, right, bottom, word.text or "")


def _ask(program: str, *arguments: str) -> str:
    """What a program of poppler says.

    Raises:
        PopplerMissing: it is not there.
    """
    found = shutil.which(program)
    if found is None:
        raise PopplerMissing
    done = subprocess.run(  # noqa: S603  its own path, and a file that somebody named
        [found, *arguments], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout
