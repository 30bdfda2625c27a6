"""Serves made-up feeds on loopback, each on a port of its own, quickly enough to be no hindrance.

    python -m benchmarks.feeds SITES PAGES ITEMS

Prints the ports as one JSON list, then serves `/1.xml` … `/PAGES.xml` on each, every one with ITEMS
items, until its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import islice
from xml.sax.saxutils import escape
from zlib import crc32

from benchmarks.generate import posts

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

DAYS = 20
"""How far back the items reach: well within every retention period."""


def pages(sites: int, count: int, items: int) -> list[list[bytes]]:
    """The feeds of each site."""
    made = posts(sites * count * items, days=DAYS, end=datetime.now(UTC) - timedelta(hours=2))
    return [
        [
            feed(
                f"<item><link>http://127.0.0.1/{site}/{page}/{number}.html</link>"
                f"<title>{escape(post.text[:60])}</title>"
                f"<description>{escape(post.text)}</description>"
                f"<pubDate>{format_datetime(post.published_at)}</pubDate></item>"
                for number, post in enumerate(islice(made, items))
            )
            for page in range(count)
        ]
        for site in range(sites)
    ]


def feed(items: Iterable[str]) -> bytes:
    """An RSS feed of items that are written already."""
    body = "".join(items)
    text = (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Tin thử</title>"
        f"<link>http://127.0.0.1/</link>{body}</channel></rss>"
    )
    return text.encode()


def answering(feed_at: Callable[[str], bytes | None]) -> Answer:
    """Answers a connection with the feed at each path that is asked for; None is a 404.

    A feed that is asked for as it was (`If-None-Match`) has not changed.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                found = feed_at(head.split(b" ", 2)[1].decode())
                body = found or b""
                tag = b'"%08x"' % crc32(body)
                if found is None:
                    status = b"404 Not Found"
                elif tag in head:
                    status, body = b"304 Not Modified", b""
                else:
                    status = b"200 OK"
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: application/rss+xml\r\nETag: %s\r\n"
                    b"Content-Length: %d\r\n\r\n" % (status, tag, len(body)) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return answer


async def serve(sites: list[list[bytes]]) -> None:
    """Answer on one port for each site until standard input ends."""
    servers = [
        await asyncio.start_server(
            answering({f"/{page}.xml": body for page, body in enumerate(feeds, start=1)}.get),
            "127.0.0.1",
            0,
        )
        for feeds in sites
    ]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(pages(*map(int, sys.argv[1:4]))))
