"""What the sample site answers, over real HTTP."""

from __future__ import annotations

import csv
import json
import re
import signal
import socket
import subprocess
import sys
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import feedparser
import pytest
from lxml import etree, html

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.errors import LangNgheError
from langnghe.core.settings import FileSource, ForumSource, MastodonSource, WebSource, read_sources
from langnghe.sites.month import SamplePost, Surface
from langnghe.sites.pages import REPLIES_PER_PAGE, path_of
from langnghe.sites.server import EXPORT_NAME, SampleSite


@dataclass(frozen=True)
class Got:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.text)

    def json(self) -> Any:
        return json.loads(self.body)


def get(url: str, **headers: str) -> Got:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Got(error.code, error.headers, error.read())


def follow(url: str) -> Iterator[Got]:
    """The pages from `url` on, by their rel=next links."""
    seen = set()
    following: str | None = url
    while following is not None:
        assert following not in seen, "paging goes round in circles"
        seen.add(following)
        page = get(following)
        assert page.status == 200
        yield page
        links = page.tree.xpath("//a[@rel='next']/@href")
        following = urljoin(following, links[0]) if links else None


def flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


KINDS_OF_PAGE = [
    "/",
    "/tin/",
    "/tin/feed/",
    "/tin/feed/atom/",
    "/tin/sitemap.xml",
    "/tin/bai/dinh-chinh-xa-lu/",
    "/vung-cao/bai/du-an-cap-treo/",
    "/isso/?uri=/vung-cao/bai/du-an-cap-treo/",
    "/dien-dan/",
    "/dien-dan/nong-nghiep/",
    "/api/v1/timelines/tag/binhlu",
    "/robots.txt",
]


@pytest.mark.parametrize("path", KINDS_OF_PAGE)
def test_what_has_not_changed_is_not_sent_again(site: SampleSite, path: str) -> None:
    first = get(site.base_url + path)
    assert first.status == 200
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert changed.endswith("GMT")
    for condition in ({"If_None_Match": tag}, {"If_Modified_Since": changed}):
        again = get(site.base_url + path, **condition)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert get(site.base_url + path, If_None_Match='"another"').status == 200
    assert get(site.base_url + path, If_None_Match=f'"another", W/{tag}').status == 304
    assert (
        get(site.base_url + path, If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT").status == 200
    )
    assert (
        get(site.base_url + path, If_Modified_Since="hôm qua".encode().decode("latin-1")).status
        == 200
    )


def test_a_tag_that_does_not_match_outweighs_a_date_that_does(site: SampleSite) -> None:
    page = site.base_url + "/tin/"
    changed = get(page).headers["Last-Modified"]
    assert get(page, If_None_Match='"another"', If_Modified_Since=changed).status == 200


def test_pages_say_that_they_are_invented_and_show_no_gold(site: SampleSite) -> None:
    openings = [post for post in site.posts if post.key == post.thread]
    urls = {site.url_of(post) for post in openings} | {
        site.base_url + path for path in KINDS_OF_PAGE
    }
    for url in sorted(urls):
        page = get(url)
        if page.headers["Content-Type"].startswith("text/html"):
            assert "Trang mẫu – nội dung hư cấu" in page.text
        assert not re.search(r"\b(sentiment|complaint|stance|asserts|urgent|satire)\b", page.text)


def test_every_article_is_in_feed_sitemap_and_lists(site: SampleSite) -> None:
    for home, surface in (("/tin/", Surface.LOCAL_NEWS), ("/vung-cao/", Surface.REGION_NEWS)):
        articles = {site.url_of(p) for p in site.posts if p.is_article and p.surface is surface}
        assert (
            len(articles)
            == site.expected()["mau-trang-tin" if surface is Surface.LOCAL_NEWS else "mau-vung-cao"]
        )
        for feed in ("feed/", "feed/atom/"):
            parsed = feedparser.parse(get(site.base_url + home + feed).body)
            assert not parsed.bozo
            assert {entry.link for entry in parsed.entries} == articles
            assert all(entry.published_parsed for entry in parsed.entries)
        sitemap = etree.fromstring(get(f"{site.base_url}{home}sitemap.xml").body)
        assert set(sitemap.xpath("//*[local-name()='loc']/text()")) == articles
        pages = list(follow(site.base_url + home))
        assert len(pages) >= 2
        found = [
            urljoin(site.base_url, a) for page in pages for a in page.tree.xpath("//h2/a/@href")
        ]
        assert sorted(found) == sorted(articles)
        sections = pages[0].tree.xpath("//nav[@class='sections']//a/@href")
        within = [
            urljoin(site.base_url, link)
            for section in sections
            for page in follow(urljoin(site.base_url, section))
            for link in page.tree.xpath("//h2/a/@href")
        ]
        assert sorted(within) == sorted(articles)


def test_an_article_declares_its_time_and_title(site: SampleSite) -> None:
    post = next(p for p in site.posts if p.key == "dinh-chinh-xa-lu")
    tree = get(site.url_of(post)).tree
    (block,) = tree.xpath("//script[@type='application/ld+json']/text()")
    data = json.loads(block)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == post.title
    at = post.published_at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")
    assert data["datePublished"] == at
    assert at in tree.xpath("//header//time/@datetime")
    body = "\n\n".join(p.text_content() for p in tree.xpath("//*[@itemprop='articleBody']/p"))
    assert flat(body) == flat(post.text)


def test_comments_beneath_articles_are_marked_up_with_author_and_parent(site: SampleSite) -> None:
    replies = [p for p in site.posts if p.surface is Surface.LOCAL_NEWS and not p.is_article]
    by_key = {post.key: post for post in site.posts}
    seen = {}
    for url in {site.url_of(post) for post in replies}:
        for comment in get(url).tree.xpath("//li[@itemtype='https://schema.org/Comment']"):
            (text,) = comment.xpath("./article/*[@itemprop='text']")
            (name,) = comment.xpath("./article//*[@itemprop='author']//*[@itemprop='name']/text()")
            assert comment.xpath("./article//time[@itemprop='datePublished']/@datetime")
            assert comment.xpath("./article//img[@class='avatar']/@src")
            above = comment.xpath("ancestor::li[1]/@id")
            seen[comment.get("id")] = (flat(text.text_content()), name, above)
    assert seen == {
        f"comment-{post.number}": (
            flat(post.text),
            post.author.name,
            [f"comment-{by_key[post.parent].number}"] if post.parent else [],
        )
        for post in replies
    }


def test_boards_and_threads_lead_to_every_message_once(site: SampleSite) -> None:
    home = get(f"{site.base_url}/dien-dan/").tree
    boards = [urljoin(site.base_url, link) for link in home.xpath("//main//h2/a/@href")]
    lists = [page for board in boards for page in follow(board)]
    assert len(lists) > len(boards), "no board has a second page"
    threads = [urljoin(site.base_url, a) for page in lists for a in page.tree.xpath("//h2/a/@href")]
    posts = [post for post in site.posts if post.surface is Surface.FORUM]
    assert sorted(threads) == sorted(site.url_of(p) for p in posts if p.key == p.thread)
    found = []
    lengths = set()
    for thread in threads:
        pages = list(follow(thread))
        lengths.add(len(pages))
        for page in pages:
            openings = page.tree.xpath("//*[contains(@itemtype, 'DiscussionForumPosting')]")
            assert len(openings) == (1 if page is pages[0] else 0)
            found += page.tree.xpath("//article[starts-with(@id, 'post-')]/@id")
    assert {1, 2, 3} <= lengths
    assert sorted(found) == sorted(f"post-{post.number}" for post in posts)


def test_paging_ends(site: SampleSite) -> None:
    for list_page in ("/tin/", "/dien-dan/nong-nghiep/"):
        count = len(list(follow(site.base_url + list_page)))
        assert get(f"{site.base_url}{list_page}trang-{count}/").status == 200
        assert get(f"{site.base_url}{list_page}trang-{count + 1}/").status == 404


def test_a_thread_quotes_what_it_answers(site: SampleSite) -> None:
    by_key = {post.key: post for post in site.posts}
    reply = next(p for p in site.posts if p.surface is Surface.FORUM and p.parent is not None)
    pages = follow(site.url_of(by_key[reply.thread]))
    (message,) = (
        found for page in pages for found in page.tree.xpath(f"//*[@id='post-{reply.number}']")
    )
    (quote_element,) = message.xpath(".//blockquote")
    assert by_key[str(reply.parent)].author.name in quote_element.text_content()
    (above,) = message.xpath(".//link[@itemprop='parentItem']/@href")
    assert above.endswith(f"post-{by_key[str(reply.parent)].number}")


NEXT = re.compile(r'<([^>]+)>; rel="next"')


def timeline(url: str) -> Iterator[list[Any]]:
    following: str | None = url
    while following is not None:
        answer = get(following)
        assert answer.status == 200
        yield answer.json()
        match = NEXT.search(answer.headers["Link"] or "")
        following = match[1] if match else None


def test_a_tag_timeline_pages_to_its_end(site: SampleSite) -> None:
    address = f"{site.base_url}/api/v1/timelines/tag/BinhLu"
    pages = list(timeline(f"{address}?limit=7"))
    assert len(pages) > 3
    assert {len(page) for page in pages[:-1]} == {7}
    numbers = [int(status["id"]) for page in pages for status in page]
    assert numbers == sorted(set(numbers), reverse=True)
    assert numbers == [int(s["id"]) for page in timeline(f"{address}?limit=40") for s in page]
    assert get(f"{address}?max_id={numbers[-1]}").json() == []
    assert [int(s["id"]) for s in get(f"{address}?since_id={numbers[3]}").json()] == numbers[:3]
    just_above = get(f"{address}?min_id={numbers[9]}&limit=4").json()
    assert [int(status["id"]) for status in just_above] == numbers[5:9]
    assert len(get(address).json()) == 20
    assert len(get(f"{address}?limit=99").json()) == 40
    assert get(f"{address}?limit=nhieu").status == 400
    assert get(f"{site.base_url}/api/v1/timelines/tag/khongco").json() == []


def test_the_configured_tags_reach_every_status(site: SampleSite, tmp_path: Path) -> None:
    (source,) = (s for s in configured(site, tmp_path) if isinstance(s, MastodonSource))
    statuses = {
        status["id"]: status
        for tag in source.tags
        for page in timeline(f"{site.base_url}/api/v1/timelines/tag/{quote(tag)}")
        for status in page
    }
    posts = {str(p.number): p for p in site.posts if p.surface is Surface.NETWORK}
    assert statuses.keys() == posts.keys()
    numbers = {post.key: number for number, post in posts.items()}
    for number, post in posts.items():
        status = statuses[number]
        content = html.fragment_fromstring(status["content"], create_parent=True)
        assert flat(content.text_content()) == flat(post.text)
        assert status["account"]["display_name"] == post.author.name
        above = numbers[post.thread] if post.key != post.thread else None
        assert status["in_reply_to_id"] == above
        assert {tag["name"] for tag in status["tags"]} <= {tag.lower() for tag in source.tags} | {
            name.lower() for name in re.findall(r"#(\w+)", post.text)
        }


def isso(site: SampleSite, post: SamplePost, **query: object) -> Any:
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    return get(f"{site.base_url}/isso/?uri={quote(path_of(post))}{asked}").json()


def test_isso_answers_a_tree_and_says_what_it_hides(site: SampleSite) -> None:
    articles = [p for p in site.posts if p.surface is Surface.REGION_NEWS and p.is_article]
    found = {}
    for article in articles:
        page = get(site.url_of(article)).tree
        (place,) = page.xpath("//*[@id='isso-thread']")
        assert place.get("data-isso-id") == path_of(article)
        assert not page.xpath("//*[contains(@itemtype, 'Comment')]")
        answer = isso(site, article, plain=1)
        assert answer["hidden_replies"] == 0
        level = list(answer["replies"])
        assert answer["total_replies"] == len(level) + sum(len(r["replies"]) for r in level)
        for comment in level:
            found[comment["id"]] = (comment["text"], comment["parent"])
            found |= {r["id"]: (r["text"], r["parent"]) for r in comment["replies"]}
    by_key = {post.key: post for post in site.posts}
    assert found == {
        p.number: (p.text, by_key[p.parent].number if p.parent else None)
        for p in site.posts
        if p.surface is Surface.REGION_NEWS and not p.is_article
    }


def test_isso_goes_on_after_the_last_comment_shown(site: SampleSite) -> None:
    article = next(p for p in site.posts if p.key == "du-an-cap-treo")
    whole = isso(site, article)["replies"]
    first = isso(site, article, limit=1, nested_limit=0)
    assert [r["id"] for r in first["replies"]] == [whole[0]["id"]]
    assert first["hidden_replies"] == len(whole) - 1
    rest = isso(site, article, after=repr(first["replies"][0]["created"]))
    assert [r["id"] for r in rest["replies"]] == [r["id"] for r in whole[1:]]
    above = next(r for r in whole if r["replies"])
    nested = isso(site, article, parent=above["id"])
    assert [r["id"] for r in nested["replies"]] == [r["id"] for r in above["replies"]]
    hidden = isso(site, article, nested_limit=0)["replies"]
    assert [r["hidden_replies"] for r in hidden] == [len(r["replies"]) for r in whole]
    assert get(f"{site.base_url}/isso/").status == 400
    assert isso(site, article, plain=0)["replies"][0]["text"].startswith("<p>")


def test_robots_forbids_members_and_the_forums_own_interface(site: SampleSite) -> None:
    robots = RobotFileParser()
    robots.parse(get(f"{site.base_url}/robots.txt").text.splitlines())
    forbidden = "/dien-dan/api/chu-de.json"
    assert not robots.can_fetch("langnghe", site.base_url + forbidden)
    assert len(get(site.base_url + forbidden).json()) > 10, "the trap is not set"
    member = next(p.author for p in site.posts if p.surface is Surface.FORUM)
    assert not robots.can_fetch("langnghe", f"{site.base_url}/thanh-vien/{member.handle}/")
    assert member.name in get(f"{site.base_url}/thanh-vien/{member.handle}/").text
    for path in KINDS_OF_PAGE:
        assert robots.can_fetch("langnghe", site.base_url + path)
    assert not robots.crawl_delay("langnghe")


def configured(site: SampleSite, folder: Path) -> tuple[object, ...]:
    path = folder / "sources.yaml"
    path.write_text(site.sources(), encoding="utf-8")
    return read_sources(path)


def test_sources_lead_to_pages_that_answer(site: SampleSite, tmp_path: Path) -> None:
    sources = configured(site, tmp_path)
    assert {source.name for source in sources if isinstance(source, WebSource | FileSource)} == set(
        site.expected()
    )
    for source in sources:
        if isinstance(source, WebSource):
            assert source.allow_private_network
            assert source.hosts() == {"127.0.0.1"}
            for url in source.urls():
                asked = f"{url}?uri=/" if url.endswith("/isso/") else url
                assert get(asked).status == 200
    (forum,) = (source for source in sources if isinstance(source, ForumSource))
    thread = next(p for p in site.posts if p.surface is Surface.FORUM)
    assert re.fullmatch(str(forum.thread_pattern), site.url_of(thread))


def test_the_export_is_what_a_spreadsheet_saves(site: SampleSite, tmp_path: Path) -> None:
    (source,) = (s for s in configured(site, tmp_path) if isinstance(s, FileSource))
    path = site.write_export(tmp_path / "import")
    assert (path.name, path.read_bytes()[:3]) == (EXPORT_NAME, b"\xef\xbb\xbf")
    assert path in tmp_path.glob(source.path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    posts = {str(p.number): p for p in site.posts if p.surface is Surface.GROUP}
    assert {row["Mã tin"]: row["Nội dung"] for row in rows} == {
        number: post.text for number, post in posts.items()
    }
    assert source.columns is not None
    columns = source.columns.model_dump(exclude_none=True).values()
    assert set(columns) <= set(rows[0])
    assert "Người gửi" not in columns
    assert all(row["Người gửi"] for row in rows)
    for row in rows:
        assert row["Trả lời mã"] == "" or row["Trả lời mã"] in posts


def test_a_comment_added_changes_its_own_pages_only(own_site: SampleSite) -> None:
    site = own_site
    article, other = f"{site.base_url}/tin/bai/ret-dam/", f"{site.base_url}/tin/bai/so-hoa-thu-tuc/"
    before = {url: get(url).headers["ETag"] for url in (article, other)}
    expected = site.expected()
    added = site.add_comment("ret-dam", "Bản em vẫn có sương muối <đến trưa> & rét lắm.")
    assert get(article, If_None_Match=before[article]).status == 200
    assert get(other, If_None_Match=before[other]).status == 304
    assert f"comment-{added.number}" in get(article).text
    assert "&lt;đến trưa&gt; &amp; rét lắm" in get(article).text
    assert site.expected() == expected | {"mau-binh-luan": expected["mau-binh-luan"] + 1}


def test_comments_can_be_added_to_threads_timelines_and_isso(own_site: SampleSite) -> None:
    site = own_site
    thread = next(p for p in site.posts if p.key == "chuyen-ngoai-le")
    for number in range(REPLIES_PER_PAGE):
        site.add_comment(thread.key, f"Thêm ý kiến {number}")
    assert len(list(follow(site.url_of(thread)))) == 2
    site.add_comment("m01", "Mưa to lắm #BinhLu")
    newest = get(f"{site.base_url}/api/v1/timelines/tag/binhlu?limit=1").json()
    assert "Mưa to lắm" in newest[0]["content"]
    article = next(p for p in site.posts if p.key == "du-an-cap-treo")
    before = isso(site, article)["total_replies"]
    site.add_comment(article.key, "Thêm một ý kiến")
    assert isso(site, article)["total_replies"] == before + 1
    with pytest.raises(KeyError):
        site.add_comment("khong-co", "?")


def test_requests_are_remembered(own_site: SampleSite) -> None:
    tag = get(f"{own_site.base_url}/tin/?a=1").headers["ETag"]
    get(f"{own_site.base_url}/tin/", If_None_Match=tag)
    get(f"{own_site.base_url}/khong-co")
    hits = [(hit.path, hit.status, hit.conditional) for hit in own_site.hits]
    assert hits == [("/tin/?a=1", 200, False), ("/tin/", 304, True), ("/khong-co", 404, False)]


def test_only_this_machine_itself_is_answered(site: SampleSite) -> None:
    port = urlsplit(site.base_url).port
    assert port is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5).close()


def test_a_port_in_use_is_an_error_that_says_so(site: SampleSite) -> None:
    port = urlsplit(site.base_url).port
    assert port is not None
    with pytest.raises(LangNgheError, match=str(port)):
        SampleSite(site.posts[0].published_at, port)


def test_the_port_is_free_again_afterwards(site: SampleSite) -> None:
    now = max(post.published_at for post in site.posts)
    with SampleSite(now) as first:
        port = urlsplit(first.base_url).port
    assert port is not None
    with SampleSite(now, port) as second:
        assert get(f"{second.base_url}/").status == 200


def test_the_command_serves_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "langnghe.sites", "--port", "0", "--now", "2026-11-21T08:00"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert get(f"{url}/tin/").status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
