from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from langnghe.sites.month import Month, build_month
from langnghe.sites.server import SampleSite

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def month() -> Month:
    return build_month(NOW)


@pytest.fixture(scope="session")
def site() -> Iterator[SampleSite]:
    """The site as it stands; a test that adds to it takes one of its own."""
    with SampleSite(NOW) as running:
        yield running


@pytest.fixture
def own_site() -> Iterator[SampleSite]:
    with SampleSite(NOW) as running:
        yield running
