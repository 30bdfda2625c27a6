"""Masks personal data in a text: the last thing done before anything is written.

Boundary 1 of the design: phone numbers, identity numbers, e-mail addresses, bank accounts,
plates, @mentions and names of private persons are masked. What is found and what is not, with
figures, is in docs/deidentification.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from langnghe.crawler.handles import find_emails, find_links, find_mentions
from langnghe.crawler.knownnames import KnownNames
from langnghe.crawler.masks import MASKS, VOID, MaskKind, Span, blanked, lower_case
from langnghe.crawler.names import find_names
from langnghe.crawler.numbers import find_numbers

__all__ = ["KnownNames", "MaskKind", "Masked", "deidentify", "find_spans"]

_MASK: Final = re.compile("|".join(re.escape(mask) for mask in MASKS.values()))


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data, and how often each kind was masked in it.

    The keys of `counts` are values of `MaskKind`; kinds that did not occur are left out.
    """

    text: str
    counts: Mapping[str, int]


def deidentify(text: str, known_names: Collection[str] = ()) -> Masked:
    """Mask the personal data in `text`.

    Pure, and idempotent: masking the result again changes nothing. Never raises.

    Args:
        text: as `langnghe.core.text.clean` leaves it.
        known_names: display names seen on the same page. They are masked wherever they stand
            in the text, with or without diacritics, and are not kept. For many texts with the
            same names, hand in one `KnownNames`: it prepares them once.
    """
    names = known_names if isinstance(known_names, KnownNames) else KnownNames(known_names)
    counts: Counter[str] = Counter()
    # A mask can bring together what was apart ("anh [@] Tuấn"), so look again until nothing is
    # found. Each round makes the text that is not mask shorter, so this ends.
    while spans := find_spans(text, names):
        parts = []
        at = 0
        for start, end, kind in spans:
            parts += [text[at:start], MASKS[kind]]
            at = end
            counts[kind.value] += 1
        parts.append(text[at:])
        text = "".join(parts)
    return Masked(text, dict(counts))


def find_spans(text: str, known_names: Collection[str] = ()) -> tuple[Span, ...]:
    """What `deidentify` masks in its first round, in order, without overlaps."""
    names = known_names if isinstance(known_names, KnownNames) else KnownNames(known_names)
    rest = _MASK.sub(lambda match: VOID * len(match.group()), text) if "[" in text else text
    lowered = lower_case(rest)
    spans, kept_links = find_links(rest, lowered)
    for find in (find_emails, find_mentions):
        taken = spans + kept_links
        spans += find(blanked(rest, taken), blanked(lowered, taken))
    rest, lowered = blanked(rest, spans), blanked(lowered, spans)
    numbers = find_numbers(rest, lowered, kept_links)
    taken = numbers + kept_links
    rest, lowered = blanked(rest, taken), blanked(lowered, taken)
    found = find_names(rest, lowered)
    return _without_overlaps([*spans, *numbers, *found, *names.find(blanked(rest, found))])


def _without_overlaps(spans: list[Span]) -> tuple[Span, ...]:
    """The spans in order; of two that overlap, one that covers both, of the earlier's kind."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            merged.append(span)
    return tuple(merged)
