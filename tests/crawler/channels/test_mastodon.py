"""Mastodon: what is closed is told apart from what is silent, and what fails from both."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from langnghe.core.home import Home
from langnghe.core.models import Post
from langnghe.dashboard.problems import problem
from tests.crawler.channels.mastodon_server import ContractMastodon, source
from tests.crawler.platforms import story
from tests.crawler.serving import (
    Reply,
    Seen,
    make_home,
    run_crawl,
    serving,
    stored_posts,
)

STORIES = 2
INSTANCE = "/api/v2/instance"


@pytest.fixture
def site() -> Iterator[ContractMastodon]:
    server = ContractMastodon([story(number) for number in range(1, STORIES + 1)])
    with serving(server):
        yield server
    assert server.broken == []


@pytest.fixture
def home(tmp_path: Path, site: ContractMastodon) -> Home:
    return make_home(tmp_path / "home", [source(site)])


def crawled(home: Home) -> tuple[dict[str, Any], list[Post]]:
    return run_crawl(home)["mastodon"], stored_posts(home)


def timelines(site: ContractMastodon) -> list[Seen]:
    return [one for one in site.seen if "/timelines/" in one.path]


def test_an_open_server_is_read_and_asked_once_a_day(site: ContractMastodon, home: Home) -> None:
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("finished", {})
    assert len(posts) == site.total
    assert site.paths()[0] == INSTANCE
    crawled(home)
    assert site.paths().count(INSTANCE) == 1


@pytest.mark.proof
@pytest.mark.parametrize(
    "access",
    [
        {"local": "disabled", "remote": "disabled"},
        {"local": "authenticated", "remote": "disabled"},
        {"local": "authenticated", "remote": "authenticated"},
    ],
)
def test_a_server_that_closed_its_timelines_is_not_taken_for_a_silent_one(
    site: ContractMastodon, home: Home, access: dict[str, str]
) -> None:
    site.access = access
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"closed_to_public": 1})
    assert posts == []
    assert timelines(site) == []
    assert "tài khoản" in problem("closed_to_public").what
    # It is asked again at the next visit, and read when it has opened.
    site.access = {"local": "public", "remote": "public"}
    report, posts = crawled(home)
    assert report["status"] == "finished"
    assert len(posts) == site.total


@pytest.mark.proof
def test_a_server_that_shows_its_own_people_is_read(site: ContractMastodon, home: Home) -> None:
    site.access = {"local": "public", "remote": "authenticated"}
    report, posts = crawled(home)
    assert report["status"] == "finished"
    assert len(posts) == site.total


def test_an_empty_timeline_of_an_open_server_is_no_failure(
    site: ContractMastodon, home: Home
) -> None:
    site.faults["binhlu"] = lambda _: Reply("[]", type="application/json")
    report, posts = crawled(home)
    assert (report["status"], report["problems"], posts) == ("finished", {}, [])


@pytest.mark.proof
@pytest.mark.parametrize(
    "instance",
    [
        None,  # a server of before 4.5: its answer does not have the field
        Reply("404", 404),
        Reply("{", type="application/json"),
        Reply("[]", type="application/json"),
        Reply(
            json.dumps({"configuration": {"timelines_access": {"hashtag_feeds": "public"}}}),
            type="application/json",
        ),
    ],
)
def test_a_server_that_does_not_say_is_read(
    site: ContractMastodon, home: Home, instance: Reply | None
) -> None:
    site.access, site.instance = None, instance
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("finished", {})
    assert len(posts) == site.total


@pytest.mark.proof
@pytest.mark.parametrize("status", [401, 403, 422])
def test_a_timeline_that_asks_for_an_account_is_closed(
    site: ContractMastodon, home: Home, status: int
) -> None:
    body = json.dumps({"error": "This method requires an authenticated user"})
    site.faults["binhlu"] = lambda _: Reply(body, status, "application/json")
    report, _ = crawled(home)
    assert (report["status"], report["problems"]) == ("failed", {"closed_to_public": 1})
    assert len(timelines(site)) == 1, "asked once"


@pytest.mark.proof
@pytest.mark.parametrize("links", [True, False])
def test_a_timeline_is_read_to_its_end(site: ContractMastodon, home: Home, links: bool) -> None:
    """By the address that its header names, or by the numbers of the statuses."""
    site.links = links
    site.stories += [story(number) for number in range(3, 6)]
    report, posts = crawled(home)
    assert report["problems"] == {}
    assert len(posts) == site.total
    asked = [parse_qs(urlsplit(one.path).query).get("max_id") for one in timelines(site)]
    # Four a page: of ten statuses the last two, and then none.
    tagged = sorted(int(one["id"]) for found in site.stories for one in site.tagged(found))
    assert asked == [None, [str(tagged[6])], [str(tagged[2])], [str(tagged[0])]]


@pytest.mark.proof
def test_a_status_deleted_between_timeline_and_answers_hides_no_others(
    site: ContractMastodon, home: Home
) -> None:
    site.stories += [story(number) for number in range(3, 6)]
    asked: list[Seen] = []

    def gone(seen: Seen) -> Reply | None:
        asked.append(seen)
        return Reply('{"error": "Record not found"}', 404) if len(asked) == 1 else None

    site.faults["context"] = gone
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("finished", {"gone": 1})
    assert len(asked) == len(site.stories)
    assert len(posts) == site.total - 2, "of its three answers one has the tag"


@pytest.mark.proof
def test_a_server_that_has_no_answers_is_not_asked_for_all(
    site: ContractMastodon, home: Home
) -> None:
    site.stories += [story(number) for number in range(3, 6)]
    site.faults["context"] = lambda _: Reply("404", 404)
    report, posts = crawled(home)
    assert (report["status"], report["problems"]) == ("finished", {"gone": 2})
    assert len(posts) == 2 * len(site.stories)


@pytest.mark.proof
@pytest.mark.parametrize("change", [{"content": {"html": "x"}}, {"id": 7}])
def test_a_changed_field_is_counted_and_the_rest_read(
    site: ContractMastodon, home: Home, change: dict[str, Any]
) -> None:
    def changed(seen: Seen) -> Reply:
        reply = super(ContractMastodon, site).answer(seen)
        newest, *others = json.loads(reply.raw())
        return replace(reply, body=json.dumps([newest | change, *others]))

    site.faults["binhlu"] = lambda seen: None if "max_id" in seen.path else changed(seen)
    report, posts = crawled(home)
    assert report["rejected"] == {"malformed": 1}
    assert len(posts) == site.total, "the newest stands with what it answers as well"


@pytest.mark.proof
@pytest.mark.parametrize("body", ['[{"id": "1', '{"statuses": []}', '"x"'])
def test_another_shape_is_a_failure(site: ContractMastodon, home: Home, body: str) -> None:
    site.faults["binhlu"] = lambda _: Reply(body, type="application/json")
    report, posts = crawled(home)
    assert (report["status"], report["problems"], posts) == ("failed", {"unreadable": 1}, [])


@pytest.mark.proof
def test_the_rate_of_the_server_is_kept(site: ContractMastodon, home: Home) -> None:
    """300 requests in 5 minutes: after the last of them none comes before the reset."""
    last: list[Seen] = []
    resets: list[int] = []

    def used_up(seen: Seen) -> Reply | None:
        if last:
            return None
        last.append(seen)
        resets.append(int(time.time()) + 3)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(resets[0]))
        reply = super(ContractMastodon, site).answer(seen)
        limit = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0"}
        return Reply(
            reply.body, 200, reply.type, {**reply.headers, **limit, "X-RateLimit-Reset": moment}
        )

    site.faults["binhlu"] = used_up
    report, _ = crawled(home)
    assert report["status"] == "finished"
    after = [one.at for one in site.seen if one.at > last[0].at]
    assert min(after) >= resets[0] - 0.1


def test_an_answer_deleted_at_its_source_is_deleted_here(
    site: ContractMastodon, home: Home
) -> None:
    crawled(home)
    gone = site.stories[0].comments[1]
    site.deleted = {gone.number}
    _, posts = crawled(home)
    assert len(posts) == site.total - 1
    assert not any(gone.text in post.text for post in posts)


@pytest.mark.proof
def test_where_answers_cannot_be_read_nothing_is_concluded(
    site: ContractMastodon, home: Home
) -> None:
    crawled(home)
    site.deleted = {site.stories[0].comments[1].number}
    site.faults["context"] = lambda _: Reply("{", type="application/json")
    _, posts = crawled(home)
    assert len(posts) == site.total
