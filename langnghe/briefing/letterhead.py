"""Who issues a document, and who signs and receives it: frozen with what was approved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from langnghe.briefing.content import Signature
from langnghe.core.home import Home
from langnghe.core.institution import LayoutName, Signatory

PARTY_SPELLINGS: Final = ("Đảng ủy", "Đảng uỷ")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands around the text of a document."""

    parent_body: str
    body: str
    symbol: str
    signature: Signature
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letterheads:
    """Those of Party and of state documents."""

    party: Letterhead
    state: Letterhead
    place: str
    spelling: str
    """Đảng ủy or Đảng uỷ, throughout a document."""
    internal: bool

    def of(self, layout: LayoutName) -> Letterhead:
        """The one that goes with a layout."""
        return self.state if layout is LayoutName.ND30 else self.party

    def spelt(self, text: str) -> str:
        """A text with the chosen spelling."""
        other = PARTY_SPELLINGS[1 - PARTY_SPELLINGS.index(self.spelling)]
        return text.replace(other, self.spelling).replace(other.upper(), self.spelling.upper())


def letterheads(home: Home) -> Letterheads:
    """As the home's configuration has them now."""
    institution, settings = home.institution, home.briefing
    return Letterheads(
        Letterhead(
            institution.parent_body,
            institution.body,
            institution.symbol,
            _signature(settings.signature),
            settings.recipients,
        ),
        Letterhead(
            institution.state_parent_body,
            institution.state_body,
            institution.state_symbol,
            _signature(settings.state_signature),
            settings.state_recipients,
        ),
        institution.place,
        settings.spelling,
        settings.internal,
    )


def _signature(signatory: Signatory) -> Signature:
    return Signature(signatory.authority, signatory.position, signatory.name)


@cache
def _adapter() -> TypeAdapter[Letterheads]:
    return TypeAdapter(Letterheads)


def to_json(heads: Letterheads) -> str:
    """As they are kept."""
    return _adapter().dump_json(heads).decode()


def from_json(text: str) -> Letterheads:
    """As they were kept."""
    return _adapter().validate_json(text)
