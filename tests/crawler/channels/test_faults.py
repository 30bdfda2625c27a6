"""Every client, wherever in its reading the platform fails: told, made up for, nothing lost.

The answers that fail are those of whatever stands before a platform (a proxy, a network), without
the platform's own words; those stand in the test of each channel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langnghe.core.home import Home
from langnghe.core.secrets import Secrets
from tests.crawler.channels import bluesky_server, facebook_server, mastodon_server, youtube_server
from tests.crawler.channels.discourse_server import Discourse, discourse_source
from tests.crawler.channels.telegram_server import Telegram, messages, telegram_source
from tests.crawler.platforms import Comment, Platform, Story, story
from tests.crawler.serving import (
    Reply,
    Seen,
    Server,
    crawl_at,
    make_home,
    rows,
    serving,
    stored_posts,
)

pytestmark = pytest.mark.proof


def stories(more: int = 5, numbers: tuple[int, ...] = (1, 2, 3)) -> list[Story]:
    """Newest first, so far apart that a second visit goes back to none but the newest.

    The newest has so many answers that each platform gives them in several parts.
    """
    found = [story(number) for number in numbers]
    for place, one in enumerate(found):
        one.at -= timedelta(days=3 * place)
        for comment in one.comments:
            comment.at -= timedelta(days=3 * place)
    first = found[0].comments[0]
    found[0].comments[1:1] = [
        Comment(100 + n, f"Nhà tôi được {n} tạ, còn bà con?", first.number, at=first.at)
        for n in range(more)
    ]
    return found


Served = tuple[Server, dict[str, Any], int]
"""A server, its entry in sources.yaml, and how many posts stand on it."""


def youtube() -> Served:
    site = youtube_server.YouTube(stories())
    site.per_page = 5
    return site, youtube_server.youtube_source(site), site.total - len(site.stories)


def facebook() -> Served:
    site = facebook_server.Facebook(stories(), [story(number) for number in (4, 5)])
    site.per_page = 2
    return site, facebook_server.entry(site), site.total


def bluesky() -> Served:
    site = bluesky_server.Bluesky(stories())
    return site, bluesky_server.source(site), site.total


def mastodon() -> Served:
    # Its timelines go by the number.
    site = mastodon_server.ContractMastodon(stories(numbers=(3, 2, 1)))
    return site, mastodon_server.source(site), site.total


def discourse() -> Served:
    site = Discourse(stories(25))
    site.per_page = 2
    return site, discourse_source(site), site.total


def telegram() -> Served:
    site = Telegram({"binhlu": messages(70)})
    return site, telegram_source(site, "binhlu"), 70


KEYS = {
    "youtube-key": youtube_server.KEY,
    "facebook-page": facebook_server.TOKEN,
    "bluesky-key": bluesky_server.PASSWORD,
}

# Where each client asks, by a pattern of the address.

FIRST = [
    pytest.param(client, place, id=f"{client.__name__}-list")
    for client, place in (
        (youtube, r"/commentThreads\?"),
        (facebook, r"/posts\?"),
        (bluesky, r"searchPosts"),
        (mastodon, r"/timelines/"),
        (discourse, r"/latest\.json"),
        (telegram, r"/s/binhlu"),
    )
]
OLDER = {
    youtube: r"/commentThreads\?.*pageToken=",
    facebook: r"/posts\?.*after=",
    bluesky: r"searchPosts.*cursor=",
    mastodon: r"/timelines/.*max_id=",
    discourse: r"/latest\.json.*page=",
    telegram: r"/s/binhlu\?before=",
}
ANSWERS = {
    youtube: r"/comments\?",
    facebook: r"_10/comments\?.*after=",
    bluesky: r"getPostThread",
    mastodon: r"/context",
    discourse: r"/t/1/posts\.json",
}
LATER = [
    *(pytest.param(client, OLDER[client], id=f"{client.__name__}-older") for client in OLDER),
    *(pytest.param(client, ANSWERS[client], id=f"{client.__name__}-answers") for client in ANSWERS),
    pytest.param(facebook, r"/visitor_posts\?", id="facebook-visitors"),
    pytest.param(facebook, r"_40/comments\?", id="facebook-answers to visitors"),
    pytest.param(discourse, r"/t/1\.json", id="discourse-topic"),
]

Fault = Callable[[Reply], Reply]


def status(number: int, retry_after: int = 0) -> Fault:
    """An answer without words, and how many seconds to leave the server alone."""
    return lambda _: Reply("x", number, headers={"Retry-After": str(retry_after)})


def cut(whole: Reply) -> Reply:
    """Half an answer."""
    return replace(whole, cut=True)


@dataclass
class Scene:
    """A source that can fail, and who reads it."""

    site: Server
    home: Home
    total: int
    began: datetime

    @contextmanager
    def failing(self, place: str, *faults: Fault, lasting: bool = True) -> Iterator[list[Seen]]:
        """Answer with one fault after the other at a place; gives what was so answered.

        `lasting`: the last one stays.
        """
        failed: list[Seen] = []
        usual = self.site.fallback

        def answer(seen: Seen) -> Reply:
            passed = len(failed) >= len(faults) and not lasting
            if passed or re.search(place, seen.path) is None:
                return usual(seen)
            failed.append(seen)
            return faults[min(len(failed), len(faults)) - 1](usual(seen))

        self.site.fallback = answer
        try:
            yield failed
        finally:
            self.site.fallback = usual
        assert failed, "the place was asked for"

    def visit(self, later: timedelta = timedelta(0), *, only_due: bool = False) -> dict[str, Any]:
        ended = crawl_at(self.home, self.began + later, only_due=only_due)
        (report,) = ended.report["sources"]
        return dict(report)

    def texts(self) -> list[str]:
        return sorted(post.text for post in stored_posts(self.home))


@contextmanager
def scene(client: Callable[[], Served], folder: Path) -> Iterator[Scene]:
    site, entry, total = client()
    home = make_home(folder / "home", [entry])
    for name, value in KEYS.items():
        Secrets(home, {}).put(name, value)
    with serving(site):
        yield Scene(site, home, total, datetime.now(UTC))
    assert getattr(site, "broken", []) == [], "of the contract"


@pytest.mark.parametrize("fault", ["busy", "broken", "half"])
@pytest.mark.parametrize(("client", "place"), FIRST + LATER)
def test_what_passes_is_asked_again_and_everything_is_read(
    tmp_path: Path, client: Callable[[], Served], place: str, fault: str
) -> None:
    # To Facebook, a client that was told "too many" is one to rest for an hour, whoever said so.
    first = 503 if client is facebook else 429
    faults = {
        "busy": (status(first, retry_after=1), status(503, retry_after=1)),
        "broken": (status(500, retry_after=1), status(502, retry_after=1)),
        "half": (cut,),
    }[fault]
    with scene(client, tmp_path) as at:
        with at.failing(place, *faults, lasting=False) as failed:
            report = at.visit()
        assert (report["status"], report["problems"]) == ("finished", {})
        assert len(at.texts()) == at.total
        for one in failed:
            after = [other for other in at.site.seen if other.at > one.at]
            assert after[0].at - one.at >= 1
            assert one.path in {other.path for other in after}


@pytest.mark.parametrize(("client", "place"), FIRST + LATER)
def test_who_asks_for_an_hour_gets_it(
    tmp_path: Path, client: Callable[[], Served], place: str
) -> None:
    with scene(client, tmp_path) as at:
        with at.failing(place, status(429, retry_after=3600)) as failed:
            report = at.visit()
        assert len(failed) == 1
        assert report["problems"] == {"rate_limited": 1}
        retry_at = datetime.fromisoformat(report["retry_at"])
        assert retry_at > at.began + timedelta(minutes=59)
        asked = len(at.site.seen)
        at.visit(timedelta(minutes=58))
        assert len(at.site.seen) == asked, "not even by hand"
        at.visit(timedelta(minutes=61))
        assert len(at.texts()) == at.total


SHUT = {mastodon: "closed_to_public"}
"""What a client takes a refusal for, where it is more than that."""
LASTING = [
    pytest.param(*place.values, number, id=f"{place.id}-{number}")
    for number in (401, 403, 500)
    for place in LATER
    # What a server that refuses answers alone gives is read (test_platforms.py).
    if number == 500 or place.id != "mastodon-answers"
] + [
    # Of the others' lists: in the test of each channel.
    pytest.param(*place.values, 500, id=f"{place.id}-500")
    for place in FIRST
    if place.id in ("facebook-list", "mastodon-list")
]


@pytest.mark.parametrize(("client", "place", "number"), LASTING)
def test_what_lasts_is_told_and_made_up_for_when_it_is_over(
    tmp_path: Path, client: Callable[[], Served], place: str, number: int
) -> None:
    problem = {401: "unauthorised", 403: "forbidden", 500: "server_error"}[number]
    if number < 500:
        problem = SHUT.get(client, problem)
    with scene(client, tmp_path) as at:
        with at.failing(place, status(number)):
            report = at.visit()
        assert set(report["problems"]) == {problem}
        assert rows(at.home, "SELECT problem FROM run") == [(problem,)]
        half = at.texts()
        assert len(half) < at.total
        report = at.visit(timedelta(hours=25), only_due=True)
        assert (report["status"], report["problems"]) == ("finished", {})
        whole = at.texts()
        assert len(whole) == at.total
        assert set(half) <= set(whole), "no post was stored in part"


@pytest.mark.parametrize("client", [youtube, bluesky, mastodon])
def test_what_is_gone_does_not_hide_what_failed_behind_it(
    tmp_path: Path, client: Callable[[], Served]
) -> None:
    with scene(client, tmp_path) as at:
        gone, failing = (
            at.failing(ANSWERS[client], status(404)),
            at.failing(OLDER[client], status(500)),
        )
        with gone, failing:
            report = at.visit()
        assert set(report["problems"]) == {"gone", "server_error"}
        at.visit(timedelta(hours=25), only_due=True)
        assert len(at.texts()) == at.total


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(status(403), id="403"),
        pytest.param(status(500), id="500"),
        pytest.param(cut, id="half"),
    ],
)
@pytest.mark.parametrize("client", ANSWERS)
def test_no_deletion_is_concluded_from_an_answer_that_failed(
    tmp_path: Path, client: Callable[[], Served], fault: Fault
) -> None:
    with scene(client, tmp_path) as at:
        at.visit()
        before = at.texts()
        assert len(before) == at.total
        assert isinstance(at.site, Platform)
        answers = at.site.stories[0].comments
        # Before the last, which has the tag; the answers of a forum are numbered by their place.
        place = -1 if client is discourse else -2
        deleted = [answers.pop(place)]
        with at.failing(ANSWERS[client], fault):
            report = at.visit(timedelta(hours=2))
        assert report["deleted"] == 0
        assert at.texts() == before
        # Something new: where a server refuses answers alone, its list counts as read.
        deleted.append(answers.pop(place))
        report = at.visit(timedelta(hours=4))
        assert report["deleted"] == len(deleted)
        gone = "\n".join(sorted(set(before) - set(at.texts())))
        assert all(one.text in gone for one in deleted)
