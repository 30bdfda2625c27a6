"""The two forms of a text that are indexed.

Both are made of title and text together. SQLite's own `remove_diacritics` does not fold đ and
follows no Vietnamese spelling rule; so both are made here, and the index takes them as they are.
"""

from __future__ import annotations

import re

from langnghe.core.text import fold, match_form

MARK = "0"
"""Stands before each word of the plain form. The two forms share one dictionary: without a mark,
whoever seeks "lịch" as people write it without diacritics, "lich", would have to read through
all posts that have "lịch", "lích" or "lịch", since all of them are "lich" in the plain form."""

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def together(title: str, text: str) -> str:
    """Title and text as one."""
    return f"{title}\n{text}" if title else text


def words_alone(form: str) -> str:
    """The words of a form, one blank between them."""
    return _BETWEEN_WORDS.sub(" ", form).strip()


def plain_words(text: str) -> str:
    """The words of a text without diacritics."""
    return words_alone(fold(text))


def exact_form(title: str, text: str) -> str:
    """Lower-case with diacritics, one tone placement: what a term with diacritics is sought in."""
    return match_form(together(title, text))


def plain_form(title: str, text: str) -> str:
    """Words without diacritics, each after MARK: what a term without them is sought in."""
    return plain_of(plain_words(title), plain_words(text))


def plain_of(title_words: str, text_words: str) -> str:
    """The plain form, made of the plain words of title and text."""
    return marked(f"{title_words} {text_words}".strip())


def marked(words: str) -> str:
    """Words with one blank between them, each after MARK."""
    return f"{MARK}{words}".replace(" ", f" {MARK}") if words else ""
