"""Marks what was found, in the text as written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langnghe.core.text import fold, match_form
from langnghe.store.posts.interface import HIGHLIGHT_END, HIGHLIGHT_START
from langnghe.store.posts.query import Phrase

EXCERPT_CHARACTERS = 280
"""About four lines on a phone."""

_WORD = re.compile(r"[^\W_]+")

Span = tuple[int, int]


def spans(text: str, phrases: Sequence[Phrase]) -> list[Span]:
    """Where the phrases stand in `text`, in order and without overlap."""
    exact, plain = match_form(text), fold(text)
    if not (len(exact) == len(plain) == len(text)):
        return []  # not in NFC: the places in the forms are not those in the text
    found = [(match.start(), match.end()) for match in _WORD.finditer(exact)]
    exact_words = [exact[start:end] for start, end in found]
    plain_words = [plain[start:end] for start, end in found]
    hits: list[Span] = []
    for phrase in phrases:
        forms = (
            [(exact_words, phrase.words), (exact_words, phrase.plain)]
            if phrase.accented
            else [(plain_words, phrase.words)]
        )
        size = len(phrase.words)
        for there, sought in forms:
            first = sought[0]
            for at, word in enumerate(there):
                if word == first and tuple(there[at : at + size]) == sought:
                    hits.append((found[at][0], found[at + size - 1][1]))
    return _merged(hits)


def marked(text: str, places: Sequence[Span]) -> str:
    """The text with each place between HIGHLIGHT_START and HIGHLIGHT_END."""
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], HIGHLIGHT_START, text[start:end], HIGHLIGHT_END]
        at = end
    return "".join([*parts, text[at:]])


def excerpt(text: str, phrases: Sequence[Phrase]) -> str:
    """About EXCERPT_CHARACTERS of `text` around the first match, marked, cut between words."""
    places = spans(text, phrases)
    start, end = 0, len(text)
    if len(text) > EXCERPT_CHARACTERS:
        first = places[0][0] if places else 0
        start = max(0, min(first - EXCERPT_CHARACTERS // 3, len(text) - EXCERPT_CHARACTERS))
        end = min(start + EXCERPT_CHARACTERS, len(text))
        if start:
            blank = text.find(" ", start, first)
            start = blank + 1 if blank >= 0 else start
        if end < len(text):
            last = max((stop for begin, stop in places if begin < end), default=start)
            blank = text.rfind(" ", max(last, start + 1), end)
            end = blank if blank >= 0 else max(end, last)
    inside = [(a - start, b - start) for a, b in places if a >= start and b <= end]
    shown = marked(text[start:end], inside)
    return ("… " if start else "") + shown + (" …" if end < len(text) else "")


def _merged(hits: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(hits):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
