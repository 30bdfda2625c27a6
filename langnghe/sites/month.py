"""The sample month: the content put on dates before a given moment.

The same moment always gives the same month, so tests, demo and screenshots agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import blake2b

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import PostKind
from langnghe.sites.content import LAST_HOUR, Content, Entry, Gold, Person, read_content


class Surface(StrEnum):
    """One of the places where the sample month is published."""

    LOCAL_NEWS = "local_news"
    REGION_NEWS = "region_news"
    FORUM = "forum"
    NETWORK = "network"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class SamplePost:
    """One post as its site shows it.

    `key` is unique in the month: the thread's key, and for a reply `<thread>/<reply>`.
    `number` is the id that the site itself prints. `text` is as served: NFD where the content
    says so. `published_at` is aware, in UTC, exact to the minute except on the day shown.
    """

    surface: Surface
    key: str
    kind: PostKind
    number: int
    thread: str
    parent: str | None
    section: str
    title: str
    text: str
    published_at: datetime
    likes: int
    author: Person
    by_institution: bool
    gold: Gold

    @property
    def is_article(self) -> bool:
        """Whether it is a news item or notice."""
        return self.kind is PostKind.ARTICLE


@dataclass(frozen=True, slots=True)
class Month:
    """All posts before one moment, by surface; within a thread in the order of reading."""

    now: datetime
    posts: tuple[SamplePost, ...]

    def of(self, surface: Surface) -> tuple[SamplePost, ...]:
        """The posts of one surface."""
        return tuple(post for post in self.posts if post.surface is surface)

    def opening(self, surface: Surface) -> tuple[SamplePost, ...]:
        """The posts of one surface that are not replies, newest first."""
        found = [post for post in self.of(surface) if post.key == post.thread]
        return tuple(sorted(found, key=lambda post: (post.published_at, post.key), reverse=True))

    def replies(self, thread: str) -> tuple[SamplePost, ...]:
        """The replies within a thread, in the order of time."""
        found = [post for post in self.posts if post.thread == thread and post.key != thread]
        return tuple(sorted(found, key=lambda post: (post.published_at, post.key)))


_FIRST_KIND = {
    Surface.LOCAL_NEWS: PostKind.ARTICLE,
    Surface.REGION_NEWS: PostKind.ARTICLE,
    Surface.FORUM: PostKind.OPENING,
    Surface.NETWORK: PostKind.OPENING,
    Surface.GROUP: PostKind.OPENING,
}
_EDITORS = {
    Surface.LOCAL_NEWS: Person(name="Trang tin xã Bình Lư", handle="trang-tin-binh-lu"),
    Surface.REGION_NEWS: Person(name="Ban biên tập Vùng Cao", handle="ban-bien-tap"),
}
_DATE = re.compile(r"\{([dD]):(-?\d+)\}")


def build_month(now: datetime) -> Month:
    """The sample month as it stands at `now` (aware).

    Raises:
        ConfigError: a content file does not fit.
        ValueError: two posts would have the same key or number.
    """
    content = read_content()
    posts = tuple(_Builder(content, now).all())
    for what, counts in (
        ("key", Counter(post.key for post in posts)),
        ("number", Counter((post.surface, post.number) for post in posts)),
    ):
        if twice := [value for value, count in counts.items() if count > 1]:
            raise ValueError(f"two sample posts have the {what} {twice[0]!r}")
    return Month(now, posts)


def moment(now: datetime, day: int, clock_time: str) -> datetime:
    """A time `day` days before the day of `now`, both in Viet Nam; never after `now`.

    Before 8 in the morning the times of the day shown are pressed into what has passed of it.
    """
    local = now.astimezone(LOCAL_ZONE)
    hour, minute = (int(part) for part in clock_time.split(":"))
    midnight = datetime.combine(local.date(), time(), LOCAL_ZONE)
    since_midnight = timedelta(hours=hour, minutes=minute)
    if day == 0:
        since_midnight *= min(1.0, (local - midnight) / timedelta(hours=LAST_HOUR))
    at = midnight - timedelta(days=day) + since_midnight
    return at.replace(microsecond=0).astimezone(UTC)


def number_of(key: str) -> int:
    """The id a site prints for a post: 31 bits that stay the same."""
    return int.from_bytes(blake2b(key.encode(), digest_size=4).digest(), "big") >> 1


def dated(text: str, now: datetime) -> str:
    """`text` with its days: `{d:3}` is the day three days ago as 18/11, `{D:3}` with its year."""

    def write(match: re.Match[str]) -> str:
        day = now.astimezone(LOCAL_ZONE).date() - timedelta(days=int(match[2]))
        return f"{day:%d/%m/%Y}" if match[1] == "D" else f"{day:%d/%m}"

    return _DATE.sub(write, text)


class _Builder:
    """Puts the entries of all files on dates."""

    def __init__(self, content: Content, now: datetime) -> None:
        self.content, self.now = content, now
        self.pastes = {paste.key: paste for paste in content.pastes}
        self.articles = {entry.key: entry for entry in content.local_news}

    def all(self) -> Iterator[SamplePost]:
        for surface in Surface:
            entries: tuple[Entry, ...] = getattr(self.content, surface.value)
            for entry in entries:
                if entry.to is None:
                    yield self.post(surface, entry, entry.key, entry, None)
                    yield from self.beneath(surface, entry, entry.replies, entry.key)
            for entry in entries:
                if entry.to is not None:
                    root = next(other for other in entries if other.key == entry.to)
                    yield self.post(surface, root, f"{root.key}/{entry.key}", entry, root.key)

    def beneath(
        self, surface: Surface, root: Entry, replies: Iterable[Entry], parent: str
    ) -> Iterator[SamplePost]:
        for reply in replies:
            key = f"{root.key}/{reply.key}"
            yield self.post(surface, root, key, reply, None if parent == root.key else parent)
            yield from self.beneath(surface, root, reply.replies, key)

    def post(
        self, surface: Surface, root: Entry, key: str, entry: Entry, parent: str | None
    ) -> SamplePost:
        first = key == root.key
        title, text, gold = self.words(entry)
        text = dated(text, self.now)
        published = moment(self.now, entry.day, entry.time)
        number = number_of(key)
        if surface is Surface.NETWORK:
            # Such servers number by time, and page by number.
            number = (int(published.timestamp() * 1000) << 16) | (number & 0xFFFF)
        author = self.author(surface, key, entry)
        return SamplePost(
            surface=surface,
            key=key,
            kind=_FIRST_KIND[surface] if first else PostKind.REPLY,
            number=number,
            thread=root.key,
            parent=parent,
            section=root.section or "",
            title=dated(title, self.now),
            text=unicodedata.normalize("NFD" if entry.form == "nfd" else "NFC", text),
            published_at=published,
            likes=entry.likes or 0,
            author=author,
            by_institution=author in _EDITORS.values(),
            gold=gold,
        )

    def words(self, entry: Entry) -> tuple[str, str, Gold]:
        """Title, text and gold of an entry, from itself or from what it repeats."""
        if entry.paste is not None:
            paste = self.pastes[entry.paste]
            return entry.title, f"{paste.text} {entry.tail}".strip(), paste.gold
        if entry.reprint_of is not None:
            title, text, gold = self.words(self.articles[entry.reprint_of])
            return title, f"{text}\n\n{entry.tail}", gold
        assert entry.gold is not None
        return entry.title, entry.text, entry.gold

    def author(self, surface: Surface, key: str, entry: Entry) -> Person:
        if entry.official or (key == entry.key and surface in _EDITORS):
            return _EDITORS[surface]
        people = self.content.people
        return people[number_of(f"author of {key}") % len(people)]
