"""Addresses of websites in a text, and which of them should make a reader wary.

Told from the name alone: nothing is looked up, and no address is ever opened.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict

from langnghe.core.configfile import read_config
from langnghe.core.syllables import is_bare_syllable
from langnghe.core.text import fold

DOMAINS: Final = Path(__file__).with_name("domains.yaml")

LOOKALIKE: Final = "lookalike_domain"
SHORTENED: Final = "shortened_link"
ODD: Final = "odd_domain"

_LONG_NAME: Final = 5
"""Letters from which on a name is looked for inside longer words."""
_MISSPELT: Final = ((11, 2), (6, 1))
"""Letters a name must have, and how many of them may then be wrong."""


class _Words(BaseModel):
    """The file `domains.yaml`, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    real: frozenset[str]
    brands: Annotated[tuple[str, ...], AfterValidator(lambda names: tuple(dict.fromkeys(names)))]
    offices: tuple[str, ...]
    shorteners: frozenset[str]
    odd_endings: frozenset[str]
    endings: frozenset[str]


class Link(NamedTuple):
    """An address in a text; offsets count its characters."""

    host: str
    """Lower-case, without `www.` and port."""
    start: int
    end: int
    """Of the whole address, with its path."""
    path: str = ""

    @property
    def genuine(self) -> bool:
        """Whether it is below a domain that is known to be an institution's or a brand's."""
        return _within(self.host, _words().real)


@cache
def _words() -> _Words:
    return read_config(DOMAINS, _Words)


# A host, perhaps with a path. Look-alike letters of other scripts count as letters, and so do
# those with marks below: both are tricks.
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?(?::)?/{1,2}|www\.)?(?P<host>(?:[^\W_][\w-]*\.){1,8}[^\W_]{2,12})"
    r"(?P<rest>(?::\d+)?(?:/[^\s<>\"]*)?)",
    re.IGNORECASE,
)


def find_links(text: str) -> list[Link]:
    """Every address of a website in `text`, with or without `https://`.

    "xong.vn" counts, "xong.Rồi" does not; neither does an e-mail address.
    """
    if "." not in text:
        return []
    links = []
    for match in _ADDRESS.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "@" or text[end : end + 1] == "@":
            continue
        host = match["host"].lower().removeprefix("www.")
        if match["scheme"] or match["rest"][:1] == "/" or _stands_alone(host):
            address = match[0].rstrip(".,;:!?)]}")
            links.append(Link(host, start, start + len(address), match["rest"]))
    return links


def _stands_alone(host: str) -> bool:
    """Whether letters with dots between them are an address though nothing else says so."""
    words = _words()
    name, _, ending = host.rpartition(".")
    if ending not in words.endings and ending not in words.odd_endings:
        return False
    if host in words.shorteners or host in words.real:
        return True
    # "xong.Co" and "ban.la" are two words without the space between; no host is spelt so.
    label = name.rpartition(".")[2]
    return not (is_bare_syllable(ending) and is_bare_syllable(fold(label)))


def suspicion(link: Link) -> str | None:
    """`LOOKALIKE`, `SHORTENED` or `ODD`; None for an address with nothing to remark.

    A look-alike has an institution's or a well-known brand's name, or nearly, and is not below
    one of its genuine domains: "vneid-capnhat.top", "vietcombank.vn-ms.top", "sh0pie.vip".
    """
    if _FORWARDS.match(link.host + link.path):
        return SHORTENED
    return _suspicion(link.host)


# A search engine's address that sends the reader on to whatever it names.
_FORWARDS: Final = re.compile(
    r"(?:[\w-]+\.)*google\.com(?:\.vn)?/(?:url|search)\?|l\.facebook\.com/"
)


@lru_cache(maxsize=4096)
def _suspicion(host: str) -> str | None:
    words = _words()
    if _within(host, words.real):
        return None
    if _within(host, words.shorteners):
        return SHORTENED
    if _imitates(host):
        return LOOKALIKE
    ending = host.rpartition(".")[2]
    return ODD if ending in words.odd_endings or host.startswith("xn--") else None


def _within(host: str, domains: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in domains for at in range(len(labels)))


# Figures and pairs of letters that are read as a letter.
_READ_AS: Final = str.maketrans("013457$", "oleasts")
_PAIRS: Final = (("rn", "m"), ("vv", "w"))
_VOWEL: Final = re.compile("[aeiouy]")


def _imitates(host: str) -> bool:
    words = _words()
    ending = host.rpartition(".")[2]
    # All labels count but the last: in vneid.gov-vn.top the name is in front, in
    # thue-gov.vn.cn further on.
    labels = _decoded(host).split(".")[:-1]
    plain = [piece for label in labels for piece in label.split("-") if piece]
    if ending == "vn" and plain and plain[-1] in ("com", "net", "org", "gov"):
        del plain[-1]
    read = [_read(piece) for piece in plain]
    joined = {_read(label.replace("-", "")) for label in labels}
    if any(piece in words.offices for piece in read):
        return True
    longer = [name for name in words.offices if len(name) >= _LONG_NAME] + ["bank"]
    if any(name in label for name in longer for label in joined):
        return True
    return any(_like(brand, plain, read, joined) for brand in words.brands)


def _decoded(host: str) -> str:
    """The host as it is read: punycode as letters, and letters without marks."""
    if "xn--" in host:
        try:
            host = host.encode("ascii").decode("idna")
        except UnicodeError:
            return host
    return fold(host)


def _read(piece: str) -> str:
    piece = piece.translate(_READ_AS)
    for pair, letter in _PAIRS:
        piece = piece.replace(pair, letter)
    return piece


def _like(brand: str, plain: list[str], read: list[str], joined: set[str]) -> bool:
    if len(brand) < _LONG_NAME:
        # No word begins like a name without vowels: what goes on after it is an addition.
        open_ended = not _VOWEL.search(brand)
        return brand in read or any(
            piece.startswith(brand) and (open_ended or piece[len(brand) :].isdigit())
            for piece in plain
        )
    if any(brand in label for label in joined):
        return True
    allowed = next((wrong for size, wrong in _MISSPELT if len(brand) >= size), 0)
    return allowed > 0 and any(
        abs(len(piece) - len(brand)) <= allowed and _distance(piece, brand, allowed) <= allowed
        for piece in {*read, *joined}
    )


def _distance(first: str, second: str, most: int) -> int:
    """How many letters must be put in, taken out, changed or swapped; `most` + 1 if more."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
