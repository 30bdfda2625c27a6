"""Topics: what posts are about, read from `topics.yaml` and found by phrases.

A topic is a public matter (roads, schools, a harvest), never a person or anybody's views
(boundary 2).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from langnghe.core.configfile import parse_config, read_text
from langnghe.core.models import Topic
from langnghe.core.phrases import Found, PhraseIndex, Prepared, Spelling, is_single_syllable
from langnghe.core.text import match_form

MAX_ALTERNATIVES = 200
"""What one line of the file may expand to; more is a mistake in its brackets."""

_CHOICE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a text touches a topic. Offsets count characters of the text in NFC."""

    topic: str
    phrase: str
    start: int
    end: int


def expand_alternatives(pattern: str) -> tuple[str, ...]:
    """The phrases that a line of the file stands for: `(lúa|gạo) Séng Cù` is two.

    An empty alternative makes a word optional: `(cây|) dong riềng`.

    Raises:
        ValueError: a bracket or stroke has no partner, or the line stands for too many.
    """
    parts = _CHOICE.split(pattern)
    fixed, choices = parts[::2], [part.split("|") for part in parts[1::2]]
    if any(char in text for text in fixed for char in "()|"):
        raise ValueError(
            f"{pattern!r}: hãy viết các cách nói thay nhau trong ngoặc đơn: (lúa|gạo) Séng Cù"
        )
    phrases = []
    for choice in itertools.islice(itertools.product(*choices), MAX_ALTERNATIVES + 1):
        woven = itertools.chain.from_iterable(itertools.zip_longest(fixed, choice, fillvalue=""))
        phrases.append(" ".join("".join(woven).split()))
    if len(phrases) > MAX_ALTERNATIVES:
        raise ValueError(f"{pattern!r} ghép thành hơn {MAX_ALTERNATIVES} cụm từ: hãy tách ra")
    return tuple(dict.fromkeys(phrases))


def _check_pattern(pattern: str) -> str:
    for phrase in expand_alternatives(pattern):
        if is_single_syllable(phrase):
            raise ValueError(
                f"{phrase!r} chỉ có một âm tiết nên dễ nhầm với từ khác (che: chè, che, chế): "
                "hãy viết cụm từ hai âm tiết trở lên, ví dụ `cây chè`"
            )
    return pattern


_Pattern = Annotated[str, AfterValidator(_check_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _TopicEntry(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Annotated[str, Field(min_length=1)]
    phrases: Annotated[tuple[_Pattern, ...], Field(min_length=1)]
    exclusions: tuple[_Pattern, ...] = ()


class _TopicsFile(_Strict):
    topics: Annotated[tuple[_TopicEntry, ...], Field(min_length=1)]

    @field_validator("topics")
    @classmethod
    def _ids_differ(cls, topics: tuple[_TopicEntry, ...]) -> tuple[_TopicEntry, ...]:
        seen: set[str] = set()
        for topic in topics:
            if topic.id in seen:
                raise ValueError(f"hai chủ đề cùng id {topic.id!r}: hãy đổi tên một chủ đề")
            seen.add(topic.id)
        return topics


def read_topics(path: Path) -> tuple[Topic, ...]:
    """Read `topics.yaml`; alternatives come out as phrases of their own.

    Raises:
        ConfigError: names the file, the line and the cure.
    """
    return parse_topics(read_text(path), path)


def parse_topics(text: str, path: Path) -> tuple[Topic, ...]:
    """Check what `topics.yaml` holds, or is going to hold; as `read_topics`."""
    return tuple(
        Topic(entry.id, entry.title, _all(entry.phrases), _all(entry.exclusions))
        for entry in parse_config(text, path, _TopicsFile).topics
    )


def _all(patterns: Sequence[str]) -> tuple[str, ...]:
    """Every phrase once, though it be written in two tone-placement styles."""
    by_form = {
        match_form(phrase): phrase
        for pattern in patterns
        for phrase in expand_alternatives(pattern)
    }
    return tuple(by_form.values())


class TopicMatcher:
    """Finds the topics of a text, all of them in one pass.

    A mention counts unless an exclusion of the same topic overlaps it (`chè đậu đen` takes
    away that one `chè`, not another further on). A phrase that is written without some of its
    diacritics counts where the words around it lack theirs as well, or where it is a name
    (capitals in the file and in the text): amid diacritics, "to cao" is tall, not `tố cáo`,
    and "sửa cho dân" is no `sửa chợ`.
    """

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._order = {topic.id: place for place, topic in enumerate(topics)}
        self._index: PhraseIndex[_Phrase] = PhraseIndex(
            (phrase, _Phrase(topic.id, phrase, _is_name(phrase), excludes))
            for topic in topics
            for phrases, excludes in ((topic.phrases, False), (topic.exclusions, True))
            for phrase in phrases
        )

    def match(self, text: str | Prepared) -> tuple[str, ...]:
        """The ids of the topics that `text` touches, in the order of the file."""
        touched = {found.value.topic for found in self._mentions(text)}
        return tuple(sorted(touched, key=self._order.__getitem__))

    def explain(self, text: str | Prepared) -> list[Mention]:
        """Where it touches them, in reading order; of phrases within each other the longest."""
        found = sorted(self._mentions(text), key=lambda one: (one.start, -one.end))
        mentions: list[Mention] = []
        reached: dict[str, int] = {}
        for one in found:
            phrase = one.value
            if one.end > reached.get(phrase.topic, 0):
                reached[phrase.topic] = one.end
                mentions.append(Mention(phrase.topic, phrase.text, one.start, one.end))
        return mentions

    def _mentions(self, text: str | Prepared) -> list[Found[_Phrase]]:
        prepared = text if isinstance(text, Prepared) else Prepared(text)
        found = self._index.find(prepared)
        if not found:
            return []
        exclusions = [one for one in found if one.value.excludes]
        return [
            one
            for one in found
            if not one.value.excludes
            and _is_meant(one, prepared)
            and not any(
                other.value.topic == one.value.topic
                and other.spelling >= one.spelling  # "hội thao" is no `hội thảo`
                and other.start < one.end
                and one.start < other.end
                for other in exclusions
            )
        ]


@dataclass(frozen=True, slots=True)
class _Phrase:
    topic: str
    text: str
    is_name: bool
    excludes: bool


def _words(text: str) -> Iterator[str]:
    return (word for word in text.replace("-", " ").split() if word)


def _is_name(text: str) -> bool:
    """Whether every word begins with a capital and goes on in small letters."""
    return all(word[0].isupper() and not word[1:2].isupper() for word in _words(text))


def _is_meant(found: Found[_Phrase], text: Prepared) -> bool:
    if found.spelling is Spelling.EXACT or found.hashtag:
        return True
    if found.value.is_name and _is_name(text.text[found.start : found.end]):
        return True
    return not text.written_with_diacritics_near(found.start, found.end)
