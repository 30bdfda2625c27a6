"""The two legacy Vietnamese encodings that Python has no codec for.

TCVN3 (the "ABC" fonts, after TCVN 5712:1993): one byte a letter. It has no toned capitals: a
text shows them by a second font (".VnTimeH") in which the same bytes look like capitals, so
the case of toned letters is not in the bytes; converters write the plain capital before the
toned small letter instead ("Aµ" for À). VNI for Windows: an ASCII letter and, after
it, a byte for its marks; a few letters have a byte of their own.

Both tables speak of characters, as the bytes read in Windows-1252, because such texts also
arrive wrongly converted to Unicode ("ViÖt Nam", "Vieät Nam").
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from langnghe.core.syllables import TONED

TCVN3: Final = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
"""Each character of a TCVN3 text that stands for a letter outside ASCII."""

_VNI_LETTERS: Final = {"ñ": "đ", "ô": "ơ", "ö": "ư"} | {
    "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ",
}  # fmt: skip
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE = "\u0302", "\u0306"
_VNI_MARKS: Final = {
    "aeouyôö": {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT},
    "aeo": {
        "â": _CIRCUMFLEX,
        "á": _CIRCUMFLEX + _ACUTE,
        "à": _CIRCUMFLEX + _GRAVE,
        "å": _CIRCUMFLEX + _HOOK,
        "ã": _CIRCUMFLEX + _TILDE,
        "ä": _CIRCUMFLEX + _DOT,
    },
    "a": {
        "ê": _BREVE,
        "é": _BREVE + _ACUTE,
        "è": _BREVE + _GRAVE,
        "ú": _BREVE + _HOOK,
        "ü": _BREVE + _TILDE,
        "ë": _BREVE + _DOT,
    },
}


def _vni() -> dict[str, str]:
    lower = dict(_VNI_LETTERS)
    for bases, marks in _VNI_MARKS.items():
        for base in bases:
            for sign, mark in marks.items():
                letter = _VNI_LETTERS.get(base, base)
                lower[base + sign] = unicodedata.normalize("NFC", letter + mark)
    # VNI has no sign of its own for ỵ as y and a dot: that is î.
    del lower["yï"]
    return lower | {sequence.upper(): letter.upper() for sequence, letter in lower.items()}


VNI: Final = _vni()
"""Each sequence of one or two characters of a VNI text that stands for a letter outside ASCII."""

_TCVN3_TABLE: Final = str.maketrans(TCVN3)
_VNI_SEQUENCE: Final = re.compile(
    "|".join(sorted(map(re.escape, VNI), key=lambda sequence: -len(sequence)))
)
_TONED_CAPITAL: Final = re.compile(
    "|".join(vowel.upper() + letter for letter, (vowel, _) in TONED.items())
)
_WORD: Final = re.compile("[^\\W\\d_]+")


def _ascii_capitals(word: str) -> int:
    """How many plain capitals `word` has; 0 if it has a plain small letter, too."""
    plain = [char for char in word if char.isascii()]
    return len(plain) if all(char.isupper() for char in plain) else 0


def from_tcvn3(text: str) -> str:
    """`text` with TCVN3 letters made Unicode.

    A word whose plain letters are capitals was set in a capital font: its accented letters
    become capitals, too. One plain capital ("Xã") says that only beside such a word; a word of
    accented letters alone stays small.
    """
    decoded = text.translate(_TCVN3_TABLE)
    decoded = _TONED_CAPITAL.sub(lambda match: match.group()[1].upper(), decoded)
    found = list(_WORD.finditer(decoded))
    capitals = [_ascii_capitals(match.group()) for match in found]
    pieces, at = [], 0
    for index, match in enumerate(found):
        beside = max(capitals[max(index - 1, 0)], *capitals[index : index + 2])
        if capitals[index] > 1 or (capitals[index] == 1 and beside > 1):
            pieces += [decoded[at : match.start()], match.group().upper()]
            at = match.end()
    return "".join([*pieces, decoded[at:]])


def from_vni(text: str) -> str:
    """`text` with VNI letters made Unicode."""
    return _VNI_SEQUENCE.sub(lambda match: VNI[match.group()], text)
