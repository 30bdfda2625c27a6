"""After any sequence of writes, the counts, the index and the clusters agree with the posts."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from langnghe.core.clock import FixedClock
from langnghe.core.models import Channel, Intent, Labels, Outcome, Post, Reason, Sentiment
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import UNLABELLED, Filters, Query
from tests.store.conformance import NOODLES, NOW, ROAD, make_post

IDS = [f"p{n}" for n in range(8)]
POSTS = st.builds(
    make_post,
    st.sampled_from(IDS),
    st.sampled_from([ROAD, ROAD + " nhé", NOODLES, "hay quá", "hay quá đi", "👍"]),
    st.sampled_from([0.0, 5.0, 24.0 * 20, 24.0 * 70]),
    source=st.sampled_from(["s1", "s2"]),
    channel=st.just(Channel.FORUM),
    thread_id=st.sampled_from(["t1", "t2"]),
    topics=st.sampled_from([(), ("a",), ("b", "a")]),
    places=st.sampled_from([(), ("1",), ("1", "2")]),
)
LABELS = st.builds(
    Labels,
    st.sampled_from(IDS),
    st.sampled_from(["m", "n"]),
    st.sampled_from([None, *Sentiment]),
    st.sampled_from([None, *Intent]),
    register=st.sampled_from(["", "r", "s"]),
    reasons=st.sampled_from([(), (Reason.URGENT,), (Reason.URGENT, Reason.NEEDS_ANSWER)]),
    embedding=st.sampled_from([b"", b"\x00", b"abc"]),
)


class Sequences(RuleBasedStateMachine):
    """Writes, with a plain dictionary beside as the truth."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FixedClock(NOW)
        self.database = Database(self.folder / "langnghe.db")
        self.store = EmbeddedPostStore(self.database, self.clock)
        self.stored: dict[str, Post] = {}
        self.labelled: dict[str, Labels] = {}
        self.purged = 0

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.folder)

    @rule(posts=st.lists(POSTS, max_size=6))
    def put(self, posts: list[Post]) -> None:
        outcomes = self.store.put(posts)
        seen = set()
        for post, outcome in zip(posts, outcomes, strict=True):
            there = self.stored.get(post.id)
            if post.id in seen or (there and there.source != post.source):
                assert outcome is Outcome.DUPLICATE
                continue
            seen.add(post.id)
            same = there is not None and there.text == post.text
            assert outcome is (Outcome.UNCHANGED if same else Outcome.STORED)
            if not same:
                self.stored[post.id] = post
                self.labelled.pop(post.id, None)

    @rule(labels=st.lists(LABELS, max_size=4))
    def label(self, labels: list[Labels]) -> None:
        there = [given for given in labels if given.post_id in self.stored]
        assert self.store.label(labels) == len(there)
        self.labelled |= {given.post_id: given for given in there}

    @rule(labels=LABELS)
    def match(self, labels: Labels) -> None:
        there = self.labelled.get(labels.post_id)
        same = there is not None and there.model == labels.model
        assert self.store.match([labels]) == same
        if there is not None and same:
            self.labelled[labels.post_id] = replace(
                there, register=labels.register, reasons=labels.reasons
            )

    @rule(days=st.sampled_from([10, 60, 90]))
    def purge(self, days: int) -> None:
        limit = NOW - timedelta(days=days)
        gone = {key for key, post in self.stored.items() if post.published_at < limit}
        assert self.store.purge(NOW, days, {}).posts == len(gone)
        self.purged += len(gone)
        for key in gone:
            del self.stored[key]
            self.labelled.pop(key, None)

    @rule(ids=st.sets(st.sampled_from(IDS)))
    def forget(self, ids: set[str]) -> None:
        gone = ids & self.stored.keys()
        assert self.store.forget(ids) == len(gone)
        self.purged += len(gone)
        for key in gone:
            del self.stored[key]
            self.labelled.pop(key, None)

    @rule()
    def fail(self) -> None:
        with pytest.raises(ZeroDivisionError), self.store.transaction():
            assert 1 / (self.store.put([make_post("x", ROAD, source="s9")]) != [Outcome.STORED])

    @invariant()
    def all_agree(self) -> None:
        assert self.store.check() == []
        page = self.store.search(Query(size=50))
        assert {hit.stored.post.id for hit in page.hits} == set(self.stored)
        assert page.total == len(self.stored)
        counted = self.store.counts(Filters(), interval=None)
        assert sum(counted.values()) == len(self.stored) + self.purged
        for stored in self.store.get(list(self.stored)):
            assert stored.post.text == self.stored[stored.post.id].text
        read = [one for model in ("m", "n") for one in self.store.labelled(model, Filters())]
        assert {one.id: one.labels for one in read} == self.labelled
        for model, register in (("m", ""), ("n", "r")):
            assert {stored.post.id for stored in self.store.unmatched(model, register, 99)} == {
                key
                for key, labels in self.labelled.items()
                if labels.model == model and labels.register != register
            }
            assert {stored.post.id for stored in self.store.unlabelled(model, 99)} == {
                key
                for key in self.stored
                if key not in self.labelled or self.labelled[key].model != model
            }
        page = self.store.search(Query(size=0, facets=("reason", "intent")))
        if page.facets:
            reasons = Counter(r for labels in self.labelled.values() for r in labels.reasons)
            intents = Counter(labels.intent or UNLABELLED for labels in self.labelled.values())
            intents[UNLABELLED] += len(self.stored) - len(self.labelled)
            assert page.facets["reason"] == reasons
            assert page.facets["intent"] == +intents


Sequences.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    # Each step checks the whole file; to shrink a failure takes minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
TestSequences = Sequences.TestCase
