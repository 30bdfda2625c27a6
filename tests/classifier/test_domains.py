from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.domains import (
    LOOKALIKE,
    ODD,
    SHORTENED,
    find_links,
    suspicion,
)


def judged(text: str) -> list[str | None]:
    return [suspicion(link) for link in find_links(text)]


@pytest.mark.parametrize(
    "address",
    [
        "https://binhlu.laichau.gov.vn/tin-tuc",
        "dichvucong.gov.vn",
        "https://vneid.gov.vn",
        "www.vietcombank.com.vn",
        "https://zalo.me/0123456789",
        "facebook.com/xabinhlu",
        "https://shopee.vn/mat-ong",
        "cskh.npc.com.vn",
        "https://thuvienphapluat.vn/van-ban",
        "nongsanbinhlu.vn",
        "https://hocvienabc.edu.vn",
    ],
)
def test_genuine_and_plain_addresses_have_nothing_to_remark(address: str) -> None:
    assert judged(address) == [None]


@pytest.mark.parametrize(
    "address",
    [
        "dichvucong-gov.com",
        "dichvucong.gov-vn.top/nop-phat",
        "https://vneid.gov.vn.capnhat.cc",
        "thue-gov.vn.cn",
        "http://vietcombank.vn-ms.top",
        "vietcornbank.com",
        "vletcombank.net",
        "sh0pee.vip",
        "www.vcbdigi-online.com",
        "bidv.sinhtrachoc.life",
        "acb-vn.net",
        "evn-thanhtoan.com",
        "csgt-nopphat.info",
        "fаcebook.com",  # a Cyrillic а: xn--fcebook-2fg.com as an address
        "facebooκ.com",
        "congan-tracuu.org",
        "ngân-hàng-số.bidv-vn.com",
        "thuedientuu.vn",
    ],
)
def test_an_imitated_name_is_a_lookalike(address: str) -> None:
    assert judged(f"vào {address} nhé") == [LOOKALIKE]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("bit.ly/3xYz", SHORTENED),
        ("https://tinyurl.com/abc", SHORTENED),
        ("t.ly/HBQ", SHORTENED),
        ("https://www.google.com/search?q=abc123.com", SHORTENED),
        ("www.mvndc.icu", ODD),
        ("nhanqua88.xyz", ODD),
    ],
)
def test_where_it_leads_is_hidden_or_odd(address: str, kind: str) -> None:
    assert judged(address) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "Đi làm về rồi.Mai nghỉ nhé",
        "em bi om.me em dua di vien",
        "chua biet.co ai di khong",
        "Tổng 1.250.000đ, xem km 14+200",
        "gửi về ubnd@laichau.gov.vn",
        "lúc 17.30 ngày 2.9.2026",
        "...",
        "",
    ],
)
def test_dots_alone_make_no_address(text: str) -> None:
    assert find_links(text) == []


def test_offsets_and_path() -> None:
    text = "Xem (https://www.evn-tt.top/a/b?c=1). Hết"
    (link,) = find_links(text)
    assert text[link.start : link.end] == "https://www.evn-tt.top/a/b?c=1"
    assert link.host == "evn-tt.top"
    assert not link.genuine


@given(st.text(alphabet="abđ.-/:@ wvnhtpscom019", max_size=200))
def test_links_lie_within_any_text_in_order(text: str) -> None:
    links = find_links(text)
    assert all(0 <= one.start < one.end <= len(text) for one in links)
    assert [one.start for one in links] == sorted(one.start for one in links)
    for one in links:
        assert one.host in text[one.start : one.end].lower()
        suspicion(one)


@given(
    st.from_regex(r"[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,8})?", fullmatch=True),
    st.sampled_from(["gov.vn", "vietcombank.com.vn", "zalo.me", "edu.vn"]),
)
def test_whatever_is_below_a_genuine_domain_is_genuine(name: str, domain: str) -> None:
    (link,) = find_links(f"https://{name}.{domain}/x")
    assert link.genuine
    assert suspicion(link) is None


@pytest.mark.parametrize("text", ["a." * 3_000, "1." * 3_000, "a-" * 3_000, "http://" * 900])
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    find_links(text)
    assert time.process_time() - start < 0.5
