"""Finds any number of phrases in a text in one pass, whether or not it is written with diacritics.

An Aho-Corasick automaton runs over the folded text (`core.text.fold`), so the cost does not
grow with the number of phrases. A hit counts only when

* it begins and ends at the edge of a syllable, and
* its diacritics agree: a syllable that is written with diacritics must be the phrase's own, a
  syllable written without any may stand for it. "miền Đông" is not "miến dong", "mien dong" may
  be (domain.md §7 lists such pairs: 10 % of the longer words are ambiguous without diacritics).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import ahocorasick

from langnghe.core.syllables import is_bare_syllable
from langnghe.core.text import fold, match_form

T = TypeVar("T")

_JOINTS = "\n\r\t\u00a0_-‐‑–"
"""What stands between syllables besides a space: hard line breaks, O-Quy-Ho, mien_dong."""

_NEARBY = 40
"""Characters looked at on either side of a hit: some eight syllables."""


class Spelling(IntEnum):
    """How much of a phrase's diacritics a hit is written with."""

    BARE = 0
    """None, though the phrase has some: it could be another word."""
    PARTLY = 1
    """On some syllables."""
    EXACT = 2
    """All of them (also where the phrase itself has none)."""


class Found(NamedTuple, Generic[T]):
    """One place where a phrase stands. Offsets count characters of `Prepared.text`."""

    value: T
    start: int
    end: int
    spelling: Spelling
    hashtag: bool = False
    """Whether it is written in one piece after a #: #MienDong."""


class Prepared:
    """A text with the forms that matching needs, all of one length."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        """In NFC; otherwise as given."""
        self.folded = _spaced(fold(self.text))
        """Without diacritics, in lower case; joints between syllables are spaces."""

    @cached_property
    def forms(self) -> str:
        """With diacritics, in lower case and one tone-placement style."""
        return match_form(self.text)

    def written_with_diacritics_near(self, start: int, end: int) -> bool:
        """Whether most syllables around this stretch carry diacritics.

        Who writes diacritics writes them throughout, so what is bare there is meant bare.
        """
        before = self.text[max(0, start - _NEARBY) : start].split()
        after = self.text[end : end + _NEARBY].split()
        around = [word for word in (*before, *after) if word[0].isalpha()]
        return 2 * sum(not word.isascii() for word in around) > len(around)


def _spaced(text: str) -> str:
    """`text`, of the same length, with spaces for joints."""
    for joint in _JOINTS:
        text = text.replace(joint, " ")
    return text


class PhraseIndex(Generic[T]):
    """Phrases, each with a value that a hit is reported with."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        by_key: dict[str, list[_Entry[T]]] = {}
        for phrase, value in entries:
            spaced = Prepared(" ".join(_spaced(phrase).split()))
            words = spaced.forms.split(" ")
            by_key.setdefault(spaced.folded, []).append(
                _Entry(value, spaced.forms, _spans(words, 1), False)
            )
            if len(words) > 1:
                key = "#" + spaced.folded.replace(" ", "")
                joined = _Entry(value, "#" + "".join(words), _spans(words, 0, first=1), True)
                by_key.setdefault(key, []).append(joined)
        self._automaton = ahocorasick.Automaton()
        for key, values in by_key.items():
            if key:
                self._automaton.add_word(key, (len(key), tuple(values)))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, text: Prepared) -> list[Found[T]]:
        """Every hit, also those within others, by where they end."""
        if self._empty:
            return []
        folded, hits = text.folded, []
        size = len(folded)
        for last, (length, entries) in self._automaton.iter(folded):
            start, end = last + 1 - length, last + 1
            if (end < size and folded[end].isalnum()) or (start and folded[start - 1].isalnum()):
                continue
            for entry in entries:
                # The usual case first: letter by letter as the phrase is.
                spelling: Spelling | None = Spelling.EXACT
                if not text.forms.startswith(entry.form, start):
                    spelling = _spelling(text, start, entry.syllables)
                if spelling is not None:
                    hits.append(Found(entry.value, start, end, spelling, entry.hashtag))
        return hits


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T
    form: str
    syllables: tuple[tuple[int, int, str], ...]
    """(start, end, form) of each, counted from where the hit begins."""
    hashtag: bool


def _spans(words: list[str], gap: int, first: int = 0) -> tuple[tuple[int, int, str], ...]:
    spans, at = [], first
    for word in words:
        spans.append((at, at + len(word), word))
        at += len(word) + gap
    return tuple(spans)


def _spelling(
    text: Prepared, at: int, syllables: tuple[tuple[int, int, str], ...]
) -> Spelling | None:
    """How the hit at `at` is spelt; None where its diacritics are those of other words."""
    forms, folded = text.forms, text.folded
    marked = bare = 0  # syllables with diacritics, and those that lack the phrase's
    for start, end, form in syllables:
        plain = folded[at + start : at + end]
        written = forms[at + start : at + end]
        if written == form:
            marked += form != plain
        elif written == plain:
            bare += 1
        else:
            return None
    if not bare:
        return Spelling.EXACT
    return Spelling.PARTLY if marked else Spelling.BARE


def is_single_syllable(phrase: str) -> bool:
    """Whether a phrase is one bare syllable, which must not be matched (`xa`: xã, xa, xả).

    One word that cannot be a Vietnamese syllable (VNeID, homestay, GPMB) may: nothing else
    reads like it. Under three letters it may not (5G is also five grams).
    """
    words = Prepared(phrase).folded.split()
    if len(words) != 1:
        return not words
    return len(words[0]) < 3 or is_bare_syllable(words[0])
