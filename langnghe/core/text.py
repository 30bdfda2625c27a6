"""Text as shown and text as matched.

`clean` makes the text that is kept and shown; `fold` and `match_form` make forms of it that are
compared. On cleaned text both keep every character in its place, so that offsets of a match
hold in the shown text as well.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import Final

from langnghe.core.syllables import LETTERS, TONED, is_onset, is_syllable

# --- Folding ---------------------------------------------------------------------------------


def _folded(char: str) -> str:
    """One character, without case and, if it is a Latin letter, without diacritics."""
    lowered = char.casefold()
    if len(lowered) > 1:
        # ß, İ and a few more grow under casefold; offsets must hold, so they only lose case.
        lowered = char.lower()[0]
    if lowered == "đ":
        return "d"
    base = unicodedata.normalize("NFD", lowered)[0]
    # "é" of any Latin word loses its accent; Korean or Japanese letters are left whole.
    return base if base.isascii() else lowered


class _FoldTable(dict[int, int]):
    """Code point to folded code point, filled as characters are met."""

    def __missing__(self, point: int) -> int:
        folded = self[point] = ord(_folded(chr(point)))
        return folded


_FOLD_TABLE: Final = _FoldTable()

# What nearly all Vietnamese text is made of fits into a code page of 256 characters, and going
# through one is five times as fast as str.translate. All of it is in NFC.
_CODE_PAGE: Final = (
    "\0\x02\t\n\r\x1f"
    + "".join(map(chr, range(0x20, 0x7F)))
    + "".join(sorted(LETTERS))
    + "–—‘’“”•…₫€→°²³×·"
).ljust(256, "\ufffe")  # which stands for no character
_ENCODED: Final = codecs.charmap_build(_CODE_PAGE)
_FOLDED: Final = "".join(map(_folded, _CODE_PAGE))


def fold(text: str) -> str:
    """The form without case and diacritics: "Đường Ô Quý Hồ" gives "duong o quy ho".

    Any spelling of a word (NFC or NFD, hoà or hòa) folds alike. Keeps the length of NFC text.
    """
    if text.isascii():
        return text.lower()
    try:
        encoded, _ = codecs.charmap_encode(text, "strict", _ENCODED)
    except UnicodeEncodeError:
        return unicodedata.normalize("NFC", text).translate(_FOLD_TABLE)
    return codecs.charmap_decode(encoded, "strict", _FOLDED)[0]


# In an open rhyme oa, oe, uy the new style puts the tone on the second vowel and the old style
# on the first. "qu" is an onset: quý, quỷ have one vowel. A closed rhyme (hoàn, thuyền) is
# written alike in both styles. Each way begins with its letter, which makes the search quick.
_NEW_STYLE: Final = re.compile("(?:o(?<!qo)[àảãáạèẻẽéẹ]|u(?<!qu)[ỳỷỹýỵ])(?![^\\W_])")


def _to_old_style(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    begin = at
    while begin and text[begin - 1].isalpha():
        begin -= 1
    pair = match.group()
    if not is_onset(text[begin:at]):
        return pair
    vowel, tone = TONED[pair[1]]
    return unicodedata.normalize("NFC", pair[0] + tone) + vowel


def match_form(text: str) -> str:
    """The form for exact comparison: lower-case, one tone placement, diacritics kept.

    The placement is the older one (hòa, thủy, khỏe). Keeps the length of NFC text.
    """
    # İ is the one character that str.lower() makes longer.
    lowered = unicodedata.normalize("NFC", text).replace("İ", "i").lower()
    if lowered.isascii():
        return lowered
    return _NEW_STYLE.sub(_to_old_style, lowered)


_WORD: Final = re.compile("[^\\W_][^\\W_\u0300-\u036f]*[\u0300-\u036f]*")


def words(text: str) -> list[str]:
    """The syllables and numbers of `text` in order, as written, without punctuation."""
    return _WORD.findall(text)


# --- Cleaning --------------------------------------------------------------------------------

# Text of these alone is in NFC and holds nothing to mend but runs of spaces: the usual case,
# told in one scan. Ð and ð are left out: they may stand for Đ and đ.
_USUAL: Final = re.compile(
    "[^\n -~\u00a1-\u00ac\u00ae-\u00cf\u00d1-\u00ef\u00f1-\u00ff"
    + "".join(sorted(letter for letter in LETTERS if ord(letter) > 0xFF))
    + "–—‘’“”•…₫€→"
    + "\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff]"
)

_VISIBLE_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Signs that Unicode counts as format characters although they are seen."""
_JOINERS: Final = re.compile(
    "[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
# Marks that strike out, underline, circle or pile up. No spelling of Vietnamese or of the
# languages of its neighbours needs them, and they tear words apart for any matching.
_DECORATION: Final = re.compile(
    "[\u030d\u030e\u0310\u0312-\u031a\u031c-\u0322\u0329-\u032c\u032e\u032f\u0332-\u0341"
    "\u0343\u0344\u0346-\u034e\u0350-\u0357\u0359-\u036f\u0488\u0489"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20e2\u20e4-\u20ff]"
)
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Fillers that are letters or marks by category but show nothing."""


def _cleaned(char: str) -> str:
    """One character as it may stand in shown text; empty where it may not."""
    category = unicodedata.category(char)
    point = ord(char)
    cleaned = char
    if char == "\n" or _JOINERS.match(char) or char in _VISIBLE_FORMATS:
        pass  # joiners depend on their neighbours: see _JOINED
    elif char in "\r\v\f\x85\u2028\u2029":
        cleaned = "\n"
    elif char == "\t" or category == "Zs":
        cleaned = " "
    elif category in ("Cc", "Cf", "Co", "Cs") or point & 0xFFFE == 0xFFFE:
        cleaned = ""  # controls, formats, private use, surrogates, non-characters
    elif _DECORATION.match(char) or char in _INVISIBLE:
        cleaned = ""
    elif (
        0x1D400 <= point <= 0x1D7FF  # mathematical letters, posed as bold or italic type
        or 0xFB00 <= point <= 0xFB06  # ligatures of PDF files
        or (0xFF10 <= point <= 0xFF5A and char.isalnum())  # full-width letters and digits
    ):
        cleaned = unicodedata.normalize("NFKC", char)
    return cleaned


class _CleanTable(dict[int, str | int]):
    """Code point to what may stand for it, filled as characters are met."""

    def __missing__(self, point: int) -> str | int:
        cleaned = _cleaned(chr(point))
        # str.translate is faster with a code point than with a string.
        self[point] = entry = ord(cleaned) if len(cleaned) == 1 else cleaned
        return entry


_CLEAN_TABLE: Final = _CleanTable()

_PICTURE: Final = "©®‼⁉™ℹ\u2190-\u2bff〰〽㊗㊙\U0001f000-\U0001faff"
_CURSIVE: Final = "\u0600-\u109f\u1780-\u18af"
"""Arabic, Indic and neighbouring scripts, where a joiner changes the letters' shape."""
# The joiners that mean something where they stand; all others are invisible noise.
_JOINED: Final = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
    f"|(?:(?<=[{_PICTURE}])|(?<=[{_PICTURE}]\ufe0f))\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_PICTURE}0-9#*])[\ufe0e\ufe0f]"
    f"|(?<=[{_CURSIVE}])[\u200c\u200d](?=[{_CURSIVE}])"
    "|(?<=[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\ufe00-\ufe0d\U000e0100-\U000e01ef]"
    f")|{_JOINERS.pattern}"
)

# Letters of other scripts that look exactly like a Latin one, then those that nearly do.
_TWINS: Final = str.maketrans(
    "аеорсухіјѕһԁԛԝѵАВЕІЈКМНОРСТУХЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧον",
    "aeopcyxijshdqwvABEIJKMHOPCTYXSQWABEZHIKMNOPTYXov",
)
_COUSINS: Final = _TWINS | str.maketrans("αεικυ\u0261\u0251ƣƢкмтнп", "aeikugaưƯkmthn")
_SMALL_CAPITALS: Final = str.maketrans(
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ" + "".join(map(chr, range(0x24B6, 0x24EA))),
    "abcdefghijklmnoprstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
)
_ETH: Final = str.maketrans("ÐðƉɖ", "ĐđĐđ")
_MENDABLE: Final = re.compile("[" + "".join(map(chr, _COUSINS | _SMALL_CAPITALS | _ETH)) + "]")
_LETTER_RUN: Final = re.compile("(?:[^\\W\\d_]|[\u0300-\u036f\u24b6-\u24e9])+")
_OTHER_SCRIPT: Final = re.compile("[\u0370-\u03ff\u1f00-\u1fff\u0400-\u052f]")
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u00ff\u0102-\u01b0\u1ea0-\u1ef9]")
# A Vietnamese Đ opens a syllable or stands among the capitals of an abbreviation, never after
# a vowel; the eth of Icelandic and Faroese does.
_ETH_AS_D: Final = re.compile("(?<![aeiouyáéíóúýæöøAEIOUYÁÉÍÓÚÝÆÖØ])[ÐƉ]")


def _mend_word(match: re.Match[str]) -> str:
    """A word with the Latin letters that its look-alikes stand for, where that is sure."""
    word = match.group()
    if not _MENDABLE.search(word):
        return word
    word = _ETH_AS_D.sub("Đ", word)
    small = word.translate(_SMALL_CAPITALS)
    if sum(a != b for a, b in zip(word, small, strict=True)) > 1:
        word = small
    if not _LATIN.search(word):
        return word  # a word of another language, whatever it looks like
    guess = unicodedata.normalize("NFC", word.translate(_COUSINS | _ETH))
    if guess != word and is_syllable(guess):
        return guess
    twin = word.translate(_TWINS)
    return word if _OTHER_SCRIPT.search(twin) else twin


_MARK: Final = (
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\ufe20-\ufe2f]"
)
# A Vietnamese letter carries at most two marks, and so do Thai and Lao; more is a flood.
_FLOOD: Final = re.compile(f"({_MARK}{{2}}){_MARK}+")
_SPACES: Final = re.compile(" {2,}")
_LINE_EDGES: Final = re.compile(" ?\n ?")
_BLANK_LINES: Final = re.compile("\n{3,}")


def _squeeze(text: str) -> str:
    """Single spaces, no spaces at line edges, at most one blank line, nothing around it all."""
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if "\n" in text:
        text = _BLANK_LINES.sub("\n\n", _LINE_EDGES.sub("\n", text))
    return text.strip(" \n")


def clean(text: str) -> str:
    """The text as it is kept and shown: as written, without what is not seen.

    NFC; Ð for Đ mended; zero-width and direction marks, controls, private-use characters and
    floods of combining marks taken out; odd spaces made plain and runs of them squeezed, line
    breaks kept; look-alike letters in Latin words, mathematical and full-width letters made
    plain. Emoji sequences stay whole. Doing it twice changes nothing.
    """
    if not _USUAL.search(text):
        return _squeeze(text)
    text = text.replace("\r\n", "\n")
    text = unicodedata.normalize("NFC", text).translate(_CLEAN_TABLE)
    if _JOINERS.search(text):
        text = _JOINED.sub(lambda match: match[1] or "", text)
    # Marks that stood apart from their letter by something invisible meet it only now.
    text = unicodedata.normalize("NFC", text)
    if _MENDABLE.search(text):
        text = unicodedata.normalize("NFC", _LETTER_RUN.sub(_mend_word, text))
    return _squeeze(_FLOOD.sub(r"\1", text))
