"""The places that a service knows, and the names they have and had: `places.yaml`.

Since 1 July 2025 there are two levels, province and commune (xã, phường, đặc khu); people still
use the names of before: old communes, townships and districts (domain.md §6). The lower part of
the file is written by `langnghe places build`, the upper part belongs to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from langnghe.core.configfile import read_config
from langnghe.core.models import Place
from langnghe.core.text import fold

FORMER_DISTRICT = "former_district"
"""`Place.kind` of an area that was a district until 1 July 2025; its id begins with `cu-`."""

VILLAGE_KINDS = ("bản", "thôn", "tổ dân phố", "khu phố", "khu", "làng", "xóm", "ấp", "buôn", "tổ")

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """`Chu Va 12` gives `chu-va-12`."""
    return _NOT_SLUG.sub("-", fold(name)).strip("-")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


_Name = Annotated[str, Field(min_length=1)]


class Unit(_Strict):
    """A commune-level unit of today; `id` is its code of the General Statistics Office."""

    id: Annotated[str, Field(pattern=r"^[0-9]+$")]
    kind: _Name
    name: _Name


class FormerUnit(_Strict):
    """A commune-level unit of before; `now` are today's units that its area lies in."""

    kind: _Name
    name: _Name
    now: Annotated[tuple[str, ...], Field(min_length=1)]


class FormerDistrict(_Strict):
    """A district of before, with the units it had. `province` is the province of before."""

    id: Annotated[str, Field(pattern=r"^cu-[a-z0-9-]+$")]
    kind: _Name
    name: _Name
    province: _Name
    units: tuple[FormerUnit, ...]
    now: tuple[str, ...] = ()
    """Today's units, for a district that had no communes (some islands)."""

    def area(self) -> frozenset[str]:
        """The ids of today's units that hold some of it."""
        return frozenset(chain(self.now, *(unit.now for unit in self.units)))


class Province(_Strict):
    """A province of today with its units, and the names of those that were merged into it."""

    code: Annotated[str, Field(pattern=r"^[0-9]+$")]
    kind: _Name
    name: _Name
    formerly: tuple[_Name, ...] = ()
    units: Annotated[tuple[Unit, ...], Field(min_length=1)]
    former_districts: tuple[FormerDistrict, ...] = ()

    @model_validator(mode="after")
    def _successors_exist(self) -> Province:
        known = {unit.id for unit in self.units}
        for district in self.former_districts:
            lost = district.area() - known
            if lost:
                raise ValueError(
                    f"{district.kind} {district.name} dẫn tới mã {', '.join(sorted(lost))} "
                    "không có trong `units`: hãy chạy lại `langnghe places build`"
                )
        return self


def _known(unit: str, info: ValidationInfo) -> str:
    """Check an id against the units above it in the model."""
    provinces: tuple[Province, ...] | None = info.data.get("provinces")
    if provinces is not None and not any(
        unit == one.id for province in provinces for one in province.units
    ):
        raise ValueError(f"không có đơn vị nào mã {unit!r}: hãy lấy mã trong mục `units`")
    return unit


class _OfUnit(_Strict):
    unit: str
    """The id of today's unit that it belongs to."""
    name: _Name


class Village(_OfUnit):
    """A village that the user listed."""

    kind: _Name = "bản"
    other_names: tuple[_Name, ...] = ()

    @property
    def id(self) -> str:
        """`3390/chu-va-12`."""
        return f"{self.unit}/{slug(self.name)}"

    @model_validator(mode="after")
    def _is_village(self) -> Village:
        if self.kind not in VILLAGE_KINDS:
            raise ValueError(f"kind phải là một trong: {', '.join(VILLAGE_KINDS)}")
        return self


class OtherName(_OfUnit):
    """Another name or spelling of a unit: `Thung lũng Bình Lư`, `Hua Bun`."""


def _known_unit(entry: _OfUnit, info: ValidationInfo) -> _OfUnit:
    _known(entry.unit, info)
    return entry


class PlacesFile(_Strict):
    """`places.yaml`."""

    provinces: tuple[Province, ...] = ()
    shared_names: tuple[_Name, ...] = ()
    """Names above that a unit, district or province elsewhere in the country bears as well."""
    other_provinces: tuple[_Name, ...] = ()
    """Provinces of today and of before that are not above."""
    home: Annotated[str, AfterValidator(_known)] | None = None
    """The commune that the service works for, if it works for one."""
    local_topics: tuple[str, ...] = ()
    """Topics that by themselves speak of these provinces."""
    villages: tuple[Annotated[Village, AfterValidator(_known_unit)], ...] = ()
    other_names: tuple[Annotated[OtherName, AfterValidator(_known_unit)], ...] = ()

    @model_validator(mode="after")
    def _ids_differ(self) -> PlacesFile:
        seen: set[str] = set()
        for place in _places(self):
            if place.id in seen:
                raise ValueError(f"hai địa bàn cùng mã {place.id!r}: hãy bỏ hoặc đổi tên một mục")
            seen.add(place.id)
        return self


def _places(file: PlacesFile) -> Iterator[Place]:
    villages: dict[str, list[Village]] = {}
    for village in file.villages:
        villages.setdefault(village.unit, []).append(village)
    for province in file.provinces:
        for unit in province.units:
            yield Place(unit.id, unit.name, unit.kind, province.name)
            for village in villages.get(unit.id, ()):
                yield Place(village.id, village.name, village.kind, province.name, parent=unit.id)
        for district in province.former_districts:
            yield Place(
                district.id, f"{district.kind} {district.name} cũ", FORMER_DISTRICT, province.name
            )


@dataclass(frozen=True)
class Gazetteer:
    """What `places.yaml` says, ready for look-ups."""

    file: PlacesFile

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Today's units, each followed by its villages, then the former districts."""
        return tuple(_places(self.file))

    @cached_property
    def by_id(self) -> dict[str, Place]:
        """Each place by its id."""
        return {place.id: place for place in self.places}

    @cached_property
    def areas(self) -> dict[str, frozenset[str]]:
        """The ids of today's units within each former district, by its id."""
        return {
            district.id: district.area()
            for province in self.file.provinces
            for district in province.former_districts
        }


def read_places(path: Path) -> Gazetteer:
    """Read and check `places.yaml`.

    Raises:
        ConfigError: names the file, the line and the cure.
    """
    return Gazetteer(read_config(path, PlacesFile))
