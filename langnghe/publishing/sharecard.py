"""Share cards: the picture that social networks show beside a link to a page.

It shows what is true, and who says so. People who only see the picture must not come away with
the false claim, so that never stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
"""Pixels: what Facebook, Zalo and others show whole."""
DESIGN: Final = "1"
"""Another one for each change of how a card looks: it is part of a card's name."""
COLOURS: Final = 32
"""Enough for smooth edges of three colours; a card is then some 20 KB."""

_INK, _GREEN, _PAPER, _GREY = "#1c2526", "#0f5c5c", "#ffffff", "#4a5a5b"
_MARGIN, _BAR = 72, 18
_TITLE_TOP, _TITLE_BOTTOM = 165, 500
_SIZES: Final = (76, 68, 60, 54, 48, 42, 36)
"""Of the title, in pixels: the largest by which it fits."""


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card."""

    kicker: str
    """Small, above: what kind of thing this is."""
    title: str
    """Large: what is true."""
    body: str
    """The institution."""
    note: str
    """Small, below: code and date."""

    width = WIDTH
    height = HEIGHT

    @property
    def name(self) -> str:
        """Path on the site. Another content is another name: networks keep pictures for long."""
        parts = f"{DESIGN}\x1f{self.kicker}\x1f{self.title}\x1f{self.body}\x1f{self.note}"
        return f"the-chia-se/{sha256(parts.encode()).hexdigest()[:20]}.png"

    @property
    def alt(self) -> str:
        """The card in words."""
        return f"{self.kicker}: {self.title} ({self.body})"

    def png(self) -> bytes:
        """The picture; the same bytes for the same card."""
        image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, WIDTH, _BAR), fill=_GREEN)
        inner = WIDTH - 2 * _MARGIN
        kicker = _fitted(draw, self.kicker.upper(), _font("Bold", 32), inner)
        draw.text((_MARGIN, 82), kicker, fill=_GREEN, font=_font("Bold", 32))
        self._draw_title(draw, inner)
        draw.line((_MARGIN, 522, WIDTH - _MARGIN, 522), fill=_GREEN, width=3)
        body = _fitted(draw, self.body, _font("Bold", 32), inner)
        draw.text((_MARGIN, 538), body, fill=_INK, font=_font("Bold", 32))
        note = _fitted(draw, self.note, _font("Regular", 26), inner)
        draw.text((_MARGIN, 582), note, fill=_GREY, font=_font("Regular", 26))
        packed = BytesIO()
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
        return packed.getvalue()

    def _draw_title(self, draw: ImageDraw.ImageDraw, inner: int) -> None:
        for size in _SIZES:
            font = _font("Bold", size)
            lines = _wrapped(draw, _drawable(self.title), font, inner)
            step = round(size * 1.25)
            most = (_TITLE_BOTTOM - _TITLE_TOP) // step
            if len(lines) <= most:
                break
        shown = lines[:most]
        if len(lines) > most:
            shown[-1] = _fitted(draw, f"{shown[-1]} {lines[most]}", font, inner)
        for number, line in enumerate(shown):
            draw.text((_MARGIN, _TITLE_TOP + number * step), line, fill=_INK, font=font)


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    file = resources.files("langnghe.publishing") / "fonts" / f"Arimo-{weight}.ttf"
    # The basic layout, whatever else the machine has: the same picture everywhere.
    return ImageFont.truetype(
        BytesIO(file.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )


def _drawable(text: str) -> str:
    """`text` without what the font has no picture for, such as emoji."""
    return " ".join("".join(char for char in text if _has_picture(char)).split())


@cache
def _has_picture(char: str) -> bool:
    # What a font lacks, it draws as the same box as a character that there cannot be.
    font = _font("Bold", _SIZES[-1])
    return char == " " or bytes(font.getmask(char)) != bytes(font.getmask("\U0010ffff"))


def _wrapped(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int
) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and draw.textlength(f"{lines[-1]} {word}", font) <= width:
            lines[-1] += f" {word}"
            continue
        rest = word
        while draw.textlength(rest, font) > width:
            fits = next(
                end for end in range(len(rest), 0, -1) if draw.textlength(rest[:end], font) <= width
            )
            lines.append(rest[:fits])
            rest = rest[fits:]
        lines.append(rest)
    return lines


def _fitted(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """`text` on one line, cut where it is too long."""
    line = _drawable(text)
    if draw.textlength(line, font) <= width:
        return line
    while line and draw.textlength(f"{line}…", font) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
