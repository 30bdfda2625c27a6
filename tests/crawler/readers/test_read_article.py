"""Articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from langnghe.core.models import PostKind, RejectReason, TimePrecision
from langnghe.crawler.items import Published
from langnghe.crawler.readers.article import MAX_CHARACTERS, read_article
from langnghe.crawler.readers.bylines import without_bylines
from langnghe.crawler.readers.names import personal_names
from langnghe.crawler.readers.page import Page, ReadError

Load = Callable[..., Page]
CANARY = "Canary Nguyễn Thị Hoàng Yến"


def test_a_newspaper_article(load: Load) -> None:
    url = "https://bao.example/che-binh-lu-duoc-gia-20261119.html"
    harvest = read_article(load("news_article.html", f"{url}?utm_source=rss#binh-luan"))
    (item,) = harvest.items
    assert item.native == item.thread == ("page", url)
    assert item.url == url
    assert item.kind is PostKind.ARTICLE
    assert item.title == "Chè Bình Lư được giá"
    assert item.published == Published(
        datetime(2026, 11, 19, 7, 5, 12, tzinfo=UTC), TimePrecision.SECOND
    )
    lines = item.text.split("\n")
    assert lines[0].startswith("Giá chè búp tươi")
    assert lines[-1].startswith("Hợp tác xã đang làm hồ sơ")
    assert "Tin khác" not in item.text
    assert "Canary" not in item.text
    assert harvest.names == {CANARY}


def test_a_wordpress_article_without_its_comments(load: Load) -> None:
    harvest = read_article(
        load("wordpress_article.html", "http://binhlu.example/duong-ban-na-phat-7.html")
    )
    (item,) = harvest.items
    assert item.title == "Sửa đường vào bản Nà Phát"
    assert item.text.startswith("Sáng 18/11, xã Bình Lư")
    assert item.text.endswith("vào buổi sáng.")
    assert "lầy lội" not in item.text
    assert item.published is not None
    assert item.published.at == datetime(2026, 11, 18, 0, 30, tzinfo=UTC)
    assert harvest.names == {CANARY}


def test_a_pelican_article(load: Load) -> None:
    (item,) = read_article(load("pelican_article.html", "https://tin.example/ret.html")).items
    assert item.title == "Rét đậm về sớm"
    assert item.text.split("\n")[0].startswith("Nhiệt độ đêm qua trên đèo Ô Quý Hồ")
    assert item.published == Published(
        datetime(2026, 11, 18, 0, 30, tzinfo=UTC), TimePrecision.SECOND
    )


def test_rows_of_a_table_are_words(load: Load) -> None:
    rows = "".join(f"<tr><td>Bản số {n}</td><td>{n}/11</td></tr>" for n in range(1, 4))
    (item,) = read_article(load(page_of(after=f"<table>{rows}</table>"))).items
    assert item.text.endswith("\nBản số 1, 1/11\nBản số 2, 2/11\nBản số 3, 3/11")


BODY = (
    "<p>"
    + "</p><p>".join(f"Đoạn {n} nói chuyện làm đường ở bản, dài vừa phải." for n in "123")
    + "</p>"
)


def page_of(head: str = "", before: str = "", after: str = "") -> bytes:
    return (
        f"<html><head><title>Làm đường - Báo X</title>{head}</head><body><main><article>"
        f"<h1>Làm đường</h1>{before}{BODY}{after}</article></main></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("head", "before", "expected"),
    [
        (
            '<meta property="article:published_time" content="2026-11-19T14:05:00+07:00">',
            "",
            "14:05",
        ),
        ('<meta name="pubdate" content="2026-11-19 14:05">', "", "14:05"),
        ("", '<time datetime="2026-11-19T14:05:00+07:00">hôm kia</time>', "14:05"),
        ("", "<time>14:05 19/11/2026</time>", "14:05"),
        ("", '<span class="date">Thứ năm, 19/11/2026, 14:05 (GMT+7)</span>', "14:05"),
        ("", '<div class="article-publish">Cập nhật: 19/11/2026 14:05</div>', "14:05"),
        # What is declared is wrong: the visible one is taken.
        (
            '<meta name="pubdate" content="sai">',
            '<span class="date">19/11/2026 14:05</span>',
            "14:05",
        ),
        # Times of something else.
        ("", '<aside><time datetime="2026-11-01T08:00:00+07:00"></time></aside>', None),
        ("", '<div class="comment"><time datetime="2026-11-01T08:00:00+07:00"></time></div>', None),
        ("", "", None),
    ],
)
def test_the_time_of_an_article(load: Load, head: str, before: str, expected: str | None) -> None:
    (item,) = read_article(load(page_of(head, before))).items
    if expected is None:
        assert item.published is None
    else:
        assert item.published is not None
        assert item.published.at == datetime(2026, 11, 19, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://bao.example/goc.html", "https://bao.example/goc.html"),
        ("/goc.html", "https://bao.example/goc.html"),
        ("https://www.bao.example/goc.html", "https://www.bao.example/goc.html"),
        ("https://khac.example/goc.html", "https://bao.example/bai.html"),
        ("https://bao.example/", "https://bao.example/bai.html"),
        ("https://bao.example/tac-gia/canary", "https://bao.example/bai.html"),
        ("javascript:1", "https://bao.example/bai.html"),
    ],
)
def test_the_declared_address_counts_on_its_own_site_only(
    load: Load, canonical: str, expected: str
) -> None:
    page = load(
        page_of(f'<link rel="canonical" href="{canonical}">'), "https://bao.example/bai.html"
    )
    (item,) = read_article(page).items
    assert item.url == expected


def test_the_wrong_charset_in_the_header_does_not_matter(load: Load) -> None:
    page = load(
        page_of('<meta charset="iso-8859-1">'),
        content_type="text/html; charset=ISO-8859-1",
    )
    (item,) = read_article(page).items
    assert item.text.startswith("Đoạn 1 nói chuyện làm đường")
    assert item.title == "Làm đường"


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("Nguyễn Văn Ất", False),
        ("Lò Thị Mai", False),
        ("Tác giả: Nguyễn Văn Ất", False),
        ("PV Nguyễn Văn Ất", False),
        ("Theo Báo Lai Châu", False),
        ("Bài, ảnh: Nguyễn Văn Ất", False),
        ("Nguồn: TTXVN", False),
        ("Theo đại diện hợp tác xã, giá còn tăng.", True),
        ("Mai trời nắng.", True),
        ("Nguyễn Văn Ất nói vậy.", True),
        ("Chi tiết: xem bảng giá đất kèm theo", True),
    ],
)
def test_bylines_are_taken_out(last: str, kept: bool) -> None:
    text = f"Tựa\nĐoạn một của bài.\nĐoạn hai của bài.\n{last}"
    assert without_bylines(text, "Tựa", ()).endswith(last if kept else "Đoạn hai của bài.")


def test_photo_credits_are_taken_out() -> None:
    text = "Bà con hái chè. Ảnh: Nguyễn Văn Ất\nẢnh: Lò Mai\nHình ảnh: cây cầu mới khánh thành"
    assert without_bylines(text, "", ()) == ("Bà con hái chè.\nHình ảnh: cây cầu mới khánh thành")


def test_an_institution_is_no_persons_name() -> None:
    seen = ["Ban biên tập", "Báo Lai Châu", "admin", "UBND xã Bình Lư", "bientap", None, "x", ""]
    assert personal_names([*seen, "Bởi: Lò Thị Mai", f"Tác giả: {CANARY}"]) == {
        "Lò Thị Mai",
        CANARY,
    }


def test_a_redirect_to_a_persons_page_is_not_read(load: Load) -> None:
    with pytest.raises(ReadError) as caught:
        read_article(load(page_of(), "https://bao.example/tac-gia/canary_handle_9x7"))
    # The message may be logged.
    assert "canary" not in str(caught.value)


def test_an_article_without_text_is_counted(load: Load) -> None:
    harvest = read_article(load(b"<html><body><script>x</script></body></html>"))
    assert harvest.items == ()
    assert harvest.malformed == ("an article without text",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", RejectReason.MALFORMED),
        (b"<p>" + b"x" * (MAX_CHARACTERS + 1), RejectReason.TOO_LONG),
    ],
    ids=["empty", "long"],
)
def test_what_is_no_article_is_said(load: Load, body: bytes, reason: RejectReason) -> None:
    with pytest.raises(ReadError) as caught:
        read_article(load(body))
    assert caught.value.reason is reason
