"""What an answer, or the lack of one, means. Pure functions."""

from __future__ import annotations

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from service_identity import VerificationError

from langnghe.core.ids import KeyedIds
from langnghe.core.models import RejectReason
from langnghe.crawler.guard import RefusedError
from langnghe.crawler.items import PageKind
from langnghe.store.crawlstate import Failure

OWN_VALIDATOR = "keyed:"
"""Marks an entity tag that is our own digest of the body: where a server names none, this tells
whether a page has changed. It is never sent. (A server's own begins with a quotation mark.)"""

_SNIFFED = 4096
_TEXT_TYPES = frozenset(
    {
        "application/json",
        "application/javascript",
        "application/rdf+xml",
        "application/xml",
        "application/xhtml+xml",
    }
)
_UNSAID_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_ARCHIVE_TYPES = frozenset({"application/gzip", "application/x-gzip"})
_GZIP_MAGIC = b"\x1f\x8b"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")

Meaning = tuple[str, Failure, RejectReason | None]
"""A problem's text key, its weight, and the reason by which it counts as a rejected item."""


def meaning_of_status(status: int) -> Meaning | None:
    """What an HTTP status other than success means; None for success."""
    if 200 <= status < 300:
        return None
    if status == 429:
        return "rate_limited", Failure.PASSING, None
    if status >= 500:
        return "server_error", Failure.SOFT, None
    if status in (404, 410):
        return "gone", Failure.HARD, None
    if status == 401:
        return "unauthorised", Failure.HARD, None
    if status in (403, 407, 451):
        return "forbidden", Failure.HARD, None
    return "unexpected_answer", Failure.HARD, None


def meaning_of_error(error: BaseException) -> Meaning:
    """What it means that a request got no answer that can be used."""
    if isinstance(error, RefusedError):
        return f"refused_{error.refusal}", Failure.HARD, None
    if isinstance(error, DownloadTimeoutError):
        return "timeout", Failure.PASSING, None
    if isinstance(error, CannotResolveHostError):
        return "unknown_host", Failure.HARD, None
    if _is_about_certificate(error):
        return "certificate", Failure.HARD, None
    if isinstance(error, ResponseDataLossError):
        return "truncated", Failure.PASSING, None
    if isinstance(error, DownloadConnectionRefusedError | DownloadFailedError):
        return "connection", Failure.PASSING, None
    if isinstance(error, DownloadCancelledError):
        return "too_large", Failure.HARD, RejectReason.TOO_LONG
    if isinstance(error, IgnoreRequest):
        # Two of Scrapy's own are left; the other says that a body grew too large unpacking.
        if "redirect" in str(error):
            return "too_many_redirects", Failure.HARD, None
        return "too_large", Failure.HARD, RejectReason.TOO_LONG
    return "internal_error", Failure.SOFT, None


def _is_about_certificate(error: BaseException) -> bool:
    """Whether a server could not prove that it is the one that was asked for."""
    # Twisted keeps what went wrong as a list beside the exception that Scrapy wraps.
    for failure in getattr(error.__cause__, "reasons", ()):
        if isinstance(failure.value, VerificationError):
            return True
        if isinstance(failure.value, TlsError) and "certificate verify failed" in str(failure):
            return True
    return False


def may_pass(problem: str) -> bool:
    """Whether asking again within the same visit can help."""
    return problem in {"rate_limited", "server_error", "timeout", "connection", "truncated"}


def is_text(content_type: str, body: bytes, kind: PageKind) -> bool:
    """Whether a body can be a page: by its declared type, else by its first bytes."""
    declared = content_type.partition(";")[0].strip().lower()
    if declared.startswith("text/") or declared.endswith(("+xml", "+json")):
        return not _looks_binary(body)
    if declared in _TEXT_TYPES:
        return not _looks_binary(body)
    if kind is PageKind.SITEMAP and body.startswith(_GZIP_MAGIC):
        return declared in _ARCHIVE_TYPES | _UNSAID_TYPES
    return declared in _UNSAID_TYPES and not _looks_binary(body)


def _looks_binary(body: bytes) -> bool:
    return b"\x00" in body[:_SNIFFED] and not body.startswith(_WIDE_MARKS)


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The request headers that make a request conditional (RFC 9110 §13.1)."""
    headers = {}
    if etag is not None and not etag.startswith(OWN_VALIDATOR):
        # Servers that compare letter by letter forget that compressing made their tag a weak one
        # (WordPress behind nginx). Without the mark it still matches: RFC 9110 §13.1.2 asks for
        # the weak comparison here.
        headers["If-None-Match"] = etag.removeprefix("W/")
    if last_modified is not None:
        headers["If-Modified-Since"] = last_modified
    return headers


def validators(
    headers: dict[str, str], body: bytes, ids: KeyedIds, configuration: str
) -> tuple[str, str | None]:
    """What to remember of an answer: an entity tag (the server's or our own) and a date.

    Without a `Last-Modified` the answer's own `Date` stands in, as RFC 9110 §13.1.3 suggests:
    so every later request is conditional. Our own tag also covers the `configuration` that the
    page was read with, so that a page counts as changed when the topics have.
    """
    # Of a list in pages (WordPress names its length) the first page alone tells too little.
    length = headers.get("x-wp-total")
    own = OWN_VALIDATOR + ids.of("body", configuration, length or "", body.decode("latin-1"))
    etag = own if length is not None else headers.get("etag") or own
    return etag, headers.get("last-modified") or headers.get("date")
