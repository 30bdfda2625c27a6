"""What the encoder is given of a text, in training and in the service alike."""

from __future__ import annotations

import re
from typing import Final

from langnghe.core.text import clean

MOST_CHARACTERS: Final = 1_200
"""Read of a text. More than fills the longest input, and bounds the time for a huge one."""

MOST_TOKENS: Final = 128
"""Length of the encoder's input; covers nearly all posts, and the opening of an article."""

TITLE_TOKENS: Final = 24
"""Read of a title: enough to say what a thread is about."""

# What the service masks, and how the public sets write the same: one spelling, in words that
# the encoder knows. Numbers are told apart by what they look like, for `classify` is also given
# texts that nothing has masked.
_LINK: Final = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
_MAIL: Final = re.compile(r"(?i)\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_PHONE: Final = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[\s.-]?\d){8,10}(?!\d)")
_LONG_NUMBER: Final = re.compile(r"(?<![\d.,])\d{9,}(?!\d)")


def _link(match: re.Match[str]) -> str:
    # The address says much about a scam: its words stay, its path goes.
    host = re.sub(r"(?i)^(?:https?://)?(?:www\.)?", "", match[0]).split("/")[0]
    return f"link {host}"


def model_text(text: str) -> str:
    """The form that the encoder reads: NFC, one line, numbers of people and accounts masked."""
    text = clean(text[:MOST_CHARACTERS])
    text = _LINK.sub(_link, text)
    text = _MAIL.sub("[EMAIL]", text)
    text = _PHONE.sub("[SĐT]", text)
    text = _LONG_NUMBER.sub("[SỐ]", text)
    return " ".join(text.split())
