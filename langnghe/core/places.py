"""Finds the places that a text is about, by the names of today and of before 1 July 2025.

Rules, in the order in which they are applied (docs/places.md gives the reasons and figures):

1. Diacritics agree (`core.phrases`), and exact spelling comes before bare.
2. A type word before a name (xã, TT, H., bản…) must fit what the name stands for.
3. What follows in an address decides: "xã Tân Phong, huyện Bình Xuyên" is that old unit, and
   "xã Tân Phong, Thanh Hóa" is none of ours.
4. Other places and provinces in the text decide where a name still has several readings. A
   name of today is then read as today's. If all readings lie in one former district that is
   itself among them, it is that district. What is ambiguous still is never guessed.
5. A name needs a sign that the place is meant: its type word, its district or province, another
   place of the province, a local topic. A name that is found nowhere else in the country and is
   written with its diacritics needs none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from langnghe.core.gazetteer import Gazetteer
from langnghe.core.phrases import Prepared, Spelling
from langnghe.core.placenames import TYPE_WORDS, Level, Name, NameIndex, Reading


class Why(StrEnum):
    """How a mention was understood."""

    UNIT = "unit"
    """A commune of today by its name of today."""
    FORMER_UNIT = "former_unit"
    """A commune-level unit of before, whose area lies in one of today."""
    VILLAGE = "village"
    FORMER_DISTRICT = "former_district"
    HOME = "home"
    """A former district, the one that the service's own commune lay in."""
    ANCESTOR = "ancestor"
    """A former district or a province that only says where another place is."""
    DIVIDED = "divided"
    """A unit of before that was divided, and nothing says which part is meant."""
    SEVERAL = "several"
    """Several units bear the name, and nothing says which is meant."""
    NEEDS_CONTEXT = "needs_context"
    """Nothing says that this place is meant, and not one elsewhere or another word."""
    ELSEWHERE = "elsewhere"
    """The text says that it is in another district or province."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One name in a text. Offsets count characters of the text in NFC.

    `places` are what it was understood as (none where it was not); `candidates` all that it
    could be.
    """

    start: int
    end: int
    places: tuple[str, ...]
    candidates: tuple[str, ...]
    why: Why


_STEP = re.compile(
    r"[ ,;.()/]{1,4}(?:(?:thuoc|cua|o|tai) )?(?:(?:"
    + "|".join(re.escape(word) for word in sorted(TYPE_WORDS, key=len, reverse=True))
    + r")[ .]{0,3})?"
)
"""What stands between a place and the larger one that it lies in, type word included."""

_UNKNOWN_DISTRICT = re.compile(
    r"[ ,;.()/]{1,4}(?:huyen|h\.|quan|thi xa|tx|thanh pho|tp)[ .]{1,3}\w"
)

_OPEN = frozenset({Why.DIVIDED, Why.SEVERAL, Why.NEEDS_CONTEXT})


class PlaceMatcher:
    """Finds the places of a text."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._index = NameIndex(gazetteer)
        self._areas = gazetteer.areas
        self._province_of = {place.id: place.province for place in gazetteer.places}
        self._order = {place.id: at for at, place in enumerate(gazetteer.places)}
        self._home = gazetteer.file.home
        self._local_topics = frozenset(gazetteer.file.local_topics)
        self._provinces = frozenset(province.name for province in gazetteer.file.provinces)
        self._chosen: dict[tuple[Reading, ...], Reading | None] = {}
        self._candidates: dict[tuple[Reading, ...], tuple[str, ...]] = {}

    def match(self, text: str | Prepared, topics: Collection[str] = ()) -> tuple[str, ...]:
        """The ids of the places that `text` is about, in the order of the gazetteer.

        A village comes with its commune. `topics` are the ids of the topics found in the text.
        """
        found = {place for mention in self.explain(text, topics) for place in mention.places}
        return tuple(sorted(found, key=self._order.__getitem__))

    def explain(self, text: str | Prepared, topics: Collection[str] = ()) -> list[PlaceMention]:
        """Every name of a place in `text`, in reading order, and how it was understood."""
        prepared = text if isinstance(text, Prepared) else Prepared(text)
        names = self._index.find(prepared)
        if not names:
            return []
        provinces, elsewhere = _context(names)
        if not self._local_topics.isdisjoint(topics):
            provinces |= self._provinces
        ancestors = _ancestors(names, prepared)
        mentions = [
            self._understand(name, above, provinces, elsewhere)
            for name, above in zip(names, ancestors, strict=True)
        ]
        sure = {self._province_of[place] for one in mentions for place in one.places}
        if not sure <= provinces and any(one.why in _OPEN for one in mentions):
            # A place that is sure tells the province for those that were not.
            provinces |= sure
            for at, one in enumerate(mentions):
                if one.why in _OPEN:
                    mentions[at] = self._understand(names[at], ancestors[at], provinces, elsewhere)
        return self._settle(mentions)

    def _understand(
        self, name: Name, above: _Ancestors, provinces: Collection[str], elsewhere: bool
    ) -> PlaceMention:
        """What a name means, where `provinces` of ours and perhaps one `elsewhere` are named."""
        readings = name.meaning.places
        candidates = self._ids(readings)
        if (
            not readings
            or above.is_one
            or (name.meaning.provinces and not (name.typed or above.typed))
        ):
            # A province's own name stands for the province: bare "Lai Châu" is not the town.
            return PlaceMention(name.start, name.end, (), candidates, Why.ANCESTOR)
        readings, located = above.keep(readings), above.known
        here = tuple(one for one in readings if one.province in provinces)
        if here:
            readings, located = here, True
        elif elsewhere and not located and not any(one.distinct for one in readings):
            readings = ()
        if not readings:
            return PlaceMention(name.start, name.end, (), candidates, Why.ELSEWHERE)
        chosen = self._choose(readings)
        if chosen is None:
            why = Why.DIVIDED if len(readings) == 1 else Why.SEVERAL
            return PlaceMention(name.start, name.end, (), self._ids(readings), why)
        if not self._is_meant(name, chosen, located):
            return PlaceMention(name.start, name.end, (), candidates, Why.NEEDS_CONTEXT)
        return PlaceMention(name.start, name.end, chosen.targets, candidates, _WHY[chosen.level])

    def _is_meant(self, name: Name, reading: Reading, located: bool) -> bool:
        """Whether there is a sign that the place is meant (rule 5)."""
        if name.typed or name.of_person:
            return name.typed
        if located and (name.title or name.hashtag):
            return True  # "đoàn kết" is solidarity, in whatever province
        if not reading.distinct:
            return False
        if name.hashtag:
            return True
        bare = name.spelling is not Spelling.EXACT
        # "thân thuộc" is familiar; but the names that the user cares for are no such words.
        as_name = (
            name.capitals or reading.targets[0] == self._home or reading.level is Level.VILLAGE
        )
        return located if bare else as_name

    def _choose(self, readings: tuple[Reading, ...]) -> Reading | None:
        """The one reading that is meant; None where that cannot be told."""
        if readings not in self._chosen:
            self._chosen[readings] = _choice(readings, self._areas)
        return self._chosen[readings]

    def _ids(self, readings: tuple[Reading, ...]) -> tuple[str, ...]:
        """The ids that these readings lead to, in the order of the gazetteer."""
        if readings not in self._candidates:
            found = {place for reading in readings for place in reading.targets}
            self._candidates[readings] = tuple(sorted(found, key=self._order.__getitem__))
        return self._candidates[readings]

    def _settle(self, mentions: Sequence[PlaceMention]) -> list[PlaceMention]:
        """Let the mentions that are sure decide about the others."""
        sure = {place for one in mentions for place in one.places if place not in self._areas}
        return [self._settled(one, sure) for one in mentions]

    def _settled(self, one: PlaceMention, sure: Collection[str]) -> PlaceMention:
        if one.why is Why.FORMER_DISTRICT:
            area = self._areas[one.places[0]]
            if not area.isdisjoint(sure):
                return replace(one, places=(), why=Why.ANCESTOR)
            if self._home in area:
                return replace(one, places=(self._home, *one.places), why=Why.HOME)
        elif one.why in (Why.DIVIDED, Why.SEVERAL):
            named = tuple(place for place in one.candidates if place in sure)
            if len(named) == 1:
                return replace(one, places=named, why=Why.FORMER_UNIT)
        return one


_WHY = {
    Level.UNIT: Why.UNIT,
    Level.FORMER_UNIT: Why.FORMER_UNIT,
    Level.VILLAGE: Why.VILLAGE,
    Level.DISTRICT: Why.FORMER_DISTRICT,
}


def _choice(readings: Sequence[Reading], areas: Mapping[str, frozenset[str]]) -> Reading | None:
    """Which of several readings is meant, by themselves (rule 4)."""
    if len({one.targets[0] for one in readings}) == 1 and not any(one.divided for one in readings):
        # A village and the old commune of its name: both are the commune of today.
        return min(readings, key=lambda one: (len(one.targets), one.level.value))
    for district in readings:
        if district.level is Level.DISTRICT:
            inside = areas[district.targets[0]] | {district.targets[0]}
            if all(inside.issuperset(one.targets[:1]) for one in readings):
                return district
    today = [one for one in readings if one.level is Level.UNIT]
    one_province = len({one.province for one in readings}) == 1
    return today[0] if one_province and len(today) == 1 else None


def _context(names: Iterable[Name]) -> tuple[frozenset[str], bool]:
    """The provinces of the gazetteer that the text names, and whether it names another."""
    provinces: frozenset[str] = frozenset()
    elsewhere = False
    for name in names:
        meaning = name.meaning
        if name.typed or name.title:
            elsewhere = elsewhere or meaning.elsewhere
        elif name.spelling is Spelling.EXACT:
            continue  # "hòa bình" is peace
        provinces |= meaning.provinces
        if name.typed and meaning.districts:
            of_district = {one.province for one in meaning.places}
            if len(of_district) == 1:
                provinces |= of_district
    return provinces, elsewhere


@dataclass(slots=True)
class _Ancestors:
    """The larger units that follow a name in an address."""

    districts: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    typed: bool = False
    """Whether it is sure that a district is meant: by its type word, or since a province
    follows it. Else it may be the next name in a list."""
    outside: bool = False
    """Whether the first of them is none of ours."""
    is_one: bool = False
    """Whether the name is itself the district of another."""

    @property
    def known(self) -> bool:
        """Whether one of them is ours."""
        return bool(self.districts or self.provinces)

    def keep(self, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
        """The readings that lie there."""
        distinct = any(one.distinct for one in readings)
        if self.outside:
            return readings if distinct else ()
        if self.provinces:
            readings = tuple(one for one in readings if one.province in self.provinces)
        if not self.districts:
            return readings
        inside = tuple(one for one in readings if not one.districts.isdisjoint(self.districts))
        before = tuple(one for one in inside if one.level is not Level.UNIT)
        if self.typed:
            # In an address of before, the name is the one of before.
            return before or inside or (readings if distinct else ())
        # A name of today is not turned into the old one by what may be a list.
        return readings if any(one.level is Level.UNIT for one in readings) else before or readings


def _ancestors(names: Sequence[Name], text: Prepared) -> list[_Ancestors]:
    """For each name what follows it in an address."""
    found = [_Ancestors() for _ in names]
    for at, name in enumerate(names):
        one, end, last = found[at], name.end, at
        for next_at in range(at + 1, len(names)):
            larger = names[next_at]
            meaning = larger.meaning
            if not _STEP.fullmatch(text.folded, end, larger.start):
                break
            if one.districts and meaning.provinces:
                one.provinces |= meaning.provinces
                one.typed = True
                break
            if one.districts or not (meaning.districts or meaning.provinces):
                one.outside = meaning.elsewhere and not one.districts
                break
            one.districts |= meaning.districts
            one.provinces |= meaning.provinces
            one.typed = larger.typed and bool(meaning.districts)
            end, last = larger.end, next_at
        else:
            one.outside = not one.districts and bool(_UNKNOWN_DISTRICT.match(text.folded, end))
        if one.typed and last > at:
            found[last].is_one = True
    return found
