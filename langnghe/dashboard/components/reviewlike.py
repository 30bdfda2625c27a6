"""Which claims a review item most likely belongs to, for somebody to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

import streamlit as st

from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import CLAIM
from langnghe.casework.roles import Actor
from langnghe.classifier.lexical import LexicalIndex
from langnghe.classifier.likeness import Background, Likeness, terms_of
from langnghe.classifier.opening import model_folder
from langnghe.core.models import Stance, Verdict
from langnghe.dashboard.context import claims
from langnghe.dashboard.shared import desk, home, stores
from langnghe.store.cases import Order, Where
from langnghe.store.posts.interface import StoredPost

MOST_CLAIMS: Final = 300
"""The newest claims that one can attach to."""
NEIGHBOURS: Final = 20
"""Like posts whose claims may be this one's too."""
LEAST_SHARE: Final = 0.15
"""Of a statement's rare words, from which share on a post may be speaking of it."""


def like_claims(
    posts: Sequence[StoredPost],
    claims: Sequence[Claim],
    neighbours: Collection[str],
    background: Background,
    most: int = 5,
) -> list[Claim]:
    """The claims that the posts may belong to, the likeliest first; () of most.

    First those that the matching found when the posts were labelled, then those that like posts
    were attached to by people, then those whose statement shares rare words with the posts.

    Args:
        posts: of the item.
        claims: to choose from.
        neighbours: ids of posts that are like these.
        background: tells which words are rare.
        most: how many are wanted at most.
    """
    if not claims or not posts:
        return []
    matched: Counter[str] = Counter()
    for stored in posts:
        for match in stored.labels.matches if stored.labels else ():
            if match.stance is not Stance.UNRELATED:
                matched[match.claim_id] = max(matched[match.claim_id], round(match.score * 1_000))
    index = LexicalIndex([terms_of(claim.statement) for claim in claims], background)
    shares = index.scores([terms_of(stored.post.text) for stored in posts])[1].max(axis=0)
    ranked = []
    for claim, share in zip(claims, shares.tolist(), strict=True):
        attached = len(set(claim.posts) & set(neighbours))
        if matched[claim.id] or attached or share >= LEAST_SHARE:
            ranked.append((matched[claim.id], attached, share, claim))
    ranked.sort(key=lambda entry: entry[:3], reverse=True)
    return [claim for *_, claim in ranked[:most]]


def all_claims(viewer: Actor) -> list[Claim]:
    """The claims that there are to attach to, the newest first."""
    there = Where(states=tuple(Verdict))
    found = desk().find(CLAIM, viewer, there, Order.NEWEST, MOST_CLAIMS)
    return [kept.state for kept in found]


def likeliest(posts: Sequence[StoredPost], known: Sequence[Claim]) -> list[Claim]:
    """`like_claims` of the home: by its posts and its model's background."""
    neighbours = {
        hit.stored.post.id
        for stored in posts[:1]
        for hit in stores().posts.similar(stored.post.id, NEIGHBOURS)
    }
    return like_claims(posts, known, neighbours, _background())


def repeated(posts: Sequence[StoredPost]) -> str:
    """The checked claim that the posts speak of, in the words of the register; "" if none."""
    register = claims()
    for stored in posts:
        for match in stored.labels.matches if stored.labels else ():
            found = register.get(match.claim_id)
            if found and not match.suggested_only and match.stance is not Stance.UNRELATED:
                return found.text
    return ""


@st.cache_resource(show_spinner=False)
def _background() -> Background:
    return Likeness.load(model_folder(home().model)).background
