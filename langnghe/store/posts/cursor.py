"""Where a page of hits ended, as an opaque text.

Newest first, that is the last hit itself: posts that come in later do not shift what follows.
By relevance, scores shift with every post that comes in; so the cursor carries the hits still to
be shown, in the order they had on the first page.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from hashlib import blake2b

from langnghe.store.posts.interface import Query, QueryError

MAX_DECODED = 100_000
"""Bytes; the greatest cursor that is given out has a tenth of it."""

_BAD = "this is no cursor of this query; start again at the first page"


@dataclass(frozen=True, slots=True)
class Cursor:
    """`after`: (published, no) of the last hit; `rest`: (no, thousandths of the score)."""

    after: tuple[int, int] | None = None
    rest: tuple[tuple[int, int], ...] | None = None


def encode(query: Query, cursor: Cursor) -> str:
    """The cursor as text; valid for this query only."""
    data = json.dumps([_digest(query), cursor.after, cursor.rest], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(data.encode(), 9)).decode().rstrip("=")


def decode(query: Query) -> Cursor:
    """The cursor that came with the query; an empty one if none did.

    Raises:
        QueryError: it is not from a page of this query.
    """
    if query.cursor is None:
        return Cursor()
    try:
        packed = base64.b64decode(
            query.cursor + "=" * (-len(query.cursor) % 4), altchars=b"-_", validate=True
        )
        raw = zlib.decompressobj().decompress(packed, MAX_DECODED)
        digest, after, rest = json.loads(raw)
    except (ValueError, binascii.Error, zlib.error, TypeError, RecursionError):
        raise QueryError(_BAD) from None
    if digest != _digest(query) or (after is None) == (rest is None):
        raise QueryError(_BAD)
    if after is not None:
        return Cursor(after=_pair(after))
    if not isinstance(rest, list):
        raise QueryError(_BAD)
    return Cursor(rest=tuple(_pair(entry) for entry in rest))


def _pair(entry: object) -> tuple[int, int]:
    if (
        isinstance(entry, list)
        and len(entry) == 2
        and all(isinstance(part, int) and abs(part) < 1 << 63 for part in entry)
    ):
        return entry[0], entry[1]
    raise QueryError(_BAD)


def _digest(query: Query) -> str:
    """Tells queries apart by what decides which hits there are and how they are sorted."""
    what = (query.text, query.filters, query.match, query.order, query.collapse_clusters)
    return blake2b(repr(what).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
