"""When the service labels and fills the queue by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from langnghe.casework.claims import AddEvidence, ApproveVerdict, ProposeVerdict, StartVerifying
from langnghe.casework.desk import NewClaim
from langnghe.casework.kinds import CLAIM
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.register import register_at
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import Labels, Verdict
from langnghe.scheduler.jobs import CommandRunner, Jobs
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_casework, open_stores
from tests.casework.world import CHI, HAO, LAN, NOTICE, NOW, STATEMENT, make_desk
from tests.scheduler.test_intake import POSTS

CLOCK = FixedClock(NOW)


class Commands:
    """Stands for the processes: notes what would be run, and how it ends."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.fails: set[str] = set()

    def run(self, job: str, _arguments: Sequence[str]) -> bool:
        self.ran.append(job)
        return job not in self.fails

    def since(self) -> list[str]:
        ran, self.ran = self.ran, []
        return ran


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    init_home(home)
    return home


def test_the_queue_is_filled_at_the_start_and_after_whatever_changes_it(home: Home) -> None:
    commands = Commands()
    jobs = Jobs(home, CLOCK, cast("CommandRunner", commands))
    jobs.label()
    assert commands.since() == ["intake"]
    jobs.label()
    assert commands.since() == []
    jobs.purge()
    commands.fails = {"intake"}
    jobs.label()
    jobs.label()
    assert commands.since() == ["purge", "intake", "intake"], "until it has been done"
    commands.fails = set()
    with open_stores(home, CLOCK) as stores:
        stores.posts.put(POSTS[:1])
    jobs.label()
    assert commands.since() == ["label", "intake"]


def test_an_approved_verdict_is_matched_at_the_next_labelling(home: Home) -> None:
    commands = Commands()
    jobs = Jobs(home, CLOCK, cast("CommandRunner", commands))
    model = NeuralClassifier.load(SHIPPED).version
    with open_stores(home, CLOCK) as stores:
        stores.posts.put(POSTS[:1])
        nothing = register_at(home.register).digest
        stores.posts.label([Labels(POSTS[0].id, model, register=nothing)])
    jobs.label()
    assert commands.since() == ["intake"]
    with open_casework(home) as database:
        desk = make_desk(database)
        claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
        for actor, action in (
            (LAN, StartVerifying()),
            (LAN, AddEvidence(NOTICE)),
            (LAN, ProposeVerdict(Verdict.FALSE)),
        ):
            claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
            jobs.label()
        assert commands.since() == []
        desk.act(CLAIM, claim.state.id, ApproveVerdict(), CHI, version=claim.version)
    jobs.label()
    assert commands.since() == ["label", "intake"]


def test_the_public_page_is_written_when_something_on_it_may_have_changed(home: Home) -> None:
    commands = Commands()
    jobs = Jobs(home, CLOCK, cast("CommandRunner", commands))
    commands.fails = {"publish"}
    jobs.publish()
    commands.fails = set()
    jobs.publish()
    assert commands.since() == ["publish", "publish"], "until it has been done"
    jobs.publish()
    assert commands.since() == []
    with open_casework(home) as database:
        make_desk(database).open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
    jobs.publish()
    assert commands.since() == ["publish"]
    settings = home.configs / "publishing.yaml"
    settings.write_text(settings.read_text("utf-8").replace("folder: public", 'folder: ""'))
    jobs.publish()
    assert commands.since() == [], "the administrator does it by hand"
