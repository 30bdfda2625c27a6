"""The benchmark's posts: always the same, and as varied as it says."""

from __future__ import annotations

from itertools import islice

from benchmarks.generate import labels, posts
from langnghe.core.text import clean, fold


def test_the_same_seed_gives_the_same_posts() -> None:
    first = list(islice(posts(1000), 20))
    assert list(islice(posts(1000), 20)) == first
    assert list(islice(posts(1000, seed=2), 20)) != first


def test_posts_are_as_varied_as_they_should_be() -> None:
    made = list(posts(1500))
    assert len({post.id for post in made}) == 1500
    assert [post.published_at for post in made] == sorted(post.published_at for post in made)
    assert (made[-1].published_at - made[0].published_at).days >= 360
    syllables = sum(len(post.text.split()) for post in made) / len(made)
    assert 28 <= syllables <= 42
    bare = sum(fold(post.text) == post.text.lower() for post in made) / len(made)
    assert 0.06 <= bare <= 0.16
    assert all(clean(post.text) == post.text for post in made)
    assert all(post.topics for post in made)
    assert len({topic for post in made for topic in post.topics}) >= 20
    assert len({post.source for post in made}) >= 30
    assert 0.9 <= len(labels(made)) / len(made) <= 0.99
