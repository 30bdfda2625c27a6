"""Figures without a floor: clusters of unchecked claims, and the check of evidence.

They tell how far these two can be relied on; a person decides on every cluster and every verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table

from langnghe.classifier.clusters import repeats_by
from langnghe.classifier.evaluation.clusters import measure_clusters
from langnghe.classifier.evaluation.evidence import measure_evidence, read_sets
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.training.clusters import Said, sayings
from langnghe.classifier.training.examples import Example, read_civic, read_claims
from langnghe.classifier.vectors import unpack


def tables(data: Path | None) -> Iterator[Table]:
    """What the shipped model does: clusters, and with the public data sets of `data`, evidence.

    Raises:
        CorpusError: a set is missing or damaged.
        NotReadyError: the shipped model cannot be used.
    """
    model = NeuralClassifier.load(SHIPPED)
    yield clusters(model, sayings(read_claims("test"), read_civic("test")))
    if data is not None:
        table = Table("kiểm tra căn cứ", "cặp", "macro-F1", "che căn cứ", "căn cứ khác: «chưa đủ»")
        for name, rows in read_sets(data).items():
            table.add_row(*evidence(model, name, rows))
        yield table


def clusters(model: NeuralClassifier, said: Sequence[Said]) -> Table:
    """What becomes of `said` on the way that posts take in the service."""
    labels = model.label([Example(str(at), one.text, one.title) for at, one in enumerate(said)])
    found = measure_clusters(
        said,
        unpack([one.embedding for one in labels]),
        Likeness.load(model.folder),
        repeats_by(model),
        [(one.scores["claim"], one.intent) for one in labels],
    )
    table = Table(
        "cụm tin chưa kiểm chứng",
        "tỷ lệ",
        title=f"{found.posts} bài, {found.claims} tin cần tìm, {found.clusters} cụm tìm thấy",
    )
    for name, share in (
        ("tin tìm thấy", found.found),
        ("cụm có đủ bài cùng một tin", found.sound),
        ("cụm chỉ về một việc", found.one_matter),
        ("bài trong cụm nói tin chính", found.purity),
        ("cặp bài trong cụm nói cùng tin", found.precision),
        ("cặp bài cùng tin ở chung cụm", found.recall),
        (f"bài phê bình lọt vào cụm (trong {found.criticism} bài)", found.flagged),
    ):
        table.add_row(name, f"{share:.1%}")
    return table


def evidence(model: NeuralClassifier, name: str, rows: Sequence[Example]) -> tuple[str, ...]:
    """The row of one set: name, pairs, and the figures of `EvidenceQuality`."""
    found = measure_evidence(model, name, rows)
    return (
        name,
        str(found.pairs),
        *map(str, (found.macro_f1, found.claim_alone, found.swapped)),
    )
