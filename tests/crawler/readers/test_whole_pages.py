"""Which pages say that they are whole: only what is surely missing may be deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from langnghe.core.models import Channel
from langnghe.core.settings import ForumSource
from langnghe.crawler.readers import forum, isso, schema_org, wordpress
from langnghe.crawler.readers.page import Page

URL = "https://bao.example.vn/chu-de/mien-dong.7/"
FORUM = ForumSource(channel=Channel.FORUM, name="f", title="F", boards=("https://bao.example.vn/",))
COMMENT = (
    '<div id="post-{n}" itemprop="comment" itemscope itemtype="https://schema.org/Comment">'
    '<div itemprop="text">Miến dong năm nay được mùa {n}</div></div>'
)


def page(body: str, url: str = URL) -> Page:
    return Page(url, body.encode(), datetime(2026, 11, 21, 3, 0, tzinfo=UTC))


def thread(comments: int, stated: int | None = None, more: str = "") -> str:
    count = "" if stated is None else f'<meta itemprop="commentCount" content="{stated}">'
    beneath = "".join(COMMENT.format(n=n) for n in range(1, comments + 1))
    return (
        f"<html><head>{more}</head><body><article itemscope "
        f'itemtype="https://schema.org/DiscussionForumPosting">{count}'
        '<h1 itemprop="headline">Miến dong</h1><div itemprop="text">Giá thế nào?</div>'
        f"{beneath}</article></body></html>"
    )


@pytest.mark.parametrize(
    ("body", "url", "whole"),
    [
        (thread(2), URL, True),
        (thread(2, 2), URL, True),
        (thread(2, 30), URL, False),
        (thread(2, more=f'<link rel="next" href="{URL}page-2">'), URL, False),
        (thread(2), f"{URL}page-2", False),
        ("<html><body><h1>Miến dong</h1><p>Bảo trì</p></body></html>", URL, False),
    ],
)
def test_a_thread_on_one_page(body: str, url: str, whole: bool) -> None:
    assert forum.read_thread(page(body, url), FORUM).whole is whole


@pytest.mark.parametrize(
    ("stated", "printed", "whole"), [(2, 2, True), (0, 0, True), (9, 2, False), (None, 2, False)]
)
def test_comments_beneath_an_article_by_their_stated_number(
    stated: int | None, printed: int, whole: bool
) -> None:
    about = {"@type": "NewsArticle", "commentCount": stated} if stated is not None else {}
    script = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    beneath = "".join(COMMENT.format(n=n) for n in range(printed))
    body = f"<html><head>{script}</head><body>{beneath}</body></html>"
    assert schema_org.read_comments(page(body)).whole is whole


def test_a_comment_that_states_its_own_answers_does_not_shorten_the_count() -> None:
    nodes = [
        {"@type": "NewsArticle", "commentCount": "30"},
        {"@type": "Comment", "text": "Được mùa", "commentCount": 1},
    ]
    script = f'<script type="application/ld+json">{json.dumps(nodes)}</script>'
    body = f"<html><head>{script}</head><body></body></html>"
    assert not schema_org.read_comments(page(body)).whole


@pytest.mark.parametrize(
    ("comments", "more", "whole"),
    [
        ((1, 2), "", True),
        ((), "", False),
        ((1,), f'<a href="{URL}comment-page-2/#comments">Cũ hơn</a>', False),
    ],
)
def test_comments_that_wordpress_prints(comments: tuple[int, ...], more: str, whole: bool) -> None:
    beneath = "".join(
        f'<li id="comment-{n}"><div class="comment-content">Được mùa {n}</div></li>'
        for n in comments
    )
    found = wordpress.read_html(page(f"<html><body><ol>{beneath}</ol>{more}</body></html>"), URL)
    assert found.whole is whole


def _answer(replies: int, hidden: int) -> str:
    shown = [{"id": n, "text": "Được mùa", "created": 1.7e9 + n} for n in range(replies)]
    return json.dumps({"id": None, "hidden_replies": hidden, "replies": shown})


@pytest.mark.parametrize(
    ("replies", "hidden", "asked", "whole", "further"),
    [
        (2, 0, "limit=200", True, 0),
        (0, 0, "limit=200", True, 0),
        (2, 5, "limit=2", True, 1),
        (2, 5, "limit=200", False, 0),
        (0, 5, "limit=200", False, 0),
        (1, 2, "limit=200&after=1700000001", True, 0),
    ],
)
def test_an_answer_of_isso(
    replies: int, hidden: int, asked: str, whole: bool, further: int
) -> None:
    api = "https://binh-luan.example.vn/"
    answer = page(_answer(replies, hidden), f"{api}?uri=%2Fbai&{asked}")
    found = isso.read_thread(answer, URL, api)
    assert (found.whole, len(found.links)) == (whole, further)
