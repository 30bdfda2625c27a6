"""Informal spelling made plain, in a shadow of the text that is only matched, never shown.

Teencode and typing habits ("ko dc", "quáaaa", "fải") hide the words that topics and models
look for. The rules hold for informal text alone: in an official one "kh" is a plan (kế hoạch)
and "ct" a chairman. Official abbreviations stay as they are everywhere: `configs/topics.yaml`
lists them beside their full words.

A shortened word with a common second meaning is expanded only beside a word that decides, or
not at all: "tt" (thông tin, thanh toán, thị trấn), "cmt" (bình luận, chứng minh thư), "đk"
(đăng ký, điều kiện), "gđ" (gia đình, giám đốc).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from langnghe.core.syllables import TONED, is_syllable
from langnghe.core.text import fold


def _entries(lines: str) -> dict[str, str]:
    """Shortened words (several a line, before the colon) with their full words."""
    entries: dict[str, str] = {}
    for line in lines.strip().splitlines():
        shortened, full = line.split(": ")
        entries.update(dict.fromkeys(shortened.split(), full))
    return entries


PROTECTED: Final = frozenset(
    {
        *("ubnd", "hđnd", "hdnd", "mttq", "ubmttq", "tdp", "ntm", "htx", "ocop", "gpmb", "gcn"),
        *("gcnqsdđ", "gcnqsdd", "qsdđ", "bhyt", "bhxh", "bhtn", "cccd", "cmnd", "cmt", "vneid"),
        *("dvc", "dvctt", "dtts", "đbdtts", "pccc", "pcccr", "vsattp", "attp", "qđ", "nq", "nđ"),
        *("tthc", "cntt", "cđs", "đbqh", "antt", "atgt", "csgt", "thcs", "thpt", "kcn", "qsh"),
        *("bch", "dqtv", "ktxh", "gtvt", "tnmt", "đvtn"),
    }
)
"""Official abbreviations, lower-case: never expanded or respelled, whatever the text."""

_CLEAR: Final = _entries("""
ko kg khg kô hok hôg khog hổng: không
dc đc đuợc: được
ng ngừi nguời: người
mn mng mngừi: mọi người
vs zới dzới: với
ad adm: quản trị viên
cx cũg cug: cũng
bik bít bjt: biết
bh: bây giờ
ntn: như thế nào
trc: trước
nta ngta: người ta
mk mik mềnh: mình
rùi zồi dồi: rồi
zậy dzậy: vậy
tl: trả lời
ib inb: inbox
stk: số tài khoản
sđt sdt: số điện thoại
fb: facebook
hnay: hôm nay
hqua: hôm qua
ctr ctrình: chương trình
lquan: liên quan
đki dki đky dky: đăng ký
ktra: kiểm tra
vđê vđề vde: vấn đề
nhìu: nhiều
thik thix thjk: thích
thui: thôi
lun: luôn
đag dag: đang
nhug nhưg: nhưng
trog: trong
cbị: chuẩn bị
kbiết kbik: không biết
bsĩ: bác sĩ
gđình: gia đình
hsinh: học sinh
qtâm: quan tâm
gquyết: giải quyết
hdẫn: hướng dẫn
ttin: thông tin
ttoán: thanh toán
""")
"""Shortened words without a second reading that matters; also with a capital first letter."""
_LOOSE: Final = _entries("""
k kh hông: không
j rì: gì
r: rồi
z: vậy
hd: hướng dẫn
cb: cán bộ
ub: ủy ban
""")
"""Short enough to be an initial, a unit or another word: only in small letters."""

_BODY: Final = frozenset({"ub", "ubnd", "ct", "ca", "cb", "hđnd", "hdnd", "đảng", "dang"})
_UNIT: Final = frozenset(
    {"xã", "xa", "huyện", "huyen", "tỉnh", "tinh", "phường", "phuong", "thôn", "thon"}
)

# --- Is it informal? -------------------------------------------------------------------------

# What an official document or a newspaper's report of one carries.
_OFFICIAL: Final = re.compile(
    "\\d+/(?:\\d{4}/)?[A-ZĐ]{2,}|Kính gửi|KÍNH GỬI|Nơi nhận|[Cc]ăn cứ (?:Luật|Nghị|Quyết|Thông|Kế)"
    "|(?i:cộng h[òo][àa]? xã hội chủ nghĩa|độc lập - tự do - hạnh phúc)"
    "|(?:Nghị quyết|Quyết định|Nghị định|Thông tư|Kế hoạch|Công văn|Chỉ thị) số"
)
_FACE: Final = re.compile("[:=;<^](?:['-]?[()DPp3]|\\]|[_.]*\\^)")
_LAUGH: Final = re.compile("^(?:(?:hi){2,}|(?:ha){2,}|(?:he){2,}|k{3,})", re.IGNORECASE)
# It begins with one set of characters, which is quick to search for.
_FEELING: Final = re.compile(
    "[\U0001f300-\U0001faff!?.](?:(?<=[\U0001f300-\U0001faff])|(?<=[!?])[!?]|(?<=\\.)\\.)"
)
_LONG: Final = re.compile("([^\\W\\d_])\\1{2}")
_TOKEN: Final = re.compile("[^\\W\\d_]+")
INFORMAL_SCORE: Final = 2
"""From this score on a text is informal: one sure sign (teencode, a laugh, a drawn-out letter)
or two weak ones (emoji or doubled marks, a small first letter, an abbreviation in small
letters). One weak sign is not enough: news agencies use emoji, and quotes begin small."""


def is_informal(text: str) -> bool:
    """Whether `text` is written as people chat, so that the rules of teencode may be applied."""
    # Asked of every post: what stands between spaces is quicker to tell apart than words are.
    score = max(map(_strongest_sign, text.split()), default=0)
    if score < INFORMAL_SCORE:
        if _FACE.search(text):
            score = INFORMAL_SCORE
        else:
            score += bool(_FEELING.search(text)) + text[:1].islower()
    return score >= INFORMAL_SCORE and not _OFFICIAL.search(text)


@lru_cache(maxsize=16384)
def _strongest_sign(piece: str) -> int:
    """The most that one of the words in a piece without spaces says."""
    return max(map(_sign, _TOKEN.findall(piece)), default=0)


def _sign(token: str) -> int:
    """How much one word says that a text is informal: 2 surely, 1 weakly, 0 nothing."""
    if token in _CLEAR or _LAUGH.search(token) or _drawn_out(token):
        return 2
    return int(token in _LOOSE or token in ("ct", "ca", "tt"))


def _drawn_out(token: str) -> bool:
    """Whether a letter is drawn out, other than www, roman numbers and xxx in place of digits."""
    return any(match[1] not in "wxiv" for match in _LONG.finditer(fold(token)))


# --- Words -----------------------------------------------------------------------------------

# "f" and "w" stand for ph and qu, and final -g, -j for -ng, -i: mended where that makes a
# syllable with diacritics of what is none; "fan" and "blog" stay.
_HABITS: Final = (
    (re.compile("^f"), "ph"),
    (re.compile("^F"), "Ph"),
    (re.compile("^w"), "qu"),
    (re.compile("^W"), "Qu"),
    (re.compile("(?<!n)g$"), "ng"),
    (re.compile("j$"), "i"),
    (re.compile("^dz|^z"), "v"),
    (re.compile("w"), "o"),
)


def _shortened(token: str) -> str:
    """`token` with drawn-out letters written once: "quáaaa" gives "quá"."""
    pieces: list[str] = []
    folded = fold(token)
    for match in re.finditer(r"(.)\1*", folded):
        run = token[match.start() : match.end()]
        if len(run) < 3 or match[1] in "wxiv":
            pieces.append(run)
        else:
            toned = [char for char in run if char.lower() in TONED]
            marked = [char for char in run if not char.isascii()]
            pieces.append((toned or marked or [run])[0][0])
    short = "".join(pieces)
    # "kkkk" is a laugh, not one "k".
    return short if len(short) > 1 else token


def _undoubled(token: str) -> str:
    """`token` with its last letter once, if it is written twice: "vângg" gives "vâng"."""
    return token[:-1] if len(token) > 2 and fold(token[-1]) == fold(token[-2]) else token


@lru_cache(maxsize=8192)
def _respelled(token: str) -> str:
    """One word with drawn-out letters and typing habits undone; others as they are."""
    if token.lower() in PROTECTED or is_syllable(token):
        return token
    short = _shortened(token)
    if short.isascii() or short.lower() in _CLEAR:
        return short
    for pattern, letters in _HABITS:
        for candidate in (pattern.sub(letters, short), _undoubled(short)):
            if candidate != short and not candidate.isascii() and is_syllable(candidate):
                return candidate
    return short


def _expanded(before: str, word: str, after: str) -> str:
    """The full words of one shortened word between its neighbours, or the word itself."""
    full = _LOOSE.get(word) or _CLEAR.get(word)
    if full is not None:
        return full
    if word[0].isupper() and (full := _CLEAR.get(word[0].lower() + word[1:])) is not None:
        return full.capitalize()
    if word == "ct" and after in _UNIT | {"ub", "ubnd", "hđnd", "hdnd"}:
        return "chủ tịch"
    if word == "ca" and after in _UNIT:
        return "công an"
    if word == "tt" and after[:1].isupper():
        return "thị trấn"
    if word == "xa" and before in _BODY:
        return "xã"
    return word


def expand(text: str) -> str:
    """The shadow of `text` for matching and for models: teencode and typing habits undone.

    Informal text only; any other comes back as it is, and so do the words of `PROTECTED`.
    Offsets of the shadow mean nothing in the text. Doing it twice changes nothing more.
    """
    if not is_informal(text):
        return text
    tokens = _TOKEN.findall(text)
    respelled = ["", *map(_respelled, tokens), ""]
    words = [_expanded(*respelled[index - 1 : index + 2]) for index in range(1, len(respelled) - 1)]
    if words == tokens:
        return text
    supply = iter(words)
    return _TOKEN.sub(lambda _: next(supply), text)
