"""Near-duplicates: the same story on four sites, the same text pasted twenty times.

Each post belongs to one cluster. The first post of a cluster is its leader, and a new post is
compared with leaders only, so that a text pasted ten thousand times costs no more than one
pasted twice. A post joins the oldest leader that is like it and was published within `WINDOW`;
else it founds a cluster. Posts are taken in the order in which they come: how they are split
into batches changes nothing.

- A text of 8 words or more is like another if their sets of 5-character shingles have a Jaccard
  similarity of `SAME`, or if one holds `CONTAINED` of the other, as a reprinted lead does.
  Candidates come from MinHash: 40 values in 8 bands of 5, of the whole text and, of a long one,
  of its lead. Two texts with similarity 0.8 meet in a band in 96 of 100 cases, with 0.1 in 1 of
  10,000: of hundreds of thousands that share nothing but the language, few are looked at.
  A candidate's text is read only if its signature, kept at a byte for each value, comes near.
- Shorter texts say too little to be told apart by likeness ("hay quá", "hay quá đi"): they are
  the same only if all their words are, in the same thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

import numpy as np
from rensa import RMinHash

from langnghe.core.text import match_form
from langnghe.store.database import Connection, Row
from langnghe.store.posts.forms import plain_words, together, words_alone

WINDOW = timedelta(days=30)
"""Reprints follow within days; a notice that comes again with the next season is a new one."""

BUCKET_DAYS = 60
"""Twice the window, so that a post's neighbours lie in two buckets on average."""

SHORT = 8
"""Words; below it only equal texts are one."""

LEAD = 48
"""Words at the head of a text by which a reprinted lead is found."""

LEAST_CONTAINED = 20
"""Words that the shorter text must have to count as a reprint of a part."""

SAME = 0.7
"""Jaccard similarity: a source line added gives 0.94, one of three paragraphs dropped 0.78,
another article on the same matter 0.04 (measured; docs/decisions.md)."""

CONTAINED = 0.9
"""Share of the shorter text's shingles that the longer one has."""

SHINGLE = 5
BANDS, ROWS = 8, 5
VALUES = BANDS * ROWS
SEED = 20_26

NEAR = 18
"""Values of 40 that must agree before a candidate's text is read. With similarity 0.7, 28 agree
on average, fewer than 18 in one of 1,000 cases; with 0.1 and one band alike, 8 or 9 do."""

KEYS_AT_A_TIME = 5000
"""Parameters of one statement; SQLite allows 32,766."""

MOST_CANDIDATES = 20
"""Leaders that are compared shingle by shingle; those whose signature is nearest come first."""

_DAY = 86_400_000_000
_WINDOW = int(WINDOW.total_seconds()) * 1_000_000
# Odd numbers with no pattern in their bits, to hash by multiplication.
_MIX = np.array(
    [
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
        0xA0761D6478BD642F,
    ],
    dtype=np.uint64,
)


Lookup = dict[int, dict[int, list[int]]]
"""Numbers of leaders by bucket and key."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of a post."""

    short: bool
    words: int
    form: str
    """The words alone: of a short text with diacritics, of others without (the same text is
    pasted with and without them)."""
    lead: str
    """The form of the first words; empty where that would be the whole."""

    def shingles(self) -> set[str]:
        """The 5-character pieces of the whole text."""
        last = max(len(self.form) - SHINGLE + 1, 1)
        return {self.form[at : at + SHINGLE] for at in range(last)}


@dataclass(frozen=True, slots=True)
class Signature:
    """By what a post is looked up.

    `sketch` has a byte for each MinHash value, of the whole and then of the lead; a short text
    has none.
    """

    keys: tuple[int, ...]
    sketch: bytes


@dataclass(frozen=True, slots=True)
class Member:
    """A post on its way into a cluster."""

    no: int
    post_id: str
    thread: str
    published: int
    text: Text
    signature: Signature


@dataclass(frozen=True, slots=True)
class _Leader:
    thread: str
    published: int
    cluster: int
    text: Text


def compared(title: str, text: str, form: str | None = None) -> Text:
    """What is compared; `form` is `plain_words(text)` where it is known already.

    The text alone, since sites change titles; with its title where the text alone is short.
    """
    if form is None:
        form = plain_words(text)
    if form.count(" ") + 1 < SHORT and title:
        form = f"{plain_words(title)} {form}".strip()
    count = form.count(" ") + 1
    if count < SHORT:
        # A text without any word (a row of emoji) is compared as it is.
        exact = match_form(together(title, text))
        return Text(True, count, words_alone(exact) or " ".join(exact.split()), "")
    lead = " ".join(form.split(" ", LEAD)[:LEAD]) if count > LEAD else ""
    return Text(False, count, form, lead)


def signatures(texts: Sequence[tuple[Text, str]]) -> list[Signature]:
    """The signatures of texts, each given with its thread."""
    forms = [form for text, _ in texts if not text.short for form in (text.form, text.lead) if form]
    digests = _digests(forms)
    keys, sketches = _band_keys(digests), digests.astype(np.uint8)
    made, at = [], 0
    for text, thread in texts:
        if text.short:
            made.append(Signature((_hash("short", thread, text.form),), b""))
            continue
        end = at + (2 if text.lead else 1)
        own = tuple(dict.fromkeys(key for row in keys[at:end] for key in row))
        made.append(Signature(own, sketches[at:end].tobytes()))
        at = end
    return made


def place(connection: Connection, members: Sequence[Member]) -> list[int]:
    """The cluster of each member, in order; keeps the signatures of those who lead one.

    The members are stored as posts already, but not in `facet`.
    """
    lookup, sketches = _leaders_nearby(connection, members)
    leaders: dict[int, _Leader | None] = {}
    own: list[Member] = []
    placed = []
    for member in members:
        leader = None
        for no in _candidates(member, lookup, sketches):
            if no not in leaders:
                leaders[no] = _load(connection, no)
            candidate = leaders[no]
            if candidate is not None and _alike(member, candidate):
                leader = candidate
                break
        if leader is None:
            leader = _Leader(
                member.thread,
                member.published,
                # The number goes in: a post that leaves its cluster with an edit and later
                # founds one must not found the old one again, which may live on without it.
                _hash("cluster", member.post_id, str(member.no)),
                member.text,
            )
            leaders[member.no] = leader
            own.append(member)
            sketches[member.no] = member.signature.sketch
            table = lookup[_bucket(member.published)]
            for key in member.signature.keys:
                table.setdefault(key, []).append(member.no)
        placed.append(leader.cluster)
    _keep(connection, own)
    return placed


def forget(connection: Connection, leaders: Sequence[Member]) -> None:
    """Delete the signatures of leaders."""
    connection.execute_many(
        "DELETE FROM band WHERE bucket = ? AND key = ? AND no = ?",
        [(_bucket(m.published), key, m.no) for m in leaders for key in m.signature.keys],
    )
    connection.execute_many("DELETE FROM leader WHERE no = ?", [(m.no,) for m in leaders])


def hand_over(connection: Connection, clusters: Iterable[int]) -> None:
    """Where a cluster has lost its leader, let its oldest member lead."""
    heirs = []
    for cluster in clusters:
        row = connection.execute(
            "SELECT f.no, f.published, p.id, p.thread_id, p.title, p.text FROM facet AS f "
            "JOIN post AS p ON p.no = f.no WHERE f.cluster = ? ORDER BY f.no LIMIT 1",
            (cluster,),
        ).first()
        if row is not None:
            heirs.append(row)
    _keep(connection, members(heirs))


def members(rows: Sequence[Row]) -> list[Member]:
    """Stored posts as members; the rows have no, published, id, thread_id, title and text."""
    texts = [compared(row.title, row.text) for row in rows]
    signed = signatures([(text, row.thread_id) for text, row in zip(texts, rows, strict=True)])
    return [
        Member(row.no, row.id, row.thread_id, row.published, text, signature)
        for row, text, signature in zip(rows, texts, signed, strict=True)
    ]


def public_id(cluster: int) -> str:
    """A cluster's number as others see it."""
    return f"{cluster:016x}"


def number(public: str) -> int | None:
    """A cluster's number from its id; None if it is none."""
    try:
        value = int(public, 16)
    except ValueError:
        return None
    return value if public_id(value) == public and value < 1 << 63 else None


def _keep(connection: Connection, leaders: Sequence[Member]) -> None:
    connection.execute_many(
        "INSERT INTO leader (no, sketch) VALUES (?, ?)",
        [(leader.no, leader.signature.sketch) for leader in leaders],
    )
    connection.execute_many(
        "INSERT INTO band (bucket, key, no) VALUES (?, ?, ?)",
        sorted(
            (bucket, key, leader.no)
            for leader in leaders
            for bucket in (_bucket(leader.published),)
            for key in leader.signature.keys
        ),
    )


def _leaders_nearby(
    connection: Connection, members: Sequence[Member]
) -> tuple[Lookup, dict[int, bytes]]:
    """Leaders already stored that share a band with any of the members, and their sketches."""
    wanted: dict[int, set[int]] = {}
    for member in members:
        for bucket in _near(member.published):
            wanted.setdefault(bucket, set()).update(member.signature.keys)
    lookup: Lookup = {bucket: {} for bucket in wanted}
    sketches: dict[int, bytes] = {}
    for bucket, keys in wanted.items():
        ordered = sorted(keys)
        for start in range(0, len(ordered), KEYS_AT_A_TIME):
            chunk = ordered[start : start + KEYS_AT_A_TIME]
            for key, no, sketch in connection.execute(
                "SELECT b.key, b.no, l.sketch FROM band AS b JOIN leader AS l ON l.no = b.no "  # noqa: S608  question marks only
                f"WHERE b.bucket = ? AND b.key IN ({','.join('?' * len(chunk))})",
                (bucket, *chunk),
            ):
                lookup[bucket].setdefault(key, []).append(no)
                sketches[no] = sketch
    return lookup, sketches


def _candidates(
    member: Member,
    lookup: Lookup,
    sketches: dict[int, bytes],
) -> list[int]:
    """The leaders worth comparing, oldest first."""
    shared: set[int] = set()
    for bucket in _near(member.published):
        table = lookup[bucket]
        for key in member.signature.keys:
            if found := table.get(key):
                shared.update(found)
    if not shared or member.text.short:
        return sorted(shared)
    # Whole and lead of both sides, each with each; all candidates in one go.
    numbers = [no for no in sorted(shared) for _ in range(len(sketches[no]) // VALUES)]
    theirs = np.frombuffer(b"".join(sketches[no] for no in sorted(shared)), dtype=np.uint8)
    own = np.frombuffer(member.signature.sketch, dtype=np.uint8)
    agree = (own.reshape(-1, 1, VALUES) == theirs.reshape(1, -1, VALUES)).sum(axis=2).max(axis=0)
    near: dict[int, int] = {}
    for no, values in zip(numbers, agree.tolist(), strict=True):
        if values >= NEAR:
            near[no] = max(values, near.get(no, 0))
    return sorted(sorted(near, key=lambda no: (-near[no], no))[:MOST_CANDIDATES])


def _load(connection: Connection, no: int) -> _Leader | None:
    row = connection.execute(
        "SELECT f.published, f.cluster, p.thread_id, p.title, p.text FROM facet AS f "
        "JOIN post AS p ON p.no = f.no WHERE f.no = ?",
        (no,),
    ).first()
    if row is None:
        return None
    text = compared(row.title, row.text)
    return _Leader(row.thread_id, row.published, row.cluster, text)


def _alike(member: Member, leader: _Leader) -> bool:
    if abs(member.published - leader.published) > _WINDOW:
        return False
    if member.text.short or leader.text.short:
        return (
            member.text.short
            and leader.text.short
            and member.thread == leader.thread
            and member.text.form == leader.text.form
        )
    if member.text.form == leader.text.form:
        return True
    ours, theirs = member.text.shingles(), leader.text.shingles()
    common = len(ours & theirs)
    if common >= SAME * len(ours | theirs):
        return True
    least_words = min(member.text.words, leader.text.words)
    return least_words >= LEAST_CONTAINED and common >= CONTAINED * min(len(ours), len(theirs))


def _digests(forms: Sequence[str]) -> np.ndarray:
    """The MinHash values of each form, a row for each.

    The shingles of all forms are hashed in one go: that is ten times as fast as making them.
    """
    if not forms:
        return np.zeros((0, VALUES), dtype=np.uint64)
    padded = [form.ljust(SHINGLE) for form in forms]
    letters = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    lengths = np.fromiter((len(form) for form in padded), dtype=np.int64, count=len(padded))
    windows = len(letters) - SHINGLE + 1
    hashes = np.zeros(windows, dtype=np.uint64)
    for at in range(SHINGLE):
        hashes = (hashes ^ letters[at : at + windows]) * _MIX[at]
        hashes ^= hashes >> np.uint64(29)
    # Windows that reach over into the next form are none of its shingles.
    inside = np.ones(len(letters), dtype=bool)
    for end in np.cumsum(lengths):
        inside[end - SHINGLE + 1 : end] = False
    offsets = np.concatenate(([0], np.cumsum(lengths - SHINGLE + 1))).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        np.ascontiguousarray(hashes[inside[:windows]]), offsets, VALUES, SEED
    )
    return np.array(matrix.to_rows(), dtype=np.uint64)


def _band_keys(digests: np.ndarray) -> list[list[int]]:
    """A positive 63-bit number for each band of each row."""
    # The band's number goes in, so that equal values in different bands do not meet; so does
    # the version of the library's hashing, so that those of two versions never do.
    salt = np.arange(1, BANDS + 1, dtype=np.uint64) + np.uint64(1000 * RMinHash.ALGORITHM_VERSION)
    bands = digests.reshape(-1, BANDS, ROWS)
    keys = np.broadcast_to(salt, bands.shape[:2]).copy()
    for at in range(ROWS):
        keys = (keys ^ bands[:, :, at]) * _MIX[at]
        keys ^= keys >> np.uint64(29)
    return [list(row) for row in (keys >> np.uint64(1)).tolist()]


def _hash(*parts: str) -> int:
    """A positive 63-bit number, the greatest that SQLite holds."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(joined, digest_size=8).digest()) >> 1


def _bucket(published: int) -> int:
    return published // _DAY // BUCKET_DAYS


def _near(published: int) -> range:
    """The buckets in which a leader within the window can lie."""
    return range(_bucket(published - _WINDOW), _bucket(published + _WINDOW) + 1)
