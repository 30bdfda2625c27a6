"""The texts that the classifier is measured on, none of which it was trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from langnghe.classifier.training.examples import Answer, Example, column, read_civic, read_public
from langnghe.core.text import clean
from langnghe.sites.content import Entry, Gold, Mark, read_content, walk

COMMUNE: Final = Path(__file__).parent / "commune.jsonl"
"""Our own sentences in the register of a commune's public pages, a third of them without
diacritics. Marked by what the text itself says: neutral is a question or a piece of
information, without feeling; criticism and worry are negative; thanks and joy positive."""

PUBLIC: Final = (
    "uit-vsfc",
    "vlsp2016-sa",
    "uit-viocd",
    "victsd",
    "vihsd",
    "vi-sms-smishing",
    "vicov19qa",
)
"""Public sets, measured on their dev split."""

Sets = Mapping[str, Sequence[Example]]


def committed_sets() -> Sets:
    """The sets that are part of the project, by name."""
    return {
        "civic-dev": read_civic("dev"),
        "civic-test": read_civic("test"),
        "commune": _commune(),
        "sample-site": _sample_site(),
    }


def public_sets(data: Path) -> Sets:
    """The dev splits of the public sets within `data`, by name.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    return {name: read_public(data, name, "dev") for name in PUBLIC}


def fingerprint(sets: Sets) -> str:
    """SHA-256 over the texts and answers (hexadecimal): it ties floors to what was measured."""
    digest = hashlib.sha256()
    for name, examples in sorted(sets.items()):
        for one in examples:
            row = [name, one.title, one.text, one.second, one.criticism, dict(one.answers)]
            digest.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return digest.hexdigest()


def _commune() -> list[Example]:
    rows = map(json.loads, COMMUNE.read_text(encoding="utf-8").splitlines())
    return [
        Example(
            f"commune/{number}",
            row["text"],
            answers={"sentiment": column("sentiment", row["sentiment"])},
        )
        for number, row in enumerate(rows, start=1)
    ]


def _sample_site() -> list[Example]:
    """Every text of the sample site that was written and marked by itself, as it is stored.

    Reprints are left out, pastes count once.
    """
    content = read_content()
    parts: tuple[tuple[Entry, ...], ...] = (
        content.local_news,
        content.region_news,
        content.forum,
        content.network,
        content.group,
    )
    examples = [
        Example(
            entry.key, clean(entry.text), title=clean(entry.title), answers=_answers(entry.gold)
        )
        for part in parts
        for entry in walk(part)
        if entry.gold is not None
    ]
    return examples + [
        Example(one.key, clean(one.text), answers=_answers(one.gold)) for one in content.pastes
    ]


def _answers(gold: Gold) -> dict[str, Answer]:
    return {
        "sentiment": column("sentiment", gold.sentiment),
        "intent": column("intent", gold.intent),
        "scam": (int(gold.scam is not None),),
        "urgent": (int(Mark.URGENT in gold.marks),),
    }
