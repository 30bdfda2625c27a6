"""The hand-written month: complete, invented, and on the right dates."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import Intent, Sentiment
from langnghe.core.settings import shipped_configs
from langnghe.core.topics import read_topics
from langnghe.sites.content import LAST_HOUR, Mark, Stance, read_content, walk
from langnghe.sites.month import Month, SamplePost, Surface, build_month, moment

TWO_MONTHS = timedelta(days=61)


def test_there_are_enough_posts_and_each_has_its_own_key(month: Month) -> None:
    assert len(month.posts) >= 450
    assert len({post.key for post in month.posts}) == len(month.posts)
    assert {post.surface for post in month.posts} == set(Surface)


def test_every_topic_intent_sentiment_stance_and_mark_occurs(month: Month) -> None:
    topics = {topic.id for topic in read_topics(shipped_configs() / "topics.yaml")}
    assert {topic for post in month.posts for topic in post.gold.topics} == topics
    assert {post.gold.intent for post in month.posts} == set(Intent)
    assert {post.gold.sentiment for post in month.posts} == set(Sentiment)
    assert {post.gold.stance for post in month.posts} == {None, *Stance}
    assert {mark for post in month.posts for mark in post.gold.marks} == set(Mark)


def test_some_posts_are_off_topic_but_few(month: Month) -> None:
    off_topic = sum(not post.gold.topics for post in month.posts)
    assert 5 <= off_topic <= len(month.posts) * 0.1


def test_every_rumour_is_spread_before_it_is_answered(month: Month) -> None:
    claims = {claim.id for claim in read_content().claims}
    assert {post.gold.claim for post in month.posts} - {None} == claims
    for claim in claims:
        about = [post for post in month.posts if post.gold.claim == claim]
        spread = [p.published_at for p in about if p.gold.stance is Stance.ASSERTS]
        answered = [p for p in about if p.gold.stance is Stance.ANSWERS]
        assert spread, claim
        assert answered, claim
        assert min(spread) < min(post.published_at for post in answered), claim
        assert all(post.by_institution for post in answered), claim


def test_institutions_never_spread_a_rumour(month: Month) -> None:
    assert not [p.key for p in month.posts if p.by_institution and p.gold.stance is Stance.ASSERTS]


def test_a_tenth_is_written_without_diacritics(month: Month) -> None:
    def is_plain(text: str) -> bool:
        return not any(
            unicodedata.combining(char) or char in "đĐ"
            for char in unicodedata.normalize("NFD", text)
        )

    share = sum(is_plain(post.text) for post in month.posts) / len(month.posts)
    assert 0.08 <= share <= 0.20


def test_some_texts_are_decomposed_and_some_hold_emoji(month: Month) -> None:
    decomposed = [p for p in month.posts if p.text != unicodedata.normalize("NFC", p.text)]
    assert len(decomposed) >= 5
    assert {post.surface for post in decomposed} >= {Surface.FORUM, Surface.NETWORK}
    assert sum(any(ord(char) >= 0x1F300 for char in post.text) for post in month.posts) >= 15


def test_most_posts_are_written_by_hand(month: Month) -> None:
    """At most a quarter repeats another text."""
    copies = Counter(_flat(post) for post in month.posts)
    repeated = sum(count - 1 for count in copies.values())
    reprints = sum(entry.reprint_of is not None for entry in walk(read_content().region_news))
    assert reprints >= 4
    assert (repeated + reprints) / len(month.posts) <= 0.25


def test_one_text_is_pasted_twenty_times(month: Month) -> None:
    (paste,) = read_content().pastes
    places = [post for post in month.posts if paste.text in post.text]
    assert len(places) == 20
    assert len({post.surface for post in places}) >= 4


def test_a_reprint_has_the_words_of_the_original(month: Month) -> None:
    by_key = {post.key: post for post in month.posts}
    original, reprint = by_key["dinh-chinh-xa-lu"], by_key["vc-xa-lu"]
    assert reprint.surface is not original.surface
    assert reprint.title == original.title
    assert reprint.text.startswith(original.text)
    assert reprint.text != original.text
    assert reprint.published_at > original.published_at


def test_replies_come_after_what_they_answer(month: Month) -> None:
    by_key = {post.key: post for post in month.posts}
    for post in month.posts:
        if post.key != post.thread:
            above = by_key[post.parent or post.thread]
            assert above.thread == post.thread
            assert post.published_at >= above.published_at, post.key
    assert any(p.parent and by_key[p.parent].parent for p in month.posts), "no deep thread"


def test_isso_keeps_two_levels_so_its_threads_have_no_more(month: Month) -> None:
    by_key = {post.key: post for post in month.posts}
    for post in month.of(Surface.REGION_NEWS):
        assert post.parent is None or by_key[post.parent].parent is None


PHONE = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[\s.\-]*\d){8,9}(?![\d])")
EMAIL_OR_HOST = re.compile(
    r"[\w.+-]+@[\w.-]+\w|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|example)\b"
)
PLATE = re.compile(r"\b\d{2}[A-Z]\d?-[\d.]+\d")
LONG_NUMBER = re.compile(r"\b\d{4}(?: ?\d{4}){2,}\b")


def test_nobody_real_can_be_reached_by_what_the_month_says(month: Month) -> None:
    words = "\n".join(f"{post.title}\n{post.text}" for post in month.posts)
    phones = [re.sub(r"\D", "", phone) for phone in PHONE.findall(words)]
    assert len(phones) >= 10
    # 0900 000 xxx are placeholders; 012000000xxx is no identity number of any province.
    assert {phone[:7] for phone in phones} == {"0900000"}
    hosts = set(EMAIL_OR_HOST.findall(words))
    assert {host for host in hosts if not host.endswith(".example")} <= {"gov.vn", "facebook.com"}
    assert any("@" in host for host in hosts)
    plates = PLATE.findall(words)
    assert len(plates) >= 3
    assert all("-000." in plate for plate in plates)
    numbers = LONG_NUMBER.findall(words)
    assert len(numbers) >= 4
    assert all("0000" in number for number in numbers)


def test_the_same_moment_gives_the_same_month(month: Month) -> None:
    assert build_month(month.now) == month


MOMENTS = st.integers(
    int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2030, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(
    now=MOMENTS, day=st.integers(0, 60), minutes=st.tuples(st.integers(0, 479), st.integers(0, 479))
)
def test_times_keep_their_order_and_are_never_to_come(
    now: datetime, day: int, minutes: tuple[int, int]
) -> None:
    assert LAST_HOUR * 60 == 480
    earlier, later = (moment(now, day, f"{m // 60:02}:{m % 60:02}") for m in sorted(minutes))
    assert earlier <= later <= now
    days = (now.astimezone(LOCAL_ZONE).date() - later.astimezone(LOCAL_ZONE).date()).days
    assert days == day


def test_the_month_reaches_from_today_two_months_back() -> None:
    for now in (
        datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
        datetime(2027, 2, 28, 17, 1, tzinfo=UTC),
        datetime(2027, 3, 1, 16, 59, tzinfo=UTC),
    ):
        times = [post.published_at for post in build_month(now).posts]
        assert max(times) <= now
        assert max(times).astimezone(LOCAL_ZONE).date() == now.astimezone(LOCAL_ZONE).date()
        assert timedelta(days=55) < now - min(times) < TWO_MONTHS


def test_dates_within_texts_are_told_from_the_day_shown(month: Month) -> None:
    words = "\n".join(post.text for post in month.posts)
    assert "{d:" not in words.lower()
    rain = next(post for post in month.posts if post.key == "canh-bao-mua-lu-dot-1")
    day = month.now.astimezone(LOCAL_ZONE).date() - timedelta(days=55)
    assert f"đến hết ngày {day:%d/%m}" in rain.text


def _flat(post: SamplePost) -> str:
    return " ".join(unicodedata.normalize("NFC", post.text).lower().split())
