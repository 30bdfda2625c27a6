"""Comments of the YouTube Data API v3 (discovery document, revision 20261104).

A comment's own address names it and its writer's channel, so the public page of a post is that of
the video (or, for comments on a channel itself, of the channel). From the author fields only names
are taken, to mask them in the texts. `textDisplay` is read: `textOriginal` is promised to the
comment's own writer alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from w3lib.url import url_query_parameter

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.items import Harvest, RawItem
from langnghe.crawler.readers.names import personal_names
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count, json_object, list_in, object_in

PER_PAGE = 50
"""Threads asked for at once. The API gives up to 100, but titles of up to 50 videos: so those of a
page's videos always come with one further request."""
REPLIES_PER_PAGE = 100

_THREADS, _REPLIES, _VIDEOS = "commentThreads", "comments", "videos"


@dataclass(frozen=True, slots=True)
class Comments:
    """One page of comments, or of replies to one comment.

    `harvest` has no links: the numbers below are asked at once and never written down.
    """

    harvest: Harvest
    videos: tuple[str, ...] = ()
    """The videos that the items stand beneath, each once."""
    unfinished: tuple[tuple[str, str | None], ...] = ()
    """Comments that have more replies than this page shows, and the video of each."""
    newest: datetime | None = None
    """The latest publication of a first comment on this page."""
    next_page: str | None = None
    """The token of the following page."""


def threads_url(server: str, *, channel: str | None = None, video: str | None = None) -> str:
    """The newest comments beneath a video, or beneath all videos of a channel."""
    about = {"videoId": video} if video else {"allThreadsRelatedToChannelId": channel}
    fixed = {"part": "snippet,replies", "order": "time", "textFormat": "plainText"}
    return _address(server, _THREADS, fixed | about | {"maxResults": PER_PAGE})


def replies_url(server: str, comment: str) -> str:
    """All replies to a comment."""
    fixed = {"part": "snippet", "textFormat": "plainText"}
    return _address(server, _REPLIES, fixed | {"parentId": comment, "maxResults": REPLIES_PER_PAGE})


def videos_url(server: str, videos: tuple[str, ...]) -> str:
    """The titles of up to 50 videos, and nothing else of them."""
    fields = {"part": "snippet", "fields": "items(id,snippet(title))"}
    return _address(server, _VIDEOS, fields | {"id": ",".join(videos)})


def page_url(address: str, token: str) -> str:
    """The page with this token of the same list."""
    parts = urlsplit(address)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return urlunsplit((*parts[:3], urlencode(query | {"pageToken": token}, safe=","), ""))


def is_replies(address: str) -> bool:
    """Whether the address is one of `replies_url`."""
    return urlsplit(address).path.endswith(f"/{_REPLIES}")


def is_videos(address: str) -> bool:
    """Whether the address is one of `videos_url`."""
    return urlsplit(address).path.endswith(f"/{_VIDEOS}")


def parent_of(address: str) -> str:
    """The comment whose replies are asked for by this address."""
    return url_query_parameter(address, "parentId", "")


def video_page(video: str) -> str:
    """The public page of a video."""
    return f"https://www.youtube.com/watch?v={quote(video, safe='')}"


def read_threads(page: Page) -> Comments:
    """The comments of one page, each before its replies as far as they are shown.

    Raises:
        ReadError: no list of comment threads.
    """
    answer, entries = _list(page)
    reading = _Reading(page)
    unfinished, newest = [], None
    for entry in entries:
        snippet = object_in(entry, "snippet")
        first = object_in(snippet, "topLevelComment")
        if snippet.get("isPublic") is False:
            continue
        item = reading.add(first, snippet)
        if item is None:
            continue
        if item.published is not None and (newest is None or item.published.at > newest):
            newest = item.published.at
        shown = object_in(entry, "replies").get("comments")
        replies = shown if isinstance(shown, list) else []
        for reply in replies:
            reading.add(reply, snippet, first["id"])
        total = snippet.get("totalReplyCount")
        if isinstance(total, int) and total > len(replies):
            unfinished.append((first["id"], _video(first, snippet)))
        else:
            reading.ended.add(item.thread)
    return Comments(
        reading.harvest(), tuple(reading.videos), tuple(unfinished), newest, _token(answer)
    )


def read_replies(page: Page, video: str | None) -> Comments:
    """The replies of one page; `video`: what they stand beneath, where they do not say.

    Raises:
        ReadError: no list of comments.
    """
    answer, entries = _list(page)
    parent = parent_of(page.url)
    reading = _Reading(page)
    for entry in entries:
        reading.add(entry, {"videoId": video}, parent)
    following = _token(answer)
    if following is None:
        reading.ended.add(_native(parent))
    return Comments(reading.harvest(), tuple(reading.videos), next_page=following)


def read_titles(page: Page) -> dict[str, str]:
    """The titles of videos; those that are gone or private are not in the answer.

    Raises:
        ReadError: no list of videos.
    """
    titles = {}
    for entry in _list(page)[1]:
        title = object_in(entry, "snippet").get("title")
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(title, str):
            titles[entry["id"]] = title
    return titles


def error_reasons(body: bytes) -> frozenset[str]:
    """The reasons that an error answer of a Google API gives, in either of its two ways."""
    error = object_in(json_object(body), "error")
    said = [list_in(error, "errors"), list_in(error, "details")]
    reasons = (one.get("reason") for many in said for one in many if isinstance(one, dict))
    return frozenset(reason for reason in reasons if isinstance(reason, str))


class _Reading:
    """Gathers the comments of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._items: list[RawItem] = []
        self._names: list[object] = []
        self._malformed: list[str] = []
        self.videos: dict[str, None] = {}
        self.ended: set[tuple[str, ...]] = set()
        """Threads of which this page has the last reply."""

    def add(self, comment: Any, around: Mapping[str, Any], parent: str = "") -> RawItem | None:
        """Take a comment; `around` is what its thread says. None: it cannot be used."""
        snippet = object_in(comment, "snippet")
        self._names.extend(_names(snippet))
        number = comment.get("id") if isinstance(comment, dict) else None
        text = snippet.get("textDisplay")
        status = snippet.get("moderationStatus", "published")
        if not _is_name(number) or not isinstance(text, str):
            self._malformed.append("a comment without id or text")
            return None
        if status != "published":
            return None
        video = _video(comment, around)
        channel = snippet.get("channelId") or around.get("channelId")
        if video is not None:
            url = video_page(video)
            self.videos[video] = None
        elif _is_name(channel):
            url = f"https://www.youtube.com/channel/{quote(channel, safe='')}"
        else:
            self._malformed.append("a comment beneath nothing")
            return None
        when, likes = snippet.get("publishedAt"), snippet.get("likeCount")
        thread = _native(parent or number)
        item = RawItem(
            native=_native(number),
            thread=thread,
            kind=PostKind.REPLY if parent else PostKind.OPENING,
            url=url,
            text=text,
            parent=thread if parent else None,
            published=dates.parse(when, self._page.fetched_at) if isinstance(when, str) else None,
            reactions=count(likes),
        )
        self._items.append(item)
        return item

    def harvest(self) -> Harvest:
        """What was gathered."""
        return Harvest(
            items=tuple(self._items),
            names=personal_names(self._names),
            malformed=tuple(self._malformed),
            whole=True,
            threads=frozenset(self.ended),
        )


def _native(comment: str) -> tuple[str, ...]:
    return ("youtube", "comment", comment)


def _video(comment: Any, around: Mapping[str, Any]) -> str | None:
    video = object_in(comment, "snippet").get("videoId") or around.get("videoId")
    return video if _is_name(video) else None


def _names(snippet: Mapping[str, Any]) -> Iterator[object]:
    name, url = snippet.get("authorDisplayName"), snippet.get("authorChannelUrl")
    yield name
    if isinstance(name, str):
        yield name.removeprefix("@")
    if isinstance(url, str) and "/@" in url:
        yield url.rpartition("/@")[2]


def _list(page: Page) -> tuple[dict[str, Any], list[Any]]:
    answer = page.json()
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise ReadError(page.url, "no list of the YouTube API")
    return answer, items


def _token(answer: dict[str, Any]) -> str | None:
    token = answer.get("nextPageToken")
    return token if _is_name(token) else None


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= 500


def _address(server: str, method: str, query: Mapping[str, object]) -> str:
    parts = urlsplit(server)
    path = f"{parts.path.rstrip('/')}/youtube/v3/{method}"
    return urlunsplit((*parts[:2], path, urlencode(query, safe=",()"), ""))
