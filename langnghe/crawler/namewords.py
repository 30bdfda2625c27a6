"""The words by which names are told, read from `data/names.yaml` and `data/places.txt`."""

from __future__ import annotations

from typing import Final

from langnghe.core.text import fold
from langnghe.crawler.wordlists import lines, phrases, words

_FILE: Final = "names.yaml"


def _words(name: str) -> frozenset[str]:
    return words(_FILE, name)


def _folded(words: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


FAMILY: Final = _words("family")
"""Family names that are hardly ever another word."""
SHARED_FAMILY: Final = _words("shared_family") - FAMILY
"""Family names that are another word as well."""
ANY_FAMILY: Final = FAMILY | SHARED_FAMILY
MIDDLE: Final = _words("middle")
GIVEN: Final = _words("given")
SURE_GIVEN: Final = _words("sure_given")
PARTS: Final = ANY_FAMILY | MIDDLE | GIVEN
PLAIN_PARTS: Final = PARTS | _folded(PARTS)
PLAIN_GIVEN: Final = GIVEN | _folded(GIVEN)
PLAIN_FAMILY: Final = _words("plain_family")
PLAIN_LONG_FAMILY: Final = PLAIN_FAMILY | _words("plain_long_family")
PLAIN_MIDDLE: Final = _words("plain_middle") | {"a"}
LOWER_FAMILY: Final = _words("lower_family")

NO_NAME: Final = _words("no_name")
"""Words that are no name though they stand with a capital behind a form of address."""
ENDS_NAME: Final = NO_NAME - GIVEN
"""Words that no name goes beyond; "anh" is not one of them: Nguyễn Lan Anh."""
COMPOUNDS: Final = phrases(_FILE, "compounds")

ADDRESS: Final = _words("address")
PLAIN_ADDRESS: Final = _words("plain_address")
FAMILIAR_ADDRESS: Final = _words("familiar_address")
LOOSE_ADDRESS: Final = _words("loose_address")
ANY_ADDRESS: Final = ADDRESS | PLAIN_ADDRESS | LOOSE_ADDRESS
LOOSE_ALONE: Final = _words("loose_alone")
SPOKEN_TO: Final = _words("spoken_to")
NOT_GIVEN: Final = _words("not_given")
NOT_SECOND_GIVEN: Final = _words("not_second_given")
KEEPS_NAME_PHRASES: Final = phrases(_FILE, "keeps_name_phrases")
KEEPS_SHORT_NAME: Final = _words("keeps_short_name")
KEEPS_NAME: Final = _words("keeps_name")
NAMES_PLACES: Final = _words("names_places")

STAYS: Final = phrases(_FILE, "historical") | lines("places.txt")
"""Names of people of history and of places that look like a person's."""
_STAYS_PLAIN: Final = _folded(STAYS)
HOMES: Final = phrases(_FILE, "homes")
NOT_ADDRESSED: Final = phrases(_FILE, "not_addressed")
_PUBLIC: Final = _STAYS_PLAIN | _folded(HOMES)


def stays(name: str) -> bool:
    """Whether these words (lower case) are a place's name or that of a person of history."""
    return name in STAYS or (name.isascii() and name in _STAYS_PLAIN)


def is_public_name(folded: str) -> bool:
    """Whether these words (folded) are a place's name or that of a person of history."""
    return folded in _PUBLIC
