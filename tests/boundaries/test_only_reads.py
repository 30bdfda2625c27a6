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
SENDERS = {
    *("smtplib", "requests", "httpx", "httpx2", "aiohttp", "urllib3"),
    *("urllib.request", "http.client", "ftplib", "telnetlib"),
}
"""Modules that could send something by another way than the crawler's."""

ONLY_AN_ERROR = {"dashboard/web/openid.py": {"httpx2", "httpx2.HTTPError"}}
"""What a log-in at the institution's own provider can fail with."""

FILLED_IN = {"FormRequest", "JsonRequest", "XmlRpcRequest"}
"""Scrapy's requests that send something of their own accord."""

ABOUT_OUR_OWN_KEY = {
    "crawler/spiders/bluesky.py": 1,
    "crawler/spiders/facebook.py": 1,
}
"""The only requests that are no GET: the log-in with our own account that Bluesky's search asks
for, and the question when our own key to a page ends. Their tests look at every request."""


TAKEN_IN = {"dashboard/web/forms.py": 4, "dashboard/web/reportforms.py": 1}
"""Where our own pages' forms arrive: what is taken in there, not sent."""


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
    name = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not (_names(tree) & SENDERS) - ONLY_AN_ERROR.get(name, set())
    if name in ONLY_AN_ERROR:
        assert {one for one in _names(tree) if "httpx2" in one} == ONLY_AN_ERROR[name]
    nodes = list(ast.walk(tree))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used |= {node.name for node in nodes if isinstance(node, ast.alias)}
    assert not used & FILLED_IN
    written = [node.value for node in nodes if isinstance(node, ast.Constant)]
    assert not {"PUT", "PATCH", "DELETE"} & {one for one in written if isinstance(one, str)}
    assert written.count("POST") == (ABOUT_OUR_OWN_KEY | TAKEN_IN).get(name, 0)
