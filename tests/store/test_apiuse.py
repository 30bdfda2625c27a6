"""What was used of a platform's daily allowance."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from langnghe.store.apiuse import ApiUse
from langnghe.store.transactions import Transactions

TODAY = date(2026, 11, 22)


def test_units_add_up_by_key_and_day(casebase: Transactions) -> None:
    use = ApiUse(casebase)
    assert use.used("youtube-key", TODAY) == 0
    use.add("youtube-key", TODAY, 1)
    use.add("youtube-key", TODAY, 2)
    use.add("other-key", TODAY, 5)
    use.add("youtube-key", TODAY - timedelta(days=1), 7)
    assert use.used("youtube-key", TODAY) == 3
    assert use.used("other-key", TODAY) == 5
    assert use.used("youtube-key", TODAY + timedelta(days=1)) == 0


def test_several_at_once_lose_nothing(casebase: Transactions) -> None:
    with ThreadPoolExecutor(4) as pool:
        for _ in range(40):
            pool.submit(ApiUse(casebase).add, "youtube-key", TODAY, 1)
    assert ApiUse(casebase).used("youtube-key", TODAY) == 40
