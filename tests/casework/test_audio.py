"""Audio files: real ones are kept without what they say of themselves, others refused in words."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.audio import AUDIO_TYPES, MOST_BYTES, checked_audio
from langnghe.casework.roles import Refused

SOUNDS = Path(__file__).with_name("sounds")
"""0.6 s of a tone, made with libsndfile (LAME, Vorbis, Opus); the MP3 with tags in it."""


def sound(name: str) -> bytes:
    return (SOUNDS / name).read_bytes()


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("tone.mp3", "Bản đọc.mp3"),
        ("tone-vorbis.ogg", "Bản đọc.ogg"),
        ("tone-opus.ogg", "Bản đọc.ogg"),
        ("tone.wav", "Bản đọc.wav"),
    ],
)
def test_real_files_are_told_by_their_content(file: str, name: str) -> None:
    kept = checked_audio("Bản đọc.mp3", sound(file))
    assert kept.name == name
    assert checked_audio(kept.name, kept.content) == kept


def test_what_an_mp3_says_of_itself_is_taken_out() -> None:
    content = sound("tone.mp3")
    assert "Lò Thị Mai".encode() in content
    assert b"0912345678" in content
    kept = checked_audio("a.mp3", content).content
    assert b"ID3" not in kept
    assert b"0912345678" not in kept
    assert kept[0] == 0xFF
    assert kept in content


def test_of_a_wav_only_the_sound_is_kept() -> None:
    content = sound("tone.wav")
    told = b"INFOIART\x0b\0\0\0Lo Thi Mai\0\0"
    with_list = content + b"LIST" + len(told).to_bytes(4, "little") + told
    with_list = b"RIFF" + (len(with_list) - 8).to_bytes(4, "little") + with_list[8:]
    kept = checked_audio("a.wav", with_list).content
    assert b"Lo Thi Mai" not in kept
    with wave.open(BytesIO(kept)) as after, wave.open(BytesIO(content)) as before:
        assert after.getparams() == before.getparams()
        assert after.readframes(10_000) == before.readframes(10_000)


@pytest.mark.parametrize("file", ["tone-vorbis.ogg", "tone-opus.ogg"])
def test_an_ogg_that_says_more_of_itself_is_refused(file: str) -> None:
    content = sound(file)
    if "opus" in file:
        # No comments: the four zeros are their number, followed by what is left of the packet.
        at = content.index(b"OpusTags") + 8
        at += 4 + int.from_bytes(content[at : at + 4], "little")
        told = (1).to_bytes(4, "little") + (6).to_bytes(4, "little") + b"ARTIST"
        content = content[:at] + told + content[at + len(told) :]
    else:
        content = content.replace(b"ENCODER=lib", b"LOCATION=12")
    with pytest.raises(Refused, match=r"kèm thông tin|hỏng"):
        checked_audio("a.ogg", content)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"<html><script>",
        b"MZ\x90\0",
        b"\xff\xd8\xff\xe0JFIF",
        b"\0\0\0\x20ftypM4A ",
        b"OggS\0" + bytes(40),
        b"RIFF\0\0\0\0WAVE",
        b"ID3\x04\0\0\0\0\0\x05hello<script>",
        sound("tone.mp3")[2500:2600],
    ],
    ids=["pdf", "html", "exe", "jpeg", "m4a", "ogg", "wav", "id3", "noise"],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match=r"Chỉ nhận|bị hỏng"):
        checked_audio("a.mp3", content)


@pytest.mark.parametrize("file", ["tone.mp3", "tone-vorbis.ogg", "tone-opus.ogg", "tone.wav"])
def test_half_a_file_is_refused_or_ends_with_a_whole_frame(file: str) -> None:
    content = sound(file)
    try:
        kept = checked_audio("a", content[: len(content) // 2])
    except Refused:
        return
    # An MP3 is a row of frames: half of it is a shorter sound.
    assert file == "tone.mp3"
    assert kept.content in content


def test_empty_and_too_large_files_are_refused() -> None:
    with pytest.raises(Refused, match="rỗng"):
        checked_audio("a.mp3", b"")
    with pytest.raises(Refused, match="20 MB"):
        checked_audio("a.mp3", sound("tone.mp3") + bytes(MOST_BYTES))


def test_something_else_behind_the_sound_is_not_kept() -> None:
    kept = checked_audio("a.mp3", sound("tone.mp3") + b"<script>alert(1)</script>")
    assert b"script" not in kept.content
    with pytest.raises(Refused, match="bị hỏng"):
        checked_audio("a.mp3", sound("tone.mp3") + b"PK\x03\x04" * 5_000)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\a.mp3"])
def test_a_path_is_no_name(name: str) -> None:
    with pytest.raises(Refused, match="đường dẫn"):
        checked_audio(name, sound("tone.mp3"))


@given(
    st.one_of(
        st.binary(max_size=300),
        st.binary(max_size=300).map(lambda tail: b"OggS\0" + tail),
        st.binary(max_size=300).map(lambda tail: b"RIFF0000WAVE" + tail),
        st.binary(max_size=300).map(lambda tail: b"ID3" + tail),
        st.tuples(
            st.sampled_from(["tone.mp3", "tone-opus.ogg", "tone-vorbis.ogg", "tone.wav"]),
            st.integers(0, 1700),
            st.binary(min_size=1, max_size=8),
        ).map(
            lambda some: (
                sound(some[0])[: some[1]] + some[2] + sound(some[0])[some[1] + len(some[2]) :]
            )
        ),
    )
)
def test_any_bytes_are_kept_or_refused(content: bytes) -> None:
    try:
        kept = checked_audio("a.bin", content)
    except Refused:
        return
    assert kept.name.rpartition(".")[2] in AUDIO_TYPES
