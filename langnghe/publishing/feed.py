"""The Atom feed (RFC 4287) and the site map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from langnghe.publishing.records import AnyEntry, shortened

MOST_ENTRIES: Final = 30
SUMMARY_CHARACTERS: Final = 1_000
_ATOM: Final = "http://www.w3.org/2005/Atom"
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NEVER: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without entries was changed: a fixed day, so that it stays the same file."""


def atom_feed(
    title: str, body: str, base: str, entries: Iterable[tuple[str, str, AnyEntry]]
) -> bytes:
    """The feed of the newest entries.

    Args:
        title: of the site.
        body: the institution, author of all of it.
        base: address of the site; the feed stands at `feed.xml` below it.
        entries: address, name of the kind in Vietnamese, and entry, what changed last first.
    """
    newest = list(entries)[:MOST_ENTRIES]
    feed = etree.Element(f"{{{_ATOM}}}feed", {_XML_LANG: "vi"}, nsmap={None: _ATOM})
    _add(feed, "id", base)
    _add(feed, "title", f"{title} – {body}")
    _add(feed, "updated", _moment(max((one.changed_at for *_, one in newest), default=_NEVER)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=base)
    _add(_add(feed, "author"), "name", body)
    for address, kind, entry in newest:
        element = _add(feed, "entry")
        _add(element, "id", address)
        _add(element, "title", _title(kind, entry))
        _add(element, "published", _moment(entry.first_at))
        _add(element, "updated", _moment(entry.changed_at))
        _add(element, "link", rel="alternate", type="text/html", href=address)
        if entry.topic:
            _add(element, "category", term=entry.topic)
        _add(element, "summary", _summary(entry), type="text")
    return _bytes(feed)


def site_map(pages: Mapping[str, datetime | None]) -> bytes:
    """The site map (sitemaps.org) of addresses, with when each was changed where it is known."""
    urls = etree.Element(f"{{{_SITEMAP}}}urlset", nsmap={None: _SITEMAP})
    for address, changed in pages.items():
        url = etree.SubElement(urls, f"{{{_SITEMAP}}}url")
        etree.SubElement(url, f"{{{_SITEMAP}}}loc").text = address
        if changed is not None:
            etree.SubElement(url, f"{{{_SITEMAP}}}lastmod").text = _moment(changed)
    return _bytes(urls)


def _title(kind: str, entry: AnyEntry) -> str:
    if entry.withdrawal is not None:
        return f"Đã thu hồi: {kind} {entry.code}"
    return entry.current.title


def _summary(entry: AnyEntry) -> str:
    if entry.withdrawal is not None:
        return entry.withdrawal.why
    return shortened(entry.current.lead, SUMMARY_CHARACTERS)


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None
    return element


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
