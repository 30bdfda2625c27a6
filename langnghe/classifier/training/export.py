"""From the trained encoder to the file that the service runs: ONNX, int8.

Weights of matrix products are kept per column, in seven bits: on processors without VNNI two
products of eight-bit numbers can overflow the sixteen bits that they are added in. The graph
reads one text at a time (see `langnghe.classifier.encoder`), so it needs no mask.
"""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import AutoTokenizer

from langnghe.classifier.encoder import MODEL_FILE, TOKENIZER_FILE
from langnghe.classifier.neural import Heads
from langnghe.classifier.training.encoder import Encoder

log = logging.getLogger(__name__)

OPSET: Final = 17

SLOWER: Final = ("SkipLayerNormFusion",)
"""Optimisations of the runtime that cost time: an addition and LayerNormalization, apart, take
a third of what the fused operation takes (docs/decisions.md)."""


class _OneText(nn.Module):
    """The encoder for an input without padding."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.body = encoder.body

    def forward(self, input_ids: Tensor) -> Tensor:
        states = self.body(input_ids=input_ids).last_hidden_state
        return torch.cat([states[:, 0], states.mean(1)], dim=1)


def export(encoder: Encoder, checkpoint: str, heads: Mapping[str, Tensor], folder: Path) -> None:
    """Write `encoder.onnx`, the tokenizer's files and `heads.npz`.

    Args:
        encoder: with its trained weights; is left in evaluation mode.
        checkpoint: where its tokenizer comes from.
        heads: the state of `multitask.Heads`.
        folder: the model folder; made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, small = Path(scratch) / "plain.onnx", Path(scratch) / "small.onnx"
        to_onnx(encoder, plain)
        quantise(plain, small)
        finish(small, folder / MODEL_FILE)
    write_tokenizer(checkpoint, folder)
    Heads(
        heads["scores.weight"].detach().numpy().T.copy(), heads["scores.bias"].detach().numpy()
    ).save(folder)
    log.info("%s: %.1f MB", folder / MODEL_FILE, (folder / MODEL_FILE).stat().st_size / 1e6)


def to_onnx(encoder: Encoder, path: Path) -> None:
    """Write the encoder in full precision: input_ids (1, tokens) to features (1, width)."""
    encoder.eval()
    encoder.body.set_attn_implementation("eager")  # the shortest graph
    # Any numbers do, the length is left open. 2: the first that is no padding anywhere.
    sample = torch.full((1, 16), 2, dtype=torch.long)
    with torch.no_grad(), warnings.catch_warnings():
        # The new exporter needs one package more and gives no better graph.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\.onnx")
        torch.onnx.export(
            _OneText(encoder).eval(),
            (sample,),
            path,
            input_names=["input_ids"],
            output_names=["features"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=OPSET,
            dynamo=False,
        )


def quantise(plain: Path, small: Path) -> None:
    """Weights to int8, arithmetic to int8 where it is a product with weights."""
    shaped = small.with_suffix(".shaped.onnx")
    model = onnx.load(plain)
    _settle_shapes(model)
    _drop_unused(model)
    onnx.save(model, shaped)
    logging.disable(logging.WARNING)  # it remarks on each operation
    try:
        quantize_dynamic(
            shaped,
            small,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        logging.disable(logging.NOTSET)


def finish(small: Path, path: Path) -> None:
    """Let the runtime optimise the graph once and for all, but for what makes it slower."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(
        small,
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=list(SLOWER),
    )


def write_tokenizer(checkpoint: str, folder: Path) -> None:
    """Write `tokenizer.json`, or all files of a tokenizer that exists only as Python code."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    if not tokenizer.is_fast:
        tokenizer.save_pretrained(folder)
        return
    backend = tokenizer.backend_tokenizer
    backend.no_truncation()
    backend.no_padding()
    backend.save(str(folder / TOKENIZER_FILE), pretty=False)


def _settle_shapes(model: onnx.ModelProto) -> None:
    """Give each Reshape its shape as a constant, with -1 for the one dimension left open.

    The exporter has it worked out anew at each run from the input's shape, in five small
    operations. Which dimension is open is seen by running texts of two lengths.
    """
    reshapes = {node.output[0]: node for node in model.graph.node if node.op_type == "Reshape"}
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in reshapes)
    session = onnxruntime.InferenceSession(
        watched.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    short, long = (
        [
            found.shape
            for found in session.run(list(reshapes), {"input_ids": np.full((1, length), 2)})
        ]
        for length in (5, 7)
    )
    for at, node in enumerate(reshapes.values()):
        pairs = list(zip(short[at], long[at], strict=True))
        shape = [one if one == other else -1 for one, other in pairs]
        if shape.count(-1) > 1:
            continue
        name = f"settled_{at}"
        model.graph.initializer.append(
            onnx.numpy_helper.from_array(np.array(shape, np.int64), name)
        )
        node.input[1] = name


def _drop_unused(model: onnx.ModelProto) -> None:
    """Take out what nothing reads; the runtime would work it out all the same."""
    needed = {output.name for output in model.graph.output}
    kept = []
    for node in reversed(model.graph.node):  # in the order of use: readers come after
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))
