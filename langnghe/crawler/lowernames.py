"""Finds names that are written without capitals, where the words around make them sure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from langnghe.crawler import namewords as words


def _any_of(listed: frozenset[str]) -> str:
    return "(?:" + "|".join(sorted(listed, key=lambda word: (-len(word), word))) + ")"


_ADDRESS: Final = _any_of(words.ADDRESS | words.PLAIN_ADDRESS | {"đồng chí", "tên là", "ctk"})
# Văn and Thị between a family name and a given name are hardly anything else.
_SURE_MIDDLE: Final = ("văn", "thị", "van", "thi")
_MORE: Final = r"(?P<given>[^\W\d_]+)(?: (?P<more>[^\W\d_]+))?(?!\w)"
_FULL: Final = re.compile(
    rf"(?<!\w)(?P<address>{_ADDRESS} )?"
    rf"(?P<family>{_any_of(words.ANY_FAMILY | words.PLAIN_LONG_FAMILY)}) "
    rf"(?P<middle>văn|thị|van|thi|đình|đức|hữu|quang|xuân|a) {_MORE}"
)
_SHORT: Final = re.compile(rf"(?<!\w){_ADDRESS} (?P<family>{_any_of(words.LOWER_FAMILY)}) {_MORE}")
_REVERSED: Final = re.compile(
    rf"(?<!\w){_ADDRESS} (?P<name>(?P<given>[^\W\d_]+) "
    r"(?P<family>nguyễn|nguyen|trần|phạm|pham|huỳnh)(?: (?:thị|thi|văn|van)(?! trấn| tran))?)(?!\w)"
)
_GIVEN: Final = re.compile(
    rf"(?<!\w)(?:ông|bà|anh|chị|cô|chú|bác|thằng|dì) (?P<name>{_any_of(words.SURE_GIVEN)})(?!\w)"
)
# A word that any of the patterns needs, as it stands in the text: where capitals are used,
# the family name has one and is not here.
_TRIGGERS: Final = words.LOWER_FAMILY | words.SURE_GIVEN | frozenset(_SURE_MIDDLE)


def find_lower_names(text: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Where such names begin and end. `lowered` is `text` in lower case, of the same length."""
    if _TRIGGERS.isdisjoint(text.split()):
        return
    for match in _FULL.finditer(lowered):
        if _is_full(match) and text[match.start("middle")].islower():
            yield match.start("family"), _end(match)
    for match in _SHORT.finditer(lowered):
        # With capitals throughout it is not for these patterns: they would cut it short.
        if text[match.start("given")].islower() and _is_given(match["given"], match["family"]):
            yield match.start("family"), _end(match)
    for match in _REVERSED.finditer(lowered):
        if text[match.start("given")].islower() and _is_given(match["given"], match["family"]):
            yield match.span("name")
    for match in _GIVEN.finditer(lowered):
        if text[match.start("name")].islower():
            yield match.span("name")


def _is_given(word: str, family: str) -> bool:
    given = words.PLAIN_GIVEN if family.isascii() else words.GIVEN
    return word in given and word not in words.NO_NAME and word not in words.NOT_GIVEN


def _end(match: re.Match[str]) -> int:
    """Where the name ends: behind "hà" in "nguyễn thị thu hà", behind "tuấn" in "… tuấn ở"."""
    more = match["more"]
    if more is None or more in words.NO_NAME or more in words.NOT_SECOND_GIVEN:
        return match.end("given")
    first = match["given"]
    if match.group().isascii():
        two = first in words.PLAIN_MIDDLE and more in words.PLAIN_GIVEN
    else:
        two = first in words.PARTS and more in words.GIVEN
    return match.end("more") if two else match.end("given")


def _is_full(match: re.Match[str]) -> bool:
    family, middle, given = match["family"], match["middle"], match["given"]
    if given in words.NOT_GIVEN or words.stays(f"{family} {middle} {given}"):
        return False
    if family.isascii() and middle.isascii():
        # Without diacritics "do van hoa", "tran van" may be many things.
        sure = family in words.PLAIN_FAMILY or bool(match["address"])
        return (
            sure
            and family in words.PLAIN_LONG_FAMILY
            and middle in ("van", "thi")
            and given in words.PLAIN_GIVEN
        )
    if match["address"]:
        return middle in _SURE_MIDDLE or given in words.GIVEN
    return family in words.FAMILY and middle in ("văn", "thị")
