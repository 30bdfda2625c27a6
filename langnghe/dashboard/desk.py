"""The desk as the pages use it: with the masking of posts, and the home's deadlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from langnghe.casework.deadlines import read_petition_settings
from langnghe.casework.desk import Desk
from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.core.text import clean
from langnghe.crawler.deidentify import MaskKind, deidentify, find_spans
from langnghe.store.cases import Cases
from langnghe.store.transactions import Transactions

MASK_NAMES: Final[Mapping[MaskKind, str]] = {
    MaskKind.PHONE: "số điện thoại",
    MaskKind.EMAIL: "thư điện tử",
    MaskKind.IDENTITY: "số giấy tờ",
    MaskKind.ACCOUNT: "số tài khoản",
    MaskKind.PLATE: "biển số xe",
    MaskKind.ADDRESS: "số nhà",
    MaskKind.PROFILE: "đường dẫn đến trang cá nhân",
    MaskKind.MENTION: "tên người dùng (@)",
    MaskKind.NAME: "họ tên",
}


def open_desk(home: Home, casebase: Transactions, clock: Clock) -> Desk:
    """A desk over the home's casework; it may be shared by all sessions.

    Raises:
        ConfigError: petitions.yaml is missing or wrong.
    """
    settings = read_petition_settings(home.configs / "petitions.yaml")
    return Desk(Cases(casebase), mask, personal_data, settings, clock)


def mask(text: str) -> str:
    """The text as it may be kept."""
    return deidentify(clean(text)).text


def personal_data(text: str) -> Sequence[str]:
    """The kinds of personal data that stand in the text, each named once."""
    kinds = (kind for _, _, kind in find_spans(clean(text)))
    return [MASK_NAMES[kind] for kind in dict.fromkeys(kinds)]
