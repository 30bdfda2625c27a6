"""Opinion streams of each topic and reporting period, followed from month to month.

They are found while the posts are there and kept as figures and words, so that they outlive the
posts. An editor may give a stream a title; until then it is drafted from the topics' own phrases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter
from scipy.stats import binomtest

from langnghe.casework.audit import record
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.classifier.likeness import Vectors
from langnghe.core.models import Intent, Sentiment
from langnghe.core.text import clean
from langnghe.store.cases import Cases
from langnghe.store.trendrecords import StreamsRecord, TrendRecords
from langnghe.trends.period import Period
from langnghe.trends.small import breakdowns, is_over
from langnghe.trends.streamlikeness import Signature, matched

MOST_TITLE: Final = 120
"""Characters: one line of a briefing."""
AUDIT_KIND: Final = "streams"
CHANCE: Final = 0.05
"""How rarely a stream that stays as strong as it was is called growing or fading."""
LEAST_CHANGE: Final = 1.5
"""How many times the posts a day must have become more, or fewer, to be worth a word."""
REST: Final = 0
"""Number that stands for what is in no stream."""


class Course(StrEnum):
    """What became of a stream since the month before."""

    NEW = "new"
    GROWING = "growing"
    STEADY = "steady"
    FADING = "fading"
    GONE = "gone"


COURSES: Final[Mapping[Course, str]] = {
    Course.NEW: "mới",
    Course.GROWING: "tăng",
    Course.STEADY: "giữ mức",
    Course.FADING: "giảm",
    Course.GONE: "không còn",
}
"""As shown on screen and in documents."""


@dataclass(frozen=True, slots=True)
class MonthStream:
    """A stream, as it is kept."""

    number: int
    """From 1 within topic and period; stays the same though the stream be found anew."""
    title: str
    """As an editor wrote it; "" while nobody has."""
    draft: str
    """A title made of phrases of the topics' configuration: no words of a post."""
    posts: int
    sentiments: Mapping[Sentiment, int]
    """Posts by sentiment; to be shown only as `shown_mixes` allows."""
    intents: Mapping[Intent, int]
    """Likewise."""
    representatives: tuple[str, ...]
    """Ids of posts that stand for it, the most central first; their texts may be purged."""
    signature: Signature
    course: Course | None = None
    """Against the period before; None where nothing can be compared. Never GONE."""
    before: int | None = None
    """Number of the stream in the period before that it goes on from."""

    @property
    def heading(self) -> str:
        """Its title, or the draft of one."""
        return self.title or self.draft


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a topic and period."""

    model: str
    """Version of the model whose embeddings were grouped."""
    posts: int
    """That were grouped: those that had an embedding and were not purged."""
    found_at: datetime
    streams: tuple[MonthStream, ...]
    """The largest first."""
    gone: tuple[int, ...] = ()
    """Numbers of the streams of the period before that do not go on."""

    @property
    def rest(self) -> int:
        """Posts that are in no stream."""
        return self.posts - sum(one.posts for one in self.streams)


@dataclass(frozen=True, slots=True)
class MonthStreams:
    """The streams of one topic and period, as they are kept."""

    topic: str
    period: Period
    version: int
    """What an editor saw and hands in with a change."""
    found: Found


_FOUND: Final = TypeAdapter(Found)


def month_streams(records: TrendRecords, period: Period) -> dict[str, MonthStreams]:
    """What is kept of a period, by topic; topics without a row have not been looked at."""
    rows = records.streams(period.since, period.until)
    return {topic: _read(row) for topic, row in rows.items()}


def keep(records: TrendRecords, topic: str, period: Period, version: int, found: Found) -> int:
    """Keep what was found in place of `version` (0: none); gives the new version.

    Raises:
        Conflict: it is not at that version any more.
    """
    body = _FOUND.dump_json(found).decode("utf-8")
    return records.put_streams(topic, period.since, period.until, version, body)


def followed(found: Found, period: Period, before: MonthStreams | None, centre: Vectors) -> Found:
    """What was found in a period, held against the period before it.

    Nothing is said where nobody looked at the period before, or another model did.

    Args:
        found: in the period.
        period: its days.
        before: what was found of the same topic in the period before.
        centre: mean embedding of citizens' posts (`Likeness.centre`).
    """
    streams = tuple(replace(one, course=None, before=None) for one in found.streams)
    if before is None or (before.found.streams and before.found.model != found.model):
        return replace(found, streams=streams, gone=())
    old = before.found.streams
    origin = _origins(old, streams, centre)
    days = before.period.days, period.days
    return replace(
        found,
        streams=tuple(
            replace(one, course=_course(one, origin[at], days), before=origin[at].number)
            if at in origin
            else replace(one, course=Course.NEW)
            for at, one in enumerate(streams)
        ),
        gone=tuple(
            one.number for one in old if one.number not in {kept.number for kept in origin.values()}
        ),
    )


def continued(
    old: Sequence[MonthStream], new: Sequence[MonthStream], centre: Vectors
) -> tuple[MonthStream, ...]:
    """Streams that were found anew, with the numbers and titles of those they were before."""
    origin = _origins(old, new, centre)
    last = max((one.number for one in old), default=0)
    kept = []
    for at, one in enumerate(new):
        if at in origin:
            kept.append(replace(one, number=origin[at].number, title=origin[at].title))
        else:
            last += 1
            kept.append(replace(one, number=last))
    return tuple(kept)


def history(
    records: TrendRecords, topic: str, period: Period, number: int
) -> list[tuple[Period, int]]:
    """How many posts a stream had, period by period, the earliest first; ends with `period`."""
    found: list[tuple[Period, int]] = []
    wanted: int | None = number
    for row in reversed(records.streams_of(topic)):
        one = _read(row)
        follows = one.period == period or (
            found and one.period.until == found[-1][0].since - timedelta(days=1)
        )
        if wanted is None or not follows:
            continue
        stream = _stream(one, wanted)
        if stream is None:
            break
        found.append((one.period, stream.posts))
        wanted = stream.before
    return found[::-1]


def shown_mixes(
    streams: MonthStreams, today: date
) -> dict[int, tuple[dict[Sentiment, int], dict[Intent, int]]]:
    """Sentiments and intents of the streams that may be broken down (boundary 5), by number.

    None of a period that is not over; a rest of fewer than five posts takes the smallest stream
    with it. Where the topic itself is not broken down, show none of this either.
    """
    if not is_over(streams.period, today):
        return {}
    found = streams.found
    groups: dict[int, tuple[int, Mapping[int, int]]] = {
        one.number: (one.posts, {}) for one in found.streams
    }
    allowed = breakdowns(found.posts, {**groups, REST: (found.rest, {})})
    return {
        one.number: (dict(one.sentiments), dict(one.intents))
        for one in found.streams
        if allowed[one.number] is not None
    }


def rename(
    cases: Cases,
    records: TrendRecords,
    actor: Actor,
    streams: MonthStreams,
    number: int,
    title: str,
    now: datetime,
) -> int:
    """Give a stream a title, or with "" the drafted one again; gives the new version.

    Args:
        cases: over the same database as `records`; the change is logged.
        records: where the streams are.
        actor: an editor.
        streams: as the editor saw them.
        number: of the stream.
        title: one line of plain text.
        now: the time.

    Raises:
        Refused: the actor may not draft, the title is too long, or there is no such stream.
        Conflict: the streams were found anew, or edited, since.
    """
    require(actor, Permission.DRAFT)
    wanted = " ".join(clean(title).split())
    if len(wanted) > MOST_TITLE:
        raise Refused(
            f"Tên luồng ý kiến dài {len(wanted)} ký tự, tối đa {MOST_TITLE}. Hãy viết ngắn lại."
        )
    stream = _stream(streams, number)
    if stream is None:
        raise Refused("Không có luồng ý kiến này. Hãy tải lại trang rồi chọn lại.")
    edited = tuple(
        replace(one, title=wanted) if one.number == number else one for one in streams.found.streams
    )
    with cases.transaction(now) as work:
        version = keep(
            records,
            streams.topic,
            streams.period,
            streams.version,
            replace(streams.found, streams=edited),
        )
        record(
            work,
            actor,
            "rename_stream",
            kind=AUDIT_KIND,
            case_id=f"{streams.topic}.{streams.period.since:%Y%m%d}.{number}",
            before={"title": stream.title},
            after={"title": wanted},
        )
    return version


def _origins(
    old: Sequence[MonthStream], new: Sequence[MonthStream], centre: Vectors
) -> dict[int, MonthStream]:
    """Which of the old streams each new one goes on from, by its place among the new ones."""
    pairs = matched([one.signature for one in old], [one.signature for one in new], centre)
    return {later: old[earlier] for earlier, later in pairs.items()}


def _course(now: MonthStream, before: MonthStream, days: tuple[int, int]) -> Course:
    """By posts a day; a difference that chance explains is none.

    Args:
        now: the stream in the later period.
        before: the same in the earlier one.
        days: of the earlier and of the later period.
    """
    share = days[1] / sum(days)
    together = now.posts + before.posts
    ratio = (now.posts / days[1]) / (before.posts / days[0])
    if binomtest(now.posts, together, share).pvalue >= CHANCE:
        return Course.STEADY
    if ratio >= LEAST_CHANGE:
        return Course.GROWING
    return Course.FADING if ratio <= 1 / LEAST_CHANGE else Course.STEADY


def _stream(streams: MonthStreams, number: int) -> MonthStream | None:
    return next((one for one in streams.found.streams if one.number == number), None)


def _read(row: StreamsRecord) -> MonthStreams:
    found = _FOUND.validate_json(row.body)
    return MonthStreams(row.topic, Period(row.since, row.until), row.version, found)
