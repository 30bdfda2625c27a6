"""Small servers that answer as WordPress, Isso, Mastodon and a forum document it.

Every one shows who wrote what, in every place where the real ones do: the crawler must take
nothing of that along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.crawler.serving import Reply, Seen, Server, article, feed


@dataclass(frozen=True)
class Writer:
    """Who wrote something, in all the forms that servers give away."""

    name: str = "Nguyễn Văn Viết"
    handle: str = "nguoiviet"
    id: str = "4711"
    avatar: str = "https://anh.example/avatar/nguoiviet.png"
    profile: str = "https://mang.example/@nguoiviet"
    email: str = "nguoiviet@thu.example"


@dataclass
class Comment:
    """One comment. `parent` is the number of the one it answers."""

    number: int
    text: str
    parent: int = 0
    writer: Writer = field(default_factory=Writer)
    at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=3))


@dataclass
class Story:
    """An article or opening post with what was written beneath it."""

    slug: str
    title: str
    text: str
    comments: list[Comment]
    writer: Writer = field(default_factory=Writer)
    at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=4))


def story(number: int, writer: Writer | None = None) -> Story:
    """An article about miến dong with three comments, one of them an answer."""
    writer = writer or Writer()
    base = number * 10
    return Story(
        slug=f"tin-mien-dong-so-{number}",
        title=f"Giá miến dong tuần {number}",
        text=(
            f"Tuần thứ {number}, giá miến dong tại các cơ sở chế biến ở Bình Lư giữ ổn định, bà "
            "con các bản đang gấp rút thu hoạch củ để kịp làm hàng phục vụ thị trường cuối năm."
        ),
        comments=[
            Comment(base + 1, f"Năm nay được mùa, mừng quá, tuần {number}!", writer=writer),
            Comment(base + 2, f"Đúng rồi bạn, nhà tôi cũng vậy, tuần {number}.", base + 1, writer),
            Comment(base + 3, f"Mong con đường vào bản sớm sửa, tuần {number}.", writer=writer),
        ],
        writer=writer,
    )


class Platform(Server):
    """A server whose pages are made from stories."""

    def __init__(self, stories: list[Story]) -> None:
        super().__init__()
        self.stories = stories
        self.fallback = self.answer

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        return self.page(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})

    def page(self, path: str, query: dict[str, str]) -> Reply:
        raise NotImplementedError

    @property
    def total(self) -> int:
        """Articles and comments."""
        return sum(1 + len(one.comments) for one in self.stories)

    def html(self, one: Story, beneath: str) -> Reply:
        writer = one.writer
        byline = (
            f'<p class="byline">Bởi <a rel="author" href="{writer.profile}">{writer.name}</a>'
            f'<img class="avatar" src="{writer.avatar}" alt="{writer.name}"></p>'
            f'<meta name="author" content="{writer.name}">'
        )
        return Reply(
            article(one.title, one.text, extra=byline + beneath, published=one.at.isoformat())
        )

    def rss(self) -> Reply:
        xml = feed(self, {f"/{one.slug}.html": one.title for one in self.stories})
        for one in self.stories:
            tag = f"<item><dc:creator>{escape(one.writer.name)}</dc:creator><title>{one.title}"
            xml = xml.replace(f"<item><title>{one.title}", tag)
        xml = xml.replace("<rss ", "<rss xmlns:dc='http://purl.org/dc/elements/1.1/' ")
        return Reply(xml, type="application/rss+xml")


class WordPress(Platform):
    """`rest` says whether the REST interface is open, switched off or forbidden by robots.txt."""

    def __init__(self, stories: list[Story], rest: str = "open") -> None:
        super().__init__(stories)
        self.rest = rest

    def page(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/robots.txt":
            rule = "Disallow: /wp-json/" if self.rest == "forbidden" else "Disallow: /wp-admin/"
            return Reply(f"User-agent: *\n{rule}\n", type="text/plain")
        if path == "/feed/":
            return self.rss()
        if path == "/wp-json/wp/v2/comments":
            return self.comments(query)
        for one in self.stories:
            if path == f"/{one.slug}.html":
                return self.html(one, self.printed(one))
        return Reply("<h1>404</h1>", 404)

    def comments(self, query: dict[str, str]) -> Reply:
        if self.rest != "open":
            body = json.dumps({"code": "rest_forbidden", "data": {"status": 401}})
            return Reply(body, 401, "application/json")
        after = query.get("after", "")
        found = [
            (one, comment)
            for one in self.stories
            for comment in one.comments
            if comment.at.strftime("%Y-%m-%dT%H:%M:%SZ") > after
        ]
        found.sort(key=lambda pair: pair[1].at)
        size, page = min(int(query["per_page"]), 4), int(query.get("page", "1"))
        pages = max(1, -(-len(found) // size))
        if page > pages:
            body = json.dumps({"code": "rest_post_invalid_page_number", "data": {"status": 400}})
            return Reply(body, 400, "application/json")
        entries = [
            {
                "id": comment.number,
                "post": self.stories.index(one) + 1,
                "parent": comment.parent,
                "author": int(comment.writer.id),
                "author_name": comment.writer.name,
                "author_url": comment.writer.profile,
                "author_avatar_urls": {"96": comment.writer.avatar},
                "date_gmt": comment.at.strftime("%Y-%m-%dT%H:%M:%S"),
                "content": {"rendered": f"<p>{escape(comment.text)}</p>"},
                "link": f"{self.url}/{one.slug}.html#comment-{comment.number}",
            }
            for one, comment in found[(page - 1) * size : page * size]
        ]
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        if page < pages:
            following = "&".join(
                f"{k}={quote(v)}" for k, v in (query | {"page": str(page + 1)}).items()
            )
            headers["Link"] = f'<{self.url}/wp-json/wp/v2/comments?{following}>; rel="next"'
        return Reply(json.dumps(entries), type="application/json", headers=headers)

    @staticmethod
    def printed(one: Story) -> str:
        def item(comment: Comment) -> str:
            children = "".join(map(item, (c for c in one.comments if c.parent == comment.number)))
            below = f'<ol class="children">{children}</ol>' if children else ""
            writer = comment.writer
            return (
                f'<li id="comment-{comment.number}" class="comment"><article class="comment-body">'
                f'<footer class="comment-meta"><div class="comment-author vcard">'
                f'<img class="avatar" src="{writer.avatar}"><b class="fn">'
                f'<a class="url" href="{writer.profile}">{writer.name}</a></b></div>'
                f'<time datetime="{comment.at.isoformat()}">hôm nay</time></footer>'
                f'<div class="comment-content"><p>{escape(comment.text)}</p></div></article>'
                f"{below}</li>"
            )

        top = "".join(item(comment) for comment in one.comments if not comment.parent)
        return f'<div id="comments"><ol class="comment-list">{top}</ol></div>'


class IssoSite(Platform):
    """Static pages whose comments a script loads from `isso`, a server of its own."""

    def __init__(self, stories: list[Story]) -> None:
        super().__init__(stories)
        self.isso = Server()
        self.isso.validators = False
        self.isso.fallback = self.thread

    def close(self) -> None:
        self.isso.close()
        super().close()

    def page(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/feed.xml":
            return self.rss()
        for one in self.stories:
            if path == f"/{one.slug}.html":
                place = f'<section id="isso-thread" data-isso-id="/{one.slug}.html"></section>'
                return self.html(one, place)
        return Reply("404", 404)

    def thread(self, seen: Seen) -> Reply:
        query = {k: v[0] for k, v in parse_qs(urlsplit(seen.path).query).items()}
        for one in self.stories:
            if query.get("uri") == f"/{one.slug}.html":
                replies = [self.comment(one, c) for c in one.comments if not c.parent]
                body = {
                    "id": None,
                    "total_replies": len(replies),
                    "hidden_replies": 0,
                    "replies": replies,
                }
                return Reply(json.dumps(body), type="application/json")
        return Reply("404", 404)

    def comment(self, one: Story, comment: Comment) -> dict[str, Any]:
        replies = [self.comment(one, c) for c in one.comments if c.parent == comment.number]
        return {
            "id": comment.number,
            "parent": comment.parent or None,
            "text": comment.text,
            "author": comment.writer.name,
            "email": comment.writer.email,
            "website": comment.writer.profile,
            "hash": comment.writer.id,
            "gravatar_image": comment.writer.avatar,
            "created": comment.at.timestamp(),
            "modified": None,
            "mode": 1,
            "likes": 2,
            "dislikes": 0,
            "total_replies": len(replies),
            "hidden_replies": 0,
            "replies": replies,
        }


class Mastodon(Platform):
    """Each story is a status with a tag; of its answers only the last has the tag as well."""

    answers_open = True
    links = True
    """Whether it names the pages before and after in a header."""

    def page(self, path: str, query: dict[str, str]) -> Reply:
        for one in self.stories:
            opening, *answers = self.statuses(one)
            if path == f"/api/v1/statuses/{opening['id']}/context":
                if not self.answers_open:
                    return Reply('{"error": "closed"}', 401, "application/json")
                body = json.dumps({"ancestors": [], "descendants": answers})
                return Reply(body, type="application/json")
        if path != "/api/v1/timelines/tag/binhlu":
            return Reply("404", 404)
        statuses = [status for one in self.stories for status in self.tagged(one)]
        statuses.sort(key=lambda status: -int(status["id"]))
        if "max_id" in query:
            statuses = [s for s in statuses if int(s["id"]) < int(query["max_id"])]
        page = statuses[:4]
        headers = {}
        if page and self.links:
            address = f"{self.url}{path}?limit=40"
            older, newer = f"max_id={page[-1]['id']}", f"min_id={page[0]['id']}"
            headers["Link"] = f'<{address}&{older}>; rel="next", <{address}&{newer}>; rel="prev"'
        return Reply(json.dumps(page), type="application/json", headers=headers)

    def tagged(self, one: Story) -> list[dict[str, Any]]:
        opening, *answers = self.statuses(one)
        return [opening, answers[2]]

    def answers_to(self, opening: Comment) -> int:
        for one in self.stories:
            if one.comments[0].number - 1 == opening.number:
                return len(one.comments)
        return 0

    def statuses(self, one: Story) -> list[dict[str, Any]]:
        number = one.comments[0].number - 1
        text = f"{one.title}\n{one.text}"
        opening = Comment(number, text, writer=one.writer, at=one.at)
        return [
            self.status(comment, (comment.parent or number) if comment is not opening else None)
            for comment in (opening, *one.comments)
        ]

    def status(self, comment: Comment, above: int | None) -> dict[str, Any]:
        writer = comment.writer
        return {
            "id": str(100_000 + comment.number),
            "created_at": comment.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "in_reply_to_id": None if above is None else str(100_000 + above),
            "in_reply_to_account_id": writer.id,
            "visibility": "public",
            "language": "vi",
            "spoiler_text": "",
            "reblog": None,
            "uri": f"{writer.profile}/statuses/{comment.number}",
            "url": f"{writer.profile}/{comment.number}",
            "replies_count": 0 if above is not None else self.answers_to(comment),
            "favourites_count": 1,
            "content": (
                f'<p><span class="h-card"><a href="{writer.profile}" class="u-url mention">'
                f"@<span>{writer.handle}</span></a></span> {escape(comment.text)} "
                f'<a href="{self.url}/tags/binhlu" class="mention hashtag">'
                "#<span>binhlu</span></a></p>"
            ),
            "account": {
                "id": writer.id,
                "username": writer.handle,
                "acct": writer.handle,
                "display_name": writer.name,
                "url": writer.profile,
                "avatar": writer.avatar,
                "note": writer.email,
            },
            "mentions": [
                {"id": writer.id, "username": writer.handle, "url": writer.profile, "acct": "x"}
            ],
            "tags": [{"name": "binhlu", "url": f"{self.url}/tags/binhlu"}],
        }


class Forum(Platform):
    """Threads with schema.org microdata; its own JSON interface is forbidden by robots.txt."""

    def page(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/robots.txt":
            return Reply("User-agent: *\nDisallow: /api/\n", type="text/plain")
        if path == "/dien-dan/":
            rows = "".join(
                f'<div class="thread"><a href="/dien-dan/{one.slug}.html">{one.title}</a> '
                f'<a href="/thanh-vien/{one.writer.handle}">{one.writer.name}</a></div>'
                for one in self.stories
            )
            return Reply(f"<html><body><h1>Diễn đàn</h1>{rows}</body></html>")
        for one in self.stories:
            if path == f"/dien-dan/{one.slug}.html":
                return Reply(self.thread(one))
        return Reply("404", 404)

    def thread(self, one: Story) -> str:
        def who(writer: Writer) -> str:
            return (
                f'<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
                f'<a itemprop="url" href="{writer.profile}"><span itemprop="name">{writer.name}'
                f'</span></a><img itemprop="image" src="{writer.avatar}"></span>'
            )

        comments = "".join(
            f'<div id="post-{c.number}" itemprop="comment" itemscope '
            f'itemtype="https://schema.org/Comment">{who(c.writer)}'
            f'<time itemprop="datePublished" datetime="{c.at.isoformat()}">hôm nay</time>'
            f'<div itemprop="text">{escape(c.text)}</div></div>'
            for c in one.comments
        )
        return (
            f"<html><head><title>{one.title}</title></head><body>"
            f'<article itemscope itemtype="https://schema.org/DiscussionForumPosting">'
            f'<h1 itemprop="headline">{one.title}</h1>{who(one.writer)}'
            f'<time itemprop="datePublished" datetime="{one.at.isoformat()}">x</time>'
            f'<div itemprop="text">{escape(one.text)}</div>{comments}</article></body></html>'
        )


def sources(
    wordpress: WordPress, isso: IssoSite, mastodon: Mastodon, forum: Forum
) -> list[dict[str, Any]]:
    """Their entries in sources.yaml."""
    common = {"allow_private_network": True, "title": "x"}
    return [
        {
            "name": "wordpress",
            "channel": "comments",
            "system": "wordpress",
            "api": wordpress.url,
            "pages": {"feeds": [f"{wordpress.url}/feed/"]},
            **common,
        },
        {
            "name": "isso",
            "channel": "comments",
            "system": "isso",
            "api": isso.isso.url,
            "pages": {"feeds": [f"{isso.url}/feed.xml"]},
            **common,
        },
        {
            "name": "mastodon",
            "channel": "mastodon",
            "server": mastodon.url,
            "tags": ["#binhlu"],
            **common,
        },
        {"name": "forum", "channel": "forum", "boards": [f"{forum.url}/dien-dan/"], **common},
    ]
