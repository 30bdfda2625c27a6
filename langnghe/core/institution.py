"""Who runs the service, and how it writes: what stands on the documents it issues."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Contact(BaseModel):
    """Where people ask, or point out a mistake. What is empty is not shown."""

    model_config = _STRICT

    office: str
    address: str
    phone: str
    email: str
    hours: str


class Institution(BaseModel):
    """`institution.yaml`."""

    model_config = _STRICT

    body: str
    parent_body: str
    state_body: str
    state_parent_body: str
    name: str
    place: str
    symbol: str
    state_symbol: str
    contact: Contact


class LayoutName(StrEnum):
    """Rules by which a document is laid out."""

    HD05 = "hd05"
    """Party documents from 27/5/2026 on."""
    HD36 = "hd36"
    """Party documents before."""
    ND30 = "nd30"
    """State documents."""


class Signatory(BaseModel):
    """Who signs. An empty name leaves room for it."""

    model_config = _STRICT

    authority: str
    position: str
    name: str


class BriefingField(BaseModel):
    """Lĩnh vực: a heading of the briefing, and the topics that are told of below it."""

    model_config = _STRICT

    title: str
    topics: tuple[str, ...]


class BriefingSettings(BaseModel):
    """`briefing.yaml`."""

    model_config = _STRICT

    layout: LayoutName
    period_first_day: Annotated[int, Field(ge=1, le=28)]
    spelling: Literal["Đảng ủy", "Đảng uỷ"]
    internal: bool
    signature: Signatory
    state_signature: Signatory
    fields: tuple[BriefingField, ...]
    recipients: tuple[str, ...]
    state_recipients: tuple[str, ...]
