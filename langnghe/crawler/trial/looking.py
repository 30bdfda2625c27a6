"""The steps of a trial: from an address to what would be read, and an entry that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from langnghe.core.errors import LangNgheError
from langnghe.core.logs import describe_error
from langnghe.core.models import Channel, PostKind, RejectReason, TimePrecision
from langnghe.core.settings import ForumSource, telegram_preview
from langnghe.core.vietnamese import number, short_decimal
from langnghe.crawler.addresses import canonical
from langnghe.crawler.guard import RefusedError
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.readers.article import read_article
from langnghe.crawler.readers.feed import read_feed
from langnghe.crawler.readers.forum import read_board, read_thread
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.section import read_section
from langnghe.crawler.readers.sitemap import read_sitemap
from langnghe.crawler.readers.telegram import read_channel
from langnghe.crawler.robots import RobotsUnreachableError
from langnghe.crawler.trial.comments import find_comments
from langnghe.crawler.trial.fetching import Fetched, TrialSpider, origin
from langnghe.crawler.trial.proposal import entry_text, platform, said
from langnghe.crawler.trial.records import Reading, Step, Trial
from langnghe.crawler.trial.sampling import reading_of
from langnghe.crawler.trial.signs import Signs, signs_of

SAMPLES: Final = 3
"""Pages that are read for a trial: enough to tell a rule from a chance, and no burden."""

MAX_CANDIDATES: Final = 3
"""Feeds or sitemaps that are tried before one gives articles."""

MAX_BOARDS: Final = 20
"""Boards of a forum that go into an entry: beyond, an administrator chooses."""

_NO_ENTRY: Final = (
    "Chưa đề xuất được mục cấu hình. Hãy thử địa chỉ trang chủ, trang chuyên mục, tệp RSS hoặc "
    "mục của diễn đàn; xem các loại nguồn trong docs/sources.md."
)
_ENTRY_ADVICE: Final = (
    "Xem lại mục đề xuất, sửa title và place nếu cần, rồi thêm vào sources.yaml hoặc vào trang "
    "Quản trị, mục Nguồn tin."
)


class Look:
    """Looks at one address, and remembers what it saw."""

    def __init__(
        self, preparation: Preparation, url: str, *, taken: frozenset[str], private: bool
    ) -> None:
        self._preparation = preparation
        self._url = canonical(url)
        self._taken = taken
        self._private = private
        self._steps: list[Step] = []
        self._readings: list[Reading] = []
        self._entry: str | None = None
        self._advice = ""
        self._spider: TrialSpider

    def trial(self) -> Trial:
        """What it came to."""
        advice = self._advice or (_NO_ENTRY if self._entry is None else _ENTRY_ADVICE)
        return Trial(self._url, tuple(self._steps), tuple(self._readings), self._entry, advice)

    async def __call__(self, spider: TrialSpider) -> None:
        """Look, by what `spider` fetches. Raises nothing: what goes wrong is a step."""
        self._spider = spider
        try:
            await self._look()
        except ReadError as error:
            self._problem("Đọc trang", error.key)
        except Exception as error:  # noqa: BLE001  a trial tells, whatever happens
            # A trial leaves nothing behind, no log either. The message stays out: it may hold a
            # text.
            place = describe_error(error)
            told = f"dịch vụ gặp lỗi. Hãy gửi dòng này cho người phát triển: {place}"
            self._say("Đọc trang", told, False)

    async def _look(self) -> None:
        known = platform(self._url)
        if known is not None:
            found, self._advice = known
            self._say("Nền tảng", "đọc qua giao diện chính thức, không đọc trang này", None)
            if found is not None:
                self._propose(urlsplit(self._url).netloc, found)
            return
        refusal = self._spider.visit.fence.refusal(self._url)
        if refusal is not None:
            self._problem("Địa chỉ", f"refused_{refusal}")
            return
        sitemaps = await self._robots()
        page = None if sitemaps is None else await self._open(page_to_ask(self._url))
        if page is None or sitemaps is None:
            return
        if _is_telegram(page.url):
            self._telegram(page)
        elif (links := _articles(page, read_feed)) is not None:
            self._say("Loại trang", f"RSS hoặc Atom, dẫn tới {len(links)} bài", bool(links))
            await self._site(page, None, {"feeds": [page.url]}, links)
        elif (links := _articles(page, read_sitemap)) is not None:
            # A sitemap may list sitemaps only; a crawl follows these by itself.
            nested = _listed(read_sitemap(page), PageKind.SITEMAP)
            if not links and (first := await self._first(nested, read_sitemap)) is not None:
                links = first[1]
            self._say("Loại trang", f"sitemap, dẫn tới {len(links)} trang", bool(links))
            await self._site(page, None, {"sitemaps": [page.url]}, links)
        else:
            await self._html(page, sitemaps or [urljoin(page.url, "/sitemap.xml")])

    # What is said

    def _say(self, what: str, says: str, fine: bool | None) -> None:
        self._steps.append(Step(what, says, fine))

    def _problem(self, what: str, problem: str) -> None:
        self._steps.append(Step(what, "", False, problem))

    def _propose(self, site: str, found: dict[str, Any], hosts: Iterable[str] = ()) -> None:
        self._entry = entry_text(
            self._url, site, found, taken=self._taken, private=self._private, hosts=hosts
        )
        self._say("Đề xuất", f"đọc theo kênh «{said(found)}»", True)

    # robots.txt, the answer, its encoding

    async def _robots(self) -> list[str] | None:
        """The sitemaps that robots.txt names; None where it lets nothing be asked."""
        try:
            rules = await self._spider.robots(self._url)
        except RobotsUnreachableError as error:
            self._problem("robots.txt", error.problem)
            return None
        except RefusedError as error:
            self._problem("robots.txt", f"refused_{error.refusal}")
            return None
        if rules is None:
            self._say("robots.txt", "không có: được đọc mọi trang công khai", True)
            return []
        agent = str(self._spider.settings["USER_AGENT"])
        if not rules.can_fetch(self._url, agent):
            self._problem("robots.txt", "refused_robots")
            return None
        delay = rules.crawl_delay(agent)
        slow = f", mỗi lần cách nhau ít nhất {short_decimal(delay)} giây" if delay else ""
        self._say("robots.txt", f"cho phép đọc địa chỉ này{slow}", True)
        return list(islice(rules.sitemaps, MAX_CANDIDATES))

    async def _open(self, url: str) -> Page | None:
        fetched = await self._spider.fetch(url)
        for target in fetched.moved:
            self._say("Chuyển hướng", target, None)
        if fetched.page is None:
            self._problem("Trả lời", fetched.problem or "unexpected_answer")
            return None
        page = fetched.page
        size = max(1, round(len(page.body) / 1024))
        self._say("Trả lời", f"mã {page.status}, {number(size)} KB", True)
        declared = page.declared_charset() or "không khai báo"
        try:
            page.text()
        except ReadError as error:
            if error.reason is RejectReason.TOO_LONG:
                self._problem("Trả lời", "too_large")
            else:
                self._say("Bảng mã", f"{declared}; chữ bị hỏng, không đọc được", False)
            return None
        self._say("Bảng mã", f"{declared}; đọc được chữ", True)
        return page

    # Kinds of page

    async def _html(self, page: Page, sitemaps: Sequence[str]) -> None:
        signs = signs_of(page)
        if signs.discourse:
            await self._discourse(page, signs)
        elif signs.mastodon_tag is not None:
            self._say("Loại trang", f"thẻ #{signs.mastodon_tag} trên máy chủ Mastodon", True)
            found = {"server": origin(page.url), "tags": [signs.mastodon_tag]}
            self._propose(signs.site, {"channel": "mastodon", **found})
        elif signs.discussion:
            self._thread(page)
            self._advice = (
                "Đây là một chủ đề của diễn đàn và đọc được. Để đọc cả mục, hãy thử địa chỉ trang "
                "liệt kê các chủ đề."
            )
        else:
            await self._pages(page, signs, sitemaps)

    async def _pages(self, page: Page, signs: Signs, sitemaps: Sequence[str]) -> None:
        """An article, or a page that leads to some."""
        if signs.article:
            self._say("Loại trang", "một bài viết", True)
            listed: list[str] = []
        else:
            listed = _listed(read_section(page), PageKind.ARTICLE)
            if await self._forum(page, signs, listed):
                return
            leads = f"trang mục, dẫn tới {len(listed)} bài" if listed else "không thấy bài viết nào"
            self._say("Loại trang", leads, None)
        # A sitemap tells of the whole site: too much for one section of it.
        whole_site = signs.article or urlsplit(page.url).path in ("", "/")
        for words, key, candidates, read in (
            ("RSS hoặc Atom", "feeds", await self._feeds(page, signs), read_feed),
            ("Sitemap", "sitemaps", sitemaps if whole_site else [], read_sitemap),
        ):
            found = await self._first(candidates, read)
            if found is not None:
                url, links = found
                self._say(words, f"{url} dẫn tới {len(links)} bài", True)
                await self._site(page, signs, {key: [url]}, links)
                return
            if candidates or whole_site:
                self._say(words, "không tìm thấy", None)
        if listed:
            await self._site(page, signs, {"sections": [page.url]}, listed)
        elif signs.article:
            await self._samples([page], None)

    async def _feeds(self, page: Page, signs: Signs) -> tuple[str, ...]:
        """The feeds that a page names; those of the front page where an article names none."""
        if signs.feeds or not signs.article:
            return signs.feeds
        front = (await self._spider.fetch(urljoin(page.url, "/"))).page
        return () if front is None else signs_of(front).feeds

    async def _forum(self, page: Page, signs: Signs, listed: Sequence[str]) -> bool:
        """Whether the page is a board, or leads to boards; if so, one of the threads is read."""
        boards = [page.url]
        threads = _listed(read_board(page, _FORUM), PageKind.THREAD)
        beneath = [url for url in listed if url.startswith(page.url)][:MAX_BOARDS]
        if not threads and beneath:
            board = (await self._spider.fetch(beneath[0], PageKind.BOARD)).page
            boards = beneath
            threads = [] if board is None else _listed(read_board(board, _FORUM), PageKind.THREAD)
        for url in threads[:1]:
            thread = (await self._spider.fetch(url, PageKind.THREAD)).page
            if thread is not None and signs_of(thread).discussion:
                self._thread(thread)
                self._propose(signs.site, {"channel": "forum", "boards": boards})
                return True
        return False

    async def _first(
        self, candidates: Iterable[str], read: Callable[[Page], Harvest]
    ) -> tuple[str, list[str]] | None:
        """The first of these feeds or sitemaps that leads to articles."""
        waiting = list(candidates)
        for _ in range(MAX_CANDIDATES):
            if not waiting:
                return None
            url = waiting.pop(0)
            page = (await self._spider.fetch(url, PageKind.SITEMAP)).page
            links = None if page is None else _articles(page, read)
            if links:
                return url, links
            if page is not None and links is not None and read is read_sitemap:
                waiting = [*_listed(read_sitemap(page), PageKind.SITEMAP), *waiting]
        return None

    async def _site(
        self, page: Page, signs: Signs | None, pages: dict[str, Any], links: Sequence[str]
    ) -> None:
        """A site whose articles are known: read a few of them, and propose how to read it."""
        samples = [page] if signs is not None and signs.article else []
        for url in links[: SAMPLES - len(samples)]:
            fetched: Fetched = await self._spider.fetch(url)
            if fetched.page is None:
                self._problem(f"Bài thử {url}", fetched.problem or "unexpected_answer")
            else:
                samples.append(fetched.page)
        own = signs or (signs_of(samples[0]) if samples else None)
        site = own.site if own is not None else urlsplit(page.url).netloc
        found = await self._samples(samples, pages)
        hosts = {(urlsplit(url).hostname or "").lower() for url in links[:20]}
        if found is not None:
            self._propose(site, found, hosts)

    async def _samples(
        self, samples: Sequence[Page], pages: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """Read a few articles; gives what a source needs that reads them all."""
        comments = await find_comments(self._spider, samples)
        self._say("Bình luận", comments.says, True if comments.system else None)
        for page in samples:
            none = 0 if comments.system is None else None
            self._read(page, read_article(page), comments.counts.get(page.url, none))
        texts = sum(one.characters > 0 for one in self._readings)
        if samples:
            self._say("Chữ", f"{texts} trên {len(samples)} bài thử đọc được chữ", texts > 0)
            dated = sum(one.precision is not TimePrecision.UNKNOWN for one in self._readings)
            self._say("Ngày đăng", f"{dated} trên {len(samples)} bài thử có ngày", dated > 0)
        if pages is None or (not texts and "feeds" not in pages):
            return None
        if comments.system is not None:
            return {"channel": "comments", **comments.system, "pages": pages}
        if "feeds" not in pages:
            return {"channel": "news", "pages": pages}
        # Where the articles give nothing, what the feed itself says may do.
        return {"channel": "feed", **pages, **({} if texts else {"follow": False})}

    # Forums and channels

    def _thread(self, page: Page) -> None:
        harvest = read_thread(page, _FORUM)
        self._say("Loại trang", f"chủ đề diễn đàn: {len(harvest.items)} bài đăng", True)
        replies = sum(item.kind is PostKind.REPLY for item in harvest.items)
        self._read(page, harvest, replies)

    async def _discourse(self, page: Page, signs: Signs) -> None:
        path = urlsplit(page.url).path
        is_list = path.startswith(("/c/", "/tag/", "/latest")) and not path.endswith(".json")
        board = page.url.rstrip("/") if is_list else f"{origin(page.url)}/latest"
        answer = await self._spider.fetch(f"{board}.json", PageKind.BOARD)
        self._say("Loại trang", "diễn đàn Discourse", True)
        if answer.page is None:
            self._problem("Giao diện JSON", answer.problem or "unexpected_answer")
            self._propose(signs.site, {"channel": "forum", "boards": [board]})
            return
        self._say("Giao diện JSON", "đọc được", True)
        self._propose(signs.site, {"channel": "discourse", "boards": [board]})

    def _telegram(self, page: Page) -> None:
        try:
            harvest = read_channel(page, page.url)
        except ReadError as error:
            self._problem("Kênh Telegram", error.key)
            return
        self._say("Kênh Telegram", f"{len(harvest.items)} tin có chữ ở trang xem trước", True)
        self._read(page, harvest, 0)
        self._propose(urlsplit(page.url).path, {"channel": "telegram", "channels": [page.url]})

    # One page

    def _read(self, page: Page, harvest: Harvest, comments: int | None) -> None:
        """Note how the first item of a page reads."""
        self._readings.append(reading_of(self._preparation, page, harvest, comments))


_FORUM = ForumSource(
    name="thu", title="thử", channel=Channel.FORUM, boards=("https://thu.example/",)
)
"""Stands for the source that is not there yet: no selectors, no patterns."""


def page_to_ask(url: str) -> str:
    """The page that shows what an address has: of a Telegram channel its preview, else itself."""
    if _is_telegram(url):
        with suppress(ValueError):
            return telegram_preview(url)
    return url


def _is_telegram(url: str) -> bool:
    return urlsplit(url).hostname in ("t.me", "telegram.me")


def _articles(page: Page, read: Callable[[Page], Harvest]) -> list[str] | None:
    """The articles that a feed or sitemap leads to; None for a page that is neither."""
    try:
        return _listed(read(page), PageKind.ARTICLE)
    except LangNgheError:
        return None


def _listed(harvest: Harvest, kind: PageKind) -> list[str]:
    links: tuple[Link, ...] = harvest.links
    return [link.url for link in links if link.kind is kind]
