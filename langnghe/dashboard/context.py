"""What every page needs: the home, the stores, and the names of things."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from langnghe.classifier.opening import register_at
from langnghe.core.clock import SystemClock
from langnghe.core.errors import NotReadyError
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.models import CheckedClaim
from langnghe.core.topics import read_topics
from langnghe.dashboard.formats import place_title
from langnghe.dashboard.server import HOME_VARIABLE
from langnghe.store.opening import Stores, connect

CONFIG_SECONDS = 60
"""How long names may lag behind an edited configuration file."""


@dataclass(frozen=True)
class Names:
    """Titles by id, in the order of the configuration."""

    topics: dict[str, str]
    places: dict[str, str]
    sources: dict[str, str]


def home() -> Home:
    """The home that `langnghe dashboard` named."""
    root = os.environ.get(HOME_VARIABLE)
    if root is None:
        raise NotReadyError("Hãy mở trang bằng lệnh `langnghe dashboard` hoặc `langnghe run`.")
    return Home(Path(root)).require()


@st.cache_resource(show_spinner=False)
def stores() -> Stores:
    """The home's stores, shared by all sessions."""
    return connect(home(), SystemClock())


@st.cache_data(ttl=CONFIG_SECONDS, show_spinner=False)
def names() -> Names:
    """The titles of topics, places and sources."""
    here = home()
    return Names(
        topics={topic.id: topic.title for topic in read_topics(here.configs / "topics.yaml")},
        places={
            place.id: place_title(place)
            for place in read_places(here.configs / "places.yaml").places
        },
        sources={source.name: source.title for source in here.sources},
    )


@st.cache_data(ttl=CONFIG_SECONDS, show_spinner=False)
def claims() -> Mapping[str, CheckedClaim]:
    """The register of checked claims, by id; empty where the home has none."""
    return {claim.id: claim for claim in register_at(home().register).claims}
