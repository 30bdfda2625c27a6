"""Text from people where Streamlit would read Markdown: in labels, choices and messages."""

from __future__ import annotations

import re
from typing import Final

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
# The browser makes links of bare addresses after it has taken the backslashes away. Where one
# could begin stands a word joiner, which is not seen.
_ADDRESS: Final = re.compile(r"(?<=://)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER: Final = "\u2060"


def as_label(text: str, most: int = 120) -> str:
    """`text` in one line, every sign of it shown as itself: no link, image, colour or icon.

    Args:
        text: whatever somebody wrote.
        most: characters that are shown; an ellipsis stands for the rest.
    """
    line = " ".join(text.split())
    shown = line if len(line) <= most else line[:most].rstrip() + "…"
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(_JOINER, shown))
