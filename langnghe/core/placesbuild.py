"""Builds `places.yaml` from the data of the package vietnamadminunits (extra `places`).

The package (MIT) holds the 3,321 commune-level units of today and the 10,035 of before
1 July 2025 with the codes and names of the General Statistics Office, and which became which.
Only its data files are read: its own code needs geometry libraries that nothing here uses.
"""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from langnghe.core.errors import ConfigError, LangNgheError
from langnghe.core.gazetteer import (
    FormerDistrict,
    FormerUnit,
    PlacesFile,
    Province,
    Unit,
    read_places,
    slug,
)
from langnghe.core.settings import shipped_configs
from langnghe.core.text import fold, match_form

PACKAGE = "vietnamadminunits"

MARKER = "# ===== built by `langnghe places build`; what is below is written anew each time ====="

_ORIGIN = """\
# Data: vietnamadminunits, https://pypi.org/project/vietnamadminunits (MIT licence,
# Copyright (c) 2025 Tran Ngoc Minh Hieu).
"""

_HEAD = """\
# The places of this service. docs/places.md explains how a text finds them.
# The part above the line of equals signs is yours: `langnghe places build` keeps it as it is.

# The commune that the service works for (an id from `units` below). A post that names only the
# former district around it counts for it. Leave it out for a whole province.
# home: "3390"

# Topics that by themselves speak of this area: beside them, a name that is also found in other
# provinces needs no further sign.
local_topics: []

# Villages as people call them. `unit` is the id of the commune.
# villages:
#   - {kind: bản, name: Chu Va 12, unit: "3390"}
villages: []

# Other names and spellings of a commune.
# other_names:
#   - {name: thung lũng Bình Lư, unit: "3390"}
other_names: []
"""


_KINDS = ("thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "huyện", "quận", "xã")


class _Ward(NamedTuple):
    """A commune-level unit. `key` is the package's own; `name` is empty for a bare district."""

    key: str
    code: str
    kind: str
    name: str
    province: str
    district_kind: str = ""
    district: str = ""


@dataclass(frozen=True)
class _Country:
    today: tuple[_Ward, ...]
    before: tuple[_Ward, ...]
    now: dict[str, tuple[str, ...]]
    """Codes of today's units, by the key of the old unit."""
    province_codes: dict[str, str]
    province_kinds: dict[str, str]
    merged: dict[str, tuple[str, ...]]
    """The provinces of before, by the province of today."""


def _code(code: str) -> str:
    """`03390` gives `3390`: the office pads with zeros, which spreadsheets take off again."""
    return code.lstrip("0")


def _kind_and_name(full: str) -> tuple[str, str]:
    """`Xã Pa ủ` is a xã named Pa Ủ: each word gets its capital.

    The package's columns for these are not used: some short names are `Mường Tè (Xã)` or
    `Phường 9`, and three kinds contradict the full name. Empty for a district without communes.
    """
    for kind in _KINDS:
        if full.lower().startswith(f"{kind} "):
            return kind, " ".join(
                word[:1].upper() + word[1:] for word in full.split()[kind.count(" ") + 1 :]
            )
    return "", full


def _ward_of_today(row: tuple[str, ...]) -> _Ward:
    _, key, code, full, province, *_ = row
    return _Ward(key, _code(code), *_kind_and_name(full), province)


def _ward_of_before(row: tuple[str | None, ...]) -> _Ward:
    province_key, district_key, key, code, full, province, district = (one or "" for one in row)
    return _Ward(
        f"{province_key}_{district_key}_{key}",
        _code(code),
        *_kind_and_name(full),
        province,
        *_kind_and_name(district),
    )


def _data_folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LangNgheError(
            f"Chưa có gói {PACKAGE}, nơi lấy danh mục đơn vị hành chính. "
            "Hãy cài bằng lệnh `pip install 'langnghe[places]'` rồi chạy lại."
        )
    return Path(spec.submodule_search_locations[0]) / "data"


@cache
def _read_country(folder: Path) -> _Country:
    try:
        with closing(
            sqlite3.connect(f"{(folder / 'dataset.db').as_uri()}?mode=ro", uri=True)
        ) as db:
            today = db.execute(
                "SELECT provinceKey, wardKey, wardCode, ward, provinceShort,"
                " provinceCode, province FROM admin_units"
            ).fetchall()
            before = db.execute(
                "SELECT provinceKey, districtKey, wardKey, wardCode, ward,"
                " provinceShort, district FROM admin_units_legacy"
            ).fetchall()
        mapping = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
        provinces = mapping["DICT_PROVINCE"]
        whole = mapping["DICT_PROVINCE_WARD_NO_DIVIDED"]
        divided = mapping["DICT_PROVINCE_WARD_DIVIDED"]
    except (OSError, sqlite3.Error, ValueError, KeyError) as error:
        raise LangNgheError(
            f"Không đọc được dữ liệu của gói {PACKAGE} ({error}). "
            f"Hãy cài lại bằng lệnh `pip install --force-reinstall 'langnghe[places]'`."
        ) from None
    now: dict[str, set[str]] = defaultdict(set)
    codes = {(province_key, key): _code(code) for province_key, key, code, *_ in today}
    for province, units in whole.items():
        for ward, olds in units.items():
            for old in olds:
                now[old].add(codes[province, ward])
    for province, olds in divided.items():
        for old, successors in olds.items():
            now[old].update(codes[province, one["newWardKey"]] for one in successors)
    names = {province_key: name for province_key, _, _, _, name, *_ in today}
    old_names = {province_key: name for province_key, _, _, _, _, name, _ in before}
    return _Country(
        today=tuple(_ward_of_today(row) for row in today),
        before=tuple(_ward_of_before(row) for row in before),
        now={old: tuple(sorted(found, key=int)) for old, found in now.items()},
        province_codes={name: _code(code) for _, _, _, _, name, code, _ in today},
        province_kinds={
            name: full.removesuffix(name).strip().lower() for _, _, _, _, name, _, full in today
        },
        merged={
            names[key]: tuple(sorted(old_names[old] for old in olds))
            for key, olds in provinces.items()
        },
    )


def build_places(provinces: Sequence[str]) -> PlacesFile:
    """The built part of `places.yaml` for provinces of today (any spelling; before also does).

    Raises:
        LangNgheError: the package is not installed, or there is no such province.
    """
    country = _read_country(_data_folder())
    chosen = [_find_province(name, country) for name in provinces]
    names = list(dict.fromkeys(chosen))
    built = _with_district_ids([_province(name, country) for name in names])
    file = PlacesFile(
        provinces=tuple(built),
        other_provinces=_other_provinces(names, country),
    )
    return file.model_copy(update={"shared_names": _shared_names(file, names, country)})


def build_all() -> PlacesFile:
    """The built part for the whole country; used to measure the matching."""
    return build_places(sorted(_read_country(_data_folder()).merged))


def _find_province(name: str, country: _Country) -> str:
    wanted = fold(name.strip()).removeprefix("tinh ").removeprefix("thanh pho ")
    for province, merged in country.merged.items():
        if wanted in map(fold, (province, *merged)):
            return province
    raise LangNgheError(
        f"Không có tỉnh, thành phố nào tên {name!r}. Hãy chọn một trong: "
        f"{', '.join(sorted(country.merged, key=fold))}."
    )


def _province(name: str, country: _Country) -> Province:
    districts: dict[tuple[str, str, str], list[_Ward]] = {}
    for ward in country.before:
        if ward.province in country.merged[name]:
            where = (ward.province, ward.district_kind, ward.district)
            districts.setdefault(where, []).append(ward)
    return Province(
        code=country.province_codes[name],
        kind=country.province_kinds[name],
        name=name,
        formerly=tuple(old for old in country.merged[name] if old != name),
        units=tuple(
            Unit(id=ward.code, kind=ward.kind, name=ward.name)
            for ward in sorted(country.today, key=lambda ward: int(ward.code))
            if ward.province == name
        ),
        former_districts=tuple(
            FormerDistrict(
                id=f"cu-{slug(district)}",
                kind=kind,
                name=district,
                province=province,
                units=tuple(
                    FormerUnit(kind=ward.kind, name=ward.name, now=country.now[ward.key])
                    for ward in wards
                    if ward.name
                ),
                now=tuple(
                    code for ward in wards if not ward.name for code in country.now[ward.key]
                ),
            )
            for (province, kind, district), wards in sorted(districts.items())
        ),
    )


def _id_with_province(district: FormerDistrict) -> str:
    return f"cu-{slug(district.name)}-{slug(district.province)}"


def _id_with_kind(district: FormerDistrict) -> str:
    return f"cu-{slug(district.kind)}-{slug(district.name)}-{slug(district.province)}"


def _with_district_ids(provinces: Sequence[Province]) -> list[Province]:
    """The same with ids that differ: several districts bore one name (Châu Thành)."""
    every = [district for province in provinces for district in province.former_districts]
    for longer in (_id_with_province, _id_with_kind):
        uses = Counter(district.id for district in every)
        every = [
            one.model_copy(update={"id": longer(one)}) if uses[one.id] > 1 else one for one in every
        ]
    left = iter(every)
    return [
        province.model_copy(
            update={"former_districts": tuple(next(left) for _ in province.former_districts)}
        )
        for province in provinces
    ]


def _other_provinces(names: Iterable[str], country: _Country) -> tuple[str, ...]:
    ours = {one for name in names for one in (name, *country.merged[name])}
    every = {one for name, merged in country.merged.items() for one in (name, *merged)}
    return tuple(sorted(every - ours, key=fold))


def _shared_names(file: PlacesFile, names: Sequence[str], country: _Country) -> tuple[str, ...]:
    """Those names of the file that something outside its provinces bears as well."""
    olds = {old for name in names for old in country.merged[name]}
    elsewhere = {match_form(name) for name in file.other_provinces}
    elsewhere |= {match_form(ward.name) for ward in country.today if ward.province not in names}
    for ward in country.before:
        if ward.province not in olds:
            elsewhere |= {match_form(ward.name), match_form(ward.district)}
    ours = {
        name
        for province in file.provinces
        for name in (
            *(unit.name for unit in province.units),
            *(district.name for district in province.former_districts),
            *(unit.name for district in province.former_districts for unit in district.units),
        )
    }
    return tuple(sorted((name for name in ours if match_form(name) in elsewhere), key=fold))


def write_places(path: Path, built: PlacesFile) -> None:
    """Write the built part into `path`; what the user wrote above it stays as it is.

    The shipped file's own part speaks of the commune Bình Lư. Where nobody changed it and it
    does not fit the provinces, an empty one takes its place. The file is checked before it
    takes the place of the old one: all or nothing.

    Raises:
        ConfigError: the file holds no built part yet and would be overwritten, or the user's
            part names a unit that is not there.
    """
    head = _HEAD
    if path.exists():
        head, marker, _ = path.read_text(encoding="utf-8").partition(MARKER)
        if not marker:
            raise ConfigError(
                path,
                None,
                "tệp này không có dòng ngăn cách phần do `langnghe places build` ghi",
                f"Hãy thêm dòng sau vào cuối phần của mình rồi chạy lại: {MARKER}",
            )
    try:
        _replace(path, head, built)
    except ConfigError as error:
        if head == _shipped_head():
            _replace(path, _HEAD, built)
            return
        raise ConfigError(
            path,
            error.line,
            error.problem,
            "Hãy sửa hoặc bỏ mục này (home, villages, other_names) cho hợp với tỉnh mới, rồi "
            "chạy lại.",
        ) from None


def _shipped_head() -> str:
    shipped = (shipped_configs() / "places.yaml").read_text(encoding="utf-8")
    return shipped.partition(MARKER)[0]


def _replace(path: Path, head: str, built: PlacesFile) -> None:
    """Put the file together, check it, and put it in place of the old one.

    Raises:
        ConfigError: the parts do not fit together; the old file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(f"{head.rstrip()}\n\n{MARKER}\n{_ORIGIN}{_dump(built)}", encoding="utf-8")
    try:
        read_places(beside)
    except ConfigError as error:
        raise ConfigError(path, error.line, error.problem, error.cure) from None
    else:
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class _Dumper(yaml.SafeDumper):
    """Block style for what has parts of its own, one line for the rest."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)


class _Line(dict[str, object]):
    """A mapping that is written on one line."""


_Dumper.add_representer(
    _Line,
    lambda dumper, data: dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=True
    ),
)


def _dump(built: PlacesFile) -> str:
    data = {
        "provinces": [
            {
                "code": province.code,
                "kind": province.kind,
                "name": province.name,
                "formerly": list(province.formerly),
                "units": [_Line(unit.model_dump()) for unit in province.units],
                "former_districts": [
                    {
                        **district.model_dump(include={"id", "kind", "name", "province"}),
                        **({"now": list(district.now)} if district.now else {}),
                        "units": [
                            _Line({**unit.model_dump(), "now": list(unit.now)})
                            for unit in district.units
                        ],
                    }
                    for district in province.former_districts
                ],
            }
            for province in built.provinces
        ],
        "shared_names": list(built.shared_names),
        "other_provinces": list(built.other_provinces),
    }
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
