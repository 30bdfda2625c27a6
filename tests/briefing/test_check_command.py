from __future__ import annotations

import json
from pathlib import Path

from langnghe.briefing.docx import write_docx
from langnghe.briefing.layout import layout_named
from langnghe.core.institution import LayoutName
from tests.briefing import samples
from tests.service import langnghe


def test_the_command_says_what_a_file_lacks(tmp_path: Path) -> None:
    path = tmp_path / "bien-ban.docx"
    path.write_bytes(write_docx(samples.minutes(), layout_named(LayoutName.HD05)))
    right = langnghe(tmp_path / "home", "briefing-check", str(path), "--layout", "hd05")
    assert right.returncode == 0
    assert "Đúng cả" in right.stdout
    wrong = langnghe(tmp_path / "home", "--json", "briefing-check", str(path), "--layout", "nd30")
    assert wrong.returncode == 1
    broken = [one["rule"] for one in json.loads(wrong.stdout)["checks"] if not one["holds"]]
    assert "Lời văn kết thúc bằng «./.»" in broken
    path.write_text("không phải Word")
    other = langnghe(tmp_path / "home", "briefing-check", str(path), "--layout", "hd05")
    assert other.returncode == 1
    assert "không phải tệp DOCX" in other.stderr
