"""Sentences with figures in them: each number can be traced to the figure that it is.

What is drafted names its figures; what a person has edited is looked through for its numbers, and
those that are no figure of the period are pointed out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

from langnghe.briefing.content import Paragraph
from langnghe.briefing.figures import Figures

ASKED: Final = "[Cán bộ bổ sung"
"""How a request to the editor begins; it ends with a bracket."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")

_NO_FIGURES: Final = re.compile(
    r"«[^»]*»"  # what is quoted
    r"|\b\w{1,4}\.\d{6,8}(?:\.\d{4})?\b"  # codes of cases
    r"|\b\d{1,2}/\d{1,2}(?:/\d{4})?\b|\b\d{1,2}/\d{4}\b"  # days and months
    r"|\b(?:tháng|năm|ngày|quý|kỳ)\s+\d{1,4}(?:/\d{1,4}){0,2}\b"
    r"|\b\d+-[A-ZĐ]{1,4}/[\w-]+"  # numbers of documents
    r"|\bQL\s?\d+\w?\b|\b[A-ZĐ]\d+\b|\b\d+G\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:\.\d{3})+(?:,\d+)?(?: ?%)?|\d+(?:,\d+)?(?: ?%)?")


def say(figures: Figures, template: str, *, bullet: bool = False, **words: str) -> Paragraph:
    """A paragraph with figures.

    Args:
        figures: whose keys may stand in braces.
        template: such as `Có {posts.total} ý kiến về {what}.`
        bullet: as for `Paragraph`.
        words: what else stands in braces; taken as it is, whatever is in it.

    Raises:
        KeyError: something in braces is neither.
    """
    keys: list[str] = []

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in words:
            return words[name]
        keys.append(name)
        return figures.shown(name)

    return Paragraph(_PLACEHOLDER.sub(put, template), tuple(keys), bullet)


def joined(*parts: Paragraph) -> Paragraph:
    """Sentences as one paragraph."""
    return Paragraph(
        " ".join(part.text for part in parts),
        tuple(key for part in parts for key in part.figures),
        parts[0].bullet,
    )


def numbers_in(text: str, figures: Figures) -> list[str]:
    """The numbers of a text that ought to be figures, in order.

    Days, codes, what is quoted («…») and the names of topics and places are none.
    """
    for title in sorted(set(figures.titles.values()), key=len, reverse=True):
        if any(character.isdigit() for character in title):
            text = text.replace(title, " ")
    found = _NUMBER.findall(_NO_FIGURES.sub(" ", text))
    return [re.sub(r" ?%$", " %", one) for one in found]


def untraced(paragraph: Paragraph, figures: Figures) -> list[str]:
    """The numbers of a paragraph that are none of its figures."""
    known = {figures.shown(key) for key in paragraph.figures if key in figures}
    return [one for one in numbers_in(paragraph.text, figures) if one not in known]


def paragraphs_of(
    text: str, before: Sequence[Paragraph], figures: Figures
) -> tuple[Paragraph, ...]:
    """What somebody has typed, one paragraph a line, with the figures that its numbers are.

    A line keeps the figures of the paragraph that it is most like, as far as their numbers still
    stand in it; a number taken over from another paragraph brings its figure along.

    Args:
        text: as typed. A line that begins with `- ` is a bullet.
        before: the paragraphs of the section as they were.
        figures: of the period.
    """
    found = []
    others = [key for paragraph in before for key in paragraph.figures]
    for line in text.splitlines():
        bullet = line.lstrip().startswith(("- ", "– "))
        said = line.strip().removeprefix("- ").removeprefix("– ").strip()
        if said:
            own = _nearest(said, before)
            keys = [*(own.figures if own else ()), *others]
            found.append(Paragraph(said, _keys(said, keys, figures), bullet))
    return tuple(found)


def as_typed(paragraphs: Iterable[Paragraph]) -> str:
    """Paragraphs as text to be edited; `paragraphs_of` reads it back."""
    return "\n".join(f"- {one.text}" if one.bullet else one.text for one in paragraphs)


def _nearest(text: str, paragraphs: Sequence[Paragraph]) -> Paragraph | None:
    def likeness(paragraph: Paragraph) -> float:
        return SequenceMatcher(None, paragraph.text, text, autojunk=False).ratio()

    return max(paragraphs, key=likeness, default=None)


def _keys(text: str, keys: Iterable[str], figures: Figures) -> tuple[str, ...]:
    """For each number of a text the first of the keys whose figure it is; unused ones first."""
    known = [key for key in keys if key in figures]
    chosen: list[str] = []
    for one in numbers_in(text, figures):
        fitting = [key for key in known if figures.shown(key) == one]
        if fitting:
            chosen.append(next((key for key in fitting if key not in chosen), fitting[0]))
    return tuple(chosen)
