"""Articles and what readers write beneath them: WordPress, Isso, or schema.org markup.

WordPress has two surfaces. Its REST interface gives all comments of a site in a few requests,
without their writers, and is used where the site leaves it open. Where it does not (switched
off, forbidden by robots.txt), comments are read from the articles' pages instead. Only one
surface is read at a time, because they render the same comment a little differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from langnghe.core.models import Channel
from langnghe.core.settings import CommentsSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.keeping import Kept
from langnghe.crawler.readers import isso, schema_org, wordpress
from langnghe.crawler.readers.article import read_article
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.spiders.news import index_links, read_index
from langnghe.crawler.targets import PageFailed, PageRead, Target, with_origin
from langnghe.crawler.visit import restart_reading

_CLOSED = frozenset(
    {
        "forbidden",
        "unauthorised",
        "gone",
        "unexpected_answer",
        "unreadable",
        "refused_robots",
    }
)
"""What it looks like when a site does not offer the REST interface."""

WHOLE_EVERY = timedelta(days=1)
"""How often the REST interface is asked for all comments that are still kept, a hundred at a time:
only so is seen which were deleted. In between it is asked for new ones alone."""

_SURFACE = "surface"
_REST, _PAGES = "rest", "pages"
_WHOLE_AT = "whole_at"


class CommentsSpider(SourceSpider[CommentsSource]):
    """Reads articles with their comments."""

    name = "comments"
    terms = TERMS[Channel.COMMENTS]

    _total: str | None = None
    """How many comments there are, as the first page of the REST interface said."""

    def seeds(self) -> Iterable[Link]:
        yield from index_links(self.source.pages)
        if self.source.system == "wordpress":
            yield Link(self._rest_url(), PageKind.COMMENTS)

    def read(self, target: Target, page: Page) -> Harvest:
        harvest = read_index(target, page, self.source.pages)
        if harvest is not None:
            return harvest
        if target.kind is PageKind.ARTICLE:
            return self._read_article(page)
        return self._read_comments(target, page)

    def comes_late(self, target: Target) -> bool:
        # A comment is about what its article is about, so the article must be there first.
        return target.kind is PageKind.COMMENTS

    def gains_comments(self, target: Target) -> bool:
        in_page = self.source.system == "schema_org" or self._surface() == _PAGES
        return super().gains_comments(target) or (target.kind is PageKind.ARTICLE and in_page)

    def walks(self, target: Target) -> bool:
        if target.kind is PageKind.COMMENTS and self.source.system == "wordpress":
            return self._is_rest(target)
        return super().walks(target)

    def address_of(self, target: Target) -> str:
        if target.step == 0 and self._is_rest(target):
            return wordpress.comments_url(self._api(), after=self.since(target))
        return super().address_of(target)

    def expects(self, target: Target, status: int) -> bool:
        # Past its last page WordPress answers 400.
        return status == 400 and target.step > 0 and self._is_rest(target)

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        target = failed.target
        if target.step > 0 or not self._is_rest(target) or failed.problem not in _CLOSED:
            return failed
        if self._surface() != _PAGES:
            self._read_pages_instead()
        return self.as_read(failed)

    def _read_article(self, page: Page) -> Harvest:
        article = read_article(page)
        if self.source.system == "isso":
            comments_url = isso.thread_url(page, self._api())
            if comments_url is None:
                return article
            link = Link(with_origin(comments_url, page.url), PageKind.COMMENTS)
            return replace(article, links=(*article.links, link))
        if self.source.system == "schema_org":
            return _joined(article, schema_org.read_comments(page))
        if self._surface() == _PAGES:
            return _joined(article, wordpress.read_html(page, self._api()))
        return article

    def _read_comments(self, target: Target, page: Page) -> Harvest:
        api = self._api()
        if self.source.system == "isso":
            return isso.read_thread(page, target.origin or page.url, api)
        if self._is_rest(target):
            harvest = wordpress.read_rest(page, api)
            if self._surface() != _REST:
                self._note({_SURFACE: _REST})
            return replace(harvest, whole=self._is_whole(target, page))
        return wordpress.read_html(page, api)

    def _api(self) -> str:
        assert self.source.api is not None, "the settings ask for it"
        return self.source.api

    def _rest_url(self) -> str:
        return wordpress.comments_url(self._api())

    def _is_rest(self, target: Target) -> bool:
        return self.source.system == "wordpress" and target.row.url == self._rest_url()

    def _is_whole(self, target: Target, page: Page) -> bool:
        """Whether a REST page belongs to a walk over all comments that are kept.

        Its pages are counted off by number: a comment that is deleted or let through meanwhile
        shifts all others, so the total must stay the same.
        """
        total = page.headers.get("x-wp-total")
        if target.step == 0:
            self._total = total
        return total is not None and total == self._total and not self._still_holds(target)

    def _still_holds(self, target: Target) -> bool:
        if self._is_rest(target) and self._whole_is_due():
            return False
        return super()._still_holds(target)

    def _whole_is_due(self) -> bool:
        at = self.visit.state.noted_moment(self.source.name, _WHOLE_AT)
        return at is None or self.visit.clock.now() - at >= WHOLE_EVERY

    def page_kept(self, read: PageRead, kept: Kept) -> None:
        if kept.walk_ended and self._is_rest(read.target) and self._whole_is_due():
            self._note({_WHOLE_AT: self.visit.clock.now()})
        super().page_kept(read, kept)

    def _surface(self) -> str | None:
        return self.visit.state.noted(self.source.name).get(_SURFACE)

    def _note(self, values: Mapping[str, Any]) -> None:
        self.visit.state.note(self.source.name, values)

    def _read_pages_instead(self) -> None:
        """Read the articles once more, this time with the comments in their pages."""
        visit, now = self.visit, self.visit.clock.now()
        self._note({_SURFACE: _PAGES})
        restart_reading(visit, now)
        rows = visit.state.due_pages(self.source.name, now + timedelta(days=366), 10_000)
        articles = [row for row in rows if row.kind == PageKind.ARTICLE and row.last_visit]
        visit.state.add_pages(
            self.source.name, [Link(row.url, PageKind.ARTICLE, changed=now) for row in articles]
        )
        self.look_again(row.url for row in articles)


def _joined(article: Harvest, comments: Harvest) -> Harvest:
    return Harvest(
        items=(*article.items, *comments.items),
        links=(*article.links, *comments.links),
        names=article.names | comments.names,
        malformed=(*article.malformed, *comments.malformed),
        whole=comments.whole and bool(article.items),
    )
