"""Comments on YouTube, from the first page to Google's faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from langnghe.core.home import Home
from langnghe.core.models import PostKind
from langnghe.core.secrets import Secrets
from langnghe.crawler.spiders.youtube import pacific_day, quota_reset
from tests.crawler.channels.youtube_server import (
    CHANNEL,
    INLINED,
    KEY,
    YouTube,
    video_id,
    youtube_source,
)
from tests.crawler.platforms import Comment, story
from tests.crawler.serving import (
    DropError,
    Ended,
    Reply,
    Seen,
    crawl_at,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
    stores,
)

MANY = 7
"""Replies to one comment: more than come with it."""


@pytest.fixture
def server() -> Iterator[YouTube]:
    stories = [story(number) for number in (1, 2, 3)]
    stories[1].comments += [
        Comment(100 + n, f"Nhà tôi được {n} tạ, còn bà con?", stories[1].comments[0].number)
        for n in range(MANY - 1)
    ]
    youtube = YouTube(stories)
    with serving(youtube):
        yield youtube


def crawl(tmp_path: Path, server: YouTube, *, key: str = KEY, **more: Any) -> tuple[Home, Ended]:
    home = make_home(tmp_path / "home", [youtube_source(server, **more)])
    if key:
        Secrets(home, {}).put("youtube-key", key)
    return home, run_crawl(home)


def again(home: Home) -> Ended:
    return run_crawl(home)


def problems(ended: Ended) -> dict[str, int]:
    found: dict[str, int] = ended["youtube"]["problems"]
    return found


def comments(server: YouTube) -> int:
    return sum(len(one.comments) for one in server.stories)


# Everything, once


def test_everything_is_read_to_its_end_and_once(tmp_path: Path, server: YouTube) -> None:
    server.per_page = 2
    home, ended = crawl(tmp_path, server)
    assert problems(ended) == {}
    posts = stored_posts(home)
    assert len(posts) == comments(server) == ended["youtube"]["outcomes"]["stored"]
    assert ended["youtube"]["outcomes"] == {"stored": len(posts)}
    assert again(home)["youtube"]["outcomes"].get("stored", 0) == 0


@pytest.mark.proof
def test_a_reply_is_kept_with_what_it_answers(tmp_path: Path, server: YouTube) -> None:
    home, _ = crawl(tmp_path, server)
    posts = {post.id: post for post in stored_posts(home)}
    replies = [post for post in posts.values() if post.kind is PostKind.REPLY]
    assert len(replies) == MANY + 2
    for reply in replies:
        assert reply.parent_id is not None
        assert posts[reply.parent_id].kind is PostKind.OPENING
        assert posts[reply.parent_id].thread_id == reply.thread_id
    assert INLINED < MANY


@pytest.mark.proof
def test_every_post_stands_on_its_video_under_the_videos_title(
    tmp_path: Path, server: YouTube
) -> None:
    home, _ = crawl(tmp_path, server)
    for post in stored_posts(home):
        number = int(post.url.rpartition("-")[2])
        assert post.url == f"https://www.youtube.com/watch?v={video_id(number)}"
        assert post.title == f"Giá miến dong tuần {number}"
        assert post.reactions == 3
        assert abs(datetime.now(UTC) - timedelta(hours=3) - post.published_at) < timedelta(hours=1)


@pytest.mark.proof
def test_single_videos_are_read_as_well(tmp_path: Path, server: YouTube) -> None:
    address = f"https://www.youtube.com/watch?v={video_id(1)}"
    home, ended = crawl(tmp_path, server, videos=[address, video_id(3)])
    assert problems(ended) == {}
    assert len(stored_posts(home)) == 6


@pytest.mark.proof
def test_a_title_with_a_name_in_it_is_masked(tmp_path: Path, server: YouTube) -> None:
    server.stories[0].title = "Miến dong nhà chị Lò Thị Phương, gọi 0912 345 678"
    home, _ = crawl(tmp_path, server)
    titles = {post.title for post in stored_posts(home) if post.url.endswith(video_id(1))}
    assert titles
    assert not [title for title in titles if "0912" in title or "Phương" in title]


@pytest.mark.proof
def test_with_its_title_gone_a_comment_still_counts(tmp_path: Path, server: YouTube) -> None:
    server.faults["videos"] = server.error(404, "videoNotFound")
    server.stories[0].comments[0].text = "Miến dong năm nay được mùa."
    home, ended = crawl(tmp_path, server)
    assert ended["youtube"]["status"] == "finished"
    assert {post.title for post in stored_posts(home)} == {""}


def test_the_frontier_holds_no_number_of_a_comment(tmp_path: Path, server: YouTube) -> None:
    home, _ = crawl(tmp_path, server)
    kept = rows(home, "SELECT url FROM page")
    assert len(kept) == 1
    assert parse_qs(urlsplit(kept[0][0]).query)["allThreadsRelatedToChannelId"] == [CHANNEL]
    assert b"UgxComment" not in home.database.read_bytes()


# From visit to visit


@pytest.mark.proof
def test_only_what_is_new_is_asked_for(tmp_path: Path, server: YouTube) -> None:
    server.per_page = 2
    for one in server.stories[1:]:
        for comment in one.comments:
            comment.at -= timedelta(days=20)
    home, _ = crawl(tmp_path, server)
    whole = len(server.paths())
    assert again(home)["youtube"]["not_modified"] == 1
    assert len(server.paths()) == whole + 1
    server.stories[0].comments.insert(0, Comment(500, "Miến dong sáng nay bán hết."))
    ended = again(home)
    assert ended["youtube"]["outcomes"]["stored"] == 1
    assert len(server.paths()) < 2 * whole


def test_a_reply_that_was_deleted_is_deleted_here(tmp_path: Path, server: YouTube) -> None:
    home, _ = crawl(tmp_path, server)
    replies = server.stories[1].comments
    gone = replies.pop()
    assert gone.parent
    again(home)
    assert len(stored_posts(home)) == comments(server)
    assert not [post for post in stored_posts(home) if post.text == gone.text]


@pytest.mark.proof
def test_when_posts_near_the_limit_all_is_read_and_what_is_gone_goes(
    tmp_path: Path, server: YouTube
) -> None:
    server.per_page = 2
    home, _ = crawl(tmp_path, server)
    whole = len(server.paths())
    del server.stories[2].comments[:]
    make_older(home, timedelta(days=16))
    again(home)
    posts = stored_posts(home)
    assert len(posts) == comments(server)
    assert not [post for post in posts if post.url.endswith(video_id(3))]
    assert len(server.paths()) > 1.5 * whole, "to the end, whatever its validators say"


def make_older(home: Home, age: timedelta) -> None:
    """As if everything had been seen so long ago."""
    with stores(home) as opened, opened.database.transaction() as connection:
        connection.execute("UPDATE facet SET seen = seen - ?", (age // timedelta(microseconds=1),))


@pytest.mark.proof
def test_comments_that_were_switched_off_go(tmp_path: Path, server: YouTube) -> None:
    home, _ = crawl(tmp_path, server, videos=[video_id(1), video_id(3)])
    server.closed = {1}
    again(home)
    assert {post.url[-1] for post in stored_posts(home)} == {"3"}


# The allowance


def test_the_daily_allowance_is_kept_and_the_source_rests(tmp_path: Path, server: YouTube) -> None:
    server.per_page = 1
    home = make_home(tmp_path / "home", [youtube_source(server)])
    allow(home, 4)
    Secrets(home, {}).put("youtube-key", KEY)
    now = datetime.now(UTC)
    reset = quota_reset(now)
    ended = crawl_at(home, now)
    assert server.units == 4
    assert problems(ended) == {"quota_used_up": 1}
    assert datetime.fromisoformat(ended["youtube"]["retry_at"]) == reset
    assert rows(home, "SELECT key, units FROM api_use") == [("youtube-key", 4)]
    before = crawl_at(home, reset - timedelta(seconds=1))
    assert problems(before) == {"quota_used_up": 1}
    assert server.units == 4, "not even a person overrules that"
    crawl_at(home, reset)
    assert server.units == 8, "Google's next day"


def allow(home: Home, units: int) -> None:
    path = home.configs / "settings.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["youtube"] = {"daily_units": units}
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")


@pytest.mark.proof
def test_what_google_counts_comes_before_what_we_count(tmp_path: Path, server: YouTube) -> None:
    server.total_units = 2
    home, ended = crawl(tmp_path, server)
    assert problems(ended)["quota_used_up"] >= 1
    assert server.units <= 4, "nothing more once Google said so"
    assert ended["youtube"]["retry_at"] is not None
    server.total_units = 10_000
    asked = len(server.seen)
    again(home)
    assert len(server.seen) == asked


@pytest.mark.parametrize(
    ("now", "day", "reset"),
    [
        ("2026-11-22T07:59:59+00:00", "2026-11-21", "2026-11-22T08:00:00+00:00"),
        ("2026-11-22T08:00:00+00:00", "2026-11-22", "2026-11-23T08:00:00+00:00"),
        ("2026-07-01T06:59:00+00:00", "2026-06-30", "2026-07-01T07:00:00+00:00"),
        # Clocks go back on 01/11/2026: that day has 25 hours.
        ("2026-11-01T07:00:00+00:00", "2026-11-01", "2026-11-02T08:00:00+00:00"),
    ],
)
def test_googles_day_begins_at_midnight_on_the_pacific(now: str, day: str, reset: str) -> None:
    moment = datetime.fromisoformat(now)
    assert pacific_day(moment).isoformat() == day
    assert quota_reset(moment) == datetime.fromisoformat(reset)


# Keys


def test_without_a_key_nothing_is_asked(tmp_path: Path, server: YouTube) -> None:
    home, ended = crawl(tmp_path, server, key="")
    assert ended.exit_code == 1
    assert (ended["youtube"]["status"], problems(ended)) == ("failed", {"no_key": 1})
    assert server.seen == []
    Secrets(home, {}).put("youtube-key", KEY)
    assert again(home)["youtube"]["outcomes"]["stored"] == comments(server)


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, server: YouTube) -> None:
    home = make_home(tmp_path / "home", [youtube_source(server)])
    Secrets(home, {}).put("youtube-key", KEY).chmod(0o644)
    assert problems(run_crawl(home)) == {"no_key": 1}
    assert server.seen == []


@pytest.mark.proof
def test_a_wrong_key_is_told_apart_and_ends_the_visit(tmp_path: Path, server: YouTube) -> None:
    videos = [video_id(number) for number in (1, 2, 3)]
    _, ended = crawl(tmp_path, server, key="AIzaSyWrong", videos=videos, max_pages_per_visit=3)
    assert set(problems(ended)) == {"unauthorised"}
    assert ended["youtube"]["status"] == "failed"


def test_the_key_is_nowhere_but_in_its_header(tmp_path: Path, server: YouTube) -> None:
    server.faults["videos"] = Reply("x", 500)
    home, ended = crawl(tmp_path, server)
    assert all(seen.headers["x-goog-api-key"] == KEY for seen in server.seen)
    assert not [seen for seen in server.seen if KEY in seen.path]
    holding = [path for path in home.root.rglob("*") if path.is_file() and _holds(path)]
    assert holding == [home.secrets / "youtube-key"]
    assert KEY not in ended.output


def _holds(path: Path) -> bool:
    return KEY.encode() in path.read_bytes()


@pytest.mark.proof
def test_the_key_does_not_follow_a_redirect(tmp_path: Path, server: YouTube) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.faults["commentThreads"] = Reply(status=302, headers={"Location": f"{elsewhere}/other"})
    server.robots = ""
    _, ended = crawl(tmp_path, server, allowed_domains=["localhost"])
    assert set(problems(ended)) == {"gone"}, "the other host was asked"
    hosts = {(seen.headers["host"], "x-goog-api-key" in seen.headers) for seen in server.seen}
    assert hosts == {(urlsplit(server.url).netloc, True), (urlsplit(elsewhere).netloc, False)}


@pytest.mark.proof
def test_on_its_own_host_the_key_follows_a_redirect(tmp_path: Path, server: YouTube) -> None:
    server.faults["commentThreads"] = Reply(status=302, headers={"Location": "/other"})
    crawl(tmp_path, server)
    assert [seen.headers["x-goog-api-key"] for seen in server.seen] == [KEY, KEY]


# Faults


@pytest.mark.proof
@pytest.mark.parametrize(
    ("status", "reason", "problem"),
    [
        (403, "forbidden", "forbidden"),
        (403, "accessNotConfigured", "no_permission"),
        (400, "keyInvalid", "unauthorised"),
        (401, "authError", "unauthorised"),
        (404, "channelNotFound", "gone"),
        (400, "processingFailure", "server_error"),
        (500, "backendError", "server_error"),
        (503, "backendError", "server_error"),
    ],
)
def test_errors_are_told_apart_and_nothing_is_lost(
    tmp_path: Path, server: YouTube, status: int, reason: str, problem: str
) -> None:
    server.faults["commentThreads"] = server.error(status, reason)
    home, ended = crawl(tmp_path, server)
    assert set(problems(ended)) == {problem}
    assert ended["youtube"]["status"] == "failed"
    assert stored_posts(home) == []
    server.faults.clear()
    assert again(home)["youtube"]["outcomes"]["stored"] == comments(server)


@pytest.mark.proof
def test_too_many_at_once_is_told_apart_from_too_many_a_day(
    tmp_path: Path, server: YouTube
) -> None:
    server.faults["commentThreads"] = server.error(403, "rateLimitExceeded")
    _, ended = crawl(tmp_path, server)
    assert set(problems(ended)) == {"rate_limited"}
    assert len(server.paths()) == 3, "as often as a page is tried in one visit"
    first, second, third = (seen.at for seen in server.seen)
    assert second - first > 1.5
    assert third - second > 1.5


@pytest.mark.proof
def test_closed_comments_of_one_video_are_no_failure(tmp_path: Path, server: YouTube) -> None:
    server.closed = {1}
    _, ended = crawl(tmp_path, server, videos=[video_id(1), video_id(3)])
    assert problems(ended) == {}
    assert ended["youtube"]["outcomes"] == {"stored": 3}


@pytest.mark.proof
def test_half_an_answer_is_read_at_the_next_visit(tmp_path: Path, server: YouTube) -> None:
    server.faults["commentThreads"] = Reply('{"items": []}', type="application/json", cut=True)
    home, ended = crawl(tmp_path, server)
    assert problems(ended) == {"truncated": 1}
    server.faults.clear()
    assert again(home)["youtube"]["outcomes"]["stored"] == comments(server)


@pytest.mark.proof
@pytest.mark.parametrize("body", ['{"items": [{"id"', "[]", "null", '{"items": 3}', "x"])
def test_broken_json_is_no_news(tmp_path: Path, server: YouTube, body: str) -> None:
    server.faults["commentThreads"] = Reply(body, type="application/json")
    _, ended = crawl(tmp_path, server)
    assert set(problems(ended)) == {"unreadable"}


@pytest.mark.proof
def test_a_dropped_connection_is_tried_again(tmp_path: Path, server: YouTube) -> None:
    def drop(_: Seen) -> Reply:
        raise DropError

    usual, server.fallback = server.fallback, drop
    home, ended = crawl(tmp_path, server)
    assert set(problems(ended)) == {"connection"}
    server.fallback = usual
    assert again(home)["youtube"]["outcomes"]["stored"] == comments(server)


@pytest.mark.proof
@pytest.mark.parametrize(
    "altered", [{"textDisplay": None}, {"textDisplay": {"text": "x"}}, {"textDisplay": 3}]
)
def test_a_changed_field_counts_and_breaks_nothing(
    tmp_path: Path, server: YouTube, altered: dict[str, Any]
) -> None:
    server.alter = altered
    home, ended = crawl(tmp_path, server)
    assert ended["youtube"]["rejected"]["malformed"] >= 6
    assert stored_posts(home) == []


@pytest.mark.proof
@pytest.mark.parametrize(
    "altered", [{"likeCount": "many"}, {"publishedAt": "soon"}, {"authorDisplayName": None}]
)
def test_without_what_is_not_needed_comments_are_kept(
    tmp_path: Path, server: YouTube, altered: dict[str, Any]
) -> None:
    server.alter = altered
    home, ended = crawl(tmp_path, server)
    assert ended["youtube"]["outcomes"] == {"stored": comments(server)}
    assert len(stored_posts(home)) == comments(server)


@pytest.mark.proof
def test_the_same_comment_twice_is_one_post(tmp_path: Path, server: YouTube) -> None:
    server.stories[0].comments.append(server.stories[0].comments[2])
    home, ended = crawl(tmp_path, server)
    assert ended["youtube"]["outcomes"]["duplicate"] == 1
    assert len(stored_posts(home)) == comments(server) - 1


@pytest.mark.proof
def test_what_was_changed_at_youtube_is_changed_here(tmp_path: Path, server: YouTube) -> None:
    home, _ = crawl(tmp_path, server)
    server.stories[0].comments[0].text = "Tôi nhầm: miến dong mất mùa."
    assert again(home)["youtube"]["outcomes"]["stored"] == 1
    assert len([post for post in stored_posts(home) if "mất mùa" in post.text]) == 1
    assert len(stored_posts(home)) == comments(server)
