"""The encoder in PyTorch, and how text becomes its input.

Only training needs this: the service reads the exported model (`langnghe.classifier.encoder`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from langnghe.classifier.diacritics import Restorer
from langnghe.classifier.inputs import TITLE_TOKENS, model_text

TRAINED_TOKENS: Final = 96
"""Tokens read of a text while training: 97 % of posts are shorter, and time grows with them."""


class Encoder(nn.Module):
    """A Hugging Face encoder whose output is one vector a text.

    The vector has twice the hidden size: the first token's state, then the mean of all states.
    The heads read all of it; its second half, at unit length, is the text's embedding.
    """

    def __init__(self, checkpoint: str, layers: int | None = None) -> None:
        """Read a checkpoint.

        Args:
            checkpoint: its folder, or its Hugging Face name.
            layers: how many of its layers are kept, evenly spread; None for all.
        """
        super().__init__()
        # Dropout of the attention is left out: without it a step takes a tenth less.
        self.body = AutoModel.from_pretrained(
            checkpoint,
            dtype=torch.float32,
            add_pooling_layer=False,
            attention_probs_dropout_prob=0.0,
        )
        if layers is not None:
            every = self.body.encoder.layer
            self.body.encoder.layer = nn.ModuleList(
                every[(at + 1) * len(every) // layers - 1] for at in range(layers)
            )
            self.body.config.num_hidden_layers = layers
        self.hidden = int(self.body.config.hidden_size)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        return torch.cat([states[:, 0], mean], dim=1)

    def freeze(self, layers: int) -> None:
        """Leave the input embeddings and the lowest `layers` layers as they are.

        They hold what words look like, which the alignment has taught; holding them still
        saves time.
        """
        for parameter in self.body.embeddings.parameters():
            parameter.requires_grad_(False)
        for layer in self.body.encoder.layer[:layers]:
            for parameter in layer.parameters():
                parameter.requires_grad_(False)


class Reader:
    """Turns texts and pairs of texts into padded arrays of token numbers."""

    def __init__(self, checkpoint: str, restorer: Restorer, tokens: int = TRAINED_TOKENS) -> None:
        self._restorer = restorer
        self.tokenizer: Any = AutoTokenizer.from_pretrained(checkpoint)
        self._tokens = tokens

    def ids(self, text: str, second: str = "") -> list[int]:
        """The token numbers of a text, and of a title or second text behind it."""
        text = self._reading(text)
        if not second:
            found = self.tokenizer(text, truncation=True, max_length=self._tokens)
        else:
            found = self.tokenizer(
                text, self._reading(second), truncation="longest_first", max_length=self._tokens
            )
        return list(found["input_ids"])

    def titled(self, text: str, title: str) -> list[int]:
        """The token numbers of a post: its text, then the beginning of its title."""
        if not title:
            return self.ids(text)
        short = self.tokenizer(
            model_text(title), truncation=True, max_length=TITLE_TOKENS, add_special_tokens=False
        )["input_ids"]
        return self.ids(text, self.tokenizer.decode(short))

    def _reading(self, text: str) -> str:
        return self._restorer.reading(model_text(text))

    def batch(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Token numbers and mask, padded to the longest row: two (rows, tokens) arrays."""
        longest = max(map(len, rows))
        pad = int(self.tokenizer.pad_token_id)
        ids = torch.full((len(rows), longest), pad, dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
            mask[at, : len(row)] = 1
        return ids, mask


def save(state: Mapping[str, object], path: Path) -> None:
    """Write weights and whatever else was reached, whole or not at all."""
    partial = path.with_suffix(".partial")
    torch.save(state, partial)
    partial.replace(path)


def buckets(lengths: Sequence[int], tokens: int, draw: Any) -> Iterator[list[int]]:
    """Row numbers in batches of about `tokens` tokens, like lengths together, in random order."""
    order = sorted(range(len(lengths)), key=lambda row: (lengths[row], draw.random()))
    batches: list[list[int]] = []
    batch: list[int] = []
    for row in order:
        if batch and lengths[row] * (len(batch) + 1) > tokens:
            batches.append(batch)
            batch = []
        batch.append(row)
    if batch:
        batches.append(batch)
    draw.shuffle(batches)
    yield from batches
