"""What is masked in a text, and what stands in its place."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class MaskKind(StrEnum):
    """A kind of personal data; the value is the key under which masks are counted."""

    PHONE = "phone"
    EMAIL = "email"
    IDENTITY = "identity"
    """Numbers of papers: citizen's card, passport, licence, insurance, tax, a filed dossier."""
    ACCOUNT = "account"
    """Bank accounts, cards and electronic purses."""
    PLATE = "plate"
    ADDRESS = "address"
    """The house number; street, hamlet and commune stay, so that places are still found."""
    PROFILE = "profile"
    """A link that leads to a person."""
    MENTION = "mention"
    NAME = "name"


MASKS: Final[dict[MaskKind, str]] = {
    MaskKind.PHONE: "[SĐT]",
    MaskKind.EMAIL: "[EMAIL]",
    MaskKind.IDENTITY: "[SỐ ĐỊNH DANH]",
    MaskKind.ACCOUNT: "[TÀI KHOẢN]",
    MaskKind.PLATE: "[BIỂN SỐ]",
    MaskKind.ADDRESS: "[ĐỊA CHỈ]",
    MaskKind.PROFILE: "[LIÊN KẾT]",
    MaskKind.MENTION: "[@]",
    MaskKind.NAME: "[TÊN]",
}
"""What a reader sees instead. The on-screen words of domain.md §4.2."""


class Span(NamedTuple):
    """The characters `start` up to, not including, `end` of a text are of this kind."""

    start: int
    end: int
    kind: MaskKind


VOID: Final = "\x1f"
"""Stands, as often as needed, for what is already taken. No finder's pattern matches it, and
`langnghe.core.text.clean` leaves none in a text."""


def lower_case(text: str) -> str:
    """Lower case, as long as `text` (İ, of all letters, becomes two)."""
    return text.replace("İ", "i").lower()


def blanked(text: str, spans: list[Span]) -> str:
    """`text`, of the same length, with the characters of `spans` made `VOID`."""
    if not spans:
        return text
    parts = []
    at = 0
    for start, end, _ in sorted(spans):
        if end <= at:
            continue
        begin = max(start, at)
        parts += [text[at:begin], VOID * (end - begin)]
        at = end
    parts.append(text[at:])
    return "".join(parts)
