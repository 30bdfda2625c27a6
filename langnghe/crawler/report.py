"""What a crawl came to, for people and for machines. Counts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from langnghe.core.models import Outcome, RejectReason
from langnghe.crawler.keeping import Tally
from langnghe.store.crawlstate import RunStatus

DONE, FAILED, PARTLY = 0, 1, 4
"""Exit codes of a crawl: all sources read, none, some (as in `langnghe.cli`)."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source's part in a crawl."""

    source: str
    status: RunStatus
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rejected items by `RejectReason`."""
    pages: int = 0
    failed_pages: int = 0
    requests: int = 0
    not_modified: int = 0
    """Answers 304 to conditional requests."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Addresses that were not asked, by `guard.Refusal`."""
    problems: Mapping[str, int] = field(default_factory=dict)
    """Failures by text key (`targets.PROBLEMS`)."""
    retry_at: datetime | None = None
    """Until when the source is left alone."""
    deleted: int = 0
    """Posts that were deleted here, since they are no longer at their source."""
    bad_rows: tuple[str, ...] = ()
    """Rows of an imported file that could not be used, as `file:line: reason`; never their text."""

    @property
    def stored(self) -> int:
        """Posts that are new or changed."""
        return self.outcomes.get(Outcome.STORED, 0)

    @property
    def items(self) -> int:
        """Items read; each has exactly one outcome."""
        return sum(self.outcomes.values())

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return {
            "source": self.source,
            "status": self.status.value,
            "outcomes": {outcome.value: n for outcome, n in sorted(self.outcomes.items())},
            "rejected": dict(sorted(self.rejected.items())),
            "pages": self.pages,
            "failed_pages": self.failed_pages,
            "requests": self.requests,
            "not_modified": self.not_modified,
            "refused": dict(sorted(self.refused.items())),
            "problems": dict(sorted(self.problems.items())),
            "retry_at": None if self.retry_at is None else self.retry_at.isoformat(),
            "deleted": self.deleted,
            "bad_rows": list(self.bad_rows),
        }


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """A whole crawl."""

    sources: tuple[SourceReport, ...] = ()

    @property
    def stored(self) -> int:
        """Posts that are new or changed."""
        return sum(report.stored for report in self.sources)

    @property
    def deleted(self) -> int:
        """Posts that were deleted here, since they are no longer at their source."""
        return sum(report.deleted for report in self.sources)

    @property
    def exit_code(self) -> int:
        """DONE, FAILED where no source could be read, PARTLY where some could not."""
        bad = sum(report.status is not RunStatus.FINISHED for report in self.sources)
        if not bad:
            return DONE
        return FAILED if bad == len(self.sources) else PARTLY

    def as_json(self) -> dict[str, Any]:
        """Plain values for `--json`."""
        return {
            "stored": self.stored,
            "sources": [report.as_json() for report in self.sources],
        }


def by_outcome(tally: Tally) -> dict[Outcome, int]:
    """A tally without its reasons."""
    totals: dict[Outcome, int] = {}
    for (outcome, _), n in tally.items():
        totals[outcome] = totals.get(outcome, 0) + n
    return totals


def by_reason(tally: Tally) -> dict[str, int]:
    """The rejected items of a tally, by reason."""
    return {
        RejectReason(reason).value: n
        for (outcome, reason), n in tally.items()
        if outcome is Outcome.REJECTED and reason is not None
    }
