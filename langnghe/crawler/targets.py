"""What a request is for, and what came of it.

A *row* is a page of the frontier. Some pages go on: a timeline or a list of comments has older
pages, whose addresses hold the number of a private person's comment. Those are followed at
once, in memory, as further steps of the row's *walk*, and never written down (boundary 1); the
row counts as read when its walk has ended. After a crash the walk begins anew, which is
harmless: posts that are stored already stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, unquote, urldefrag

from langnghe.core.models import RejectReason
from langnghe.crawler.items import Harvest, PageKind
from langnghe.store.crawlstate import Failure, FrontierPage

_ORIGIN = "origin="


def with_origin(url: str, origin: str) -> str:
    """A page's address together with the page that it belongs to (an article's comments).

    The origin goes into the fragment, which is never sent: so the frontier keeps both as one.
    """
    return f"{urldefrag(url)[0]}#{_ORIGIN}{quote(origin, safe=':/')}"


def split_origin(url: str) -> tuple[str, str | None]:
    """The address to ask, and the page it belongs to where `with_origin` put one there."""
    address, fragment = urldefrag(url)
    if not fragment.startswith(_ORIGIN):
        return address, None
    return address, unquote(fragment.removeprefix(_ORIGIN))


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in the frontier about the answer to a request."""

    url: str
    """The address that answered, after redirects."""
    status: int
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One page to ask for."""

    row: FrontierPage
    url: str
    """What is asked: the row's own address, or that of a later step of its walk."""
    kind: PageKind
    origin: str | None = None
    """The page that this one belongs to: the article of comments, a thread's first page."""
    step: int = 0
    """0 for the row itself, n for the n-th further page of its walk."""
    first: Answer | None = None
    """The answer to step 0, whose validators the row keeps."""

    @property
    def is_list(self) -> bool:
        """Whether it lists other pages, newest first, and goes on with older ones."""
        return self.kind in (PageKind.SECTION, PageKind.BOARD)

    @classmethod
    def of(cls, row: FrontierPage) -> Target:
        """The first step of a row."""
        url, origin = split_origin(row.url)
        return cls(row, url, PageKind(row.kind), origin)

    def further(self, url: str, first: Answer) -> Target:
        """The next step of the same walk."""
        return Target(self.row, url, self.kind, self.origin, self.step + 1, first)


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page that was read. `harvest` None: it has not changed since it was last read."""

    target: Target
    answer: Answer
    harvest: Harvest | None
    further: tuple[str, ...] = ()
    """What is left of the walk, in order."""
    cut: bool = False
    """Further pages of the walk that are not in `further` were left out."""
    only_if_new: bool = False
    """The walk goes on only if this page had links that were not known."""
    gains_comments: bool = False
    """Comments may come to this page after it was read."""
    is_thread: bool = True
    """Replies on it stand with what they answer, so they can take over what that is about."""
    found: Mapping[str, bool] = field(default_factory=dict)
    """Of what such pages usually give, whether this one did (`layout.found_in`)."""
    sketch: Mapping[str, int] = field(default_factory=dict)
    """What it is made of (`layout.sketch_of`)."""


@dataclass(frozen=True, slots=True)
class PageFailed:
    """A page that could not be read.

    `problem` is one of `PROBLEMS`, the text keys that the dashboard translates. `reason` is
    given where there was an answer but nothing in it could be used: one rejected item.
    """

    target: Target
    problem: str
    failure: Failure
    status: int | None = None
    reason: RejectReason | None = None
    retry_at: datetime | None = None
    further: tuple[str, ...] = ()
    """What is left of the walk, in order."""

    @property
    def is_shut(self) -> bool:
        """Whether the page may well be there, only not for us as things are."""
        return self.problem in _SHUT


_SHUT = frozenset(
    {
        "unauthorised",
        "forbidden",
        "key_expired",
        "no_permission",
        "closed_to_public",
        "certificate",
        "unknown_host",
    }
)
"""Problems that say more of us, or of the whole server, than of the page that was asked for."""

PROBLEMS = frozenset(
    {
        "robots_unreachable",
        "rate_limited",
        "server_error",
        "timeout",
        "connection",
        "unknown_host",
        "certificate",
        "gone",
        "forbidden",
        "unexpected_answer",
        "too_large",
        "not_text",
        "unreadable",
        "truncated",
        "too_many_redirects",
        "refused_scheme",
        "refused_foreign_host",
        "refused_personal_page",
        "refused_private_address",
        "refused_robots",
        "no_key",
        "unauthorised",
        "key_expired",
        "no_permission",
        "quota_used_up",
        "no_preview",
        "closed_to_public",
        "layout_changed",
        "odd_page",
        "internal_error",
    }
)
