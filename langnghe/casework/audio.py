"""Audio files that may be attached: MP3, OGG and WAV, told by their content.

They are going to be public, so what a phone or program wrote beside the sound (who, where, with
what) is taken out: of MP3 and WAV only the sound itself is kept. An OGG file that says more about
itself than what made it is refused.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Final

from langnghe.casework.roles import Refused
from langnghe.casework.uploads import Upload, clean_name

MOST_BYTES: Final = 20 * 1024 * 1024
AUDIO_TYPES: Final[Mapping[str, str]] = {
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
}
"""By the ending of a kept file's name: with what type it is handed out."""
FEWEST_FRAMES: Final = 10
"""MP3 frames (of about 26 ms) in a row: fewer may look like sound by chance."""

_OTHER: Final = (
    "Chỉ nhận tệp ghi âm MP3, OGG hoặc WAV; tệp này không phải một trong các loại đó, dù tên tệp "
    "ghi thế nào. Hãy xuất lại thành MP3 rồi đính kèm."
)
_BROKEN: Final = "Tệp ghi âm bị hỏng hoặc tải chưa hết. Hãy nghe thử, xuất lại rồi đính kèm."


def checked_audio(name: str, content: bytes) -> Upload:
    """The file as it may be kept.

    Args:
        name: as it came.
        content: as it came.

    Raises:
        Refused: it is empty, too large, of no kind that is kept, damaged, says things about
            itself that cannot be taken out, or its name holds a path.
    """
    if not content:
        raise Refused("Tệp rỗng (0 byte) nên không đính kèm được. Hãy kiểm tra và chọn lại tệp.")
    if len(content) > MOST_BYTES:
        raise Refused(
            f"Tệp ghi âm lớn quá {MOST_BYTES // 2**20} MB. Hãy xuất lại thành MP3 64 kbit/giây: "
            "40 phút đọc vừa đủ."
        )
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        ending, check = "wav", _wav
    elif content.startswith(b"OggS"):
        ending, check = "ogg", _ogg
    elif content.startswith(b"ID3") or _frame_bytes(content, 0):
        ending, check = "mp3", _mp3
    else:
        raise Refused(_OTHER)
    kept_name = clean_name(name, ending, tuple(AUDIO_TYPES))
    sound: Callable[[bytes], bytes] = check
    return Upload(kept_name, sound(content))


# --- WAV ---------------------------------------------------------------------------------------


def _wav(content: bytes) -> bytes:
    out = BytesIO()
    try:
        with wave.open(BytesIO(content)) as source:
            sound = source.readframes(source.getnframes())
            if not sound or len(sound) < source.getnframes() * source.getsampwidth():
                raise Refused(_BROKEN)
            with wave.open(out, "wb") as kept:
                kept.setnchannels(source.getnchannels())
                kept.setsampwidth(source.getsampwidth())
                kept.setframerate(source.getframerate())
                kept.writeframes(sound)
    except (wave.Error, EOFError, OSError, RuntimeError, ValueError, ZeroDivisionError):
        # All of these are what `wave` raises for damaged files and for other than plain sound.
        raise Refused(_BROKEN) from None
    return out.getvalue()


# --- MP3: ISO/IEC 11172-3 and 13818-3, Layer III -----------------------------------------------

_RATES: Final = (44_100, 48_000, 32_000)
_KILOBITS: Final[Mapping[bool, tuple[int, ...]]] = {
    # Whether it is MPEG 1, and by the four bits of the header; 0 and 15 are not to be used.
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _frame_bytes(content: bytes, at: int) -> int:
    """How long the frame is that begins there; 0: none does."""
    if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] & 0xE6 != 0xE2:
        return 0
    version = content[at + 1] >> 3 & 3
    """0: MPEG 2.5, 2: MPEG 2, 3: MPEG 1."""
    bits, rate = content[at + 2] >> 4, content[at + 2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return 0
    first = version == 3
    hertz = _RATES[rate] >> {3: 0, 2: 1, 0: 2}[version]
    padding = content[at + 2] >> 1 & 1
    return (144 if first else 72) * _KILOBITS[first][bits] * 1000 // hertz + padding


def _mp3(content: bytes) -> bytes:
    at = _after_tags(content)
    start, frames = at, 0
    while (size := _frame_bytes(content, at)) and at + size <= len(content):
        at += size
        frames += 1
    # What follows may be a tag, or a last frame that is cut short; it may not be most of the file.
    if frames < FEWEST_FRAMES or len(content) - at > max(at - start, 4096):
        raise Refused(_BROKEN)
    return content[start:at]


def _after_tags(content: bytes) -> int:
    """Where the sound begins, behind ID3v2 tags and the zeros that some programs write."""
    at = 0
    while content[at : at + 3] == b"ID3" and at + 10 <= len(content):
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        footer = 10 if content[at + 5] & 0x10 else 0
        at += 10 + size + footer
    while at < len(content) and content[at] == 0:
        at += 1
    return at


# --- OGG: RFC 3533, with Vorbis or Opus (RFC 7845) ---------------------------------------------

_HEADS: Final = (b"OpusHead", b"\x01vorbis")
_TAGS: Final = (b"OpusTags", b"\x03vorbis")
_HARMLESS: Final = (b"encoder=",)
"""Comments that say only what made the file."""


def _ogg(content: bytes) -> bytes:
    packets = _packets(content)
    try:
        head, tags = next(packets), next(packets)
        for _ in packets:  # Every page is whole.
            pass
    except StopIteration:
        raise Refused(_BROKEN) from None
    if not (head.startswith(_HEADS) and tags.startswith(_TAGS)):
        raise Refused(_OTHER)
    if any(not comment.lower().startswith(_HARMLESS) for comment in _comments(tags)):
        raise Refused(
            "Tệp OGG còn kèm thông tin ngoài tiếng nói (tên bài, người thu, nơi thu…). Hãy xuất "
            "lại thành MP3 hoặc WAV rồi đính kèm."
        )
    return content


def _packets(content: bytes) -> Iterator[bytes]:
    """The packets of the one stream that the file may hold."""
    at, packet, serial = 0, b"", content[14:18]
    while at < len(content):
        header = content[at : at + 27]
        if len(header) < 27 or header[:5] != b"OggS\0" or header[14:18] != serial:
            raise Refused(_BROKEN)
        sizes = content[at + 27 : at + 27 + header[26]]
        at += 27 + header[26]
        if len(sizes) < header[26] or at + sum(sizes) > len(content):
            raise Refused(_BROKEN)
        for size in sizes:
            packet += content[at : at + size]
            at += size
            if size < 255:
                yield packet
                packet = b""


def _comments(tags: bytes) -> list[bytes]:
    at = len(_TAGS[0]) if tags.startswith(_TAGS[0]) else len(_TAGS[1])

    def field() -> bytes:
        nonlocal at
        size = int.from_bytes(tags[at : at + 4], "little")
        value = tags[at + 4 : at + 4 + size]
        if len(value) < size or at + 4 > len(tags):
            raise Refused(_BROKEN)
        at += 4 + size
        return value

    field()  # The name of the program that made it.
    count = int.from_bytes(tags[at : at + 4], "little")
    at += 4
    if count > len(tags):
        raise Refused(_BROKEN)
    return [field() for _ in range(count)]
