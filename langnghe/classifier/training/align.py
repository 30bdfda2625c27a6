"""Stage 1: half of the encoder learns to say what the whole says, however a text is spelled.

The untouched encoder is the teacher, every other layer of it the student. The student must give
a text, and each other spelling of it, the embedding that the teacher gives its careful spelling.
Distances are taken from the mean of all embeddings, because those of this family all lie in one
narrow cone.
Method: Reimers & Gurevych 2020, "Making Monolingual Sentence Embeddings Multilingual using
Knowledge Distillation", with spellings in place of languages.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from torch.nn import functional

from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.training.encoder import Encoder, Reader, buckets, save
from langnghe.classifier.training.views import other_spelling

log = logging.getLogger(__name__)

PREFIX = "query: "
"""What the teacher was trained with before a short text; the student learns to do without."""


def align(
    checkpoint: str,
    texts: Sequence[str],
    target: Path,
    restorer: Restorer,
    *,
    layers: int | None,
    seed: int,
    tokens: int = 1536,
    rate: float = 3e-4,
    plain: float = 0.4,
) -> None:
    """Teach `layers` of the layers of `checkpoint` with each text once; write `target`."""
    draw = random.Random(seed)
    torch.manual_seed(seed)
    reader = Reader(checkpoint, restorer)
    student = Encoder(checkpoint, layers)
    teacher = Encoder(checkpoint).eval()
    half = slice(student.hidden, None)
    student.train()
    original = [reader.ids(PREFIX + text) for text in texts]
    view = [
        reader.ids(text if draw.random() < plain else other_spelling(text, draw)) for text in texts
    ]
    batches = list(
        buckets([max(len(a), len(b)) for a, b in zip(original, view, strict=True)], tokens, draw)
    )
    with torch.no_grad():
        sample = [
            teacher(*reader.batch([original[row] for row in batch]))[:, half]
            for batch in batches[:12]
        ]
        centre = functional.normalize(torch.cat(sample), dim=1).mean(0)
    optimiser = torch.optim.AdamW(
        [p for p in student.parameters() if p.requires_grad], lr=rate, weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rate, total_steps=len(batches), pct_start=0.08
    )
    started, shown = time.monotonic(), 0.0
    for step, batch in enumerate(batches, start=1):
        with torch.no_grad():
            goal = teacher(*reader.batch([original[row] for row in batch]))[:, half]
            goal = functional.normalize(goal, dim=1) - centre
        found = student(*reader.batch([view[row] for row in batch]))[:, half]
        found = functional.normalize(found, dim=1) - centre
        loss = (1 - functional.cosine_similarity(found, goal)).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        shown += float(loss.detach())
        if step % 10 == 0:
            log.info(
                "align %d/%d loss %.4f %.0f s",
                step,
                len(batches),
                shown / 10,
                time.monotonic() - started,
            )
            shown = 0.0
            if step % 100 == 0:
                save(student.state_dict(), target)
    save(student.state_dict(), target)
