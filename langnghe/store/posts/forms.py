"""The two forms of a text that are indexed.

Both are made of title and text together and keep the length of each, so that a place found in a
form is the same place in the text as written. SQLite's own `remove_diacritics` does not fold
đ and follows no Vietnamese spelling rule; so both are made here, and the index takes them as
they are.
"""

from __future__ import annotations

from langnghe.core.text import fold, match_form


def _together(title: str, text: str) -> str:
    return f"{title}\n{text}" if title else text


def exact_form(title: str, text: str) -> str:
    """Lower-case with diacritics, one tone placement: what a term with diacritics is sought in."""
    return match_form(_together(title, text))


def plain_form(title: str, text: str) -> str:
    """Without diacritics: what a term without them is sought in."""
    return fold(_together(title, text))
