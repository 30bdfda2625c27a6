"""The pages of the sample site that a browser or a feed reader asks for, all rendered at once.

They follow what real systems print: WordPress's article and feed, schema.org microdata for
comments and discussions as XenForo marks them, sitemaps.org.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from langnghe.core.clock import LOCAL_ZONE
from langnghe.sites.content import SiteName, read_content
from langnghe.sites.month import Month, SamplePost, Surface, number_of

ARTICLES_PER_PAGE = 8
THREADS_PER_PAGE = 5
REPLIES_PER_PAGE = 6
"""Small, so that lists and threads of this small site have following pages as real ones do."""

HOMES = {
    Surface.LOCAL_NEWS: "/tin/",
    Surface.REGION_NEWS: "/vung-cao/",
    Surface.FORUM: "/dien-dan/",
    Surface.NETWORK: "/mang-xa-hoi/",
    Surface.GROUP: "/nhom/",
}
_NEWS = (Surface.LOCAL_NEWS, Surface.REGION_NEWS)
_HTML = "text/html; charset=utf-8"
_XML = "application/xml; charset=utf-8"
_LEAD = 180

ItemT = TypeVar("ItemT")

_TOOT = re.compile(r"(?<!\w)(?:#(?P<tag>\w+)|@(?P<name>[\w.]+\w))")
_HASHTAG = Markup(
    '<a href="{base}/tags/{lower}" class="mention hashtag" rel="tag">#<span>{name}</span></a>'
)
_MENTION = Markup(
    '<span class="h-card" translate="no"><a href="{base}/@{name}" class="u-url mention">'
    "@<span>{name}</span></a></span>"
)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, ready to be sent. `changed` is the time of its newest post."""

    body: bytes
    media_type: str
    changed: datetime

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110, 8.8.3)."""
        return f'"{blake2b(self.body, digest_size=12).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: an opening post, where it stands, and what follows it."""

    post: SamplePost
    path: str
    replies: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class Paging:
    """Where one page of several stands. Pages count from 1."""

    path: str
    number: int
    count: int
    previous: str | None
    next: str | None


def path_of(post: SamplePost) -> str:
    """The path of the page that a thread begins on."""
    home = HOMES[post.surface]
    if post.surface in _NEWS:
        return f"{home}bai/{post.thread}/"
    if post.surface is Surface.FORUM:
        return f"{home}chu-de/{post.thread}.{number_of(post.thread)}/"
    if post.surface is Surface.NETWORK:
        return f"/@{post.author.handle}/{post.number}"
    return home


def tags_of(post: SamplePost) -> tuple[str, ...]:
    """The hashtags in a post, in lower case as such servers keep them, in the order written."""
    found = (match["tag"] for match in _TOOT.finditer(post.text))
    return tuple(dict.fromkeys(tag.lower() for tag in found if tag))


def paragraphs(text: str, inline: Callable[[str], Markup] = escape) -> Markup:
    """Text as HTML paragraphs with line breaks; `inline` makes HTML of one line."""
    blocks = [
        Markup("<br>").join(inline(line) for line in block.split("\n"))
        for block in text.split("\n\n")
    ]
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in blocks)


def toot(text: str, base: str = "") -> Markup:
    """Text as Mastodon prints a status: hashtags and mentions are links."""

    def inline(line: str) -> Markup:
        parts, end = [], 0
        for match in _TOOT.finditer(line):
            parts.append(escape(line[end : match.start()]))
            template, name = (_HASHTAG, match["tag"]) if match["tag"] else (_MENTION, match["name"])
            parts.append(template.format(base=base, name=name, lower=name.lower()))
            end = match.end()
        return Markup("").join([*parts, escape(line[end:])])

    return paragraphs(text, inline)


def iso(moment: datetime) -> str:
    """ISO 8601 in the zone of Viet Nam."""
    return moment.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")


def _lead(text: str, length: int = _LEAD) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[:length].rsplit(" ", 1)[0] + " […]"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        iso=iso,
        lead=_lead,
        paragraphs=paragraphs,
        toot=toot,
        shown=lambda moment: f"{moment.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}",
        rfc822=lambda moment: format_datetime(moment.astimezone(UTC), usegmt=True),
    )
    return environment


def render(month: Month, base: str) -> dict[str, Page]:
    """All pages of the month by their path. `base` is the site's address, without a last slash."""
    return dict(_Renderer(month, base).pages())


class _Renderer:
    """Renders one month."""

    def __init__(self, month: Month, base: str) -> None:
        self.month, self.base = month, base
        self.environment = _environment()
        self.replies = {
            post.key: month.replies(post.key)
            for surface in Surface
            for post in month.opening(surface)
        }

    def pages(self) -> Iterator[tuple[str, Page]]:
        yield "/", self.home()
        for surface in _NEWS:
            yield from self.news(surface)
        yield (
            "/sitemap.xml",
            self.page(
                "sitemap_index.xml",
                self.month.now,
                Surface.LOCAL_NEWS,
                media_type=_XML,
                sitemaps=[f"{HOMES[surface]}sitemap.xml" for surface in _NEWS],
            ),
        )
        yield from self.forum()
        yield from self.network()
        yield from self.members()
        group = self.month.of(Surface.GROUP)
        yield HOMES[Surface.GROUP], self.timeline(Surface.GROUP, group, self.name(Surface.GROUP))
        yield "/robots.txt", Page(self.robots().encode(), "text/plain; charset=utf-8", self.oldest)

    @property
    def oldest(self) -> datetime:
        return min(post.published_at for post in self.month.posts)

    def name(self, surface: Surface) -> str:
        return self.site(surface).title

    def site(self, surface: Surface) -> SiteName:
        site = getattr(read_content().sites, surface.value)
        assert isinstance(site, SiteName)
        return site

    def page(
        self,
        template: str,
        changed: datetime,
        surface: Surface,
        media_type: str = _HTML,
        **values: Any,
    ) -> Page:
        body = self.environment.get_template(template).render(
            base=self.base,
            site=self.site(surface),
            home=HOMES[surface],
            section_path="muc/" if surface in _NEWS else "",
            **values,
        )
        return Page(body.encode(), media_type, changed)

    def rows(self, surface: Surface, section: str | None = None) -> list[Row]:
        return [
            Row(
                post,
                path_of(post),
                len(self.replies[post.key]),
                max(p.published_at for p in (post, *self.replies[post.key])),
            )
            for post in self.month.opening(surface)
            if section in {None, post.section}
        ]

    def home(self) -> Page:
        others = [(HOMES[surface], self.site(surface)) for surface in Surface]
        return self.page("home.html", self.oldest, Surface.LOCAL_NEWS, others=others)

    def news(self, surface: Surface) -> Iterator[tuple[str, Page]]:
        home, rows = HOMES[surface], self.rows(surface)
        newest = max(row.changed for row in rows)
        yield from self.lists("news_index.html", surface, home, rows, heading="")
        for slug, title in self.site(surface).sections.items():
            within = self.rows(surface, slug)
            yield from self.lists(
                "news_index.html", surface, f"{home}muc/{slug}/", within, heading=title
            )
        for template, path, kind in (
            ("feed.xml", "feed/", "application/rss+xml; charset=utf-8"),
            ("atom.xml", "feed/atom/", "application/atom+xml; charset=utf-8"),
            ("sitemap.xml", "sitemap.xml", _XML),
        ):
            yield home + path, self.page(template, newest, surface, media_type=kind, rows=rows)
        for row in rows:
            yield row.path, self.article(surface, row)

    def article(self, surface: Surface, row: Row) -> Page:
        post, replies = row.post, self.replies[row.post.key]
        isso = surface is Surface.REGION_NEWS
        below: defaultdict[str, list[SamplePost]] = defaultdict(list)
        for reply in replies:
            below[reply.parent or post.key].append(reply)
        json_ld = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "mainEntityOfPage": {"@type": "WebPage", "@id": self.base + row.path},
            "headline": post.title,
            "datePublished": iso(post.published_at),
            "dateModified": iso(post.published_at),
            "author": [{"@type": "Organization", "name": post.author.name}],
            "publisher": {"@type": "Organization", "name": self.name(surface)},
            "commentCount": len(replies),
        }
        return self.page(
            "article.html",
            # The comments of Isso are no part of the page.
            post.published_at if isso else row.changed,
            surface,
            post=post,
            path=row.path,
            below=below,
            count=len(replies),
            isso=isso,
            json_ld=json_ld,
        )

    def forum(self) -> Iterator[tuple[str, Page]]:
        home, rows = HOMES[Surface.FORUM], self.rows(Surface.FORUM)
        boards = []
        for slug, title in self.site(Surface.FORUM).sections.items():
            within = self.rows(Surface.FORUM, slug)
            boards.append({"path": f"{home}{slug}/", "title": title, "threads": len(within)})
            within.sort(key=lambda row: row.changed, reverse=True)
            yield from self.lists(
                "board.html",
                Surface.FORUM,
                f"{home}{slug}/",
                within,
                per_page=THREADS_PER_PAGE,
                heading=title,
            )
        newest = max(row.changed for row in rows)
        yield home, self.page("forum_home.html", newest, Surface.FORUM, boards=boards)
        for row in rows:
            yield from self.thread(row)

    def thread(self, row: Row) -> Iterator[tuple[str, Page]]:
        replies = self.replies[row.post.key]
        quoted: defaultdict[str, SamplePost | None] = defaultdict(lambda: None)
        quoted.update(
            (reply.key, next(post for post in replies if post.key == reply.parent))
            for reply in replies
            if reply.parent is not None
        )
        for paging, part in _paged(row.path, replies, REPLIES_PER_PAGE):
            changed = max(post.published_at for post in (row.post, *part))
            yield (
                paging.path,
                self.page(
                    "thread.html",
                    changed,
                    Surface.FORUM,
                    post=row.post,
                    path=row.path,
                    pages=paging,
                    replies=part,
                    quoted=quoted,
                ),
            )

    def lists(
        self,
        template: str,
        surface: Surface,
        path: str,
        rows: Sequence[Row],
        *,
        per_page: int = ARTICLES_PER_PAGE,
        heading: str,
    ) -> Iterator[tuple[str, Page]]:
        for paging, part in _paged(path, rows, per_page):
            changed = max((row.changed for row in part), default=self.oldest)
            yield (
                paging.path,
                self.page(template, changed, surface, heading=heading, rows=part, pages=paging),
            )

    def network(self) -> Iterator[tuple[str, Page]]:
        posts = sorted(self.month.of(Surface.NETWORK), key=lambda p: p.number, reverse=True)
        tags = sorted({tag for post in posts for tag in tags_of(post)})
        name = self.name(Surface.NETWORK)
        yield HOMES[Surface.NETWORK], self.timeline(Surface.NETWORK, posts, name, tags)
        for tag in tags:
            tagged = [post for post in posts if tag in tags_of(post)]
            yield f"/tags/{tag}", self.timeline(Surface.NETWORK, tagged, f"#{tag}")
        for post in posts:
            yield path_of(post), self.timeline(Surface.NETWORK, [post], name)

    def timeline(
        self,
        surface: Surface,
        posts: Sequence[SamplePost],
        heading: str,
        tags: Sequence[str] = (),
    ) -> Page:
        return self.page(
            "timeline.html",
            max(post.published_at for post in posts),
            surface,
            posts=posts,
            heading=heading,
            tags=tags,
            linked=surface is Surface.NETWORK,
        )

    def members(self) -> Iterator[tuple[str, Page]]:
        authors = {post.author.handle: post.author for post in self.month.posts}
        for handle, person in authors.items():
            yield (
                f"/thanh-vien/{handle}/",
                self.page("member.html", self.oldest, Surface.FORUM, person=person),
            )
            yield (
                f"/anh/{handle}.svg",
                Page(_avatar(person.name, handle).encode(), "image/svg+xml", self.oldest),
            )

    def robots(self) -> str:
        return (
            "# Trang mẫu – nội dung hư cấu\n"
            "User-agent: *\n"
            f"Disallow: {HOMES[Surface.FORUM]}api/\n"
            "Disallow: /thanh-vien/\n"
            "Disallow: /anh/\n"
            "Crawl-delay: 0\n"
            f"\nSitemap: {self.base}/sitemap.xml\n"
        )


def _paged(
    path: str, items: Sequence[ItemT], per_page: int
) -> Iterator[tuple[Paging, Sequence[ItemT]]]:
    count = max(1, -(-len(items) // per_page))

    def at(number: int) -> str | None:
        if not 1 <= number <= count:
            return None
        return path if number == 1 else f"{path}trang-{number}/"

    for number in range(1, count + 1):
        here = at(number)
        assert here is not None
        part = items[(number - 1) * per_page : number * per_page]
        yield Paging(here, number, count, at(number - 1), at(number + 1)), part


def _avatar(name: str, handle: str) -> str:
    hue = number_of(handle) % 360
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
        f'<rect width="64" height="64" fill="hsl({hue},45%,45%)"/>'
        '<text x="32" y="42" font-size="28" text-anchor="middle" fill="#fff"'
        f' font-family="sans-serif">{escape(name[0].upper())}</text></svg>'
    )
