"""Text is kept 90 days at the most, whatever is written into the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.settings import read_settings, read_sources, shipped_configs


def test_no_setting_makes_the_period_longer(tmp_path: Path) -> None:
    text = (shipped_configs() / "settings.yaml").read_text(encoding="utf-8")
    path = tmp_path / "settings.yaml"
    path.write_text(text.replace("retention_days: 90", "retention_days: 91"), encoding="utf-8")
    with pytest.raises(ConfigError, match="không được quá 90"):
        read_settings(path)


def test_nor_does_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGNGHE_RETENTION_DAYS", "365")
    with pytest.raises(ConfigError, match="không được quá 90"):
        read_settings(shipped_configs() / "settings.yaml")


def test_nor_a_source_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(
        "sources:\n  - {name: a, title: A, channel: feed, feeds: ['https://a.example/'],"
        " retention_days: 400}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="không được quá 90"):
        read_sources(path)


def test_a_source_never_keeps_its_texts_longer_than_the_others(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.configs.mkdir()
    (home.configs / "sources.yaml").write_text(
        "sources:\n"
        "  - {name: a, title: A, channel: feed, feeds: ['https://a.vn/'], retention_days: 60}\n"
        "  - {name: b, title: B, channel: feed, feeds: ['https://b.vn/'], retention_days: 7}\n"
        "  - {name: c, title: C, channel: feed, feeds: ['https://c.vn/']}\n",
        encoding="utf-8",
    )
    assert home.shorter_retention(90) == {"a": 60, "b": 7}
    assert home.shorter_retention(30) == {"b": 7}
