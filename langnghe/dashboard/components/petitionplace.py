"""The list of petitions as a place to leave and come back to."""

from __future__ import annotations

from typing import Final

from langnghe.dashboard.components.listplace import ListPlace

LIST: Final = ListPlace("petitions", ("xem", "theo", "donvi", "chude", "ky"))
