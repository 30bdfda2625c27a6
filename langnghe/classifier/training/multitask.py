"""Stage 2: one encoder, all heads, all sets at once.

Rows come in one long random order in which each set stands as often as the recipe says. A row
pays a loss only at the heads that its set answers. Where a set says "one of these classes", the
loss is that of their joint probability. Beside them, batches of claims and posts that repeat
them pull the embeddings of each pair together (in-batch negatives; van den Oord et al. 2018).
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn
from torch.nn import functional

from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.heads import BY_NAME, HEADS
from langnghe.classifier.training.encoder import Encoder, Reader, buckets, save
from langnghe.classifier.training.examples import Example
from langnghe.classifier.training.recipe import SEED, Part
from langnghe.classifier.training.views import other_spelling

log = logging.getLogger(__name__)

PAIR_TEMPERATURE = 0.05


@dataclass(frozen=True, slots=True)
class Recipe:
    """How stage 2 is done. Defaults: what measured best within the time (docs/decisions.md)."""

    seed: int = SEED
    layers: int | None = 6
    """Layers of the encoder that are kept: all twelve read half as many posts a second."""
    tokens: int = 1536
    """Tokens of a batch: what two cores work through in about a second."""
    body_rate: float = 2e-4
    head_rate: float = 1e-3
    frozen: int = 1
    share: float = 1.0
    """Of the readings that the parts ask for; less where there is no time for all."""
    respelled: float = 0.4
    """Share of rows seen in another spelling."""
    dropout: float = 0.1
    checks: int = 6
    """How often the dev parts are looked at."""
    patience: int = 3
    """Looks without a gain after which training stops."""


class Heads(nn.Module):
    """All heads, as one linear map from the encoder's vector to all scores."""

    def __init__(self, features: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.scores = nn.Linear(features, sum(head.width for head in HEADS))

    def forward(self, features: Tensor) -> Tensor:
        scores: Tensor = self.scores(self.dropout(features))
        return scores


def spans() -> dict[str, slice]:
    """Where each head's columns stand."""
    found, at = {}, 0
    for head in HEADS:
        found[head.name] = slice(at, at + head.width)
        at += head.width
    return found


SPANS = spans()


def class_weights(rows: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
    """By head, what each class (or no and yes) counts: the rarer the more, by the square root.

    The full inverse would let 4 % of neutral rows outvote the rest where they are mislabelled.
    """
    weights = {}
    for head in HEADS:
        counts = Counter(
            answer[0] for row in rows if len(answer := row.answers.get(head.name, ())) == 1
        )
        width = len(head.classes) or 2
        if counts:
            total = sum(counts.values())
            raw = np.array(
                [(total / max(counts[at], 1)) ** 0.5 if counts[at] else 1.0 for at in range(width)],
                dtype=np.float32,
            )
            share = np.array([counts[at] / total for at in range(width)])
            weights[head.name] = raw / float((raw * share).sum())
    return weights


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of one example."""

    ids: Sequence[int]
    answers: Mapping[str, Sequence[int]]
    weights: Mapping[str, float]


def readings(parts: Sequence[Part], reader: Reader, recipe: Recipe) -> list[Row]:
    """Every reading of every example, in the order of the parts."""
    draw = random.Random(recipe.seed)
    rows = []
    for part in parts:
        weights = class_weights(part.rows)
        passes = part.passes * recipe.share
        whole = int(passes)
        chosen = list(part.rows) * whole
        chosen += draw.sample(list(part.rows), int(len(part.rows) * (passes - whole)))
        for example in chosen:
            text, second = example.text, example.second
            title = example.title if draw.random() < part.title_share else ""
            if draw.random() < recipe.respelled:
                text = other_spelling(text, draw)
                if second and draw.random() < 0.5:
                    second = other_spelling(second, draw)
            rows.append(
                Row(
                    reader.ids(text, second) if second else reader.titled(text, title),
                    example.answers,
                    {
                        head: part.weight
                        * float(weights[head][answer[0]] if len(answer) == 1 else 1.0)
                        for head, answer in example.answers.items()
                    },
                )
            )
    return rows


def loss_of(scores: Tensor, rows: Sequence[Row]) -> Tensor:
    """Mean over the rows of their summed, weighted losses."""
    total = scores.new_zeros(())
    for head in HEADS:
        at = [number for number, row in enumerate(rows) if head.name in row.answers]
        if not at:
            continue
        weight = scores.new_tensor([rows[number].weights[head.name] for number in at])
        found = scores[at][:, SPANS[head.name]]
        if head.classes:
            allowed = torch.full_like(found, float("-inf"))
            for line, number in enumerate(at):
                allowed[line, list(rows[number].answers[head.name])] = 0.0
            each = -torch.logsumexp(functional.log_softmax(found, dim=1) + allowed, dim=1)
        else:
            truth = scores.new_tensor([rows[number].answers[head.name][0] for number in at])
            each = functional.binary_cross_entropy_with_logits(
                found[:, 0], truth.float(), reduction="none"
            )
        total = total + (each * weight).sum()
    return total / len(rows)


def twin_batches(
    twins: Sequence[tuple[str, str]], reader: Reader, recipe: Recipe, size: int = 20
) -> list[tuple[list[list[int]], list[list[int]]]]:
    """Batches of (claim, post that repeats it), no claim twice in a batch; spellings drawn."""
    draw = random.Random(recipe.seed + 1)
    waiting = draw.sample(list(twins), int(len(twins) * recipe.share))
    batches = []
    while waiting:
        taken: dict[str, str] = {}
        rest = []
        for claim, post in waiting:
            if claim in taken or len(taken) == size:
                rest.append((claim, post))
            else:
                taken[claim] = post
        waiting = rest
        if len(taken) > size // 2:
            batches.append(
                (
                    [reader.ids(claim) for claim in taken],
                    [
                        reader.ids(
                            other_spelling(post, draw) if draw.random() < recipe.respelled else post
                        )
                        for post in taken.values()
                    ],
                )
            )
    return batches


def twin_loss(claims: Tensor, posts: Tensor) -> Tensor:
    """How hard it is to find each claim's post among the posts, and back."""
    claims, posts = functional.normalize(claims, dim=1), functional.normalize(posts, dim=1)
    likeness = claims @ posts.T / PAIR_TEMPERATURE
    own = torch.arange(len(claims))
    return (functional.cross_entropy(likeness, own) + functional.cross_entropy(likeness.T, own)) / 2


def predict(
    encoder: Encoder, heads: Heads, reader: Reader, rows: Sequence[Example], tokens: int = 4096
) -> NDArray[np.float32]:
    """Scores of all heads for each example: (rows, all columns)."""
    encoder.eval()
    heads.eval()
    ids = [
        reader.ids(row.text, row.second) if row.second else reader.titled(row.text, row.title)
        for row in rows
    ]
    found = np.zeros((len(rows), sum(head.width for head in HEADS)), dtype=np.float32)
    with torch.no_grad():
        for batch in buckets(list(map(len, ids)), tokens, random.Random(0)):
            found[batch] = heads(encoder(*reader.batch([ids[at] for at in batch]))).numpy()
    encoder.train()
    heads.train()
    return found


def macro_f1(truth: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Mean over the classes in `truth` of the harmonic mean of precision and recall."""
    figures = []
    for label in np.unique(truth):
        hits = int(((truth == label) & (found == label)).sum())
        figures.append(2 * hits / max(int((truth == label).sum() + (found == label).sum()), 1))
    return float(np.mean(figures))


def quality(scores: NDArray[np.float32], rows: Sequence[Example], head: str) -> float:
    """Macro-F1 of one head over the rows that answer it."""
    at = [number for number, row in enumerate(rows) if head in row.answers]
    found = scores[at][:, SPANS[head]]
    answers = [rows[number].answers[head] for number in at]
    classes = BY_NAME[head].classes
    if not classes:
        return macro_f1(np.array([a[0] for a in answers]), (found[:, 0] > 0).astype(np.int64))
    if any(len(answer) > 1 for answer in answers):
        groups = sorted(set(answers))
        shares = softmax(found, axis=1)
        joint = np.stack([shares[:, list(group)].sum(1) for group in groups], axis=1)
        return macro_f1(np.array([groups.index(a) for a in answers]), joint.argmax(1))
    return macro_f1(np.array([a[0] for a in answers]), found.argmax(1))


def train(
    checkpoint: str,
    aligned: Path | None,
    parts: Sequence[Part],
    twins: Sequence[tuple[str, str]],
    dev: Mapping[tuple[str, str], Sequence[Example]],
    restorer: Restorer,
    folder: Path,
    recipe: Recipe,
) -> None:
    """Train, and leave the best state in `folder`/best.pt.

    What was reached is kept in `folder`/state.pt; a run that was cut short goes on from there.

    Args:
        checkpoint: folder or name of a Hugging Face encoder.
        aligned: weights of stage 1; None starts from the checkpoint's own.
        parts: the training rows.
        twins: claims and posts that repeat them.
        dev: by (name, head) the rows on which progress is measured.
        restorer: puts diacritics back into what is read.
        folder: where states are kept.
        recipe: how it is done.
    """
    torch.manual_seed(recipe.seed)
    reader = Reader(checkpoint, restorer)
    encoder = Encoder(checkpoint, recipe.layers)
    if aligned is not None:
        encoder.load_state_dict(torch.load(aligned))
    encoder.freeze(recipe.frozen)
    heads = Heads(2 * encoder.hidden, recipe.dropout)
    rows = readings(parts, reader, recipe)
    order = random.Random(recipe.seed + 2)
    plan: list[list[int] | int] = list(
        buckets([len(row.ids) for row in rows], recipe.tokens, order)
    )
    pairs = twin_batches(twins, reader, recipe)
    for number in range(len(pairs)):
        plan.insert(order.randrange(len(plan)), number)
    body = [p for p in encoder.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": body, "lr": recipe.body_rate},
            {"params": heads.parameters(), "lr": recipe.head_rate},
        ],
        weight_decay=0.01,
    )
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / "state.pt"
    first, best, waited = 0, -1.0, 0
    if state.exists():
        kept = torch.load(state)
        encoder.load_state_dict(kept["encoder"])
        heads.load_state_dict(kept["heads"])
        optimiser.load_state_dict(kept["optimiser"])
        # The schedule takes its rates from here when it does not begin at the beginning.
        for group, rate in zip(
            optimiser.param_groups, (recipe.body_rate, recipe.head_rate), strict=True
        ):
            group.update(initial_lr=rate / 25, max_lr=rate, min_lr=rate / 25e4)
        first, best, waited = kept["step"], kept["best"], kept["waited"]
        log.info("going on from step %d of %d", first, len(plan))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [recipe.body_rate, recipe.head_rate],
        total_steps=len(plan),
        pct_start=0.08,
        base_momentum=0.9,
        max_momentum=0.9,
        last_epoch=first - 1,
    )
    log.info("%d readings, %d batches, %d of twins", len(rows), len(plan), len(pairs))
    encoder.train()
    heads.train()
    started, shown = time.monotonic(), 0.0
    every = max(1, len(plan) // recipe.checks)
    for step in range(first + 1, len(plan) + 1):
        job = plan[step - 1]
        if isinstance(job, int):
            half = slice(encoder.hidden, None)
            claims, posts = pairs[job]
            loss = 0.5 * twin_loss(
                encoder(*reader.batch(claims))[:, half], encoder(*reader.batch(posts))[:, half]
            )
        else:
            batch = [rows[at] for at in job]
            loss = loss_of(heads(encoder(*reader.batch([row.ids for row in batch]))), batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads.parameters()], 1.0)
        optimiser.step()
        schedule.step()
        shown += float(loss.detach())
        if step % 25 == 0:
            passed = time.monotonic() - started
            log.info("step %d/%d loss %.4f %.0f s", step, len(plan), shown / 25, passed)
            shown = 0.0
        if step % every == 0 or step == len(plan):
            figures = measure(encoder, heads, reader, dev)
            mean = float(np.mean(list(figures.values())))
            waited = 0 if mean > best else waited + 1
            log.info("dev %.4f %s", mean, json.dumps(figures))
            learnt = {"encoder": encoder.state_dict(), "heads": heads.state_dict()}
            if mean > best:
                best = mean
                save(learnt, folder / "best.pt")
            reached = {"step": step, "best": best, "waited": waited}
            save({**learnt, **reached, "optimiser": optimiser.state_dict()}, state)
            if waited >= recipe.patience:
                log.info("no gain for %d looks: stopped", waited)
                return


def measure(
    encoder: Encoder,
    heads: Heads,
    reader: Reader,
    dev: Mapping[tuple[str, str], Sequence[Example]],
) -> dict[str, float]:
    """Macro-F1 by set and head."""
    seen: dict[tuple[str, ...], NDArray[np.float32]] = {}
    figures = {}
    for (name, head), rows in dev.items():
        texts = tuple(row.text for row in rows)
        if texts not in seen:
            seen[texts] = predict(encoder, heads, reader, rows)
        figures[f"{name}/{head}"] = round(quality(seen[texts], rows, head), 4)
    return figures
