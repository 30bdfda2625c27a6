"""Readable marks: the words by which a person can see for himself what a text may be.

The words are listed in `marks.yaml`, by kind; `domains.yaml` says which addresses are genuine.
A mark is no verdict. Warnings of a scam, questions and news carry marks too; a review reason
needs the model's score beside them (`classifier.reasons`).

Marks of a third family say that a post reports wrongdoing by officials and belongs to the formal
channel (boundary 4). They raise no reason: they keep the post out of the ordinary queue, and need
no score. The line lies between an act and a view. Marked is what somebody in office is said to
have done against the law: took or asked for money, kept back what is the people's, forged papers,
favoured kin, sold land or posts, beat or threatened somebody, shielded others; and words that
denounce or complain in form. Not marked is how they work or are: slow, arrogant, far from the
people, "tham nhũng vặt khắp nơi", satire, politics. Such criticism stays in the ordinary queue,
where it is answered. Nor are marked the wrongs of firms, neighbours and thieves, a bad work or a
sum that nobody has accounted for without a word of who did what.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from langnghe.classifier.domains import LOOKALIKE, Link, find_links, suspicion
from langnghe.core.configfile import read_config
from langnghe.core.models import Mark
from langnghe.core.phrases import PhraseIndex, Prepared, Spelling, is_single_syllable
from langnghe.core.syllables import is_bare_syllable
from langnghe.core.text import match_form
from langnghe.core.topics import expand_alternatives

MARKS: Final = Path(__file__).with_name("marks.yaml")

MOST_PER_KIND: Final = 3
"""Marks of one kind that are shown; more would say nothing new."""

MOST_CHARACTERS: Final = 6_000
"""Read of a text; bounds the time for a huge one."""

_USUAL_GAP: Final = 24
"""Characters that may lie between two words which count together."""


class _Reach(NamedTuple):
    """As many where one of the two, or both, is a single syllable without its diacritics.

    "dong" is đóng, đồng, dòng, and more: such words must stand close to each other.
    """

    one: int
    both: int


_SCAM_REACH: Final = _Reach(one=10, both=1)
_DANGER_REACH: Final = _Reach(one=16, both=8)
"""Farther: to overlook danger is worse than to show a word too many. So it is with a report of
wrongdoing: one that is overlooked may expose who wrote it."""

Span = tuple[int, int]


class _Word(NamedTuple):
    """Where a word of a group stands."""

    start: int
    end: int
    doubtful: bool = False
    """Whether it is a single syllable that lacks its diacritics."""


# --- Shapes ----------------------------------------------------------------------------------

_MONEY: Final = (
    r"(?<![\w.,])\d[\d.,]*\s?(?:k|tr|trieu|cu|nghin|ngan|ng|ty|d|dong|vnd|usd|do)\d{0,3}(?![^\W\d_])"
    r"|(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?![\d.,]*\w)"
)
_PERCENT: Final = r"(?<![\w.,])\d[\d.,]*\s?%"
# In folded text.
_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "money": re.compile(_MONEY),
    "percent": re.compile(_PERCENT),
    "amount": re.compile(f"{_MONEY}|{_PERCENT}"),
    "deadline": re.compile(
        r"\b(?:truoc|trc|trong|sau|qua|vong|han cuoi)(?: vong| luc| khoang| thoi gian)? ?"
        r"\d{1,3} ?(?:h|g|gio|tieng|phut|p|giay)(?![^\W\d_])"
        r"|\b\d{1,2} ?(?:h|g|gio)\d{0,2} ?(?:ngay )?(?:hom nay|chieu nay|toi nay|sang nay)\b"
    ),
    "phone": re.compile(
        r"\[sdt\]|(?<![\d.,])(?:\+?84|0)(?:[ .-]?\d){8,9}(?!\d)|\b1[89]00[ .]?\d{4,6}\b"
    ),
    "account": re.compile(r"\[stk\]|(?<![\d.,])\d{9,16}(?!\d)"),
    "handle": re.compile(r"\[tai khoan\]|\[ten\]|(?<!\w)@\w{3,}"),
    "mail": re.compile(r"\[email\]|\w@[\w-]+\.\w+"),
    "chat_link": re.compile(r"\b(?:zalo|t|m|telegram)\.me/[^\s<>\"]+"),
    "apk": re.compile(r"(?<![\w-])[\w-]*\.apk\b"),
}
_MAY_HAVE_SHAPES: Final = re.compile(r"[\d\[@]|\.apk|\.me/")
"""What any of them has; most texts have none of it."""
LINK: Final = "link"

# --- The file --------------------------------------------------------------------------------


def _patterns(patterns: object) -> object:
    """A group of one line may be written without a list around it."""
    return [patterns] if isinstance(patterns, str) else patterns


@dataclass(frozen=True, slots=True)
class _Rule:
    """Words of several groups, one after another, that make a mark of `kind`."""

    kind: str
    groups: tuple[str, ...]
    gap: int


_RULE: Final = re.compile(r"(\w+(?: \+ \w+)+)(?: \((\d+)\))?")


def _check_rule(rule: str) -> str:
    if not _RULE.fullmatch(rule):
        raise ValueError(f"{rule!r}: hãy viết như `pay + fee` hoặc `pay + fee (40)`")
    return rule


def _check_phrase(pattern: str) -> str:
    for phrase in expand_alternatives(pattern):
        if is_single_syllable(phrase):
            raise ValueError(f"{phrase!r} chỉ có một âm tiết: hãy viết cụm từ hai âm tiết trở lên")
    return pattern


def _check_exact(pattern: str) -> str:
    if bare := [word for word in expand_alternatives(pattern) if word.isascii()]:
        raise ValueError(f"{bare} không có dấu nên dễ nhầm với từ khác")
    return pattern


class _Kind(BaseModel):
    """What makes a mark of one kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str
    phrases: tuple[Annotated[str, AfterValidator(_check_phrase)], ...] = ()
    together: tuple[Annotated[str, AfterValidator(_check_rule)], ...] = ()
    exact: Annotated[
        tuple[Annotated[str, AfterValidator(_check_exact)], ...], BeforeValidator(_patterns)
    ] = ()
    shapes: tuple[str, ...] = ()


class _MarksFile(BaseModel):
    """The file `marks.yaml`, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, Annotated[tuple[str, ...], BeforeValidator(_patterns)]]
    scam: Annotated[dict[str, _Kind], Field(min_length=1)]
    danger: Annotated[dict[str, _Kind], Field(min_length=1)]
    formal: Annotated[dict[str, _Kind], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_agree(self) -> _MarksFile:
        families = (self.scam, self.danger, self.formal)
        for one, other in itertools.combinations(families, 2):
            if both := one.keys() & other.keys():
                raise ValueError(f"dấu hiệu thuộc hai nhóm: {sorted(both)}")
        known = self.words.keys() | _SHAPES.keys() | {LINK}
        kinds = [kind for family in families for kind in family.values()]
        used = {group for kind in kinds for rule in kind.together for group in _groups(rule)} | {
            shape for kind in kinds for shape in kind.shapes
        }
        if unknown := used - known:
            raise ValueError(f"không có nhóm từ nào tên {sorted(unknown)}")
        if idle := self.words.keys() - used:
            raise ValueError(f"nhóm từ không được dùng: {sorted(idle)}")
        return self


def _groups(rule: str) -> tuple[str, ...]:
    match = _RULE.fullmatch(rule)
    assert match is not None, rule
    return tuple(match[1].split(" + "))


def _gap(rule: str) -> int:
    match = _RULE.fullmatch(rule)
    assert match is not None, rule
    return int(match[2] or _USUAL_GAP)


# --- Finding ---------------------------------------------------------------------------------

# How people write the two commonest words short; whatever else is shortened stands in the file.
_SHORT: Final = (("không", ("ko", "k", "kg")), ("được", ("dc", "đc")))


def _spellings(pattern: str) -> Iterator[str]:
    for phrase in expand_alternatives(pattern):
        yield phrase
        words = phrase.split()
        for full, shorts in _SHORT:
            if full in words and len(words) > 1:
                yield from (
                    " ".join(short if word == full else word for word in words) for short in shorts
                )


_OWN: Final = "="
"""Before the name of a kind: its phrases are looked for like a group's words."""
_EXACT: Final = "!"
"""Likewise: its words that count alone, but only where they are written as they are here."""


class _Finder:
    """Finds the marks of one family of kinds."""

    def __init__(self, file: _MarksFile, kinds: Mapping[str, _Kind], reach: _Reach) -> None:
        self._reach = reach
        self._rules: defaultdict[str, list[_Rule]] = defaultdict(list)
        self._shapes: dict[str, list[str]] = {}
        for name, kind in kinds.items():
            for text in kind.together:
                rule = _Rule(name, _groups(text), _gap(text))
                self._rules[rule.groups[0]].append(rule)
            for shape in kind.shapes:
                self._shapes.setdefault(shape, []).append(name)
        used = {group for rules in self._rules.values() for rule in rules for group in rule.groups}
        self._looked_for = {
            name: shape for name, shape in _SHAPES.items() if name in used | self._shapes.keys()
        }
        self._links = LOOKALIKE in kinds
        by_form: dict[str, tuple[str, set[str]]] = {}
        phrases = [(name, file.words[name]) for name in used & file.words.keys()]
        phrases += [(_OWN + name, kind.phrases) for name, kind in kinds.items()]
        phrases += [(_EXACT + name, kind.exact) for name, kind in kinds.items()]
        for name, patterns in phrases:
            for phrase in itertools.chain.from_iterable(map(_spellings, patterns)):
                by_form.setdefault(match_form(phrase), (phrase, set()))[1].add(name)
        self._index: PhraseIndex[tuple[str, ...]] = PhraseIndex(
            (phrase, tuple(sorted(names))) for phrase, names in by_form.values()
        )

    def marks(self, text: _Read) -> tuple[Mark, ...]:
        """In the order of the text; at most `MOST_PER_KIND` of a kind, none within another."""
        spans = self._spans(text)
        found: defaultdict[str, list[Span]] = defaultdict(list)
        for group, words in spans.items():
            if group[0] in _OWN + _EXACT:
                found[group[1:]].extend((word.start, word.end) for word in words)
                continue
            for shaped in self._shapes.get(group, ()):
                found[shaped].extend((word.start, word.end) for word in words)
            for rule in self._rules.get(group, ()):
                if all(other in spans for other in rule.groups):
                    found[rule.kind].extend(_chains(rule, spans, text.prepared.folded, self._reach))
        if self._links:
            for link in text.links:
                if (kind := suspicion(link)) is not None:
                    found[kind].append((link.start, link.end))
            if text.disguised:
                found["disguised"].extend(text.disguised)
        places = [
            (start, end, kind) for kind, all_of in found.items() for start, end in _few(all_of)
        ]
        return tuple(
            Mark(kind, text.prepared.text[start:end]) for start, end, kind in sorted(places)
        )

    def _spans(self, text: _Read) -> dict[str, list[_Word]]:
        """Where words of each group stand, in order of their ends."""
        prepared = text.prepared
        spans: defaultdict[str, list[_Word]] = defaultdict(list)
        for found in self._index.find(prepared):
            doubtful = False
            if found.spelling is not Spelling.EXACT:
                # Amid diacritics "dong phi" is not `đóng phí`.
                if not text.plain and prepared.written_with_diacritics_near(found.start, found.end):
                    continue
                doubtful = " " not in prepared.folded[found.start : found.end]
            word = _Word(found.start, found.end, doubtful)
            for name in found.value:
                if name[0] != _EXACT or found.spelling is Spelling.EXACT:
                    spans[name].append(word)
        shapes = self._looked_for if _MAY_HAVE_SHAPES.search(prepared.folded) else {}
        for name, shape in shapes.items():
            if hits := [_Word(*match.span()) for match in shape.finditer(prepared.folded)]:
                spans[name] = hits
        luring = [_Word(link.start, link.end) for link in text.links if not link.genuine]
        if self._links and luring:
            spans[LINK] = luring
        return spans


class _Read:
    """A text with what both families of marks need of it."""

    def __init__(self, text: str) -> None:
        self.prepared = Prepared(text[:MOST_CHARACTERS])
        self.plain = self.prepared.text.isascii()
        """Whether it has no diacritics at all."""
        self.links = find_links(self.prepared.text)
        self.disguised = _disguised(self.prepared.text, self.links)
        if self.disguised:
            # Offsets hold: figures and signs are read as the letters they stand for.
            self.prepared.folded = _LEET.sub(_plain_letter, self.prepared.folded)
            self.prepared.forms = _LEET.sub(_plain_letter, self.prepared.forms)


_SENTENCE_ENDS: Final = re.compile(r"[.!?;…]\s|\n")


def _chains(rule: _Rule, spans: Mapping[str, list[_Word]], text: str, reach: _Reach) -> list[Span]:
    """The places where words of all the rule's groups follow each other closely enough."""
    chains = [(word.start, word) for word in spans[rule.groups[0]]]
    for group in rule.groups[1:]:
        longer = []
        for start, last in chains:
            for word in spans[group]:
                gap = word.start - last.end
                if gap > rule.gap:
                    break
                if gap < 0 or gap > _allowed(rule.gap, last, word, reach):
                    continue
                if not _SENTENCE_ENDS.search(text, last.end - 1, word.start):
                    longer.append((start, word))
                    break
        chains = longer
        if not chains:
            break
    return [(start, last.end) for start, last in chains]


def _allowed(gap: int, first: _Word, second: _Word, reach: _Reach) -> int:
    if first.doubtful and second.doubtful:
        return min(gap, reach.both)
    return min(gap, reach.one) if first.doubtful or second.doubtful else gap


def _few(spans: Iterable[Span]) -> list[Span]:
    """The first few of them that do not overlap; of two that begin alike the longer."""
    few: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not few or start >= few[-1][1]:
            few.append((start, end))
            if len(few) == MOST_PER_KIND:
                break
    return few


# --- Disguise --------------------------------------------------------------------------------

# "kh0ng", "T1EN", "d!eu k!en": a figure or sign that stands for a letter within a syllable.
_LEET: Final = re.compile(r"(?<=[^\W\d_])[01!|@$34](?=[^\W\d_])|(?<=[^\W\d_])0(?![\w])")
_LETTER: Final = {"0": "o", "1": "i", "!": "i", "|": "l", "@": "a", "$": "s", "3": "e", "4": "a"}
_LEET_WORD: Final = re.compile(
    r"(?<![^\s(\[_.,:/-])[^\W\d_]+(?:[01!|@34][^\W\d_]+)+|\b[^\W\d_]{2,4}0\b"
)
# "Na.pVao", "N'ha'nL,jen", "Um Cu,u~Th,ua": signs strewn within words.
_STREWN: Final = re.compile(r"[^\W\d_]{1,3}(?:[.,'\":;^~_|*/][^\W\d_]{1,4}){2,}")
_STRANGE: Final = re.compile(r"\b[^\W\d_]*[äöüåøæëïœÄÖÜÅØÆËÏ][^\W\d_]*")
_FEWEST_STRANGE: Final = 2
_FEWEST_STREWN: Final = 2
_SHORTEST_STREWN: Final = 5


def _plain_letter(match: re.Match[str]) -> str:
    return _LETTER[match[0]]


def _disguised(text: str, links: Sequence[Link]) -> list[Span]:
    """Where words are spelt so that a filter would not know them, but a reader does."""
    spans = [
        match.span()
        for match in _LEET_WORD.finditer(text)
        if _spells(_LEET.sub(_plain_letter, match[0])) and not _in_link(match.start(), links)
    ]
    strewn = [
        match.span()
        for match in _STREWN.finditer(text)
        if not _in_link(match.start(), links) and not _is_abbreviation(match[0])
    ]
    if len(strewn) >= _FEWEST_STREWN:
        spans += strewn
    if not text.isascii():
        strange = [m.span() for m in _STRANGE.finditer(text) if _spells(m[0])]
        if len(strange) >= _FEWEST_STRANGE:
            spans += strange
    return spans


def _spells(word: str) -> bool:
    return len(word) > 1 and is_bare_syllable(Prepared(word).folded.replace("ø", "o"))


def _in_link(at: int, links: Sequence[Link]) -> bool:
    return any(link.start <= at < link.end for link in links)


def _is_abbreviation(piece: str) -> bool:
    """T.P.H.C.M, v.v., a/b/c: letters that stand for words."""
    return piece.isupper() or "/" in piece or len(piece) < _SHORTEST_STREWN


# --- What the others use ---------------------------------------------------------------------

_FILE: Final = read_config(MARKS, _MarksFile)

SCAM_MARKS: Final[Mapping[str, str]] = {kind: one.label for kind, one in _FILE.scam.items()}
"""Kinds of a scam's marks, with their names on the screen."""

DANGER_MARKS: Final[Mapping[str, str]] = {kind: one.label for kind, one in _FILE.danger.items()}
"""Kinds of the marks of danger to life, with their names on the screen."""

FORMAL_MARKS: Final[Mapping[str, str]] = {kind: one.label for kind, one in _FILE.formal.items()}
"""Kinds of the marks of what belongs to the formal channel, with their names on the screen."""

_SCAM: Final = _Finder(_FILE, _FILE.scam, _SCAM_REACH)
_DANGER: Final = _Finder(_FILE, _FILE.danger, _DANGER_REACH)
_FORMAL: Final = _Finder(_FILE, _FILE.formal, _DANGER_REACH)
_read: Final = lru_cache(maxsize=16)(_Read)  # a text is mostly asked for all of them


def scam_marks(text: str) -> tuple[Mark, ...]:
    """What in `text` a reader may know a scam by, in its order; () for most texts.

    Works with and without diacritics, and on texts that are masked ([STK], [SĐT]) or not.
    """
    return _SCAM.marks(_read(text))


def danger_marks(text: str) -> tuple[Mark, ...]:
    """The words of danger to life in `text`, in its order; () for most texts."""
    return _DANGER.marks(_read(text))


def formal_marks(text: str) -> tuple[Mark, ...]:
    """The words of `text` that report wrongdoing by officials, in its order; () for most texts."""
    return _FORMAL.marks(_read(text))
