"""Which field reports are listed: chosen by the address, as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from langnghe.casework.desk import Desk
from langnghe.casework.kinds import REPORT, Kept
from langnghe.casework.reports import STATE_NAMES, FieldReport, ReportState
from langnghe.casework.roles import Actor, Permission
from langnghe.store.cases import Order, Where

PAGE_SIZE: Final = 20

OPENED: Final = "ma"
"""In the address: the report that is open, by its id."""
_OWN, _STATE, _PAGE, _ALL = "cua-toi", "tinh-trang", "trang", "tat-ca"

_HANDED_IN: Final = (ReportState.SUBMITTED, ReportState.RETURNED, ReportState.ACCEPTED)
STATES: Final = (ReportState.RETURNED, ReportState.DRAFT, *_HANDED_IN[::2])
"""In the order in which their author has something to do with them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to see."""

    own: bool
    """One's own reports; else those that were handed in, whoever wrote them."""
    state: ReportState | None = None
    page: int = 0

    @classmethod
    def of(cls, address: Mapping[str, str], viewer: Actor) -> Choice:
        """What stands in the address; what cannot be shown there is passed over."""
        takes_in = viewer.may(Permission.DRAFT)
        own = not takes_in or (viewer.may(Permission.REPORT) and _OWN in address)
        asked = address.get(_STATE, "" if own else ReportState.SUBMITTED.value)
        state = next((one for one in STATES if one == asked), None)
        page = address.get(_PAGE, "")
        back = int(page) - 1 if page.isascii() and page.isdecimal() and len(page) < 6 else 0
        return cls(own, state, max(0, back))

    def address(self) -> dict[str, str]:
        """How it stands in the address."""
        parts = {_OWN: "1"} if self.own else {}
        if self.state is not None:
            parts[_STATE] = self.state.value
        elif not self.own:
            parts[_STATE] = _ALL
        return parts | ({_PAGE: str(self.page + 1)} if self.page else {})

    def where(self, viewer: Actor) -> Where:
        """As the desk is asked for it."""
        owner = viewer.account if self.own else None
        if self.state is not None:
            return Where(states=(self.state,), owner=owner)
        return Where(states=None if self.own else _HANDED_IN, owner=owner)


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to be seen of a choice."""

    reports: list[Kept[FieldReport]]
    """Those of the page."""
    total: int
    """On all pages."""
    by_state: Mapping[str, int]
    """How many there are of each state, with the same author; states without any are left out."""


def read_list(desk: Desk, choice: Choice, viewer: Actor) -> Listing:
    """The reports of a choice, the pressing ones first; one's own: what changed last.

    Raises:
        Refused: the viewer may see none.
    """
    order = Order.CHANGED if choice.own else Order.URGENT
    by_state = desk.counts(REPORT, viewer, "state", replace(choice, state=None).where(viewer))
    total = sum(by_state.values()) if choice.state is None else by_state.get(choice.state, 0)
    reports = desk.find(
        REPORT, viewer, choice.where(viewer), order, PAGE_SIZE, choice.page * PAGE_SIZE
    )
    return Listing(reports, total, by_state)


def state_choices(choice: Choice, by_state: Mapping[str, int]) -> list[tuple[str, Choice, int]]:
    """The states to choose from: title, what then is chosen, and how many reports that gives."""
    found = [
        (STATE_NAMES[state], replace(choice, state=state, page=0), by_state.get(state, 0))
        for state in STATES
        if by_state.get(state) or state is choice.state
    ]
    every = replace(choice, state=None, page=0)
    return [*found, ("Tất cả", every, sum(by_state.values()))]
