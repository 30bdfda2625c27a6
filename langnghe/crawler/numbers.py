"""Finds numbers that belong to a person: phones, papers, accounts, plates, house numbers.

Every run of digits is looked at as a whole and either masked as a whole or left as a whole, so
that no part of a personal number survives. What a number is follows from its shape and from
the last cue word before it; money, dates, document numbers and public hotlines stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from langnghe.crawler.digits import FILLER, digit_view
from langnghe.crawler.masks import VOID, MaskKind, Span, blanked, lower_case

# --- Numbers with letters: papers and plates ----------------------------------------------

_DOSSIER: Final = re.compile(
    r"(?<!\w)(?:\d{3}\.\d{2}\.\d{2}\.)?[HGhg]\d{2}(?:\.\d{2,3}){0,3}-\d{6}-\d{3,6}(?!\w)"
)
"""A dossier filed at a public-service desk (form of Nghị định 61/2018/NĐ-CP): the public
tracing page answers it with the applicant's name."""
_INSURANCE: Final = re.compile(r"(?<!\w)[A-Za-z]{2} ?\d(?:[ .\-]?\d){12}(?!\w)")
"""BHYT: two letters, thirteen digits."""
_PASSPORT: Final = re.compile(r"(?<!\w)(?:[BCEKNP]\d{7,8}(?!\w)|[A-Za-z] ?\d{7,8}(?!\w))")
_PASSPORT_CUE: Final = re.compile(r"hộ chiếu|ho chieu|passport")

_PLATE: Final = re.compile(
    # The province's number, the series, four or five digits: 25B1-123.45, 29-K1 123.45, 25C 01234.
    r"(?<!\w)[1-9]\d ?-? ?(?:[A-ZĐa-zđ]\d|[A-ZĐa-zđ]{1,2})(?: ?[\-–.] ?| )?"
    r"(?:\d{3}\.\d{2}|\d{3} \d{2}|\d{4,5})(?!\w|[.,]\d)"
)
_PLATE_CUE: Final = re.compile(r"biển|bien so|bks|xe |xe:|ô tô|oto|taxi")
_UNIT_LETTERS: Final = frozenset("kK")
"""25K-30000 is a price; the series K has a digit after it."""

# --- House numbers ------------------------------------------------------------------------

_NO: Final = r"\d{1,4}[A-Za-z]?(?:[/.]\d{1,4}[A-Za-z]?){0,3}(?![\w/])"
_LANE: Final = r"(?:ngõ|ngách|hẻm|kiệt|ngo|ngach|hem)"
_STREET: Final = r"(?:đường|phố|đại lộ|duong|pho)"
_CAPITAL: Final = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_AFTER_CUE: Final = r"(?:địa chỉ|dia chi|đ/c|ở|tại|về|đến|tới|gần|trước|cạnh)"
_HOUSE: Final = re.compile(
    # "số nhà 12, ngõ 3", "nhà số 5", "SN 27"
    rf"(?<!\w)(?:(?i:số nhà|so nha|nhà số|nha so|sn)\b[ :]{{0,3}}{_NO}(?:,? {_LANE} {_NO}){{0,3}}"
    # "số 8 ngách 5/7 ngõ 112", "nhà 12B ngõ 7", "32 ngõ 5 đường …"
    rf"|(?:(?i:số|nhà|so) )?{_NO}(?:,? (?i:{_LANE}) {_NO}){{1,3}}"
    # "số 45 đường …"
    rf"|(?i:số|so) {_NO}(?=,? (?i:{_STREET}) [{_CAPITAL}\d])"
    # "số 1205, tòa A"
    r"|(?i:phòng|căn hộ|căn)(?: số)? \d{2,4}[A-Z]?,? (?i:nhà|tòa|toà|lô|block) [A-Z]?\d{0,2}(?!\w))"
)
_HOUSE_AFTER_CUE: Final = re.compile(
    # "ở 107A đường Điện Biên Phủ", "về số 14 bản Hon", "gửi về 12/3 Nguyễn Trãi"
    rf"(?<!\w)(?i:{_AFTER_CUE})(?: nhận quà| nhận hàng| nhà)?:? "
    rf"((?:(?:nhà|số) )?{_NO}(?=,? (?i:{_STREET}) [{_CAPITAL}\d])"
    rf"|(?:nhà|số) {_NO}(?=,? (?i:tổ|thôn|bản|khu phố) )"
    rf"|\d{{1,4}}(?:/\d{{1,4}}[A-Z]?|[A-Z])(?:/\d{{1,4}})?(?= [{_CAPITAL}]\w+ [{_CAPITAL}]))"
)
# What each of the two needs, at little cost.
_HOUSE_HINT: Final = re.compile(
    rf"(?:nhà|nha|số|so|sn|phòng|căn|hộ)[ :]{{0,3}}\d|\d[a-z]?,? (?:{_LANE}|{_STREET}) "
    r"|(?:/\d{1,4}[a-z]?|\d[a-z]) [^\W\d_]"
)
_OFFICE_NUMBERED: Final = re.compile(r"(?:nhà văn hóa|nhà văn hoá|nhà trẻ|nhà máy) $")

# --- Numbers that stay --------------------------------------------------------------------

_AMOUNT_UNIT: Final = (
    r"(?:đ|₫|d|dong|trieu|ty|nghin|đồng(?! (?:ý|bào|chí|hương|đội|thời|nghiệp|hồ))|vnđ|vnd|usd"
    r"|\$|k|tr|triệu|tỷ|tỉ|nghìn|ngàn"
    r"|kg|tấn|tạ|ha|hecta|m2|m3|m²|km|mét|m|mm|lít|người|hộ|nhân khẩu|khẩu|lượt|phiếu|con|cây"
    r"|cái|chiếc|suất|liều|cử tri|học sinh|%)"
)
_PROTECTED: Final = re.compile(
    # Dates and their ranges: each date for itself.
    r"(?<!\d)(?:(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d"
    r"|(?:19|20)\d\d([/.\-])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01]))(?!\d)"
    # Documents: 1670/NQ-UBTVQH15, 30/2020/NĐ-CP, 05-HD/VPTW.
    r"|(?<!\d)\d{1,6}(?:/(?:19|20)\d\d)?[/\-][A-ZĐ]{2,}[A-ZĐ\d/\-]*"
    # Amounts, never with a leading zero: 1.500.000đ, 25000 đồng, 3.456.789 người.
    r"|(?<![\d+])(?<!\d )(?!0\d)\d{1,3}(?:[.,]\d{3})+(?:,\d{1,2})?"
    rf" ?(?i:{_AMOUNT_UNIT})(?!\w)"
    rf"|(?<![\d+.\-])(?<!\d )(?!0\d)\d{{1,12}}(?:,\d{{1,3}})? ?(?i:{_AMOUNT_UNIT})(?!\w)"
    # Clock times.
    r"|(?<!\d)(?:[01]?\d|2[0-3])[h:](?:[0-5]\d)?(?!\w)"
)

# --- Runs of digits -----------------------------------------------------------------------

_SEPARATOR: Final = rf"(?:{FILLER}|\ufe0f|\u20e3)*(?:[ .\-–—_·•~*'/|)]|,(?! )){{0,3}}"
_RUN: Final = re.compile(rf"\d(?:{_SEPARATOR}\d)*(?:{FILLER}|\ufe0f|\u20e3)*")
_DIGIT: Final = re.compile("[0-9]")
_DIGITS: Final = re.compile("[0-9]+")
_SHORTEST: Final = 6
"""Digits of the shortest number that is masked, house numbers apart."""
_GROUP: Final = re.compile(rf"\d(?:(?:{FILLER}|\ufe0f|\u20e3)*\d)*")

_BANKS: Final = (
    r"agribank|agri|vietcombank|vcb|bidv|vietinbank|vietin|techcombank|tcb|mb ?bank|mb|acb"
    r"|sacombank|tpbank|vpbank|shb|hdbank|vib|msb|ocb|seabank|lpbank|lienvietpostbank|lienviet"
    r"|eximbank|abbank|namabank|pvcombank|vietbank|kienlongbank|cake|timo|momo|zalopay|viettelpay"
    r"|viettel money|vnpay|shopeepay|ngân hàng|ngan hang|techcom|vietcom"
)
_CUES: Final = re.compile(
    r"(?<!\w)(?:"
    r"(?P<identity>cccd|cmnd|cmtnd|cmt|cmtt|căn cước|can cuoc|chứng minh|chung minh|định danh"
    r"|dinh danh|hộ chiếu|ho chieu|passport|gplx|giấy phép lái xe|bằng lái|bhyt|bhxh|bảo hiểm"
    r"|bao hiem|mst|mã số thuế|ma so thue|vneid|số cc)"
    rf"|(?P<account>stk|số tk|so tk|tài khoản|tai khoan|tk|ck|chuyển khoản|chuyen khoan|số thẻ"
    rf"|thẻ atm|atm|ví|{_BANKS})"
    r"|(?P<phone>sđt|sdt|đt|dt|đtdđ|điện thoại|dien thoai|zalo|alo|gọi|goi|call|tel|phone|liên hệ"
    r"|lien he|lh|hotline|ib|nhắn|viber|sms|di động|máy bàn)"
    r")(?!\w)"
)
_CUE_REACH: Final = 44
"""How far before a number its cue may stand, in characters: "vào tài khoản cá nhân của em là"."""
_BANK_AFTER: Final = re.compile(rf"[ \-–—(,.:/]{{0,4}}(?:{_BANKS})(?!\w)")

# What makes a run of digits too long to be a count: an amount or a year is shorter, and is
# grouped by threes.
_LONG: Final = 9
_CARD_GROUPS: Final = 12


_SHORTEST_PHONE: Final = 10
_LONGEST_PHONE: Final = 15
"""00 84, a zero, and ten digits more."""


class _Run(NamedTuple):
    start: int
    end: int
    groups: tuple[tuple[int, int, str], ...]
    """Start, end and digits of each unbroken group."""

    @property
    def digits(self) -> str:
        return "".join(digits for _, _, digits in self.groups)


def is_phone(digits: str) -> bool:
    """Whether these digits, from the first to the last, are a Vietnamese subscriber's number.

    Mobile: ten digits from 03, 05, 07, 08, 09; before 2018 also eleven from 012, 016, 018, 019.
    Landline: 02 and eight or nine more (Thông tư 22/2014/TT-BTTTT and the changes of 2017).
    Each also with the country code 84 in place of, or before, the zero.
    """
    if digits.startswith("0084"):
        digits = digits[2:]
    if digits.startswith("84") and len(digits) > 10:
        digits = digits[2:] if digits[2] == "0" else "0" + digits[2:]
    match digits[:2]:
        case "03" | "05" | "07" | "08" | "09":
            return len(digits) == 10
        case "01":
            return len(digits) == 11 and digits[2:3] in ("2", "6", "8", "9")
        case "02":
            return len(digits) in (10, 11)
        case _:
            return False


def find_numbers(text: str, lowered: str, links: list[Span]) -> list[Span]:
    """The personal numbers in `text`.

    Args:
        text: cleaned text, with what other finders took made `VOID`.
        lowered: the same in lower case (`masks.lower_case`).
        links: links that stay in the text: in them, only an unbroken phone number is one.
    """
    view = digit_view(text, lowered)
    digits = len(_DIGIT.findall(view))
    if not digits:
        return []
    # Words that look like digits in the view may be words in the text ("số không").
    spans = _houses(text, lowered)
    if digits < _SHORTEST:
        return spans
    rest = blanked(view, spans)
    spans += [Span(*match.span(), MaskKind.IDENTITY) for match in _DOSSIER.finditer(rest)]
    spans += [Span(*match.span(), MaskKind.IDENTITY) for match in _INSURANCE.finditer(rest)]
    rest = blanked(rest, spans)
    lowered = lower_case(rest)
    spans += _passports(rest, lowered)
    spans += _plates(rest, lowered)
    rest = _without_protected(blanked(rest, [*spans, *links]))
    lowered = lower_case(rest)
    for run in _runs(rest):
        spans += _classified(run, rest, lowered)
    for link in links:
        spans += _phones_in_link(view, link)
    return spans


def _without_protected(view: str) -> str:
    """`view` with dates, amounts, document numbers and the like made `VOID`."""
    parts = []
    at = 0
    # Matching at each group of digits is far quicker than searching: all begin with one.
    for group in _DIGITS.finditer(view):
        match = _PROTECTED.match(view, group.start()) if group.start() >= at else None
        if match:
            parts += [view[at : match.start()], VOID * len(match.group())]
            at = match.end()
    parts.append(view[at:])
    return "".join(parts)


def _passports(view: str, lowered: str) -> Iterator[Span]:
    for match in _PASSPORT.finditer(view):
        bare = match.group()[0] in "BCEKNP" and match.group()[1] != " "
        before = lowered[max(0, match.start() - _CUE_REACH) : match.start()]
        if bare or _PASSPORT_CUE.search(before):
            yield Span(*match.span(), MaskKind.IDENTITY)


def _plates(view: str, lowered: str) -> Iterator[Span]:
    for match in _PLATE.finditer(view):
        plate = match.group()
        letters = [char for char in plate if char.isalpha()]
        before = lowered[max(0, match.start() - 25) : match.start()]
        sure = (
            letters[0].isupper()
            and (len(letters) > 1 or letters[0] not in _UNIT_LETTERS)
            and " " not in plate
        )
        if sure or _PLATE_CUE.search(before) or re.search(r"[A-ZĐ]\d?[ \-]+\d{3}\.\d\d$", plate):
            yield Span(*match.span(), MaskKind.PLATE)


def _houses(text: str, lowered: str) -> list[Span]:
    if not _HOUSE_HINT.search(lowered):
        return []
    spans = [
        Span(*match.span(), MaskKind.ADDRESS)
        for match in _HOUSE.finditer(text)
        if not _OFFICE_NUMBERED.search(text[max(0, match.start() - 12) : match.start()])
    ]
    rest = blanked(text, spans)
    spans += [Span(*match.span(1), MaskKind.ADDRESS) for match in _HOUSE_AFTER_CUE.finditer(rest)]
    return spans


def _runs(view: str) -> Iterator[_Run]:
    for match in _RUN.finditer(view):
        groups = tuple(
            (
                match.start() + group.start(),
                match.start() + group.end(),
                "".join(char for char in group.group() if char.isdigit()),
            )
            for group in _GROUP.finditer(match.group())
        )
        if sum(len(digits) for _, _, digits in groups) >= _SHORTEST:
            start = match.start()
            # "(0213) 3875 123", "+84 …"; of "(0912345678)" both brackets stay.
            if ")" in match.group() and view[start - 1 : start] == "(":
                start -= 1
            if view[start - 1 : start] == "+":
                start -= 1
            yield _Run(start, match.end(), groups)


def _cue(lowered: str, start: int) -> MaskKind | None:
    """The kind that the last cue word before `start` speaks of."""
    before = lowered[max(0, start - _CUE_REACH) : start]
    # A sentence's end, or another number, cuts the reach of a cue.
    for stop in ("\n", VOID, ". ", "? ", "! ", "; "):
        before = before.rpartition(stop)[2]
    found = None
    for match in _CUES.finditer(before):
        found = match
    if found is None or any(char.isdigit() for char in before[found.end() :]):
        return None
    return MaskKind(str(found.lastgroup))


def _classified(run: _Run, view: str, lowered: str) -> list[Span]:
    cue = _cue(lowered, run.start)
    digits = run.digits
    if _is_hotline(run):
        return []
    phones, rest = _phones(run)
    if cue is MaskKind.ACCOUNT or _BANK_AFTER.match(lowered, run.end):
        if not (cue is not MaskKind.ACCOUNT and phones):
            return [Span(run.start, run.end, MaskKind.ACCOUNT)]
    elif cue is MaskKind.IDENTITY and len(digits) >= 8:
        return [Span(run.start, run.end, MaskKind.IDENTITY)]
    elif cue is MaskKind.PHONE and not phones and len(digits) >= 7 and not _is_amount(run, view):
        return [Span(run.start, run.end, MaskKind.PHONE)]
    spans = [Span(part.start, part.end, MaskKind.PHONE) for part in phones]
    for part in rest:
        kind = _kind_of_rest(part, view)
        if kind is not None:
            spans.append(Span(part.start, part.end, kind))
    return spans


def _is_hotline(run: _Run) -> bool:
    """1800…, 1900…: numbers that only institutions get; they stay."""
    digits = run.digits
    return digits[:4] in ("1800", "1900") and len(digits) in (8, 9, 10)


def _is_amount(run: _Run, view: str) -> bool:
    """Grouped by threes with one sign throughout, as amounts are."""
    first, *others = run.groups
    if not others or first[2].startswith("0") or len(first[2]) > 3:
        return False
    ends = [first[1], *(end for _, end, _ in others[:-1])]
    signs = {view[end:start] for end, (start, _, _) in zip(ends, others, strict=True)}
    return all(len(digits) == 3 for _, _, digits in others) and signs in ({"."}, {","})


def _phones(run: _Run) -> tuple[list[_Run], list[_Run]]:
    """The phone numbers that whole groups of a run make up, and what is left between them."""
    phones: list[_Run] = []
    rest: list[_Run] = []
    at = left = 0
    groups = run.groups
    while at < len(groups):
        upto = _phone_end(groups, at)
        if upto is None:
            at += 1
            continue
        if left < at:
            rest.append(_part(run, left, at))
        phones.append(_part(run, at, upto))
        at = left = upto
    if left < len(groups):
        rest.append(_part(run, left, len(groups)))
    return phones, rest


def _phone_end(groups: tuple[tuple[int, int, str], ...], at: int) -> int | None:
    """Up to which group a phone number goes that begins with group `at`; the longest one."""
    digits = ""
    found = None
    for upto in range(at, len(groups)):
        digits += groups[upto][2]
        if digits[0] not in "08" or len(digits) > _LONGEST_PHONE:
            break
        if len(digits) >= _SHORTEST_PHONE and is_phone(digits):
            found = upto + 1
    return found


def _part(run: _Run, first: int, upto: int) -> _Run:
    groups = run.groups[first:upto]
    # A plus sign or a bracket before the first group, and what follows the last, go with them.
    start = groups[0][0] if first else run.start
    end = run.end if upto == len(run.groups) else groups[-1][1]
    return _Run(start, end, groups)


def _kind_of_rest(part: _Run, view: str) -> MaskKind | None:
    """What a run without a cue is by its shape alone; None if it may be a count."""
    digits = part.digits
    longest = max(len(group) for _, _, group in part.groups)
    if longest >= _LONG:
        if digits.startswith("0") and len(digits) in (10, 11):
            return MaskKind.PHONE
        return MaskKind.IDENTITY if len(digits) in (9, 12) else MaskKind.ACCOUNT
    if len(digits) == _CARD_GROUPS and digits.startswith("0"):
        return MaskKind.IDENTITY
    by_four = (
        len(digits) >= _CARD_GROUPS
        and all(len(group) == 4 for _, _, group in part.groups[:-1])
        and "/" not in view[part.start : part.end]  # 1080/1070/1060: a choice, not a card
    )
    if by_four and not all(group[:2] in ("19", "20") for _, _, group in part.groups):
        return MaskKind.ACCOUNT
    if FILLER in view[part.start : part.end] and len(digits) >= _LONG:
        return MaskKind.PHONE  # nobody spells out a count digit by digit
    return None


def _phones_in_link(view: str, link: Span) -> Iterator[Span]:
    for match in re.finditer(r"(?<!\d)\+?\d{10,12}(?!\d)", view[link.start : link.end]):
        if is_phone(match.group().lstrip("+")):
            yield Span(link.start + match.start(), link.start + match.end(), MaskKind.PHONE)
