"""When something was published, from the ways web pages write it in Vietnamese and English.

A moment is right or it is None: one that could be read in two ways is not guessed. Written
dates are day first, and without a zone they are Vietnamese time. dateparser reads the relative
ones ("khoảng một giờ trước") only: of written dates it also accepts fragments and fills in
what is missing from today's date, so the forms accepted are spelled out here instead.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

import dateparser

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import TimePrecision
from langnghe.crawler.items import Published

MAX_LENGTH = 160
"""Longer strings are sentences that happen to hold a date."""
EARLIEST_YEAR = 1990
"""No page was on the web before."""
MAX_AHEAD = timedelta(days=1)
"""Clocks go wrong by hours and by a time zone; what is further ahead is a misreading."""

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:(?:T|\s+|,\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?",
    re.IGNORECASE,
)
_UNIX = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")

_OFFSET = re.compile(
    r"\(?\b(?:gmt|utc)\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\b\)?|(?<=:\d\d)\s*([+-])(\d{2}):?(\d{2})$"
)
_ZONES = {
    "ict": 7, "gmt": 0, "utc": 0, "z": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_ZONE_WORD = re.compile(r"\(?\b(" + "|".join(_ZONES) + r")\)?$")

_WEEKDAYS = (
    r"thứ hai|thứ 2|t2|monday|mon",
    r"thứ ba|thứ 3|t3|tuesday|tues|tue",
    r"thứ tư|thứ 4|t4|wednesday|wed",
    r"thứ năm|thứ 5|t5|thursday|thurs|thur|thu",
    r"thứ sáu|thứ 6|t6|friday|fri",
    r"thứ bảy|thứ bẩy|thứ 7|t7|saturday|sat",
    r"chủ nhật|chúa nhật|cn|sunday|sun",
)
_WEEKDAY = re.compile(r"\b(?:" + "|".join(f"({names})" for names in _WEEKDAYS) + r")\b\.?")

_MONTHS = (
    ("january", "jan", "một"), ("february", "feb", "hai"), ("march", "mar", "ba"),
    ("april", "apr", "tư"), ("may", "năm"), ("june", "jun", "sáu"),
    ("july", "jul", "bảy", "bẩy"), ("august", "aug", "tám"),
    ("september", "sept", "sep", "chín"), ("october", "oct", "mười"),
    ("november", "nov", "mười một"), ("december", "dec", "mười hai"),
)  # fmt: skip
_MONTH_WORDS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
# The longest first, so that "mười một" is not read as "mười".
_ENGLISH = "|".join(name for name in sorted(_MONTH_WORDS, key=len, reverse=True) if name.isascii())
_VIETNAMESE = "|".join(
    name for name in sorted(_MONTH_WORDS, key=len, reverse=True) if name not in _ENGLISH.split("|")
)

_CLOCK = re.compile(
    r"(?<![\d/.:-])(\d{1,2})"
    # What follows "9h" may be a day: "9h 20/11/2026".
    r"(?:\s?:\s?(\d{2})(?::(\d{2}))?|h(\d{1,2})(?![\d/.-])|\s*giờ\s*(\d{1,2})(?![\d/.-])"
    r"|\s*(?:h|giờ)\b|(?=\s*(?:am|pm|a\.m\.|p\.m\.)(?:\W|$)))"
    r"(?:\s*(?:phút|p|')(?=\W|$))?"
    r"(?:\s*(am|pm|a\.m\.|p\.m\.|sa|ch|sáng|trưa|chiều|tối)(?=\W|$))?"
)
_FILLERS = re.compile(
    r"\b(?:đã đăng|ngày đăng|đăng|cập nhật(?: lần cuối)?|xuất bản|đăng tải|gửi|viết|bình luận"
    r"|trả lời|thời gian|ngày|lúc|vào|hồi|mồng|mùng|giờ việt nam|at|on|published|posted"
    r"|updated|last|date|created|commented|replied)\b"
)
_LABEL = re.compile(r"[^\d:]{1,40}:\s*(?=\S)")
_EDGES = " \t,;.:|·•–—-()[]@"

_YEAR = r"(?P<y>\d{4}|\d{2})"
_D, _M = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})"
_IN_YEAR = r"(?:\s*[,/]?\s*(?:năm\s*)?(?P<y>\d{4}))?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_D}\s*([/.-])\s*{_M}\s*\2\s*{_YEAR}",
        rf"{_D}\s*/\s*{_M}",
        rf"{_D}\s+(?:tháng|thg)\.?\s*(?:{_M}|(?P<w>{_VIETNAMESE})){_IN_YEAR}",
        rf"(?:tháng|thg)\s+(?P<w>{_VIETNAMESE})\s+{_D}\s*,?\s*(?P<y>\d{{4}})",
        rf"{_D}(?:st|nd|rd|th)?[\s-]+(?:of )?(?P<w>{_ENGLISH})\.?(?:[\s,-]*{_YEAR})?",
        rf"(?P<w>{_ENGLISH})\.?\s+{_D}(?:st|nd|rd|th)?(?:\s*,?\s*(?P<y>\d{{4}}))?",
        rf"(?:tháng|thg)\s*(?:{_M}|(?P<w>{_VIETNAMESE}))\s*(?:năm|/|,|-)?\s*(?P<y>\d{{4}})",
        rf"(?:{_M}\s*/|(?P<w>{_ENGLISH})\s)\s*(?P<y>\d{{4}})",
        r"năm\s+(?P<y>\d{4})",
    )
)
_DAYS_AGO = {"hôm nay": 0, "today": 0, "hôm qua": 1, "yesterday": 1, "hôm kia": 2}

_JUST_NOW = re.compile(
    r"(?:vừa|mới)(?: xong| đăng| nãy| mới)?|vài giây trước|bây giờ|(?:a few|few) seconds ago"
    r"|a moment ago|just now|now"
)
_AGO = re.compile(
    r"(?:(?:khoảng|gần|hơn|about|almost|over|cách đây|đã)\s+)*"
    r"(?P<n>\d{1,3}|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|an?|one|two|three)\s*"
    r"(?P<unit>giây|phút|p|giờ|tiếng|h|ngày|tuần|tháng|năm"
    r"|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)"
    r"\s+(?:trước(?: đây)?|ago)"
)
_UNITS = (
    ("giây second sec", "second", TimePrecision.MINUTE),
    ("phút p minute min", "minute", TimePrecision.MINUTE),
    ("giờ tiếng h hour hr", "hour", TimePrecision.HOUR),
    ("ngày day", "day", TimePrecision.DAY),
    # There is no precision of a week: what is known is the month, give or take.
    ("tuần week", "week", TimePrecision.MONTH),
    ("tháng month", "month", TimePrecision.MONTH),
    ("năm year", "year", TimePrecision.YEAR),
)
_AGO_UNIT = {
    word: (english, precision) for words, english, precision in _UNITS for word in words.split()
}
_DIGITS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_NUMBERS = dict(zip(_DIGITS, range(1, 11), strict=True)) | {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
}


def parse(raw: str, fetched_at: datetime, zone: tzinfo = LOCAL_ZONE) -> Published | None:
    """The moment that `raw` names, or None where it names none for certain.

    Args:
        raw: a machine's time (ISO 8601, RFC 822, Unix) or a person's.
        fetched_at: when the page was read: what "2 giờ trước" counts from. Aware.
        zone: the zone of a time that names none.
    """
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        found = _machine(text, zone) or _human(text.casefold(), fetched_at, zone)
    except (ValueError, OverflowError):
        return None  # 31/02, 25:61 and the like
    if found is None or found.at > fetched_at + MAX_AHEAD or found.at.year < EARLIEST_YEAR:
        return None
    return found


def _machine(text: str, zone: tzinfo) -> Published | None:
    if match := _UNIX.fullmatch(text):
        return Published(datetime.fromtimestamp(int(match[1]), UTC), TimePrecision.SECOND)
    if not (match := _ISO.fullmatch(text)):
        return None
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    hour, minute, second = match.group(4, 5, 6)
    if hour is None:
        return _published(date(year, month, day), None, zone, TimePrecision.DAY)
    clock = time(int(hour), int(minute), int(second or 0))
    precision = TimePrecision.SECOND if second is not None else TimePrecision.MINUTE
    offset = match[7]
    if offset is not None:
        zone = (
            UTC if offset[0].isalpha() else _offset(offset[0], offset[1:3], offset[3:].strip(":"))
        )
    return _published(date(year, month, day), clock, zone, precision)


def _human(text: str, fetched_at: datetime, zone: tzinfo) -> Published | None:
    """Try the text, then without a label in front, then the parts that signs divide it into."""
    candidates = [text]
    if match := _LABEL.match(text):
        candidates.append(text[match.end() :])
    candidates.extend(part for part in re.split(r"[|·•]", text)[:4] if part != text)
    for candidate in (one.strip(_EDGES) for one in candidates):
        found = _relative(candidate, fetched_at) or _written(candidate, fetched_at, zone)
        if found is not None:
            return found
    return None


def _relative(text: str, fetched_at: datetime) -> Published | None:
    while match := _FILLERS.match(text):
        text = text[match.end() :].strip(_EDGES)
    if _JUST_NOW.fullmatch(text):
        return Published(fetched_at.astimezone(UTC), TimePrecision.MINUTE)
    if not (match := _AGO.fullmatch(text)):
        return None
    word = match["unit"]
    unit, precision = _AGO_UNIT.get(word) or _AGO_UNIT[word.removesuffix("s")]
    count = _NUMBERS.get(match["n"]) or int(match["n"])
    local = fetched_at.astimezone(LOCAL_ZONE)
    moment = dateparser.parse(
        f"{count} {unit} ago",
        languages=["en"],
        settings={
            "RELATIVE_BASE": local.replace(tzinfo=None),
            "TIMEZONE": str(LOCAL_ZONE),
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
    if moment is None:
        return None
    if precision not in {TimePrecision.MINUTE, TimePrecision.HOUR}:
        return _published(moment.date(), None, LOCAL_ZONE, precision)
    return Published(moment.astimezone(UTC), precision)


def _written(text: str, fetched_at: datetime, zone: tzinfo) -> Published | None:
    text, zone = _take_zone(text, zone)
    text, weekday = _take_weekday(text)
    taken = _take_clock(text)
    if taken is None:
        return None
    rest, clock, precision = taken
    rest = " ".join(_FILLERS.sub(" ", rest).split()).strip(_EDGES)
    today = fetched_at.astimezone(LOCAL_ZONE).date()
    if rest in _DAYS_AGO:
        day, known = today - timedelta(days=_DAYS_AGO[rest]), TimePrecision.DAY
    elif (dated := _date(rest, today)) is not None:
        day, known = dated
    else:
        return None
    if weekday is not None and (known is not TimePrecision.DAY or day.weekday() != weekday):
        return None  # one of the two is wrong, and nothing says which
    if clock is None:
        return _published(day, None, zone, known)
    if known is not TimePrecision.DAY:
        return None
    return _published(day, clock, zone, precision)


def _take_zone(text: str, zone: tzinfo) -> tuple[str, tzinfo]:
    text = re.sub(r"\(?giờ việt nam\)?", "ict", text)
    if match := _OFFSET.search(text):
        sign, hours, minutes = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        return rest.strip(_EDGES), _offset(sign, hours, minutes)
    if (match := _ZONE_WORD.search(text)) and match.start() > 0:
        offset = timezone(timedelta(hours=_ZONES[match[1]]))
        return text[: match.start()].strip(_EDGES), offset
    return text, zone


def _take_weekday(text: str) -> tuple[str, int | None]:
    match = _WEEKDAY.search(text)
    if match is None:
        return text, None
    number = next(n for n, name in enumerate(match.groups()) if name)
    return f"{text[: match.start()]} {text[match.end() :]}", number


def _take_clock(text: str) -> tuple[str, time | None, TimePrecision] | None:
    """The text without its time of day, and that time. None where there are two of them."""
    found = list(_CLOCK.finditer(text))
    if not found:
        return text, None, TimePrecision.DAY
    if len(found) > 1:
        return None
    match = found[0]
    minutes = match[2] or match[4] or match[5]
    hour = _in_day(int(match[1]), match[6])
    clock = time(hour, int(minutes or 0), int(match[3] or 0))
    if match[3]:
        precision = TimePrecision.SECOND
    else:
        precision = TimePrecision.MINUTE if minutes else TimePrecision.HOUR
    return f"{text[: match.start()]} {text[match.end() :]}", clock, precision


def _in_day(hour: int, half: str | None) -> int:
    """The hour of 24, from one whose half of the day may be named.

    Raises:
        ValueError: the hour may be either.
    """
    if half is None:
        return hour
    half = half.replace(".", "")
    if hour == 12 and half in {"sáng", "tối"}:
        raise ValueError("twelve may be noon or midnight")
    if half in {"pm", "ch", "chiều", "tối"} or (half == "trưa" and hour < 10):
        return hour + 12 if hour < 12 else hour
    if half in {"am", "sa"} and hour == 12:
        return 0
    return hour


def _date(text: str, today: date) -> tuple[date, TimePrecision] | None:
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match is None:
            continue
        parts = match.groupdict()
        month = _month(parts)
        day = parts.get("d")
        if parts.get("y") is None:
            if day is None or month is None:
                return None
            return _latest(int(day), month, today), TimePrecision.DAY
        year = int(parts["y"])
        year += 2000 if year < 100 else 0
        if month is None:
            return date(year, 1, 1), TimePrecision.YEAR
        if day is None:
            return date(year, month, 1), TimePrecision.MONTH
        return date(year, month, int(day)), TimePrecision.DAY
    return None


def _month(parts: dict[str, str | None]) -> int | None:
    if word := parts.get("w"):
        return _MONTH_WORDS[word]
    number = parts.get("m")
    return int(number) if number else None


def _latest(day: int, month: int, today: date) -> date:
    """The last such day that is not ahead of us: pages leave out the year of what is recent."""
    limit = today + MAX_AHEAD
    for year in range(limit.year, limit.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue  # 29 February
        if found <= limit:
            return found
    raise ValueError("no such day")


def _offset(sign: str, hours: str, minutes: str | None) -> tzinfo:
    """Raises ValueError beyond 24 hours, as `timezone` does."""
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-span if sign == "-" else span)


def _published(day: date, clock: time | None, zone: tzinfo, precision: TimePrecision) -> Published:
    """A day, month or year is known by its first moment in Viet Nam, so that it stays that day."""
    if clock is None:
        return Published(datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC), precision)
    return Published(datetime.combine(day, clock, zone).astimezone(UTC), precision)
