"""What every page needs: the names of things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from langnghe.casework.accountstore import all_accounts
from langnghe.casework.checked import checked_claims
from langnghe.classifier.register import register_at
from langnghe.core.gazetteer import read_places
from langnghe.core.models import CheckedClaim
from langnghe.core.topics import read_topics
from langnghe.core.vietnamese import place_title
from langnghe.dashboard.shared import casework, home
from langnghe.store.cases import Cases

CONFIG_SECONDS = 60
"""How long names may lag behind an edited configuration file."""


@dataclass(frozen=True)
class Names:
    """Titles by id, in the order of the configuration, and whose service this is."""

    topics: dict[str, str]
    places: dict[str, str]
    sources: dict[str, str]
    institution: str


@st.cache_data(ttl=CONFIG_SECONDS, show_spinner=False)
def names() -> Names:
    """The titles of topics, places and sources, and the institution's name."""
    here = home()
    return Names(
        topics={topic.id: topic.title for topic in read_topics(here.configs / "topics.yaml")},
        places={
            place.id: place_title(place)
            for place in read_places(here.configs / "places.yaml").places
        },
        sources={source.name: source.title for source in here.sources},
        institution=here.settings.institution,
    )


def account_names() -> dict[str, str]:
    """The names of the accounts by id, those that are closed included."""
    return {account.id: account.name for account in all_accounts(casework()).values()}


@st.cache_data(ttl=CONFIG_SECONDS, show_spinner=False)
def claims() -> Mapping[str, CheckedClaim]:
    """The checked claims, by id: those of the register and those decided here."""
    register = register_at(home().register, checked_claims(Cases(casework())))
    return {claim.id: claim for claim in register.claims}
