"""Real servers and real crawls for the tests: HTTP on loopback, each crawl its own process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import yaml

from langnghe.core.clock import FixedClock, SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Post
from langnghe.core.settings import shipped_configs
from langnghe.store.opening import Stores, open_stores
from langnghe.store.posts.interface import Query
from tests.commands import Command

TOPICS = """
topics:
  - id: mien-dong
    title: Miến dong
    phrases: [miến dong, cây dong riềng]
  - id: duong-sa
    title: Đường sá
    phrases: [con đường, mặt đường, ổ gà]
"""


ENDS_WITHIN = 300.0
"""Seconds; most crawls take one or two."""


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it."""

    at: float
    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""

    @property
    def conditional(self) -> bool:
        return "if-none-match" in self.headers or "if-modified-since" in self.headers


@dataclass(frozen=True)
class Reply:
    """What a server answers."""

    body: bytes | str = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    """Whether the connection ends in the middle of the body."""

    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


class DropError(Exception):
    """Raised by a route: the connection is closed without an answer."""


Route = Callable[[Seen], Reply] | Reply
Raw = Callable[[BaseHTTPRequestHandler], None]


class _QuietServer(ThreadingHTTPServer):
    """A killed crawl resets its connections, which is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Server:
    """A web server on a free port of loopback. Routes are matched by path, then by `fallback`."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.raw: dict[str, Raw] = {}
        self.seen: list[Seen] = []
        self.fallback: Callable[[Seen], Reply] = lambda _: Reply("gone", 404)
        self.validators = True
        self._go = threading.Event()
        self._go.set()
        self._free = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server._answer(self)

            def do_POST(self) -> None:
                server._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._http = _QuietServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def paths(self, *, robots: bool = False) -> list[str]:
        """What was asked for, in order."""
        return [one.path for one in self.seen if robots or one.path != "/robots.txt"]

    @contextmanager
    def held(self, after: int) -> Iterator[None]:
        """Keep whoever asks waiting from the next answer but `after` on, until the end."""
        self._free = len(self.seen) + after
        self._go.clear()
        try:
            yield
        finally:
            self._go.set()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length", "0")))
        seen = Seen(time.time(), handler.path, headers, handler.command, body)
        self.seen.append(seen)
        if len(self.seen) > self._free:
            self._go.wait(ENDS_WITHIN)
        if handler.path in self.raw:
            handler.close_connection = True
            self.raw[handler.path](handler)
            return
        route = self.routes.get(handler.path, self.fallback)
        try:
            reply = route if isinstance(route, Reply) else route(seen)
        except DropError:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        body, status = reply.raw(), reply.status
        sent = dict(reply.headers)
        if self.validators and status == 200:
            tag = f'"{sha256(body).hexdigest()[:16]}"'
            sent.setdefault("ETag", tag)
            if headers.get("if-none-match") == tag:
                status, body = 304, b""
        handler.send_response(status)
        handler.send_header("Content-Type", reply.type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in sent.items():
            handler.send_header(name, value)
        handler.end_headers()
        if reply.cut:
            handler.close_connection = True
            body = body[: len(body) // 2]
        handler.wfile.write(body)


@contextmanager
def serving(*servers: Server) -> Iterator[None]:
    """Close servers at the end."""
    try:
        yield
    finally:
        for server in servers:
            server.close()


def article(title: str, text: str, *, extra: str = "", published: str | None = None) -> str:
    """A page as news sites have them."""
    when = published or formatted(0)
    return f"""<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<meta property="article:published_time" content="{when}"></head><body><main><article>
<h1>{title}</h1><p>{text}</p></article></main>{extra}</body></html>"""


def feed(server: Server, pages: Mapping[str, str]) -> str:
    """An RSS feed of pages: path → title."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{server.url}{path}</link></item>"
        for path, title in pages.items()
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>x</title>{items}</channel></rss>"
    )


def formatted(days_ago: float) -> str:
    """A moment as ISO 8601."""
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - days_ago * 86400))


def http_date(seconds_from_now: float) -> str:
    """A moment as HTTP writes it."""
    return formatdate(time.time() + seconds_from_now, usegmt=True)


def news_site(articles: int = 3, server: Server | None = None) -> Server:
    """A site with a feed and a few articles about miến dong."""
    server = server or Server()
    pages = {
        f"/bai-viet-so-{n}-ve-mien-dong.html": f"Tin miến dong số {n}" for n in range(articles)
    }
    server.routes["/feed.xml"] = Reply(feed(server, pages), type="application/rss+xml")
    for n, (path, title) in enumerate(pages.items()):
        server.routes[path] = Reply(
            article(
                title,
                f"Hợp tác xã Bình Lư vừa báo sản lượng miến dong vụ thứ {n} tăng so với năm ngoái, "
                f"bà con phấn khởi vì giá bán ổn định và đường vận chuyển đã thông suốt.",
            )
        )
    return server


def source(name: str, server: Server, **more: Any) -> dict[str, Any]:
    """An entry of sources.yaml that reads a server's feed."""
    return {
        "name": name,
        "title": name,
        "channel": "feed",
        "feeds": [f"{server.url}/feed.xml"],
        "allow_private_network": True,
        **more,
    }


def make_home(root: Path, sources: list[dict[str, Any]], **crawl_settings: Any) -> Home:
    """A home with these sources, a few topics and a quick pace."""
    configs = root / "configs"
    configs.mkdir(parents=True, exist_ok=True)
    shutil.copy(shipped_configs() / "places.yaml", configs / "places.yaml")
    (configs / "topics.yaml").write_text(TOPICS, encoding="utf-8")
    settings = yaml.safe_load((shipped_configs() / "settings.yaml").read_text(encoding="utf-8"))
    settings["crawl"] |= {"delay_seconds": 0, **crawl_settings}
    _write(configs / "settings.yaml", settings)
    _write(configs / "sources.yaml", {"sources": sources})
    home = Home(root)
    assert home.ids
    return home


def collector_home(main: Home, root: Path) -> Home:
    """The home of a collector beside a main service: alike, in a folder of its own."""
    shutil.copytree(main.configs, root / "configs")
    shutil.copy2(main.key_file, root / "id.key")
    return Home(root)


def _write(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


@dataclass(frozen=True)
class Ended:
    """How a crawl ended."""

    exit_code: int
    report: dict[str, Any]
    output: str

    def __getitem__(self, name: str) -> dict[str, Any]:
        return next(one for one in self.report["sources"] if one["source"] == name)


class Crawl:
    """A crawl that is running in a process of its own."""

    command: ClassVar[tuple[str, ...]] = ("crawl",)

    def __init__(self, home: Home, *arguments: str) -> None:
        self._home = home
        self._output = home.root.parent / f"{home.root.name}.output"
        line = ["--home", str(home.root), "--json", *self.command, *arguments]
        self._command = Command(line, self._output, self._output)
        self.pid = self._command.pid

    def kill(self) -> None:
        """`kill -9`."""
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, as the scheduler sends it."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self) -> int:
        """The exit status; that of a killed process is its signal's number, negative."""
        return self._command.wait(ENDS_WITHIN)

    def output(self) -> str:
        """All that it wrote to the screen."""
        return self._output.read_text(encoding="utf-8")

    def ended(self) -> Ended:
        """How it ended by itself."""
        code = self.wait()
        output = self.output()
        log = (self._home.logs / "crawl.log").read_text(encoding="utf-8")
        assert code in (0, 1, 4), output + log
        return Ended(code, json.loads(output), output)


def run_crawl(home: Home, *arguments: str) -> Ended:
    """A crawl from start to end."""
    return Crawl(home, *arguments).ended()


def crawl_at(home: Home, moment: datetime, *, only_due: bool = False) -> Ended:
    """A crawl by a clock that stands still at a moment."""
    # Scrapy's reactor starts once in a process.
    with ProcessPoolExecutor(1, mp_context=get_context("forkserver")) as process:
        return process.submit(_crawl_at, home.root, moment, only_due).result(ENDS_WITHIN)


def _crawl_at(root: Path, moment: datetime, only_due: bool) -> Ended:
    from langnghe.crawler.process import crawl  # the parent need not load it

    home = Home(root)
    report = crawl(home, home.sources, FixedClock(moment), only_due=only_due)
    return Ended(report.exit_code, report.as_json(), "")


@contextmanager
def stores(home: Home) -> Iterator[Stores]:
    """What a home holds."""
    with open_stores(home, SystemClock()) as opened:
        yield opened


def stored_posts(home: Home) -> list[Post]:
    """Every stored post, oldest first."""
    found: list[Post] = []
    with stores(home) as opened:
        cursor = None
        while True:
            page = opened.posts.search(Query(size=500, cursor=cursor))
            found += [hit.stored.post for hit in page.hits]
            cursor = page.next
            if cursor is None:
                return found[::-1]


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    """What a query gives."""
    with stores(home) as opened, opened.database.read() as connection:
        return [tuple(row) for row in connection.execute(sql)]
