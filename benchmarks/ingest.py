"""How fast posts are cleaned, de-identified, matched and stored, on one core.

`python -m benchmarks.ingest [POSTS]`.

Takes made-up posts (`generate.py`), of which half hold a telephone number, an e-mail address or a
name, in pages of an article and its comments, and sends them through the crawler's own preparation
into a fresh store, one transaction a page. Ends with 1 if 2,000 posts a second are not reached.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from benchmarks.generate import END, posts
from langnghe.core.clock import FixedClock
from langnghe.core.encoding import repair
from langnghe.core.gazetteer import read_places
from langnghe.core.ids import KeyedIds
from langnghe.core.informal import expand
from langnghe.core.models import Outcome, Post, PostKind
from langnghe.core.places import PlaceMatcher
from langnghe.core.settings import SOURCE, Source, shipped_configs
from langnghe.core.text import clean
from langnghe.core.topics import TopicMatcher, read_topics
from langnghe.crawler.deidentify import KnownNames, deidentify
from langnghe.crawler.items import Published, RawItem
from langnghe.crawler.preparation import Preparation
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore

POSTS = 20_000
PER_PAGE = (25, 100)
"""A forum's page, and a page of comments as programming interfaces give them (WordPress: 100). What
a transaction costs is shared by the posts of a page."""
FLOOR = 2_000
"""Posts a second on one core, without labelling, that the service aims at."""

NAMES = frozenset({"Nguyễn Văn Viết", "Lò Thị Mai", "giàng a páo", "Hoa Ban 88", "minhanh_1990"})
PERSONAL = (
    "",
    "",
    "",
    "",
    "",
    " Ai cần gọi 0912.345.678 nhé.",
    " Anh Nguyễn Văn Viết ơi cho hỏi với.",
    " Thư gửi về hoaban88@thu.example.",
    " Cảm ơn chị Lò Thị Mai đã giúp đỡ bà con.",
    " @minhanh_1990 xem giúp.",
)
T = TypeVar("T")


def items(count: int, per_page: int) -> Iterator[RawItem]:
    """Made-up items, all within the retention period."""
    for number, post in enumerate(posts(count, days=60)):
        page = f"https://bao.example/tin-{number // per_page}.html"
        first = number % per_page == 0
        yield RawItem(
            native=("page", page) if first else ("comment", str(number)),
            thread=("page", page),
            kind=PostKind.ARTICLE if first else PostKind.REPLY,
            url=page,
            title=post.text[:80] if first else "",
            text=post.text + PERSONAL[number % len(PERSONAL)],
            published=Published(post.published_at, post.precision),
        )


def pages(raw: Sequence[T], per_page: int) -> Iterator[Sequence[T]]:
    """As they come from one page each."""
    source = iter(raw)
    while page := list(islice(source, per_page)):
        yield page


def preparation(key: bytes) -> Preparation:
    """With the topics and places that are shipped."""
    topics = read_topics(shipped_configs() / "topics.yaml")
    return Preparation(
        topics=TopicMatcher(topics),
        topic_order={topic.id: place for place, topic in enumerate(topics)},
        places=PlaceMatcher(read_places(shipped_configs() / "places.yaml")),
        ids=KeyedIds(key),
        retention_days=90,
        max_characters=50_000,
        configuration="",
    )


def _stage(name: str, raw: Sequence[T], work: Callable[[T], object]) -> None:
    began = time.process_time()
    for one in raw:
        work(one)
    each = (time.process_time() - began) / len(raw) * 1e6
    print(f"  {name:<12} {each:7.0f} µs a post")


def stages(raw: Sequence[RawItem], prepared: Preparation) -> None:
    """What each stage takes by itself."""
    texts = [f"{item.title}\n{item.text}" for item in raw]
    cleaned = [clean(repair(text)) for text in texts]
    names = KnownNames(NAMES)
    masked = [deidentify(text, names).text for text in cleaned]
    _stage("repair", texts, repair)
    _stage("clean", texts, clean)
    _stage("deidentify", cleaned, lambda text: deidentify(text, names))
    _stage("expand", masked, expand)
    _stage("topics", masked, prepared.topics.match)
    _stage("places", masked, prepared.places.match)


def ingest(
    raw: Sequence[RawItem],
    per_page: int,
    prepared: Preparation,
    source: Source,
    now: datetime,
    folder: Path,
) -> tuple[float, float, int]:
    """Seconds of one core for preparing and for storing, and how many were stored."""
    database = Database(folder / "langnghe.db")
    store = EmbeddedPostStore(database, FixedClock(now))
    preparing = storing = 0.0
    stored = 0
    for page in pages(raw, per_page):
        began = time.process_time()
        names = KnownNames(NAMES)
        made = [prepared.prepare(item, source, names, now) for item in page]
        kept = [post for post in made if isinstance(post, Post)]
        middle = time.process_time()
        stored += sum(outcome is Outcome.STORED for outcome in store.put(kept))
        preparing += middle - began
        storing += time.process_time() - middle
    database.close()
    return preparing, storing, stored


def main() -> int:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else POSTS
    prepared = preparation(bytes(32))
    source = SOURCE.validate_python(
        {"name": "bao", "title": "Báo", "channel": "feed", "feeds": ["https://bao.example/rss"]}
    )
    now = END + timedelta(hours=1)
    print("each stage by itself")
    stages(list(items(5_000, PER_PAGE[0])), prepared)
    best = 0.0
    for per_page in PER_PAGE:
        raw = list(items(count, per_page))
        with tempfile.TemporaryDirectory() as folder:
            preparing, storing, stored = ingest(raw, per_page, prepared, source, now, Path(folder))
        rate = count / (preparing + storing)
        best = max(best, rate)
        print(f"{count} posts, {per_page} a page")
        print(f"  prepare      {preparing / count * 1e6:7.0f} µs a post")
        print(f"  store        {storing / count * 1e6:7.0f} µs a post ({stored} stored)")
        print(f"  together     {rate:7,.0f} posts/s on one core (aim: {FLOOR:,})")
    return 0 if best >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
