"""One fetched answer, and the error that says why it could not be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from langnghe.core.encoding import GarbledTextError, decode
from langnghe.core.errors import LangNgheError
from langnghe.core.models import RejectReason

MAX_CHARACTERS = 12_000_000
"""The largest sitemaps have 10 MB; pages stay far below. Beyond this a parser's time would no
longer be a matter of seconds."""

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}?\?>", re.IGNORECASE)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ReadError(LangNgheError):
    """A page that is not what its kind of reader reads.

    `reason` is the outcome to count: GARBLED (its encoding is broken), TOO_LONG, or MALFORMED.
    `key` is one of `targets.PROBLEMS`, where the page says more of what is the matter.
    """

    def __init__(
        self,
        url: str,
        problem: str,
        reason: RejectReason = RejectReason.MALFORMED,
        key: str = "unreadable",
    ) -> None:
        self.url, self.problem, self.reason, self.key = url, problem, reason, key
        super().__init__(f"{url}: {problem}")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a request.

    `url` is the address that answered, after redirects. `headers` have lower-case names.
    """

    url: str
    body: bytes
    fetched_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The body as text without characters that XML and HTML forbid.

        Raises:
            ReadError: its encoding is broken beyond repair, or it is too long.
        """
        if len(self.body) > MAX_CHARACTERS * 3:
            raise ReadError(self.url, f"{len(self.body)} bytes", RejectReason.TOO_LONG)
        try:
            text = decode(self.body, self.declared_charset())
        except GarbledTextError as error:
            raise ReadError(self.url, str(error), RejectReason.GARBLED) from None
        if len(text) > MAX_CHARACTERS:
            raise ReadError(self.url, f"{len(text)} characters", RejectReason.TOO_LONG)
        return drop_illegal(text)

    def markup(self) -> str:
        """`text()` without an XML declaration, which contradicts text that is decoded."""
        return _XML_DECLARATION.sub("", self.text().lstrip("\ufeff"), count=1)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ReadError: it is no JSON, or nested deeper than anything real.
        """
        try:
            return json.loads(self.text())
        except (ValueError, RecursionError) as error:
            raise ReadError(self.url, f"no JSON ({type(error).__name__})") from None

    def declared_charset(self) -> str | None:
        """The encoding that the answer names, in its header or itself; it may be wrong."""
        if match := _CHARSET.search(self.headers.get("content-type", "")):
            return match[1]
        head = self.body[:4096]
        if found := _XML_ENCODING.search(head) or _META_CHARSET.search(head):
            return found[1].decode("ascii", "replace")
        return None


def drop_illegal(text: str) -> str:
    """Without control characters, lone surrogates and non-characters, which libxml refuses."""
    return _NOT_XML.sub("", text)


@contextmanager
def guarded(url: str, what: str) -> Iterator[None]:
    """Turn whatever another library raises on odd bytes into a `ReadError`.

    feedparser and trafilatura promise no list of exceptions, and one odd page must not end a
    crawl.
    """
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(url, f"{what} cannot be read ({type(error).__name__})") from error
