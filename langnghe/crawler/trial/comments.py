"""What keeps the comments of a site, found out from a few of its articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from langnghe.crawler.items import PageKind
from langnghe.crawler.readers import isso, schema_org, wordpress
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.trial.fetching import TrialSpider
from langnghe.crawler.trial.signs import signs_of


@dataclass(frozen=True, slots=True)
class Comments:
    """What was found."""

    says: str
    """In words."""
    system: Mapping[str, str] | None = None
    """`system` and `api` of a source of comments; None: there is nothing to read."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many there are beneath each article, by its address, where that was asked for."""


async def find_comments(spider: TrialSpider, samples: Sequence[Page]) -> Comments:
    """What keeps the comments of these articles.

    Raises:
        ReadError: an article is no HTML.
    """
    for page in samples:
        signs = signs_of(page)
        if signs.isso is not None and (asked := isso.thread_url(page, signs.isso)) is not None:
            return await _isso(spider, page, asked, signs.isso)
        if signs.wordpress is not None:
            return await _wordpress(spider, samples, signs.wordpress)
    marked = {page.url: len(schema_org.read_comments(page).items) for page in samples}
    if total := sum(marked.values()):
        return Comments(f"schema.org: {total} ở các bài thử", {"system": "schema_org"}, marked)
    return Comments("không thấy ở các bài thử")


async def _isso(spider: TrialSpider, page: Page, asked: str, api: str) -> Comments:
    answer = (await spider.fetch(asked, PageKind.COMMENTS)).page
    try:
        found = None if answer is None else len(isso.read_thread(answer, page.url, api).items)
    except ReadError:
        found = None
    if found is None:
        return Comments(f"Isso ở {api}, nhưng chưa hỏi được")
    system = {"system": "isso", "api": api}
    return Comments(f"Isso: {found} bình luận ở bài thử", system, {page.url: found})


async def _wordpress(spider: TrialSpider, samples: Sequence[Page], api: str) -> Comments:
    printed = {page.url: len(wordpress.read_html(page, api).items) for page in samples}
    answer = (await spider.fetch(wordpress.comments_url(api), PageKind.COMMENTS)).page
    try:
        given = None if answer is None else len(wordpress.read_rest(answer, api).items)
    except ReadError:
        given = None
    way = "giao diện REST đóng, đọc ở trang bài" if given is None else "có giao diện REST"
    count = given or sum(printed.values())
    if not count:
        return Comments(f"WordPress ({way}): chưa có bình luận nào")
    system = {"system": "wordpress", "api": api}
    return Comments(f"WordPress ({way}): thấy {count} bình luận", system, printed)
