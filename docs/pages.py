"""Makes the pictures of documents in docs/images: `python -m docs.pages HOME`.

HOME is a sample home, as `make demo-data` fills it. Needs LibreOffice and poppler.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image

from langnghe.briefing.content import Document
from langnghe.briefing.deck import deck
from langnghe.briefing.docx import write_docx
from langnghe.briefing.layout import layout_named
from langnghe.briefing.pdf import to_pdf
from langnghe.briefing.pptx import write_pptx
from langnghe.briefing.report import Content, report
from langnghe.briefing.work import content, material_of, usual_month
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.institution import LayoutName
from langnghe.store.opening import casework_beside, open_stores
from tests.briefing import samples

IMAGES = Path(__file__).resolve().parent / "images"
_DOTS: Final = 60
"""Dots per inch: enough to see margins and lines, and to read the large letters."""
_GAP: Final = 6


def of_month(home: Home) -> Content:
    """The briefing of the sample month."""
    clock = SystemClock()
    with open_stores(home, clock) as stores:
        casework = casework_beside(home, stores.database)
        try:
            month = usual_month(stores.posts, home.briefing.period_first_day, clock.now())
            return content(material_of(home, stores, casework), month, clock.now())
        finally:
            casework.close()


def sheet(pdf: bytes, columns: int) -> Image.Image:
    """All pages side by side, as on a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.pdf").write_bytes(pdf)
        command = ["pdftoppm", "-r", str(_DOTS), "-png", str(folder / "a.pdf"), str(folder / "p")]
        subprocess.run(command, check=True)  # noqa: S603  a file of ours
        pages = [Image.open(path).convert("RGB") for path in sorted(folder.glob("p-*.png"))]
    width, height = pages[0].width + _GAP, pages[0].height + _GAP
    rows = -(-len(pages) // columns)
    table = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), "#888888")
    for place, page in enumerate(pages):
        row, column = divmod(place, columns)
        table.paste(page, (column * width + _GAP, row * height + _GAP))
    return table


def slides(pptx: bytes) -> bytes:
    """A presentation as PDF."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.pptx"
        path.write_bytes(pptx)
        profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", name]
        subprocess.run([*command, str(path)], check=True, capture_output=True)  # noqa: S603  as above
        return path.with_suffix(".pdf").read_bytes()


def main() -> int:
    """Lay the sample month out in each layout, and take pictures of the pages."""
    if len(sys.argv) != 2:
        sys.stderr.write("Usage: python -m docs.pages HOME\n")
        return 2
    month = of_month(Home(Path(sys.argv[1])))
    made: dict[str, Callable[[], Image.Image]] = {}
    for name in LayoutName:
        document = replace(report(month, name), number="79", dated=samples.DATED)

        def pages(name: LayoutName = name, document: Document = document) -> Image.Image:
            return sheet(to_pdf(write_docx(document, layout_named(name)), document.dated), 4)

        made[f"report-{name}"] = pages
    hd05 = layout_named(LayoutName.HD05)
    made["minutes"] = lambda: sheet(to_pdf(write_docx(samples.minutes(), hd05), samples.DATED), 1)
    made["slides"] = lambda: sheet(
        slides(write_pptx(deck(month, LayoutName.HD05), samples.DATED)), 3
    )
    for title, picture in made.items():
        # Few colours are in them: a palette makes them half as large.
        picture().quantize(256).save(IMAGES / f"{title}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
