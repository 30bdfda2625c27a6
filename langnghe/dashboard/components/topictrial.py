"""Trying a topic before it is saved: how many of the kept posts it takes in, then and now.

Counts and the topic's own phrases only: an administrator reads no posts. What is counted is
the posts that say it themselves; a reply that takes over the topic of its thread is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Final

from langnghe.core.clock import local_day
from langnghe.core.informal import expand
from langnghe.core.models import Topic
from langnghe.core.phrases import Prepared
from langnghe.core.topics import TopicMatcher
from langnghe.core.vietnamese import day, number
from langnghe.dashboard.charts import bars_html
from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore, Query

DAYS: Final = 30
AT_A_TIME: Final = 500
MOST_PHRASES: Final = 20
_BEFORE, _AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a changed topic does to the posts of a time. Figures are posts."""

    read: int
    before: int
    after: int
    gained: int
    """It takes in, and did not before."""
    lost: int
    by_day: Mapping[date, tuple[int, int]]
    """Before and after, of the days that have some."""
    phrases: Mapping[str, int]
    """Each phrase of the changed topic, with the posts that it is found in."""


def texts(
    posts: PostStore, since: date, until: date, say: Callable[[float], object]
) -> Iterator[tuple[date, str]]:
    """Day and text of each post between two days; `say` is told the part that is done, 0 to 1."""
    cursor, done = None, 0
    while True:
        page = posts.search(
            Query(filters=Filters(since=since, until=until), size=AT_A_TIME, cursor=cursor)
        )
        for hit in page.hits:
            post = hit.stored.post
            yield local_day(post.published_at), f"{post.title}\n{post.text}"
        done += len(page.hits)
        say(min(1.0, done / max(1, page.total)))
        cursor = page.next
        if cursor is None:
            return


def trial(kept: Iterable[tuple[date, str]], before: Topic | None, after: Topic) -> Trial:
    """Match each text as it would be when it is read.

    Args:
        kept: day and text of each post.
        before: the topic as it is; None: it is new.
        after: the topic as it would be.
    """
    versions = [replace(after, id=_AFTER)]
    if before is not None:
        versions.append(replace(before, id=_BEFORE))
    matcher = TopicMatcher(versions)
    read = gained = lost = 0
    was, now = Counter[date](), Counter[date]()
    phrases = Counter(dict.fromkeys(after.phrases, 0))
    for when, text in kept:
        read += 1
        forms = {text, expand(text)}
        mentions = [one for form in forms for one in matcher.explain(Prepared(form))]
        touched = {mention.topic for mention in mentions}
        was[when] += _BEFORE in touched
        now[when] += _AFTER in touched
        gained += touched == {_AFTER}
        lost += touched == {_BEFORE}
        phrases.update({mention.phrase for mention in mentions if mention.topic == _AFTER})
    days = sorted(when for when in was.keys() | now.keys() if was[when] or now[when])
    return Trial(
        read,
        was.total(),
        now.total(),
        gained,
        lost,
        {when: (was[when], now[when]) for when in days},
        dict(phrases),
    )


def trial_html(tried: Trial) -> str:
    """The figures in words; those under five posts are not broken down (boundary 5)."""
    facts = [
        ("Đã xem", f"{number(tried.read)} bài đã lưu trong {DAYS} ngày qua"),
        ("Hiện nay khớp", f"{number(tried.before)} bài"),
        ("Nếu lưu sẽ khớp", f"{number(tried.after)} bài"),
        ("Thêm", f"{number(tried.gained)} bài"),
        ("Bớt", f"{number(tried.lost)} bài"),
    ]
    shown = "".join(f"<span>{escape(name)}: <b>{escape(says)}</b></span>" for name, says in facts)
    parts = [f'<div class="ln-facts">{shown}</div>']
    if max(tried.before, tried.after) < SMALLEST_FIGURE:
        parts.append(f"<p>Dưới {SMALLEST_FIGURE} bài nên không chia nhỏ theo ngày và cụm từ.</p>")
        return "".join(parts)
    often = {phrase: count for phrase, count in tried.phrases.items() if count >= SMALLEST_FIGURE}
    rare = sum(0 < count < SMALLEST_FIGURE for count in tried.phrases.values())
    never = sum(count == 0 for count in tried.phrases.values())
    if often:
        parts.append("<h3>Cụm từ gặp nhiều nhất</h3>" + bars_html(often, {}, MOST_PHRASES))
    parts.append(
        f"<p>{number(rare)} cụm từ gặp trong dưới {SMALLEST_FIGURE} bài, {number(never)} cụm từ "
        "chưa gặp bài nào.</p>"
    )
    rows = "".join(
        f"<tr><th scope='row'>{day(when)}</th><td>{number(was)}</td><td>{number(now)}</td></tr>"
        for when, (was, now) in sorted(tried.by_day.items(), reverse=True)
    )
    parts.append(
        "<details><summary>Xem theo ngày</summary><table class='ln-table'><thead><tr>"
        "<th scope='col'>Ngày</th><th scope='col'>Hiện nay (bài)</th>"
        f"<th scope='col'>Nếu lưu (bài)</th></tr></thead><tbody>{rows}</tbody></table></details>"
    )
    return "".join(parts)
