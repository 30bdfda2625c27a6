"""Comments of WordPress, Isso and schema.org markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from langnghe.core.models import PostKind, TimePrecision
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.readers import isso, schema_org, wordpress
from langnghe.crawler.readers.page import Page, ReadError

Load = Callable[..., Page]
API = "http://binhlu.example"
ARTICLE = "http://binhlu.example/duong-ban-na-phat-7.html"
REST = "http://binhlu.example/wp-json/wp/v2/comments?per_page=100"


def by_number(harvest: Harvest) -> dict[str, RawItem]:
    return {item.native[-1]: item for item in harvest.items}


def test_the_rest_address_asks_for_no_author() -> None:
    after = datetime(2026, 11, 1, 7, 0, tzinfo=UTC)
    url = wordpress.comments_url("http://binhlu.example/tin/", after)
    assert url == (
        "http://binhlu.example/tin/wp-json/wp/v2/comments?per_page=100&orderby=date_gmt&order=asc"
        "&_fields=id%2Cpost%2Cparent%2Cdate_gmt%2Ccontent%2Clink&after=2026-11-01T07%3A00%3A00Z"
    )
    assert wordpress.comments_url("http://binhlu.example/wp-json/").startswith(
        "http://binhlu.example/wp-json/wp/v2/comments?per_page=100"
    )
    assert wordpress.comments_url("http://binhlu.example/?rest_route=/").startswith(
        "http://binhlu.example/?rest_route=%2Fwp%2Fv2%2Fcomments&per_page=100"
    )


def test_wordpress_rest(load: Load) -> None:
    harvest = wordpress.read_rest(load("wordpress_rest.json", REST), API)
    first, reply = harvest.items
    assert first == RawItem(
        native=("comment", "wordpress", "binhlu.example", "41"),
        thread=("page", ARTICLE),
        kind=PostKind.REPLY,
        url=ARTICLE,
        text="Đường vào bản Nà Phát lầy lội cả tuần nay 😢\nXe máy còn không qua được.",
        published=Published(datetime(2026, 11, 18, 13, 5, 31, tzinfo=UTC), TimePrecision.SECOND),
    )
    assert reply.parent == first.native
    assert reply.text.endswith("“đường bê tông” ạ")
    assert harvest.malformed == ("a comment without id, link or content",)
    assert harvest.links == ()


def test_wordpress_rest_pages_end(load: Load) -> None:
    body = load("wordpress_rest.json").body
    page = load(body, f"{REST}&page=2", x_wp_totalpages="3")
    assert wordpress.read_rest(page, API).links == (Link(f"{REST}&page=3", PageKind.COMMENTS),)
    last = load(body, f"{REST}&page=3", x_wp_totalpages="3")
    assert wordpress.read_rest(last, API).links == ()
    past = {"code": "rest_post_invalid_page_number", "message": "…", "data": {"status": 400}}
    beyond = load(json.dumps(past).encode(), f"{REST}&page=4", status=400)
    assert wordpress.read_rest(beyond, API) == Harvest()
    assert wordpress.read_rest(load(b"[]", f"{REST}&page=4"), API) == Harvest()


def test_a_full_page_without_totals_is_not_the_last(load: Load) -> None:
    one = json.loads(load("wordpress_rest.json").body)[0]
    full = json.dumps([one | {"id": number} for number in range(100)]).encode()
    assert wordpress.read_rest(load(full, REST), API).links == (
        Link("http://binhlu.example/wp-json/wp/v2/comments?per_page=100&page=2", PageKind.COMMENTS),
    )


@pytest.mark.parametrize(
    "body",
    [b'{"code": "rest_forbidden", "message": "x"}', b'{"a": 1}', b"<html>", b"", b"[" * 100_000],
)
def test_an_answer_that_is_no_list_is_said(load: Load, body: bytes) -> None:
    with pytest.raises(ReadError):
        wordpress.read_rest(load(body, REST), API)
    with pytest.raises(ReadError):
        isso.read_thread(load(body), ARTICLE, API)


def test_wordpress_html(load: Load) -> None:
    harvest = wordpress.read_html(load("wordpress_article.html", ARTICLE), API)
    found = by_number(harvest)
    assert list(found) == ["41", "42", "43"]
    assert found["41"].text == (
        "Đường vào bản Nà Phát lầy lội cả tuần nay 😢\nXe máy còn không qua được."
    )
    assert found["42"].parent == found["41"].native
    assert found["43"].parent is None
    assert found["43"].text == "Hay quá ❤"
    assert found["43"].published is None
    assert {item.thread for item in harvest.items} == {("page", ARTICLE)}
    assert harvest.names == {"Canary Nguyễn Thị Hoàng Yến", "Tẩn A Sểnh"}
    assert harvest.links == (Link(f"{ARTICLE}/comment-page-1", PageKind.COMMENTS),)


def test_the_same_comment_is_the_same_on_every_surface(load: Load) -> None:
    rest = wordpress.read_rest(load("wordpress_rest.json", REST), f"{API}/wp-json/")
    html = by_number(wordpress.read_html(load("wordpress_article.html", ARTICLE), f"{API}/"))
    for item in rest.items:
        other = html[item.native[-1]]
        assert (item.native, item.thread, item.parent, item.url, item.published) == (
            other.native,
            other.thread,
            other.parent,
            other.url,
            other.published,
        )


def test_older_wordpress_themes(load: Load) -> None:
    page = load("wordpress_classic.html", "http://binhlu.example/?p=9")
    found = by_number(wordpress.read_html(page, API))
    assert found["51"].text == "Nước sạch về bản là mừng nhất.\n\nMong có thêm bể chứa."
    assert found["51"].published == Published(
        datetime(2026, 11, 17, 1, 15, tzinfo=UTC), TimePrecision.MINUTE
    )
    assert found["52"].parent == found["51"].native
    assert found["52"].text == "Đúng rồi ạ."
    assert found["52"].url == "http://binhlu.example/?p=9"


ISSO = "https://loi-binh.example/"
ABOUT = "https://tin.example/ret-dam-ve-som.html"


def test_isso_finds_the_thread_of_a_page(load: Load) -> None:
    page = load("pelican_article.html", ABOUT)
    url = isso.thread_url(page, "https://loi-binh.example")
    assert url == (
        "https://loi-binh.example/?uri=%2Fret-dam-ve-som.html&limit=200&nested_limit=200&plain=1"
    )
    bare = load(b"<section id='isso-thread'></section>", "https://tin.example/b%C3%A0i/?x=1")
    assert isso.thread_url(bare, ISSO) == (
        "https://loi-binh.example/?uri=%2Fb%C3%A0i%2F&limit=200&nested_limit=200&plain=1"
    )
    assert isso.thread_url(load(b"<p>no comments</p>"), ISSO) is None


def test_isso_thread(load: Load) -> None:
    asked = f"{ISSO}?uri=%2Fret-dam-ve-som.html&limit=200&nested_limit=1&plain=1"
    harvest = isso.read_thread(load("isso.json", asked), ABOUT, ISSO)
    found = by_number(harvest)
    assert set(found) == {"1", "2", "4"}
    assert found["1"] == RawItem(
        native=("comment", "isso", ISSO, "1"),
        thread=("page", ABOUT),
        kind=PostKind.REPLY,
        url=ABOUT,
        text="Năm nay rét sớm, bà con che chắn chuồng trại nhé 🥶\nNhất là trâu bò.",
        published=found["1"].published,
        reactions=4,
    )
    # Asked for as plain text: what looks like markup was typed.
    assert found["2"].text == "Dạ vâng, <cảm ơn> bác."
    assert found["2"].parent == found["1"].native
    assert found["4"].published is None
    assert harvest.links == (
        Link(
            f"{ISSO}?uri=%2Fret-dam-ve-som.html&after=1795271192.8107367&parent=1"
            "&limit=200&nested_limit=200&plain=1",
            PageKind.COMMENTS,
        ),
    )
    assert harvest.names == {"Canary Nguyễn Thị Hoàng Yến", "Vàng A Sử"}


def test_isso_paging_ends(load: Load) -> None:
    """`hidden_replies` counts what came before `after` too, so it is never 0 on a later page."""
    answer = {
        "id": 1,
        "total_replies": 300,
        "hidden_replies": 200,
        "replies": [{"id": n, "parent": 1, "created": 1.5e9 + n, "text": "ừ"} for n in range(100)],
    }
    asked = f"{ISSO}?uri=%2Fa&parent=1&after=1&limit={{}}&nested_limit=200&plain=1"
    page = load(json.dumps(answer).encode(), asked.format(200))
    assert isso.read_thread(page, ABOUT, ISSO).links == ()
    full = load(json.dumps(answer).encode(), asked.format(100))
    (link,) = isso.read_thread(full, ABOUT, ISSO).links
    assert "after=1500000099.0&parent=1" in link.url


def test_microdata_and_rdfa_comments(load: Load) -> None:
    url = "https://bao.example/truong-moi-20261101.html"
    harvest = schema_org.read_comments(load("microdata_comments.html", url))
    found = by_number(harvest)
    assert set(found) == {"7001", "7002", "7003"}
    assert found["7001"].native == ("comment", "page", url, "7001")
    assert found["7001"].text == "Các cháu đỡ phải học nhờ nhà văn hóa."
    assert found["7002"].parent == found["7001"].native
    assert found["7002"].published is not None
    assert found["7003"].text == "Cảm ơn thầy cô."
    assert found["7003"].published is not None
    assert found["7003"].published.at == datetime(2026, 11, 3, 0, 0, tzinfo=UTC)
    assert {item.thread for item in harvest.items} == {("page", url)}
    assert all(item.kind is PostKind.REPLY for item in harvest.items)
    assert harvest.names == {"Canary Nguyễn Thị Hoàng Yến"}


def test_comments_in_json_ld(load: Load) -> None:
    harvest = schema_org.read_comments(
        load("json_ld_thread.html", "https://hoi.example/hoi/thu-tuc-331")
    )
    first, answer, unnumbered = harvest.items
    assert first.native[-1] == "10"
    assert first.text == "Nộp ở bộ phận một cửa & mang theo CCCD."
    assert first.reactions == 2
    assert (answer.parent, answer.text) == (first.native, "Mình nộp hôm qua, nhanh lắm.")
    assert unnumbered.native[-2:] == ("2026-11-13", "Cho hỏi phí bao nhiêu?")
    assert unnumbered.published is not None
    assert unnumbered.published.precision is TimePrecision.DAY
    assert harvest.malformed == ("a posting without text",)


def test_comments_that_share_a_number_are_told_apart_by_their_words(load: Load) -> None:
    nodes = [
        {"@type": "Comment", "url": "https://x.example/bai-12", "text": text}
        for text in ("Một", "Hai", "Một")
    ]
    page = load(f"<script type='application/ld+json'>{json.dumps(nodes)}</script>".encode())
    assert [item.text for item in schema_org.read_comments(page).items] == ["Một", "Hai"]
