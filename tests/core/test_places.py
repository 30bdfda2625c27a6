from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.errors import ConfigError
from langnghe.core.gazetteer import Gazetteer, PlacesFile, read_places, slug
from langnghe.core.models import Place
from langnghe.core.places import PlaceMatcher, Why
from langnghe.core.settings import shipped_configs
from langnghe.core.text import fold

GAZETTEER = read_places(shipped_configs() / "places.yaml")
MATCHER = PlaceMatcher(GAZETTEER)
NO_HOME = PlaceMatcher(Gazetteer(GAZETTEER.file.model_copy(update={"home": None})))

BINH_LU = "3390"


@pytest.mark.parametrize(
    "text",
    [
        "Xã Bình Lư họp dân",
        "xa binh lu ngap het roi",
        "X. Bình Lư",
        "x.Bình Lư",
        "Bình Lư hôm nay mưa",
        "BÌNH LƯ HÔM NAY MƯA",
        "ở bình lư hôm nay mưa",
        "UBND xã Bình Lư thông báo",
        "#BinhLu đẹp quá",
        "Thị trấn Tam Đường",
        "TT Tam Đường mất điện",
        "tt. tam duong mat dien",
        "TT.Tam Đường",
        "xã Sơn Bình cũ",
        "binh lu lai chau dep qua",
        "xã Bình Lư, huyện Tam Đường, tỉnh Lai Châu",
        unicodedata.normalize("NFD", "xã Bình Lư"),
    ],
)
def test_todays_commune_is_found_by_its_names_of_today_and_before(text: str) -> None:
    assert MATCHER.match(text) == (BINH_LU,)


@pytest.mark.parametrize("text", ["bản Chu Va 12", "ban chu va 12 mat nuoc", "ở Chu Va 12"])
def test_a_listed_village_comes_with_its_commune(text: str) -> None:
    assert MATCHER.match(text) == (BINH_LU, "3390/chu-va-12")


def test_a_village_and_the_old_commune_of_its_name_are_one_commune() -> None:
    assert MATCHER.match("bản Sơn Bình") == (BINH_LU, "3390/son-binh")
    assert MATCHER.match("xã Sơn Bình") == (BINH_LU,)


@pytest.mark.parametrize(
    "text", ["huyện Tam Đường", "H. Tam Đường", "huyen tam duong", "Tam Đường"]
)
def test_the_former_district_of_the_home_commune_counts_for_it(text: str) -> None:
    assert MATCHER.match(text) == (BINH_LU, "cu-tam-duong")
    assert [one.why for one in MATCHER.explain(text)] == [Why.HOME]
    assert NO_HOME.match(text) == ("cu-tam-duong",)


def test_a_former_district_only_says_where_its_commune_is() -> None:
    assert MATCHER.match("xã Bản Bo, huyện Tam Đường") == ("3424",)
    assert MATCHER.match("Huyện Tam Đường: tại Bản Bo mưa to") == ("3424",)


def test_the_name_of_commune_and_district_alike_is_the_district() -> None:
    assert MATCHER.match("Ở Phong Thổ mưa to") == ("cu-phong-tho",)
    assert MATCHER.match("xã Phong Thổ") == ("3549",)
    assert MATCHER.match("thị trấn Phong Thổ") == ("3549",)


def test_a_name_that_moved_is_read_as_todays_unless_its_district_is_named() -> None:
    assert MATCHER.match("xã Mường Than") == ("3618",)
    assert MATCHER.match("xã Mường Than, huyện Than Uyên") == ("3595",)
    assert MATCHER.match("Mường Than, Than Uyên, Lai Châu") == ("3595",)
    assert MATCHER.match("đi qua Mường Than, Than Uyên") == ("3618",)


def test_diacritics_decide_between_names_that_fold_alike() -> None:
    assert MATCHER.match("xã Nậm Chà") == ("3472",)
    assert MATCHER.match("xã Nậm Cha") == ("3517",)
    assert MATCHER.match("xa nam cha") == ()
    assert [one.why for one in MATCHER.explain("xa nam cha")] == [Why.SEVERAL]
    assert MATCHER.match("xa nam cha huyen sin ho") == ("3517",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Nhà tôi ở Tân Phong", Why.NEEDS_CONTEXT),
        ("binh lu dep qua", Why.NEEDS_CONTEXT),
        ("Nhân dân Lai Châu đoàn kết một lòng", Why.NEEDS_CONTEXT),
        ("những gương mặt thân thuộc", Why.NEEDS_CONTEXT),
        ("gương mặt thân thuộc của tỉnh Lai Châu", Why.NEEDS_CONTEXT),
        ("Gửi chị Hồng Thu ở chợ", Why.NEEDS_CONTEXT),
        ("Bà Trần Hồng Thu bán hàng", Why.NEEDS_CONTEXT),
        ("phường Tân Phong, tỉnh Thanh Hóa", Why.ELSEWHERE),
        ("phường Tân Phong, quận 7", Why.ELSEWHERE),
        ("Ở Hà Nội có phố Lê Lợi", Why.ELSEWHERE),
    ],
)
def test_a_name_that_may_be_something_else_is_not_taken(text: str, why: Why) -> None:
    assert MATCHER.match(text) == ()
    assert MATCHER.explain(text)[0 if why is not Why.ELSEWHERE else -1].why in (
        why,
        Why.ANCESTOR,
    )
    assert why in {one.why for one in MATCHER.explain(text)}


@pytest.mark.parametrize(
    "text",
    [
        "phường Tân Phong mưa to",
        "Ở Tân Phong, Lai Châu mưa to",
        "Tân Phong, tỉnh Lai Châu",
        "Từ xã Bình Lư xuống Tân Phong",
    ],
)
def test_a_shared_name_is_taken_with_a_sign(text: str) -> None:
    assert "3408" in MATCHER.match(text)


def test_a_local_topic_is_a_sign() -> None:
    text = "Nhà tôi ở Tân Phong"
    assert MATCHER.match(text, topics=("y-te",)) == ()
    assert MATCHER.match(text, topics=("y-te", "du-lich-o-quy-ho")) == ("3408",)


@pytest.mark.parametrize(
    "text",
    [
        "xã Thiện Kế",
        "xả lũ ở thủy điện",
        "xa lu",
        "thôn Bình Lư 9x",
        "Tỉnh Lai Châu",
        "Hòa Bình",
        "",
    ],
)
def test_what_is_no_place_of_ours_gives_none(text: str) -> None:
    assert MATCHER.match(text) == ()


def test_xa_among_diacritics_is_far_from() -> None:
    assert MATCHER.match("Nhà em xa Tân Phong lắm, đi lại vất vả") == ()


def test_the_type_word_belongs_to_its_own_name() -> None:
    # "phố Lai" of "thành phố Lai Châu" is no name, nor is the province the town.
    (mention,) = MATCHER.explain("Thành phố Lai Châu")
    assert mention.places == ("cu-lai-chau",)


def test_spellings_with_i_and_y_are_one() -> None:
    assert MATCHER.match("xã Ma Ly Pho") == MATCHER.match("xã Ma Li Pho") == ("3549",)


def test_several_places_come_in_the_order_of_the_gazetteer() -> None:
    assert MATCHER.match("phường Tân Phong và xã Bình Lư") == (BINH_LU, "3408")


def test_mentions_carry_offsets_and_candidates() -> None:
    text = "Đường từ xã Bình Lư lên Ô Quý Hồ"
    (mention,) = MATCHER.explain(text)
    assert text[mention.start : mention.end] == "Bình Lư"
    assert mention.candidates == (BINH_LU,)


# --- divided units ---------------------------------------------------------------------------

DIVIDED = Gazetteer(
    PlacesFile.model_validate(
        {
            "provinces": [
                {
                    "code": "1",
                    "kind": "tỉnh",
                    "name": "An Lạc",
                    "units": [
                        {"id": "11", "kind": "xã", "name": "Thượng Giang"},
                        {"id": "12", "kind": "xã", "name": "Hạ Giang"},
                    ],
                    "former_districts": [
                        {
                            "id": "cu-dong-khe",
                            "kind": "huyện",
                            "name": "Đông Khê",
                            "province": "An Lạc",
                            "units": [
                                {"kind": "xã", "name": "Trung Giang", "now": ["11", "12"]},
                                {"kind": "xã", "name": "Phú Khê", "now": ["12"]},
                            ],
                        }
                    ],
                },
                {
                    "code": "2",
                    "kind": "tỉnh",
                    "name": "Bình Hải",
                    "units": [{"id": "21", "kind": "xã", "name": "Hạ Giang"}],
                },
            ]
        }
    )
)


def test_a_divided_unit_is_never_guessed() -> None:
    matcher = PlaceMatcher(DIVIDED)
    for text in ("xã Trung Giang", "xã Trung Giang, huyện Đông Khê, tỉnh An Lạc", "Trung Giang"):
        (mention, *_) = matcher.explain(text)
        assert (mention.places, mention.candidates) == ((), ("11", "12"))
        assert mention.why is Why.DIVIDED
        assert matcher.match(text) in ((), ("cu-dong-khe",))


def test_the_text_decides_about_a_divided_unit() -> None:
    matcher = PlaceMatcher(DIVIDED)
    assert matcher.match("xã Trung Giang, nay là xã Thượng Giang") == ("11",)


def test_a_name_in_two_provinces_needs_its_province() -> None:
    matcher = PlaceMatcher(DIVIDED)
    assert matcher.match("xã Hạ Giang") == ()
    assert matcher.match("xã Hạ Giang, tỉnh Bình Hải") == ("21",)
    assert matcher.match("xã Hạ Giang, huyện Đông Khê, An Lạc") == ("12",)
    assert matcher.match("Xã Thượng Giang và xã Hạ Giang") == ("11", "12")


# --- the file --------------------------------------------------------------------------------


def _file(tmp_path: Path, upper: str) -> Path:
    path = tmp_path / "places.yaml"
    unit = '{id: "11", kind: xã, name: Hạ Giang}'
    province = f'{{code: "1", kind: tỉnh, name: An Lạc, units: [{unit}]}}'
    path.write_text(f"{upper}provinces:\n  - {province}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("upper", "line", "problem"),
    [
        ('home: "99"\n', 1, "'99'"),
        ('villages:\n  - {name: Nà Cà, unit: "99"}\n', 2, "'99'"),
        ('villages:\n  - {name: Nà Cà, unit: "11"}\n  - {name: A B, unit: "12"}\n', 3, "'12'"),
        ('villages:\n  - {kind: hẻm, name: Nà Cà, unit: "11"}\n', 2, "tổ dân phố"),
        ('villages:\n  - {name: Nà Cà, unit: "11"}\n  - {name: Na Ca, unit: "11"}\n', 1, "na-ca"),
        ('other_names:\n  - {name: Chợ Hạ, unit: "5"}\n', 2, "'5'"),
        ("vilages: []\n", 1, "vilages"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, upper: str, line: int, problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem) as error:
        read_places(_file(tmp_path, upper))
    assert error.value.line == line


def test_the_shipped_file_holds_the_province() -> None:
    units = [place for place in GAZETTEER.places if place.kind in ("xã", "phường")]
    assert len(units) == 38
    assert GAZETTEER.by_id[BINH_LU].name == "Bình Lư"
    assert GAZETTEER.areas["cu-tam-duong"] == {"3390", "3394", "3405", "3408", "3424", "3430"}
    assert GAZETTEER.by_id["3390/chu-va-12"].parent == BINH_LU


def test_a_slug_is_plain() -> None:
    assert slug("Tổ dân phố Đông Phong 2") == "to-dan-pho-dong-phong-2"


# --- properties ------------------------------------------------------------------------------

UNITS = st.sampled_from([place for place in GAZETTEER.places if place.kind in ("xã", "phường")])


@settings(max_examples=100)
@given(UNITS, st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_a_unit_with_type_and_province_is_found_in_any_spelling(
    unit: Place, form: str, bare: bool
) -> None:
    text = f"hôm qua ở {unit.kind} {unit.name}, tỉnh Lai Châu mưa to"
    text = unicodedata.normalize(form, fold(text) if bare else text)  # type: ignore[arg-type]
    assert MATCHER.match(text) == (unit.id,)


@settings(max_examples=100)
@given(UNITS, st.text(max_size=30), st.text(max_size=30))
def test_a_unit_with_its_type_is_found_in_any_text(unit: Place, before: str, after: str) -> None:
    assert unit.id in MATCHER.match(f"{before} {unit.kind} {unit.name}. {after}")


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_gives_known_places_in_order(text: str) -> None:
    places = MATCHER.match(text)
    order = [place.id for place in GAZETTEER.places]
    assert list(places) == sorted(places, key=order.index)
