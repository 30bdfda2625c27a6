"""Bytes to text, and broken text back to what was written.

Vietnamese pages come in UTF-8, Windows-1258, TCVN3 and VNI, with headers that are often wrong,
and as text that somebody already decoded wrongly. What is right is told by trying: a right
decoding spells Vietnamese syllables, a wrong one hardly ever does.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

import ftfy
import ftfy.bad_codecs  # registers "sloppy-windows-125x", which fill the gaps as browsers do

from langnghe.core.errors import LangNgheError
from langnghe.core.legacy_tables import from_tcvn3, from_vni
from langnghe.core.syllables import is_bare_syllable, is_syllable

__all__ = ["GarbledTextError", "decode", "repair", "vietnamese_share"]


class GarbledTextError(LangNgheError):
    """The text's encoding is broken, and what was written cannot be told any more."""


MIN_SHARE: Final = 0.6
"""Of the words with a letter outside ASCII, how many must be syllables for a legacy encoding to
be believed. Right decodings of Vietnamese reach 0.9 (names and loans are the rest), wrong ones
and other languages stay below 0.4."""
MAX_GARBLED_SHARE: Final = 0.2
"""From this share of broken words on a text is given up: a reader cannot fill in more."""
MIN_GARBLED_WORDS: Final = 3
"""Fewer broken words do not condemn a text: they may be a formula, a code or a slip."""
SAMPLE_WORDS: Final = 5000
"""So many words with a letter outside ASCII are enough to judge a page by."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# A run of letters and of whatever a wrong decoding puts among them.
_CHUNK: Final = re.compile("[^\\x00-@\\[-`{-\\x7f\u00a0\u2013-\u201d\u2022\u2026]+")
_NEITHER: Final = re.compile("[\u0370-\u1dff\u2190-\u21ff\u2460-\uf8ff\U00010000-\U0010ffff]")
"""Other scripts, arrows, emoji: they say nothing for or against an encoding."""


@dataclass(frozen=True, slots=True)
class _Spelling:
    """How many words with letters outside ASCII are syllables, and how many are not."""

    right: int
    wrong: int

    @property
    def balance(self) -> int:
        return self.right - self.wrong

    @property
    def share(self) -> float:
        return self.right / max(self.right + self.wrong, 1)


def _spelling(text: str) -> _Spelling:
    telling = (
        chunk
        for chunk in _CHUNK.findall(text)
        if not chunk.isascii() and not _NEITHER.search(chunk)
    )
    verdicts = [is_syllable(chunk) for chunk in islice(telling, SAMPLE_WORDS)]
    return _Spelling(sum(verdicts), len(verdicts) - sum(verdicts))


_LETTERS: Final = re.compile("[^\\W\\d_]+")


def vietnamese_share(text: str) -> float:
    """The share (0 to 1) of words that can be Vietnamese syllables, with or without diacritics.

    A text without words has share 0.
    """
    found = _LETTERS.findall(unicodedata.normalize("NFC", text))
    return sum(is_syllable(word) or is_bare_syllable(word) for word in found) / max(len(found), 1)


# --- Bytes -----------------------------------------------------------------------------------


def decode(raw: bytes, declared: str | None = None) -> str:
    """The text that `raw` holds, in NFC, whatever encoding was `declared`.

    A byte order mark decides, then strict UTF-8: bytes that happen to be valid UTF-8 are UTF-8,
    so a wrong header does no harm. Else Windows-1258, TCVN3 and VNI are tried beside the
    declared encoding. Text that was already wrong before it became bytes is left for `repair`.

    Raises:
        GarbledTextError: no encoding makes text of these bytes.
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return _nfc(raw[len(mark) :].decode(name, "replace"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_by_trying(raw, declared)
    if text.count("\0") > len(text) // 100:
        text = _decode_wide(raw)
    return _nfc(text)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _decode_wide(raw: bytes) -> str:
    """UTF-16 without its mark: known by the zero byte beside each ASCII letter."""
    name = "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
    text = raw.decode(name, "replace")
    if "\0" in text or "\ufffd" in text:
        raise GarbledTextError("These bytes hold no text (a file of another kind?): skip them.")
    return text


def _decode_by_trying(raw: bytes, declared: str | None) -> str:
    western = raw.decode("sloppy-windows-1252")
    plain = [raw.decode("utf-8", "replace")]
    if plain[0].count("\ufffd") * 10 > sum(byte > 0x7F for byte in raw):
        plain.clear()  # not UTF-8 cut or damaged somewhere, but something else
    if (named := _decode_as(raw, declared)) is not None:
        plain.append(named)
    plain.append(western)
    legacy = (_nfc(raw.decode("sloppy-windows-1258")), from_tcvn3(western), from_vni(western))
    candidates = [(_spelling(text), text) for text in (*plain, *legacy)]
    believable = candidates[: len(plain)] + [
        candidate for candidate in candidates[len(plain) :] if candidate[0].share >= MIN_SHARE
    ]
    # max() takes the first of equals: the order of trying.
    return max(believable, key=lambda candidate: candidate[0].balance)[1]


def _decode_as(raw: bytes, declared: str | None) -> str | None:
    """`raw` by the declared encoding, or None if that is unknown or does not fit."""
    try:
        # Browsers read what calls itself Latin-1 or ASCII as Windows-1252; so do page authors.
        name = codecs.lookup(declared or "").name
        if name in ("iso8859-1", "ascii", "cp1252"):
            return None
        text, _ = codecs.lookup(name).decode(raw, "strict")
    except (LookupError, ValueError):
        return None
    return text if isinstance(text, str) else None


# --- Text ------------------------------------------------------------------------------------

# Signs of a wrong decoding: what Vietnamese text does not have among its letters, and the pairs
# of letter and mark of VNI. Every text is searched for them, so the pattern begins with one set
# of characters, which is quick, and what stands before them is looked at afterwards.
_SIGNS: Final = (
    "\x80-\x9f\ufffd¡-¦¨-¬\u00ad®¯±´-¹»-¿ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ"  # by themselves
)
_SUSPECT: Final = re.compile(
    f"[{_SIGNS}âÂùõÙÕêéèúÊÉÈÚáàãÁÀÃ?](?:(?<=[{_SIGNS}])|(?<=[aeoAEO][âÂ])"
    "|(?<=[aeouyôAEOUYÔ][ùõÙÕ])|(?<=[aA][êéèúÊÉÈÚ])|(?<=[eE][áàãÁÀÃ])|(?<=\\w\\?)(?=\\w))"
)
_BEYOND_LATIN1: Final = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u1ea0-\u1ef9]")

# In UTF-8 read as Windows-1252, "ề" is "á»" and a byte that Windows-1252 does not have; many
# programs drop it, or make a plain space of \xa0. These are the bytes: they end ề, ọ, ỏ, Ố, ờ,
# Á, Í, Ý, Đ, à.
_LOST_BYTES: Final = "\x81\x8d\x8f\x90\x9d\xa0"
_HIGH: Final = "\x80-\xff" + "".join(sorted(bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")))
_LOST: Final = re.compile(f"(á»|Ã|Ä)(?![\x80-\xbf{_HIGH[3:]}])")
_BYTE_WORD: Final = re.compile(f"[A-Za-z{_HIGH}]+")
_MAX_LOST: Final = 2
"""A syllable has at most two letters that can lose a byte (Đ and a vowel)."""


def _with_lost_bytes(match: re.Match[str]) -> str:
    """A word of mojibake with its lost bytes, if only one choice makes a syllable of it."""
    word = match.group()
    lost = len(_LOST.findall(word))
    if not lost:
        return word
    possible = []
    for choice in product(_LOST_BYTES, repeat=lost) if lost <= _MAX_LOST else ():
        supply = iter(choice)
        candidate = _LOST.sub(lambda lead, supply=supply: lead[1] + next(supply), word)  # type: ignore[misc]
        try:
            read = candidate.encode("sloppy-windows-1252").decode("utf-8")
        except UnicodeError:
            continue
        if is_syllable(read) and read in (read.lower(), read.upper(), read.capitalize()):
            possible.append(candidate)
    # "mời" and "mọi" look alike now: the letter is marked as lost, not guessed.
    return possible[0] if len(possible) == 1 else _LOST.sub("ï¿½", word)


def _from_mojibake(text: str) -> str:
    """UTF-8 that was read as Latin-1, Windows-1252 or the like, read rightly."""
    return _nfc(ftfy.fix_encoding(_BYTE_WORD.sub(_with_lost_bytes, text)))


def _by_line(convert: Callable[[str], str]) -> Callable[[str], str]:
    """A conversion that leaves alone what is already Unicode."""

    def convert_chunk(match: re.Match[str]) -> str:
        chunk = match.group()
        if chunk.isascii() or is_syllable(chunk):
            return chunk
        converted = convert(chunk)
        return converted if is_syllable(converted) else chunk

    def convert_line(line: str) -> str:
        # ế or ư exist in no legacy text: this line mixes, so each word is judged by itself.
        return _CHUNK.sub(convert_chunk, line) if _BEYOND_LATIN1.search(line) else convert(line)

    return lambda text: "\n".join(convert_line(line) for line in text.split("\n"))


_LEGACY: Final = (_by_line(from_tcvn3), _by_line(from_vni))


def _convinces(text: str, converted: str) -> bool:
    """Whether a legacy reading of `text` explains so much that it must be right.

    One word alone may be a foreign one that happens to read as a syllable ("où"), unless it
    is as long as "ViÖt".
    """
    explained = {
        before
        for before, after in zip(_CHUNK.findall(text), _CHUNK.findall(converted), strict=False)
        if before != after and is_syllable(after) and not is_syllable(before)
    }
    return len(explained) > 1 or any(len(chunk) > 3 for chunk in explained)


def repair(text: str) -> str:
    """`text` with a wrong decoding undone; text without signs of one comes back as it is.

    For text as it was read, before `clean`, which takes out the soft hyphen (ư in TCVN3).

    Raises:
        GarbledTextError: a fifth of the words or more stay broken.
    """
    if not _SUSPECT.search(text):
        return text
    best, spelling = text, _spelling(text)
    mended = _from_mojibake(text)
    if mended != text and (after := _spelling(mended)).balance >= spelling.balance:
        best, spelling = mended, after
    for convert in _LEGACY:
        legacy = convert(text)
        after = _spelling(legacy)
        better = after.share >= MIN_SHARE and after.balance > spelling.balance
        if better and _convinces(text, legacy):
            best, spelling = legacy, after
    _refuse_garbled(best)
    return best


# A replacement character, a control, or a sign amid letters where only letters can stand.
_BROKEN: Final = re.compile(
    "[\x80-\x9f\ufffd]|[^\\W\\d_][¡-©«-¬\u00ad®-±´-¸»-¿×÷ªº¹“”„†‡ˆ‰‹›€™]+(?=[^\\W\\d_])|[A-Za-z]\\?(?=[a-z])"
)
_SPACED: Final = re.compile("\\S+")
_ADDRESS: Final = re.compile("[/=&@]")


def _refuse_garbled(text: str) -> None:
    chunks = [chunk for chunk in _SPACED.findall(text) if not _ADDRESS.search(chunk)]
    broken = sum(bool(_BROKEN.search(chunk)) for chunk in chunks)
    if broken >= MIN_GARBLED_WORDS and broken >= MAX_GARBLED_SHARE * len(chunks):
        raise GarbledTextError(
            f"{broken} of {len(chunks)} words are broken by a wrong encoding: read this source in "
            "its own encoding, or leave it out."
        )
