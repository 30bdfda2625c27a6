"""Serves the sample site on 127.0.0.1."""

from __future__ import annotations

import csv
import json
import re
import socket
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from string import Template
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.errors import LangNgheError
from langnghe.core.models import Intent, PostKind, Sentiment
from langnghe.sites import interfaces
from langnghe.sites.content import Gold, read_content
from langnghe.sites.interfaces import Answer
from langnghe.sites.month import Month, SamplePost, Surface, build_month, number_of
from langnghe.sites.pages import HOMES, path_of, render

HOST = "127.0.0.1"
"""Never anything else: the pages are invented, and nobody else's business."""

EXPORT_NAME = "nhom-zalo-ba-con-binh-lu.csv"
_START_SECONDS = 20.0
_REMEMBERED_HITS = 100_000
_SOURCES = Path(__file__).with_name("sources.yaml")
_TIMELINE = "/api/v1/timelines/tag/"

ARTICLE_SOURCES = {Surface.LOCAL_NEWS: "mau-trang-tin", Surface.REGION_NEWS: "mau-vung-cao"}
OTHER_SOURCES = {
    Surface.LOCAL_NEWS: "mau-binh-luan",
    Surface.REGION_NEWS: "mau-binh-luan-vung-cao",
    Surface.FORUM: "mau-dien-dan",
    Surface.NETWORK: "mau-mang-xa-hoi",
    Surface.GROUP: "mau-tep-zalo",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One request that the site answered. `path` has its query; `at` is `time.monotonic()`."""

    path: str
    status: int
    conditional: bool
    at: float


def source_of(post: SamplePost) -> str:
    """The name, in sources.yaml, of the source that finds a post."""
    return ARTICLE_SOURCES[post.surface] if post.is_article else OTHER_SOURCES[post.surface]


class SampleSite:
    """The sample site as it stands at `now` (aware), until it is stopped.

    Use it with `with`, or call `start` and `stop`. `port` 0 takes any free one. All that it
    says is fixed by `now`; only `add_comment` changes it.
    """

    def __init__(self, now: datetime, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError as error:
            self._socket.close()
            raise LangNgheError(
                f"Không mở được cổng {port} cho trang mẫu ({error.strerror}). "
                "Hãy chọn cổng khác hoặc để 0."
            ) from None
        self.base_url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.hits: deque[Hit] = deque(maxlen=_REMEMBERED_HITS)
        self._show(build_month(now))
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/{path:path}", self._answer)]),
                loop="asyncio",
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, name="sample-site", daemon=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Serve, in a thread of its own; returns when the site answers."""
        self._thread.start()
        deadline = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise LangNgheError("Trang mẫu không khởi động được.")
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()

    # --- What it says ---------------------------------------------------------------------

    @property
    def posts(self) -> tuple[SamplePost, ...]:
        """Every post, with the gold marks that no page shows."""
        return self._month.posts

    def expected(self) -> dict[str, int]:
        """How many posts a crawl must find, by the source's name in `sources()`.

        Articles count for the news sources. The sources of comments meet the same articles
        again, so which of the two stores one is a matter of who comes first.
        """
        return dict(Counter(source_of(post) for post in self.posts))

    def url_of(self, post: SamplePost) -> str:
        """The address of the page on which a post's thread begins."""
        return self.base_url + path_of(post)

    def sources(self) -> str:
        """A sources.yaml that leads the crawler to all of it."""
        forum = HOMES[Surface.FORUM]
        boards = (
            f'"{self.base_url}{forum}{slug}/"' for slug in read_content().sites.forum.sections
        )
        return Template(_SOURCES.read_text(encoding="utf-8")).substitute(
            base=self.base_url, pattern=re.escape(self.base_url), boards=", ".join(boards)
        )

    def register(self) -> str:
        """The rumours of the month as checked claims, one JSON object a line."""
        rows = (
            {
                "id": claim.id,
                "text": claim.statement,
                "verdict": claim.verdict,
                "evidence": f"{self.base_url} (trang mẫu, căn cứ hư cấu)",
            }
            for claim in read_content().claims
        )
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def write_export(self, folder: Path) -> Path:
        """Write the group's export, as a spreadsheet program saves it, into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / EXPORT_NAME
        posts = sorted(self._month.of(Surface.GROUP), key=lambda post: post.published_at)
        numbers = {post.key: post.number for post in posts}
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(
                ["Mã tin", "Thời gian", "Người gửi", "Nội dung", "Trả lời mã", "Lượt thích"]
            )
            for post in posts:
                above = numbers[post.thread] if post.key != post.thread else ""
                at = f"{post.published_at.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}"
                rows.writerow([post.number, at, post.author.name, post.text, above, post.likes])
        return path

    def add_comment(self, page: str, text: str) -> SamplePost:
        """Say something new beneath an article or in a thread, named by its key.

        It is published one second after the newest post there, or at the site's `now`.

        Raises:
            KeyError: no article or thread has this key.
        """
        month = self._month
        opening = next((p for p in month.posts if p.key == p.thread == page), None)
        if opening is None:
            raise KeyError(page)
        before = month.replies(page)
        key = f"{page}/them-{len(before)}"
        newest = max(post.published_at for post in (opening, *before))
        at = max(newest + timedelta(seconds=1), month.now)
        number = number_of(key)
        if opening.surface is Surface.NETWORK:
            number = (int(at.timestamp() * 1000) << 16) | (number & 0xFFFF)
        people = read_content().people
        added = replace(
            opening,
            key=key,
            kind=PostKind.REPLY,
            number=number,
            parent=None,
            title="",
            text=text,
            published_at=at,
            likes=0,
            author=people[number % len(people)],
            by_institution=False,
            gold=Gold(topics=(), sentiment=Sentiment.NEUTRAL, intent=Intent.OTHER),
        )
        self._show(Month(month.now, (*month.posts, added)))
        return added

    # --- Serving --------------------------------------------------------------------------

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])

    def _show(self, month: Month) -> None:
        self._pages = render(month, self.base_url)
        self._month = month

    async def _answer(self, request: Request) -> Response:
        answer = self._find(request)
        conditional = bool({"if-none-match", "if-modified-since"} & set(request.headers))
        response = _send(request, answer)
        query = f"?{request.url.query}" if request.url.query else ""
        path = request.url.path + query
        self.hits.append(Hit(path, response.status_code, conditional, time.monotonic()))
        return response

    def _find(self, request: Request) -> Answer | None:
        path, query, month = unquote(request.url.path), request.query_params, self._month
        if page := self._pages.get(path):
            return Answer(page)
        if path.startswith(_TIMELINE):
            tag = path.removeprefix(_TIMELINE)
            return interfaces.tag_timeline(month, self.base_url, tag, query)
        if path == "/isso/":
            return interfaces.isso_thread(month, query)
        if path == "/api/v2/instance":
            return Answer(interfaces.instance(self.base_url, month.now))
        if path == f"{HOMES[Surface.FORUM]}api/chu-de.json":
            return Answer(interfaces.forum_threads(month, self.base_url))
        return None


def _send(request: Request, answer: Answer | None) -> Response:
    """The response to a request, 304 where the client has this version (RFC 9110, 13.2.2)."""
    if answer is None:
        return Response("Không có trang này", 404, media_type="text/plain; charset=utf-8")
    page = answer.page
    headers = {
        **answer.headers,
        "ETag": page.etag,
        "Last-Modified": format_datetime(page.changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "no-cache",
    }
    if answer.status == 200 and _is_current(request, page.etag, page.changed):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = page.media_type
    return Response(page.body, answer.status, headers=headers)


def _is_current(request: Request, etag: str, changed: datetime) -> bool:
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return etag in known or "*" in known
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed.replace(microsecond=0) <= parsedate_to_datetime(since).astimezone(UTC)
    except ValueError:
        return False
