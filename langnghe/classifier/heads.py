"""What the classifier says of a text, and of a pair of texts: the heads over the one encoder.

No head is, or may become, a judgement of somebody's views (boundary 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from langnghe.core.models import Intent, Sentiment, Stance


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the model answers."""

    name: str
    classes: tuple[str, ...]
    """Exclusive classes, one score each; empty for a yes-or-no question with a single score."""
    pair: bool = False
    """Whether it reads two texts at once."""

    @property
    def width(self) -> int:
        """How many scores it gives."""
        return len(self.classes) or 1


EVIDENCE_CLASSES: Final = ("supported", "refuted", "not_enough_info")

HEADS: Final = (
    Head("sentiment", tuple(Sentiment)),
    Head("intent", tuple(Intent)),
    Head("claim", ()),
    Head("scam", ()),
    Head("toxicity", ()),
    # Whether a public body can and should answer: a question to the neighbours is none.
    Head("answer", ()),
    Head("urgent", ()),
    Head("stance", tuple(Stance), pair=True),
    Head("evidence", EVIDENCE_CLASSES, pair=True),
)
"""In the order of the columns of every array of scores. docs/annotation.md says what they mean."""

POST_HEADS: Final = tuple(head for head in HEADS if not head.pair)
PAIR_HEADS: Final = tuple(head for head in HEADS if head.pair)
BY_NAME: Final = {head.name: head for head in HEADS}
