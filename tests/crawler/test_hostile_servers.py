"""Servers that answer badly or lead astray: nothing of it is kept, and no other page suffers."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from langnghe.crawler.pace import server_of
from tests.crawler.serving import (
    Reply,
    feed,
    make_home,
    news_site,
    rows,
    run_crawl,
    serving,
    source,
    stored_posts,
)
from tests.service import STARTS_WITHIN

LIMIT = 200_000
TIMEOUT = 2
GOOD = 2


def _drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte every quarter of a second, for ever: no single wait is long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
    try:
        for _ in range(400):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.25)
    except OSError:
        pass


def _endless(handler: BaseHTTPRequestHandler) -> None:
    """No length is declared, and it does not end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    try:
        for _ in range(1000):
            handler.wfile.write(b"mien dong " * 1000)
    except OSError:
        pass


def _cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<p>half"
    )


class Hostile:
    """A site whose pages are bad, each in its own way, with two good ones among them."""

    def __init__(self, folder: Path) -> None:
        self.site, self.other, self.private = news_site(GOOD), news_site(), news_site()
        self.dripping, self.cutting = news_site(1), news_site(1)
        site, other = self.site, self.other
        elsewhere = other.url.replace("127.0.0.1", "localhost")
        page = "/bai-viet-so-1-ve-mien-dong.html"
        bad: dict[str, Reply] = {
            "/qua-lon-khai-bao-dung.html": Reply("x" * (LIMIT + 1)),
            "/bom-nen-gzip-mien-dong.html": Reply(
                gzip.compress(b"mien dong " * 1_000_000), headers={"Content-Encoding": "gzip"}
            ),
            "/anh-chup-mien-dong.html": Reply(b"\x89PNG\r\n\x1a\n" + bytes(500), type="image/png"),
            "/tep-nhi-phan-mien-dong.html": Reply(b"MZ" + bytes(5000)),
            "/chuyen-huong-di-xa.html": Reply(status=302, headers={"Location": elsewhere + page}),
            "/chuyen-huong-cong-khac.html": Reply(
                status=301, headers={"Location": other.url + page}
            ),
            "/chuyen-huong-tep-may.html": Reply(
                status=302, headers={"Location": "file:///etc/passwd"}
            ),
            "/chuyen-huong-vong-tron.html": Reply(
                status=302, headers={"Location": "/chuyen-huong-vong-tron.html"}
            ),
            "/chuyen-huong-trang-ca-nhan.html": Reply(
                status=302, headers={"Location": "/thanh-vien/nguyen-van-a"}
            ),
            "/khong-con-trang-nay.html": Reply("x", status=410),
        }
        site.routes |= bad
        site.raw = {
            "/dai-vo-tan-khong-dut.html": _endless,
        }
        self.dripping.raw["/bai-viet-so-0-ve-mien-dong.html"] = _drip
        self.cutting.raw["/bai-viet-so-0-ve-mien-dong.html"] = _cut_off
        pages = {f"/bai-viet-so-{n}-ve-mien-dong.html": f"Miến dong {n}" for n in range(GOOD)}
        pages |= {path: f"Trang {path}" for path in (*bad, *site.raw)}
        links = [
            elsewhere + page,
            other.url + page,
            f"{site.url}/thanh-vien/nguyen-van-a-mien-dong",
            f"http://ai-do:mat-khau@{server_of(site.url)}/bai-viet-so-9-mien-dong.html",
            "file:///etc/passwd-mien-dong.html",
            "http://2130706433/bai-viet-mien-dong.html",
            "http://[::ffff:127.0.0.1]/bai-viet-mien-dong.html",
        ]
        xml = feed(site, pages)
        more = "".join(f"<item><title>Đi xa</title><link>{link}</link></item>" for link in links)
        site.routes["/feed.xml"] = Reply(
            xml.replace("</channel>", more + "</channel>"), type="application/rss+xml"
        )
        names = source("named-loopback", self.private, allow_private_network=False)
        names["feeds"] = [f"{self.private.url.replace('127.0.0.1', 'localhost')}/feed.xml"]
        self.home = make_home(
            folder,
            [
                source("hostile", site),
                source("dripping", self.dripping),
                source("cutting", self.cutting),
                source("loopback", self.private, allow_private_network=False),
                names,
            ],
            timeout_seconds=TIMEOUT,
            max_response_bytes=LIMIT,
        )
        began = time.monotonic()
        self.ended = run_crawl(self.home)
        self.seconds = time.monotonic() - began


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    hostile = Hostile(tmp_path_factory.mktemp("home"))
    with serving(hostile.site, hostile.other, hostile.private, hostile.dripping, hostile.cutting):
        yield hostile


def test_the_good_pages_are_kept_and_nothing_else(hostile: Hostile) -> None:
    posts = stored_posts(hostile.home)
    assert sorted(post.url.rpartition("/")[2] for post in posts) == [
        f"bai-viet-so-{n}-ve-mien-dong.html" for n in range(GOOD)
    ]


def test_every_bad_page_is_counted_by_what_was_wrong(hostile: Hostile) -> None:
    problems = hostile.ended["hostile"]["problems"]
    assert problems["too_large"] == 3
    assert problems["not_text"] == 2
    assert problems["too_many_redirects"] == 1
    assert problems["gone"] == 1
    assert problems["refused_foreign_host"] == 2
    assert problems["refused_personal_page"] == 1
    assert problems["unexpected_answer"] == 1, "a redirect to a file"


def test_answers_without_use_are_rejected_items(hostile: Hostile) -> None:
    report = hostile.ended["hostile"]
    assert report["rejected"] == {"too_long": 3, "malformed": 2}
    assert report["outcomes"] == {"stored": GOOD, "rejected": 5}


def test_links_and_redirects_that_leave_the_site_are_refused_and_counted(hostile: Hostile) -> None:
    assert hostile.other.seen == [], "not even its robots.txt was asked for"
    refused = hostile.ended["hostile"]["refused"]
    assert refused["foreign_host"] >= 4
    assert refused["personal_page"] >= 1
    assert not [path for path in hostile.site.paths() if "thanh-vien" in path]
    known = rows(hostile.home, "SELECT url FROM page WHERE source = 'hostile'")
    assert not [url for (url,) in known if re.search("thanh-vien|@|localhost|passwd|::|2130", url)]


@pytest.mark.parametrize("name", ["loopback", "named-loopback"])
def test_an_address_inside_the_network_is_not_asked(hostile: Hostile, name: str) -> None:
    assert hostile.private.seen == []
    report = hostile.ended[name]
    assert report["status"] == "failed"
    assert report["refused"] == {"private_address": 1}


def test_a_server_that_drips_does_not_hold_the_crawl(hostile: Hostile) -> None:
    assert hostile.ended["dripping"]["problems"] == {"timeout": 1}
    assert hostile.seconds < 30, "three tries of two seconds, and their waits"


def test_half_a_page_is_not_taken_for_a_page(hostile: Hostile) -> None:
    assert hostile.ended["cutting"]["problems"] == {"truncated": 1}
    assert hostile.ended["cutting"]["outcomes"] == {}


def test_a_running_crawl_listens_on_no_port(tmp_path: Path) -> None:
    site = news_site()
    site.raw["/feed.xml"] = _drip
    with serving(site):
        home = make_home(tmp_path, [source("slow", site)], timeout_seconds=20)
        command = (sys.executable, "-m", "langnghe", "--home", str(home.root), "crawl")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while "/feed.xml" not in site.paths() and time.monotonic() < deadline:
                time.sleep(0.02)
            assert "/feed.xml" in site.paths(), "it is running"
            assert _listening(process.pid) == []
        finally:
            process.kill()
            process.wait()


def _listening(pid: int) -> list[str]:
    """The sockets of a process that wait for connections (proc(5), `net/tcp`)."""
    own = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        match = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
        if match:
            own.add(match[1])
    lines = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    ]
    assert any(line[9] in own for line in lines), "its connection to the site is seen"
    return [line[1] for line in lines if line[3] == "0A" and line[9] in own]
