"""The Atom feed and the site map are what programs expect them to be."""

from __future__ import annotations

from pathlib import Path

import feedparser
from lxml import etree

from langnghe.casework.desk import Desk
from langnghe.publishing.feed import MOST_ENTRIES
from langnghe.publishing.records import Published
from langnghe.publishing.site import build
from tests.casework.world import TEXT
from tests.publishing.world import BASE, FACTS, audio, corrected, filled, site_of, withdraw

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def parsed(feed: bytes) -> feedparser.FeedParserDict:
    SCHEMA.assertValid(etree.fromstring(feed))
    found = feedparser.parse(feed)
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_a_feed_reader_gets_all_of_it(desk: Desk) -> None:
    filled(desk)
    site = site_of(desk)
    found = parsed(site.pages["feed.xml"])
    assert found.version == "atom10"
    assert found.feed.title == "Lắng nghe và trả lời – Ủy ban nhân dân xã Bình Lư"
    assert found.feed.author == "Ủy ban nhân dân xã Bình Lư"
    assert len(found.entries) == 6
    assert found.feed.updated == max(entry.updated for entry in found.entries)
    ids = [entry.id for entry in found.entries]
    assert len(set(ids)) == len(ids)
    for entry in found.entries:
        assert entry.link.removeprefix(BASE) in site.pages
        assert entry.published <= entry.updated
    summaries = [entry.summary for entry in found.entries]
    assert TEXT.truth in summaries
    assert "Nhầm tên tuyến đường." in summaries


def test_an_id_stays_when_the_text_is_taken_back(desk: Desk) -> None:
    claim = corrected(desk)
    before = parsed(site_of(desk).pages["feed.xml"]).entries[0]
    withdraw(desk, claim, "Nhầm tên.")
    after = parsed(site_of(desk).pages["feed.xml"]).entries[0]
    assert after.id == before.id
    assert after.updated > before.updated
    assert after.title.startswith("Đã thu hồi")


def test_an_empty_feed_is_a_feed() -> None:
    site = build(Published((), ()), FACTS, audio)
    assert not parsed(site.pages["feed.xml"]).entries


def test_a_feed_has_the_newest_only(desk: Desk) -> None:
    claims = [corrected(desk).state.id for _ in range(MOST_ENTRIES + 2)]
    found = parsed(site_of(desk).pages["feed.xml"])
    assert [entry.id for entry in found.entries] == [
        f"{BASE}dinh-chinh/{claim}.html" for claim in reversed(claims[2:])
    ]


def test_the_site_map_has_what_holds_now(desk: Desk) -> None:
    filled(desk)
    site = site_of(desk)
    root = etree.fromstring(site.pages["sitemap.xml"])
    places = [element.text or "" for element in root.iter(f"{SITEMAP}loc")]
    assert len(set(places)) == len(places)
    listed = {place.removeprefix(BASE) or "index.html" for place in places}
    noindex = {path for path, page in site.pages.items() if b'content="noindex"' in page}
    assert noindex
    assert listed == {path for path in site.pages if path.endswith(".html")} - noindex
    assert f"Sitemap: {BASE}sitemap.xml" in site.pages["robots.txt"].decode()
