"""Display names that stand on a page, so that they can be masked in its texts.

They come from the author fields, which are dropped; they live in memory while the page is
read, and are never written, logged or shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

import ahocorasick

from langnghe.core.syllables import is_syllable
from langnghe.core.text import fold
from langnghe.crawler.masks import MaskKind, Span
from langnghe.crawler.namewords import is_public_name
from langnghe.crawler.wordlists import phrases

_WORD: Final = re.compile(r"[^\W_]+")
_MAX_WORDS: Final = 6
_MAX_GAP: Final = 2
"""Characters between two words of a name."""
_MIN_HANDLE: Final = 5
"""Letters and digits of the shortest single word that is a handle and no word of the language."""
_EVERYDAY: Final = frozenset(map(fold, phrases("names.yaml", "everyday")))
_AGENCY: Final = re.compile(
    "(?:" + "|".join(sorted(phrases("names.yaml", "agency"))) + r")(?!\w)", re.IGNORECASE
)


class KnownNames(Collection[str]):
    """Names to be masked, prepared for many texts.

    A name of two to six words counts, and a single word that is a handle (not a syllable of
    the language); a name that is also a place, a public body or an everyday phrase does not.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for name in names:
            words = tuple(_WORD.findall(fold(name)))
            if self._counts(name, words):
                self._by_first.setdefault(words[0], []).append(words)
        for same_first in self._by_first.values():
            same_first.sort(key=len, reverse=True)
        # First words are common ones (họ): an automaton finds them all in one pass.
        self._firsts = ahocorasick.Automaton()
        for first, same_first in self._by_first.items():
            self._firsts.add_word(first, (len(first), same_first))
        self._firsts.make_automaton()

    @staticmethod
    def _counts(name: str, words: tuple[str, ...]) -> bool:
        if not words or len(words) > _MAX_WORDS:
            return False
        folded = " ".join(words)
        if folded in _EVERYDAY or is_public_name(folded) or _AGENCY.match(name.strip()):
            return False
        if len(words) > 1:
            return any(not word.isdigit() for word in words)
        word = words[0]
        return len(word) >= _MIN_HANDLE and not word.isdigit() and not is_syllable(name.strip())

    def __len__(self) -> int:
        return sum(map(len, self._by_first.values()))

    def __iter__(self) -> Iterator[str]:
        return (" ".join(words) for names in self._by_first.values() for words in names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and tuple(_WORD.findall(fold(name))) in {
            words for names in self._by_first.values() for words in names
        }

    def __repr__(self) -> str:
        # The names must not reach a log by way of a traceback.
        return f"KnownNames({len(self)} names)"

    def find(self, text: str) -> list[Span]:
        """Where the names stand in `text` (NFC), as whole words, whatever their diacritics."""
        if not self._by_first:
            return []
        folded = fold(text)
        spans: list[Span] = []
        reached = 0
        for last, (length, names) in self._firsts.iter(folded):
            start = last + 1 - length
            if start < reached or (start and folded[start - 1].isalnum()):
                continue
            for name in names:
                end = _end_of(name, folded, start)
                if end:
                    spans.append(Span(start, end, MaskKind.NAME))
                    reached = end
                    break
        return spans


def _end_of(name: tuple[str, ...], folded: str, start: int) -> int:
    """Where the name ends whose first word begins at `start`; 0 if it does not stand there."""
    at, size = start, len(folded)
    for number, word in enumerate(name):
        if number:
            # Words of a name stand side by side, not across a sentence or a mask.
            gap = at
            while at < size and at - gap <= _MAX_GAP and not folded[at].isalnum():
                at += 1
            if at - gap > _MAX_GAP:
                return 0
        if not folded.startswith(word, at):
            return 0
        at += len(word)
        if at < size and folded[at].isalnum():
            return 0
    return at
