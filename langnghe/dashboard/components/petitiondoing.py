"""Doing things with a petition, in the callbacks of its page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionrecords import Action, Petition
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk


def do(kept: Kept[Petition], done: str, *actions: Action) -> None:
    """As `has_done`, where it does not matter."""
    has_done(kept, done, *actions)


def has_done(kept: Kept[Petition], done: str, *actions: Action) -> bool:
    """Do all of `actions` one after the other, or none; whether they were done.

    Args:
        kept: the petition as the person saw it.
        done: what to say then.
        actions: what is to be done.
    """
    # Asked again: since the page was drawn the session may have ended, or the role been taken.
    viewer = actor()

    def work() -> Kept[Petition]:
        now = kept
        with desk().cases.transaction(desk().clock.now()):
            for action in actions:
                now = desk().act(PETITION, now.state.id, action, viewer, version=now.version)
        return now

    return attempt(work, done) is not None


def typed(key: str) -> Any:
    """What stands in the widget with that key."""
    return st.session_state.get(key, "")
