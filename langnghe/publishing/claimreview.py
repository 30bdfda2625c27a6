"""ClaimReview by schema.org: a verdict as search engines and fact-checkers read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from markupsafe import Markup

from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS
from langnghe.publishing.records import CorrectionEdition

WORST, BEST = 1, 5
RATINGS: Final[Mapping[Verdict, int]] = {
    Verdict.FALSE: WORST,
    Verdict.PARTLY_TRUE: 3,
    Verdict.CONFIRMED: BEST,
}
"""Verdicts that say how true a claim is, on schema.org's scale. That there is no sufficient basis
is not halfway between true and false: it has none."""


def claim_review(
    edition: CorrectionEdition, first_at: datetime, body: str, base: str, url: str
) -> Markup | None:
    """A current edition as JSON-LD, fit to stand in a page; None where no rating fits.

    Nobody who stated the claim is named, nor any place where it stands (boundary 1).

    Args:
        edition: the correction.
        first_at: when its first edition was published.
        body: the institution.
        base: address of the site.
        url: address of the correction's page.
    """
    if edition.verdict not in RATINGS:
        return None
    publisher = {"@type": "GovernmentOrganization", "name": body, "url": base}
    review = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "inLanguage": "vi",
        "headline": edition.title,
        "claimReviewed": edition.statement,
        "itemReviewed": {"@type": "Claim", "text": edition.statement},
        "reviewRating": {
            "@type": "Rating",
            "ratingValue": RATINGS[edition.verdict],
            "worstRating": WORST,
            "bestRating": BEST,
            "alternateName": VERDICTS[edition.verdict],
        },
        "reviewBody": edition.finding,
        "author": publisher,
        "publisher": publisher,
        "datePublished": first_at.isoformat(),
        "dateModified": edition.at.isoformat(),
    }
    if links := [piece.link for piece in edition.evidence if piece.link]:
        review["citation"] = links
    return script_safe(review)


def script_safe(data: Mapping[str, object]) -> Markup:
    """JSON that no text in it can break out of a script element with."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704  nothing that ends the element is left in it
