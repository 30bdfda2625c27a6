from __future__ import annotations

import pytest

from langnghe.core.models import Channel
from langnghe.core.settings import MAX_RETENTION_DAYS
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.spiders.registry import SPIDERS, TERMS
from langnghe.crawler.terms import NEVER_READ, ChannelTerms


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
    assert TERMS[channel].obeys_robots


def test_every_spider_is_registered() -> None:
    assert set(SourceSpider.__subclasses__()) == set(SPIDERS.values())


@pytest.mark.parametrize(
    "terms",
    [
        {"access": "", "fields": ("text",)},
        {"access": "x", "fields": ()},
        {"access": "x", "fields": ("text",), "retention_days": MAX_RETENTION_DAYS + 1},
        {"access": "x", "fields": ("text",), "retention_days": 0},
    ],
)
def test_a_channel_that_declares_too_little_is_refused(terms: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="channel news"):
        ChannelTerms(channel=Channel.NEWS, obeys_robots=True, **terms)  # type: ignore[arg-type]
