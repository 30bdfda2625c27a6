"""How wide a text is in print, without the font being there.

`widths.json` has the advance widths of Tinos and Arimo, which are those of Times New Roman and
Arial, in 2048ths of the font size. An accent is as wide as its letter, except the horn of ơ and ư.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final, Literal

Face = Literal["serif", "serif-bold", "serif-italic", "sans", "sans-bold"]
_UNITS: Final = 2048
_HORN: Final = "\u031b"


def width(text: str, face: Face, size: float) -> float:
    """Points that a line of text takes.

    Args:
        text: of one line.
        face: of which font.
        size: in points.
    """
    widths = _widths()[face]
    unknown = widths["M"]
    return sum(widths.get(each, unknown) for each in _bases(text)) * size / _UNITS


def wrapped(text: str, face: Face, size: float, room: float) -> list[str]:
    """The lines that a text makes in that many points; a longer word stands alone."""
    made: list[str] = []
    for word in _words(text):
        if made and width(f"{made[-1]} {word}", face, size) <= room:
            made[-1] += f" {word}"
        else:
            made.append(word)
    return made


def balanced(text: str, face: Face, size: float, room: float) -> float:
    """The least width in points that needs no more lines than `room` does.

    Lines of a name that takes two are then about as long as each other.
    """
    needed = len(wrapped(text, face, size, room))
    narrow = max((width(word, face, size) for word in _words(text)), default=0.0)
    wide = min(room, width(text, face, size))
    while wide - narrow > 0.5:
        middle = (narrow + wide) / 2
        if len(wrapped(text, face, size, middle)) <= needed:
            wide = middle
        else:
            narrow = middle
    return wide


def _words(text: str) -> list[str]:
    """What a line can be broken between: at blanks, but not at those that hold together."""
    return [word for word in text.split(" ") if word]


def _bases(text: str) -> list[str]:
    """Letters without the marks that take no room."""
    found: list[str] = []
    for each in unicodedata.normalize("NFD", text):
        if each == _HORN and found:
            found[-1] = unicodedata.normalize("NFC", found[-1] + each)
        elif not unicodedata.combining(each):
            found.append(each)
    return found


@cache
def _widths() -> dict[str, dict[str, int]]:
    path = Path(__file__).parent / "widths.json"
    found: dict[str, dict[str, int]] = json.loads(path.read_text(encoding="utf-8"))
    return found
