"""What people have found out, for the classifier to hold new posts against."""

from __future__ import annotations

from collections.abc import Iterator

from langnghe.casework.claimstate import OPEN, Claim
from langnghe.casework.claimtexts import Evidence
from langnghe.casework.keeping import every
from langnghe.casework.kinds import CLAIM
from langnghe.core.models import CheckedClaim
from langnghe.store.cases import Cases


def checked_claims(cases: Cases) -> list[CheckedClaim]:
    """The claims with an approved verdict, by id.

    One that was reopened stays among them, as being verified: posts still match it, and so do not
    come together as a new claim, but none is flagged for it.
    """
    claims = (case.state for case in every(cases, CLAIM))
    decided = [claim for claim in claims if claim.state not in OPEN or claim.reopenings]
    return [
        CheckedClaim(claim.id, claim.statement, claim.state, "\n".join(_lines(claim)))
        for claim in sorted(decided, key=lambda claim: claim.id)
    ]


def _lines(claim: Claim) -> Iterator[str]:
    """The evidence as a reviewer reads it, a piece a line."""
    for piece in claim.evidence:
        yield " · ".join(filter(None, _parts(piece)))


def _parts(piece: Evidence) -> Iterator[str]:
    yield piece.source
    yield piece.document_number
    yield f"{piece.dated:%d/%m/%Y}"
    yield piece.link
    yield " ".join(piece.quotation.split())
