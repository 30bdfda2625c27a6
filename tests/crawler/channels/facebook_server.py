"""A Graph API on loopback that answers from the fields, parameters and values of Meta's own SDK.

A request that the contract does not know gets Facebook's error for it, a wrong or missing key as
well; an answer of ours that the contract does not allow is a failure of the test. Only what was
asked for is given, unless the server is `generous`: then everything comes, writers included.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jsonschema

from tests.crawler.platforms import Comment, Platform, Story
from tests.crawler.serving import Reply, Seen

CONTRACT = json.loads(
    (Path(__file__).parent / "contracts" / "facebook.json").read_text(encoding="utf-8")
)
PAGE = "100064000001"
TOKEN = "EAAGm0PX4ZCpsBAKhoaBiMatCuaTrang123"
"""Opens nothing but this server."""
MOST = 100
"""The highest `limit` of these edges."""
EVERYWHERE = frozenset({"fields", "limit", "after", "before", "summary", "appsecret_proof"})
"""Parameters that every edge takes (developers.facebook.com/docs/graph-api/results)."""

Json = dict[str, Any]
Fields = dict[str, "Fields"]

_ASKED = re.compile(r"(\w+)((?:\.\w+\(\w+\))*)(\{)?")


class RefusedError(Exception):
    """What is asked is not in the contract, or not allowed with this key."""

    def __init__(self, code: int, status: int = 400, subcode: int | None = None) -> None:
        self.reply = error(code, status, subcode)
        super().__init__(str(code))


def error(
    code: int,
    status: int = 400,
    subcode: int | None = None,
    headers: dict[str, str] | None = None,
    *,
    transient: bool = False,
) -> Reply:
    """An error as developers.facebook.com/docs/graph-api/guides/error-handling shows it."""
    body: Json = {
        "message": f"(#{code}) Lời lẽ của Facebook",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "EJplcsCHuLu",
    }
    if subcode is not None:
        body["error_subcode"] = subcode
    if transient:
        body["is_transient"] = True
    return Reply(json.dumps({"error": body}), status, "text/javascript", headers or {})


class Facebook(Platform):
    """Each story is a post of the page, each of `visitors` a visitor's post on it."""

    def __init__(self, stories: list[Story], visitors: list[Story] | None = None) -> None:
        super().__init__(stories)
        self.validators = False
        self.visitors = visitors or []
        self.token = TOKEN
        self.app_secret: str | None = None
        self.per_page = 3
        self.generous = False
        self.takes_visitors = True
        self.expires: tuple[int, int] = (0, 0)
        """`expires_at` and `data_access_expires_at`; 0: never."""
        self.hidden: set[int] = set()
        self.private: set[int] = set()
        self.deleted: set[int] = set()
        self.overwritten: dict[str, Json] = {}
        """What stands in an answered object instead, by its id."""
        self.instead: Callable[[Seen], Reply | None] = lambda _: None
        self.headers: dict[str, str] = {}
        self.questions: list[str] = []
        """Addresses asked within batches."""

    @property
    def total(self) -> int:
        """Posts and comments that anyone sees."""
        found = 0
        for one in (*self.stories, *self.visitors):
            if number(one) in self.deleted:
                continue
            open_comments = [c for c in one.comments if self._is_open(one, c)]
            found += 1 + len(open_comments)
        return found

    def answer(self, seen: Seen) -> Reply:
        if (reply := self.instead(seen)) is not None:
            return reply
        parts = urlsplit(seen.path)
        try:
            path = self._check_call(seen)
            if seen.method == "POST":
                return self._batch(seen)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            self._check_proof(query)
            return Reply(
                json.dumps(self._get(path, query)), type="application/json", headers=self.headers
            )
        except RefusedError as refused:
            return refused.reply

    # What is asked

    def _check_call(self, seen: Seen) -> str:
        """The path within the version that we speak."""
        version, _, path = urlsplit(seen.path).path.removeprefix("/").partition("/")
        if version != CONTRACT["version"]:
            raise RefusedError(2635)
        if seen.headers.get("authorization") != f"Bearer {self.token}":
            raise RefusedError(190, 401)
        return path

    def _check_proof(self, query: dict[str, str]) -> None:
        if self.app_secret is None:
            return
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), sha256).hexdigest()
        if query.get("appsecret_proof") != proof:
            raise RefusedError(100)

    def _batch(self, seen: Seen) -> Reply:
        form = dict(parse_qsl(seen.body.decode()))
        self._check_proof(form)
        answers = []
        for asked in json.loads(form["batch"]):
            assert asked["method"] == "GET"
            self.questions.append(asked["relative_url"])
            parts = urlsplit(asked["relative_url"])
            if parts.path != "debug_token" or dict(parse_qsl(parts.query)) != {
                "input_token": self.token
            }:
                raise RefusedError(100)
            data = {
                "app_id": "4812",
                "type": "PAGE",
                "is_valid": True,
                "expires_at": self.expires[0],
                "data_access_expires_at": self.expires[1],
                "scopes": ["pages_read_engagement", "pages_read_user_content"],
                "profile_id": PAGE,
                "user_id": self.stories[0].writer.id if self.stories else "1",
            }
            answers.append({"code": 200, "body": json.dumps({"data": data})})
        return Reply(json.dumps(answers), type="application/json", headers=self.headers)

    def _get(self, path: str, query: dict[str, str]) -> Json:
        node, _, edge = path.partition("/")
        if node == PAGE and f"Page/{edge}" in CONTRACT["edges"]:
            if edge == "visitor_posts" and not self.takes_visitors:
                raise RefusedError(100)
            name = f"Page/{edge}"
            entries = self._posts(edge)
        elif edge == "comments" and (one := self._story(node)) is not None:
            name = "PagePost/comments"
            entries = self._comments(one, query)
        else:
            raise RefusedError(100, subcode=33)
        contract = CONTRACT["edges"][name]
        asked = self._check(query, contract["params"], contract["gives"])
        return self._page(path, query, entries, asked, contract["gives"])

    @staticmethod
    def _check(query: dict[str, str], params: dict[str, str], gives: str) -> Fields:
        for key, value in query.items():
            if key not in params and key not in EVERYWHERE:
                raise RefusedError(100)
            values = CONTRACT["enums"].get(params.get(key, ""))
            if values is not None and value not in values:
                raise RefusedError(100)
        if not 1 <= int(query.get("limit", "25")) <= MOST:
            raise RefusedError(100)
        asked = _parsed(query.get("fields", "id,message,created_time"))
        _check_fields(asked, gives)
        return asked

    # What is answered

    def _page(
        self, path: str, query: dict[str, str], entries: list[Json], asked: Fields, kind: str
    ) -> Json:
        start = int(query.get("after", "c0").removeprefix("c"))
        size = min(int(query.get("limit", "25")), self.per_page)
        part = entries[start : start + size]
        data = [one if self.generous else _chosen(one, asked) for one in part]
        answer: Json = {"data": data}
        if data:
            after = f"c{start + len(part)}"
            answer["paging"] = {"cursors": {"before": f"c{start}", "after": after}}
            if start + size < len(entries):
                further = query | {"after": after, "access_token": self.token}
                address = f"{self.url}/{CONTRACT['version']}/{path}?{urlencode(further)}"
                answer["paging"]["next"] = address
        if "summary" in query:
            answer["summary"] = {"order": "ranked", "total_count": len(entries)}
        for one in data:
            jsonschema.validate(one, _schema(kind))
        answer["data"] = [one | self.overwritten.get(one["id"], {}) for one in data]
        return answer

    def _posts(self, edge: str) -> list[Json]:
        own = [self._post(one) for one in self.stories]
        visited = [self._post(one) for one in self.visitors]
        found = {"posts": own, "visitor_posts": visited, "feed": own + visited, "tagged": []}[edge]
        kept = [one for one in found if int(one["id"].partition("_")[2]) not in self.deleted]
        return sorted(kept, key=lambda one: one["created_time"], reverse=True)

    def _story(self, node: str) -> Story | None:
        for one in (*self.stories, *self.visitors):
            if node == f"{PAGE}_{number(one)}" and number(one) not in self.deleted:
                return one
        return None

    def _comments(self, one: Story, query: dict[str, str]) -> list[Json]:
        found = [c for c in one.comments if c.number not in self.deleted]
        if query.get("filter", "toplevel") == "toplevel":
            found = [c for c in found if not c.parent]
        found.sort(key=lambda c: (c.at, c.number))
        if query.get("order") == "reverse_chronological":
            found.reverse()
        return [self._comment(one, comment) for comment in found]

    def _is_open(self, one: Story, comment: Comment) -> bool:
        closed = self.hidden | self.private
        return not {comment.number, comment.parent} & closed and (
            comment.number not in self.deleted and one in (*self.stories, *self.visitors)
        )

    def _post(self, one: Story) -> Json:
        writer = one.writer
        latest = max([one.at, *(comment.at for comment in one.comments)])
        return {
            "id": f"{PAGE}_{number(one)}",
            "message": f"{one.title}\n{one.text}",
            "created_time": _time(one.at),
            "updated_time": _time(latest),
            "from": {"id": writer.id, "name": writer.name},
            "admin_creator": {"id": writer.id, "name": writer.name},
            "story": f"{writer.name} đã thêm một ảnh mới.",
            "story_tags": [{"id": writer.id, "name": writer.name, "type": "user"}],
            "permalink_url": f"{writer.profile}/posts/{number(one)}",
            "full_picture": writer.avatar,
            "target": {"id": writer.id},
            "via": {"id": writer.id, "name": writer.name},
            "message_tags": [],
            "is_published": True,
            "is_hidden": False,
            "is_expired": False,
            "privacy": {"value": "EVERYONE", "description": "Công khai", "allow": "", "deny": ""},
            "reactions": {"data": [], "summary": {"total_count": 7, "viewer_reaction": "NONE"}},
            "comments": {"data": [], "summary": {"total_count": len(one.comments)}},
        }

    def _comment(self, one: Story, comment: Comment) -> Json:
        writer = comment.writer
        entry: Json = {
            "id": _comment_id(one, comment.number),
            "message": comment.text,
            "created_time": _time(comment.at),
            "from": {"id": writer.id, "name": writer.name},
            "permalink_url": f"{writer.profile}?comment_id={comment.number}",
            "attachment": {"media": {"image": {"src": writer.avatar}}, "url": writer.profile},
            "message_tags": [
                {"id": writer.id, "name": writer.name, "type": "user", "offset": 0, "length": 5}
            ]
            if writer.name in comment.text
            else [],
            "is_hidden": comment.number in self.hidden,
            "is_private": comment.number in self.private,
            "like_count": 2,
            "comment_count": sum(c.parent == comment.number for c in one.comments),
        }
        above = next((c for c in one.comments if c.number == comment.parent), None)
        if above is not None:
            entry["parent"] = {
                "id": _comment_id(one, above.number),
                "message": above.text,
                "created_time": _time(above.at),
                "from": {"id": above.writer.id, "name": above.writer.name},
                "is_hidden": above.number in self.hidden,
                "is_private": above.number in self.private,
            }
        return entry


def number(one: Story) -> int:
    """The number of a story's post; its comments have the following ones."""
    return int(one.slug.rpartition("-")[2]) * 10


def entry(server: Facebook, **more: Any) -> Json:
    """The server's entry in sources.yaml."""
    return {
        "name": "facebook",
        "title": "Trang của xã",
        "channel": "facebook",
        "page": PAGE,
        "key": "facebook-page",
        "server": server.url,
        "allow_private_network": True,
        **more,
    }


def _comment_id(one: Story, comment: int) -> str:
    return f"{number(one)}_{comment}"


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


# The language of `fields`: name.modifier(value){fields within},…


def _parsed(text: str) -> Fields:
    fields, end = _fields(text, 0)
    if end != len(text):
        raise RefusedError(2500)
    return fields


def _fields(text: str, at: int) -> tuple[Fields, int]:
    found: Fields = {}
    while True:
        match = _ASKED.match(text, at)
        if match is None:
            raise RefusedError(2500)
        at = match.end()
        inner: Fields = {}
        if match[3]:
            inner, at = _fields(text, at)
            if text[at : at + 1] != "}":
                raise RefusedError(2500)
            at += 1
        found[match[1]] = inner
        if text[at : at + 1] != ",":
            return found, at
        at += 1


def _check_fields(asked: Fields, kind: str) -> None:
    known = CONTRACT["objects"].get(kind)
    edges = {name.partition("/")[2] for name in CONTRACT["edges"] if name.startswith(f"{kind}/")}
    for name, inner in asked.items():
        if known is not None and name not in known and name not in edges:
            # "(#100) Tried accessing nonexisting field"
            raise RefusedError(100)
        if inner and known is not None and name in known:
            _check_fields(inner, _inner_kind(known[name]))


def _inner_kind(kind: str) -> str:
    match = re.fullmatch(r"list<(\w+)>", kind)
    return match[1] if match else kind


def _chosen(entry: Json, asked: Fields) -> Json:
    """What of an entry was asked for; its id always comes."""
    return dict(_parts(entry, asked))


def _parts(entry: Json, asked: Fields) -> Iterator[tuple[str, Any]]:
    for name, value in entry.items():
        if name == "id" or name in asked:
            inner = asked.get(name)
            if inner and isinstance(value, dict):
                yield name, _chosen(value, inner)
            elif inner and isinstance(value, list):
                yield name, [_chosen(one, inner) for one in value]
            elif value != [] or name not in ("message_tags", "story_tags"):
                # An empty list of tags is left out, as Facebook does.
                yield name, value


def _schema(kind: str, depth: int = 2) -> Json:
    """The JSON schema of a type of the contract."""
    if match := re.fullmatch(r"list<(.+)>", kind):
        return {"type": "array", "items": _schema(match[1], depth)}
    simple: dict[str, Json] = {
        "string": {"type": "string"},
        "bool": {"type": "boolean"},
        "unsigned int": {"type": "integer", "minimum": 0},
        "float": {"type": "number"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$"},
        "list": {"type": "array"},
    }
    if kind in simple:
        return simple[kind]
    if kind in CONTRACT["enums"]:
        return {"enum": CONTRACT["enums"][kind]}
    known = CONTRACT["objects"].get(kind)
    if known is None or depth == 0:
        return {"type": "object"}
    edges = {name.partition("/")[2] for name in CONTRACT["edges"] if name.startswith(f"{kind}/")}
    properties = {name: _schema(inner, depth - 1) for name, inner in known.items()}
    properties |= {name: {"type": "object", "required": ["data"]} for name in edges}
    return {"type": "object", "properties": properties, "additionalProperties": False}
