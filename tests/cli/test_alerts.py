"""The commands of alerts, on a home of their own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.service import langnghe


def test_a_new_home_has_no_alert_and_tells_nobody(tmp_path: Path) -> None:
    assert langnghe(tmp_path, "init").returncode == 0
    done = langnghe(tmp_path, "--json", "alerts", "run")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "opened": [],
        "lasting": [],
        "ended": [],
        "sent": 0,
        "later": 0,
        "failed": 0,
        "about_sources": {"sent": 0, "later": 0, "failed": 0},
    }
    listed = langnghe(tmp_path, "alerts", "list")
    assert "Chưa có cảnh báo nào" in listed.stdout
    tried = langnghe(tmp_path, "alerts", "try")
    assert tried.returncode == 0
    assert "Chưa có người nhận nào" in tried.stdout


def test_a_trial_that_does_not_go_out_says_why(tmp_path: Path) -> None:
    assert langnghe(tmp_path, "init").returncode == 0
    config = tmp_path / "configs" / "alerts.yaml"
    text = config.read_text(encoding="utf-8")
    hook = 'webhooks: [{name: thu, url: "http://127.0.0.1:9/"}]'
    config.write_text(text.replace("webhooks: []", hook), encoding="utf-8")
    tried = langnghe(tmp_path, "--json", "alerts", "try")
    assert tried.returncode == 4, tried.stderr
    assert json.loads(tried.stdout) == {"problems": {"hook:thu": "unreachable"}}
