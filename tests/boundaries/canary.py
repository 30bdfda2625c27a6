"""One invented writer in every kind of channel, and the search for what was kept of him.

He stands in every place where servers show writers. What is searched are bytes, in every spelling
that a program could have written: files whatever they hold, and a PostgreSQL database by its rows,
by its files, where deleted rows lie on, and by its server's log.
"""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from langnghe.core.home import Home
from langnghe.core.models import Channel
from langnghe.core.text import fold
from tests import postgres
from tests.crawler.channels import bluesky_server, facebook_server, mastodon_server, youtube_server
from tests.crawler.channels.discourse_server import Discourse, discourse_source
from tests.crawler.channels.telegram_server import Telegram, messages, telegram_source
from tests.crawler.platforms import (
    Comment,
    Forum,
    Platform,
    Story,
    WordPress,
    Writer,
    story,
)
from tests.crawler.serving import (
    ENDS_WITHIN,
    Crawl,
    Reply,
    Route,
    Seen,
    Server,
    article,
    feed,
    source,
)

CANARY = Writer(
    name="Quàng Thị Canhyến",
    handle="canhyen_88k1",
    id="9081726354",
    avatar="https://anh.example/a/canhyen-avatar-77.png",
    profile="https://mang.example/thanh-vien/canhyen_88k1",
    email="canhyen88k1@thu.example",
)
NEEDLES = (
    CANARY.name,
    CANARY.name.split()[-1],
    CANARY.handle,
    CANARY.id,
    "canhyen-avatar-77",
    CANARY.profile,
    CANARY.email,
)


def _spellings(needle: str) -> Iterator[bytes]:
    for text in {needle, needle.casefold(), needle.upper(), fold(needle), needle.replace(" ", "-")}:
        for form in ("NFC", "NFD"):
            shaped = unicodedata.normalize(form, text)
            yield shaped.encode("utf-8")
            yield shaped.encode("utf-16-le")
            yield quote(shaped).encode()
            yield quote(shaped).lower().encode()
            yield escape(shaped).encode("ascii", "xmlcharrefreplace")
            yield json.dumps(shaped)[1:-1].encode()
            yield repr(shaped.encode())[2:-1].encode()


_ALL = {spelling for needle in NEEDLES for spelling in _spellings(needle)}
SPELLINGS = sorted(
    # Whatever holds a longer one holds the shorter one within it: a search takes half as long.
    one
    for one in _ALL
    if not any(other in one for other in _ALL - {one})
)


def traces(folder: Path) -> list[str]:
    """Where the canary stands, in any file or its name."""
    found = []
    for path in sorted(folder.rglob("*")):
        raw = path.read_bytes() if path.is_file() else b""
        found += [
            f"{path.relative_to(folder)}: {spelling!r}"
            for spelling in SPELLINGS
            if spelling in raw or spelling in str(path.relative_to(folder)).encode()
        ]
    return found


def stories() -> list[Story]:
    made = [story(number, CANARY) for number in (1, 2)]
    for one in made:
        number = one.comments[-1].number + 1
        one.comments += [
            Comment(number, f"{CANARY.name} ơi, miến dong còn không?", writer=CANARY),
            Comment(number + 1, f"@{CANARY.handle} cho hỏi giá miến dong với", writer=CANARY),
            Comment(
                number + 2, f"Miến dong ngon lắm, chuyển khoản cho {CANARY.name} nhé", writer=CANARY
            ),
        ]
    return made


def news_site() -> Server:
    """A news site: bylines, JSON-LD, links to the writer's page, and one that leads there."""
    site = Server()
    ld = json.dumps(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Miến dong vào vụ",
            "author": {
                "@type": "Person",
                "name": CANARY.name,
                "url": CANARY.profile,
                "image": CANARY.avatar,
                "email": CANARY.email,
                "identifier": CANARY.id,
            },
            "comment": [
                {
                    "@type": "Comment",
                    "@id": "#c1",
                    "text": f"Miến dong năm nay ngon, cảm ơn {CANARY.name}",
                    "author": {"@type": "Person", "name": CANARY.name, "url": CANARY.profile},
                }
            ],
        }
    )
    site.routes["/mien-dong-vao-vu.html"] = Reply(
        article(
            "Miến dong vào vụ",
            "Bà con các bản đang vào vụ làm miến dong, cả xã rộn ràng từ sáng sớm đến tối mịt, "
            "hàng làm ra đến đâu bán hết đến đó.",
            extra=f'<script type="application/ld+json">{ld}</script>'
            f'<p>Bởi <a rel="author" href="/tac-gia/{CANARY.handle}">{CANARY.name}</a></p>'
            f'<a href="/mien-dong-{CANARY.handle}">x</a>',
        )
    )
    xml = feed(
        site,
        dict.fromkeys(site.routes, "Miến dong")
        | {f"/thanh-vien/{CANARY.handle}": CANARY.name, f"/author/{CANARY.handle}/": "x"},
    )
    xml = xml.replace("<item>", f"<item><author>{CANARY.email} ({CANARY.name})</author>")
    site.routes["/feed.xml"] = Reply(xml, type="application/rss+xml")
    own = (f"/tac-gia/{CANARY.handle}", f"/thanh-vien/{CANARY.handle}.html")
    rows = "".join(
        f"<url><loc>{site.url}{path}</loc><image:image><image:loc>{CANARY.avatar}</image:loc>"
        f"<image:caption>{CANARY.name}</image:caption></image:image></url>"
        for path in ("/mien-dong-vao-vu.html", *own)
    )
    site.routes["/sitemap.xml"] = Reply(
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
        f"xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>{rows}</urlset>",
        type="application/xml",
    )
    authors = "".join(f'<h3><a rel="author" href="{path}">{CANARY.name}</a></h3>' for path in own)
    site.routes["/nong-san"] = Reply(
        f'<html><head><meta name="author" content="{CANARY.name}"></head><body><h2>'
        f'<a href="/mien-dong-vao-vu.html" title="{CANARY.name}">Miến dong vào vụ</a></h2>'
        f'<img src="{CANARY.avatar}" alt="{CANARY.name}">{authors}</body></html>'
    )
    return site


def kill_amid(home: Home, site: Server) -> None:
    """Kill a crawl that has read two pages of a site and waits for the third."""
    with site.held(after=2):
        crawl = Crawl(home)
        deadline = time.monotonic() + ENDS_WITHIN
        while len(site.seen) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        crawl.kill()
        assert crawl.wait() < 0
    assert len(site.seen) >= 3, "the crawl was killed in the middle of its work"


@dataclass
class Place:
    """A server on which the canary writes, its entry in sources.yaml, and the key that it needs."""

    server: Server
    entry: dict[str, Any]
    key: str | None = None

    @property
    def name(self) -> str:
        """That of the source."""
        return str(self.entry["name"])

    def write_more(self, number: int) -> None:
        """Let the canary write once more, where it is asked for what is new alone."""
        if isinstance(self.server, Platform):
            self.server.stories.append(story(number, CANARY))
        elif isinstance(self.server, Telegram):
            self.server.channels["binhlu"] = messages(5 + number, CANARY)


def _feed() -> Place:
    site = news_site()
    return Place(site, source("feed", site))


def _news() -> Place:
    site = news_site()
    lists = {
        "feeds": [f"{site.url}/feed.xml"],
        "sitemaps": [f"{site.url}/sitemap.xml"],
        "sections": [f"{site.url}/nong-san"],
    }
    entry = {"name": "news", "title": "x", "channel": "news", "pages": lists}
    return Place(site, entry | {"allow_private_network": True})


def _comments() -> Place:
    site = WordPress(stories())
    entry = {"name": "comments", "title": "x", "channel": "comments", "system": "wordpress"}
    lists = {"api": site.url, "pages": {"feeds": [f"{site.url}/feed/"]}}
    return Place(site, entry | lists | {"allow_private_network": True})


def _forum() -> Place:
    site = Forum(stories())
    entry = {"name": "forum", "title": "x", "channel": "forum"}
    boards = {"boards": [f"{site.url}/dien-dan/"]}
    return Place(site, entry | boards | {"allow_private_network": True})


def _discourse() -> Place:
    forum = Discourse(stories())
    return Place(forum, discourse_source(forum))


def _telegram() -> Place:
    server = Telegram({"binhlu": messages(5, CANARY)})
    return Place(server, telegram_source(server, "binhlu"))


def _mastodon() -> Place:
    server = mastodon_server.ContractMastodon(stories())
    return Place(server, mastodon_server.source(server))


def _bluesky() -> Place:
    server = bluesky_server.Bluesky(stories())
    return Place(server, bluesky_server.source(server), bluesky_server.PASSWORD)


def _facebook() -> Place:
    server = facebook_server.Facebook(stories(), [story(3, CANARY)])
    server.generous = True
    return Place(server, facebook_server.entry(server), server.token)


def _youtube() -> Place:
    server = youtube_server.YouTube(stories())
    return Place(server, youtube_server.youtube_source(server), youtube_server.KEY)


PLACES: Mapping[Channel, Callable[[], Place]] = {
    Channel.FEED: _feed,
    Channel.NEWS: _news,
    Channel.COMMENTS: _comments,
    Channel.FORUM: _forum,
    Channel.DISCOURSE: _discourse,
    Channel.TELEGRAM: _telegram,
    Channel.MASTODON: _mastodon,
    Channel.BLUESKY: _bluesky,
    Channel.FACEBOOK: _facebook,
    Channel.YOUTUBE: _youtube,
}
"""Every channel that is read over HTTP."""


# Answers in which something is wrong

Spoil = Callable[[Reply], Reply]

_WORDS = frozenset(
    {"text", "content", "message", "cooked", "raw", "textDisplay", "textOriginal", "text_original"}
)
_NUMBERS = frozenset({"id", "uri"})
_ELEMENTS = re.compile(r"<(/?)(?:article|main|p|div|li|time|item|loc)\b", re.IGNORECASE)


def reshaped(reply: Reply) -> Reply:
    """Every text is a list, or stands in elements that nobody knows."""
    return _rebuilt(reply, lambda key, value: [value] if key in _WORDS else value)


def renamed(reply: Reply) -> Reply:
    """Nothing has a number of its own any more, or stands in elements that nobody knows."""
    return _rebuilt(reply, lambda key, value: {"ref": value} if key in _NUMBERS else value)


def complaining(reply: Reply) -> Reply:
    """An error in words about the writer that is called a success."""
    if "json" not in reply.type and "javascript" not in reply.type:
        return replace(reply, body=f"<title>{CANARY.name}</title>")
    said = {"error": CANARY.name, "message": CANARY.handle, "errors": [CANARY.profile]}
    return replace(reply, body=json.dumps(said))


def half(reply: Reply) -> Reply:
    """The answer ends in its middle."""
    return replace(reply, body=reply.raw()[: len(reply.raw()) * 2 // 3])


def garbled(reply: Reply) -> Reply:
    """Bytes that are no text stand among the writer's name."""
    return replace(reply, body=(CANARY.name.encode() + b"\x00\xff\x81") * 40)


def _rebuilt(reply: Reply, change: Callable[[str, Any], Any]) -> Reply:
    if "json" not in reply.type and "javascript" not in reply.type:
        text = _ELEMENTS.sub(r"<\1canhyen", reply.raw().decode())
        return replace(reply, body=text)

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: change(key, walk(one)) for key, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list) else value

    return replace(reply, body=json.dumps(walk(json.loads(reply.raw()))))


class Spoilt:
    """Makes a server spoil the answers in which the canary stands, and counts those."""

    def __init__(self, server: Server) -> None:
        self.how: Spoil = lambda reply: reply
        self.shown = 0
        server.routes = {path: self._around(route) for path, route in server.routes.items()}
        server.fallback = self._around(server.fallback)

    def _around(self, answer: Route) -> Callable[[Seen], Reply]:
        def spoilt(seen: Seen) -> Reply:
            reply = answer if isinstance(answer, Reply) else answer(seen)
            if reply.status != 200 or not any(one in reply.raw() for one in SPELLINGS):
                return reply
            self.shown += 1
            return self.how(reply)

        return spoilt


class Shared:
    """The PostgreSQL that collectors share, empty, and the search in it."""

    def __init__(self, socket: Path, name: str) -> None:
        self.address = postgres.empty(socket, name)
        self._folder = socket
        self._since = self._asked("SELECT pg_walfile_name(pg_current_wal_lsn())")[0][0]

    def traces(self) -> list[str]:
        """Where the canary stands: in rows, in the database's files, or in the server's log."""
        # What is in memory alone would not be found in the files.
        self._asked("CHECKPOINT")
        with TemporaryDirectory() as aside:
            for (table,) in self._asked("SELECT relname FROM pg_stat_user_tables"):
                rows = self._asked(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
                # Long values are packed in the files, so rows are searched as they are read.
                text = "\n".join(str(value) for row in rows for value in row)
                (Path(aside) / table).write_text(text, encoding="utf-8")
            found = traces(Path(aside))
        [(number,)] = self._asked("SELECT oid FROM pg_database WHERE datname = current_database()")
        found += traces(self._folder / "data" / "base" / str(number))
        journal = [*(self._folder / "data" / "pg_wal").glob("0*")]
        for path in [self._folder / "log", *(one for one in journal if one.name >= self._since)]:
            raw = path.read_bytes()
            found += [f"{path.name}: {one!r}" for one in SPELLINGS if one in raw]
        return found

    def let_leases_run_out(self) -> None:
        """As if whoever holds one had shown no sign of life for long."""
        self._asked("UPDATE lease SET until = 0")

    def rows(self, table: str, column: str) -> list[tuple[Any]]:
        """A column of a table."""
        names = (sql.Identifier(column), sql.Identifier(table))
        return self._asked(sql.SQL("SELECT {} FROM {}").format(*names))

    def do(self, statement: str, *values: object) -> None:
        """Change something, as a fault would."""
        self._asked(statement, values)

    def _asked(self, statement: Any, values: Any = ()) -> list[Any]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
