"""What stands on the pages: whole, light, closed to the outside, and text stays text."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from langnghe.casework import claims
from langnghe.casework.desk import Desk, NewClaim
from langnghe.casework.kinds import CLAIM
from langnghe.core.models import Verdict
from langnghe.publishing.publish import HEAVY
from langnghe.publishing.records import Published
from langnghe.publishing.site import Site, build
from tests.casework.world import HAO, LAN, NEWS, NOTICE, STATEMENT, TEXT
from tests.publishing.hostile import hostile
from tests.publishing.world import (
    AUDIO,
    BASE,
    FACTS,
    answered,
    audio,
    corrected,
    corrected_again,
    filled,
    read,
    site_of,
)

FILLERS = {"filled": filled, "hostile": hostile}


@pytest.fixture(params=[*FILLERS, "empty"])
def site(request: pytest.FixtureRequest, desk: Desk) -> Site:
    if request.param == "empty":
        return build(Published((), ()), FACTS, audio)
    FILLERS[request.param](desk)
    return site_of(desk)


def documents(site: Site) -> Iterator[tuple[str, html.HtmlElement]]:
    for path, page in site.pages.items():
        if path.endswith(".html"):
            yield path, html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))


def reviews(page: html.HtmlElement) -> list[dict[str, Any]]:
    return [json.loads(one.text) for one in page.xpath("//script")]


def test_each_link_leads_somewhere(site: Site) -> None:
    there = {*site.pages, *site.assets}
    for path, page in documents(site):
        for _, attribute, link, _ in page.iterlinks():
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "tel"):
                continue
            assert not parts.scheme, link
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), parts.path))
            assert (target if parts.path else path) in there, (path, attribute, link)
            if parts.fragment:
                assert page.get_element_by_id(parts.fragment) is not None
        for one in page.xpath("//meta[@property='og:image' or @property='og:url']/@content"):
            assert urlsplit(one).path.lstrip("/") in {*there, ""}, one


def test_nothing_comes_from_elsewhere_and_nothing_runs(site: Site) -> None:
    for path, page in documents(site):
        loaded = page.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //@src | //@poster")
        assert loaded, path
        for address in loaded:
            assert not urlsplit(address).netloc, address
        assert not page.xpath("//style | //@style | //iframe | //form | //object | //embed | //img")
        for script in page.xpath("//script"):
            assert script.attrib == {"type": "application/ld+json"}
        handlers = [name for one in page.iter() for name in one.attrib if name.startswith("on")]
        assert not handlers
        policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert policy.startswith("default-src 'none';")
        for link in page.xpath("//a/@href"):
            assert urlsplit(link).scheme in ("", "http", "https", "mailto", "tel"), link


def test_pages_are_light(site: Site) -> None:
    assert max(len(page) for page in site.pages.values()) < 30_000
    assert all(len(make()) < 100_000 for make in site.assets.values())


def test_pages_are_light_with_as_much_as_people_can_write(desk: Desk) -> None:
    words = "Nghị quyết về đường sá, thủy lợi và trường học "
    text = replace(
        TEXT,
        truth=(words * 70)[:3_000],
        circulating=(words * 30)[:1_000],
        finding=(words * 70)[:3_000],
        contact=(words * 20)[:500],
        advice=(words * 30)[:1_000],
    )
    pieces = [
        replace(NEWS, link=f"https://example.vn/{number}", quotation=(words * 70)[:2_990])
        for number in range(50)
    ]
    corrected(desk, text=text, evidence=pieces)
    site = site_of(desk)
    assert max(len(page) for page in site.pages.values()) < HEAVY


def test_long_lists_are_parted(desk: Desk) -> None:
    filled(desk)
    public = read(desk)
    entry = public.answers[0]
    long = replace(entry.current, question="Phản ánh đường vào bản " * 20)
    many = tuple(
        replace(entry, code=f"PA.20261121.{number:04}", editions=(long,))
        for number in range(1, 251)
    )
    site = build(replace(public, answers=many), FACTS, audio)
    parts = [path for path in site.pages if path.startswith("tra-loi/2026-11")]
    assert parts == [
        "tra-loi/2026-11.html",
        "tra-loi/2026-11-2.html",
        "tra-loi/2026-11-3.html",
    ]
    assert max(len(page) for page in site.pages.values()) < HEAVY
    listed = b"".join(site.pages[part] for part in parts).decode()
    assert all(listed.count(f"{one.code}.html") == 1 for one in many)


def test_the_same_cases_make_the_same_bytes(desk: Desk) -> None:
    filled(desk)
    first, second = site_of(desk), site_of(desk)
    assert first.pages == second.pages
    assert [(name, make()) for name, make in first.assets.items()] == [
        (name, make()) for name, make in second.assets.items()
    ]


def test_text_stays_text(desk: Desk) -> None:
    hostile(desk)
    for _, page in documents(site_of(desk)):
        for script in page.xpath("//script"):
            assert json.loads(script.text)["@type"] == "ClaimReview"
        assert not page.xpath("//main//svg | //main//title | //*[@onerror]")
        assert "49" not in page.xpath("string(//main)"), "templates in texts are not run"
    whole = b"".join(site_of(desk).pages.values()).decode()
    assert "<script>alert(1)" not in whole
    for char in "\x00\x0b\u202e\u2066\ufffe":
        assert char not in whole


@pytest.mark.parametrize(
    ("verdict", "rating", "name"),
    [
        (Verdict.FALSE, 1, "Sai sự thật"),
        (Verdict.PARTLY_TRUE, 3, "Đúng một phần"),
        (Verdict.INCONCLUSIVE, None, "Không đủ căn cứ kết luận"),
    ],
)
def test_a_verdict_is_a_claim_review_where_it_fits(
    desk: Desk, verdict: Verdict, rating: int | None, name: str
) -> None:
    claim = corrected(desk, verdict, evidence=[replace(NOTICE, link="https://example.vn/15")])
    path = f"dinh-chinh/{claim.state.id}.html"
    page = dict(documents(site_of(desk)))[path]
    assert name in page.xpath("string(//main)")
    found = reviews(page)
    if rating is None:
        assert not found
        return
    (review,) = found
    check_review(review)
    assert review["url"] == BASE + path
    assert review["claimReviewed"] == STATEMENT
    assert review["reviewRating"]["ratingValue"] == rating
    assert review["reviewRating"]["alternateName"] == name
    assert review["author"]["name"] == FACTS.body
    assert review["citation"] == ["https://example.vn/15"]


def test_a_claim_that_turned_out_true_is_reviewed_as_such(desk: Desk) -> None:
    true = replace(TEXT, title="Đèo đóng cửa ba ngày, bản tin trước của xã sai")
    claim = corrected_again(desk, corrected(desk), "Sở báo lại.", Verdict.CONFIRMED, true)
    pages = dict(documents(site_of(desk)))
    (review,) = reviews(pages[f"dinh-chinh/{claim.state.id}.html"])
    check_review(review)
    assert review["reviewRating"]["ratingValue"] == 5
    assert review["dateModified"] > review["datePublished"]
    assert not reviews(pages[f"dinh-chinh/{claim.state.id}.ban-1.html"]), "an old one rates nothing"


PROPERTIES = {
    # schema.org: those of ClaimReview itself and of Review, CreativeWork and Thing that are used.
    "ClaimReview": {
        "@context", "@type", "url", "inLanguage", "headline", "claimReviewed", "itemReviewed",
        "reviewRating", "reviewBody", "author", "publisher", "datePublished", "dateModified",
        "citation",
    },
    "Claim": {"@type", "text"},
    "Rating": {"@type", "ratingValue", "worstRating", "bestRating", "alternateName"},
    "GovernmentOrganization": {"@type", "name", "url"},
}  # fmt: skip


def check_review(review: dict[str, Any]) -> None:
    """By schema.org's types, and what search engines ask of a ClaimReview."""
    assert review["@context"] == "https://schema.org"
    assert review["@type"] == "ClaimReview"
    pending: list[dict[str, Any]] = [review]
    while pending:
        one = pending.pop()
        assert one.keys() <= PROPERTIES[one["@type"]]
        pending += [value for value in one.values() if isinstance(value, dict)]
    for required in ("url", "claimReviewed", "reviewRating", "author", "itemReviewed"):
        assert review[required], required
    rating = review["reviewRating"]
    assert rating["worstRating"] <= rating["ratingValue"] <= rating["bestRating"]
    for moment in ("datePublished", "dateModified"):
        assert datetime.fromisoformat(review[moment]).tzinfo is not None


def test_the_headline_the_card_and_the_preview_say_what_is_true(desk: Desk) -> None:
    claim = corrected(desk)
    page = dict(documents(site_of(desk)))[f"dinh-chinh/{claim.state.id}.html"]
    assert page.xpath("string(//h1)") == TEXT.title
    main = page.xpath("string(//main)")
    assert main.index(TEXT.truth) < main.index(TEXT.circulating) < main.index(STATEMENT)
    for value in page.xpath("//title/text() | //meta/@content"):
        assert STATEMENT not in value
    assert TEXT.title in page.xpath("//meta[@property='og:image:alt']/@content")[0]


def test_each_entry_says_how_to_point_out_a_mistake(desk: Desk) -> None:
    filled(desk)
    public = read(desk)
    pages = dict(documents(site_of(desk)))
    for entry in public.every:
        main = pages[f"{entry.kind}/{entry.code}.html"].xpath("string(//main)")
        assert f"nêu mã {entry.code}" in main
        assert "trong 7 ngày làm việc" in main
        assert FACTS.contact.phone.replace(" ", "\u00a0") in main


def test_the_privacy_notice_says_what_holds_here(desk: Desk) -> None:
    page = dict(documents(site_of(desk)))["quyen-rieng-tu.html"]
    main = page.xpath("string(//main)")
    for said in (*FACTS.sources, *FACTS.legal_basis, "90 ngày", "còn sớm hơn", "2 ngày làm việc"):
        assert said in main
    assert page.xpath("//a[@href='tel:02133879000']")


def test_versions_say_their_language(desk: Desk) -> None:
    filled(desk)
    site = site_of(desk)
    pages = dict(documents(site))
    (path,) = (path for path in pages if path.endswith("0002.hmn.html"))
    (article,) = pages[path].xpath("//article[@lang='hmn']")
    assert "Tsheb mus tau." in article.text_content()
    assert "Bản tiếng Mông của" in pages[path].xpath("string(//main)")
    (player,) = pages[path].xpath("//audio")
    assert player.get("preload") == "none"
    target = posixpath.normpath(posixpath.join("dinh-chinh", player.get("src")))
    assert site.assets[target]() == AUDIO
    own = pages[path.replace(".hmn", "")]
    assert own.xpath("//a[@hreflang='hmn']")
    assert own.xpath("//audio"), "read aloud in Vietnamese"


def test_a_sample_says_so(desk: Desk) -> None:
    answered(desk)
    for _, page in documents(site_of(desk, replace(FACTS, sample=True))):
        assert "mọi nội dung đều hư cấu" in page.xpath("string(//main)")


def test_nothing_is_told_of_work_that_was_never_published(desk: Desk) -> None:
    claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
    desk.act(CLAIM, claim.state.id, claims.StartVerifying(), LAN, version=claim.version)
    whole = b"".join(site_of(desk).pages.values()).decode()
    assert claim.state.id not in whole.replace("TT.20261121.0001 hoặc", "")
    assert STATEMENT not in whole
