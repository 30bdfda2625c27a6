"""A whole model, too small to know anything: real files, made in seconds by the real export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from langnghe.classifier import characters, diacritics
from langnghe.classifier.blend import POST_WIDTH, Blend, Join
from langnghe.classifier.features import BUCKETS
from langnghe.classifier.heads import PAIR_HEADS, POST_HEADS
from langnghe.classifier.neural import CHARACTERS_FILE, describe
from langnghe.classifier.training.diacritics import LEAST, count
from langnghe.classifier.training.encoder import Encoder
from langnghe.classifier.training.export import export
from langnghe.classifier.training.multitask import Heads

TEXTS = (
    "Đường vào bản Nà Khương sạt lở hai hôm nay, xe máy không qua được.",
    "Cho em hỏi làm thẻ căn cước cần giấy tờ gì ạ?",
    "can bo xa nhiet tinh, lam viec nhanh, cam on nhieu",
    "Đề nghị xã sửa cầu treo trước mùa mưa 😢",
    "Nước sinh hoạt đục ngầu từ hôm qua, cả xóm không ai dám dùng!!!",
    "ok",
)
WIDTH = 64


def write_checkpoint(folder: Path) -> None:
    """A Hugging Face checkpoint with random weights."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer.train_from_iterator(
        TEXTS, trainers.BpeTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        sep_token="</s>",
        cls_token="<s>",
        unk_token="<unk>",
    ).save_pretrained(folder)
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=WIDTH // 2,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=160,
        initializer_range=0.5,  # so that texts differ
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)


def write_model(checkpoint: Path, folder: Path) -> Encoder:
    """The whole model folder; returns the encoder that was exported."""
    encoder = Encoder(str(checkpoint))
    torch.manual_seed(2)
    export(encoder, str(checkpoint), Heads(WIDTH, dropout=0.0).state_dict(), folder)
    diacritics.save(folder / diacritics.FILE, count(TEXTS * LEAST))
    draw = np.random.default_rng(3)
    weights = np.zeros((BUCKETS, POST_WIDTH), np.float32)
    weights[::97] = draw.normal(size=weights[::97].shape)
    characters.save(
        folder / CHARACTERS_FILE,
        characters.Weights(np.ones(BUCKETS, np.float32), weights, np.zeros(POST_WIDTH, np.float32)),
    )
    joins = {head.name: Join(1.0, 0.5, (0.0,) * head.width) for head in POST_HEADS}
    blend = Blend(joins, joins, {head.name: 1.0 for head in PAIR_HEADS})
    describe(folder, "tiny", blend, {"about": "random weights"})
    return encoder
