"""HTML to text: what a reader of the page would read, and nothing that runs or hides."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from langnghe.crawler.readers.page import Page, ReadError, drop_illegal

_INVISIBLE = frozenset((
    "script", "style", "noscript", "template", "head", "iframe", "object", "embed", "svg",
    "math", "canvas", "audio", "video", "form", "button", "input", "select", "textarea",
    "label", "dialog",
))  # fmt: skip
_PARAGRAPHS = frozenset((
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "dl", "table",
    "figure", "article", "section",
))  # fmt: skip
_LINES = frozenset((
    "address", "aside", "caption", "dd", "details", "div", "dt", "fieldset", "figcaption",
    "footer", "header", "hr", "li", "main", "nav", "summary", "tr",
))  # fmt: skip
_EMOJI_CLASS = re.compile(r"emoji|emote|smil", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:\w{2,10}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
# Where one element ends and the next begins, both ask for a break, and get one. These signs
# stand for it until then; a page's own text cannot hold them (`drop_illegal`).
_LINE_BREAK, _PARAGRAPH_BREAK = "\x1e", "\x1f"
_BREAKS = re.compile("[ \n]*[\x1e\x1f][ \n\x1e\x1f]*")
_MAX_EMOJI_ALT = 24
"""An alternative text longer than this describes a picture; it is no emoji or shortcode."""


def parse_page(page: Page) -> HtmlElement:
    """The tree of an HTML page.

    Raises:
        ReadError: nothing in it can be parsed, or its encoding is broken.
    """
    tree = parse_markup(page.markup())
    if tree is None:
        raise ReadError(page.url, "no HTML")
    return tree


def parse_markup(markup: str) -> HtmlElement | None:
    """The tree of a whole HTML document or of a piece of one, None where there is nothing.

    Nesting beyond libxml2's own limit is cut off by it, so a hostile page costs no more.
    """
    # Bytes with the encoding said outright: a <meta charset> within cannot contradict it.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(drop_illegal(markup).encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def to_text(element: HtmlElement, without: Collection[HtmlElement] = ()) -> str:
    """The text of an element: paragraphs apart, line breaks kept, emoji images as their emoji.

    `without` names elements within it to leave out, such as quoted earlier posts.
    """
    skipped = {id(part) for part in without}
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            pieces.append(_break(tag))
            if not tag or tag in _INVISIBLE or id(node) in skipped or "hidden" in node.attrib:
                walk.skip_subtree()
            elif tag == "img":
                pieces.append(_emoji(node))
            elif node.text:
                pieces.append(_SPACES.sub(" ", node.text))
        else:
            pieces.append("" if tag == "br" else _break(tag))
            if node is not element and node.tail:
                pieces.append(_SPACES.sub(" ", node.tail))
    return _tidy(_BREAKS.sub(_break_once, "".join(pieces)))


def fragment_text(markup: str) -> str:
    """The text of a piece of HTML, or of plain text that may hold a few entities."""
    markup = drop_illegal(markup)
    if not _MARKUP.search(markup):
        return plain_text(markup)
    tree = parse_markup(f"<div>{markup}</div>")
    return "" if tree is None else to_text(tree)


def plain_text(text: str) -> str:
    """Text that is none but text: spaces tidied, lines kept."""
    lines = drop_illegal(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _tidy("\n".join(_SPACES.sub(" ", line) for line in lines))


def line(text: str | None) -> str:
    """Text on one line."""
    return " ".join(drop_illegal(text or "").split())


def select(element: HtmlElement, xpath: str) -> list[HtmlElement]:
    """The elements that an XPath finds; text and attributes are left out."""
    found: Any = element.xpath(xpath)
    return [node for node in found if isinstance(node, HtmlElement)]


def first(element: HtmlElement, *xpaths: str) -> HtmlElement | None:
    """The first element that any of the XPaths finds, in their order."""
    for xpath in xpaths:
        if found := select(element, xpath):
            return found[0]
    return None


def has_class(*names: str) -> str:
    """An XPath condition: the element has one of these classes."""
    tests = (f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')" for name in names)
    return "(" + " or ".join(tests) + ")"


def ancestors(element: HtmlElement) -> Iterator[HtmlElement]:
    """The elements around one, from the inside out."""
    node = element.getparent()
    while node is not None:
        yield node
        node = node.getparent()


def _break(tag: str) -> str:
    if tag in _PARAGRAPHS:
        return _PARAGRAPH_BREAK
    if tag in _LINES:
        return _LINE_BREAK
    if tag == "br":
        return "\n"
    return " " if tag in {"td", "th"} else ""


def _break_once(match: re.Match[str]) -> str:
    return "\n\n" if _PARAGRAPH_BREAK in match[0] else "\n"


def _emoji(image: HtmlElement) -> str:
    alt = image.get("alt", "")
    if 0 < len(alt) <= _MAX_EMOJI_ALT and _EMOJI_CLASS.search(image.get("class", "")):
        return _SPACES.sub(" ", alt)
    return ""


def _tidy(text: str) -> str:
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
