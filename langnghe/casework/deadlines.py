"""Until when a petition is to be answered: `petitions.yaml`, and working days in Viet Nam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import holidays
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from langnghe.core.configfile import read_config


class Route(StrEnum):
    """Kênh tiếp nhận: how a petition came in. The deadline depends on it."""

    PUBLIC_PAGE = "public_page"
    """Posts on a public page, which are no application in law."""
    FIELD_REPORT = "field_report"
    RECEPTION = "reception"
    """At the office or by letter."""
    PORTAL = "portal"
    """An official portal or hotline."""


ROUTE_NAMES: Final[Mapping[Route, str]] = {
    Route.PUBLIC_PAGE: "Trang công khai trên mạng",
    Route.FIELD_REPORT: "Phiếu phản ánh dư luận",
    Route.RECEPTION: "Tiếp công dân, đơn thư",
    Route.PORTAL: "Cổng dịch vụ công, đường dây nóng",
}
"""As shown on screen."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, and what sets it."""

    on: date
    """The last day that is in time."""
    legal_basis: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Text = Annotated[str, Field(min_length=1)]


class TimeLimit(_Strict):
    """How long an answer may take."""

    working_days: Annotated[int, Field(ge=1, le=90)]
    legal_basis: Text


class DecidedDay(_Strict):
    """A day that the government made a day off, or a day of work."""

    day: date
    why: Text
    """The document that says so."""


class FormalChannel(_Strict):
    """What is said of a matter that the law gives a procedure of its own."""

    text: Text
    legal_basis: Text


class FormalChannels(_Strict):
    """Named as the kinds of `petitions.Kind` that are not handled here."""

    complaint: FormalChannel
    denunciation: FormalChannel


NOTICES: Final = TimeLimit(
    working_days=7,
    legal_basis="Mục tiêu nội bộ (luật không quy định thời hạn cho trang đính chính của xã)",
)
"""Of a `petitions.yaml` from before there were notices of mistakes."""


class PetitionSettings(_Strict):
    """`petitions.yaml`."""

    deadlines: dict[Route, TimeLimit]
    notices: TimeLimit = NOTICES
    """How long it may take to decide whether a mistake was rightly pointed out."""
    days_off: tuple[DecidedDay, ...]
    days_worked: tuple[DecidedDay, ...]
    agencies: Annotated[tuple[Text, ...], Field(min_length=1)]
    formal_channels: FormalChannels

    @field_validator("deadlines")
    @classmethod
    def _all_routes(cls, deadlines: dict[Route, TimeLimit]) -> dict[Route, TimeLimit]:
        if missing := [route.value for route in Route if route not in deadlines]:
            raise ValueError(f"thiếu thời hạn cho {', '.join(missing)}")
        return deadlines

    @model_validator(mode="after")
    def _one_or_the_other(self) -> PetitionSettings:
        both = {entry.day for entry in self.days_off} & {entry.day for entry in self.days_worked}
        if both:
            raise ValueError(f"{min(both):%d/%m/%Y} vừa là ngày nghỉ vừa là ngày làm việc")
        return self

    def is_working_day(self, day: date) -> bool:
        """Whether public offices work on `day`."""
        if any(entry.day == day for entry in self.days_off):
            return False
        return day in _public_working_days(day.year) or any(
            entry.day == day for entry in self.days_worked
        )

    def due(self, route: Route, received_on: date) -> Due:
        """When what came in by `route` on `received_on` (a day in Viet Nam) is to be answered.

        The day of receipt does not count (Bộ luật Dân sự 2015, Điều 147); the last day is
        always a working day.
        """
        limit = self.deadlines[route]
        return Due(self.after(received_on, limit.working_days), limit.legal_basis)

    def after(self, day: date, working_days: int) -> date:
        """The day that is that many working days after `day`, which does not count itself."""
        for _ in range(working_days):
            day += timedelta(days=1)
            while not self.is_working_day(day):
                day += timedelta(days=1)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are after `first`, up to and with `last`."""
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return sum(map(self.is_working_day, days))


@cache
def _public_working_days(year: int) -> frozenset[date]:
    """The working days of a year by what the library `holidays` knows.

    Made whole before it is handed out: the library's own tables grow as they are read, which is
    not safe between the threads of the pages.
    """
    # A day worked in exchange stands in the table of the year that has the day off.
    table = holidays.country_holidays("VN", years=(year - 1, year, year + 1), expand=False)
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range(366))
    return frozenset(day for day in days if day.year == year and table.is_working_day(day))


def read_petition_settings(path: Path) -> PetitionSettings:
    """Read and check `petitions.yaml`.

    Raises:
        ConfigError: it is missing or wrong.
    """
    return read_config(path, PetitionSettings)
