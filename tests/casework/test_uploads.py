"""What may be attached: told by content, bounded, and without what a picture says of itself."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from langnghe.casework.roles import Refused
from langnghe.casework.uploads import (
    ENDINGS,
    MEDIA_TYPES,
    MOST_BYTES,
    NAME_CHARACTERS,
    checked_upload,
)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
WORD = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"<w:document/>",
    "word/_rels/document.xml.rels": b'<Relationships><Relationship Id="rId1" Type="http://schemas.'
    b'openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="https://laichau.gov.'
    b'vn" TargetMode="External"/></Relationships>',
}


def picture(kind: str, **said: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, kind, **said)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX = packed(WORD)


@pytest.mark.parametrize(
    ("content", "ending"),
    [(PDF, "pdf"), (picture("PNG"), "png"), (picture("JPEG"), "jpg"), (DOCX, "docx")],
)
def test_documents_and_pictures_are_kept(content: bytes, ending: str) -> None:
    # Whatever ending the name has.
    kept = checked_upload("Thông báo 15-TB SXD.pdf", content)
    assert kept.name == f"Thông báo 15-TB SXD.{ending}"
    assert checked_upload(kept.name, kept.content).name == kept.name


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + PDF,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"\n" + PDF,
        b"GIF89a" + bytes(40),
        b"\xd0\xcf\x11\xe0" + bytes(600),
        b"PK\x05\x06" + bytes(18),
        bytes(100),
    ],
    ids=["exe", "svg", "html", "shifted", "gif", "doc", "empty zip", "zeros"],
)
def test_other_kinds_are_refused_whatever_their_name(content: bytes) -> None:
    with pytest.raises(Refused, match="Chỉ nhận tệp PDF, PNG, JPEG hoặc DOCX"):
        checked_upload("quyet-dinh.pdf", content)


def test_empty_and_large_files_are_refused() -> None:
    with pytest.raises(Refused, match="rỗng"):
        checked_upload("a.pdf", b"")
    whole = PDF.replace(b"<<>>", b" " * (MOST_BYTES - len(PDF) + 4), 1)
    assert checked_upload("a.pdf", whole).content == whole
    with pytest.raises(Refused, match="10 MB"):
        checked_upload("a.pdf", b"%PDF-" + bytes(MOST_BYTES))


@pytest.mark.parametrize("content", [PDF, picture("PNG"), picture("JPEG"), DOCX])
def test_what_was_cut_off_is_refused(content: bytes) -> None:
    with pytest.raises(Refused, match="hỏng"):
        checked_upload("a", content[: len(content) * 2 // 3])


def test_a_picture_forgets_where_it_was_taken_and_what_hides_behind_it() -> None:
    said = Image.Exif()
    said[0x010E] = "Nguyễn Văn A"
    said[0x0112] = 6
    said.get_ifd(0x8825)[1] = "N"
    jpeg = picture("JPEG", exif=said, comment=b"secret", quality=70) + b"<script>hidden</script>"
    kept = checked_upload("a.jpg", jpeg).content
    again = Image.open(BytesIO(kept))
    # Which way is up stays.
    assert dict(again.getexif()) == {0x0112: 6}
    assert "comment" not in again.info
    assert again.size == (40, 20)
    for word in (b"Nguy", b"secret", b"script"):
        assert word not in kept

    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "secret")
    png = picture("PNG", pnginfo=text, exif=said) + b"<script>hidden</script>"
    kept = checked_upload("a.png", png).content
    assert not Image.open(BytesIO(kept)).info
    for word in (b"Nguy", b"secret", b"script"):
        assert word not in kept


@pytest.mark.parametrize("side", [8_000, 12_000, 100_000])
def test_a_picture_that_would_fill_the_memory_is_refused(side: int) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(Refused, match="triệu điểm ảnh"):
        checked_upload("a.png", bomb)


def test_a_bomb_in_a_document_is_refused() -> None:
    huge = packed(WORD | {"word/media/image1.png": bytes(120 * 2**20)})
    assert len(huge) < 2**20
    with pytest.raises(Refused, match="bung ra quá lớn"):
        checked_upload("a.docx", huge)
    # The same, where the archive says of itself that it is small.
    declared = struct.pack("<I", 120 * 2**20)
    with pytest.raises(Refused, match=r"bung ra quá lớn|hỏng"):
        checked_upload("a.docx", huge.replace(declared, struct.pack("<I", 10)))
    many = packed(WORD | {f"word/{n}.xml": b"" for n in range(2_000)})
    with pytest.raises(Refused, match="bung ra quá lớn"):
        checked_upload("a.docx", many)


@pytest.mark.parametrize(
    ("part", "content", "says"),
    [
        ("word/vbaProject.bin", b"x", "macro"),
        ("word/embeddings/oleObject1.bin", b"x", "macro"),
        ("word/embeddings/setup.EXE", b"x", "macro"),
        (
            "word/_rels/settings.xml.rels",
            b'<Relationship Type="http://x/attachedTemplate" Target="e" TargetMode="External"/>',
            "nơi khác",
        ),
    ],
)
def test_a_document_that_acts_is_refused(part: str, content: bytes, says: str) -> None:
    with pytest.raises(Refused, match=says):
        checked_upload("a.docx", packed(WORD | {part: content}))


def test_another_archive_is_no_document() -> None:
    with pytest.raises(Refused, match="không phải văn bản DOCX"):
        checked_upload("a.docx", packed({"a.txt": b"a"}))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("virus.pdf.exe", "virus-pdf-exe.pdf"),
        ("CON.pdf", "tep-CON.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "tep.pdf"),
        ("...pdf", "tep.pdf"),
        ("ảnh\u202egnp.exe", "ảnhgnp-exe.pdf"),
        ("a\0b\r\nc.pdf", "ab-c.pdf"),
        ('x" onload="y.pdf', "x- onload-y.pdf"),
        ("<b>đường</b>.pdf".replace("/", ""), "b-đường-b.pdf"),
    ],
)
def test_names_are_cleaned(name: str, kept: str) -> None:
    assert checked_upload(name, PDF).name == kept


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x.pdf", "/x.pdf", "a/b.pdf"])
def test_a_path_in_the_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="đường dẫn"):
        checked_upload(name, PDF)


@given(st.text(max_size=200))
@example("a" * 500)
def test_any_name_becomes_one_that_can_be_handed_out(name: str) -> None:
    try:
        kept = checked_upload(name, PDF).name
    except Refused:
        assert "/" in name or "\\" in name
        return
    stem, _, ending = kept.rpartition(".")
    assert ending == "pdf"
    assert 1 <= len(stem) <= NAME_CHARACTERS + len("tep-")
    assert kept == kept.strip()
    assert not set(kept) & set('/\\"<>:*?|;\r\n\0')
    assert not kept.startswith((".", "-"))
    assert checked_upload(kept, PDF).name == kept


@given(
    st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"]),
    st.binary(),
)
def test_no_content_does_harm_to_the_check(start: bytes, rest: bytes) -> None:
    try:
        kept = checked_upload("a.pdf", start + rest)
    except Refused:
        return
    assert kept.name == "a.pdf"


def test_each_kind_has_a_safe_type() -> None:
    assert set(MEDIA_TYPES) == set(ENDINGS) - {"jpeg"}
    assert not any("html" in kind or "svg" in kind for kind in MEDIA_TYPES.values())
