from __future__ import annotations

from langnghe.crawler.targets import PROBLEMS as KEYS
from langnghe.dashboard.problems import PROBLEMS, problem


def test_each_problem_of_the_crawler_has_words_and_a_cure() -> None:
    assert set(PROBLEMS) == KEYS
    assert all(entry.what and entry.cure for entry in PROBLEMS.values())


def test_a_key_of_an_older_version_still_says_something() -> None:
    assert problem("once_upon_a_time").what
