"""What a new source begins with on the page Quản trị."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.core.models import Channel
from langnghe.core.settings import parse_sources
from langnghe.dashboard.components.administration_sources import source_card, template


@pytest.mark.parametrize("channel", list(Channel))
def test_each_channel_has_an_example_that_is_a_source(channel: Channel) -> None:
    lines = template(channel).splitlines()
    entry = "\n".join(f"    {line}" for line in lines)
    (source,) = parse_sources(f"sources:\n  -\n{entry}\n", Path("sources.yaml"))
    assert source.channel is channel
    assert "Tên hiện trên trang" in source_card(source)
