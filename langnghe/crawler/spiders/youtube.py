"""Comments beneath the videos of channels, or beneath single videos, by the YouTube Data API.

Each channel and video is a row of the frontier. Everything else (older pages, the titles of the
videos, replies beyond those that come with a comment) is a step of that row's walk: its address
holds the number of a private person's comment, or is of no use later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from langnghe.core.models import Channel
from langnghe.core.settings import YouTubeSource
from langnghe.crawler.answers import Meaning, meaning_of_status
from langnghe.crawler.backoff import next_wait
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.pace import server_of
from langnghe.crawler.readers import youtube
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.crawler.visit import Visit
from langnghe.store.crawlstate import Failure

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Google counts its quotas by the day there."""

_QUOTA_USED_UP: Meaning = ("quota_used_up", Failure.PASSING, None)
_REASONS: dict[str, Meaning] = {
    "quotaExceeded": _QUOTA_USED_UP,
    "dailyLimitExceeded": _QUOTA_USED_UP,
    "rateLimitExceeded": ("rate_limited", Failure.PASSING, None),
    "userRateLimitExceeded": ("rate_limited", Failure.PASSING, None),
    "RATE_LIMIT_EXCEEDED": ("rate_limited", Failure.PASSING, None),
    "keyInvalid": ("unauthorised", Failure.HARD, None),
    "API_KEY_INVALID": ("unauthorised", Failure.HARD, None),
    "keyExpired": ("key_expired", Failure.HARD, None),
    "API_KEY_EXPIRED": ("key_expired", Failure.HARD, None),
    "accessNotConfigured": ("no_permission", Failure.HARD, None),
    "SERVICE_DISABLED": ("no_permission", Failure.HARD, None),
    "API_KEY_SERVICE_BLOCKED": ("no_permission", Failure.HARD, None),
    "ipRefererBlocked": ("no_permission", Failure.HARD, None),
    "API_KEY_IP_ADDRESS_BLOCKED": ("no_permission", Failure.HARD, None),
    # The list changed while it was read: it is read anew.
    "invalidPageToken": ("unexpected_answer", Failure.SOFT, None),
    "processingFailure": ("server_error", Failure.SOFT, None),
}
"""What an error answer means, by the reason in its body, the weightier first: 403 alone may be an
empty allowance, a wrong key, or a video without comments."""

_OF_THE_KEY = frozenset({"quota_used_up", "unauthorised", "key_expired", "no_permission"})
"""After these no other request of the visit fares better."""

_COMMENTS_DISABLED = "commentsDisabled"


class YouTubeSpider(SourceSpider[YouTubeSource]):
    """Reads comments, newest first, each with the title of its video."""

    name = "youtube"
    terms = TERMS[Channel.YOUTUBE]

    max_steps = 300
    """A comment with many replies takes steps of its own; 300 pages hold 15,000 comments."""

    def __init__(self, visit: Visit, **kwargs: Any) -> None:
        super().__init__(visit, **kwargs)
        self._use = visit.state.api_use
        self._titles: dict[str, str] = {}
        """Of videos, by their public page."""
        self._held: dict[str, Harvest] = {}
        """By row: comments that wait for the titles of their videos."""
        self._shown: set[tuple[str, ...]] = set()
        """Replies that came with their comment: those are not counted a second time."""
        self._beneath: dict[str, str | None] = {}
        """The video of each comment whose replies are asked for: they do not say it themselves."""
        self._last: dict[str, youtube.Comments] = {}
        """By row: the page of comments whose further steps are still to be told."""

    def seeds(self) -> Iterable[Link]:
        server = self.source.server
        for channel in self.source.channels:
            yield Link(youtube.threads_url(server, channel=channel), PageKind.TIMELINE)
        for video in self.source.videos:
            yield Link(youtube.threads_url(server, video=video), PageKind.TIMELINE)

    def is_thread(self, target: Target) -> bool:
        # Every reply comes after the comment that it answers, be it on the page before.
        return True

    def credentials(self, target: Target) -> dict[str, str]:
        return {"X-Goog-Api-Key": self.visit.keys[self.source.key].get_secret_value()}

    # The daily allowance

    def may_ask(self) -> bool:
        now = self.visit.clock.now()
        if self._use.used(self.source.key, pacific_day(now)) < self.visit.youtube.daily_units:
            return True
        self.end_visit("quota_used_up", Failure.PASSING, quota_reset(now))
        return False

    def _request(self, target: Target) -> Request:
        # Before it is sent: after a crash too much is counted, never too little. Every list
        # that is asked for costs one unit.
        self._use.add(self.source.key, pacific_day(self.visit.clock.now()), 1)
        return super()._request(target)

    # What an answer means

    def meaning(self, target: Target, response: Response) -> Meaning | None:
        meaning = meaning_of_status(response.status)
        if meaning is None:
            return None
        reasons = youtube.error_reasons(response.body)
        if _COMMENTS_DISABLED in reasons:
            return None
        meaning = next((_REASONS[one] for one in _REASONS if one in reasons), meaning)
        if meaning[0] == "rate_limited" and response.status != 429:
            # Google says so with status 403 as well, which the pace takes for no such wish.
            pace, server = self.visit.pace, server_of(response.url)
            pace.rest(server, next_wait(pace.failed(server)))
        return meaning

    def ends_visit(self, failed: PageFailed) -> bool:
        if failed.problem == "quota_used_up":
            # Something else has used the same key: our own count knows nothing of that.
            now = self.visit.clock.now()
            self.visit.rest_until = quota_reset(now), failed.problem
        return failed.problem in _OF_THE_KEY

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        target = failed.target
        if not youtube.is_videos(target.url) or failed.failure is not Failure.HARD:
            return failed
        if failed.problem in _OF_THE_KEY:
            return failed
        # Comments count without the titles of their videos, too.
        return self.as_read(failed, self._titled(self._held.pop(target.row.url)))

    # Reading

    def read(self, target: Target, page: Page) -> Harvest:
        row = target.row.url
        if page.status == 403:
            # Comments were switched off: beneath this video there are none any more.
            return Harvest(whole=True)
        if youtube.is_videos(target.url):
            found = youtube.read_titles(page)
            self._titles |= {youtube.video_page(video): title for video, title in found.items()}
            return self._titled(self._held.pop(row))
        if youtube.is_replies(target.url):
            comments = youtube.read_replies(page, self._beneath.get(youtube.parent_of(page.url)))
            new = tuple(one for one in comments.harvest.items if one.native not in self._shown)
            comments = replace(comments, harvest=replace(comments.harvest, items=new))
        else:
            comments = youtube.read_threads(page)
            self._shown |= {one.native for one in comments.harvest.items if one.parent}
            self._beneath |= dict(comments.unfinished)
        self._last[row] = comments
        # Comments wait for their titles only where a further step can bring those.
        room = target.step + len(self._walks.get(row, ())) < self.max_steps
        if room and self._untitled(comments):
            self._held[row] = comments.harvest
            return Harvest(whole=True)
        return self._titled(comments.harvest)

    def _steps(self, target: Target, harvest: Harvest) -> tuple[str, ...]:
        comments = self._last.get(target.row.url)
        if comments is None:
            return ()
        server = self.source.server
        steps = []
        if videos := self._untitled(comments):
            steps.append(youtube.videos_url(server, videos))
            # Those that the answer leaves out are not asked for again.
            self._titles |= {youtube.video_page(video): "" for video in videos}
        steps += [youtube.replies_url(server, comment) for comment, _ in comments.unfinished]
        if comments.next_page is not None and self._goes_back(target, comments, self.since(target)):
            steps.append(youtube.page_url(target.url, comments.next_page))
        return tuple(steps)

    def _is_cut(self, target: Target, harvest: Harvest, steps: tuple[str, ...]) -> bool:
        comments = self._last.pop(target.row.url, None)
        if comments is None:
            return False
        kept_since = self.visit.clock.now() - self.visit.retention
        more = comments.next_page is not None and self._goes_back(target, comments, kept_since)
        told = sum(not youtube.is_videos(step) for step in steps)
        return told < len(comments.unfinished) + more

    @staticmethod
    def _goes_back(target: Target, comments: youtube.Comments, moment: datetime) -> bool:
        """Whether pages behind this one may hold what is younger than a moment."""
        newest = comments.newest
        return youtube.is_replies(target.url) or (newest is not None and newest >= moment)

    def _untitled(self, comments: youtube.Comments) -> tuple[str, ...]:
        """The videos of a page whose titles were not asked for yet."""
        return tuple(one for one in comments.videos if youtube.video_page(one) not in self._titles)

    def _titled(self, harvest: Harvest) -> Harvest:
        items = [replace(one, title=self._titles.get(one.url, "")) for one in harvest.items]
        return replace(harvest, items=tuple(items))


def pacific_day(now: datetime) -> date:
    """The day by which Google counts."""
    return now.astimezone(PACIFIC).date()


def quota_reset(now: datetime) -> datetime:
    """When Google's next day begins."""
    return datetime.combine(pacific_day(now) + timedelta(days=1), time(), PACIFIC).astimezone(UTC)
