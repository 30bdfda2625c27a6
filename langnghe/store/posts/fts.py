"""A query tree as an expression of SQLite's FTS5.

Only letters and digits of the user's text get into the expression, and those between quotation
marks: whatever is typed, it stays data.
"""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.store.posts.forms import marked
from langnghe.store.posts.query import And, Node, Or, Phrase


def expression(node: Node, *, exact_only: bool = False) -> str:
    """The FTS5 expression over the columns `exact` and `plain` of `post_index`.

    A phrase with diacritics is sought as it is, and as people write it who use none: that is
    its plain form in the column `exact`, where "đông" is not "dong". With `exact_only` it is
    sought as it is alone. A phrase without diacritics is sought in the column `plain`.
    """
    match node:
        case Phrase():
            return _phrase(node, exact_only)
        case Or(choices):
            return "(" + " OR ".join(expression(c, exact_only=exact_only) for c in choices) + ")"
        case And(wanted, unwanted):
            found = " AND ".join(expression(c, exact_only=exact_only) for c in wanted)
            if unwanted:
                # What is to be left out is left out in both spellings.
                gone = " OR ".join(expression(c) for c in unwanted)
                return f"(({found}) NOT ({gone}))"
            return f"({found})"


def any_of(words: Iterable[str]) -> str:
    """Texts that have at least one of these words, which have no diacritics."""
    return "plain : (" + " OR ".join(_quoted(marked(word)) for word in words) + ")"


def _phrase(phrase: Phrase, exact_only: bool) -> str:
    if not phrase.accented:
        return f"plain : {_quoted(marked(' '.join(phrase.words)))}"
    if exact_only:
        return f"exact : {_quoted(' '.join(phrase.words))}"
    return f"exact : ({_quoted(' '.join(phrase.words))} OR {_quoted(' '.join(phrase.plain))})"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
