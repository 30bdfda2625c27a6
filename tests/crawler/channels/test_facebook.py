"""A Facebook page, read from a server that answers from the contract of Meta's own SDK."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.models import Outcome
from langnghe.core.secrets import Secrets
from langnghe.core.settings import parse_sources
from langnghe.crawler.keylife import expiry
from langnghe.store.sourcenotices import NoticeKind
from tests.crawler.channels.facebook_server import PAGE, TOKEN, Facebook, entry, error, number
from tests.crawler.platforms import Comment, story
from tests.crawler.serving import (
    DropError,
    Ended,
    Reply,
    Seen,
    Server,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
    stores,
)
from tests.service import langnghe


def a_home(root: Path, server: Facebook, **more: object) -> Home:
    home = make_home(root / "home", [entry(server, **more)])
    Secrets(home).put("facebook-page", TOKEN)
    return home


def a_page() -> Facebook:
    """Two posts of the page and one of a visitor, with three comments each."""
    return Facebook([story(1), story(2)], [story(3)])


def pages_asked(server: Server) -> list[Seen]:
    return [one for one in server.seen if one.method == "GET"]


def asked_of(server: Server, part: str) -> list[str]:
    return [one.path for one in pages_asked(server) if part in one.path]


def only(ended: Ended) -> dict[str, Any]:
    return ended["facebook"]


def test_everything_that_anyone_sees_is_read_to_the_end(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        ended = run_crawl(home)
    assert ended.exit_code == 0, ended.output
    posts = stored_posts(home)
    assert len(posts) == server.total == 12
    assert asked_of(server, "after=c3") == [], "three comments fill one page: there is no second"
    public = {post.url for post in posts}
    assert public == {
        f"https://www.facebook.com/{PAGE}",
        f"https://www.facebook.com/{PAGE}/posts/10",
        f"https://www.facebook.com/{PAGE}/posts/20",
    }
    by_id = {post.id: post for post in posts}
    replies = [post for post in posts if post.parent_id is not None]
    assert len(replies) == 9
    assert all(post.parent_id in by_id for post in replies), "each stands beneath what it answers"
    answers = [post for post in replies if by_id[str(post.parent_id)] in replies]
    assert len(answers) == 3
    assert all(post.published_at < datetime.now(UTC) - timedelta(hours=2) for post in posts)


@pytest.mark.proof
def test_long_lists_are_read_page_by_page(tmp_path: Path) -> None:
    server = Facebook([story(n) for n in range(1, 6)], [story(6)])
    server.stories[0].comments += [
        Comment(100 + n, f"Mong sửa con đường vào bản, lần thứ {n}") for n in range(8)
    ]
    server.visitors[0].comments += [
        Comment(200 + n, f"Con đường này hỏng lâu rồi, lần thứ {n}") for n in range(5)
    ]
    server.per_page = 2
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
    assert len(stored_posts(home)) == server.total
    assert len(asked_of(server, "/posts?")) == 3
    assert len(asked_of(server, f"/{PAGE}_10/comments")) == 6
    assert len(asked_of(server, f"/{PAGE}_60/comments")) == 4


def test_the_key_is_sent_as_a_header_and_stands_nowhere(tmp_path: Path) -> None:
    server = a_page()
    server.per_page = 1
    with serving(server):
        home = a_home(tmp_path, server)
        ended = run_crawl(home)
    assert {one.headers["authorization"] for one in server.seen} == {f"Bearer {TOKEN}"}
    assert not [one.path for one in server.seen if TOKEN in one.path or "access_token" in one.path]
    assert TOKEN not in ended.output
    written = [path for path in home.root.rglob("*") if path.is_file()]
    holding = [
        path.relative_to(home.root) for path in written if TOKEN.encode() in path.read_bytes()
    ]
    assert holding == [Path("secrets/facebook-page")]


def test_the_frontier_holds_no_number_of_a_persons_post_or_comment(tmp_path: Path) -> None:
    server = a_page()
    server.per_page = 1
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
    addresses = [str(url) for (url,) in rows(home, "SELECT url FROM page")]
    assert len(addresses) == 4, "the two lists, and the comments of the page's own two posts"
    for one in (*server.stories, *server.visitors):
        for comment in one.comments:
            assert not [url for url in addresses if re.search(rf"\b{comment.number}\b", url)]
    assert not [url for url in addresses if f"_{number(server.visitors[0])}" in url]
    assert not [url for url in addresses if "after=" in url]


@pytest.mark.proof
def test_a_second_visit_finds_only_what_is_new(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        again = only(run_crawl(home))
        assert again["outcomes"] == {}, "nothing had changed"
        server.stories[0].comments.append(
            Comment(15, "Con đường vào bản đã sửa chưa?", at=datetime.now(UTC))
        )
        server.visitors[0].comments.append(
            Comment(35, "Con đường qua suối thì sao?", at=datetime.now(UTC))
        )
        server.visitors[0].comments[0].text += " Đã sửa lại lời."
        third = only(run_crawl(home))
    assert third["outcomes"]["stored"] == 3
    posts = stored_posts(home)
    assert len(posts) == server.total
    assert [post for post in posts if "Đã sửa lại lời" in post.text]


@pytest.mark.proof
def test_a_duplicate_counts_once(tmp_path: Path) -> None:
    server = a_page()
    server.per_page = 2
    double = server.stories[0].comments[1]
    server.stories[0].comments.insert(0, double)
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert ended["outcomes"][Outcome.DUPLICATE] == 1
    assert len(stored_posts(home)) == server.total - 1


def test_what_was_hidden_or_is_between_two_people_is_not_read(tmp_path: Path) -> None:
    server = a_page()
    server.hidden, server.private = {11}, {23}
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert len(stored_posts(home)) == server.total == 9, "the answer to the hidden one is not read"
    assert ended["rejected"] == {"withheld": 3}


@pytest.mark.proof
def test_a_changed_field_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    server = a_page()
    server.overwritten = {
        "10_11": {"message": {"text": "đổi kiểu"}},
        "10_12": {"id": 12},
        "10_13": {"created_time": "hôm kia"},
    }
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert ended["rejected"] == {"malformed": 2}
    assert len(stored_posts(home)) == server.total - 2


def test_without_its_key_nothing_is_asked(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = make_home(tmp_path / "home", [entry(server)])
        ended = only(run_crawl(home))
    assert (ended["status"], ended["problems"]) == ("failed", {"no_key": 1})
    assert server.seen == []


def fail_all(reply: Reply) -> Facebook:
    server = a_page()
    server.instead = lambda _: reply
    return server


@pytest.mark.proof
@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param(Reply("{}", 401, "application/json"), "unauthorised", id="401"),
        pytest.param(error(10, 403), "no_permission", id="no-permission"),
        pytest.param(Reply("<h1>403</h1>", 403), "forbidden", id="403"),
        pytest.param(error(32), "rate_limited", id="page-limit"),
    ],
)
def test_each_refusal_is_told_apart(tmp_path: Path, reply: Reply, problem: str) -> None:
    server = a_page()
    server.instead = lambda seen: reply if seen.method == "GET" else None
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert set(ended["problems"]) == {problem}
    assert ended["status"] == "failed"
    assert len(pages_asked(server)) <= 2, "none is asked twice"
    if problem == "rate_limited":
        until = datetime.fromisoformat(ended["retry_at"])
        assert until > datetime.now(UTC) + timedelta(minutes=55)


@pytest.mark.proof
def test_a_wrong_key_reads_nothing(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        server.token = "EAAGkhoaMoi"
        ended = only(run_crawl(home))
        assert (ended["status"], ended["problems"]) == ("failed", {"key_expired": 2})
        assert stored_posts(home) == []
        Secrets(home).put("facebook-page", server.token)
        run_crawl(home)
    assert len(stored_posts(home)) == server.total, "with the new key it goes on"


@pytest.mark.proof
def test_a_server_that_asks_for_rest_gets_it(tmp_path: Path) -> None:
    server = a_page()
    server.instead = lambda _: Reply("{}", 429, "application/json", {"Retry-After": "1200"})
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
        asked = len(server.seen)
        run_crawl(home)
    assert len(server.seen) == asked, "nor does a crawl by hand ask before its time"
    assert datetime.fromisoformat(ended["retry_at"]) > datetime.now(UTC) + timedelta(minutes=19)


@pytest.mark.proof
def test_near_its_limit_the_rest_is_left_to_a_later_visit(tmp_path: Path) -> None:
    server = a_page()
    server.headers = {
        "X-App-Usage": '{"call_count": 97, "total_time": 20, "total_cputime": 15}',
    }
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
        assert ended["retry_at"] is not None
        run_crawl(home)
    assert [one.method for one in server.seen] == ["POST"], "the question about the key alone"


@pytest.mark.proof
@pytest.mark.parametrize("fault", ["half", "dropped", "busy"])
def test_what_fails_for_a_moment_is_asked_again(tmp_path: Path, fault: str) -> None:
    server = a_page()
    failed: list[str] = []

    def once(seen: Seen) -> Reply | None:
        if f"/{PAGE}_10/comments" not in seen.path or failed:
            return None
        failed.append(seen.path)
        if fault == "dropped":
            raise DropError
        if fault == "busy":
            return error(2, 500, transient=True)
        return Reply('{"data": [{"id": "10_1', type="application/json")

    server.instead = once
    with serving(server):
        home = a_home(tmp_path, server)
        first = only(run_crawl(home))
        if fault == "half":
            assert first["problems"] == {"unreadable": 1}
            run_crawl(home)
    assert len(failed) == 1
    assert len(stored_posts(home)) == server.total


@pytest.mark.proof
def test_a_page_without_posts_of_visitors_is_no_failure(tmp_path: Path) -> None:
    server = Facebook([story(1)])
    server.takes_visitors = False
    with serving(server):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert (ended["problems"], ended["failed_pages"]) == ({}, 0)
    assert len(stored_posts(home)) == server.total


def test_comments_that_were_deleted_there_are_deleted_here(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        server.stories[0].comments.append(Comment(14, "Con đường này bao giờ xong?"))
        server.stories[0].comments[0].text += " Sửa lại cho rõ."
        server.deleted = {12}
        run_crawl(home)
    texts = [post.text for post in stored_posts(home)]
    assert "Đúng rồi bạn, nhà tôi cũng vậy, tuần 1." not in texts
    assert len(texts) == server.total


@pytest.mark.proof
def test_a_visitors_comments_that_were_deleted_go_when_their_post_is_read_again(
    tmp_path: Path,
) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        server.visitors[0].comments.append(
            Comment(34, "Con đường này bao giờ xong?", at=datetime.now(UTC))
        )
        server.deleted = {33}
        run_crawl(home)
    texts = [post.text for post in stored_posts(home)]
    assert "Mong con đường vào bản sớm sửa, tuần 3." not in texts
    assert len(texts) == server.total


@pytest.mark.proof
def test_a_new_comment_beneath_an_old_post_of_a_visitor_is_found(tmp_path: Path) -> None:
    server = a_page()
    server.visitors[0].at -= timedelta(days=20)
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        asked = len(asked_of(server, f"/{PAGE}_30/comments"))
        server.visitors.append(story(4))
        run_crawl(home)
        assert len(asked_of(server, f"/{PAGE}_30/comments")) == asked + 1, "said within a day"
        server.visitors[0].comments.append(
            Comment(34, "Con đường này bao giờ xong?", at=datetime.now(UTC))
        )
        run_crawl(home)
    assert len(stored_posts(home)) == server.total


@pytest.mark.proof
def test_a_visitors_post_that_was_deleted_goes_when_the_list_is_read_whole(tmp_path: Path) -> None:
    server = a_page()
    server.visitors += [story(4), story(5)]
    server.per_page = 1
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        server.deleted = {40}
        # With other topics everything is read anew; the list as a whole, too.
        topics = home.configs / "topics.yaml"
        more = "  - id: cau-treo\n    title: Cầu treo\n    phrases: [cầu treo]\n"
        topics.write_text(topics.read_text(encoding="utf-8") + more, encoding="utf-8")
        run_crawl(home)
    assert len(stored_posts(home)) == server.total == 16


@pytest.mark.proof
def test_half_a_reading_deletes_nothing(tmp_path: Path) -> None:
    server = a_page()
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        before = server.total
        server.deleted, server.per_page = {12}, 1
        half = Reply('{"data": [', type="application/json")
        server.instead = lambda seen: half if "after=" in seen.path else None
        run_crawl(home)
    assert len(stored_posts(home)) == before


@pytest.mark.proof
def test_how_long_the_key_lasts_is_asked_once_a_day(tmp_path: Path) -> None:
    server = a_page()
    ends = int(time.time()) + 5 * 86_400
    server.expires = (0, ends)
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
        run_crawl(home)
    assert [one.path for one in server.seen if one.method == "POST"] == ["/v26.0/"]
    assert server.questions == [f"debug_token?input_token={TOKEN}"], "and nothing else was sent"
    with stores(home) as opened:
        (notice,) = opened.crawl.notices.going_on("facebook")
    assert notice.kind is NoticeKind.KEY_EXPIRES
    assert notice.deadline == datetime.fromtimestamp(ends, UTC), "told within a week of it"


@pytest.mark.proof
def test_the_doctor_says_when_the_key_ends(tmp_path: Path) -> None:
    server = a_page()
    server.expires = (int(datetime(2031, 3, 8, 5, 0, tzinfo=UTC).timestamp()), 0)
    with serving(server):
        home = a_home(tmp_path, server)
        shown = langnghe(home.root, "doctor", "--source", "facebook").stdout
    assert "Khóa của nguồn hết hạn lúc 12:00 ngày 08/03/2031." in shown
    assert stored_posts(home) == []


@pytest.mark.proof
def test_where_nothing_is_said_of_the_key_pages_are_read_all_the_same(tmp_path: Path) -> None:
    server = a_page()
    server.instead = lambda seen: error(100) if seen.method == "POST" else None
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
    with stores(home) as opened:
        assert expiry(opened.crawl, "facebook") is None
    assert len(stored_posts(home)) == server.total


@pytest.mark.proof
def test_an_app_that_asks_for_proof_gets_it(tmp_path: Path) -> None:
    server = a_page()
    server.app_secret = "bimatcuaungdung"
    with serving(server):
        home = a_home(tmp_path, server, app_secret="facebook-app")
        assert only(run_crawl(home))["problems"] == {"no_key": 1}
        Secrets(home).put("facebook-app", server.app_secret)
        run_crawl(home)
    assert len(stored_posts(home)) == server.total
    proofs = {
        parse_qs(urlsplit(one.path).query)["appsecret_proof"][0] for one in pages_asked(server)
    }
    assert len(proofs) == 1
    kept = b"".join(path.read_bytes() for path in home.root.rglob("*.db*"))
    assert not [proof for proof in proofs if proof.encode() in kept]


@pytest.mark.proof
def test_the_key_does_not_follow_a_redirect(tmp_path: Path) -> None:
    other = Server()
    server = a_page()
    server.instead = lambda seen: Reply(status=307, headers={"Location": f"{other.url}{seen.path}"})
    with serving(server, other):
        home = a_home(tmp_path, server)
        ended = only(run_crawl(home))
    assert ended["status"] == "failed"
    assert not [one for one in other.seen if "authorization" in one.headers or one.body]


@pytest.mark.proof
def test_robots_txt_of_the_interface_is_not_asked(tmp_path: Path) -> None:
    server = a_page()
    server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", type="text/plain")
    with serving(server):
        home = a_home(tmp_path, server)
        run_crawl(home)
    assert len(stored_posts(home)) == server.total


def test_a_page_is_named_by_its_number(tmp_path: Path) -> None:
    text = "sources: [{name: x, title: X, channel: facebook, key: facebook-page, page: %s}]"
    (source,) = parse_sources(text % "100064000001", tmp_path)
    assert source.urls() == ("https://graph.facebook.com/100064000001",)
    assert source.secrets() == ("facebook-page",)
    with pytest.raises(ConfigError, match="không phải số của trang Facebook"):
        parse_sources(text % "ubnd.binhlu", tmp_path)
