"""Each kind of page is valid HTML, by a validator from npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from langnghe.casework.desk import Desk
from langnghe.publishing.records import Published
from langnghe.publishing.site import Site, build
from tests.publishing.hostile import hostile
from tests.publishing.world import FACTS, audio, filled, site_of

pytestmark = pytest.mark.proof

VALIDATOR = Path(__file__).with_name("validator")
# Allowed by what is switched off there: headlines are as long as people write them, and a style
# sheet of our own server needs no checksum.
CONFIG = VALIDATOR / ".htmlvalidate.json"


def findings(site: Site, folder: Path) -> list[str]:
    """What the validator objects to."""
    program = VALIDATOR / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    node = shutil.which("node")
    assert node, "Node.js is needed: apt-get install nodejs npm"
    assert program.is_file(), f"install it first: npm ci --prefix {VALIDATOR}"
    for path, page in site.pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(page)
    # Into a file: of a pipe the program fills no more than the system's buffer.
    told = folder.with_suffix(".json")
    command = [node, str(program), "--config", str(CONFIG), "--formatter", f"json={told}"]
    done = subprocess.run(
        [*command, f"{folder}/**/*.html"], capture_output=True, text=True, timeout=120
    )
    assert told.is_file(), done.stderr
    return [
        f"{Path(result['filePath']).name}:{message['line']} {message['ruleId']}: "
        f"{message['message']}"
        for result in json.loads(told.read_text("utf-8"))
        for message in result["messages"]
    ]


def test_each_kind_of_page_is_valid(desk: Desk, tmp_path: Path) -> None:
    filled(desk)
    assert not findings(site_of(desk), tmp_path / "site")


def test_so_is_an_empty_site(tmp_path: Path) -> None:
    assert not findings(build(Published((), ()), FACTS, audio), tmp_path / "site")


def test_so_is_what_people_may_write(desk: Desk, tmp_path: Path) -> None:
    hostile(desk)
    assert not findings(site_of(desk), tmp_path / "site")


def test_the_validator_finds_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    site = Site({"index.html": b"<!DOCTYPE html>\n<html lang='vi'><p><div>a</p></html>"})
    assert findings(site, tmp_path / "site")
