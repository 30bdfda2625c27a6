"""`langnghe briefing`, as an editor types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langnghe.core.home import Home
from tests.service import langnghe


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("briefing") / "home"
    assert langnghe(root, "init").returncode == 0
    return Home(root)


def test_one_command_makes_four_files_even_of_a_month_without_a_post(
    home: Home, tmp_path: Path
) -> None:
    arguments = ("briefing", "2026-11", "--layout", "nd30", "--out", str(tmp_path / "ra"))
    done = langnghe(home.root, "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["month"], told["draft"], told["missing"]) == ("2026-11", True, [])
    assert sorted(path.name for path in (tmp_path / "ra").iterdir()) == [
        f"giao-ban-2026-11-nd30-du-thao.{kind}" for kind in ("docx", "pdf", "pptx", "xlsx")
    ]
    assert sorted(told["files"]) == sorted(map(str, (tmp_path / "ra").iterdir()))


@pytest.mark.parametrize("arguments", [("2026-13",), ("thang-11",), ("2026-11", "--layout", "x")])
def test_what_cannot_be_understood_is_an_error_of_options(
    home: Home, arguments: tuple[str, ...]
) -> None:
    assert langnghe(home.root, "briefing", *arguments).returncode == 2


def test_a_home_made_before_has_no_briefing_settings_and_gets_the_shipped_ones(
    tmp_path: Path,
) -> None:
    root = tmp_path / "home"
    assert langnghe(root, "init").returncode == 0
    for name in ("briefing.yaml", "institution.yaml"):
        (root / "configs" / name).unlink()
    home = Home(root)
    assert home.briefing.period_first_day == 16
    assert home.institution.body == "ĐẢNG ỦY XÃ BÌNH LƯ"
