"""A Bluesky server on loopback that answers from the lexicons of @atproto/api.

A request that the lexicons do not know is answered as XRPC servers answer it; an answer of ours
that they do not allow is a failure of the test (`broken`). Writers stand wherever the lexicons
have them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema

from tests.crawler.platforms import Comment, Platform, Story, Writer
from tests.crawler.serving import Reply, Seen

LEXICONS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "contracts" / "bluesky.json").read_text(encoding="utf-8")
)
ACCOUNT = "xa-binh-lu.bsky.social"
PASSWORD = "abcd-efgh-ijkl-mnop"
TAG = "binhlu"
LONG_AGO = "2024-01-01T00:00:00.000Z"

Json = dict[str, Any]

_FORMATS = {
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "did": r"did:[a-z]+:[\w.:%-]+",
    "handle": r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z][a-zA-Z0-9-]*",
    "at-identifier": r"[\w.:-]+",
    "at-uri": r"at://did:[a-z]+:[\w.:%-]+/[\w.]+/[\w.~:-]+",
    "cid": r"[a-zA-Z0-9+=]{8,256}",
    "uri": r"\w+:[^\s]+",
    "language": r"[a-z]{2,3}(-[\w-]+)?",
}


class RefusedError(Exception):
    """A request that the lexicon does not allow."""


def schema(lexicon: Json, home: str) -> Json:
    """The JSON schema of a part of the lexicon `home` (https://atproto.com/specs/lexicon)."""
    kind = lexicon["type"]
    if kind in ("object", "params"):
        parts = {name: schema(part, home) for name, part in lexicon["properties"].items()}
        return {"type": "object", "required": lexicon.get("required", []), "properties": parts}
    if kind == "array":
        bound = {"maxItems": lexicon["maxLength"]} if "maxLength" in lexicon else {}
        return {"type": "array", "items": schema(lexicon["items"], home), **bound}
    if kind == "string":
        shape = {"pattern": f"^{_FORMATS[lexicon['format']]}$"} if "format" in lexicon else {}
        return {"type": "string", "minLength": lexicon.get("minLength", 0), **shape}
    if kind in ("integer", "boolean"):
        bounds = {k: v for k, v in lexicon.items() if k in ("minimum", "maximum", "const")}
        return {"type": kind} | bounds
    if kind == "ref":
        return _reference(lexicon["ref"], home)
    if kind == "union":
        return {"anyOf": [_member(ref, home) for ref in lexicon["refs"]]}
    return {}  # "unknown", "bytes"


def _reference(ref: str, home: str) -> Json:
    name, _, part = ref.removeprefix("lex:").partition("#")
    found = LEXICONS.get(name or home, {}).get("defs", {}).get(part or "main")
    # What a post's embeds and the viewer's own state look like is not in the excerpt.
    return {} if found is None else _lazy(name or home, part or "main")


def _member(ref: str, home: str) -> Json:
    """A member of a union says which it is."""
    known = _reference(ref, home)
    kind = {"properties": {"$type": {"const": ref.removeprefix("lex:")}}, "required": ["$type"]}
    return {"allOf": [known, kind]}


def _lazy(name: str, part: str) -> Json:
    return {"$ref": f"#/$defs/{name}~{part}".replace("~", "~0")}


def whole(part: Json, home: str) -> Json:
    """A schema together with all that it may refer to."""
    definitions = {
        f"{name}~{key}": schema(definition, name)
        for name, lexicon in LEXICONS.items()
        for key, definition in lexicon["defs"].items()
        if definition["type"] in ("object", "string")
    }
    return schema(part, home) | {"$defs": definitions}


POST = whole(LEXICONS["app.bsky.feed.post"]["defs"]["main"]["record"], "app.bsky.feed.post")


class Bluesky(Platform):
    """Each story is a post with the tag; of its answers only the last has the tag as well."""

    def __init__(self, stories: list[Story]) -> None:
        super().__init__(stories)
        self.validators = False
        self.robots = "# Hello!\n\n# Crawling the public API is allowed\nUser-agent: *\nAllow: /\n"
        self.password = PASSWORD
        self.per_page = 2
        self.life = 10_000
        """How many requests a session lasts."""
        self.issued = 0
        self.left = 0
        self.broken: list[str] = []
        """Answers that the lexicons do not allow."""
        self.faults: dict[str, Callable[[Seen, Json], Reply | None]] = {}
        """What comes first, by the last word of the method."""
        self.labels: dict[int, str] = {}
        """Labels of posts, by number."""
        self.closed_to: dict[int, str] = {}
        """Labels of the accounts that wrote posts, by number."""
        self.deleted: set[int] = set()
        self.twice: set[int] = set()
        """Posts that a search gives twice."""
        self.change: Callable[[Json], None] = lambda view: None
        """What the platform changed in its posts since the contract."""

    def asked(self, method: str) -> list[Seen]:
        """The requests for a method."""
        return [one for one in self.seen if urlsplit(one.path).path.endswith(f".{method}")]

    def answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        if parts.path == "/robots.txt":
            return Reply(self.robots, type="text/plain")
        name = parts.path.removeprefix("/xrpc/")
        definition = LEXICONS.get(name, {}).get("defs", {}).get("main")
        if definition is None:
            return error(501, "MethodNotImplemented")
        if definition["type"] != ("procedure" if seen.method == "POST" else "query"):
            return error(405, "InvalidRequest", "Incorrect HTTP method")
        try:
            query = parameters(definition, parse_qsl(parts.query, keep_blank_values=True))
            given = body(definition, seen)
        except RefusedError as refused:
            return error(400, "InvalidRequest", str(refused))
        method = name.rpartition(".")[2]
        if method in self.faults and (fault := self.faults[method](seen, query)) is not None:
            return fault
        said = getattr(self, f"_{method}")(seen, query or given)
        if isinstance(said, Reply):
            return said
        try:
            jsonschema.validate(said, whole(definition["output"]["schema"], name))
        except jsonschema.ValidationError as wrong:
            self.broken.append(f"{name}: {wrong.message}")
        return Reply(json.dumps(said), type="application/json; charset=utf-8")

    # Sessions

    def _createSession(self, _seen: Seen, given: Json) -> Json | Reply:  # noqa: N802
        if given["identifier"] != ACCOUNT or given["password"] != self.password:
            return error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session()

    def _refreshSession(self, seen: Seen, _given: Json) -> Json | Reply:  # noqa: N802
        if seen.headers.get("authorization") != f"Bearer renewal-{self.issued}":
            return error(400, "ExpiredToken", "Token has been revoked")
        return self._session()

    def _session(self) -> Json:
        self.issued += 1
        self.left = self.life
        return {
            "accessJwt": f"access-{self.issued}",
            "refreshJwt": f"renewal-{self.issued}",
            "handle": ACCOUNT,
            "did": "did:plc:xabinhlu",
            "email": "vanphong@xa.example",
            "active": True,
        }

    def _is_open(self, seen: Seen) -> Reply | None:
        given = seen.headers.get("authorization")
        if given is None:
            return error(401, "AuthMissing", "Authentication Required")
        if not given.startswith("Bearer access-"):
            return error(400, "InvalidToken", "Token could not be verified")
        if given != f"Bearer access-{self.issued}" or self.left <= 0:
            return error(400, "ExpiredToken", "Token has expired")
        self.left -= 1
        return None

    # Posts

    def _searchPosts(self, seen: Seen, query: Json) -> Json | Reply:  # noqa: N802
        if (closed := self._is_open(seen)) is not None:
            return closed
        words = query["q"].strip('"').casefold()
        since = datetime.fromisoformat(query["since"]) if "since" in query else None
        found = [
            (comment, above)
            for one in self.stories
            for comment, above in posts(one)
            if words in written(comment, above, one).casefold()
            and comment.number not in self.deleted
            and (since is None or comment.at >= since)
        ]
        found.sort(key=lambda pair: pair[0].at, reverse=True)
        found = [pair for pair in found for _ in range(1 + (pair[0].number in self.twice))]
        start = int(query.get("cursor", "0"))
        end = start + min(self.per_page, query["limit"])
        more = {"cursor": str(end)} if end < len(found) else {}
        return {"posts": [self.view(*pair) for pair in found[start:end]], "hitsTotal": 9, **more}

    def _getPostThread(self, seen: Seen, query: Json) -> Json | Reply:  # noqa: N802
        if (closed := self._is_open(seen)) is not None:
            return closed
        for one in self.stories:
            opening = next(posts(one))[0]
            if uri(opening) == query["uri"]:
                if opening.number in self.deleted:
                    return error(400, "NotFound", f"Post not found: {query['uri']}")
                return {"thread": self._discussion(one, opening)}
        return error(400, "NotFound")

    def _discussion(self, one: Story, comment: Comment) -> Json:
        kind = "app.bsky.feed.defs#"
        if comment.number in self.deleted:
            return {"$type": f"{kind}notFoundPost", "uri": uri(comment), "notFound": True}
        opening = next(posts(one))[0]
        above = {found.number: upper for found, upper in posts(one)}
        replies = [found for found, upper in posts(one) if upper == comment]
        blocked = {
            "$type": f"{kind}blockedPost",
            "uri": f"at://did:plc:{one.writer.id}/app.bsky.feed.post/3kblocked",
            "blocked": True,
            "author": {"did": f"did:plc:{one.writer.id}"},
        }
        return {
            "$type": f"{kind}threadViewPost",
            "post": self.view(comment, above[comment.number]),
            "replies": [self._discussion(one, found) for found in replies]
            + ([blocked] if comment == opening else []),
        }

    def view(self, comment: Comment, above: Comment | None) -> Json:
        """A post as searches and threads show it."""
        one = next(s for s in self.stories if any(comment == c for c, _ in posts(s)))
        writer = comment.writer
        record = self.record(comment, above, one)
        jsonschema.validate(record, POST)
        answers = sum(
            upper == comment and found.number not in self.deleted for found, upper in posts(one)
        )
        view: Json = {
            "$type": "app.bsky.feed.defs#postView",
            "uri": uri(comment),
            "cid": f"bafyreicid{comment.number}",
            "author": {
                "did": f"did:plc:{writer.id}",
                "handle": handle(writer),
                "displayName": writer.name,
                "avatar": writer.avatar,
                "labels": labels(self.closed_to.get(comment.number), writer),
                "createdAt": LONG_AGO,
            },
            "record": record,
            "replyCount": answers,
            "repostCount": 0,
            "likeCount": 4,
            "quoteCount": 0,
            "indexedAt": stamp(comment.at + timedelta(seconds=2)),
            "labels": labels(self.labels.get(comment.number), writer),
        }
        self.change(view)
        return view

    @staticmethod
    def record(comment: Comment, above: Comment | None, one: Story) -> Json:
        """What its writer published."""
        text = written(comment, above, one)
        record: Json = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": stamp(comment.at),
            "langs": ["vi"],
            "facets": list(facets(text, comment.writer)),
        }
        if above is not None:
            opening = next(posts(one))[0]
            record["reply"] = {
                "root": {"uri": uri(opening), "cid": f"bafyreicid{opening.number}"},
                "parent": {"uri": uri(above), "cid": f"bafyreicid{above.number}"},
            }
        return record


def posts(one: Story) -> Iterator[tuple[Comment, Comment | None]]:
    """A story's posts, each with what it answers."""
    opening = Comment(
        one.comments[0].number - 1, f"{one.title}\n{one.text}", writer=one.writer, at=one.at
    )
    yield opening, None
    by_number = {comment.number: comment for comment in one.comments}
    for comment in one.comments:
        yield comment, by_number.get(comment.parent, opening)


def written(comment: Comment, above: Comment | None, one: Story) -> str:
    """A post's text, the writer's own account mentioned in it."""
    tagged = above is None or comment is one.comments[-1]
    return f"@{handle(comment.writer)} {comment.text}" + (f" #{TAG}" if tagged else "")


def facets(text: str, writer: Writer) -> Iterator[Json]:
    """The mention at the beginning and the tag at the end, in bytes."""
    mention = len(f"@{handle(writer)}".encode())
    yield {
        "index": {"byteStart": 0, "byteEnd": mention},
        "features": [
            {"$type": "app.bsky.richtext.facet#mention", "did": f"did:plc:{writer.id}"},
        ],
    }
    if text.endswith(f"#{TAG}"):
        end = len(text.encode())
        yield {
            "index": {"byteStart": end - len(TAG) - 1, "byteEnd": end},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": TAG}],
        }


def uri(comment: Comment) -> str:
    """A post's own address, which holds its writer's number."""
    return f"at://did:plc:{comment.writer.id}/app.bsky.feed.post/3k{comment.number}"


def handle(writer: Writer) -> str:
    """A writer's handle as the protocol allows it: without underscores."""
    return f"{writer.handle.replace('_', '-')}.bsky.social"


def labels(value: str | None, writer: Writer) -> list[Json]:
    """One label, or none."""
    did = f"did:plc:{writer.id}"
    found = {"src": did, "uri": f"at://{did}/x/self", "val": value, "cts": LONG_AGO}
    return [] if value is None else [found]


def stamp(at: datetime) -> str:
    """A moment as the platform writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def error(status: int, name: str, message: str = "x") -> Reply:
    """An error as XRPC has it (https://atproto.com/specs/xrpc#error-responses)."""
    return Reply(json.dumps({"error": name, "message": message}), status, "application/json")


def parameters(definition: Json, given: list[tuple[str, str]]) -> Json:
    """The query of a request, with defaults.

    Raises:
        RefusedError: the lexicon does not allow it.
    """
    known = definition.get("parameters", {"type": "params", "properties": {}})
    query: Json = {}
    for name, value in given:
        part = known["properties"].get(name)
        if part is None:
            raise RefusedError(f"unknown parameter {name}")
        number = part["type"] == "integer" and re.fullmatch(r"\d+", value)
        query[name] = int(value) if number else value
    try:
        jsonschema.validate(query, schema(known, ""))
    except jsonschema.ValidationError as wrong:
        raise RefusedError(wrong.message) from None
    for name, part in known["properties"].items():
        if "default" in part:
            query.setdefault(name, part["default"])
    return query


def body(definition: Json, seen: Seen) -> Json:
    """What a procedure is given.

    Raises:
        RefusedError: the lexicon does not allow it.
    """
    if "input" not in definition:
        if seen.body:
            raise RefusedError("A request body was provided when none was expected")
        return {}
    if seen.headers.get("content-type") != definition["input"]["encoding"]:
        raise RefusedError("Wrong request encoding")
    try:
        given: Json = json.loads(seen.body)
        jsonschema.validate(given, whole(definition["input"]["schema"], ""))
    except (ValueError, jsonschema.ValidationError) as wrong:
        raise RefusedError(str(wrong)) from None
    return given


def source(server: Bluesky, **more: Any) -> Json:
    """An entry of sources.yaml that reads the server's tag."""
    return {
        "name": "bluesky",
        "title": "x",
        "channel": "bluesky",
        "service": server.url,
        "account": ACCOUNT,
        "key": "bluesky-key",
        "tags": [TAG],
        "allow_private_network": True,
        **more,
    }
