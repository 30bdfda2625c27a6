"""Names of places as they stand in a text, and what each can stand for.

A name has a meaning: its readings, such as a commune of today, an old township, a former
district. The type word before it (xã, TT, H., bản…) narrows them down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import groupby

from langnghe.core.gazetteer import VILLAGE_KINDS, Gazetteer, PlacesFile, Province
from langnghe.core.phrases import Found, PhraseIndex, Prepared, Spelling
from langnghe.core.text import fold, match_form


class Level(Enum):
    """What kind of thing a name stands for."""

    UNIT = 0
    """A commune of today."""
    FORMER_UNIT = 1
    """A commune-level unit of before."""
    VILLAGE = 2
    DISTRICT = 3
    """A former district."""
    PROVINCE = 4
    """A province of the gazetteer, of today or of before."""
    ELSEWHERE = 5
    """Any other province."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One thing that a name can stand for."""

    level: Level
    kinds: frozenset[str]
    """The type words that fit."""
    targets: tuple[str, ...]
    """Ids of places: several where a unit was divided; a village's own comes second."""
    province: str = ""
    districts: frozenset[str] = frozenset()
    """The former districts it belonged to, or that a commune of today lies in, by id."""
    distinct: bool = False
    """Whether the name by itself is enough."""

    @property
    def divided(self) -> bool:
        """Whether it was divided among several units of today."""
        return self.level is not Level.VILLAGE and len(self.targets) > 1


_INSIDE = frozenset({Level.UNIT, Level.FORMER_UNIT, Level.VILLAGE, Level.DISTRICT})


@dataclass(eq=False)
class Meaning:
    """All that a name can stand for, sorted out beforehand: every post asks for it."""

    readings: tuple[Reading, ...]
    places: tuple[Reading, ...] = field(init=False)
    """Those that are places of the gazetteer."""
    districts: frozenset[str] = field(init=False)
    provinces: frozenset[str] = field(init=False)
    elsewhere: bool = field(init=False)
    _narrowed: dict[frozenset[str], Meaning] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.places = tuple(one for one in self.readings if one.level in _INSIDE)
        self.districts = frozenset(
            one.targets[0] for one in self.readings if one.level is Level.DISTRICT
        )
        self.provinces = frozenset(
            one.province for one in self.readings if one.level is Level.PROVINCE
        )
        self.elsewhere = any(one.level is Level.ELSEWHERE for one in self.readings)

    def as_kind(self, kinds: frozenset[str]) -> Meaning:
        """What it can stand for after a type word."""
        if kinds not in self._narrowed:
            self._narrowed[kinds] = Meaning(
                tuple(one for one in self.readings if not one.kinds.isdisjoint(kinds))
            )
        return self._narrowed[kinds]


_VILLAGE = frozenset(VILLAGE_KINDS)
_DISTRICT_KINDS = frozenset({"huyện", "quận", "thị xã", "thành phố"})
_PROVINCE_KINDS = frozenset({"tỉnh", "thành phố"})

# Type words by their folded form: how they are spelt, and what they stand for. The abbreviations of
# one letter need their dot: "x. Bình Lư".
TYPE_WORDS: dict[str, tuple[str, frozenset[str]]] = {
    fold(word): (match_form(word), frozenset(kinds))
    for word, kinds in (
        ("xã", {"xã"}),
        ("x.", {"xã"}),
        ("phường", {"phường"}),
        ("p.", {"phường"}),
        ("thị trấn", {"thị trấn"}),
        ("tt", {"thị trấn"}),
        ("đặc khu", {"đặc khu"}),
        ("huyện", {"huyện"}),
        ("huyện ủy", {"huyện"}),
        ("h.", {"huyện"}),
        ("quận", {"quận"}),
        ("q.", {"quận"}),
        ("thị xã", {"thị xã"}),
        ("tx", {"thị xã"}),
        ("thành phố", {"thành phố"}),
        ("tp", {"thành phố"}),
        ("tỉnh", {"tỉnh"}),
        ("tỉnh ủy", {"tỉnh"}),
        ("t.", {"tỉnh"}),
        *((kind, _VILLAGE) for kind in VILLAGE_KINDS),
        ("tdp", _VILLAGE),
        ("kp", _VILLAGE),
    )
}
_TYPE = re.compile(
    "(?:^|(?<=[^0-9a-z]))("
    + "|".join(
        re.escape(word) if word.endswith(".") else re.escape(word) + r"\b"
        for word in sorted(TYPE_WORDS, key=len, reverse=True)
    )
    + r")[ .]{0,3}$"
)
_TYPE_REACH = 16
"""Characters before a name in which its type word lies."""


@dataclass(slots=True, eq=False)
class Name:
    """A name in the text. Offsets count characters of `Prepared.text`."""

    begin: int
    """Where it begins with its type word: "thành phố Huế" holds no ward Phố Huế."""
    start: int
    end: int
    meaning: Meaning
    typed: bool
    """Whether a type word stands before it."""
    hashtag: bool
    spelling: Spelling
    capitals: bool
    """Whether each word begins with a capital (or a digit)."""
    title: bool
    """Whether it goes on in small letters: not a heading all in capitals."""
    of_person: bool = False
    """Whether it goes on a person's name: Trần Hồng Thu, chị Hồng Thu."""


class NameIndex:
    """Finds the names of a gazetteer in texts."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        by_name: dict[str, list[Reading]] = {}
        for name, reading in _readings(gazetteer.file):
            by_name.setdefault(match_form(name), []).append(reading)
        for name, readings in by_name.items():
            if len({one.province for one in readings}) > 1:
                by_name[name] = [replace(one, distinct=False) for one in readings]
        self._index: PhraseIndex[Meaning] = PhraseIndex(
            (name, Meaning(tuple(readings))) for name, readings in by_name.items()
        )

    def find(self, text: Prepared) -> list[Name]:
        """The names in reading order; of several that overlap the first and longest."""
        found = self._index.find(text)
        if not found:
            return []
        found.sort(key=_span)
        every = [
            name
            for (start, end), group in groupby(found, key=_span)
            if (name := _name(start, end, list(group), text)) is not None
        ]
        every.sort(key=_first_and_longest)
        names: list[Name] = []
        reached = 0
        for name in every:
            if name.begin >= reached:
                if not name.typed:
                    name.of_person = _in_a_persons_name(name.start, text.text, reached)
                names.append(name)
                reached = name.end
        return names


def _span(found: Found[Meaning]) -> tuple[int, int]:
    return found.start, found.end


def _first_and_longest(name: Name) -> tuple[int, int]:
    return name.begin, -name.end


def _readings(file: PlacesFile) -> Iterator[tuple[str, Reading]]:
    shared = {match_form(name) for name in file.shared_names}
    for province in file.provinces:
        for name, reading in _province_readings(province):
            alone = _stands_alone(name, reading.level) and match_form(name) not in shared
            for spelling in _spellings(name):
                yield spelling, replace(reading, distinct=alone)
        yield from _user_readings(province, file)
    for name in file.other_provinces:
        # "Bà Rịa - Vũng Tàu" is also named by its parts.
        for part in dict.fromkeys((name, *name.split(" - "))):
            yield part, Reading(Level.ELSEWHERE, _PROVINCE_KINDS, ())


def _province_readings(province: Province) -> Iterator[tuple[str, Reading]]:
    """The readings of built names; `distinct` is left to be settled."""
    whose = province.name
    for name in (province.name, *province.formerly):
        yield name, Reading(Level.PROVINCE, _PROVINCE_KINDS, (), whose)
    for district in province.former_districts:
        own = frozenset({district.id})
        kind = frozenset({district.kind})
        yield district.name, Reading(Level.DISTRICT, kind, (district.id,), whose, own)
        for former in district.units:
            kind = frozenset({former.kind})
            yield former.name, Reading(Level.FORMER_UNIT, kind, former.now, whose, own)
    districts = _districts(province)
    for unit in province.units:
        kind = frozenset({unit.kind})
        yield unit.name, Reading(Level.UNIT, kind, (unit.id,), whose, districts[unit.id])


def _districts(province: Province) -> dict[str, frozenset[str]]:
    """The former districts that each unit of today lies in."""
    areas = [(district.id, district.area()) for district in province.former_districts]
    return {
        unit.id: frozenset(district for district, area in areas if unit.id in area)
        for unit in province.units
    }


def _user_readings(province: Province, file: PlacesFile) -> Iterator[tuple[str, Reading]]:
    """The readings of names that the user listed."""
    units = {unit.id: unit for unit in province.units}
    districts = _districts(province)
    for village in file.villages:
        if village.unit in units:
            for name in (village.name, *village.other_names):
                yield (
                    name,
                    Reading(
                        Level.VILLAGE,
                        _VILLAGE,
                        (village.unit, village.id),
                        province.name,
                        districts[village.unit],
                        distinct=_stands_alone(name, Level.VILLAGE),
                    ),
                )
    for other in file.other_names:
        if other.unit in units:
            yield (
                other.name,
                Reading(
                    Level.FORMER_UNIT,
                    _VILLAGE | {units[other.unit].kind, "xã", "thị trấn", "phường"},
                    (other.unit,),
                    province.name,
                    districts[other.unit],
                    distinct=_stands_alone(other.name, Level.FORMER_UNIT),
                ),
            )


def _stands_alone(name: str, level: Level) -> bool:
    """Whether a name is long enough to be known without any other sign.

    Names of villages of two syllables repeat all over the country (Tân Bình, Nà Cà).
    """
    syllables = len(name.split())
    return syllables >= (3 if level is Level.VILLAGE else 2)


_SWAPPED = str.maketrans("yỳýỷỹỵiìíỉĩị", "iìíỉĩịyỳýỷỹỵ")
_EITHER = re.compile(r"\b(?:[hklmstv]|qu)[yỳýỷỹỵiìíỉĩị]\b", re.IGNORECASE)


def _spellings(name: str) -> Iterator[str]:
    """The name, and as written with i for y or y for i: Ma Li Pho, Ma Ly Pho."""
    yield name
    swapped = _EITHER.sub(lambda found: found.group().translate(_SWAPPED), name)
    if swapped != name:
        yield swapped


def _name(start: int, end: int, found: Sequence[Found[Meaning]], text: Prepared) -> Name | None:
    """The name at this stretch; None where its type word fits nothing, or it needs one."""
    spelling = max(one.spelling for one in found)
    meanings = [one.value for one in found if one.spelling is spelling]
    meaning = meanings[0]
    if len(meanings) > 1:
        meaning = Meaning(tuple(reading for one in meanings for reading in one.readings))
    begin, kinds = _type_before(start, end, text)
    if kinds is not None:
        meaning = meaning.as_kind(kinds)
    written = text.text[start:end].replace("-", " ")
    if not meaning.readings or (kinds is None and " " not in written and written[0] != "#"):
        return None
    return Name(
        begin,
        start,
        end,
        meaning,
        typed=kinds is not None,
        hashtag=found[0].hashtag,
        spelling=spelling,
        capitals=all(not word[0].islower() for word in written.split()),
        title=written.istitle(),
    )


def _type_before(start: int, end: int, text: Prepared) -> tuple[int, frozenset[str] | None]:
    """Where the type word before a name begins, and what it says; else `start` and None."""
    reach = max(0, start - _TYPE_REACH)
    found = _TYPE.search(text.folded[reach:start])
    if found is None:
        return start, None
    begin = reach + found.start(1)
    proper, kinds = TYPE_WORDS[found[1]]
    written = text.forms[begin : reach + found.end(1)]
    if written == proper:
        return begin, kinds
    # Not xả, bạn or tính; and "xa Bình Lư" amid diacritics is far from it.
    bare = (
        written == found[1]
        and text.text[start:end].isascii()
        and not text.written_with_diacritics_near(start, end)
    )
    return (begin, kinds) if bare else (start, None)


_HONORIFICS = frozenset({"anh", "chị", "cô", "chú", "bác", "ông", "bà", "thầy"})


def _in_a_persons_name(start: int, text: str, reached: int) -> bool:
    """Whether the word right before is an honorific, or capitalised within a sentence."""
    before = text[reached:start].rstrip(" ")
    if not before or len(before) == start - reached or not before[-1].isalpha():
        return False
    word = before.rsplit(maxsplit=1)[-1]
    if word.lower() in _HONORIFICS:
        return True
    if not word.istitle():
        return False
    earlier = text[: reached + len(before) - len(word)].rstrip(" ")
    return bool(earlier) and earlier[-1] not in _SENTENCE_BREAKS


_SENTENCE_BREAKS = '.!?…:;\n"“(-–•'
