"""The site is put in place whole, and what did not change stays the very same file."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from langnghe.core.errors import LangNgheError
from langnghe.publishing import writing
from langnghe.publishing.site import Site
from langnghe.publishing.writing import Written, write_site


def site(asset: bytes = b"picture", **pages: str) -> Site:
    made = Site({f"{name}.html": text.encode() for name, text in pages.items()})
    made.assets["the-chia-se/abc.png"] = lambda: asset
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_did_not_change_is_the_same_file(tmp_path: Path) -> None:
    out = tmp_path / "www" / "site"
    written = write_site(site(a="một", b="hai"), out)
    assert written == Written(("a.html", "b.html", "the-chia-se/abc.png"), (), (), 3)
    before = {path: (out / path).stat() for path in files(out)}
    link = out.readlink()
    assert write_site(site(a="một", b="hai"), out) == Written((), (), (), 3)
    assert out.readlink() == link, "nothing was written"
    written = write_site(site(b"never asked for", a="một", c="ba"), out)
    assert written == Written(("c.html",), (), ("b.html",), 3)
    assert files(out) == {
        "a.html": "một".encode(),
        "c.html": b"ba",
        "the-chia-se/abc.png": b"picture",
    }
    for path in ("a.html", "the-chia-se/abc.png"):
        now = (out / path).stat()
        assert (now.st_ino, now.st_mtime_ns) == (before[path].st_ino, before[path].st_mtime_ns)
    assert write_site(site(a="bốn", c="ba"), out).changed == ("a.html",)


def test_the_web_server_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_site(site(a="một"), tmp_path / "site")
    finally:
        os.umask(before)
    root = (tmp_path / "site").resolve()
    assert root.stat().st_mode & 0o777 == 0o755
    assert (root / "the-chia-se").stat().st_mode & 0o777 == 0o755
    assert (root / "a.html").stat().st_mode & 0o777 == 0o644


def test_what_fails_half_way_leaves_the_old_site(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(site(a="một"), out)

    def lost() -> bytes:
        raise LangNgheError("Tệp không còn.")

    broken = site(a="hai")
    broken.assets["am-thanh/x.mp3"] = lost
    with pytest.raises(LangNgheError, match="không còn"):
        write_site(broken, out)
    assert files(out)["a.html"] == "một".encode()
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 2


def test_only_the_site_before_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "site"
    for number in range(5):
        write_site(site(a=str(number)), out)
    (tmp_path / ".site-of-somebody-else").mkdir()
    folders = {path.name for path in tmp_path.iterdir() if path.is_dir() and path != out}
    assert len(folders) == 3
    assert ".site-of-somebody-else" in folders


def test_a_reader_never_sees_half_a_site(tmp_path: Path) -> None:
    out = tmp_path / "site"
    write_site(site(a="0", b="0"), out)
    wrong: list[str] = []
    stop = threading.Event()
    begun = threading.Event()

    def read() -> None:
        while not stop.is_set():
            # What a web server does within one request.
            root = out.resolve()
            begun.set()
            a, b = (root / "a.html").read_bytes(), (root / "b.html").read_bytes()
            if a != b:
                wrong.append(f"{a!r} {b!r}")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(30):
            # Only the site before is kept: no request takes as long as it takes to publish twice.
            assert begun.wait(60)
            write_site(site(a=str(number), b=str(number)), out)
            begun.clear()
    finally:
        stop.set()
        reader.join()
    assert not wrong


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_what_somebody_else_made_is_left_alone(tmp_path: Path, what: str) -> None:
    out = tmp_path / "site"
    if what == "folder":
        out.mkdir()
        (out / "mine.html").write_text("của tôi", "utf-8")
    elif what == "file":
        out.write_text("của tôi", "utf-8")
    else:
        (tmp_path / "elsewhere").mkdir()
        out.symlink_to("elsewhere")
    with pytest.raises(LangNgheError, match="không ghi đè"):
        write_site(site(a="một"), out)
    assert not (out / "a.html").exists()


def test_an_empty_folder_and_a_broken_link_of_ours_are_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_site(site(a="một"), tmp_path / "empty")
    (tmp_path / "lost").symlink_to(".lost.0123.4567")
    write_site(site(a="một"), tmp_path / "lost")
    assert files(tmp_path / "lost") == files(tmp_path / "empty")


def test_two_writers_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PATIENCE", 0.1)
    with (
        FileLock(tmp_path / ".site.lock"),
        pytest.raises(LangNgheError, match="đang ghi"),
    ):
        write_site(site(a="một"), tmp_path / "site")
