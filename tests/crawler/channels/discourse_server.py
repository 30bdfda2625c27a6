"""A Discourse forum on loopback that answers from the vendor's OpenAPI document.

A request that the document does not know is answered as Discourse answers wrong parameters; an
answer of ours that the document does not allow is a failure of the test.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

from tests.crawler.platforms import Comment, Platform, Story, Writer
from tests.crawler.serving import Reply, Seen

CONTRACT = json.loads(
    (Path(__file__).parent / "contracts" / "discourse.json").read_text(encoding="utf-8")
)
CHUNK = 20
"""`chunk_size`: how many posts of a topic come at once."""
BROWSER_ONLY = frozenset({"page", "no_definitions"})
"""Parameters in a live server's own `more_topics_url`; the document does not have them."""

Json = dict[str, Any]


def _schema(path: str) -> Json:
    answer = CONTRACT["paths"][path]["get"]["responses"]["200"]
    schema: Json = answer["content"]["application/json"]["schema"]
    return schema


def sample(schema: Json) -> Any:
    """The least that a schema of the document allows."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    if kind == "object" or "properties" in schema:
        return {name: sample(part) for name, part in schema.get("properties", {}).items()}
    return {"array": [], "string": "", "integer": 0, "number": 0, "boolean": False}.get(str(kind))


class Discourse(Platform):
    """Each story is a topic; post ids are global, post numbers count within a topic."""

    per_page = 30
    live = True
    """Whether numbers of answered posts come as numbers, as from live servers, or as text, as the
    document has it; and likes with their count."""
    robots = "User-agent: *\nDisallow: /u/\nDisallow: /search\n"

    def __init__(self, stories: list[Story]) -> None:
        super().__init__(stories)
        self.validators = False
        self.problems: dict[str, Reply] = {}
        """What is answered instead, by path without query."""
        self.hidden: set[int] = set()
        """Numbers of comments that moderators hid, or whose writers took them back."""

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        if parts.path == "/robots.txt":
            return Reply(self.robots, type="text/plain")
        if parts.path in self.problems:
            return self.problems[parts.path]
        query = parse_qsl(parts.query, keep_blank_values=True)
        if parts.path in ("/latest.json", "/c/binh-lu/12.json"):
            return self._list(parts.path, dict(query))
        for number, one in enumerate(self.stories, start=1):
            if parts.path == f"/t/{number}.json" and not query:
                return self._topic(number, one)
            if parts.path == f"/t/{number}/posts.json":
                return self._posts(number, one, query)
        return self.error(404, "not_found", "The requested URL or resource could not be found.")

    @staticmethod
    def error(status: int, kind: str, words: str, **headers: str) -> Reply:
        """An error as Discourse words it."""
        body = json.dumps({"errors": [words], "error_type": kind})
        return Reply(body, status, "application/json", headers)

    @staticmethod
    def _json(body: Json) -> Reply:
        return Reply(json.dumps(body), type="application/json; charset=utf-8")

    # Lists of topics

    def _list(self, path: str, query: dict[str, str]) -> Reply:
        contract = "/latest.json" if path == "/latest.json" else "/c/{slug}/{id}.json"
        known = {
            parameter["name"]
            for parameter in CONTRACT["paths"][contract]["get"]["parameters"]
            if parameter["in"] == "query"
        }
        if {*query} - known - BROWSER_ONLY:
            return self.error(400, "invalid_parameters", "You supplied invalid parameters.")
        page = int(query.get("page", "0"))
        numbered = list(enumerate(self.stories, start=1))[::-1]
        shown = numbered[page * self.per_page : (page + 1) * self.per_page]
        schema = _schema(contract)
        topic = schema["properties"]["topic_list"]["properties"]["topics"]["items"]
        body = sample(schema)
        body["users"] = [_user(one.writer) for _, one in shown]
        body["topic_list"]["per_page"] = self.per_page
        body["topic_list"]["topics"] = [
            sample(topic)
            | {
                name: value
                for name, value in self._listed(number, one).items()
                if name in topic["properties"]
            }
            for number, one in shown
        ]
        jsonschema.validate(body, schema)
        if (page + 1) * self.per_page < len(numbered):
            # As live servers: the address of the page in a browser.
            more = f"{path.removesuffix('.json')}?no_definitions=true&page={page + 1}"
            body["topic_list"]["more_topics_url"] = more
        return self._json(body)

    def _listed(self, number: int, one: Story) -> Json:
        last = max([one.at, *(comment.at for comment in one.comments)])
        return {
            "id": number,
            "title": one.title,
            "fancy_title": escape(one.title),
            "slug": one.slug,
            "posts_count": 1 + len(one.comments),
            "image_url": "",
            "created_at": one.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "last_posted_at": last.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "bumped_at": last.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "archetype": "regular",
            "visible": True,
            "last_poster_username": one.writer.handle,
        }

    # Topics

    def _topic(self, number: int, one: Story) -> Reply:
        schema = _schema("/t/{id}.json")
        body = sample(schema)
        posts = self._all_posts(number, one)
        body |= {
            "id": number,
            "title": one.title,
            "fancy_title": escape(one.title),
            "slug": one.slug,
            "archetype": "regular",
            "posts_count": len(posts),
            "chunk_size": CHUNK,
            "created_at": one.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            # Every look counts: no two answers are the same.
            "views": len(self.seen),
        }
        body["details"] |= {
            "participants": [_participant(one.writer)],
            "created_by": _user(one.writer),
            "last_poster": _user(one.writer),
        }
        body["post_stream"] = {
            "posts": posts[:CHUNK],
            "stream": [post["id"] for post in posts],
        }
        jsonschema.validate(body, schema)
        return self._json(self._as_lived(body))

    def _posts(self, number: int, one: Story, query: list[tuple[str, str]]) -> Reply:
        asked = [value for name, value in query if name == "post_ids[]"]
        if not asked or len(asked) != len(query) or not all(one.isdigit() for one in asked):
            return self.error(400, "invalid_parameters", "You supplied invalid parameters.")
        posts = [post for post in self._all_posts(number, one) if str(post["id"]) in asked]
        body = {"post_stream": {"posts": posts}, "id": number}
        jsonschema.validate(body, _schema("/t/{id}/posts.json"))
        return self._json(self._as_lived(body))

    def _all_posts(self, number: int, one: Story) -> list[Json]:
        opening = Comment(number * 1000, one.text, writer=one.writer, at=one.at)
        numbers = {comment.number: place for place, comment in enumerate(one.comments, start=2)}
        return [
            self._post(number, one.slug, place, comment, numbers.get(comment.parent))
            for place, comment in enumerate((opening, *one.comments), start=1)
        ]

    def _post(
        self, topic: int, slug: str, number: int, comment: Comment, answered: int | None
    ) -> Json:
        schema = _schema("/t/{id}.json")["properties"]["post_stream"]["properties"]["posts"]
        writer = comment.writer
        hidden = comment.number in self.hidden
        least: Json = sample(schema["items"])
        return least | {
            "id": topic * 1000 + number,
            "topic_id": topic,
            "topic_slug": slug,
            "post_number": number,
            "post_type": 1,
            "hidden": hidden,
            "user_deleted": hidden,
            "name": writer.name,
            "username": writer.handle,
            "display_username": writer.name,
            "user_id": int(writer.id),
            "user_title": writer.profile,
            "avatar_template": writer.avatar,
            "created_at": comment.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updated_at": comment.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "cooked": _cooked(comment, topic),
            "reply_to_post_number": None if answered is None else str(answered),
            "actions_summary": [{"id": 2, "can_act": False}],
        }

    def _as_lived(self, body: Json) -> Json:
        """What live servers send differently from the document."""
        if self.live:
            for post in body["post_stream"]["posts"]:
                if post["reply_to_post_number"] is not None:
                    post["reply_to_post_number"] = int(post["reply_to_post_number"])
                    post["reply_to_user"] = {"username": post["username"], "name": post["name"]}
                post["actions_summary"] = [{"id": 2, "count": 3}]
        return body


def _cooked(comment: Comment, topic: int) -> str:
    """A text as Discourse renders it, with somebody mentioned and somebody quoted."""
    writer = comment.writer
    quote = (
        f'<aside class="quote no-group" data-username="{writer.handle}" data-post="1" '
        f'data-topic="{topic}"><div class="title"><div class="quote-controls"></div>'
        f'<img alt="" width="24" height="24" src="{writer.avatar}" class="avatar"> '
        f"{escape(writer.name)}:</div><blockquote><p>Lời trích miến dong</p></blockquote></aside>"
    )
    mention = f'<a class="mention" href="/u/{writer.handle}">@{writer.handle}</a>'
    return f"{quote if comment.parent else ''}<p>{mention} {escape(comment.text)}</p>"


def _user(writer: Writer) -> Json:
    return {
        "id": int(writer.id),
        "username": writer.handle,
        "name": writer.name,
        "avatar_template": writer.avatar,
    }


def _participant(writer: Writer) -> Json:
    schema = _schema("/t/{id}.json")["properties"]["details"]["properties"]["participants"]
    return dict(sample(schema["items"]) | _user(writer))


def discourse_source(forum: Discourse, **more: Any) -> dict[str, Any]:
    """Its entry in sources.yaml."""
    return {
        "name": "discourse",
        "title": "x",
        "channel": "discourse",
        "boards": [f"{forum.url}/latest"],
        "allow_private_network": True,
        **more,
    }
