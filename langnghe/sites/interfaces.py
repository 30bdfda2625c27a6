"""What the sample site answers to programs.

A tag timeline as Mastodon gives it, comments as Isso gives them, and the forum's own list,
which its robots.txt forbids. Each takes the query of a request and gives JSON; a query that
cannot be read gives 400.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from langnghe.sites.month import Month, SamplePost, Surface
from langnghe.sites.pages import Page, paragraphs, path_of, tags_of, toot

_JSON = "application/json; charset=utf-8"
_DEFAULT_LIMIT = 20
_MAX_LIMIT = 40
_ISSO_VISIBLE = 1

Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A page with what goes beside it."""

    page: Page
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def _json(value: object, changed: datetime) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), _JSON, changed)


def _bad(problem: str, now: datetime) -> Answer:
    return Answer(_json({"error": problem}, now), status=400)


# --- Mastodon: https://docs.joinmastodon.org/methods/timelines/#tag --------------------------


def tag_timeline(month: Month, base: str, tag: str, query: Query) -> Answer:
    """`GET /api/v1/timelines/tag/:hashtag` with max_id, since_id, min_id and limit.

    Newest first; `Link` leads to older and newer statuses. Beyond the oldest comes `[]`.
    """
    try:
        limit = min(int(query.get("limit", _DEFAULT_LIMIT)), _MAX_LIMIT)
        below, above, just_above = (
            int(query[name]) if name in query else None for name in ("max_id", "since_id", "min_id")
        )
    except ValueError:
        return _bad("limit, max_id, since_id and min_id are numbers", month.now)
    everything = sorted(month.of(Surface.NETWORK), key=lambda post: post.number, reverse=True)
    found = [
        post
        for post in everything
        if tag.lower() in tags_of(post)
        and (below is None or post.number < below)
        and (above is None or post.number > above)
        and (just_above is None or post.number > just_above)
    ]
    # min_id asks for those right above it, since_id for the newest.
    shown = found[-limit:] if just_above is not None else found[:limit]
    numbers = {post.key: post.number for post in everything}
    page = _json(
        [_status(post, base, numbers) for post in shown],
        max((post.published_at for post in shown), default=month.now),
    )
    if not shown:
        return Answer(page)
    address = f"{base}/api/v1/timelines/tag/{tag}"
    kept = {"limit": str(limit)} if "limit" in query else {}
    links = [f'<{address}?{urlencode(kept | {"min_id": str(shown[0].number)})}>; rel="prev"']
    if len(shown) == limit:
        older = urlencode(kept | {"max_id": str(shown[-1].number)})
        links.insert(0, f'<{address}?{older}>; rel="next"')
    return Answer(page, headers={"Link": ", ".join(links)})


def _status(post: SamplePost, base: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    handle = post.author.handle
    address = f"{base}{path_of(post)}"
    account = {
        "id": str(_account_number(handle)),
        "username": handle,
        "acct": handle,
        "display_name": post.author.name,
        "locked": False,
        "bot": False,
        "url": f"{base}/@{handle}",
        "avatar": f"{base}/anh/{handle}.svg",
        "note": "<p>Nhân vật hư cấu</p>",
        "followers_count": 12,
        "following_count": 7,
        "statuses_count": 34,
        "emojis": [],
        "fields": [],
    }
    replies_to = post.thread if post.key != post.thread else None
    return {
        "id": str(post.number),
        "created_at": _zulu(post.published_at),
        "in_reply_to_id": str(numbers[replies_to]) if replies_to else None,
        "in_reply_to_account_id": None,
        "sensitive": False,
        "spoiler_text": "",
        "visibility": "public",
        "language": "vi",
        "uri": f"{base}/users/{handle}/statuses/{post.number}",
        "url": address,
        "replies_count": sum(key.startswith(f"{post.key}/") for key in numbers),
        "reblogs_count": 0,
        "favourites_count": post.likes,
        "edited_at": None,
        "content": str(toot(post.text, base)),
        "reblog": None,
        "account": account,
        "media_attachments": [],
        "mentions": [],
        "tags": [{"name": tag, "url": f"{base}/tags/{tag}"} for tag in tags_of(post)],
        "emojis": [],
        "card": None,
        "poll": None,
    }


def _account_number(handle: str) -> int:
    return int.from_bytes(blake2b(handle.encode(), digest_size=6).digest(), "big")


def instance(base: str, now: datetime) -> Page:
    """`GET /api/v2/instance`: says that tag timelines are open to everybody."""
    return _json(
        {
            "domain": base.split("//")[1],
            "title": "Mạng xã hội Bản Làng (mẫu)",
            "version": "4.5.0",
            "description": "Trang mẫu – nội dung hư cấu",
            "configuration": {
                "timelines_access": {
                    "live_feeds": {"local": "public", "remote": "public"},
                    "hashtag_feeds": {"local": "public", "remote": "public"},
                }
            },
        },
        now,
    )


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


# --- Isso: https://isso-comments.de/docs/reference/server-api/ -------------------------------


def isso_thread(month: Month, query: Query) -> Answer:
    """`GET /?uri=` with limit, nested_limit, after, parent and plain.

    Two levels: comments, and the replies to each. `hidden_replies` tells what a limit cut off.
    """
    if "uri" not in query:
        return _bad("missing uri query", month.now)
    try:
        limit, nested = (
            int(query[name]) if name in query else None for name in ("limit", "nested_limit")
        )
        after = float(query.get("after", "0"))
        parent = int(query["parent"]) if "parent" in query else None
    except ValueError:
        return _bad("limit, nested_limit and parent should be integer", month.now)
    openings = month.opening(Surface.REGION_NEWS)
    article = next((post for post in openings if path_of(post) == query["uri"]), None)
    replies = month.replies(article.key) if article else ()
    thread = _IssoThread(replies, plain="plain" in query and query["plain"] != "0", after=after)
    shown = thread.level(parent, limit)
    whole = len(replies) if parent is None else thread.count(parent)
    value = {
        "id": parent,
        "total_replies": whole,
        "hidden_replies": thread.count(parent) - len(shown),
        "replies": [_isso_comment(post, thread, nested, top=parent is None) for post in shown],
        "config": {"reply-to-self": False, "require-email": False, "gravatar": False},
    }
    newest = max((post.published_at for post in replies), default=month.now)
    return Answer(_json(value, newest))


class _IssoThread:
    """The replies to one page, as Isso keeps them."""

    def __init__(self, replies: Sequence[SamplePost], *, plain: bool, after: float) -> None:
        self.plain, self.after = plain, after
        self.numbers = {post.key: post.number for post in replies}
        self.replies = replies

    def parent(self, post: SamplePost) -> int | None:
        """The number of the comment it answers."""
        return self.numbers[post.parent] if post.parent is not None else None

    def count(self, parent: int | None) -> int:
        """How many replies stand right beneath a comment, or the page."""
        return sum(self.parent(post) == parent for post in self.replies)

    def level(self, parent: int | None, limit: int | None) -> list[SamplePost]:
        """The replies right beneath it, oldest first, later than `after`."""
        found = [
            post
            for post in self.replies
            if self.parent(post) == parent and post.published_at.timestamp() > self.after
        ]
        return found if limit is None else found[:limit]


def _isso_comment(
    post: SamplePost, thread: _IssoThread, nested: int | None, *, top: bool
) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": post.number,
        "parent": thread.parent(post),
        "text": post.text if thread.plain else str(paragraphs(post.text)),
        "author": post.author.name,
        "website": f"/thanh-vien/{post.author.handle}/",
        "mode": _ISSO_VISIBLE,
        "created": post.published_at.timestamp(),
        "modified": None,
        "likes": post.likes,
        "dislikes": 0,
        "hash": blake2b(post.author.handle.encode(), digest_size=6).hexdigest(),
    }
    if top:
        below = thread.level(post.number, nested)
        total = thread.count(post.number)
        value |= {
            "total_replies": total,
            "hidden_replies": total - len(below),
            "replies": [_isso_comment(reply, thread, None, top=False) for reply in below],
        }
    return value


# --- The forum's own --------------------------------------------------------------------------


def forum_threads(month: Month, base: str) -> Page:
    """All threads with their authors: what robots.txt forbids, so nobody may ask for it."""
    return _json(
        [
            {
                "title": post.title,
                "url": base + path_of(post),
                "author": post.author.name,
                "text": post.text,
            }
            for post in month.opening(Surface.FORUM)
        ],
        month.now,
    )
