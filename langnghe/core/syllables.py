"""What can be a Vietnamese syllable: onset, rhyme and tone by the rules of quốc ngữ spelling.

Used to tell encodings apart (a wrong one hardly ever spells syllables) and to decide whether a
look-alike letter stands in a Vietnamese word. It says that a spelling is possible, not that a
dictionary has it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

TONES: Final = "\u0300\u0309\u0303\u0301\u0323"
"""The combining marks of huyền, hỏi, ngã, sắc, nặng."""
_PLAIN_VOWELS: Final = "aăâeêioôơuưy"


def _toned_vowels() -> dict[str, tuple[str, str]]:
    """Each lower-case vowel that carries a tone, with its toneless vowel and the tone's mark."""
    return {
        unicodedata.normalize("NFC", vowel + tone): (vowel, tone)
        for vowel in _PLAIN_VOWELS
        for tone in TONES
    }


TONED: Final = _toned_vowels()
LOWER_LETTERS: Final = frozenset(TONED) | frozenset("ăâêôơưđ")
"""The 67 lower-case letters of Vietnamese that ASCII lacks."""
LETTERS: Final = LOWER_LETTERS | frozenset(letter.upper() for letter in LOWER_LETTERS)
"""All 134 of them, both cases."""
_UNTONE: Final = str.maketrans({letter: vowel for letter, (vowel, _) in TONED.items()})
_UNMARK: Final = str.maketrans(
    {letter: unicodedata.normalize("NFD", letter)[0] for letter in LOWER_LETTERS} | {"đ": "d"}
)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ONSETS: Final = frozenset(
    ("", *_listed("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"))
)
_RHYMES: Final = _listed(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay "
    "oăc oăm oăn oăng oăt oe oem oen oeo oet ooc oong "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uêu uơ "
    "uôc uôi uôm uôn uông uôt uy uya uych uyn uynh uyp uyt uyu uyên uyêt "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y"
)
# After "qu" the u is part of the onset, so rhymes that elsewhere begin with u or o lose it.
_RHYMES_AFTER_QU: Final = _listed(
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e en eo et ê êch ên ênh êt êu i in inh it iu ich ip ôc ơ ơi ơn y ych yên yêt ynh yp yt yu"
)
_RHYMES_WITHOUT_ONSET: Final = _listed("yêm yên yêng yêt yêu")
# Names of places that keep the spelling of other languages of Viet Nam.
_ADOPTED: Final = frozenset({"đăk", "đak", "lăk", "lak", "krông", "plông", "sêk"})


def _toneless_syllables() -> frozenset[str]:
    front = ("e", "ê", "i", "y")
    syllables = set(_RHYMES) | set(_RHYMES_WITHOUT_ONSET) | set(_ADOPTED)
    syllables.add("giêng")  # giêng, giếng, giềng: the i of the rhyme iêng melts into gi
    syllables.update("qu" + rhyme for rhyme in _RHYMES_AFTER_QU)
    for onset in ONSETS - {"", "qu"}:
        for rhyme in _RHYMES:
            # c, g, ng are written k, gh, ngh before a front vowel; "g" before "i" is "gì, gìn".
            # K before other vowels is left in: Kạn, Kon Tum.
            if onset in ("c", "ng") and rhyme.startswith(front):
                continue
            if onset == "g" and rhyme.startswith(("e", "ê", "y", "ia", "iê")):
                continue
            if onset in ("gh", "ngh") and not rhyme.startswith(("e", "ê", "i")):
                continue
            if onset == "gi" and rhyme.startswith(("i", "y")):
                continue
            syllables.add(onset + rhyme)
    return frozenset(syllables)


_TONELESS: Final = _toneless_syllables()
_UNMARKED: Final = frozenset(syllable.translate(_UNMARK) for syllable in _TONELESS)


def is_onset(letters: str) -> bool:
    """Whether these lower-case letters can begin a syllable (the empty onset can)."""
    return letters in ONSETS


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Whether `word` (NFC, any case) is a possible syllable, spelled with its diacritics.

    At most one tone, on any vowel of the rhyme (both placement styles are met, and slips too);
    a syllable that ends in c, ch, p or t has sắc or nặng, so "viet" is none and "việt" is one.
    """
    lowered = word.lower()
    toneless = lowered.translate(_UNTONE)
    if toneless not in _TONELESS:
        return False
    tones = [TONED[letter][1] for letter in lowered if letter in TONED]
    if len(tones) > 1:
        return False
    if toneless in _ADOPTED or not toneless.endswith(("c", "ch", "p", "t")):
        return True
    return bool(tones) and tones[0] in "\u0301\u0323"


@lru_cache(maxsize=8192)
def is_bare_syllable(word: str) -> bool:
    """Whether `word` (any case) is a possible syllable written without any diacritic."""
    return word.lower() in _UNMARKED
