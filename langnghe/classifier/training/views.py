"""Other spellings of a training text, as people would have typed it.

A model that has only read careful Vietnamese breaks on a text without diacritics (UIT-VSFC:
92 % falls to 44 %), and about a third of citizens' comments lack some or all of them.
"""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Final

from langnghe.core.informal import expand

_TOKEN: Final = re.compile(r"\w+|\W+")

# The commonest shortenings, in the direction of typing. Several stand for one word: people
# differ. `langnghe.core.informal` has the way back.
_SHORT: Final = {
    "không": ("ko", "k", "kh", "hok", "khg", "hông"),
    "được": ("dc", "đc"),
    "người": ("ng", "ngừi"),
    "với": ("vs",),
    "cũng": ("cx", "cũg"),
    "gì": ("j", "rì"),
    "biết": ("bik", "bít", "bt"),
    "trước": ("trc",),
    "mình": ("mk", "mik"),
    "rồi": ("r", "rùi", "zồi"),
    "vậy": ("z", "zậy"),
    "luôn": ("lun",),
    "thôi": ("thui",),
    "nhiều": ("nhìu",),
    "nhưng": ("nhg", "nhưg"),
    "đang": ("đag", "dag"),
    "trong": ("trog",),
    "thích": ("thik",),
    "phải": ("fải",),
    "quá": ("wá", "quáaa"),
    "em": ("e",),
    "anh": ("a",),
    "chị": ("c",),
    "làm": ("lm",),
    "nói": ("ns",),
    "vẫn": ("vx",),
}


def strip_marks(text: str) -> str:
    """`text` without diacritics, otherwise as it is: "Đường xấu" gives "Duong xau"."""
    bare = "".join(
        char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)
    )
    return unicodedata.normalize("NFC", bare.replace("đ", "d").replace("Đ", "D"))


def has_marks(text: str) -> bool:
    """Whether any Vietnamese letter of `text` carries a diacritic."""
    return strip_marks(text) != unicodedata.normalize("NFC", text)


def strip_some(text: str, draw: random.Random) -> str:
    """`text` with the diacritics of a random share of its words gone."""
    share = draw.uniform(0.2, 0.8)
    return "".join(
        strip_marks(token) if draw.random() < share else token for token in _TOKEN.findall(text)
    )


def shorten(text: str, draw: random.Random) -> str:
    """`text` in teencode: some of its common words are shortened, capitals fall."""
    return "".join(
        draw.choice(_SHORT[token.lower()])
        if token.lower() in _SHORT and draw.random() < 0.7
        else token.lower()
        for token in _TOKEN.findall(text)
    )


def other_spelling(text: str, draw: random.Random) -> str:
    """One of the other spellings of `text`: mostly the one without any diacritics."""
    chance = draw.random()
    if chance < 0.65:
        return strip_marks(shorten(text, draw) if chance < 0.15 else text)
    if chance < 0.8:
        return strip_some(text, draw)
    if chance < 0.95:
        return shorten(text, draw)
    return expand(text)
