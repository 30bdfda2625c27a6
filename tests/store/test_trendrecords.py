"""Streams and forecasts come back as they were kept, on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from langnghe.store.cases import Conflict
from langnghe.store.transactions import Transactions
from langnghe.store.trendrecords import StreamsRecord, TrendRecords

OCTOBER = date(2026, 9, 16), date(2026, 10, 15)
NOVEMBER = date(2026, 10, 16), date(2026, 11, 15)


@pytest.fixture
def records(casebase: Transactions) -> TrendRecords:
    return TrendRecords(casebase)


def test_streams_are_found_by_period_and_by_topic(records: TrendRecords) -> None:
    records.put_streams("cho", *NOVEMBER, 0, '{"a": "chợ"}')
    records.put_streams("cho", *OCTOBER, 0, "{}")
    records.put_streams("dien", *NOVEMBER, 0, "[]")
    assert records.streams(*NOVEMBER) == {
        "cho": StreamsRecord("cho", *NOVEMBER, 1, '{"a": "chợ"}'),
        "dien": StreamsRecord("dien", *NOVEMBER, 1, "[]"),
    }
    assert [one.since for one in records.streams_of("cho")] == [OCTOBER[0], NOVEMBER[0]]
    # The same first day, another last one: a period of another setting.
    assert records.streams(NOVEMBER[0], date(2026, 11, 30)) == {}


def test_nobody_overwrites_what_he_has_not_seen(records: TrendRecords) -> None:
    assert records.put_streams("cho", *NOVEMBER, 0, "1") == 1
    assert records.put_streams("cho", *NOVEMBER, 1, "2") == 2
    for stale in (0, 1, 3):
        with pytest.raises(Conflict):
            records.put_streams("cho", *NOVEMBER, stale, "lost")
    with pytest.raises(Conflict):
        records.put_streams("cho", *OCTOBER, 1, "there is none")
    assert records.streams(*NOVEMBER)["cho"].body == "2"
    assert records.streams(*OCTOBER) == {}


def test_new_forecasts_take_the_place_of_all_old_ones(records: TrendRecords) -> None:
    assert records.forecasts() == {}
    records.put_forecasts({"cho": "1", "dien": "2"})
    records.put_forecasts({"cho": "3"})
    assert records.forecasts() == {"cho": "3"}
    records.put_forecasts({})
    assert records.forecasts() == {}
