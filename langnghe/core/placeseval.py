"""Measures the places: the built mapping, and the matching, against an independent table.

The table is a CSV file with one row per old unit and successor, and the columns
`city_name_old`, `district_name_old`, `ward_name_old`, `city_name_new`, `ward_new_name`; names
carry their type ("Thị Trấn Tam Đường"). It is read where it lies; nothing of it is kept.

Matching is measured on sentences made from its rows, in the ways people write an address. An
old unit with one successor must be found; one that was divided must not be guessed.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from langnghe.core.errors import LangNgheError
from langnghe.core.gazetteer import Gazetteer, PlacesFile
from langnghe.core.places import PlaceMatcher
from langnghe.core.placesbuild import build_all, build_places
from langnghe.core.text import fold, match_form

_COLUMNS = (
    "city_name_old",
    "district_name_old",
    "ward_name_old",
    "city_name_new",
    "ward_new_name",
)

_KINDS = ("thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "huyện", "quận", "tỉnh", "xã")

_SHORT = {
    "thành phố": "TP",
    "thị trấn": "TT",
    "thị xã": "TX",
    "phường": "P.",
    "huyện": "H.",
    "quận": "Q.",
    "xã": "X.",
}


class _Named(NamedTuple):
    kind: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """For comparison: sources differ in capitals, tone placement, hyphens and spaces."""
        return self.kind, _key(self.name)

    def short(self) -> str:
        return f"{_SHORT.get(self.kind, self.kind)} {self.name}"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


_OldKey = tuple[str, tuple[str, str], tuple[str, str]]
_NewKey = tuple[str, tuple[str, str]]
_Built = Mapping[_OldKey, frozenset[_NewKey]]


@dataclass(frozen=True, slots=True)
class _OldUnit:
    """An old unit of the table, with all that it became."""

    unit: _Named
    district: _Named
    province: _Named
    now: frozenset[_NewKey]
    """Province and unit of today."""

    @property
    def key(self) -> _OldKey:
        return _key(self.province.name), self.district.key, self.unit.key


FORMS: Mapping[str, Callable[[_OldUnit], str]] = {
    "full": lambda old: f"Hôm qua ở {old.unit}, {old.district}, {old.province} mưa rất to.",
    "stripped": lambda old: fold(f"hôm qua ở {old.unit} {old.district} {old.province} mưa rất to"),
    "short": lambda old: f"Hôm qua ở {old.unit.short()}, {old.district.short()} mưa rất to.",
    "no_province": lambda old: f"Hôm qua ở {old.unit}, {old.district} mưa rất to.",
    "names_only": lambda old: (
        f"Hôm qua ở {old.unit.name}, {old.district.name}, {old.province.name} mưa rất to."
    ),
    "bare": lambda old: f"Hôm qua ở {old.unit.name} mưa rất to.",
}
"""Ways to write where something was; `bare` names the unit alone, without a type word."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. Shares are from 0 to 1; one that rests on nothing is left out."""

    rows: int
    old_units: int
    shares: Mapping[str, float]
    """By name, such as `mapping.all.agreement` or `match.stripped.recall`."""


def evaluate(path: Path, province: str = "Lai Châu") -> Figures:
    """Measure against the table at `path`; `province` is also measured by itself.

    Needs the extra `places`.

    Raises:
        LangNgheError: the table lacks a column or cannot be read, or the extra is not installed.
    """
    rows, olds = _read(path)
    country = build_all()
    built = _built(country)
    shares: dict[str, float] = {}
    for scope, chosen in (
        ("all", olds),
        ("province", [old for old in olds if old.province.name == province]),
    ):
        shares |= {f"mapping.{scope}.{name}": one for name, one in _mapping(chosen, built).items()}
    matcher = PlaceMatcher(Gazetteer(country))
    ids = _ids(country)
    for form, write in FORMS.items():
        found = _matching(olds, matcher, ids, built, write)
        shares |= {f"match.{form}.{name}": one for name, one in found.items()}
    alone = PlaceMatcher(Gazetteer(build_places([province])))
    outside = [old for old in olds if old.province.name != province]
    for form in ("full", "stripped", "names_only"):
        wrong = sum(bool(alone.match(FORMS[form](old))) for old in outside)
        shares |= _shares(**{f"outside.{form}.false": (wrong, len(outside))})
    return Figures(rows, len(olds), shares)


def _mapping(olds: Iterable[_OldUnit], built: _Built) -> dict[str, float]:
    """How far the built mapping has the table's units, and says the same of them.

    `divided_known`: of the units that the table divides, those that the mapping divides too.
    """
    total = covered = same = divided = known = 0
    for old in olds:
        total += 1
        now = built.get(old.key)
        if now is not None:
            covered += 1
            same += now == old.now
            if len(old.now) > 1:
                divided += 1
                known += len(now) > 1
    return _shares(
        covered=(covered, total), agreement=(same, covered), divided_known=(known, divided)
    )


def _built(file: PlacesFile) -> _Built:
    built: dict[_OldKey, frozenset[_NewKey]] = {}
    for province in file.provinces:
        keys = {
            unit.id: (_key(province.name), _Named(unit.kind, unit.name).key)
            for unit in province.units
        }
        for district in province.former_districts:
            where = _key(district.province), _Named(district.kind, district.name).key
            for unit in district.units:
                built[*where, _Named(unit.kind, unit.name).key] = frozenset(
                    keys[place] for place in unit.now
                )
    return built


def _ids(file: PlacesFile) -> dict[_NewKey, str]:
    return {
        (_key(province.name), _Named(unit.kind, unit.name).key): unit.id
        for province in file.provinces
        for unit in province.units
    }


def _matching(
    olds: Iterable[_OldUnit],
    matcher: PlaceMatcher,
    ids: Mapping[_NewKey, str],
    built: _Built,
    write: Callable[[_OldUnit], str],
) -> dict[str, float]:
    """Of units with one successor: how often it is found, how often an answer is right.

    `divided_guessed`: of the units that table and mapping divide, those answered all the same.
    """
    answered = right = whole = divided = guessed = 0
    for old in olds:
        wanted = {ids[now] for now in old.now if now in ids}
        if len(wanted) != len(old.now):
            continue  # the table names a successor that the package spells otherwise
        given = {place for place in matcher.match(write(old)) if place.isdigit()}
        if len(wanted) > 1:
            if len(built.get(old.key, ())) > 1:
                divided += 1
                guessed += bool(given)
        else:
            whole += 1
            answered += bool(given)
            right += given == wanted
    return _shares(
        precision=(right, answered), recall=(right, whole), divided_guessed=(guessed, divided)
    )


def _read(path: Path) -> tuple[int, list[_OldUnit]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                raise LangNgheError(f"{path}: thiếu cột {', '.join(lacking)} ở dòng đầu.")
            table = [tuple((row[name] or "").strip() for name in _COLUMNS) for row in reader]
    except OSError as error:
        raise LangNgheError(f"{path}: không đọc được tệp ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise LangNgheError(f"{path}: không phải UTF-8. Hãy lưu tệp lại với UTF-8.") from None
    became: dict[tuple[str, str, str], set[_NewKey]] = defaultdict(set)
    for city, district, ward, new_city, new_ward in table:
        became[city, district, ward].add((_key(_named(new_city).name), _named(new_ward).key))
    return len(table), [
        _OldUnit(_named(ward), _named(district), _named(city), frozenset(now))
        for (city, district, ward), now in became.items()
    ]


def _named(text: str) -> _Named:
    """`Thị Trấn Tam Đường` is a thị trấn named Tam Đường."""
    words = " ".join(text.split())
    for kind in _KINDS:
        if match_form(words).startswith(match_form(kind) + " "):
            return _Named(kind, words[len(kind) + 1 :])
    return _Named("", words)


def _key(name: str) -> str:
    return "".join(char for char in match_form(name) if char.isalnum())


def _shares(**parts: tuple[int, int]) -> dict[str, float]:
    """Shares of part and whole by name; a share of nothing is no figure and is left out."""
    return {name: part / whole for name, (part, whole) in parts.items() if whole}
