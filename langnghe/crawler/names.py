"""Finds names of private persons.

A name is told by what stands around it (a form of address, "tên là", "… ơi") and by what it is
made of (a family name and a given name). Names of office holders with their office, of streets,
schools, places and people of history stay.

A text without diacritics has far more words that look like names ("Truong Dai hoc", "Mo Vi"),
so a run of capitalised words without any diacritic is held to narrower lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from langnghe.core.syllables import is_syllable
from langnghe.crawler import namewords as words
from langnghe.crawler.lowernames import find_lower_names
from langnghe.crawler.masks import MaskKind, Span
from langnghe.crawler.offices import office_after, office_before

UPPER: Final = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
# "Nguyễn T. Hoa": a point within a name follows a single capital. The first capital comes before
# its condition, so that the search is quick.
_RUN: Final = re.compile(
    rf"[{UPPER}](?<![\w@.].)[^\W\d_]*(?:(?: |(?<= [{UPPER}])\. )[{UPPER}][^\W\d_]*)*(?!\w)"
)
_NEXT_WORD: Final = re.compile(r" [^\W\d_]+")
_WORD_AFTER: Final = re.compile(r"[ ,:]{1,2}([^\W\d_]+)|\s*$|:")
_CUE_BEFORE: Final = re.compile(
    r"(?:đồng chí|bác sĩ|bác sỹ|y sĩ|y tá|tài xế|chủ tk|chủ tài khoản|người (?:chuyển|nhận)"
    r"|kính thư,?|bị hại|chủ quán|tên(?: \w+)? là|(?:tôi|em|mình|cháu|con|anh|chị|cô|chú) là)[ :]*$"
)
_MAX_NAME: Final = 5
"""Syllables of the longest name that is masked: family name, two middle, two given."""
_MAX_SHOUTED: Final = 4
"""The same among capitals throughout, where the end of a name does not show."""


class _Token(NamedTuple):
    start: int
    end: int
    low: str
    shouted: bool
    """In capitals throughout, and more than one letter."""


class _Run(NamedTuple):
    """Capitalised words that stand side by side."""

    tokens: list[_Token]
    word_before: str
    """The word before the run, in lower case; empty where a sentence begins."""
    phrase_before: str
    """The last two of the words before it."""
    plain: bool
    """Without any diacritic."""
    shouted: bool
    """In capitals throughout, so that a capital says nothing."""

    def joined(self, at: int, upto: int) -> str:
        return " ".join(token.low for token in self.tokens[at:upto])


_Bounds = tuple[int, int]


def find_names(text: str, lowered: str) -> list[Span]:
    """Names of private persons in `text`.

    Args:
        text: cleaned text, with what other finders took made `VOID`.
        lowered: the same in lower case (`masks.lower_case`).
    """
    bounds: list[_Bounds] = []
    for match in _RUN.finditer(text):
        before = _word_before(lowered, match.start())
        if (
            " " in match.group()
            or before in words.ANY_ADDRESS
            or lowered.startswith((" ơi", " oi"), match.end())
        ):
            bounds += _in_run(match, lowered, before)
        # Else it is the first word of a sentence, as most are.
    bounds += find_lower_names(text, lowered)
    return [
        Span(start, end, MaskKind.NAME)
        for start, end in bounds
        if not office_before(lowered, text, start) and not office_after(lowered, end)
    ]


def _in_run(match: re.Match[str], lowered: str, before: str) -> Iterator[_Bounds]:
    """The names within one run of capitalised words; `before` is the word before it."""
    start = match.start()
    run = _run(match, lowered, before)
    at = 0
    while at < len(run.tokens):
        begin, upto = at, 0
        if _is_address(run, at):
            begin = at + 1
            upto = _addressed(run, begin, run.tokens[at].low, after_word=bool(at or before))
        elif at == 0 and (
            _is_address_word(before, run.plain)
            or (before in words.LOOSE_ADDRESS and _cued(lowered, start, run, before))
        ):
            upto = _addressed(run, 0, before, after_word=True)
        if not upto:
            begin, upto = at, _full_name(run, at)
        if not upto and at == 0:
            upto = _spoken_to(run, match.string, lowered)
        if upto:
            yield run.tokens[begin].start, run.tokens[upto - 1].end
        at = max(upto, at + 1)


def _word_before(lowered: str, start: int) -> str:
    """The word that a space (or a colon and a space) parts from `start`."""
    if not start or lowered[start - 1] != " ":
        return ""
    stop = start - 1
    if stop and lowered[stop - 1] == ":":
        stop -= 1
    begin, first = stop, max(0, stop - 8)
    while begin > first and (lowered[begin - 1].isalnum() or lowered[begin - 1] == "_"):
        begin -= 1
    return lowered[begin:stop]


def _run(match: re.Match[str], lowered: str, before: str) -> _Run:
    start = match.start()
    tokens = []
    begin = start
    for piece in match.group().split(" "):
        written = piece.rstrip(".")
        end = begin + len(written)
        shouts = len(written) > 1 and written.isupper()
        tokens.append(_Token(begin, end, lowered[begin:end], shouts))
        begin += len(piece) + 1
    after = _NEXT_WORD.match(lowered, tokens[-1].end)
    if after and f"{tokens[-1].low}{after.group()}" in words.COMPOUNDS:
        tokens.pop()
    shouted = sum(token.shouted for token in tokens) > 1
    two = " ".join(lowered[max(0, start - 20) : start].split()[-2:])
    return _Run(tokens, before, two, match.group().isascii(), shouted)


def _is_address_word(word: str, plain: bool) -> bool:
    return word in words.ADDRESS or (plain and word in words.PLAIN_ADDRESS)


def _is_address(run: _Run, at: int) -> bool:
    """Whether token `at` is a form of address with a capital, as at a sentence's beginning."""
    if at + 1 >= len(run.tokens):
        return False
    word, after = run.tokens[at].low, run.tokens[at + 1].low
    if word in words.LOOSE_ALONE and not at and after in words.GIVEN - words.NO_NAME:
        return True  # "Mr Hùng", "A. Tuấn"
    if not _is_address_word(word, run.plain):
        return False
    # "Lan Anh Phạm": an address does not follow a given name without a comma.
    return not (at and not run.shouted and run.tokens[at - 1].low in words.GIVEN)


def _cued(lowered: str, start: int, run: _Run, before: str) -> bool:
    """Whether "bác sĩ", "chủ tài khoản", "con" … make the given name that follows a name."""
    first = run.tokens[0].low if run.tokens else ""
    if first not in words.GIVEN or first in words.NO_NAME:
        return False
    if before in words.LOOSE_ALONE:
        return True
    return bool(_CUE_BEFORE.search(lowered, max(0, start - 24), start))


def _addressed(run: _Run, at: int, address: str, *, after_word: bool) -> int:
    """Up to which token a name goes that begins with token `at` behind a form of address."""
    if at >= len(run.tokens):
        return 0
    tokens = run.tokens
    first = tokens[at].low
    if first in words.NO_NAME or len(first) == 1 or not _can_be_name(run, at, address):
        return 0
    if address in words.NAMES_PLACES and any(
        words.stays(run.joined(at, at + length)) for length in (2, 3)
    ):
        return 0
    if run.shouted:
        alone = at + 1 == len(tokens) and first in words.GIVEN
        return _full_name(run, at) or (at + 1 if alone else 0)
    end = at + 1
    while end < len(tokens) and end - at < _MAX_NAME:
        word = tokens[end].low
        if word in words.ENDS_NAME or (word in words.ADDRESS and word not in words.PARTS):
            break
        end += 1
    name = run.joined(at, end)
    if name in words.HOMES or f"{address} {first}" in words.NOT_ADDRESSED:
        return 0
    if at and after_word and words.stays(f"{address} {name}"):
        return 0  # "đảo Cô Tô", "huyện Anh Sơn"
    return end


def _can_be_name(run: _Run, at: int, address: str) -> bool:
    """Whether a single word behind a form of address is a person's, not a thing's or a body's."""
    token = run.tokens[at]
    if token.shouted and not run.shouted and token.end - token.start == 2:
        return False  # CA, HS, TQ: an abbreviation
    known = token.low in words.PLAIN_PARTS if run.plain else token.low in words.PARTS
    if known:
        return True
    if token.shouted and not run.shouted:
        return False  # CSGT, HSSV
    if address not in words.ADDRESS:
        return False  # without diacritics: "co Se", "ban Hay"
    return is_syllable(token.low) or address not in words.FAMILIAR_ADDRESS


def _full_name(run: _Run, at: int) -> int:
    """Up to which token a full name goes that begins with token `at`; 0 if there is none."""
    tokens = run.tokens
    first = tokens[at].low
    begins = first in (words.PLAIN_LONG_FAMILY if run.plain else words.ANY_FAMILY)
    if not begins and first not in words.GIVEN:
        return 0
    before = tokens[at - 1].low if at else run.word_before
    if before in words.KEEPS_NAME or (not at and run.phrase_before in words.KEEPS_NAME_PHRASES):
        return 0
    if not begins:
        return _reversed_name(run, at)
    end = at + 1
    while end < len(tokens) and end - at < _MAX_NAME and tokens[end].low not in words.ENDS_NAME:
        # "Nguyễn Thị Hoa Trần Văn Bảo" are two.
        if end - at > 1 and tokens[end].low in words.FAMILY and _begins_name(run, end):
            break
        end += 1
    if run.shouted:
        end = _shouted_end(run, at, end)
    if end - at < 2 or words.stays(run.joined(at, end)):
        return 0
    if before in words.KEEPS_SHORT_NAME and end - at == 2:
        return 0
    return end if _is_full(run, at, end) else 0


def _begins_name(run: _Run, at: int) -> bool:
    return at + 1 < len(run.tokens) and run.tokens[at + 1].low in ("văn", "thị")


def _is_full(run: _Run, at: int, end: int) -> bool:
    """Whether the tokens from family name to `end` are surely a person's full name."""
    first, second, last = (run.tokens[i].low for i in (at, at + 1, end - 1))
    long = end - at > 2
    if run.plain:
        if first in words.PLAIN_FAMILY:
            return last in words.PLAIN_GIVEN
        return long and second in words.PLAIN_MIDDLE and last in words.PLAIN_GIVEN
    if run.shouted:
        return long and second in words.MIDDLE
    if first in words.FAMILY:
        return long or last in words.GIVEN or second in words.MIDDLE
    return long and (second in words.MIDDLE or (last in words.GIVEN and second in words.PARTS))


def _shouted_end(run: _Run, at: int, end: int) -> int:
    """Among capitals throughout, a name ends with the last known given name in reach."""
    parts = words.PLAIN_PARTS if run.plain else words.PARTS
    given = words.PLAIN_GIVEN if run.plain else words.GIVEN
    for upto in range(min(end, at + _MAX_SHOUTED), at + 1, -1):
        between = run.tokens[at + 1 : upto - 1]
        if run.tokens[upto - 1].low in given and all(token.low in parts for token in between):
            return upto
    return at + 1


def _reversed_name(run: _Run, at: int) -> int:
    """As `_full_name`, given names first, as some networks show them: "Tuấn Anh Trần"."""
    tokens = run.tokens
    if run.shouted or tokens[at].low not in words.GIVEN or tokens[at].low in words.NO_NAME:
        return 0
    families = words.PLAIN_FAMILY if run.plain else words.FAMILY
    for upto in range(at + 1, min(len(tokens), at + 3)):
        if tokens[upto].low in families:
            family_first = upto + 1 < len(tokens) and tokens[upto + 1].low in words.MIDDLE
            return 0 if family_first or words.stays(run.joined(at, upto + 1)) else upto + 1
        if tokens[upto].low not in words.GIVEN:
            return 0
    return 0


def _spoken_to(run: _Run, text: str, lowered: str) -> int:
    """A name that is spoken to: in a reply's first words, or before "ơi"."""
    tokens = run.tokens
    if not tokens or len(tokens) >= _MAX_NAME:
        return 0
    start, end = tokens[0].start, tokens[-1].end
    calls = lowered.startswith((" ơi", " oi"), end)
    if not calls:
        after = _WORD_AFTER.match(lowered, end)
        opens = len(tokens) > 1 and not text[:start].strip("\"'“”‘’(*•- \n")
        if after is None or not opens or (after[1] and after[1] not in words.SPOKEN_TO):
            return 0
    elif len(tokens) == 1 and (tokens[0].low in words.ADDRESS or tokens[0].low in words.NO_NAME):
        return 0  # "Anh ơi", "Trời ơi"
    parts = words.PLAIN_PARTS if run.plain else words.PARTS
    if any(token.low not in parts or token.low in words.ENDS_NAME for token in tokens):
        return 0
    if words.stays(run.joined(0, len(tokens))):
        return 0
    given = words.PLAIN_GIVEN if run.plain else words.GIVEN
    return len(tokens) if tokens[-1].low in given or tokens[-1].low in words.FAMILY else 0
