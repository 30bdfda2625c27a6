"""Boundary 1: whoever wrote a post leaves no trace in what the service keeps.

One invented writer stands in every kind of source, in every place where servers show writers.
After a crawl, a second one, failures, a kill and a log rotation, the data directory is searched
byte by byte, in every spelling that a program could have written.
"""

from __future__ import annotations

import json
import unicodedata
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from langnghe.core.logs import LOG_BYTES
from langnghe.core.secrets import Secrets
from langnghe.core.text import fold
from tests.boundaries.canary import CANARY, kill_amid, news_site, stories, traces
from tests.crawler.channels import bluesky_server, facebook_server, mastodon_server, youtube_server
from tests.crawler.channels.bluesky_server import Bluesky
from tests.crawler.channels.discourse_server import Discourse, discourse_source
from tests.crawler.channels.mastodon_server import ContractMastodon
from tests.crawler.channels.telegram_server import Telegram, messages, telegram_source
from tests.crawler.channels.youtube_server import YouTube, youtube_source
from tests.crawler.platforms import (
    Comment,
    Forum,
    IssoSite,
    Mastodon,
    Platform,
    WordPress,
    sources,
    story,
)
from tests.crawler.serving import (
    Reply,
    Server,
    feed,
    make_home,
    run_crawl,
    serving,
    source,
    stored_posts,
)


def _cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n"
    )
    handler.wfile.write(CANARY.name.encode())


def _broken() -> Server:
    """A site on which everything goes wrong, with the writer's name in each answer."""
    site = Server()
    site.routes["/bai-hong-mien-dong.html"] = Reply(f"<title>{CANARY.name}</title>", status=500)
    site.routes["/khong-phai-trang.html"] = Reply(
        CANARY.name.encode() + bytes(500), type="text/html"
    )
    site.routes["/dan-den-ca-nhan.html"] = Reply(
        status=302, headers={"Location": f"/thanh-vien/{CANARY.handle}"}
    )
    pages = dict.fromkeys(site.routes, f"Miến dong của {CANARY.name}")
    site.routes["/feed.xml"] = Reply(feed(site, pages), type="application/rss+xml")
    return site


def _cutting() -> Server:
    """A site that breaks off in the middle of its answers."""
    site = Server()
    site.raw["/dut-giua-chung.html"] = _cut_off
    pages = dict.fromkeys(site.raw, f"Miến dong của {CANARY.name}")
    site.routes["/feed.xml"] = Reply(feed(site, pages), type="application/rss+xml")
    return site


def _exports(root: Path) -> list[dict[str, Any]]:
    """Exports with columns about the writer, one of them broken."""
    folder = root / "imports"
    folder.mkdir(parents=True)
    text = f"Miến dong ngon quá {CANARY.name} ơi, gọi @{CANARY.handle} nhé"
    (folder / "nhom.csv").write_text(
        "author,author_id,profile,noi_dung\n"
        f'{CANARY.name},{CANARY.id},{CANARY.profile},"Con đường vào bản đã sửa xong"\n',
        encoding="utf-8",
    )
    (folder / "nhom.jsonl").write_text(
        json.dumps({"from": {"name": CANARY.name, "id": CANARY.id}, "noi_dung": text})
        + "\n{hỏng\n",
        encoding="utf-8",
    )
    return [
        {
            "name": f"file-{kind}",
            "title": "x",
            "channel": "file",
            "path": f"imports/*.{kind}",
            "columns": {"text": "noi_dung"},
            "public_page": "https://mang.example/groups/binhlu",
        }
        for kind in ("csv", "jsonl")
    ]


def test_no_trace_of_a_writer_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "home"
    wordpress, printed = WordPress(stories()), WordPress(stories(), rest="closed")
    isso, mastodon, forum = IssoSite(stories()), Mastodon(stories()), Forum(stories())
    news, broken, cutting = news_site(), _broken(), _cutting()
    platforms: list[Platform] = [wordpress, printed, isso, mastodon, forum]
    with serving(*platforms, news, broken, cutting):
        entries = sources(wordpress, isso, mastodon, forum)
        in_pages = sources(printed, isso, mastodon, forum)[0] | {"name": "in-pages"}
        marked_up = {
            "name": "schema-org",
            "title": "x",
            "channel": "comments",
            "system": "schema_org",
            "pages": {"feeds": [f"{news.url}/feed.xml"]},
            "allow_private_network": True,
        }
        home = make_home(
            root,
            [
                *entries,
                in_pages,
                marked_up,
                source("news", news),
                source("broken", broken),
                source("cutting", cutting),
                source("unfollowed", news, follow=False),
                *_exports(root),
            ],
        )
        # What the user laid in himself is his; it is moved away before the search.
        home.logs.mkdir()
        (home.logs / "crawl.log").write_text("x" * (LOG_BYTES - 500), encoding="utf-8")
        kill_amid(home, forum)
        after_kill = _traces_without_imports(root, tmp_path)
        first = run_crawl(home)
        failed = first["broken"]["failed_pages"] + first["cutting"]["failed_pages"]
        assert failed == 4, "what is broken was read as well"
        assert list(home.logs.glob("crawl.log.*")), "the log was rotated"
        after_crawl = _traces_without_imports(root, tmp_path)
        for one in platforms:
            one.stories[0].comments[0].text += " Sửa lại cho rõ."
        forum.fallback = lambda _: Reply(f"<p>{CANARY.name}</p>" * 50, status=500)
        second = run_crawl(home)
        assert second["wordpress"]["outcomes"]["stored"] >= 1
        after_second = _traces_without_imports(root, tmp_path)

    posts = stored_posts(home)
    by_source = {post.source for post in posts}
    assert by_source >= {"wordpress", "isso", "mastodon", "forum", "in-pages", "schema-org"}
    assert by_source >= {"file-csv", "file-jsonl"}
    assert len(posts) > 30, "and all of them were read"
    assert after_kill == []
    assert after_crawl == []
    assert after_second == []


def test_a_facebook_page_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """Also where the interface gives more than it was asked for, and in its errors."""
    server = facebook_server.Facebook(stories(), [story(3, CANARY)])
    server.generous, server.per_page = True, 2
    server.visitors[0].comments += [Comment(38, f"{CANARY.name} ơi, miến dong ngon", writer=CANARY)]
    with serving(server):
        home = make_home(tmp_path / "home", [facebook_server.entry(server)])
        Secrets(home).put("facebook-page", server.token)
        kill_amid(home, server)
        run_crawl(home)
        server.stories[0].comments[0].text += " Sửa lại cho rõ."
        server.instead = lambda seen: (
            Reply(f'{{"error": {{"code": 2, "message": "{CANARY.name}"}}}}', status=500)
            if "_20/" in seen.path
            else None
        )
        run_crawl(home)
    assert len(stored_posts(home)) == server.total
    assert traces(tmp_path) == []


def test_a_discourse_forum_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """Also in the answers with a topic's later posts, and in its errors."""
    forum = Discourse(stories())
    last = forum.stories[1].comments
    last += [
        Comment(100 + n, f"{CANARY.name} ơi, miến dong còn {n} cân", writer=CANARY)
        for n in range(25)
    ]
    with serving(forum):
        home = make_home(tmp_path / "home", [discourse_source(forum)])
        kill_amid(home, forum)
        run_crawl(home)
        last[-1].text += " Sửa lại cho rõ."
        forum.problems["/t/1.json"] = forum.error(500, CANARY.handle, CANARY.name)
        forum.problems["/t/2/posts.json"] = forum.error(403, CANARY.handle, CANARY.name)
        run_crawl(home)
    assert len(stored_posts(home)) == forum.total
    assert traces(tmp_path) == []


def test_a_telegram_channel_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """Who signed a message, whom it was passed on from, and whom it names."""
    channel = messages(25, CANARY)
    for one in channel[::5]:
        one.text += f" Liên hệ {CANARY.name}, @{CANARY.handle}."
        one.answers = one.number
    server = Telegram({"binhlu": channel})
    # A channel that has become a person's account.
    server.routes["/s/doi_ten"] = Reply(status=302, headers={"Location": f"/{CANARY.handle}"})
    with serving(server):
        home = make_home(tmp_path / "home", [telegram_source(server, "binhlu", "doi_ten")])
        kill_amid(home, server)
        run_crawl(home)
        server.routes["/s/binhlu"] = Reply(f"<title>{CANARY.name}</title>", status=403)
        run_crawl(home)
    assert len(stored_posts(home)) == len(channel)
    assert traces(tmp_path) == []


def test_youtube_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """In threads, replies and errors; as display name, channel, handle and picture."""
    server = YouTube(stories())
    talk = server.stories[1].comments
    talk += [
        Comment(100 + n, f"{CANARY.name} ơi, miến dong còn {n} cân", talk[0].number, CANARY)
        for n in range(6)
    ]
    server.per_page = 2
    with serving(server):
        home = make_home(tmp_path / "home", [youtube_source(server)])
        Secrets(home).put("youtube-key", youtube_server.KEY)
        kill_amid(home, server)
        run_crawl(home)
        talk[-1].text += " Sửa lại cho rõ."
        server.faults["comments"] = server.error(403, CANARY.name, CANARY.handle)
        run_crawl(home)
    assert len(stored_posts(home)) == sum(len(one.comments) for one in server.stories)
    assert traces(tmp_path) == []


def test_bluesky_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """As account number, handle, name, label, mention and within every post's own address."""
    server = Bluesky(stories())
    server.life = 5
    server.closed_to[server.stories[1].comments[0].number] = "!no-unauthenticated"
    with serving(server):
        home = make_home(tmp_path / "home", [bluesky_server.source(server)])
        Secrets(home).put("bluesky-key", bluesky_server.PASSWORD)
        kill_amid(home, server)
        run_crawl(home)
        server.stories[0].comments[-1].text += " Sửa lại cho rõ."
        server.faults["getPostThread"] = lambda *_: bluesky_server.error(
            403, CANARY.handle, CANARY.name
        )
        run_crawl(home)
    assert len(stored_posts(home)) == server.total - 1
    assert traces(tmp_path) == []


def test_mastodon_leaves_no_trace_of_writers(tmp_path: Path) -> None:
    """In every field of an account, also as the one to turn to about the server."""
    server = ContractMastodon(stories())
    with serving(server):
        home = make_home(tmp_path / "home", [mastodon_server.source(server)])
        kill_amid(home, server)
        run_crawl(home)
        server.stories[0].comments[-1].text += " Sửa lại cho rõ."
        server.faults["context"] = lambda _: Reply(
            json.dumps({"error": CANARY.name}), 500, "application/json"
        )
        run_crawl(home)
    assert len(stored_posts(home)) == server.total
    assert traces(tmp_path) == []


def _traces_without_imports(root: Path, aside: Path) -> list[str]:
    """The traces beside the exports, which are the user's own files."""
    imports = root / "imports"
    imports.rename(aside / "imports")
    try:
        return traces(root)
    finally:
        (aside / "imports").rename(imports)


@pytest.mark.parametrize("spelling", [CANARY.name, unicodedata.normalize("NFD", CANARY.name)])
def test_the_search_would_find_a_trace(tmp_path: Path, spelling: str) -> None:
    for n, raw in enumerate(
        (
            f"log: {spelling}".encode(),
            quote(spelling).encode(),
            json.dumps({"x": spelling}).encode(),
            fold(spelling).encode(),
        )
    ):
        (tmp_path / f"{n}.txt").write_bytes(raw)
    assert {trace.partition(":")[0] for trace in traces(tmp_path)} == {f"{n}.txt" for n in range(4)}
