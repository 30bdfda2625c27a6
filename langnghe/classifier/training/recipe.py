"""Which rows the encoder is trained on, and how often it sees them.

Figures behind the numbers: docs/decisions.md. Everything is drawn with fixed seeds.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langnghe.classifier.training.examples import (
    PUBLIC,
    ClaimExamples,
    Example,
    column,
    read_civic,
    read_claims,
    read_public,
    read_rows,
)
from langnghe.classifier.training.views import strip_marks
from langnghe.core.models import Stance
from langnghe.core.text import words

SEED: Final = 7

SHORTEST, LONGEST = 12, 400
"""Characters of a text that stage 1 reads: shorter ones say nothing, longer ones take time."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one set, and how often they are seen."""

    name: str
    rows: Sequence[Example]
    passes: float
    """How often each row is seen, each time in a fresh spelling; 0.5 takes half of the rows."""
    weight: float = 1.0
    """What a row's loss counts beside those of other sets."""
    title_share: float = 1.0
    """How often the title is given. Under 1 for sets whose titles say little: a title may be
    missing in the service as well."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a public set is used."""

    passes: float
    most: int | None = None
    """Rows taken; None takes all."""
    most_yes: int | None = None
    """Of them, rows whose one answer is yes: the rare class is kept, the common one thinned."""
    weight: float = 1.0
    title_share: float = 1.0


SHARES: Final[Mapping[str, Share]] = {
    "uit-vsfc": Share(3),
    # The one balanced set with a real neutral class, and the hardest.
    "vlsp2016-sa": Share(8),
    # Shop reviews and emotions: another tone of sentiment than citizens', so little of them.
    "aivivn-2019": Share(1, most=2500, weight=0.4),
    "uit-vsmec": Share(0.5, most=1000, weight=0.4),
    "uit-viocd": Share(4),
    "victsd": Share(1.5, most=4000, most_yes=757, title_share=0.3),
    # What these two call offensive is wider than what ViCTSD calls toxic.
    "vihsd": Share(0.5, most=2000, most_yes=800, weight=0.5),
    "safesense-vi": Share(0.5, most=1500, most_yes=600, weight=0.5, title_share=0.2),
    "vi-sms-smishing": Share(3),
    # Easy, and all alike.
    "vicov19qa": Share(0.5, most=350, weight=0.5),
    "gov-questions": Share(0.5, most=250, weight=0.5),
    "xnli-vi": Share(2),
    # Contexts of the Wikipedia: four times as long as anything else.
    "vihallu-2025": Share(0.5, most=500),
}
OPEN_SHARES: Final[Mapping[str, Share]] = {
    "safesense-vi": Share(1, most=5000, most_yes=2000, title_share=0.2)
}
"""The openly licensed sets, taken more of where they are all there is (`--open-data`)."""

CIVIC_PASSES: Final = 12.0
SAID_PASSES: Final = 3.0
PAIR_PASSES: Final = 1.6
PAIR_WEIGHT: Final = 1.5
TWIN_PASSES: Final = 3

CROSSED, MISSED, FOREIGN = 12, 4, 4
"""Pairs taken of each claim beside those with its own text: see `pairs`."""

ALIGNED: Final[Mapping[str, int]] = {
    "uit-vsfc": 5000,
    "vlsp2016-sa": 1500,
    "uit-viocd": 2200,
    "victsd": 3000,
    "vi-sms-smishing": 1200,
    "safesense-vi": 1200,
    "vihsd": 1000,
    "aivivn-2019": 1000,
    "vicov19qa": 900,
    "gov-questions": 400,
    "uit-vsmec": 1000,
}
"""Texts of each set that stage 1 reads."""
ALIGNED_NEWS: Final = 2200
ALIGNED_OPEN: Final = 6000
"""Texts of safesense-vi that stage 1 reads with `--open-data`, beside the civic set's own."""


def aligned_texts(data: Path, *, open_only: bool) -> list[str]:
    """What stage 1 reads: texts without their answers, shuffled."""
    draw = random.Random(SEED)
    texts: list[str] = []
    shares = {"safesense-vi": ALIGNED_OPEN} if open_only else ALIGNED
    for name, most in shares.items():
        found = [
            row.text
            for row in read_public(data, name, "train")
            if SHORTEST <= len(row.text) <= LONGEST
        ]
        draw.shuffle(found)
        texts += found[:most]
    if open_only:
        texts += [row.text for row in read_civic("train")]
        texts += [post for claim in read_claims("train") for post, _ in claim.posts]
    else:
        news = list(_news_sentences(data, draw))
        draw.shuffle(news)
        texts += news[:ALIGNED_NEWS]
    draw.shuffle(texts)
    return texts


def _news_sentences(data: Path, draw: random.Random) -> Iterator[str]:
    path = data / "news-vntc-sample" / "all.jsonl"
    for text in read_rows(path, lambda _, row: str(row["text"])):
        sentences = [
            sentence.strip()
            for sentence in re.split(r"(?<=[.!?])\s+", text)
            if 40 < len(sentence) < 220
        ]
        draw.shuffle(sentences)
        yield from sentences[:2]


def parts(data: Path, *, open_only: bool) -> list[Part]:
    """What stage 2 reads."""
    found = []
    for name, share in (OPEN_SHARES if open_only else SHARES).items():
        rows = _thinned(read_public(data, name, "train"), share)
        found.append(Part(name, rows, share.passes, share.weight, share.title_share))
    found.append(Part("civic", read_civic("train"), CIVIC_PASSES))
    claims = read_claims("train")
    found.append(Part("said", said(claims), SAID_PASSES))
    found.append(Part("claims", pairs(claims), PAIR_PASSES, PAIR_WEIGHT))
    return found


def _thinned(rows: Sequence[Example], share: Share) -> Sequence[Example]:
    draw = random.Random(SEED)
    if share.most is None or share.most >= len(rows):
        return rows
    if share.most_yes is None:
        return draw.sample(rows, share.most)
    yes = [row for row in rows if (1,) in row.answers.values()]
    no = [row for row in rows if (1,) not in row.answers.values()]
    yes = draw.sample(yes, min(share.most_yes, len(yes)))
    return yes + draw.sample(no, min(share.most - len(yes), len(no)))


def said(claims: Sequence[ClaimExamples]) -> list[Example]:
    """Posts by themselves that repeat a claim, which is to assert one, or doubt it, which is not.

    What the others do is left open: a denial and a near miss may assert a fact of their own.
    """
    asserts = {Stance.REPEATS: 1, Stance.DOUBTS: 0}
    return [
        Example(f"{claim.id}/said/{number}", post, answers={"claim": (asserts[stance],)})
        for claim in claims
        for number, (post, stance) in enumerate(claim.posts)
        if stance in asserts
    ]


def pairs(claims: Sequence[ClaimExamples]) -> list[Example]:
    """Texts beside a claim, with the stance of the first towards the second.

    A model could learn the stance from how the first text is worded and never read the second:
    so each post stands beside several texts, with different answers. Its own claim; posts that
    repeat that claim, which are claims in other words; near misses, which a repeat does not
    repeat; and other claims like it. Civic posts stand beside the claim they share most words
    with.
    """
    draw = random.Random(SEED)
    vocabulary = {claim.id: frozenset(map(str.lower, words(claim.text))) for claim in claims}
    unrelated = {"stance": column("stance", Stance.UNRELATED)}

    def nearest(text_words: frozenset[str], among: Sequence[ClaimExamples]) -> ClaimExamples:
        return max(among, key=lambda claim: len(vocabulary[claim.id] & text_words))

    found = pairs_of(claims)
    for claim in claims:
        others = sorted(
            (other for other in claims if other is not claim),
            key=lambda other: -len(vocabulary[other.id] & vocabulary[claim.id]),
        )[:6]
        repeats = [post for post, stance in claim.posts if stance is Stance.REPEATS]
        misses = [post for post, stance in claim.posts if stance is Stance.UNRELATED]
        crossed = [
            (post, repeat, {"stance": column("stance", stance)})
            for post, stance in claim.posts
            for repeat in repeats
            if post != repeat
        ]
        missed = [(repeat, miss, unrelated) for repeat in repeats for miss in misses]
        foreign = [(post, draw.choice(others).text, unrelated) for post, _ in claim.posts]
        chosen = [
            *draw.sample(crossed, CROSSED),
            *draw.sample(missed, MISSED),
            *draw.sample(foreign, FOREIGN),
        ]
        found += [
            Example(f"{claim.id}/crossed/{number}", post, second=second, answers=answers)
            for number, (post, second, answers) in enumerate(chosen)
        ]
    for row in draw.sample(read_civic("train"), 400):
        claim = nearest(frozenset(map(str.lower, words(row.text))), draw.sample(list(claims), 60))
        found.append(Example(f"{row.id}/claim", row.text, second=claim.text, answers=unrelated))
    return found


def twins() -> list[tuple[str, str]]:
    """Claims and posts that repeat them, whose embeddings are to lie together."""
    return [
        (claim.text, post)
        for claim in read_claims("train")
        for post, stance in claim.posts
        if stance is Stance.REPEATS
    ] * TWIN_PASSES


def watched(
    data: Path, *, open_only: bool, most: int = 300
) -> dict[tuple[str, str], Sequence[Example]]:
    """By (name, head) the dev rows that decide when training stops: few of each, for speed."""
    found: dict[tuple[str, str], Sequence[Example]] = {}

    def watch(name: str, head: str, rows: Sequence[Example], *, bare: bool = False) -> None:
        chosen = random.Random(SEED).sample(rows, min(most, len(rows)))
        found[name, head] = chosen
        if bare:
            found[f"{name}-bare", head] = [stripped(row) for row in chosen]

    if not open_only:
        watch("uit-vsfc", "sentiment", read_public(data, "uit-vsfc", "dev"), bare=True)
        watch("vlsp2016-sa", "sentiment", read_public(data, "vlsp2016-sa", "dev"))
        watch("uit-viocd", "intent", read_public(data, "uit-viocd", "dev"))
        watch("victsd", "toxicity", read_public(data, "victsd", "dev"))
        watch("vi-sms-smishing", "scam", read_public(data, "vi-sms-smishing", "dev"))
    civic = read_civic("dev")
    watch("civic", "intent", civic, bare=True)
    for head in ("sentiment", "claim", "urgent"):
        watch("civic", head, civic)
    watch("claims", "stance", pairs_of(read_claims("dev")))
    return found


def pairs_of(claims: Sequence[ClaimExamples]) -> list[Example]:
    """Each post of the claims beside its own claim, with the stance."""
    return [
        Example(
            f"{claim.id}/{number}",
            post,
            second=claim.text,
            answers={"stance": column("stance", stance)},
        )
        for claim in claims
        for number, (post, stance) in enumerate(claim.posts)
    ]


def stripped(row: Example) -> Example:
    """The row without diacritics."""
    return Example(
        row.id,
        strip_marks(row.text),
        title=strip_marks(row.title),
        second=strip_marks(row.second),
        answers=row.answers,
        criticism=row.criticism,
    )


def licences(*, open_only: bool) -> dict[str, str]:
    """Each set that a model is trained on, with its licence."""
    own = {"civic": "own work, Apache-2.0", "claims": "own work, Apache-2.0"}
    return own | {name: PUBLIC[name].licence for name in (OPEN_SHARES if open_only else SHARES)}
