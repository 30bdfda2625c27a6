"""What every engine that keeps posts is held to.

An engine's test module makes a subclass of each class here and gives it the fixture `store`:
an empty store that tells the time by the fixture `clock`. Nothing here knows the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from langnghe.core.clock import FixedClock, local_day
from langnghe.core.models import (
    Channel,
    ClaimMatch,
    Intent,
    Labels,
    Mark,
    Outcome,
    Post,
    PostKind,
    Reason,
    Sentiment,
    Stance,
    TimePrecision,
)
from langnghe.store.posts.interface import (
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    SMALLEST_FIGURE,
    UNLABELLED,
    Filters,
    Match,
    Order,
    Page,
    PostStore,
    Query,
    QueryError,
    page_mark,
)

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ROAD = (
    "Đường vào bản Hoa Vân xuống cấp nghiêm trọng, mưa xuống là lầy lội, các cháu đi học rất "
    "vất vả, bà con mong xã sớm cho sửa chữa trước mùa mưa năm sau"
)
NOODLES = (
    "Miến dong Bình Lư năm nay được mùa, hợp tác xã mở thêm xưởng sấy, giá bán tại vườn cao hơn "
    "năm ngoái và nhiều hộ đã trả xong nợ ngân hàng"
)


def make_post(post_id: str, text: str = "đường sá", hours: float = 0, **fields: object) -> Post:
    """A post published `hours` before NOW."""
    values: dict[str, object] = {
        "id": post_id,
        "source": "bao-tinh",
        "channel": Channel.FEED,
        "kind": PostKind.ARTICLE,
        "thread_id": f"thread-{post_id}",
        "url": "https://bao.example.vn/bai",
        "text": text,
        "published_at": NOW - timedelta(hours=hours),
        "precision": TimePrecision.MINUTE,
        "fetched_at": NOW,
    }
    return Post(**{**values, **fields})  # type: ignore[arg-type]


EMBEDDING = bytes(range(256)) + bytes(132)
MATCH = ClaimMatch("c-7", 0.75, Stance.REPEATS, 0.5, ("mùa mưa", "bản Hoa Vân"))
FULL = Labels(
    "a",
    "m1",
    Sentiment.NEGATIVE,
    Intent.COMPLAINT,
    {"negative": 0.1 + 0.2, "complaint": 1 / 3, "claim": 0.75},
    (Mark("fee", "nộp phí 200.000đ «ngay»"), Mark("pressure", "hôm nay")),
    (MATCH, ClaimMatch("c-1", 0.5, Stance.DOUBTS, 0.25, suggested_only=True)),
    "register-1",
    (Reason.SCAM_WARNING, Reason.NEEDS_ANSWER),
    EMBEDDING,
)
"""Labels with all that a model may say."""


def found(page: Page) -> list[str]:
    return [hit.stored.post.id for hit in page.hits]


def pages(store: PostStore, query: Query) -> Iterable[Page]:
    while True:
        page = store.search(query)
        yield page
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


class Engine:
    """The fixtures that the classes below share."""

    @pytest.fixture
    def clock(self) -> FixedClock:
        return FixedClock(NOW)


class Keeping(Engine):
    """put, get and transactions."""

    def test_a_post_comes_back_as_it_went_in(self, store: PostStore) -> None:
        post = make_post(
            "a",
            "Gọi [số điện thoại] nhé\nđường xấu quá 😡",
            title="Hỏi về đường",
            kind=PostKind.REPLY,
            channel=Channel.COMMENTS,
            parent_id="b",
            topics=("giao-thong", "dat-dai"),
            places=("03403", "03403/hoa-van"),
            masked={"phone": 1, "name": 2},
            reactions=0,
            published_at=datetime(2026, 11, 20, 23, 59, 59, 123456, tzinfo=UTC),
        )
        bare = make_post("c", reactions=None)
        assert store.put([post, bare]) == [Outcome.STORED, Outcome.STORED]
        assert [stored.post for stored in store.get(["c", "a"])] == [bare, post]
        assert [stored.labels for stored in store.get(["a"])] == [None]

    def test_get_keeps_the_order_and_leaves_out_what_is_not_there(self, store: PostStore) -> None:
        store.put([make_post(str(n)) for n in range(5)])
        assert [s.post.id for s in store.get(["3", "x", "0", "3"])] == ["3", "0", "3"]
        assert store.get([]) == []

    def test_the_same_post_again_is_unchanged(self, store: PostStore) -> None:
        store.put([make_post("a")])
        assert store.put([make_post("a"), make_post("b")]) == [Outcome.UNCHANGED, Outcome.STORED]
        assert store.search(Query()).total == 2

    def test_an_unchanged_post_follows_the_topics_of_today(self, store: PostStore) -> None:
        store.put([make_post("a", topics=("che",), places=("3390",))])
        store.label([Labels("a", "m-1", Sentiment.NEGATIVE)])
        again = make_post("a", topics=("che", "lua"), places=())
        assert store.put([again]) == [Outcome.UNCHANGED]
        (kept,) = store.get(["a"])
        assert (kept.post.topics, kept.post.places) == (("che", "lua"), ())
        assert kept.labels is not None
        counted = {
            key[1]: n for key, n in store.counts(Filters(), by="topic", interval=None).items()
        }
        assert counted == {"che": 1, "lua": 1}
        assert store.counts(Filters(places=("3390",)), interval=None).get((None, None), 0) == 0
        assert found(store.search(Query(filters=Filters(topics=("lua",))))) == ["a"]
        assert store.check() == []

    def test_the_same_post_elsewhere_or_twice_at_once_is_a_duplicate(
        self, store: PostStore
    ) -> None:
        store.put([make_post("a")])
        outcomes = store.put(
            [make_post("a", "khác hẳn", source="dien-dan"), make_post("b"), make_post("b", "khác")]
        )
        assert outcomes == [Outcome.DUPLICATE, Outcome.STORED, Outcome.DUPLICATE]
        assert [s.post.text for s in store.get(["a", "b"])] == ["đường sá", "đường sá"]
        assert sum(store.counts(Filters()).values()) == 2

    def test_a_changed_text_replaces_the_post_and_drops_its_labels(self, store: PostStore) -> None:
        store.put([make_post("a", "miến dong", topics=("mien-dong",))])
        store.label([Labels("a", "m1", Sentiment.POSITIVE)])
        assert store.put([make_post("a", "chè xanh", topics=("che",))]) == [Outcome.STORED]
        (stored,) = store.get(["a"])
        assert (stored.post.text, stored.labels) == ("chè xanh", None)
        assert found(store.search(Query("miến dong"))) == []
        assert found(store.search(Query("chè"))) == ["a"]
        assert store.counts(Filters(), by="topic", interval=None) == {(None, "che"): 1}
        assert store.counts(Filters(), by="sentiment", interval=None) == {(None, UNLABELLED): 1}

    def test_a_changed_title_counts_as_a_change(self, store: PostStore) -> None:
        store.put([make_post("a", title="cũ")])
        assert store.put([make_post("a", title="mới")]) == [Outcome.STORED]

    def test_a_failed_transaction_leaves_nothing(self, store: PostStore) -> None:
        store.put([make_post("a")])

        def fail() -> None:
            with store.transaction():
                store.put([make_post("b", topics=("moi",), source="moi")])
                store.label([Labels("a", "m1", Sentiment.POSITIVE)])
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail()
        assert [s.post.id for s in store.get(["a", "b"])] == ["a"]
        assert store.get(["a"])[0].labels is None
        # What was met for the first time in the failed transaction can be met again.
        store.put([make_post("b", topics=("moi",), source="moi")])
        assert store.get(["b"])[0].post.topics == ("moi",)
        assert store.check() == []

    def test_a_nested_transaction_joins_the_outer_one(self, store: PostStore) -> None:
        def fail() -> None:
            with store.transaction():
                with store.transaction():
                    store.put([make_post("a")])
                assert store.get(["a"])
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail()
        assert store.get(["a"]) == []

    def test_an_inner_failure_that_is_caught_undoes_only_the_inner(self, store: PostStore) -> None:
        def fail() -> None:
            with store.transaction():
                store.put([make_post("b", source="s2")])
                raise RuntimeError("stop")

        with store.transaction():
            store.put([make_post("a")])
            with pytest.raises(RuntimeError, match="stop"):
                fail()
        assert [s.post.id for s in store.get(["a", "b"])] == ["a"]


class Searching(Engine):
    """The query language and diacritics."""

    @pytest.fixture
    def filled(self, store: PostStore) -> PostStore:
        texts = {
            "exact": "Miến dong Bình Lư bán ở đâu",
            "bare": "mien dong Binh Lu ngon lam",
            "other": "miên đồng và miến đong đều là từ khác",
            "apart": "miến ngon làm từ củ dong",
            "tea": "Chè Tam Đường, chè xanh; giá 5.000đ/kg ngày 20/11",
            "old": "hoà giải ở cơ sở, thuỷ lợi",
        }
        store.put([make_post(key, text, hours=n) for n, (key, text) in enumerate(texts.items())])
        return store

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("miến dong", {"exact", "bare"}),
            ("MIẾN DONG", {"exact", "bare"}),
            ("mie\u0302\u0301n dong", {"exact", "bare"}),
            ("mien dong", {"exact", "bare", "other"}),
            ('"dong miến"', set()),
            ("đường", {"tea"}),
            ("duong", {"tea"}),
            ("dương", set()),
            ('"miến dong" AND ngon', {"bare"}),
            ('"miến dong" AND xanh', set()),
            ("miến AND ngon", {"bare", "apart"}),
            ("miến VÀ ngon", {"bare", "apart"}),
            ("miến dong OR chè", {"exact", "bare", "tea"}),
            ("miến dong HOẶC chè", {"exact", "bare", "tea"}),
            ("mien dong NOT ngon", {"exact", "other"}),
            ("mien dong KHÔNG ngon", {"exact", "other"}),
            ("mien AND (ngon OR đâu) NOT củ", {"exact", "bare"}),
            ("“miến dong” ngon", {"bare"}),
            ("hòa giải", {"old"}),
            ("hoà giải", {"old"}),
            ("hoa giai", {"old"}),
            ("thủy lợi", {"old"}),
            ("5.000đ/kg", {"tea"}),
            ("20/11", {"tea"}),
            ("mie", set()),
            ("mien*", {"exact", "bare", "other", "apart"}),
            ("text:chè", set()),
        ],
    )
    def test_the_query_language(self, filled: PostStore, text: str, expected: set[str]) -> None:
        page = filled.search(Query(text))
        assert set(found(page)) == expected
        assert page.total == len(expected)

    def test_bare_words_are_a_phrase_or_all_wanted(self, filled: PostStore) -> None:
        assert set(found(filled.search(Query("miến dong", match=Match.ALL_WORDS)))) == {
            "exact",
            "bare",
            "other",
            "apart",
        }
        assert found(filled.search(Query('"củ dong" miến', match=Match.ALL_WORDS))) == ["apart"]

    @pytest.mark.parametrize(
        ("text", "position"),
        [
            ('chè "xanh', 4),
            ("(chè", 0),
            ("chè)", 3),
            ("chè AND", 7),
            ("OR chè", 0),
            ("chè ()", 5),
            ("NOT chè", 0),
            ("chè OR (NOT xanh)", 8),
            ('chè "!?"', 4),
            ("(" * 30 + "chè" + ")" * 30, 20),
        ],
    )
    def test_a_mistake_is_told_with_its_place(
        self, filled: PostStore, text: str, position: int
    ) -> None:
        with pytest.raises(QueryError) as caught:
            filled.search(Query(text))
        assert caught.value.position == position

    @pytest.mark.parametrize("text", ["", "  ", "\n"])
    def test_a_blank_text_does_not_narrow(self, filled: PostStore, text: str) -> None:
        assert filled.search(Query(text)).total == 6

    def test_relevance_puts_the_diacritics_asked_for_first(self, store: PostStore) -> None:
        # The bare one is shorter and says it twice: without the rule it would come first.
        store.put(
            [
                make_post("bare", "mien dong mien dong"),
                make_post("exact", "trong phiên chợ cuối tuần có bán miến dong và nhiều thứ", 1),
                *(make_post(f"n{n}", f"miến dong số {n}", 2) for n in range(9)),
            ]
        )
        page = store.search(Query("miến dong", order=Order.RELEVANCE))
        assert found(page)[-1] == "bare"
        scores = [hit.score for hit in page.hits]
        assert scores == sorted(scores, reverse=True)

    def test_relevance_without_a_text_is_newest(self, filled: PostStore) -> None:
        newest = found(filled.search(Query()))
        assert newest == ["exact", "bare", "other", "apart", "tea", "old"]
        assert found(filled.search(Query(order=Order.RELEVANCE))) == newest

    def test_matches_are_highlighted_as_written(self, store: PostStore) -> None:
        store.put([make_post("a", "Bán MIẾN DONG, mien dong ngon", title="Về Miến dong Bình Lư")])
        (hit,) = store.search(Query("miến dong")).hits
        mark = f"{HIGHLIGHT_START}%s{HIGHLIGHT_END}"
        assert hit.excerpt == f"Bán {mark % 'MIẾN DONG'}, {mark % 'mien dong'} ngon"
        assert hit.title == f"Về {mark % 'Miến dong'} Bình Lư"

    def test_an_excerpt_is_cut_around_the_match(self, store: PostStore) -> None:
        store.put([make_post("a", "mở đầu " * 200 + "miến dong" + " kết thúc" * 200)])
        (hit,) = store.search(Query("miến dong")).hits
        assert f"{HIGHLIGHT_START}miến dong{HIGHLIGHT_END}" in hit.excerpt
        assert len(hit.excerpt) < 400
        assert hit.excerpt.startswith("… ")
        assert hit.excerpt.endswith(" …")

    def test_what_comes_after_not_is_not_highlighted(self, store: PostStore) -> None:
        store.put([make_post("a", "chè xanh")])
        (hit,) = store.search(Query("chè NOT đắng")).hits
        assert hit.excerpt == f"{HIGHLIGHT_START}chè{HIGHLIGHT_END} xanh"

    def test_similar_posts_share_most_words(self, store: PostStore) -> None:
        store.put(
            [
                make_post("a", ROAD),
                make_post("b", "Đường vào bản Hoa Vân lầy lội, các cháu đi học vất vả", 1),
                make_post("c", NOODLES, 2),
                make_post("d", "đường bản Hoa Vân", 3),
                *(make_post(f"n{n}", f"chuyện thứ {n} không liên quan", 4) for n in range(12)),
            ]
        )
        hits = store.similar("a", size=3)
        assert [hit.stored.post.id for hit in hits][:2] == ["b", "d"]
        assert "a" not in [hit.stored.post.id for hit in hits]
        assert store.similar("nobody") == []


class Narrowing(Engine):
    """Filters, facets, histograms and paging."""

    @pytest.fixture
    def filled(self, store: PostStore) -> PostStore:
        posts = [
            make_post(
                f"p{n:02}",
                f"ý kiến số {n} về đường sá",
                hours=n * 12,
                source=("bao-tinh", "dien-dan", "mang-xh")[n % 3],
                channel=(Channel.FEED, Channel.FORUM, Channel.MASTODON)[n % 3],
                topics=(("giao-thong",), ("giao-thong", "dat-dai"), ())[n % 3],
                places=("03403",) if n % 2 else ("03403", "03406"),
                thread_id=f"t{n % 4}",
            )
            for n in range(30)
        ]
        store.put(posts)
        store.label(
            [
                Labels(
                    f"p{n:02}",
                    "m1",
                    list(Sentiment)[n % 3],
                    (*Intent, None)[n % 7],
                    {"x": 0.5},
                    reasons=(
                        (),
                        (Reason.URGENT,),
                        (Reason.NEEDS_ANSWER,),
                        (Reason.URGENT, Reason.NEEDS_ANSWER),
                        (),
                    )[n % 5],
                )
                for n in range(20)
            ]
        )
        return store

    @pytest.mark.parametrize("text", ["", "đường sá"])
    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (Filters(topics=("dat-dai",)), lambda n: n % 3 == 1),
            (Filters(topics=("dat-dai", "giao-thong")), lambda n: n % 3 != 2),
            (Filters(places=("03406",)), lambda n: n % 2 == 0),
            (Filters(places=("03406", "none")), lambda n: n % 2 == 0),
            (Filters(sources=("bao-tinh", "mang-xh")), lambda n: n % 3 != 1),
            (Filters(channels=(Channel.FORUM,)), lambda n: n % 3 == 1),
            (Filters(sentiments=(Sentiment.NEGATIVE,)), lambda n: n < 20 and n % 3 == 0),
            (Filters(topics=("giao-thong",), places=("03406",)), lambda n: n % 3 < 2 and not n % 2),
            (Filters(intents=(Intent.COMPLAINT,)), lambda n: n < 20 and n % 7 == 0),
            (
                Filters(intents=(Intent.PRAISE, Intent.OTHER), topics=("giao-thong",)),
                lambda n: n < 20 and n % 7 in (3, 5) and n % 3 < 2,
            ),
            (
                Filters(sentiments=(Sentiment.POSITIVE,), intents=(Intent.QUESTION,)),
                lambda n: n == 8,
            ),
            (Filters(reasons=(Reason.URGENT,)), lambda n: n < 20 and n % 5 in (1, 3)),
            (Filters(reasons=(Reason.URGENT, Reason.NEEDS_ANSWER)), lambda n: n < 20 and n % 5 % 4),
            (
                Filters(reasons=(Reason.NEEDS_ANSWER,), places=("03406",)),
                lambda n: n < 20 and n % 5 in (2, 3) and not n % 2,
            ),
            (
                Filters(
                    reasons=(Reason.NEEDS_ANSWER,),
                    topics=("dat-dai",),
                    intents=(Intent.COMPLAINT,),
                ),
                lambda n: n == 7,
            ),
            (
                Filters(reasons=(Reason.URGENT,), since=date(2026, 11, 18)),
                lambda n: n in (1, 3, 6),
            ),
            (Filters(reasons=(Reason.SCAM_WARNING,)), lambda _: False),
            (Filters(thread="t1"), lambda n: n % 4 == 1),
            (Filters(topics=("nowhere",)), lambda _: False),
            (Filters(since=date(2026, 11, 19), until=date(2026, 11, 20)), lambda n: 1 <= n <= 4),
            (Filters(until=date(2026, 11, 10)), lambda n: n > 20),
            (Filters(since=date(2027, 1, 1)), lambda _: False),
        ],
    )
    def test_filters(
        self, filled: PostStore, text: str, filters: Filters, expected: object
    ) -> None:
        assert callable(expected)
        wanted = [f"p{n:02}" for n in range(30) if expected(n)]
        page = filled.search(Query(text, filters, size=50))
        assert found(page) == wanted
        assert page.total == len(wanted)

    @pytest.mark.parametrize("text", ["", "đường sá"])
    @pytest.mark.parametrize(
        "filters",
        [
            Filters(),
            Filters(topics=("giao-thong",)),
            Filters(topics=("giao-thong", "dat-dai")),
            Filters(places=("03406",)),
            Filters(sources=("dien-dan",), since=date(2026, 11, 10)),
            Filters(thread="t2"),
            Filters(sentiments=(Sentiment.NEGATIVE,)),
            Filters(intents=(Intent.COMPLAINT, Intent.QUESTION, Intent.SUGGESTION)),
            Filters(reasons=(Reason.URGENT,)),
        ],
    )
    def test_facets_and_histogram_are_of_the_hits(
        self, filled: PostStore, text: str, filters: Filters
    ) -> None:
        page = filled.search(
            Query(
                text,
                filters,
                size=50,
                facets=("topic", "place", "source", "channel", "sentiment", "intent", "reason"),
                histogram="week",
            )
        )
        hits = [hit.stored for hit in page.hits]
        assert page.total == len(hits) >= SMALLEST_FIGURE

        def tally(values: Iterable[object]) -> dict[object, int]:
            listed = list(values)
            return {value: listed.count(value) for value in listed}

        assert page.facets["topic"] == tally(t for s in hits for t in s.post.topics)
        assert page.facets["place"] == tally(p for s in hits for p in s.post.places)
        assert page.facets["source"] == tally(s.post.source for s in hits)
        assert page.facets["channel"] == tally(str(s.post.channel) for s in hits)
        assert page.facets["sentiment"] == tally(
            str(s.labels.sentiment) if s.labels else UNLABELLED for s in hits
        )
        assert page.facets["intent"] == tally(
            str(s.labels.intent) if s.labels and s.labels.intent else UNLABELLED for s in hits
        )
        assert page.facets["reason"] == tally(
            str(reason) for s in hits if s.labels for reason in s.labels.reasons
        )
        days = [local_day(s.post.published_at) for s in hits]
        assert page.histogram == tally(day - timedelta(days=day.weekday()) for day in days)
        assert list(page.histogram) == sorted(page.histogram)

    def test_a_figure_on_few_posts_is_not_broken_down(self, store: PostStore) -> None:
        store.put([make_post(f"p{n}", "chè xanh", topics=("che",)) for n in range(4)])
        for text in ("", "chè"):
            page = store.search(Query(text, facets=("topic",), histogram="day"))
            assert (page.total, page.facets, page.histogram) == (4, {}, {})
        store.put([make_post("p5", "chè xanh", topics=("che",))])
        for text in ("", "chè"):
            page = store.search(Query(text, facets=("topic",), histogram="month"))
            assert page.facets == {"topic": {"che": 5}}
            assert page.histogram == {date(2026, 11, 1): 5}

    @pytest.mark.parametrize("order", list(Order))
    @pytest.mark.parametrize("text", ["", "đường sá"])
    def test_paging_is_not_shifted_by_what_comes_in(
        self, filled: PostStore, text: str, order: Order
    ) -> None:
        query = Query(text, order=order, size=7)
        expected = [
            hit.stored.post.id
            for page in pages(filled, replace(query, size=30))
            for hit in page.hits
        ]
        seen: list[str] = []
        for number, page in enumerate(pages(filled, query)):
            seen += found(page)
            filled.put([make_post(f"new{number}", "đường sá đường sá đường sá mới")])
        assert seen == expected
        assert len(seen) == 30

    def test_posts_of_one_moment_are_all_paged_through(self, store: PostStore) -> None:
        store.put([make_post(f"p{n}") for n in range(10)])
        seen = [i for page in pages(store, Query(size=3)) for i in found(page)]
        assert sorted(seen) == sorted(f"p{n}" for n in range(10))

    def test_a_foreign_cursor_is_refused(self, filled: PostStore) -> None:
        cursor = filled.search(Query("đường sá", size=5)).next
        for query in (
            Query("đường", size=5, cursor=cursor),
            Query("đường sá", order=Order.RELEVANCE, cursor=cursor),
            Query("đường sá", cursor="xyz"),
            Query("đường sá", cursor="é"),
            Query(cursor=""),
        ):
            with pytest.raises(QueryError):
                filled.search(query)

    def test_a_page_without_hits_still_has_figures(self, filled: PostStore) -> None:
        for text in ("", "đường sá"):
            page = filled.search(Query(text, size=0, facets=("source",)))
            assert (page.hits, page.next, page.total) == ((), None, 30)
            assert sum(page.facets["source"].values()) == 30


class Counting(Engine):
    """Daily counts, labels, the work list and the purge."""

    @pytest.fixture
    def filled(self, store: PostStore) -> PostStore:
        store.put(
            [
                make_post("a", "một", 0, topics=("x", "y"), places=("1",)),
                make_post("b", "hai", 1, topics=("x",), source="s2", channel=Channel.FORUM),
                make_post("c", "ba", 24 * 7, places=("1", "2")),
                make_post("d", "bốn", 24 * 40, topics=("x",)),
            ]
        )
        return store

    def test_counts_by_interval_and_dimension(self, filled: PostStore) -> None:
        assert filled.counts(Filters()) == {
            (date(2026, 11, 21), None): 2,
            (date(2026, 11, 14), None): 1,
            (date(2026, 10, 12), None): 1,
        }
        assert filled.counts(Filters(), interval="week") == {
            (date(2026, 11, 16), None): 2,
            (date(2026, 11, 9), None): 1,
            (date(2026, 10, 12), None): 1,
        }
        assert filled.counts(Filters(), by="topic", interval=None) == {
            (None, "x"): 3,
            (None, "y"): 1,
        }
        assert filled.counts(Filters(topics=("x",)), by="source", interval="month") == {
            (date(2026, 11, 1), "bao-tinh"): 1,
            (date(2026, 11, 1), "s2"): 1,
            (date(2026, 10, 1), "bao-tinh"): 1,
        }
        assert filled.counts(Filters(places=("1",)), by="place", interval=None) == {(None, "1"): 2}
        assert filled.counts(Filters(channels=(Channel.FORUM,)), by="channel", interval=None) == {
            (None, "forum"): 1
        }
        assert filled.counts(
            Filters(topics=("x",), since=date(2026, 11, 1), until=date(2026, 11, 21)), interval=None
        ) == {(None, None): 2}
        assert filled.counts(Filters(topics=("unknown",))) == {}

    def test_counts_take_one_value_for_each_filter(self, store: PostStore) -> None:
        for filters in (
            Filters(topics=("x", "y")),
            Filters(thread="t"),
            Filters(cluster="0" * 16),
            Filters(intents=(Intent.COMPLAINT, Intent.PRAISE)),
            Filters(reasons=(Reason.URGENT,)),
        ):
            with pytest.raises(ValueError, match="counts"):
                store.counts(filters)
        with pytest.raises(ValueError, match="counts"):
            store.counts(Filters(), by="reason")

    def test_days_are_those_of_viet_nam(self, store: PostStore) -> None:
        for hour, post_id in ((16, "before"), (17, "after")):
            moment = datetime(2026, 11, 20, hour, 30, tzinfo=UTC)
            store.put([make_post(post_id, published_at=moment)])
        assert store.counts(Filters()) == {
            (date(2026, 11, 20), None): 1,
            (date(2026, 11, 21), None): 1,
        }
        assert found(store.search(Query(filters=Filters(since=date(2026, 11, 21))))) == ["after"]

    def test_labels_are_kept_and_counted(self, filled: PostStore) -> None:
        given = Labels("a", "m1", Sentiment.NEGATIVE, scores={"negative": 0.75, "neutral": 0.25})
        assert filled.label([given, Labels("nobody", "m1", Sentiment.POSITIVE)]) == 1
        assert filled.get(["a"])[0].labels == given
        assert filled.counts(Filters(topics=("y",)), by="sentiment", interval=None) == {
            (None, "negative"): 1
        }
        filled.label([Labels("a", "m2", Sentiment.POSITIVE), Labels("b", "m2")])
        assert filled.counts(Filters(), by="sentiment", interval=None) == {
            (None, "positive"): 1,
            (None, UNLABELLED): 3,
        }
        assert filled.get(["b"])[0].labels == Labels("b", "m2")
        assert filled.check() == []

    def test_all_that_a_model_says_is_kept(self, filled: PostStore) -> None:
        bare = Labels("b", "m1")
        assert filled.label([FULL, bare]) == 2
        without = replace(FULL, embedding=b"")
        assert [stored.labels for stored in filled.get(["a", "b"])] == [without, bare]
        (hit,) = filled.search(Query("một")).hits
        assert hit.stored.labels == without
        assert {one.id: one.labels for one in filled.labelled("m1", Filters())} == {
            "a": FULL,
            "b": bare,
        }
        # A model that says less leaves nothing behind of one that said more.
        assert filled.label([Labels("a", "m2")]) == 1
        assert [one.labels for one in filled.labelled("m2", Filters())] == [Labels("a", "m2")]
        assert filled.search(Query(filters=Filters(reasons=tuple(Reason)))).total == 0
        assert filled.check() == []

    def test_intents_are_counted(self, filled: PostStore) -> None:
        intents = {"a": Intent.COMPLAINT, "b": Intent.COMPLAINT, "c": Intent.PRAISE}
        filled.label(
            [Labels(key, "m1", Sentiment.NEGATIVE, intent) for key, intent in intents.items()]
        )
        assert filled.counts(Filters(), by="intent", interval=None) == {
            (None, "complaint"): 2,
            (None, "praise"): 1,
            (None, UNLABELLED): 1,
        }
        complaints = Filters(intents=(Intent.COMPLAINT,))
        assert filled.counts(complaints, by="topic", interval="month") == {
            (date(2026, 11, 1), "x"): 2,
            (date(2026, 11, 1), "y"): 1,
        }
        assert filled.counts(complaints, by="sentiment", interval=None) == {(None, "negative"): 2}
        assert filled.counts(replace(complaints, sources=("s2",)), by="channel") == {
            (date(2026, 11, 21), "forum"): 1
        }
        assert filled.counts(Filters(sentiments=(Sentiment.POSITIVE,)), by="intent") == {}
        # The same sentiment with another intent is a change, too.
        filled.label([Labels("b", "m1", Sentiment.NEGATIVE, Intent.PRAISE)])
        assert filled.counts(Filters(places=("1",)), by="intent", interval=None) == {
            (None, "complaint"): 1,
            (None, "praise"): 1,
        }
        purged = filled.counts(Filters(), by="intent")
        assert filled.purge(NOW + timedelta(days=5), 5, {}).posts == 3
        assert filled.counts(Filters(), by="intent") == purged
        assert filled.check() == []

    def test_the_work_list_is_what_the_model_has_not_labelled(self, filled: PostStore) -> None:
        def waiting(model: str, size: int = 10) -> list[str]:
            return [stored.post.id for stored in filled.unlabelled(model, size)]

        assert waiting("m1") == ["a", "b", "c", "d"]
        assert waiting("m1", 2) == ["a", "b"]
        filled.label([Labels("a", "m1", Sentiment.NEUTRAL), Labels("c", "m1")])
        assert waiting("m1") == ["b", "d"]
        assert waiting("m2") == ["a", "b", "c", "d"]
        filled.put([make_post("a", "một đã sửa")])
        assert waiting("m1") == ["b", "d", "a"]

    def test_slices_of_the_work_list_share_it_out(self, store: PostStore) -> None:
        store.put([make_post(f"p{n}") for n in range(20)])
        slices = [{s.post.id for s in store.unlabelled("m", 99, (i, 3))} for i in range(3)]
        assert set.union(*slices) == {f"p{n}" for n in range(20)}
        assert sum(map(len, slices)) == 20
        with pytest.raises(ValueError, match="slice"):
            store.unlabelled("m", 9, (3, 3))

    def test_labels_of_a_text_that_changed_meanwhile_are_dropped(self, filled: PostStore) -> None:
        assert len(filled.unlabelled("m1", 10)) == 4
        filled.put([make_post("a", "một đã sửa")])
        given = [Labels("a", "m1", Sentiment.NEGATIVE), Labels("b", "m1", Sentiment.NEGATIVE)]
        assert filled.label(given) == 1
        assert filled.get(["a"])[0].labels is None
        assert "a" in [s.post.id for s in filled.unlabelled("m1", 10)]

    def test_a_purge_deletes_texts_and_keeps_counts(self, filled: PostStore) -> None:
        before = filled.counts(Filters(), by="topic")
        purged = filled.purge(NOW, 30, {"s2": 1, "not-there": 3})
        assert (purged.posts, purged.by_source) == (1, {"bao-tinh": 1})
        assert [s.post.id for s in filled.get(["a", "b", "c", "d"])] == ["a", "b", "c"]
        assert filled.counts(Filters(), by="topic") == before
        assert filled.search(Query(filters=Filters(topics=("x",)))).total == 2
        assert found(filled.search(Query("bốn"))) == []
        purged = filled.purge(NOW + timedelta(hours=24), 30, {"s2": 1})
        assert purged.by_source == {"s2": 1}
        assert filled.counts(Filters(), by="topic") == before
        assert filled.check() == []

    def test_no_period_is_longer_than_the_boundary(self, store: PostStore) -> None:
        store.put(
            [make_post("old", hours=24 * 91), make_post("older", "khác", 24 * 92, source="s")]
        )
        assert store.purge(NOW, 400, {"s": 1000}).posts == 2

    def test_maintenance_is_harmless(self, filled: PostStore) -> None:
        before = filled.search(Query("một OR hai"))
        filled.optimise()
        assert filled.search(Query("một OR hai")) == before
        assert filled.check() == []


class Confirming(Engine):
    """see, missed, unconfirmed, forget, differing, and the recheck limit of purge."""

    PAGE, OTHER = "https://bao.example.vn/bai", "https://bao.example.vn/bai-khac"

    @pytest.fixture
    def filled(self, store: PostStore, clock: FixedClock) -> PostStore:
        """a, b, c and the reply r in one thread; d of another source. Seen but for d."""
        store.put(
            [
                make_post("a", "một", thread_id="t"),
                make_post("b", "hai", thread_id="t"),
                make_post("c", "ba", thread_id="t"),
                make_post("r", "trả lời", thread_id="t", kind=PostKind.REPLY),
                make_post("d", "khác nguồn", source="s2", thread_id="t"),
            ]
        )
        store.see("bao-tinh", self.PAGE, ["a", "b"])
        store.see("bao-tinh", self.OTHER, ["c", "r"])
        clock.advance(timedelta(hours=1))
        return store

    def test_what_was_not_seen_on_its_page_is_missed(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        assert filled.missed("bao-tinh", self.PAGE, NOW) == []
        filled.see("bao-tinh", self.PAGE, ["a", "not-there", "d"])
        assert filled.missed("bao-tinh", self.PAGE, clock.now()) == ["b"]
        assert filled.missed("bao-tinh", "https://bao.example.vn/la", clock.now()) == []
        assert filled.missed("s2", self.PAGE, clock.now()) == [], "seen by another source's page"
        assert filled.missed("not-there", self.PAGE, clock.now()) == []

    def test_of_a_thread_replies_are_missed_wherever_they_were(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        filled.see("bao-tinh", self.PAGE, ["a"])
        missed = filled.missed("bao-tinh", self.PAGE, clock.now(), ["t", "u"])
        assert sorted(missed) == ["b", "r"], "not c, which stands on a page of its own"
        assert filled.missed("bao-tinh", self.PAGE, clock.now(), ["u"]) == []

    def test_a_post_moves_with_the_page_that_it_is_seen_on(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        filled.see("bao-tinh", self.OTHER, ["b"])
        clock.advance(timedelta(hours=1))
        assert filled.missed("bao-tinh", self.PAGE, clock.now()) == ["a"]
        assert sorted(filled.missed("bao-tinh", self.OTHER, clock.now())) == ["b", "c", "r"]

    def test_pages_with_posts_not_seen_of_late_are_named(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        filled.see("bao-tinh", self.OTHER, ["c", "r"])
        assert filled.unconfirmed(Channel.FEED, "bao-tinh", clock.now()) == {page_mark(self.PAGE)}
        assert filled.unconfirmed(Channel.FEED, "bao-tinh", NOW) == frozenset()
        assert filled.unconfirmed(Channel.FORUM, "bao-tinh", clock.now()) == frozenset()
        assert filled.unconfirmed(Channel.FEED, "s2", clock.now()) == frozenset(), "on no page"

    def test_what_is_forgotten_still_counts(self, filled: PostStore) -> None:
        before = filled.counts(Filters(), by="source")
        assert filled.forget(["a", "not-there", "r"]) == 2
        assert filled.forget(["a"]) == filled.forget([]) == 0
        assert [s.post.id for s in filled.get(["a", "b", "c", "r", "d"])] == ["b", "c", "d"]
        assert filled.counts(Filters(), by="source") == before
        assert found(filled.search(Query("một"))) == []
        assert filled.check() == []

    def test_a_failed_forgetting_leaves_all_as_it_was(self, filled: PostStore) -> None:
        with pytest.raises(ZeroDivisionError), filled.transaction():
            assert 1 / (filled.forget(["a"]) - 1)
        assert [s.post.id for s in filled.get(["a"])] == ["a"]
        assert filled.check() == []

    def test_what_says_something_else_by_now_is_told(self, filled: PostStore) -> None:
        assert filled.differing({"a": "một", "b": "hai!", "not-there": "x"}) == ["b"]
        assert filled.differing({}) == []

    def test_what_was_not_seen_within_the_recheck_limit_goes(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        filled.put([make_post("f", "mạng", channel=Channel.FORUM, source="s3")])
        clock.advance(timedelta(days=10))
        filled.see("bao-tinh", self.PAGE, ["a"])
        clock.advance(timedelta(days=21))
        later = clock.now()
        assert filled.purge(later, 90, {}, {Channel.MASTODON: 1}).posts == 0
        purged = filled.purge(later, 90, {}, {Channel.FEED: 30})
        assert (purged.posts, purged.unconfirmed) == (4, 4)
        assert purged.by_source == {"bao-tinh": 3, "s2": 1}
        assert [s.post.id for s in filled.get(["a", "b", "c", "r", "d", "f"])] == ["a", "f"]
        assert filled.check() == []

    def test_an_edited_post_is_seen_when_it_was_fetched(
        self, filled: PostStore, clock: FixedClock
    ) -> None:
        filled.put([make_post("a", "một đã sửa", fetched_at=clock.now())])
        assert filled.missed("bao-tinh", self.PAGE, clock.now()) == ["b"]
        assert filled.purge(NOW + timedelta(days=30, minutes=5), 90, {}, {Channel.FEED: 30}).posts
        assert [s.post.id for s in filled.get(["a", "b"])] == ["a"]


class Matching(Engine):
    """The second work list, what is written to it, and reading labelled posts in bulk."""

    @pytest.fixture
    def filled(self, store: PostStore) -> PostStore:
        store.put([make_post(f"p{n}", f"ý kiến {n}", 12 - n) for n in range(6)])
        for n in range(5):
            store.label([replace(FULL, post_id=f"p{n}", register=("r1", "r2", "")[n % 3])])
        return store

    def waiting(self, store: PostStore, register: str, size: int = 9, **more: object) -> list[str]:
        found = store.unmatched("m1", register, size, **more)  # type: ignore[arg-type]
        return [stored.post.id for stored in found]

    def test_what_was_matched_against_another_register_is_handed_out(
        self, filled: PostStore
    ) -> None:
        assert self.waiting(filled, "r1") == ["p1", "p2", "p4"]
        assert self.waiting(filled, "r1", 2) == ["p1", "p2"]
        assert self.waiting(filled, "r1", after="p1") == ["p2", "p4"]
        assert self.waiting(filled, "new") == ["p0", "p1", "p2", "p3", "p4"]
        assert self.waiting(filled, "") == ["p0", "p1", "p3", "p4"]
        assert filled.unmatched("m2", "r1", 9) == []
        filled.label([Labels("p1", "m2")])
        assert self.waiting(filled, "r1") == ["p2", "p4"]

    def test_it_comes_with_labels_and_embedding(self, filled: PostStore) -> None:
        (first, _, _) = filled.unmatched("m1", "r1", 9)
        assert first.post == filled.get(["p1"])[0].post
        assert first.labels == replace(FULL, post_id="p1", register="r2")

    def test_slices_share_it_out(self, filled: PostStore) -> None:
        slices = [self.waiting(filled, "new", part=(i, 2)) for i in range(2)]
        assert sorted(slices[0] + slices[1]) == ["p0", "p1", "p2", "p3", "p4"]
        with pytest.raises(ValueError, match="slice"):
            filled.unmatched("m1", "new", 9, (2, 2))

    def test_a_match_changes_nothing_else(self, filled: PostStore) -> None:
        before = filled.counts(Filters(), by="intent")
        now = Labels(
            "p1", "m1", matches=(MATCH,), register="r1", reasons=(Reason.REPEATS_CHECKED_CLAIM,)
        )
        assert filled.match([now, replace(now, post_id="nobody")]) == 1
        wanted = replace(FULL, post_id="p1", matches=(MATCH,), register="r1", reasons=now.reasons)
        assert [one.labels for one in filled.labelled("m1", Filters()) if one.id == "p1"] == [
            wanted
        ]
        assert self.waiting(filled, "r1") == ["p2", "p4"]
        assert found(filled.search(Query(filters=Filters(reasons=now.reasons)))) == ["p1"]
        scams = Query(filters=Filters(reasons=(Reason.SCAM_WARNING,)))
        assert found(filled.search(scams)) == ["p4", "p3", "p2", "p0"]
        assert filled.counts(Filters(), by="intent") == before
        # Without any claim left, nothing matches.
        assert filled.match([Labels("p1", "m1")]) == 1
        (stored,) = filled.get(["p1"])
        assert stored.labels == replace(
            FULL, post_id="p1", matches=(), register="", reasons=(), embedding=b""
        )
        assert filled.check() == []

    def test_what_changed_meanwhile_is_not_touched(self, filled: PostStore) -> None:
        handed = filled.unmatched("m1", "new", 9)
        filled.put([make_post("p0", "đã sửa")])
        filled.put([make_post("p1", "đã sửa")])
        filled.label([Labels("p2", "m2", Sentiment.NEUTRAL)])
        given = [
            replace(stored.labels, register="new") for stored in handed if stored.labels is not None
        ]
        assert filled.match(given) == 2
        kept = [stored.labels for stored in filled.get(["p0", "p1", "p2", "p3"])]
        assert [labels and labels.register for labels in kept] == [None, None, "", "new"]
        # An edited post left the list; its old place still tells where to go on.
        assert self.waiting(filled, "newer", after="p0") == ["p3", "p4"]
        assert filled.check() == []

    def test_an_edited_post_loses_all_that_was_said_of_it(self, filled: PostStore) -> None:
        filled.put([make_post("p0", "đã sửa")])
        assert "p0" not in [one.id for one in filled.labelled("m1", Filters())]
        filled.label([Labels("p0", "m1")])
        (again,) = [one for one in filled.labelled("m1", Filters()) if one.id == "p0"]
        assert again.labels == Labels("p0", "m1")

    def test_a_failed_match_leaves_nothing(self, filled: PostStore) -> None:
        def fail() -> None:
            with filled.transaction():
                filled.match([Labels("p0", "m1", register="r9", reasons=(Reason.URGENT,))])
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail()
        assert self.waiting(filled, "r1") == ["p1", "p2", "p4"]
        filled.match([Labels("p0", "m1", register="r9", reasons=(Reason.URGENT,))])
        assert found(filled.search(Query(filters=Filters(reasons=(Reason.URGENT,))))) == ["p0"]

    def test_labelled_posts_are_read_oldest_first(self, store: PostStore) -> None:
        posts = [
            make_post(
                f"p{n:04}",
                f"{ROAD if n % 2 else NOODLES} {n}",
                n * 7 % 1201 / 12,
                topics=("che",) if n % 3 else ("lua", "che"),
                source=f"s{n % 4}",
                title=f"bài {n}",
            )
            for n in range(1201)
        ]
        store.put(posts)
        labels = {
            post.id: Labels(
                post.id,
                "m1" if n % 10 else "m0",
                Sentiment.NEGATIVE,
                list(Intent)[n % 6],
                {"claim": n % 100 / 100} if n % 4 else {},
                embedding=n.to_bytes(4) * 97,
            )
            for n, post in enumerate(posts)
        }
        store.label(list(labels.values()))
        every = sorted(posts, key=lambda post: (post.published_at, post.id))

        def numbers(filters: Filters, least_claim: float = 0.0) -> list[int]:
            read = list(store.labelled("m1", filters, least_claim=least_claim))
            assert all(one.labels == labels[one.id] for one in read)
            return [int(one.id[1:]) for one in read]

        order = [int(post.id[1:]) for post in every if int(post.id[1:]) % 10]
        assert numbers(Filters()) == order
        assert numbers(Filters(topics=("lua",))) == [n for n in order if n % 3 == 0]
        assert numbers(Filters(), 0.5) == [n for n in order if n % 4 and n % 100 >= 50]
        assert numbers(Filters(intents=(Intent.QUESTION,), sources=("s3",))) == [
            n for n in order if n % 6 == 1 and n % 4 == 3
        ]
        recent = Filters(since=date(2026, 11, 19), until=date(2026, 11, 20))
        days = {n: local_day(posts[n].published_at) for n in order}
        assert numbers(recent) == [n for n in order if date(2026, 11, 19) <= days[n] < NOW.date()]
        assert numbers(Filters(topics=("none",))) == []
        assert list(store.labelled("never", Filters())) == []
        (one,) = [one for one in store.labelled("m1", Filters()) if one.id == "p0007"]
        (stored,) = store.get(["p0007"])
        assert (one.title, one.text, one.source) == ("bài 7", posts[7].text, "s3")
        assert (one.thread_id, one.cluster_id) == (stored.post.thread_id, stored.cluster_id)
        assert one.published_at == posts[7].published_at

    def test_reading_keeps_nobody_waiting(self, store: PostStore) -> None:
        posts = [make_post(f"p{n:04}", f"bài {n}", 1300 - n) for n in range(1200)]
        store.put(posts)
        store.label([Labels(post.id, "m1") for post in posts])
        reading = store.labelled("m1", Filters())
        assert next(reading).id == "p0000"
        # In the middle of it another post comes, old ones are purged, one is edited.
        store.put([make_post("new"), make_post("p1199", "khác")])
        assert store.purge(NOW, 30, {}).posts > 500
        rest = list(reading)
        ids = [one.id for one in rest]
        assert ids == sorted(set(ids))
        assert {f"p{n:04}" for n in range(600, 1199)} <= set(ids)
        assert "khác" not in {one.text for one in rest}
        assert store.check() == []


class Clustering(Engine):
    """Near-duplicates."""

    def clusters(self, store: PostStore, *ids: str) -> list[str]:
        return [stored.cluster_id for stored in store.get(ids)]

    def test_the_same_story_on_four_sites_is_one_cluster(self, store: PostStore) -> None:
        store.put(
            [
                make_post("a", ROAD, 4, title="Đường xấu"),
                make_post("b", f"{ROAD}. Theo Báo Lai Châu", 3, source="s2", title="Khác"),
                make_post("c", f"(Dân trí) {ROAD}!", 2, source="s3"),
                make_post("d", ROAD.replace("nghiêm trọng", "trầm trọng"), 1, source="s4"),
                make_post("e", NOODLES),
            ]
        )
        a, b, c, d, e = self.clusters(store, "a", "b", "c", "d", "e")
        assert a == b == c == d != e
        assert [s.cluster_size for s in store.get(["a", "e"])] == [4, 1]
        assert set(found(store.search(Query(filters=Filters(cluster=a))))) == set("abcd")
        assert found(store.search(Query(filters=Filters(cluster="no-cluster")))) == []

    def test_a_copy_without_diacritics_is_the_same(self, store: PostStore) -> None:
        bare = (
            "Duong vao ban Hoa Van xuong cap nghiem trong, mua xuong la lay loi, cac chau di hoc "
            "rat vat va, ba con mong xa som cho sua chua truoc mua mua nam sau"
        )
        store.put([make_post("a", ROAD), make_post("b", bare)])
        assert len(set(self.clusters(store, "a", "b"))) == 1

    def test_a_reprinted_lead_belongs_to_the_article(self, store: PostStore) -> None:
        article = f"{ROAD}.\n{NOODLES}.\n" + " ".join(f"câu thứ {n} của bài" for n in range(60))
        store.put([make_post("a", article), make_post("b", f"{ROAD}. Miến dong Bình Lư năm nay")])
        assert len(set(self.clusters(store, "a", "b"))) == 1

    def test_short_texts_are_one_only_in_the_same_thread(self, store: PostStore) -> None:
        store.put(
            [
                make_post("a", "Hay quá!", thread_id="t"),
                make_post("b", "hay quá", thread_id="t"),
                make_post("c", "hay quá đi", thread_id="t"),
                make_post("d", "hay quá", thread_id="u"),
                make_post("e", "hay qua", thread_id="t"),
                make_post("f", "👍👍", thread_id="t"),
                make_post("g", "👍👍", thread_id="t"),
            ]
        )
        a, b, c, d, e, f, g = self.clusters(store, *"abcdefg")
        assert a == b
        assert len({a, c, d, e, f}) == 5
        assert f == g

    def test_texts_far_apart_in_time_are_not_linked(self, store: PostStore) -> None:
        store.put([make_post("a", ROAD, 24 * 32), make_post("b", ROAD), make_post("c", ROAD, 24)])
        a, b, c = self.clusters(store, "a", "b", "c")
        assert a != b == c

    @pytest.mark.parametrize("batch", [1, 2, 5])
    def test_clusters_do_not_depend_on_batches(self, store: PostStore, batch: int) -> None:
        posts = [
            make_post(f"p{n}", f"{(ROAD, NOODLES)[n % 2]} {'thêm ' * (n % 7)}", n)
            for n in range(12)
        ]
        posts[6] = make_post("p0", NOODLES)  # the leader of a cluster changes its text
        for start in range(0, len(posts), batch):
            store.put(posts[start : start + batch])
        ids = [f"p{n}" for n in range(12) if n != 6]
        first, second = "p2", "p1"
        clusters = dict(zip(ids, self.clusters(store, *ids), strict=True))
        assert {i for i in ids if clusters[i] == clusters[second]} == {
            "p0", "p1", "p3", "p5", "p7", "p9", "p11"
        }  # fmt: skip
        assert {i for i in ids if clusters[i] == clusters[first]} == {"p2", "p4", "p8", "p10"}
        assert store.check() == []

    def test_a_cluster_outlives_its_first_post(self, store: PostStore) -> None:
        store.put([make_post("a", ROAD, 24 * 89), make_post("b", ROAD, 24 * 70)])
        (cluster,) = set(self.clusters(store, "a", "b"))
        assert store.purge(NOW + timedelta(days=2), 90, {}).posts == 1
        store.put([make_post("c", ROAD, 24 * 60)])
        assert self.clusters(store, "b", "c") == [cluster, cluster]
        assert [s.cluster_size for s in store.get(["b", "c"])] == [2, 2]

    def test_an_edited_post_moves_to_the_cluster_it_is_now_like(self, store: PostStore) -> None:
        store.put([make_post("a", ROAD), make_post("b", ROAD), make_post("c", NOODLES)])
        road, noodles = self.clusters(store, "b", "c")
        store.put([make_post("a", NOODLES)])
        assert self.clusters(store, "a", "b", "c") == [noodles, road, noodles]

    @pytest.mark.parametrize("text", ["", "đường vào bản"])
    @pytest.mark.parametrize("order", list(Order))
    def test_collapsing_shows_the_newest_that_matches(
        self, store: PostStore, text: str, order: Order
    ) -> None:
        store.put(
            [make_post(f"p{n}", ROAD, n, source="s1" if n else "s2") for n in range(6)]
            + [make_post("q", f"{NOODLES}: đường vào bản", 9)]
        )
        query = Query(text, order=order, collapse_clusters=True, size=1)
        every = [i for page in pages(store, query) for i in found(page)]
        assert sorted(every) == ["p0", "q"]
        page = store.search(replace(query, size=9, filters=Filters(sources=("s1",))))
        assert found(page) == ["p1"]
        assert page.total == 5
        assert page.hits[0].stored.cluster_size == 6
