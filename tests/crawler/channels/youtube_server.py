"""The YouTube Data API on loopback, answering from Google's own discovery document.

A request that the document does not know is answered as Google answers wrong parameters; an
answer of ours that the document does not allow is a failure of the test.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

from tests.crawler.platforms import Comment, Platform, Story
from tests.crawler.serving import Reply, Seen

CONTRACT = json.loads(
    (Path(__file__).parent / "contracts" / "youtube.json").read_text(encoding="utf-8")
)
INLINED = 2
"""Replies that come with their comment; on YouTube itself up to five."""
CHANNEL = "UC" + "b1nhlu-xa-lang-nghe-01"
KEY = "AIzaSyD-canary_key.Value~0042"

Json = dict[str, Any]


def _strict(schema: Any) -> Any:
    """A schema of the document as one of JSON Schema that allows nothing it does not name."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(ref := schema.get("$ref"), str):
        return {"$ref": f"#/schemas/{ref}"}
    kept = {
        key: _strict(value)
        for key, value in schema.items()
        if key in ("type", "properties", "items", "enum")
    }
    if "properties" in schema:
        kept["properties"] = {name: _strict(one) for name, one in schema["properties"].items()}
        kept["additionalProperties"] = False
    return kept


SCHEMAS = {name: _strict(schema) for name, schema in CONTRACT["schemas"].items()}


def video_id(story: int) -> str:
    """The id of a story's video."""
    return f"binhlu-{story:04d}"


def comment_id(number: int) -> str:
    """The id of a comment; that of a reply begins with its parent's on YouTube, too."""
    return f"UgxCommentNumber{number:06d}"


class YouTube(Platform):
    """Each story is a video of one channel; it is gone, or closed, where a test says so."""

    per_page = 50
    """The most that is given at once, whatever is asked for."""
    total_units = 10_000
    robots = "User-agent: *\nDisallow: /\n"
    """As that of Google's hosts: it keeps search engines out."""

    def __init__(self, stories: list[Story]) -> None:
        super().__init__(stories)
        self.units = 0
        self.faults: dict[str, Reply] = {}
        """What is answered instead, by the last part of the path."""
        self.closed: set[int] = set()
        """Stories whose comments are switched off."""
        self.alter: dict[str, Any] = {}
        """Fields of every comment's snippet that are not what the document says."""

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        if parts.path == "/robots.txt":
            return Reply(self.robots, type="text/plain")
        method = parts.path.rpartition("/")[2]
        listing = CONTRACT["resources"].get(method, {}).get("methods", {}).get("list")
        if listing is None or parts.path != f"/{listing['path']}":
            return Reply("Not Found", 404)
        if method in self.faults:
            return self.faults[method]
        if "x-goog-api-key" not in seen.headers:
            return self.error(403, "forbidden", "PERMISSION_DENIED")
        if seen.headers["x-goog-api-key"] != KEY:
            return self.error(400, "badRequest", "INVALID_ARGUMENT", "API_KEY_INVALID")
        self.units += 1
        if self.units > self.total_units:
            return self.error(403, "quotaExceeded", domain="youtube.quota")
        query = dict(parse_qsl(parts.query))
        if problem := self._wrong(query, listing):
            return self.error(400, problem, "INVALID_ARGUMENT")
        found: Reply = getattr(self, f"_{method}")(query)
        return found

    @staticmethod
    def _wrong(query: dict[str, str], listing: Json) -> str | None:
        parameters = listing["parameters"] | CONTRACT["parameters"]
        for name, value in query.items():
            if name not in parameters:
                return "unexpectedParameter"
            known = parameters[name]
            if known["type"] == "integer" and not (
                int(known.get("minimum", 0)) <= int(value) <= int(known.get("maximum", 2**31))
            ):
                return "invalidParameter"
            if "enum" in known and value not in known["enum"]:
                return "invalidParameter"
        if any(one.get("required") and name not in query for name, one in parameters.items()):
            return "missingRequiredParameter"
        return None

    @staticmethod
    def error(
        status: int, reason: str, name: str = "", detail: str = "", domain: str = "youtube.x"
    ) -> Reply:
        """An error as Google words it, in both its ways."""
        error: Json = {
            "code": status,
            "message": "Something is not as it should be.",
            "errors": [{"message": "Not so.", "domain": domain, "reason": reason}],
        }
        if name:
            error["status"] = name
        if detail:
            kind = "type.googleapis.com/google.rpc.ErrorInfo"
            error["details"] = [{"@type": kind, "reason": detail, "domain": "googleapis.com"}]
        return Reply(json.dumps({"error": error}), status, "application/json; charset=UTF-8")

    @staticmethod
    def _json(body: Json, schema: str) -> Reply:
        jsonschema.validate(body, SCHEMAS[schema] | {"schemas": SCHEMAS})
        return Reply(json.dumps(body, indent=1), type="application/json; charset=UTF-8")

    def _paged(self, items: list[Json], query: dict[str, str], kind: str) -> Reply:
        begin = int(query.get("pageToken", "PAGE0")[4:])
        end = begin + min(int(query.get("maxResults", "20")), self.per_page)
        body: Json = {
            "kind": f"youtube#{kind[0].lower()}{kind[1:]}",
            "etag": "x",
            "pageInfo": {"totalResults": len(items), "resultsPerPage": end - begin},
            "items": items[begin:end],
        }
        if end < len(items):
            body["nextPageToken"] = f"PAGE{end}"
        reply = self._json(body, kind)
        if not self.alter:
            return reply
        # After the check: a field that Google changed without notice.
        altered = json.loads(reply.raw(), object_hook=self._altered)
        return Reply(json.dumps(altered), type=reply.type)

    def _altered(self, one: Json) -> Json:
        return one | self.alter if "textDisplay" in one else one

    # The three lists

    def _commentThreads(self, query: dict[str, str]) -> Reply:  # noqa: N802  Google's own
        filters = {"videoId", "allThreadsRelatedToChannelId", "channelId", "id"} & {*query}
        if len(filters) != 1:
            return self.error(400, "incompatibleParameters")
        numbered = list(enumerate(self.stories, start=1))
        if "videoId" in query:
            numbered = [one for one in numbered if video_id(one[0]) == query["videoId"]]
            if not numbered:
                return self.error(404, "videoNotFound")
            if numbered[0][0] in self.closed:
                return self.error(403, "commentsDisabled")
        elif query.get("allThreadsRelatedToChannelId") != CHANNEL:
            return self.error(404, "channelNotFound")
        threads = [
            (comment.at, self._thread_of(number, one, comment))
            for number, one in numbered
            if number not in self.closed
            for comment in one.comments
            if not comment.parent
        ]
        threads.sort(key=lambda one: one[0], reverse=True)
        return self._paged([one for _, one in threads], query, "CommentThreadListResponse")

    def _comments(self, query: dict[str, str]) -> Reply:
        for number, one in enumerate(self.stories, start=1):
            for comment in one.comments:
                if comment_id(comment.number) == query.get("parentId"):
                    replies = [self._comment(number, reply) for reply in _replies(one, comment)]
                    for reply in replies:
                        # As the real API: a reply does not say which video it stands beneath.
                        reply["snippet"].pop("videoId")
                    return self._paged(replies, query, "CommentListResponse")
        return self.error(404, "commentNotFound")

    def _videos(self, query: dict[str, str]) -> Reply:
        asked = query.get("id", "").split(",")
        if len(asked) > 50:
            return self.error(400, "invalidParameter")
        items = [
            {"id": video_id(number), "snippet": {"title": one.title}}
            for number, one in enumerate(self.stories, start=1)
            if video_id(number) in asked
        ]
        return self._json({"items": items}, "VideoListResponse")

    def _thread_of(self, number: int, one: Story, comment: Comment) -> Json:
        replies = _replies(one, comment)
        thread: Json = {
            "kind": "youtube#commentThread",
            "etag": "x",
            "id": comment_id(comment.number),
            "snippet": {
                "channelId": CHANNEL,
                "videoId": video_id(number),
                "topLevelComment": self._comment(number, comment),
                "canReply": False,
                "totalReplyCount": len(replies),
                "isPublic": True,
            },
        }
        if replies:
            shown = [self._comment(number, reply) for reply in replies[:INLINED]]
            thread["replies"] = {"comments": shown}
        return thread

    @staticmethod
    def _comment(number: int, comment: Comment) -> Json:
        writer = comment.writer
        when = _moment(comment.at)
        snippet: Json = {
            "channelId": CHANNEL,
            "videoId": video_id(number),
            "textDisplay": comment.text,
            "textOriginal": comment.text,
            "authorDisplayName": writer.name,
            "authorProfileImageUrl": writer.avatar,
            "authorChannelUrl": f"http://www.youtube.com/@{writer.handle}",
            "authorChannelId": {"value": writer.id},
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 3,
            "publishedAt": when,
            "updatedAt": when,
        }
        if comment.parent:
            snippet["parentId"] = comment_id(comment.parent)
        return {
            "kind": "youtube#comment",
            "etag": "x",
            "id": comment_id(comment.number),
            "snippet": snippet,
        }


def _replies(one: Story, comment: Comment) -> list[Comment]:
    return [reply for reply in one.comments if reply.parent == comment.number]


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def youtube_source(server: YouTube, **more: Any) -> Json:
    """An entry of sources.yaml that reads the channel."""
    where = {} if "videos" in more else {"channels": [CHANNEL]}
    return {
        "name": "youtube",
        "title": "Kênh của xã",
        "channel": "youtube",
        "key": "youtube-key",
        "server": server.url,
        "allow_private_network": True,
        **where,
        **more,
    }
