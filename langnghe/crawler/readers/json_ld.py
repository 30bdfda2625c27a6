"""JSON-LD blocks of a page (https://www.w3.org/TR/json-ld11/), as plain dictionaries."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from langnghe.crawler.readers.html import select

MAX_NODES = 20_000
"""Nodes looked at on one page: a thread page of 500 posts has about 3,000."""

_BLOCKS = "//script[contains(translate(@type, 'LDJSON', 'ldjson'), 'ld+json')]"
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)

Node = dict[str, Any]


def blocks(tree: HtmlElement) -> list[Any]:
    """The parsed blocks. What is no JSON is left out: pages carry many broken ones."""
    parsed = []
    for script in select(tree, _BLOCKS):
        text = _WRAPPING.sub("", script.text or "")
        try:
            # Line breaks within strings are common and harmless, hence not strict.
            parsed.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue
    return parsed


def nodes(tree: HtmlElement) -> Iterator[Node]:
    """Every typed node of the page, at whatever depth, outer ones first."""
    waiting: list[Any] = blocks(tree)[::-1]
    seen = 0
    while waiting and seen < MAX_NODES:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            if "@type" in value:
                yield value
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def types(node: Node) -> frozenset[str]:
    """The node's types in lower case, without a vocabulary in front."""
    raw = node.get("@type")
    return frozenset(
        re.split(r"[/#:]", one)[-1].lower()
        for one in (raw if isinstance(raw, list) else [raw])
        if isinstance(one, str)
    )


def string(node: Node, *keys: str) -> str:
    """The first of these properties that is a text, with its HTML entities resolved."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@value")
        if isinstance(value, str) and value.strip():
            return html.unescape(value.strip())
    return ""


def children(node: Node, *keys: str) -> list[Node]:
    """The nodes that these properties hold, in order."""
    found: list[Node] = []
    for key in keys:
        value = node.get(key)
        found.extend(
            one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)
        )
    return found
