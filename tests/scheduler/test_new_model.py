"""A model that is taken into use while the service runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from langnghe.classifier.neural import DESCRIPTION, SHIPPED, version_of
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.scheduler.jobs import CommandRunner, JobResult, Jobs
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores
from tests.store.conformance import make_post


@pytest.mark.proof
def test_posts_are_labelled_anew_when_a_new_model_is_accepted(tmp_path: Path) -> None:
    home, clock = Home(tmp_path / "home"), SystemClock()
    init_home(home)
    post = make_post("a")
    with open_stores(home, clock) as stores:
        stores.posts.put([post])
    ended: list[JobResult] = []
    jobs = Jobs(home, clock, CommandRunner(home, ended.append))

    def labelled_by() -> str | None:
        jobs.label()
        assert all(result.exit_code == 0 for result in ended), ended
        with open_stores(home, clock) as stores:
            (stored,) = stores.posts.get([post.id])
        return stored.labels.model if stored.labels else None

    assert labelled_by() == version_of(SHIPPED)
    assert labelled_by() == version_of(SHIPPED)
    labellings = [result for result in ended if result.job == "label"]
    assert len(labellings) == 1, "nothing was left to do"

    shutil.copytree(SHIPPED, home.model)
    about = json.loads((SHIPPED / DESCRIPTION).read_bytes())
    (home.model / DESCRIPTION).write_text(json.dumps({**about, "name": "own"}), encoding="utf-8")
    assert version_of(home.model).startswith("own-")
    assert labelled_by() == version_of(home.model)
    assert len([result for result in ended if result.job == "label"]) == 2
