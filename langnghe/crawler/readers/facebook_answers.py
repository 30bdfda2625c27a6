"""What the Graph API says beside posts: why it refused, how much we asked, how long a key lasts.

https://developers.facebook.com/docs/graph-api/guides/error-handling,
`…/overview/rate-limiting` and `…/reference/debug_token`. Pure functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from langnghe.crawler.answers import Meaning, meaning_of_status
from langnghe.crawler.readers.values import json_object, object_in
from langnghe.store.crawlstate import Failure

_KEY_REFUSED = frozenset({102, 190, 463, 467})
_NO_PERMISSION = frozenset({3, 10, *range(200, 300)})
_ASKED_TOO_OFTEN = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
"""By app, user, page, and own limit; from 80000 on by business use case (80001: pages)."""
_PASSING = frozenset({1, 2})
_NOT_THERE = frozenset({21, 803})
_BAD_PARAMETER, _UNKNOWN_OBJECT = 100, 33
"""Code 100 with the subcode 33: no such object, or none that this key may see."""

_WINDOW = timedelta(hours=1)
"""Usage is counted over the last hour."""
_SLOWER_FROM, _STOP_FROM = 75, 95
"""Percent of what is allowed. Beyond 100 the app is shut out, for up to an hour and for everyone
who uses it: so the last twentieth is left."""
_SLOW = timedelta(minutes=15)
"""Longer than a crawl waits for itself, so that other sources are not held up meanwhile."""
_USAGE_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_MEASURES = ("call_count", "total_time", "total_cputime")


@dataclass(frozen=True, slots=True)
class KeyLife:
    """How long a key lasts: None where it does not end, or nothing is said of it."""

    expires: datetime | None


def meaning_of_answer(status: int, body: bytes) -> Meaning | None:
    """What an answer means: None for success, else by the error that its body names.

    Facebook answers 400, 401, 403 or 500 to one and the same thing, so its code comes first.
    """
    meaning = meaning_of_status(status)
    error = object_in(json_object(body), "error") if meaning is not None else {}
    code = _whole(error.get("code"))
    if meaning is None or code is None:
        return meaning
    if code in _KEY_REFUSED:
        return "key_expired", Failure.HARD, None
    if code in _ASKED_TOO_OFTEN:
        return "rate_limited", Failure.PASSING, None
    if code in _PASSING or error.get("is_transient") is True:
        return "server_error", Failure.SOFT, None
    if code in _NO_PERMISSION:
        return "no_permission", Failure.HARD, None
    if code in _NOT_THERE or (
        code == _BAD_PARAMETER and _whole(error.get("error_subcode")) == _UNKNOWN_OBJECT
    ):
        return "gone", Failure.HARD, None
    return "unexpected_answer", Failure.HARD, None


def rest_after(headers: Mapping[str, str], *, refused: bool = False) -> timedelta | None:
    """How long to ask nothing after an answer with these headers; None: go on as usual.

    `refused`: the answer itself said that we asked too often. `headers` have lower-case names.
    """
    most, regain = 0.0, timedelta(0)
    for usage in _usages(headers):
        most = max(most, *(_number(usage.get(name)) for name in _MEASURES))
        minutes = _number(usage.get("estimated_time_to_regain_access"))
        regain = max(regain, timedelta(minutes=min(minutes, 7 * 24 * 60)))
    if regain:
        return regain
    if refused or most >= _STOP_FROM:
        return _WINDOW
    return _SLOW if most >= _SLOWER_FROM else None


def key_question(key: str) -> str:
    """The body of a request that asks how long a key lasts.

    `debug_token` takes the key within its address, where it must never stand; within a batch,
    that address is part of the request's body.
    """
    asked = {"method": "GET", "relative_url": f"debug_token?{urlencode({'input_token': key})}"}
    return urlencode({"batch": json.dumps([asked]), "include_headers": "false"})


def read_key_life(body: bytes) -> KeyLife | None:
    """What the answer to `key_question` says; None where it says nothing of the key.

    A key stops reading at the earlier of two ends: its own, and that of the access to data,
    which is granted for 90 days at a time.
    """
    with suppress(ValueError, TypeError, LookupError, RecursionError):
        (part,) = json.loads(body)
        data = json.loads(part["body"])["data"]
        if part["code"] == 200 and isinstance(data["is_valid"], bool):
            ends = [_moment(data.get(name)) for name in ("expires_at", "data_access_expires_at")]
            known = [end for end in ends if end is not None]
            return KeyLife(min(known, default=None))
    return None


def _usages(headers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in _USAGE_HEADERS:
        with suppress(ValueError, RecursionError):
            yield from _objects(json.loads(headers.get(name, "{}")))


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """A usage, or those of several objects: by object a list with one for each use case."""
    if isinstance(value, list):
        for one in value:
            if isinstance(one, dict):
                yield one
    elif isinstance(value, dict):
        yield value
        for one in value.values():
            if isinstance(one, list):
                yield from _objects(one)


def _moment(value: object) -> datetime | None:
    seconds = _whole(value)
    if not seconds or seconds < 0:
        return None
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(seconds, UTC)
    return None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 <= value < 1e9 else 0.0
