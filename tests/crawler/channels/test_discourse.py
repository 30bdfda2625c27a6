"""A Discourse forum, from its lists of topics to its faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langnghe.core.home import Home
from langnghe.core.models import PostKind
from tests.crawler.channels.discourse_server import Discourse, discourse_source
from tests.crawler.platforms import Comment, story
from tests.crawler.serving import (
    DropError,
    Ended,
    Reply,
    Seen,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
)

LONG = 45
"""Answers in the longest topic: three answers of the server."""


@pytest.fixture
def forum() -> Iterator[Discourse]:
    stories = [story(number) for number in (1, 2, 3)]
    stories[1].comments += [
        Comment(100 + n, f"Miến dong nhà tôi năm nay được {n} tạ, còn bà con?") for n in range(LONG)
    ]
    server = Discourse(stories)
    with serving(server):
        yield server


def crawl(tmp_path: Path, forum: Discourse, **more: Any) -> tuple[Home, Ended]:
    home = make_home(tmp_path / "home", [discourse_source(forum, **more)])
    return home, run_crawl(home)


def problems(ended: Ended) -> dict[str, int]:
    found: dict[str, int] = ended["discourse"]["problems"]
    return found


def test_everything_is_read_to_its_end_and_once(tmp_path: Path, forum: Discourse) -> None:
    forum.per_page = 2
    home, ended = crawl(tmp_path, forum)
    posts = stored_posts(home)
    assert len(posts) == forum.total == ended["discourse"]["outcomes"]["stored"]
    assert problems(ended) == {}
    assert {post.url for post in posts} == {f"{forum.url}/t/{n}" for n in (1, 2, 3)}
    assert "/latest.json?no_definitions=true&page=1" in forum.paths()
    assert sum(path.startswith("/t/2/posts.json?") for path in forum.paths()) == 2


@pytest.mark.proof
def test_what_is_read_of_a_post(tmp_path: Path, forum: Discourse) -> None:
    home, _ = crawl(tmp_path, forum)
    thread = [post for post in stored_posts(home) if post.url.endswith("/t/1")]
    by_text = {post.text.split("tuần")[0]: post for post in thread}
    opening = next(post for post in thread if post.kind is PostKind.OPENING)
    answered = by_text["[@] Năm nay được mùa, mừng quá, "]
    answer = by_text["[@] Đúng rồi bạn, nhà tôi cũng vậy, "]
    assert opening.title == "Giá miến dong tuần 1" == answer.title
    assert answer.parent_id == answered.id
    assert answered.parent_id is None
    assert {post.thread_id for post in thread} == {opening.thread_id}
    assert answer.reactions == 3
    assert "Lời trích" not in answer.text, "what it quotes is counted where it stands"
    assert abs(opening.published_at - forum.stories[0].at) < timedelta(seconds=1)


@pytest.mark.proof
def test_a_forum_that_writes_as_its_document_has_it(tmp_path: Path, forum: Discourse) -> None:
    forum.live = False
    home, ended = crawl(tmp_path, forum)
    assert ended["discourse"]["outcomes"]["stored"] == forum.total
    assert sum(post.parent_id is not None for post in stored_posts(home)) == 3


@pytest.mark.proof
def test_a_category_is_read_like_the_whole(tmp_path: Path, forum: Discourse) -> None:
    forum.per_page = 2
    home, ended = crawl(tmp_path, forum, boards=[f"{forum.url}/c/binh-lu/12"])
    assert ended["discourse"]["outcomes"]["stored"] == forum.total
    assert {post.url for post in stored_posts(home)} == {f"{forum.url}/t/{n}" for n in (1, 2, 3)}
    assert "/latest.json" not in forum.paths()


@pytest.mark.proof
def test_the_second_visit_finds_what_is_new_and_what_was_changed(
    tmp_path: Path, forum: Discourse
) -> None:
    home, _ = crawl(tmp_path, forum)
    again = run_crawl(home)
    assert again["discourse"]["outcomes"].get("stored", 0) == 0
    one = forum.stories[0]
    one.comments.append(Comment(99, "Bao giờ có miến dong mới?", at=datetime.now(UTC)))
    one.comments[0].text += " Sửa lại cho rõ."
    third = run_crawl(home)
    assert third["discourse"]["outcomes"]["stored"] == 2
    assert len(stored_posts(home)) == forum.total


def test_numbers_of_peoples_posts_are_never_written(tmp_path: Path, forum: Discourse) -> None:
    home, _ = crawl(tmp_path, forum)
    kept = [url for (url,) in rows(home, "SELECT url FROM page")]
    assert sorted(kept) == [
        f"{forum.url}/latest.json",
        *(f"{forum.url}/t/{number}.json" for number in (1, 2, 3)),
    ]


def test_hidden_and_deleted_posts_are_not_read(tmp_path: Path, forum: Discourse) -> None:
    forum.hidden = {forum.stories[0].comments[0].number}
    _, ended = crawl(tmp_path, forum)
    assert ended["discourse"]["outcomes"]["stored"] == forum.total - 1
    assert not ended["discourse"]["rejected"]


def test_what_is_deleted_there_goes_here_and_nothing_else(tmp_path: Path, forum: Discourse) -> None:
    home, _ = crawl(tmp_path, forum)
    kept = {post.id for post in stored_posts(home)}
    # Of three answers one fails: nothing is concluded from what was not seen.
    late = forum.stories[1].comments.pop()
    forum.problems["/t/2/posts.json"] = forum.error(500, "x", "x")
    run_crawl(home)
    assert {post.id for post in stored_posts(home)} == kept
    forum.problems.clear()
    forum.hidden = {forum.stories[0].comments[0].number}
    run_crawl(home)
    gone = kept - {post.id for post in stored_posts(home)}
    assert len(gone) == 2
    forum.stories[1].comments.append(late)
    forum.hidden = set()
    run_crawl(home)
    assert {post.id for post in stored_posts(home)} == kept


@pytest.mark.proof
def test_a_post_that_comes_twice_counts_once(tmp_path: Path, forum: Discourse) -> None:
    topic = forum.answer(Seen(0, "/t/1.json", {}))
    body = json.loads(topic.raw())
    body["post_stream"]["posts"] *= 2
    body["post_stream"]["stream"] *= 2
    forum.problems["/t/1.json"] = Reply(json.dumps(body), type="application/json")
    _, ended = crawl(tmp_path, forum)
    assert ended["discourse"]["outcomes"] == {"stored": forum.total}


@pytest.mark.proof
def test_a_field_that_changed_is_counted_and_the_rest_read(
    tmp_path: Path, forum: Discourse
) -> None:
    body = json.loads(forum.answer(Seen(0, "/t/1.json", {})).raw())
    posts = body["post_stream"]["posts"]
    posts[1]["cooked"] = {"html": posts[1]["cooked"]}
    del posts[2]["post_number"]
    posts[3] |= {"created_at": 7, "reply_to_post_number": {}, "actions_summary": "x"}
    forum.problems["/t/1.json"] = Reply(json.dumps(body), type="application/json")
    _, ended = crawl(tmp_path, forum)
    assert ended["discourse"]["outcomes"] == {"stored": forum.total - 2, "rejected": 2}
    assert ended["discourse"]["rejected"] == {"malformed": 2}


def test_a_forum_whose_robots_txt_forbids_it_is_asked_nothing(
    tmp_path: Path, forum: Discourse
) -> None:
    forum.robots = "User-agent: *\nDisallow: /*.json\n"
    _, ended = crawl(tmp_path, forum)
    assert forum.paths() == []
    assert problems(ended) == {"refused_robots": 1}


@pytest.mark.proof
@pytest.mark.parametrize(
    ("status", "problem"),
    [(401, "unauthorised"), (403, "forbidden"), (404, "gone"), (500, "server_error")],
)
def test_a_list_that_is_refused(
    tmp_path: Path, forum: Discourse, status: int, problem: str
) -> None:
    forum.problems["/latest.json"] = forum.error(status, "not_logged_in", "You need to log in.")
    home, ended = crawl(tmp_path, forum)
    assert problems(ended) == {problem: 1}
    assert ended.exit_code == 1
    assert stored_posts(home) == []


@pytest.mark.proof
@pytest.mark.parametrize("how", ["cut", "dropped", "truncated JSON", "HTML", "an error"])
def test_half_an_answer_loses_nothing(tmp_path: Path, forum: Discourse, how: str) -> None:
    whole = forum.answer(Seen(0, "/t/2.json", {})).raw()

    def drop(_: Seen) -> Reply:
        raise DropError

    kinds: dict[str, Any] = {
        "cut": Reply(whole, type="application/json", cut=True),
        "dropped": drop,
        "truncated JSON": Reply(whole[: len(whole) // 2], type="application/json"),
        "HTML": Reply("<p>Chúng tôi đang bảo trì</p>"),
        "an error": forum.error(200, "not_found", "x"),
    }
    forum.routes["/t/2.json"] = kinds[how]
    home, ended = crawl(tmp_path, forum)
    assert len(problems(ended)) == 1
    assert ended["discourse"]["failed_pages"] == 1
    assert {post.url[-4:] for post in stored_posts(home)} == {"/t/1", "/t/3"}
    forum.routes.clear()
    run_crawl(home)
    assert len(stored_posts(home)) == forum.total


@pytest.mark.proof
def test_further_posts_that_cannot_be_had_do_not_cost_the_first(
    tmp_path: Path, forum: Discourse
) -> None:
    forum.problems["/t/2/posts.json"] = forum.error(403, "invalid_access", "x")
    home, ended = crawl(tmp_path, forum)
    assert problems(ended) == {"forbidden": 2}
    assert sum(post.url.endswith("/t/2") for post in stored_posts(home)) == 20
