"""Nothing is done to anyone: the service asks for pages and sends nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "langnghe"
READING = sorted(
    path
    for part in ("core", "store", "crawler", "classifier", "dashboard", "scheduler")
    for path in (PACKAGE / part).rglob("*.py")
)
SENDERS = {"smtplib", "requests", "httpx", "urllib.request", "http.client", "ftplib", "telnetlib"}
"""Modules that could send something by another way than the crawler's."""

ABOUT_OUR_OWN_KEY = {
    "crawler/spiders/bluesky.py": 1,
    "crawler/spiders/facebook.py": 1,
}
"""The only requests that are no GET: the log-in with our own account that Bluesky's search asks
for, and the question when our own key to a page ends. Their tests look at every request."""


def _names(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("path", READING, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_part_can_send_anything_past_the_crawler(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not _names(tree) & SENDERS
    sent = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            assert name != "FormRequest"
            for keyword in node.keywords:
                if keyword.arg == "method" and isinstance(keyword.value, ast.Constant):
                    assert keyword.value.value not in {"PUT", "PATCH", "DELETE"}
                    sent += keyword.value.value == "POST"
    assert sent == ABOUT_OUR_OWN_KEY.get(path.relative_to(PACKAGE).as_posix(), 0)
