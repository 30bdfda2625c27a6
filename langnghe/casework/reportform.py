"""The form of a field report, with the fields of domain.md §2.4.

The people who were heard are groups, never persons, and every word typed is masked like a post's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from langnghe.casework.roles import Refused
from langnghe.core.text import clean

TEXT_CHARACTERS: Final = 5_000
"""Longest text of one field: two pages, more than any form on paper has room for."""
MOST_STREAMS: Final = 10

Mask = Callable[[str], str]
"""Takes personal data out of a text that `core.text.clean` has left; in use it is
`crawler.deidentify`."""


class Origin(StrEnum):
    """How it came to the collaborator's ears."""

    DIRECT = "direct"
    MEETING = "meeting"
    LOUDSPEAKER = "loudspeaker"
    SOCIAL_MEDIA = "social_media"
    PRESS = "press"


class Inclination(StrEnum):
    """Khuynh hướng of a stream of opinion (domain.md §2.1)."""

    APPROVING = "approving"
    OPPOSED = "opposed"
    CONCERNED = "concerned"
    HESITANT = "hesitant"
    UNCLEAR = "unclear"


class Width(StrEnum):
    """How widely an opinion is held: in words, for nobody has counted."""

    NEARLY_ALL = "nearly_all"
    MOST = "most"
    MANY = "many"
    SOME = "some"


class Intensity(StrEnum):
    """Cường độ: how strongly people feel."""

    NORMAL = "normal"
    INTERESTED = "interested"
    UPSET = "upset"


ORIGIN_NAMES: Final[Mapping[Origin, str]] = {
    Origin.DIRECT: "Nghe trực tiếp",
    Origin.MEETING: "Họp thôn, bản",
    Origin.LOUDSPEAKER: "Loa truyền thanh",
    Origin.SOCIAL_MEDIA: "Mạng xã hội",
    Origin.PRESS: "Báo chí",
}
INCLINATION_NAMES: Final[Mapping[Inclination, str]] = {
    Inclination.APPROVING: "Tán thành",
    Inclination.OPPOSED: "Phản đối",
    Inclination.CONCERNED: "Băn khoăn",
    Inclination.HESITANT: "Lưỡng lự",
    Inclination.UNCLEAR: "Chưa rõ thái độ",
}
WIDTH_NAMES: Final[Mapping[Width, str]] = {
    Width.NEARLY_ALL: "Tuyệt đại đa số",
    Width.MOST: "Đa số",
    Width.MANY: "Nhiều ý kiến",
    Width.SOME: "Một số ý kiến",
}
INTENSITY_NAMES: Final[Mapping[Intensity, str]] = {
    Intensity.NORMAL: "Bình thường",
    Intensity.INTERESTED: "Quan tâm",
    Intensity.UPSET: "Bức xúc",
}
FIELD_NAMES: Final[Mapping[str, str]] = {
    "unit": "Đơn vị (thôn, bản)",
    "noted_at": "Thời điểm ghi nhận",
    "topic": "Lĩnh vực",
    "content": "Nội dung vấn đề, sự việc",
    "origins": "Nguồn",
    "link": "Đường dẫn",
    "place": "Địa bàn",
    "groups": "Đối tượng (nhóm)",
    "streams": "Các luồng ý kiến",
    "intensity": "Cường độ",
    "unverified": "Có thông tin chưa kiểm chứng",
    "causes": "Nguyên nhân",
    "proposals": "Đề xuất, kiến nghị",
    "urgent": "Báo cáo nhanh",
    "attachments": "Tài liệu kèm theo",
}
"""The fields of a `Form` as the form and the refusals call them."""

REQUIRED: Final = (
    "unit",
    "noted_at",
    "topic",
    "content",
    "origins",
    "place",
    "streams",
    "intensity",
)
"""What a report cannot be handed in without; the other fields may have nothing to say."""


@dataclass(frozen=True, slots=True)
class ReportedStream:
    """Like opinions, as the collaborator heard them."""

    text: str = ""
    inclination: Inclination | None = None
    width: Width | None = None

    @property
    def is_complete(self) -> bool:
        """Whether it says what, with which inclination and how widely."""
        return bool(self.text) and self.inclination is not None and self.width is not None


@dataclass(frozen=True, slots=True)
class Form:
    """What the collaborator fills in; what is not filled in yet is empty or None."""

    unit: str = ""
    noted_at: datetime | None = None
    topic: str = ""
    """Id of a configured topic."""
    content: str = ""
    origins: tuple[Origin, ...] = ()
    link: str = ""
    """To a public page; one that leads to a person is masked."""
    place: str = ""
    """Id of a place."""
    groups: str = ""
    """Kinds of people concerned, such as tea growers."""
    streams: tuple[ReportedStream, ...] = ()
    intensity: Intensity | None = None
    unverified: bool = False
    """The content holds something that somebody should check."""
    causes: str = ""
    proposals: str = ""
    urgent: bool = False
    """Handed in at once, not with the month's other reports."""
    attachments: str = ""
    """What there is besides, and where it lies. Files themselves are not taken in: faces and
    names in a picture cannot be masked."""


def missing_fields(form: Form) -> Iterator[str]:
    """What is to be filled in before the form can be handed in, as the form calls it."""
    for name in REQUIRED:
        streams_lack = name == "streams" and not all(one.is_complete for one in form.streams)
        if not getattr(form, name) or streams_lack:
            yield FIELD_NAMES[name]


_IDS: Final = ("topic", "place")
_ID: Final = re.compile("[a-z0-9/-]{0,100}")


def masked_form(form: Form, mask: Mask) -> Form:
    """The form without personal data. Takes every field that is text, so that none is forgotten.

    Raises:
        Refused: a text is too long, there are too many streams, or an id is none.
    """
    for name in _IDS:
        if not _ID.fullmatch(getattr(form, name)):
            raise Refused(f"{FIELD_NAMES[name]} không có trong danh mục. Hãy chọn trong danh mục.")
    if len(form.streams) > MOST_STREAMS:
        raise Refused(f"Phiếu có quá {MOST_STREAMS} luồng ý kiến. Hãy gộp các ý kiến giống nhau.")
    texts: dict[str, Any] = {
        one.name: masked_text(FIELD_NAMES[one.name], value, mask)
        for one in fields(form)
        # Enumerated values are a kind of str, too, and nobody typed them.
        if one.name not in _IDS and type(value := getattr(form, one.name)) is str
    }
    streams = tuple(
        replace(stream, text=masked_text(FIELD_NAMES["streams"], stream.text, mask))
        for stream in form.streams
    )
    return replace(form, **texts, streams=streams)


def masked_text(name: str, text: str, mask: Mask) -> str:
    """What was typed into the field `name`, cleaned and without personal data.

    Raises:
        Refused: it is longer than `TEXT_CHARACTERS`.
    """
    if len(text) > TEXT_CHARACTERS:
        raise Refused(f"{name} dài quá {TEXT_CHARACTERS} ký tự. Hãy viết ngắn lại.")
    return mask(clean(text)).strip()
