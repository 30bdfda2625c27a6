from __future__ import annotations

from pathlib import Path

import pytest

from langnghe.core.errors import ConfigError
from langnghe.core.settings import (
    MAX_RETENTION_DAYS,
    read_settings,
    read_sources,
    shipped_configs,
)

SOURCES = """\
sources:
  - name: bao-lai-chau
    title: Báo Lai Châu
    channel: feed
    feeds:
      - https://baolaichau.example/rss
  - name: dien-dan
    title: Diễn đàn
    channel: forum
    boards: [https://diendan.example/]
"""


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_settings_are_sound() -> None:
    assert read_settings(shipped_configs() / "settings.yaml").retention_days <= MAX_RETENTION_DAYS


def test_sources_are_read_in_order(tmp_path: Path) -> None:
    sources = read_sources(_write(tmp_path / "sources.yaml", SOURCES))
    assert [source.name for source in sources] == ["bao-lai-chau", "dien-dan"]


def test_an_empty_file_has_no_sources(tmp_path: Path) -> None:
    assert read_sources(_write(tmp_path / "sources.yaml", "# nothing yet\n")) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("channel: feed", "channel: facebok", 2, "`channel` phải là một trong"),
        ("title: Báo Lai Châu", "titel: Báo Lai Châu", 2, "thiếu khóa này"),
        ("boards: [https://diendan.example/]", "boards: []", 10, "ít nhất 1 mục"),
        ("      - https://baolaichau", "      - baolaichau", 6, "không phải địa chỉ trang"),
        ("https://diendan.example/", "https://lan:mk@diendan.example/", 10, "tên đăng nhập"),
        ("name: dien-dan", "name: bao-lai-chau", 1, "hai nguồn cùng tên"),
        ("name: dien-dan", "name: Diễn đàn", 7, "không đúng dạng"),
        ("    channel: forum", "   channel: forum", 9, "không đúng cú pháp YAML"),
        ("    title: Diễn đàn", "    title: a\n    title: b", 9, "được viết hai lần"),
    ],
)
def test_an_error_names_file_line_and_cure(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in SOURCES
    path = _write(tmp_path / "sources.yaml", SOURCES.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        read_sources(path)
    error = caught.value
    assert error.path == path
    assert error.line == line
    assert words in error.problem
    assert error.cure
    assert str(error).startswith(f"{path}:{line}: ")


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes("sources: []\n# nguồn\n".encode("cp1258", "replace") + b"\xff\n")
    with pytest.raises(ConfigError, match="UTF-8") as caught:
        read_sources(path)
    assert caught.value.line is not None
    assert caught.value.line >= 2


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="langnghe init"):
        read_sources(tmp_path / "sources.yaml")


def test_the_environment_comes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGNGHE_DASHBOARD__PORT", "9999")
    settings = read_settings(shipped_configs() / "settings.yaml")
    assert settings.dashboard.port == 9999
    assert settings.dashboard.host == "127.0.0.1"


def test_a_secondary_yaml_tag_cannot_run_code(tmp_path: Path) -> None:
    path = _write(tmp_path / "sources.yaml", "sources: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(ConfigError, match="YAML"):
        read_sources(path)
