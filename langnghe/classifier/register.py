"""The register of checked claims: what posts are held against, read from a JSONL file.

One claim a line: `{"id", "text", "verdict", "evidence"}`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from langnghe.core.errors import ConfigError
from langnghe.core.jsonlines import read_objects
from langnghe.core.models import CheckedClaim, Verdict
from langnghe.core.text import clean, words

EVIDENCE_KEYS: Final = ("title", "text", "source", "url", "date")
"""What an entry of evidence may hold, in the order in which it is shown; all else is left."""

_MEND: Final = "Hãy sửa dòng này"
_FORM: Final = 'mỗi dòng là {"id": "…", "text": "…", "verdict": "false", "evidence": "…"}'


@dataclass(frozen=True)
class Register:
    """Checked claims, in the order of the file; no two have one id."""

    claims: tuple[CheckedClaim, ...]
    digest: str = field(init=False)
    """SHA-256 (hexadecimal) of ids, texts and verdicts: it changes whenever a match or a reason
    may change, and not when evidence is added."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for claim in self.claims:
            row = json.dumps([claim.id, claim.text, claim.verdict], ensure_ascii=False)
            digest.update(row.encode() + b"\n")
        object.__setattr__(self, "digest", digest.hexdigest())

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """By claim id."""
        return {claim.id: claim.verdict for claim in self.claims}


def read_register(path: Path) -> Register:
    """Read and check the claims of `path`; empty lines are passed over.

    Raises:
        ConfigError: the file is missing, or a line cannot be used: names line and cure.
    """
    claims: dict[str, CheckedClaim] = {}
    lines: dict[str, int] = {}
    for number, row in read_objects(path, f"{_MEND}: {_FORM}"):
        claim = _claim(row, path, number)
        if claim.id in claims:
            raise ConfigError(
                path,
                number,
                f"mã {claim.id!r} đã có ở dòng {lines[claim.id]}",
                "Mỗi thông tin cần một mã riêng: hãy đổi mã hoặc bỏ một dòng",
            )
        claims[claim.id], lines[claim.id] = claim, number
    return Register(tuple(claims.values()))


def _claim(row: Mapping[str, Any], path: Path, number: int) -> CheckedClaim:
    identity = row.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    identity = clean(identity) if isinstance(identity, str) else ""
    if not identity:
        raise ConfigError(path, number, "thiếu «id» (mã, dạng chữ)", f"{_MEND}: {_FORM}")
    text = clean(row["text"]) if isinstance(row.get("text"), str) else ""
    if not words(text):
        raise ConfigError(
            path, number, "thiếu «text» (nội dung thông tin, dạng chữ)", f"{_MEND}: {_FORM}"
        )
    try:
        verdict = Verdict(str(row.get("verdict")))
    except ValueError:
        raise ConfigError(
            path,
            number,
            f"«verdict» không thể là {row.get('verdict')!r}",
            f"{_MEND}: chọn một trong {', '.join(Verdict)}",
        ) from None
    evidence = _evidence(row.get("evidence"))
    if evidence is None:
        raise ConfigError(
            path,
            number,
            "«evidence» phải là chữ, hoặc danh sách căn cứ",
            f"{_MEND}: mỗi căn cứ là chữ hoặc đối tượng có {', '.join(EVIDENCE_KEYS)}",
        )
    return CheckedClaim(identity, text, verdict, evidence)


def _evidence(value: Any) -> str | None:
    """Evidence in whatever shape as one text, an entry a line; None if it is no evidence."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        parts = [value[key] for key in EVIDENCE_KEYS if value.get(key) is not None]
        if not parts or not all(isinstance(part, str) for part in parts):
            return None
        return " · ".join(filter(None, map(clean, parts)))
    if isinstance(value, list):
        entries = [None if entry is None else _evidence(entry) for entry in value]
        if any(entry is None for entry in entries):
            return None
        return "\n".join(filter(None, entries))
    return None


def register_at(path: Path, decided: Iterable[CheckedClaim] = ()) -> Register:
    """The register in `path`, and what was decided here; an empty one where there is neither.

    Args:
        path: of the file, which may be missing.
        decided: claims from casework; they come before those of the file with the same id.

    Raises:
        ConfigError: a line cannot be used.
    """
    listed = read_register(path).claims if path.is_file() else ()
    return Register(tuple({claim.id: claim for claim in (*listed, *decided)}.values()))
