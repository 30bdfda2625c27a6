"""Boundary 1, for every channel there is: nothing of a writer is kept, whatever an answer is like.

All channels are read by one crawl, into the home's own file and into the PostgreSQL that collectors
share: as they should be, cut off by `kill -9`, and with answers in which something is wrong, so
that what is rejected and why is recorded as well.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from langnghe.core.models import Channel
from langnghe.core.secrets import Secrets
from langnghe.crawler.spiders.registry import SPIDERS
from tests.boundaries.canary import (
    CANARY,
    PLACES,
    Shared,
    Spoilt,
    complaining,
    garbled,
    half,
    kill_amid,
    renamed,
    reshaped,
    traces,
)
from tests.crawler.platforms import WordPress, story
from tests.crawler.serving import (
    Reply,
    collector_home,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
)
from tests.service import langnghe

BY_ITEM = frozenset(
    {Channel.COMMENTS, Channel.DISCOURSE, Channel.MASTODON, Channel.BLUESKY}
    | {Channel.FACEBOOK, Channel.YOUTUBE}
)
"""Channels whose answers are lists: what is wrong with one of them leaves the others."""


def test_every_channel_has_its_canary() -> None:
    assert PLACES.keys() == SPIDERS.keys()
    # Exports are laid in by hand: test_canary_author.py has some with columns about the writer.
    assert set(Channel) - PLACES.keys() == {Channel.FILE}


@pytest.mark.parametrize(
    "shared",
    [
        pytest.param(False, id="one-machine"),
        pytest.param(True, id="shared", marks=pytest.mark.proof),
    ],
)
def test_no_channel_keeps_a_trace_of_a_writer(
    tmp_path: Path, request: pytest.FixtureRequest, shared: bool
) -> None:
    places = {channel: make() for channel, make in PLACES.items()}
    spoilt = {channel: Spoilt(place.server) for channel, place in places.items()}
    entries = [place.entry for place in places.values()]
    frontier, main = None, make_home(tmp_path / "chinh", entries)
    home = main
    if shared:
        frontier = Shared(request.getfixturevalue("postgresql"), "canary")
        make_home(main.root, entries, frontier=frontier.address)
        home = collector_home(main, tmp_path / "may")
    for place in places.values():
        if place.key is not None:
            Secrets(home).put(place.entry["key"], place.key)

    def found() -> list[str]:
        return traces(tmp_path) + (frontier.traces() if frontier else [])

    with serving(*(place.server for place in places.values())):
        kill_amid(home, places[Channel.FORUM].server)
        if frontier:
            frontier.let_leases_run_out()
        else:
            assert (home.root / "langnghe.db-wal").stat().st_size, "it is searched as well"
        assert found() == []
        run_crawl(home)
        assert found() == []
        assert [channel for channel, one in spoilt.items() if not one.shown] == []
        for number, how in enumerate((reshaped, renamed, complaining, half, garbled), start=4):
            for channel, place in places.items():
                place.write_more(number)
                spoilt[channel].how = how
            ended = run_crawl(home)
            items = {
                place.entry["channel"]: ended[place.name]["rejected"].get("malformed", 0)
                for place in places.values()
                if ended[place.name]["status"] == "finished"
            }
            if how in (reshaped, renamed):
                # Not the answer as a whole: items of it, each for itself.
                assert {one for one, n in items.items() if n} >= BY_ITEM
            assert found() == [], how.__name__
    if frontier:
        assert frontier.rows("arriving", "number"), "it was searched before it was taken in"
        quarantined = {row[0] for row in frontier.rows("quarantine", "source")}
        assert langnghe(main.root, "arrivals").returncode == 0
        assert not frontier.rows("arriving", "number")
        assert found() == []
    else:
        quarantined = {name for (name,) in rows(home, "SELECT source FROM quarantine")}
    assert quarantined == {place.name for place in places.values()}
    assert {post.channel for post in stored_posts(main)} == PLACES.keys()


def test_pages_that_are_held_back_keep_no_trace_of_a_writer(tmp_path: Path) -> None:
    """A site that was made over: what its pages are made of is kept, and which of them wait."""
    site = WordPress([story(number, CANARY) for number in range(1, 31)])
    spoilt = Spoilt(site)
    with serving(site):
        news = {"name": "news", "title": "x", "channel": "news", "allow_private_network": True}
        home = make_home(tmp_path / "home", [news | {"pages": {"feeds": [f"{site.url}/feed/"]}}])
        assert run_crawl(home)["news"]["outcomes"] == {"stored": 30}
        site.stories = [story(number, CANARY) for number in range(31, 46)]
        spoilt.how = _made_over
        made_over = run_crawl(home)["news"]
    assert made_over["problems"]["layout_changed"] >= 5
    assert rows(home, "SELECT now FROM page_layout WHERE holds > 0")
    assert rows(home, "SELECT url FROM quarantine WHERE reason = 'layout_changed'")
    assert traces(tmp_path) == []


def _made_over(reply: Reply) -> Reply:
    """Articles have no date any more, and stand in elements with the writer's own name."""
    if "html" not in reply.type:
        return reply
    text = reply.raw().decode().replace("article:published_time", CANARY.handle)
    return replace(reply, body=text.replace("<article>", f"<canhyen class={CANARY.handle}>"))


@pytest.mark.proof
def test_the_search_would_find_a_trace_in_postgresql(postgresql: Path) -> None:
    frontier = Shared(postgresql, "canary-search")
    frontier.do("CREATE TABLE kept (words TEXT)")
    assert frontier.traces() == []
    # Long enough to be packed in the files.
    frontier.do("INSERT INTO kept VALUES (%s)", f"{CANARY.name} " * 1000)
    assert any(one.startswith("kept:") for one in frontier.traces())
    frontier.do("UPDATE kept SET words = %s", CANARY.handle)
    frontier.do("DELETE FROM kept")
    left = frontier.traces()
    assert left
    assert not any(one.startswith("kept:") for one in left)
