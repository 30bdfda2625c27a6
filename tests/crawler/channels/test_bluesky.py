"""Bluesky against a server that answers from its lexicons, and that fails in every way it can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from langnghe.core.home import Home
from langnghe.core.models import Post, PostKind
from langnghe.core.secrets import Secrets
from langnghe.core.settings import SOURCE, BlueskySource
from tests.crawler.channels.bluesky_server import (
    ACCOUNT,
    PASSWORD,
    TAG,
    Bluesky,
    error,
    source,
)
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
)

STORIES = 3


@pytest.fixture
def site() -> Iterator[Bluesky]:
    server = Bluesky([story(number) for number in range(1, STORIES + 1)])
    with serving(server):
        yield server
    assert server.broken == []


@pytest.fixture
def home(tmp_path: Path, site: Bluesky) -> Home:
    return with_key(make_home(tmp_path / "home", [source(site)]))


def with_key(home: Home, password: str = PASSWORD) -> Home:
    Secrets(home).put("bluesky-key", password)
    return home


def crawled(home: Home) -> tuple[dict[str, Any], list[Post]]:
    return run_crawl(home)["bluesky"], stored_posts(home)


def test_everything_with_the_tag_and_its_answers_is_read_once(site: Bluesky, home: Home) -> None:
    report, posts = crawled(home)
    assert report["status"] == "finished"
    assert report["problems"] == {}
    assert len(posts) == len({post.id for post in posts}) == site.total
    # The last answer to each has the tag too: found twice, stored once.
    assert report["outcomes"] == {"stored": site.total, "duplicate": STORIES}
    assert {post.url for post in posts} == {f"https://bsky.app/hashtag/{TAG}"}
    assert len(site.asked("searchPosts")) == STORIES, "two posts a page"
    assert len(site.asked("getPostThread")) == STORIES


@pytest.mark.proof
def test_answers_keep_their_thread_and_what_they_answer(home: Home) -> None:
    _, posts = crawled(home)
    by_id = {post.id: post for post in posts}
    answers = [post for post in posts if "Đúng rồi bạn" in post.text]
    assert len(answers) == STORIES
    for answer in answers:
        assert answer.kind is PostKind.REPLY
        assert "Năm nay được mùa" in by_id[answer.parent_id or ""].text
        assert by_id[answer.parent_id or ""].thread_id == answer.thread_id
        assert answer.topics == ("mien-dong",), "what its opening is about"
    assert all(post.text.startswith("[@]") for post in posts), "whoever was mentioned"


@pytest.mark.proof
def test_a_second_visit_asks_for_what_is_new_alone(site: Bluesky, home: Home) -> None:
    run_crawl(home)
    before = len(site.asked("searchPosts"))
    report, _ = crawled(home)
    assert report["outcomes"].get("stored", 0) == 0
    first, *_ = site.asked("searchPosts")[before:]
    assert "since=" in first.path
    site.stories[0].comments[0].text += " Sửa lại."
    site.stories.append(story(9))
    report, posts = crawled(home)
    assert len(posts) == site.total
    assert report["outcomes"]["stored"] == 5, "one was edited, four are new"


@pytest.mark.proof
def test_a_new_answer_to_an_answer_is_found(site: Bluesky, home: Home) -> None:
    """What the search finds is the same to the letter then."""
    run_crawl(home)
    talk = site.stories[0].comments
    talk.insert(2, Comment(77, "Nhà tôi cũng còn hàng.", talk[1].number, at=talk[1].at))
    report, posts = crawled(home)
    assert report["outcomes"]["stored"] == 1
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_phrase_is_searched_as_a_phrase(site: Bluesky, tmp_path: Path) -> None:
    entry = source(site, tags=[], phrases=['"giá  miến dong"'])
    home = with_key(make_home(tmp_path / "other", [entry]))
    _, posts = crawled(home)
    assert "q=%22gi%C3%A1+mi%E1%BA%BFn+dong%22" in site.asked("searchPosts")[0].path
    assert {post.url for post in posts} == {
        "https://bsky.app/search?q=%22gi%C3%A1+mi%E1%BA%BFn+dong%22"
    }


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"tags": []}, "ít nhất một"),
        ({"allow_private_network": False}, "https://"),
        ({"account": "Xã Bình Lư"}, "account"),
        ({"key": "abcd efgh"}, "key"),
        ({"phrases": [""]}, "phrases"),
    ],
)
def test_an_entry_that_cannot_work_is_refused(
    site: Bluesky, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        SOURCE.validate_python(source(site, **wrong))


def test_marks_of_tags_and_phrases_are_ours_to_set(site: Bluesky) -> None:
    entry = SOURCE.validate_python(source(site, tags=["#BìnhLư"], phrases=['"xã  Bình Lư"']))
    assert isinstance(entry, BlueskySource)
    assert (entry.tags, entry.phrases) == (("BìnhLư",), ("xã Bình Lư",))
    assert entry.secrets() == ("bluesky-key",)


# The log-in


def test_the_password_goes_to_the_log_in_alone(site: Bluesky, home: Home) -> None:
    run_crawl(home)
    (log_in,) = [one for one in site.seen if one.method != "GET"]
    assert log_in.path == "/xrpc/com.atproto.server.createSession"
    assert json.loads(log_in.body) == {"identifier": ACCOUNT, "password": PASSWORD}
    for one in site.seen:
        assert PASSWORD not in one.path
        assert PASSWORD not in str(one.headers)
        assert one is log_in or PASSWORD.encode() not in one.body
    assert traces(home, PASSWORD) == ["secrets/bluesky-key"]
    assert traces(home, "access-1") == traces(home, "renewal-1") == []


def traces(home: Home, secret: str) -> list[str]:
    """The files that hold a secret."""
    return [
        str(path.relative_to(home.root))
        for path in home.root.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


def test_without_its_key_nothing_is_asked(site: Bluesky, tmp_path: Path) -> None:
    report, posts = crawled(make_home(tmp_path / "keyless", [source(site)]))
    assert (report["status"], report["problems"]) == ("failed", {"no_key": 1})
    assert posts == []
    assert site.seen == []


@pytest.mark.proof
def test_a_wrong_password_is_tried_once(site: Bluesky, home: Home) -> None:
    with_key(home, "khac-khac-khac-khac")
    report, _ = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"unauthorised": 1})
    assert len(site.asked("createSession")) == 1
    assert site.asked("searchPosts") == []


@pytest.mark.proof
@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (error(401, "AuthFactorTokenRequired"), "unauthorised"),
        (error(400, "InvalidRequest"), "unauthorised"),
        (error(403, "Forbidden"), "forbidden"),
        (error(500, "InternalServerError"), "server_error"),
        (Reply("{", type="application/json"), "unreadable"),
        (Reply('{"accessJwt": 7, "refreshJwt": []}', type="application/json"), "unreadable"),
        (Reply("[]", type="application/json"), "unreadable"),
        (Reply(status=307, headers={"Location": "/xrpc/elsewhere"}), "unexpected_answer"),
    ],
)
def test_a_log_in_that_fails_ends_the_visit(
    site: Bluesky, home: Home, fault: Reply, problem: str
) -> None:
    site.faults["createSession"] = lambda *_: fault
    report, _ = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {problem: 1})
    assert [one.path for one in site.seen if "createSession" not in one.path] == ["/robots.txt"]
    # All is as before when it goes again.
    site.faults.clear()
    report, posts = crawled(home)
    assert report["status"] == "finished"
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_log_in_without_an_answer_ends_the_visit(site: Bluesky, home: Home) -> None:
    def drop(*_: object) -> Reply:
        raise DropError

    site.faults["createSession"] = drop
    report, _ = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"connection": 1})


@pytest.mark.proof
def test_the_password_does_not_follow_a_redirect(tmp_path: Path) -> None:
    site, elsewhere = Bluesky([story(1)]), Server()
    with serving(site, elsewhere):
        to = f"{elsewhere.url}/xrpc/com.atproto.server.createSession"
        site.faults["createSession"] = lambda *_: Reply(status=308, headers={"Location": to})
        site_port = [f"{elsewhere.url.removeprefix('http://').partition(':')[0]}"]
        home = with_key(make_home(tmp_path / "h", [source(site, allowed_domains=site_port)]))
        report, _ = crawled(home)
    assert report["status"] == "failed"
    assert elsewhere.seen == []


@pytest.mark.proof
def test_a_session_that_is_over_is_renewed(site: Bluesky, home: Home) -> None:
    site.life = 2
    report, posts = crawled(home)
    assert report["problems"] == {}
    assert len(posts) == site.total
    assert len(site.asked("createSession")) == 1
    assert len(site.asked("refreshSession")) >= 2
    assert not any(one.body for one in site.asked("refreshSession"))


@pytest.mark.proof
def test_a_session_that_cannot_be_renewed_ends_the_visit(site: Bluesky, home: Home) -> None:
    site.life = 2
    site.faults["refreshSession"] = lambda *_: error(400, "ExpiredToken")
    report, posts = crawled(home)
    assert report["problems"] == {"unauthorised": 1}
    assert len(site.asked("refreshSession")) == 1
    assert 0 < len(posts) < site.total
    # What was not read stays due.
    site.faults.clear()
    site.life = 100
    _, posts = crawled(home)
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_server_that_takes_no_session_is_not_asked_for_ever(site: Bluesky, home: Home) -> None:
    site.life = 0
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"unauthorised": 1})
    assert posts == []
    assert len(site.seen) < 10


# Answers that fail


@pytest.mark.proof
@pytest.mark.parametrize(
    ("fault", "problem", "asked"),
    [
        (error(401, "AuthMissing"), "unauthorised", 1),
        # Searching is closed on purpose: to ask again would be rude.
        (error(403, "Forbidden"), "forbidden", 1),
        (error(400, "InvalidToken"), "unauthorised", 1),
        (error(400, "AccountTakedown"), "unauthorised", 1),
        (error(400, "BadQueryString"), "unexpected_answer", 1),
        (Reply('{"posts": [{"uri": "at://', type="application/json"), "unreadable", 1),
        (Reply('{"hits": []}', type="application/json"), "unreadable", 1),
    ],
)
def test_a_search_that_fails(
    site: Bluesky, home: Home, fault: Reply, problem: str, asked: int
) -> None:
    site.faults["searchPosts"] = lambda *_: fault
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {problem: 1})
    assert posts == []
    assert len(site.asked("searchPosts")) == asked
    site.faults.clear()
    _, posts = crawled(home)
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_long_rest_is_kept(site: Bluesky, home: Home) -> None:
    site.faults["createSession"] = lambda *_: Reply("x", 429, headers={"Retry-After": "3600"})
    report, _ = crawled(home)
    assert report["problems"] == {"rate_limited": 1}
    assert report["retry_at"] is not None
    seen = len(site.seen)
    crawled(home)
    assert len(site.seen) == seen, "not even by hand"


@pytest.mark.proof
def test_a_403_further_on_keeps_what_came_before(site: Bluesky, home: Home) -> None:
    def closed(_seen: Seen, query: dict[str, Any]) -> Reply | None:
        return error(403, "Forbidden") if "cursor" in query else None

    site.faults["searchPosts"] = closed
    report, posts = crawled(home)
    assert report["problems"] == {"forbidden": 1}
    assert posts
    assert len([one for one in site.asked("searchPosts") if "cursor" in one.path]) == 1


# What a platform may change, repeat or take back


def _without_record(view: dict[str, Any]) -> None:
    view.pop("record")


def _text_as_list(view: dict[str, Any]) -> None:
    view["record"]["text"] = [view["record"]["text"]]


def _renamed(view: dict[str, Any]) -> None:
    view["id"] = view.pop("uri")


@pytest.mark.proof
@pytest.mark.parametrize("change", [_without_record, _text_as_list, _renamed])
def test_a_changed_field_is_counted(
    site: Bluesky, home: Home, change: Callable[[dict[str, Any]], None]
) -> None:
    site.change = change
    report, posts = crawled(home)
    assert posts == []
    assert report["status"] == "finished"
    assert report["rejected"] == {"malformed": 2}, "the first page says nothing of what is older"
    site.broken.clear()


def _other_shapes(view: dict[str, Any]) -> None:
    view["record"] |= {"facets": [{"index": {"byteStart": -1}}, 7], "langs": 7, "embed": None}
    view |= {"likeCount": "4", "labels": None, "indexedAt": "hôm qua"}


@pytest.mark.proof
def test_what_is_not_needed_may_change(site: Bluesky, home: Home) -> None:
    site.change = _other_shapes
    report, posts = crawled(home)
    assert report["rejected"] == {}
    assert len(posts) == site.total
    site.broken.clear()


@pytest.mark.proof
def test_what_comes_twice_is_stored_once(site: Bluesky, home: Home) -> None:
    site.twice = {one.comments[-1].number for one in site.stories}
    report, posts = crawled(home)
    assert len(posts) == site.total
    assert report["outcomes"]["duplicate"] == 2 * STORIES


def test_deleted_posts_are_not_read(site: Bluesky, home: Home) -> None:
    site.deleted = {site.stories[0].comments[0].number, site.stories[1].comments[2].number}
    report, posts = crawled(home)
    assert report["problems"] == {}
    # With a deleted answer goes what it was answered.
    assert len(posts) == site.total - 3


def test_an_answer_deleted_at_its_source_is_deleted_here(site: Bluesky, home: Home) -> None:
    run_crawl(home)
    gone = site.stories[0].comments[1]
    site.deleted = {gone.number}
    _, posts = crawled(home)
    assert len(posts) == site.total - 1
    assert not any(gone.text in post.text for post in posts)


@pytest.mark.proof
def test_the_last_answer_deleted_at_its_source_is_deleted_here(tmp_path: Path) -> None:
    site = Bluesky([story(1)])
    del site.stories[0].comments[1:]
    site.stories[0].comments.append(story(7).comments[0])
    with serving(site):
        home = with_key(make_home(tmp_path / "h", [source(site)]))
        assert len(crawled(home)[1]) == 3
        site.deleted = {comment.number for comment in site.stories[0].comments}
        assert len(crawled(home)[1]) == 1


@pytest.mark.proof
def test_where_answers_cannot_be_read_nothing_is_concluded(site: Bluesky, home: Home) -> None:
    run_crawl(home)
    site.deleted = {site.stories[0].comments[1].number}
    site.faults["getPostThread"] = lambda *_: Reply("{", type="application/json")
    _, posts = crawled(home)
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_post_deleted_between_search_and_thread_ends_nothing(site: Bluesky, home: Home) -> None:
    site.faults["getPostThread"] = lambda *_: error(400, "NotFound")
    report, posts = crawled(home)
    assert report["status"] == "finished"
    assert report["problems"] == {"gone": STORIES}
    assert len(posts) == 2 * STORIES


@pytest.mark.proof
@pytest.mark.parametrize("where", ["closed_to", "labels"])
@pytest.mark.parametrize("label", ["!no-unauthenticated", "!hide", "!takedown"])
def test_what_is_shown_to_account_holders_only_is_left_out_and_counted(
    site: Bluesky, home: Home, where: str, label: str
) -> None:
    number = site.stories[0].comments[1].number
    getattr(site, where)[number] = label
    report, posts = crawled(home)
    assert len(posts) == site.total - 1
    assert not any("Đúng rồi bạn" in post.text and "tuần 1" in post.text for post in posts)
    assert report["rejected"] == {"withheld": 1}
    assert rows(home, "SELECT * FROM quarantine") == []


@pytest.mark.proof
def test_other_labels_change_nothing(site: Bluesky, home: Home) -> None:
    site.labels[site.stories[0].comments[1].number] = "graphic-media"
    _, posts = crawled(home)
    assert len(posts) == site.total


# Where nothing about writers may stand


def test_no_address_of_a_post_or_writer_is_kept(home: Home) -> None:
    ended: Ended = run_crawl(home)
    assert ended.exit_code == 0
    kept = [url for (url,) in rows(home, "SELECT url FROM page UNION SELECT url FROM post")]
    assert len(kept) == 2, "the search, and the page of the hashtag"
    for url in kept:
        assert not re.search(r"did(:|%3A)|at(:|%3A)//|cursor|getPostThread", url)


@pytest.mark.proof
def test_robots_txt_has_a_say(site: Bluesky, home: Home) -> None:
    site.robots = "User-agent: *\nDisallow: /xrpc/\n"
    report, _ = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"refused_robots": 1})
    assert site.paths() == []


def test_lexicon_server_refuses_what_the_lexicons_do_not_know(site: Bluesky) -> None:
    """The server would notice a parameter that Bluesky does not have."""
    for path in (
        "/xrpc/app.bsky.feed.searchPosts?limit=100",
        "/xrpc/app.bsky.feed.searchPosts?q=x&limit=101",
        "/xrpc/app.bsky.feed.searchPosts?q=x&order=time",
        "/xrpc/com.atproto.server.createSession",
    ):
        assert site.answer(Seen(0.0, path, {})).status in (400, 405)
    assert site.answer(Seen(0.0, "/xrpc/app.bsky.feed.nothing", {})).status == 501
