"""A Mastodon server on loopback that answers from the entities of its documentation.

The schemas were made from the types of the npm package `masto`. A request with a parameter that
the documentation does not have is an error of the test, and so is an answer of ours that the
entities do not allow (`broken`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

from tests.crawler.platforms import Comment, Mastodon, Story
from tests.crawler.serving import Reply, Seen

CONTRACT = json.loads(
    (Path(__file__).parent / "contracts" / "mastodon.json").read_text(encoding="utf-8")
)
PARAMETERS = frozenset(
    {"any[]", "all[]", "none[]", "local", "remote", "only_media"}
    | {"max_id", "since_id", "min_id", "limit"}
)
"""Of https://docs.joinmastodon.org/methods/timelines/#tag."""
MOST = 40

Json = dict[str, Any]


def conforms(value: object, entity: str) -> None:
    """Check an answer.

    Raises:
        ValidationError: it is not what the documentation says.
    """
    jsonschema.validate(value, CONTRACT | {"$ref": f"#/definitions/{entity}"})


class ContractMastodon(Mastodon):
    """The server of `platforms`, its answers completed and held against the contract."""

    def __init__(self, stories: list[Story]) -> None:
        super().__init__(stories)
        self.broken: list[str] = []
        self.faults: dict[str, Callable[[Seen], Reply | None]] = {}
        """What comes first, by the last word of the path."""
        self.deleted: set[int] = set()
        self.version = "4.5.2"
        self.access: Json | None = {"local": "public", "remote": "public"}
        """`hashtag_feeds`; None: an older server, which does not say."""
        self.instance: Reply | None = None
        """What is said instead of what the server is."""

    def answer(self, seen: Seen) -> Reply:
        path, _, _ = seen.path.partition("?")
        fault = self.faults.get(path.rpartition("/")[2])
        return (fault and fault(seen)) or super().answer(seen)

    def page(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/robots.txt":
            return Reply("User-agent: *\nDisallow: /media_proxy/\n", type="text/plain")
        if path == "/api/v2/instance":
            return self.instance or self.said(self.about(), "Instance")
        if "/timelines/tag/" in path:
            if unknown := query.keys() - PARAMETERS:
                self.broken.append(f"unknown: {sorted(unknown)}")
            if int(query.get("limit", "20")) > MOST:
                self.broken.append("limit")
            if self.access is not None and "public" not in self.access.values():
                return Reply("[]", type="application/json")
        reply = super().page(path, query)
        if reply.status == 200:
            said = json.loads(reply.raw())
            for status in said if isinstance(said, list) else said["descendants"]:
                self.check(status, "Status")
        return reply

    def said(self, value: Json, entity: str) -> Reply:
        self.check(value, entity)
        return Reply(json.dumps(value), type="application/json; charset=utf-8")

    def check(self, value: Json, entity: str) -> None:
        try:
            conforms(value, entity)
        except jsonschema.ValidationError as wrong:
            self.broken.append(f"{entity}: {wrong.message} at {list(wrong.path)}")

    def statuses(self, one: Story) -> list[Json]:
        return [status for status in super().statuses(one) if not self._is_deleted(status)]

    def tagged(self, one: Story) -> list[Json]:
        opening, *answers = super().statuses(one)
        return [status for status in (opening, answers[2]) if not self._is_deleted(status)]

    def answers_to(self, opening: Comment) -> int:
        for one in self.stories:
            if one.comments[0].number - 1 == opening.number:
                return sum(comment.number not in self.deleted for comment in one.comments)
        return 0

    def _is_deleted(self, status: Json) -> bool:
        return int(status["id"]) - 100_000 in self.deleted

    def status(self, comment: Comment, above: int | None) -> Json:
        account = super().status(comment, above)["account"]
        return super().status(comment, above) | {
            "account": whole_account(account),
            "edited_at": None,
            "sensitive": False,
            "media_attachments": [],
            "emojis": [],
            "tags": [{"id": "7", "name": "binhlu", "url": f"{self.url}/tags/binhlu"}],
            "reblogs_count": 0,
            "quotes_count": 0,
            "application": {"name": "Web", "website": None},
            "quote_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        }

    def about(self) -> Json:
        """What the server is, as far as the contract asks for it."""
        staff = super().status(self.stories[0].comments[0], None)["account"]
        configuration: Json = {
            "urls": {"streaming": "wss://mang.example"},
            "vapid": {"public_key": "x"},
            "accounts": {
                "max_featured_tags": 10,
                "max_pinned_statuses": 5,
                "max_display_name_length": 30,
                "max_note_length": 500,
                "max_avatar_description_length": 150,
                "max_header_description_length": 150,
                "max_profile_fields": 4,
                "profile_field_name_limit": 255,
                "profile_field_value_limit": 255,
            },
            "statuses": {
                "max_characters": 500,
                "max_media_attachments": 4,
                "characters_reserved_per_url": 23,
            },
            "media_attachments": {
                "supported_mime_types": [],
                "image_size_limit": 1,
                "image_matrix_limit": 1,
                "video_size_limit": 1,
                "video_frame_rate_limit": 1,
                "video_matrix_limit": 1,
            },
            "polls": {
                "max_options": 4,
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2629746,
            },
            "translation": {"enabled": False},
        }
        if self.access is not None:
            open_feed = {"local": "public", "remote": "public"}
            configuration["timelines_access"] = {
                "live_feeds": open_feed,
                "hashtag_feeds": self.access,
                "trending_link_feeds": open_feed,
            }
        return {
            "domain": "mang.example",
            "title": "Mạng",
            "version": self.version,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "x",
            "usage": {"users": {"active_month": 12}},
            "thumbnail": {
                "url": "https://mang.example/a.png",
                "blurhash": "x",
                "versions": {"@1x": "https://mang.example/a.png", "@2x": "x"},
                "description": "x",
            },
            "icon": [],
            "languages": ["vi"],
            "configuration": configuration,
            "registrations": {"enabled": False, "approval_required": False, "message": None},
            "api_versions": {"mastodon": "7"},
            "contact": {"email": staff["note"], "account": whole_account(staff)},
            "rules": [],
        }


def whole_account(account: Json) -> Json:
    """An account with everything that the contract asks for, its owner in every place."""
    picture = account["avatar"]
    return account | {
        "locked": False,
        "fields": [{"name": "x", "value": account["display_name"], "verified_at": None}],
        "emojis": [],
        "bot": False,
        "group": False,
        "discoverable": True,
        "indexable": True,
        "created_at": "2024-01-01T00:00:00.000Z",
        "last_status_at": "2026-11-20",
        "statuses_count": 3,
        "followers_count": 4,
        "following_count": 5,
        "avatar_static": picture,
        "avatar_description": account["display_name"],
        "header": picture,
        "header_static": picture,
        "header_description": account["display_name"],
        "uri": account["url"],
        "roles": [],
        "feature_approval": {"automatic": [], "manual": [], "current_user": "denied"},
        "show_featured": False,
        "show_media": False,
        "show_media_replies": False,
    }


def source(server: ContractMastodon, **more: Any) -> Json:
    """An entry of sources.yaml that reads the server's tag."""
    return {
        "name": "mastodon",
        "title": "x",
        "channel": "mastodon",
        "server": server.url,
        "tags": ["binhlu"],
        "allow_private_network": True,
        **more,
    }
