"""Language versions: a published correction or answer in another language, or read aloud.

Each belongs to one edition: when the next edition is published, it is out of date and not shown
as current. It is approved by somebody else than those who attached it. Who translated is not
kept: the institution answers for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.claimtexts import bounded, checked_line
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.casework.unpublishing import Withdrawal
from langnghe.core.text import clean, words


class Language(StrEnum):
    """BCP 47 tags of the languages spoken in the north-west, and of Vietnamese for audio."""

    VIETNAMESE = "vi"
    HMONG = "hmn"
    TAI_DAM = "blt"
    TAI = "tai"
    """Tai languages in general, where it is not said which."""
    IU_MIEN = "ium"
    LU = "khb"
    BOUYEI = "pcc"
    HANI = "hni"
    LAHU = "lhu"
    KHMU = "kjg"
    MANG = "zng"
    COONG = "cnc"
    SILA = "slt"
    KHANG = "kjm"
    TAY = "tyz"
    MUONG = "mtq"


LANGUAGE_NAMES: Final[Mapping[Language, str]] = {
    Language.VIETNAMESE: "Tiếng Việt",
    Language.HMONG: "Tiếng Mông",
    Language.TAI_DAM: "Tiếng Thái (Thái Đen)",
    Language.TAI: "Tiếng Thái",
    Language.IU_MIEN: "Tiếng Dao",
    Language.LU: "Tiếng Lự",
    Language.BOUYEI: "Tiếng Giáy",
    Language.HANI: "Tiếng Hà Nhì",
    Language.LAHU: "Tiếng La Hủ",
    Language.KHMU: "Tiếng Khơ Mú",
    Language.MANG: "Tiếng Mảng",
    Language.COONG: "Tiếng Cống",
    Language.SILA: "Tiếng Si La",
    Language.KHANG: "Tiếng Kháng",
    Language.TAY: "Tiếng Tày",
    Language.MUONG: "Tiếng Mường",
}
"""As shown on screen and on the public page."""

TITLE_CHARACTERS: Final = 150
TEXT_CHARACTERS: Final = 10_000
"""Of a translation: as long as all parts of a correction together."""


class VersionState(StrEnum):
    """Where a language version stands."""

    AWAITING_APPROVAL = "awaiting_approval"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"
    REPLACED = "replaced"
    """A later one in the same language took its place."""
    WITHDRAWN = "unpublished"
    """It was taken back by itself; what it belongs to still stands."""


UNPUBLISHED: Final = frozenset({VersionState.AWAITING_APPROVAL, VersionState.SENT_BACK})


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """Bản ngôn ngữ: a text, an audio file, or both."""

    number: int
    """Within its claim or petition, from 1; never given again."""
    edition: int
    """Number of the correction or answer that it renders."""
    language: Language
    state: VersionState
    attached_by: tuple[str, ...]
    """Everybody who had a hand in it: none of them may approve it."""
    title: str = ""
    text: str = ""
    audio: str = ""
    """SHA-256 of the file (`store.files`, under the id of the claim or petition); "": none."""
    audio_name: str = ""
    """Its name, which ends with the kind: .mp3, .ogg or .wav."""
    sent_back: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    withdrawal: Withdrawal | None = None


@dataclass(frozen=True, slots=True)
class AttachVersion:
    """Hand in a version for approval.

    It takes the place of one in the same language that is not approved yet.
    """

    language: Language
    title: str = ""
    text: str = ""
    audio: str = ""
    audio_name: str = ""


@dataclass(frozen=True, slots=True)
class ApproveVersion:
    """Approve a version, which publishes it."""

    number: int


@dataclass(frozen=True, slots=True)
class SendBackVersion:
    """Do not approve a version yet."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class DropVersion:
    """Take out a version that was not published."""

    number: int


@dataclass(frozen=True, slots=True)
class WithdrawVersion:
    """Take back a published version; the correction or answer itself stays."""

    number: int
    why: str


VersionAction = AttachVersion | ApproveVersion | SendBackVersion | DropVersion | WithdrawVersion

VERSION_NEEDS: Final[Mapping[type[VersionAction], Permission]] = {
    AttachVersion: Permission.DRAFT,
    ApproveVersion: Permission.APPROVE,
    SendBackVersion: Permission.APPROVE,
    DropVersion: Permission.DRAFT,
    WithdrawVersion: Permission.APPROVE,
}


def shown_versions(
    versions: tuple[LanguageVersion, ...], edition: int | None
) -> tuple[LanguageVersion, ...]:
    """What the public gets of an edition, one for each language, in the order of `Language`.

    Args:
        versions: all of a claim or petition.
        edition: the one that is published now; None: there is none, so nothing is shown.
    """
    current = [
        one for one in versions if one.edition == edition and one.state is VersionState.PUBLISHED
    ]
    order = list(Language)
    return tuple(sorted(current, key=lambda one: order.index(one.language)))


def version_files(versions: tuple[LanguageVersion, ...]) -> Mapping[str, str]:
    """The names of the audio files by their digest."""
    return {one.audio: one.audio_name for one in versions if one.audio}


def apply_to_versions(
    versions: tuple[LanguageVersion, ...],
    edition: int | None,
    action: VersionAction,
    actor: Actor,
    now: datetime,
) -> tuple[LanguageVersion, ...]:
    """The versions after the action.

    Args:
        versions: all of a claim or petition, as they stand.
        edition: the one that is published now, if any.
        action: what is to be done.
        actor: who does it.
        now: aware.

    Raises:
        Refused: the actor may not, or not now, or something is missing.
    """
    require(actor, VERSION_NEEDS[type(action)])
    if isinstance(action, AttachVersion):
        return _attached(versions, edition, action, actor)
    one = next((one for one in versions if one.number == action.number), None)
    if one is None:
        raise Refused("Bản ngôn ngữ này không còn trong hồ sơ. Hãy tải lại trang.")
    match action:
        case ApproveVersion():
            return _approved(versions, edition, one, actor, now)
        case SendBackVersion(_, why):
            _require_state(one, VersionState.AWAITING_APPROVAL)
            why = checked_line(why, "Điều cần sửa")
            return _with(versions, replace(one, state=VersionState.SENT_BACK, sent_back=why))
        case DropVersion():
            _require_state(one, *UNPUBLISHED)
            return tuple(other for other in versions if other != one)
        case WithdrawVersion(_, why):
            _require_state(one, VersionState.PUBLISHED)
            taken = Withdrawal(checked_line(why, "Lý do thu hồi"), actor.account, now)
            return _with(versions, replace(one, state=VersionState.WITHDRAWN, withdrawal=taken))


def _attached(
    versions: tuple[LanguageVersion, ...],
    edition: int | None,
    action: AttachVersion,
    actor: Actor,
) -> tuple[LanguageVersion, ...]:
    if edition is None:
        raise Refused(
            "Chưa có bản tiếng Việt nào đang công bố. Hãy công bố bản tiếng Việt trước, rồi đính "
            "kèm bản ngôn ngữ khác hoặc bản đọc."
        )
    title, text, audio_name = _checked_content(action)
    waiting = next(
        (
            one
            for one in versions
            if (one.edition, one.language) == (edition, action.language)
            and one.state in UNPUBLISHED
        ),
        None,
    )
    hands = (*(waiting.attached_by if waiting else ()), actor.account)
    attached = LanguageVersion(
        number=waiting.number if waiting else 1 + max((one.number for one in versions), default=0),
        edition=edition,
        language=action.language,
        state=VersionState.AWAITING_APPROVAL,
        attached_by=tuple(dict.fromkeys(hands)),
        title=title,
        text=text,
        audio=action.audio,
        audio_name=audio_name,
    )
    return _with(versions, attached) if waiting else (*versions, attached)


def _checked_content(action: AttachVersion) -> tuple[str, str, str]:
    """Title, text and file name, cleaned."""
    title = " ".join(bounded(clean(action.title), "Tiêu đề", TITLE_CHARACTERS).split())
    text = bounded(clean(action.text), "Nội dung", TEXT_CHARACTERS)
    name = bounded(clean(action.audio_name), "Tên tệp", 200)
    if action.language is Language.VIETNAMESE and (title or text):
        raise Refused(
            "Bản tiếng Việt đã có nội dung. Với tiếng Việt, hãy chỉ đính kèm tệp ghi âm bản đọc."
        )
    if bool(words(title)) is not bool(words(text)):
        raise Refused("Bản dịch cần cả tiêu đề và nội dung. Hãy viết phần còn thiếu.")
    if bool(action.audio) is not bool(name) or "/" in name or "\\" in name:
        raise Refused("Tệp ghi âm chưa tải lên xong. Hãy chọn lại tệp rồi đính kèm.")
    if not (text or action.audio):
        raise Refused("Chưa có gì để đính kèm. Hãy viết bản dịch hoặc chọn tệp ghi âm.")
    return title, text, name


def _approved(
    versions: tuple[LanguageVersion, ...],
    edition: int | None,
    one: LanguageVersion,
    actor: Actor,
    now: datetime,
) -> tuple[LanguageVersion, ...]:
    _require_state(one, VersionState.AWAITING_APPROVAL)
    if one.edition != edition:
        raise Refused(
            "Bản này dịch một bản đã được thay hoặc thu hồi nên không công bố được. Hãy trả lại để "
            "sửa theo bản đang công bố."
        )
    if actor.account in one.attached_by:
        raise Refused(
            "Bạn đã đính kèm bản này nên không được tự duyệt. Hãy nhờ người có quyền phê duyệt "
            "khác."
        )
    approved = replace(
        one,
        state=VersionState.PUBLISHED,
        sent_back="",
        approved_by=actor.account,
        approved_at=now,
    )
    replaced = tuple(
        replace(other, state=VersionState.REPLACED)
        if (other.edition, other.language, other.state)
        == (one.edition, one.language, VersionState.PUBLISHED)
        else other
        for other in versions
    )
    return _with(replaced, approved)


def _require_state(one: LanguageVersion, *states: VersionState) -> None:
    if one.state not in states:
        raise Refused("Bản ngôn ngữ này không còn ở bước ấy. Hãy tải lại trang để xem hiện trạng.")


def _with(
    versions: tuple[LanguageVersion, ...], changed: LanguageVersion
) -> tuple[LanguageVersion, ...]:
    """With `changed` in the place of the one with its number."""
    return tuple(changed if one.number == changed.number else one for one in versions)
