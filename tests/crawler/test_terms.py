from __future__ import annotations

from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from langnghe.core.models import Channel
from langnghe.core.settings import MAX_RETENTION_DAYS, Source
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.spiders.registry import SPIDERS
from langnghe.crawler.terms import (
    AS_CONFIGURED,
    NEVER_READ,
    TEXT_IN_ITS_THREAD,
    ChannelTerms,
    Rate,
    Storable,
)

ROOT = Path(__file__).parents[2]

ROBOTS_EXEMPT = {Channel.YOUTUBE, Channel.FACEBOOK}
"""Documented APIs whose hosts forbid them in robots.txt to all who crawl without a key."""


@pytest.mark.parametrize("channel", list(Channel))
def test_every_channel_declares_what_it_reads_and_on_whose_terms(channel: Channel) -> None:
    terms = TERMS[channel]
    assert terms.channel is channel
    assert len(terms.access) > 40
    assert 1 <= terms.retention_days <= MAX_RETENTION_DAYS
    assert "text" in terms.fields


@pytest.mark.parametrize("channel", list(Channel))
def test_no_channel_reads_anything_about_writers(channel: Channel) -> None:
    assert not {*TERMS[channel].fields} & {*NEVER_READ}
    assert not [one for one in TERMS[channel].fields if "author" in one or "writer" in one]


@pytest.mark.parametrize("channel", [one for one in Channel if one is not Channel.FILE])
def test_what_goes_over_http_obeys_robots_txt(channel: Channel) -> None:
    assert TERMS[channel].obeys_robots != (channel in ROBOTS_EXEMPT)


def test_where_robots_txt_has_no_say_the_terms_say_why() -> None:
    exempt = {channel for channel in Channel if TERMS[channel].robots_exempt}
    assert exempt == ROBOTS_EXEMPT
    for channel in exempt:
        assert len(TERMS[channel].robots_exempt) > 40
        assert "API" in TERMS[channel].access


@pytest.mark.parametrize("channel", list(Channel))
def test_no_default_speaks_for_a_channel(channel: Channel) -> None:
    declared = {one.name for one in fields(ChannelTerms) if one.default is MISSING}
    assert declared >= {"may_store", "rate", "retention_days", "recheck_days"}
    with pytest.raises(TypeError):
        ChannelTerms(channel=channel, access="x", fields=("text",))  # type: ignore[call-arg]


def source_types() -> dict[Channel, type[BaseModel]]:
    """The entry of sources.yaml of each channel."""
    return {
        get_args(one.model_fields["channel"].annotation)[0]: one
        for one in get_args(get_args(Source)[0])
    }


@pytest.mark.parametrize("channel", list(Channel))
def test_no_entry_keeps_texts_longer_than_its_channel_may(channel: Channel) -> None:
    own, most = source_types()[channel].model_fields["retention_days"], TERMS[channel]
    if most.retention_days < MAX_RETENTION_DAYS:
        assert own.default == most.retention_days
    limits = [getattr(one, "le", MAX_RETENTION_DAYS) for one in own.metadata]
    assert min(limits, default=MAX_RETENTION_DAYS) == most.retention_days


@pytest.mark.parametrize("channel", list(Channel))
def test_what_may_be_stored_covers_what_is_read(channel: Channel) -> None:
    terms = TERMS[channel]
    assert terms.may_store >= {Storable.TEXT, Storable.TIME, Storable.THREAD}
    reactions = [one for one in terms.fields if "reaction" in one]
    assert bool(reactions) <= (Storable.REACTIONS in terms.may_store)


def test_every_spider_is_registered() -> None:
    assert set(SourceSpider.__subclasses__()) == set(SPIDERS.values())


SOUND = ChannelTerms(
    channel=Channel.NEWS,
    access="x",
    fields=("text",),
    may_store=TEXT_IN_ITS_THREAD,
    rate=AS_CONFIGURED,
    retention_days=MAX_RETENTION_DAYS,
    recheck_days=None,
)


@pytest.mark.parametrize("channel", list(Channel))
def test_the_documentation_has_the_terms_in_force(channel: Channel) -> None:
    terms = TERMS[channel]
    again = "" if terms.recheck_days is None else f" {terms.recheck_days} days"
    rate = "as configured"
    if terms.rate != AS_CONFIGURED:
        rate = f"once in {terms.rate.least_seconds:g} s"
    if terms.rate.most_a_day is not None:
        rate += f", {terms.rate.most_a_day:,} times a day"
    row = f"| `{channel}` | {terms.retention_days} days |{again} | {rate} |"
    assert row in (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "terms",
    [
        {"access": ""},
        {"fields": ()},
        {"may_store": frozenset({Storable.TITLE})},
        {"retention_days": MAX_RETENTION_DAYS + 1},
        {"retention_days": 0},
        {"recheck_days": 0},
        {"robots_exempt": "because", "obeys_robots": True},
    ],
)
def test_a_channel_that_declares_too_little_is_refused(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="channel news"):
        replace(SOUND, **terms)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", [(-1.0, None), (0.0, 0)])
def test_a_rate_that_is_none_is_refused(rate: tuple[float, int | None]) -> None:
    with pytest.raises(ValueError, match="rate"):
        Rate(*rate)
