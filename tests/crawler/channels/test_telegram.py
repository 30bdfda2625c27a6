"""Previews of Telegram channels, page by page, and their faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from langnghe.core.home import Home
from tests.crawler.channels.telegram_server import Message, Telegram, messages, telegram_source
from tests.crawler.serving import (
    DropError,
    Ended,
    Reply,
    Seen,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
)


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    server = Telegram({"binhlu": messages(45), "chomien": messages(3)})
    with serving(server):
        yield server


def crawl(
    tmp_path: Path, telegram: Telegram, *names: str, **more: Any
) -> tuple[Home, dict[str, Any], Ended]:
    home = make_home(tmp_path / "home", [telegram_source(telegram, *names, **more)])
    ended = run_crawl(home)
    return home, ended["telegram"], ended


def test_channels_are_read_to_their_beginning_and_each_message_once(
    tmp_path: Path, telegram: Telegram
) -> None:
    telegram.channels["binhlu"].insert(
        20, Message(20, "Miến dong: một tin hiện hai lần", datetime.now(UTC))
    )
    home, report, _ = crawl(tmp_path, telegram, "binhlu", "chomien")
    assert report["outcomes"]["stored"] == 48
    posts = stored_posts(home)
    assert len(posts) == 48
    assert {post.url for post in posts} == {f"{telegram.url}/s/{n}" for n in telegram.channels}
    assert telegram.paths().count("/s/binhlu") == 1
    assert sum(path.startswith("/s/binhlu?before=") for path in telegram.paths()) == 2
    kept = [url for (url,) in rows(home, "SELECT url FROM page")]
    assert sorted(kept) == [f"{telegram.url}/s/binhlu", f"{telegram.url}/s/chomien"]


@pytest.mark.proof
def test_the_next_visit_reads_what_is_new(tmp_path: Path, telegram: Telegram) -> None:
    channel = telegram.channels["chomien"]
    channel[:] = [
        Message(n, f"Phiên chợ miến dong {n}", datetime.now(UTC) - timedelta(days=25))
        for n in range(1, 31)
    ]
    home, first, _ = crawl(tmp_path, telegram, "chomien")
    assert first["outcomes"]["stored"] == 30
    before = len(telegram.paths())
    channel[0].text = "Đã sửa, mà cũ quá"
    channel.append(Message(31, "Phiên chợ miến dong mới", datetime.now(UTC)))
    channel.append(Message(32, "Chợ miến dong lùi một giờ", datetime.now(UTC), answers=31))
    again = run_crawl(home)["telegram"]
    assert again["outcomes"]["stored"] == 2
    assert len(telegram.paths()) == before + 2, "back to where the last visit began"
    posts = {post.text.split("]")[1].split("\n")[0].strip(): post for post in stored_posts(home)}
    answer = posts["Chợ miến dong lùi một giờ"]
    assert answer.parent_id == posts["Phiên chợ miến dong mới"].id
    assert "Lời trước" not in answer.text
    assert answer.text.startswith("[@]")
    assert answer.text.endswith("#binhlu")


@pytest.mark.proof
def test_pictures_and_notices_of_the_software_are_no_posts(
    tmp_path: Path, telegram: Telegram
) -> None:
    channel = telegram.channels["chomien"]
    channel[0].text = ""
    channel[1].service = True
    _, report, _ = crawl(tmp_path, telegram, "chomien")
    assert report["outcomes"] == {"stored": 1}


@pytest.mark.parametrize("there", [True, False])
def test_a_channel_without_a_preview_is_told_apart(
    tmp_path: Path, telegram: Telegram, there: bool
) -> None:
    if not there:
        # As for a name that nobody has: Telegram leads to its own site.
        telegram.routes["/s/khongco"] = Reply(
            status=302, headers={"Location": "https://telegram.org/"}
        )
    home, report, ended = crawl(tmp_path, telegram, "khongco")
    assert report["problems"] == {"no_preview" if there else "refused_foreign_host": 1}
    assert ended.exit_code == 1
    assert stored_posts(home) == []


@pytest.mark.proof
@pytest.mark.parametrize(
    ("status", "problem"), [(401, "unauthorised"), (403, "forbidden"), (500, "server_error")]
)
def test_a_channel_that_is_refused(
    tmp_path: Path, telegram: Telegram, status: int, problem: str
) -> None:
    telegram.routes["/s/chomien"] = Reply("x", status)
    _, report, _ = crawl(tmp_path, telegram, "chomien")
    assert report["problems"] == {problem: 1}


@pytest.mark.proof
@pytest.mark.parametrize("how", ["dropped", "half a page", "another layout", "JSON"])
def test_a_page_that_cannot_be_read_says_so(tmp_path: Path, telegram: Telegram, how: str) -> None:
    def drop(_: Seen) -> Reply:
        raise DropError

    whole = telegram.preview("chomien")
    kinds: dict[str, Any] = {
        "dropped": drop,
        # Cut off in the middle of the first message.
        "half a page": Reply(whole[: whole.index("js-message_text")]),
        "another layout": Reply(whole.replace("tgme_", "nova_")),
        "JSON": Reply('{"ok": false}', type="application/json"),
    }
    telegram.routes["/s/chomien"] = kinds[how]
    home, report, _ = crawl(tmp_path, telegram, "chomien")
    assert report["problems"] or report["rejected"]
    assert stored_posts(home) == []
    telegram.routes.clear()
    run_crawl(home)
    assert len(stored_posts(home)) == 3


@pytest.mark.proof
def test_a_message_without_its_number_or_time_is_counted(
    tmp_path: Path, telegram: Telegram
) -> None:
    whole = telegram.preview("chomien")
    changed = whole.replace('data-post="chomien/1"', 'data-post="1"')
    at = changed.rindex("<time ")
    telegram.routes["/s/chomien"] = Reply(changed[:at] + changed[at:].replace("datetime", "when"))
    _, report, _ = crawl(tmp_path, telegram, "chomien")
    assert report["outcomes"] == {"stored": 1, "rejected": 2}
    assert report["rejected"] == {"malformed": 2}
