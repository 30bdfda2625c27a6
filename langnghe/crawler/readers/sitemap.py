"""Sitemaps (sitemaps.org 0.9, with the news extension), plain or gzipped."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace
from urllib.parse import urlsplit

from lxml import etree

from langnghe.crawler import dates
from langnghe.crawler.addresses import resolve
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.links import is_article, may_be_article
from langnghe.crawler.readers.page import MAX_CHARACTERS, Page, ReadError

MAX_ENTRIES = 50_000
"""The protocol's own limit for one file."""

_OTHER_LISTS = re.compile(r"(?:author|user|tax|categor|tag|image|video)", re.IGNORECASE)
_GZIP = b"\x1f\x8b"


def read_sitemap(page: Page, page_pattern: str | None = None) -> Harvest:
    """Links to articles and, from an index, to the sitemaps it names.

    Sitemaps of authors, tags, categories and pictures are not followed.

    Raises:
        ReadError: the page is no sitemap.
    """
    if page.body.startswith(_GZIP):
        page = replace(page, body=_unpack(page))
    root = _parse(page)
    kind = PageKind.SITEMAP if _name(root) == "sitemapindex" else PageKind.ARTICLE
    links: dict[str, Link] = {}
    malformed: list[str] = []
    for number, entry in enumerate(root):
        if number >= MAX_ENTRIES:
            malformed.append(f"more than {MAX_ENTRIES} entries")
            break
        if _name(entry) not in {"url", "sitemap"}:
            continue
        location, changed = _entry(entry)
        if not location:
            malformed.append("an entry without an address")
            continue
        url = resolve(page.url, location)
        if url is None:
            continue
        if kind is PageKind.SITEMAP:
            wanted = not _OTHER_LISTS.search(urlsplit(url).path.rpartition("/")[2])
        else:
            # Every entry is a page that the site wants found: only lists are left out.
            wanted = is_article(url, page_pattern) if page_pattern else may_be_article(url)
        if wanted:
            moment = dates.parse(changed, page.fetched_at) if changed else None
            links.setdefault(url, Link(url, kind, moment.at if moment else None))
    return Harvest(links=tuple(links.values()), malformed=tuple(malformed))


def _unpack(page: Page) -> bytes:
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        # A small file can unpack to gigabytes: stop at what would be refused anyway.
        return unpacker.decompress(page.body, MAX_CHARACTERS * 3 + 1)
    except zlib.error:
        raise ReadError(page.url, "broken gzip") from None


def _parse(page: Page) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(page.markup().strip().encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or _name(root) not in {"urlset", "sitemapindex"}:
        raise ReadError(page.url, "no sitemap")
    return root


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _entry(entry: etree._Element) -> tuple[str, str]:
    location = changed = published = ""
    for part in entry.iter():
        text = (part.text or "").strip()
        match _name(part):
            case "loc" if part.getparent() is entry:
                location = text
            case "lastmod":
                changed = text
            case "publication_date":
                published = text
    return location, changed or published
