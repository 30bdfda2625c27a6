"""The query language: text to a tree that any engine can translate.

    query   = or
    or      = and  { "OR" and }
    and     = not  { ["AND"] not }
    not     = [ "NOT" ] unit
    unit    = "(" or ")"  |  "quoted phrase"  |  word { word }

The operators may also be written HOẶC, VÀ, KHÔNG; all only count in capitals, so that "và" and
"không" remain words. What words side by side mean is told by `Match`. Everything else, such as
colons, asterisks, slashes or hyphens, separates words as it does in the texts: a price or a
date typed as people type it is a query too. That is why no parser of the Lucene language is
used here: it gives each of those signs a meaning of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from langnghe.core.text import fold, match_form, words
from langnghe.store.posts.interface import Match, QueryError

MAX_PHRASES = 100
"""More is no question a person asks, and would only keep the machine busy."""

MAX_WORDS = 500
"""As MAX_PHRASES, for the words of all phrases together."""

MAX_DEPTH = 20
"""Nesting of parentheses."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order, one right after the other, in `match_form`. Never empty."""

    words: tuple[str, ...]

    @property
    def plain(self) -> tuple[str, ...]:
        """The words without diacritics."""
        return tuple(fold(word) for word in self.words)

    @property
    def accented(self) -> bool:
        """Whether it was written with diacritics: then other diacritics do not match."""
        return self.plain != self.words


@dataclass(frozen=True, slots=True)
class And:
    """All of `wanted` (at least one) and none of `unwanted`."""

    wanted: tuple[Node, ...]
    unwanted: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them."""

    choices: tuple[Node, ...]


Node = Phrase | And | Or


@dataclass(frozen=True, slots=True)
class _Not:
    """Lives only until the `And` around it is built."""

    node: Node
    position: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


_TOKEN = re.compile(
    r"""
      [("“”«»)]                         # a parenthesis or a quotation mark
    | [^\s()"“”«»]+                     # anything else up to a blank
    """,
    re.VERBOSE,
)
_QUOTES = '"“”«»'
_OPERATORS = {
    "AND": "and",
    "VÀ": "and",
    "OR": "or",
    "HOẶC": "or",
    "NOT": "not",
    "KHÔNG": "not",
}


def parse(text: str, match: Match = Match.PHRASE) -> Node | None:
    """The tree of a query; None for a text that is blank.

    Raises:
        QueryError: it cannot be understood, with the place where.
    """
    tokens = list(_tokens(text))
    if not tokens:
        return None
    node = _Parser(tokens, len(text), match).query()
    phrases = list(_phrases(node))
    if len(phrases) > MAX_PHRASES or sum(len(phrase.words) for phrase in phrases) > MAX_WORDS:
        raise QueryError(f"câu tìm có nhiều nhất {MAX_PHRASES} cụm từ và {MAX_WORDS} từ")
    return node


def wanted_phrases(node: Node | None) -> tuple[Phrase, ...]:
    """The phrases that are sought, to be highlighted: those after NOT are not among them."""
    match node:
        case None:
            return ()
        case Phrase():
            return (node,)
        case And(wanted):
            return tuple(phrase for child in wanted for phrase in wanted_phrases(child))
        case Or(choices):
            return tuple(phrase for child in choices for phrase in wanted_phrases(child))


def _phrases(node: Node) -> Iterator[Phrase]:
    match node:
        case Phrase():
            yield node
        case And(wanted, unwanted):
            for child in (*wanted, *unwanted):
                yield from _phrases(child)
        case Or(choices):
            for child in choices:
                yield from _phrases(child)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while found := _TOKEN.search(text, at):
        sign, position = found.group(), found.start()
        at = found.end()
        if sign in _QUOTES:
            # Any closing mark ends a quotation: people mix them.
            closing = re.compile(f"[{_QUOTES}]").search(text, at)
            if closing is None:
                raise QueryError("dấu nháy này chưa đóng", position)
            yield _Token("phrase", text[at : closing.start()], position)
            at = closing.end()
        elif sign in "()":
            yield _Token(sign, sign, position)
        else:
            # match_form unifies the spellings of one letter; capitals are tested as written.
            operator = _OPERATORS.get(_upper_nfc(sign))
            yield _Token(operator or "word", sign, position)


def _upper_nfc(sign: str) -> str:
    return match_form(sign).upper() if sign.isupper() else sign


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[_Token], end: int, match: Match) -> None:
        self._tokens = tokens
        self._end = end
        self._match = match
        self._at = 0
        self._depth = 0

    def query(self) -> Node:
        node = self._or()
        if self._kind() == ")":
            raise QueryError("dấu ngoặc này chưa mở", self._position())
        return node

    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _position(self) -> int:
        return self._tokens[self._at].position if self._at < len(self._tokens) else self._end

    def _or(self) -> Node:
        choices = [self._and()]
        while self._kind() == "or":
            self._at += 1
            choices.append(self._and())
        return choices[0] if len(choices) == 1 else Or(tuple(choices))

    def _and(self) -> Node:
        parts = [self._not()]
        while self._kind() not in ("", "or", ")"):
            if self._kind() == "and":
                self._at += 1
            parts.append(self._not())
        wanted = tuple(part for part in parts if not isinstance(part, _Not))
        unwanted = tuple(part for part in parts if isinstance(part, _Not))
        if not wanted:
            raise QueryError("NOT chỉ bớt đi: hãy viết thêm từ cần tìm", unwanted[0].position)
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return And(wanted, tuple(part.node for part in unwanted))

    def _not(self) -> Node | _Not:
        if self._kind() == "not":
            position = self._position()
            self._at += 1
            return _Not(self._unit(), position)
        return self._unit()

    def _unit(self) -> Node:
        kind, position = self._kind(), self._position()
        if kind == "(":
            return self._group(position)
        if kind == "phrase":
            self._at += 1
            return self._phrase(self._tokens[self._at - 1].text, position, Match.PHRASE)
        if kind == "word":
            start = self._at
            while self._kind() == "word":
                self._at += 1
            run = " ".join(token.text for token in self._tokens[start : self._at])
            return self._phrase(run, position, self._match)
        raise QueryError("chỗ này thiếu một từ hoặc cụm từ", position)

    def _group(self, position: int) -> Node:
        self._at += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"quá {MAX_DEPTH} dấu ngoặc lồng nhau", position)
        node = self._or()
        if self._kind() != ")":
            raise QueryError("dấu ngoặc này chưa đóng", position)
        self._at += 1
        self._depth -= 1
        return node

    def _phrase(self, text: str, position: int, match: Match) -> Node:
        found = tuple(words(match_form(text)))
        if not found:
            raise QueryError("chỗ này không có từ nào để tìm", position)
        if match is Match.PHRASE or len(found) == 1:
            return Phrase(found)
        return And(tuple(Phrase((word,)) for word in dict.fromkeys(found)))
