"""Trying a changed topic against posts that are kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import Channel, Post, PostKind, TimePrecision, Topic
from langnghe.dashboard.components.topictrial import Trial, texts, trial, trial_html
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores

DAY = date(2026, 11, 20)
OLD = Topic("che", "Chè", ("cây chè", "búp chè"), ())
NEW = Topic("che", "Chè", ("cây chè", "đồi chè", "nương chè"), ("đồi chè ô long",))


def said(text: str, times: int = 1, day: date = DAY) -> list[tuple[date, str]]:
    return [(day, text)] * times


def test_what_a_change_adds_and_takes_away_is_counted() -> None:
    kept = [
        *said("\nCây chè năm nay tốt", 6),
        *said("\nBúp chè xấu quá", 2),
        *said("Tin mới\nĐồi chè đẹp, cây chè xanh", 5, DAY - timedelta(days=1)),
        *said("\ndoi che dep lam", 3),
        *said("\nĐồi chè ô long", 1),
        *said("\nĐường hỏng", 4),
    ]
    tried = trial(kept, OLD, NEW)
    assert (tried.read, tried.before, tried.after) == (21, 13, 14)
    assert (tried.gained, tried.lost) == (3, 2)
    assert tried.by_day == {DAY: (8, 9), DAY - timedelta(days=1): (5, 5)}
    assert tried.phrases == {"cây chè": 11, "đồi chè": 8, "nương chè": 0}


def test_a_new_topic_is_compared_with_nothing() -> None:
    tried = trial(said("\nĐồi chè đẹp", 5), None, NEW)
    assert (tried.before, tried.after, tried.gained, tried.lost) == (0, 5, 5, 0)


def test_the_figures_stand_in_words() -> None:
    shown = trial_html(trial(said("\nCây chè <b>tốt</b>", 6), OLD, NEW))
    assert "Nếu lưu sẽ khớp: <b>6 bài</b>" in shown
    assert "<span>cây chè</span>" in shown
    assert "2 cụm từ chưa gặp bài nào" in shown
    assert "20/11/2026" in shown
    assert "tốt" not in shown


def test_under_five_posts_nothing_is_broken_down() -> None:
    tried = trial([*said("\nCây chè", 4), *said("\nĐường", 90)], OLD, NEW)
    shown = trial_html(tried)
    assert "<b>4 bài</b>" in shown
    assert "cây chè" not in shown
    assert "20/11/2026" not in shown
    many = trial_html(trial([*said("\nCây chè", 9), *said("\nđồi chè", 4)], OLD, NEW))
    assert "<span>cây chè</span>" in many
    assert "<span>đồi chè</span>" not in many
    assert "1 cụm từ gặp trong dưới 5 bài" in many


def test_all_posts_of_the_days_are_read_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    clock = FixedClock(datetime(2026, 11, 21, 1, tzinfo=UTC))

    def post(number: int) -> Post:
        return Post(
            id=f"{number:032x}",
            source="bao",
            channel=Channel.COMMENTS,
            kind=PostKind.REPLY,
            thread_id="b" * 32,
            url="https://xa.example/tin",
            text=f"Cây chè số {number}",
            published_at=clock.now() - timedelta(hours=number),
            precision=TimePrecision.MINUTE,
            fetched_at=clock.now(),
            topics=("che",),
        )

    told: list[float] = []
    with open_stores(home, clock) as stores:
        stores.posts.put([post(number) for number in range(1203)])
        kept = list(texts(stores.posts, date(2026, 10, 23), date(2026, 11, 21), told.append))
    assert min(day for day, _ in kept) == date(2026, 10, 23)
    # From 08:00 of the last day back to the first midnight, one an hour, each once.
    assert len(kept) == len(set(kept)) == 9 + 29 * 24
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_nothing_kept_is_no_error() -> None:
    assert trial([], OLD, NEW) == Trial(
        0, 0, 0, 0, 0, {}, {"cây chè": 0, "đồi chè": 0, "nương chè": 0}
    )
