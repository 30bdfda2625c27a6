"""The built part of places.yaml, from the real package, and its evaluation."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.core import placesbuild
from langnghe.core.errors import ConfigError, LangNgheError
from langnghe.core.gazetteer import Gazetteer, read_places
from langnghe.core.places import PlaceMatcher
from langnghe.core.placesbuild import MARKER, build_places, write_places
from langnghe.core.placeseval import evaluate
from langnghe.core.settings import shipped_configs


def test_binh_lu_is_built_from_its_three_old_units() -> None:
    (province,) = build_places(["Lai Châu"]).provinces
    assert (province.code, province.kind, len(province.units)) == ("12", "tỉnh", 38)
    binh_lu = {
        f"{district.kind} {district.name}: {unit.kind} {unit.name}"
        for district in province.former_districts
        for unit in district.units
        if unit.now == ("3390",)
    }
    assert binh_lu == {
        "huyện Tam Đường: thị trấn Tam Đường",
        "huyện Tam Đường: xã Bình Lư",
        "huyện Tam Đường: xã Sơn Bình",
    }


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("lai chau", "Lai Châu"),
        ("Tỉnh Lai Châu", "Lai Châu"),
        ("Vĩnh Phúc", "Phú Thọ"),
        ("thành phố Huế", "Huế"),
    ],
)
def test_a_province_is_found_in_any_spelling_and_by_its_old_name(name: str, found: str) -> None:
    assert [province.name for province in build_places([name]).provinces] == [found]


def test_an_unknown_province_is_named_with_the_choice() -> None:
    with pytest.raises(LangNgheError, match=r"'Lai Chao'.*Lai Châu"):
        build_places(["Lai Chao"])


def test_provinces_named_twice_are_built_once() -> None:
    assert len(build_places(["Phú Thọ", "Vĩnh Phúc", "phu tho"]).provinces) == 1


def test_old_units_that_were_divided_keep_every_successor() -> None:
    built = build_places(["Cần Thơ"])
    divided = [
        unit
        for district in built.provinces[0].former_districts
        for unit in district.units
        if len(unit.now) > 1
    ]
    assert divided
    matcher = PlaceMatcher(Gazetteer(built))
    for unit in divided:
        for mention in matcher.explain(f"{unit.kind} {unit.name}"):
            assert len(mention.places) <= 1


def test_names_of_other_provinces_are_known_as_shared() -> None:
    built = build_places(["Phú Thọ"])
    assert "Thiện Kế" in built.shared_names
    assert "Tuyên Quang" in built.other_provinces
    assert "Vĩnh Phúc" not in built.other_provinces
    matcher = PlaceMatcher(Gazetteer(built))
    assert matcher.match("Ở Thiện Kế mưa to") == ()
    assert matcher.match("xã Thiện Kế, huyện Sơn Dương, tỉnh Tuyên Quang") == ()
    assert matcher.match("xã Thiện Kế, huyện Bình Xuyên, Vĩnh Phúc") == ("8950",)


def test_ids_of_districts_of_one_name_differ() -> None:
    built = build_places(["Vĩnh Long"])
    ids = [district.id for district in built.provinces[0].former_districts]
    assert len(ids) == len(set(ids))
    assert {"cu-chau-thanh-ben-tre", "cu-chau-thanh-tra-vinh"} <= set(ids)


def test_the_shipped_file_is_what_the_command_builds(tmp_path: Path) -> None:
    shipped = shipped_configs() / "places.yaml"
    again = tmp_path / "places.yaml"
    again.write_bytes(shipped.read_bytes())
    write_places(again, build_places(["Lai Châu"]))
    assert again.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


def test_a_new_file_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    write_places(path, build_places(["Phú Thọ"]))
    file = read_places(path).file
    assert (file.home, file.villages) == (None, ())
    assert file.provinces == build_places(["Phú Thọ"]).provinces
    assert [one.name for one in tmp_path.iterdir()] == ["places.yaml"]


def test_the_shipped_file_is_adapted_to_another_province(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    path.write_bytes((shipped_configs() / "places.yaml").read_bytes())
    write_places(path, build_places(["Tuyên Quang"]))
    file = read_places(path).file
    assert [province.name for province in file.provinces] == ["Tuyên Quang"]
    assert (file.home, file.villages, file.local_topics) == (None, (), ())


def test_the_users_part_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    head = '# ghi chú của tôi\nhome: "3390"\nvillages:\n  - {name: Nà Cà, unit: "3390"}  # mới\n'
    path.write_text(f"{head}\n{MARKER}\nold: nonsense\n", encoding="utf-8")
    write_places(path, build_places(["Lai Châu"]))
    assert path.read_text(encoding="utf-8").startswith(head)
    assert "3390/na-ca" in read_places(path).by_id


def test_a_village_of_another_province_stops_the_writing(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    before = f'villages:\n  - {{name: Nà Cà, unit: "3390"}}\n\n{MARKER}\n'
    path.write_text(before, encoding="utf-8")
    with pytest.raises(ConfigError, match="'3390'") as error:
        write_places(path, build_places(["Phú Thọ"]))
    assert (error.value.path, error.value.line) == (path, 2)
    assert "villages" in error.value.cure
    assert path.read_text(encoding="utf-8") == before
    assert [one.name for one in tmp_path.iterdir()] == ["places.yaml"]


def test_a_file_of_the_users_own_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "places.yaml"
    path.write_text("home: null\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="langnghe places build"):
        write_places(path, build_places(["Lai Châu"]))
    assert path.read_text(encoding="utf-8") == "home: null\n"


def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placesbuild, "PACKAGE", "no_such_package_here")
    with pytest.raises(LangNgheError, match=r"pip install 'langnghe\[places\]'"):
        build_places(["Lai Châu"])


# --- evaluation ------------------------------------------------------------------------------

HEADER = "city_name_old,district_name_old,ward_name_old,city_name_new,ward_new_name\n"


def _table(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_the_evaluation_counts_right_and_wrong(tmp_path: Path) -> None:
    figures = evaluate(
        _table(
            tmp_path,
            "Tỉnh Lai Châu,Huyện Tam Đường,Thị Trấn Tam Đường,Tỉnh Lai Châu,Xã Bình Lư",
            # The table says otherwise than the package: counted against it.
            "Tỉnh Lai Châu,Huyện Tam Đường,Xã Bản Bo,Tỉnh Lai Châu,Xã Bình Lư",
            "Tỉnh Lai Châu,Huyện Tam Đường,Xã Không Có,Tỉnh Lai Châu,Xã Bình Lư",
            "Tỉnh Vĩnh Phúc,Huyện Bình Xuyên,Xã Thiện Kế,Tỉnh Phú Thọ,Xã Bình Xuyên",
        )
    )
    assert (figures.rows, figures.old_units) == (4, 4)
    shares = figures.shares
    assert shares["mapping.all.covered"] == pytest.approx(3 / 4)
    assert shares["mapping.all.agreement"] == pytest.approx(2 / 3)
    assert shares["mapping.province.agreement"] == pytest.approx(1 / 2)
    assert shares["match.full.recall"] == pytest.approx(2 / 4)
    assert shares["match.full.precision"] == pytest.approx(2 / 3)
    assert shares["outside.full.false"] == 0
    assert "match.full.divided_guessed" not in shares  # nothing divided: no figure


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"a,b\n1,2\n", "city_name_old"), (HEADER.encode() + b"\xff\xfe,1,2,3,4\n", "UTF-8")],
)
def test_a_wrong_table_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(LangNgheError, match=problem):
        evaluate(path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(LangNgheError, match=r"none\.csv"):
        evaluate(tmp_path / "none.csv")
