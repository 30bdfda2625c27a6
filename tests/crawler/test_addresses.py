"""One spelling for each page, and no pages of people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.crawler.addresses import (
    canonical,
    first_page,
    is_personal,
    public_page,
    resolve,
    same_site,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HTTPS://Bao.Example", "https://bao.example/"),
        ("https://bao.example:443/a", "https://bao.example/a"),
        ("http://bao.example:8101/a#binh-luan", "http://bao.example:8101/a"),
        ("https://bao.example/a?utm_source=x&utm_medium=y&fbclid=z", "https://bao.example/a"),
        ("https://bao.example/a?b=2&a=1&gclid=3", "https://bao.example/a?a=1&b=2"),
        ("https://bao.example/a?a=&b=1", "https://bao.example/a?a=&b=1"),
        ("https://bao.example/thể-thao/", "https://bao.example/th%E1%BB%83-thao/"),
        ("https://bao.example/th%e1%bb%83-thao/", "https://bao.example/th%E1%BB%83-thao/"),
        ("https://bao.example/a/../b/./c", "https://bao.example/b/c"),
        ("https://f.example/viewtopic.php?t=1&sid=abc", "https://f.example/viewtopic.php?t=1"),
        ("https://f.example/a;jsessionid=AB12?x=1", "https://f.example/a?x=1"),
        ("http://[::1]:8101/a", "http://[::1]:8101/a"),
    ],
)
def test_canonical(written: str, expected: str) -> None:
    assert canonical(written) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "/a",
        "mailto:a@b.example",
        "javascript:void(0)",
        "file:///etc/passwd",
        "https://",
        "https://canary@bao.example/",
        "https://a:b@bao.example/",
        "https://bao.example:99999/",
        "http://[::1/",
        "https://bao.example/" + "a" * 3000,
    ],
)
def test_what_is_no_page_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(written)


@pytest.mark.parametrize(
    "url",
    [
        "https://m.example/@canary_handle_9x7",
        "https://m.example/@canary_handle_9x7/1150",
        "https://m.example/users/canary/statuses/1",
        "https://f.example/u/canary",
        "https://f.example/members/canary.990/",
        "https://f.example/thanh-vien/canary",
        "https://b.example/author/canary",
        "https://b.example/tac-gia/canary-1",
        "https://b.example/tac-gia-123.html",
        "https://b.example/?author=3",
        "https://f.example/memberlist.php?mode=viewprofile&u=5",
        "https://f.example/member.php?u=5",
        "https://f.example/index.php?action=profile;u=5",
        "https://x.example/profile.php?id=5",
        "https://x.example/~canary/",
        "https://x.example/%40canary",
        "https://secure.gravatar.com/avatar/1",
        "http://[",
    ],
)
def test_pages_of_people(url: str) -> None:
    assert is_personal(url)
    assert resolve("https://b.example/", url) is None
    assert public_page(url, "https://b.example/bai#x") == "https://b.example/bai"


@pytest.mark.parametrize(
    "url",
    [
        "https://b.example/tac-gia-cuon-sach-ve-binh-lu.html",
        "https://b.example/nguoi-dung-dau-xa.html",
        "https://b.example/profile-xa-binh-lu-2026.html",
        "https://f.example/threads/thanh-vien-moi.5/",
        "https://m.example/tags/binhlu",
        "https://b.example/bai?id=5",
    ],
)
def test_pages_of_no_one(url: str) -> None:
    assert not is_personal(url)
    assert public_page(url, "https://b.example/") == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://b.example/bai-7.html/comment-page-2#comment-9", "http://b.example/bai-7.html"),
        ("http://b.example/bai/comment-page-2/#comment-9", "http://b.example/bai/"),
        ("http://b.example/?p=7&cpage=2#comment-9", "http://b.example/?p=7"),
        ("https://f.example/threads/a.1/page-3#post-9", "https://f.example/threads/a.1/"),
        ("https://f.example/threads/a.1/page-3/", "https://f.example/threads/a.1/"),
        ("https://b.example/tin/page/3/", "https://b.example/tin/"),
        ("https://f.example/threads/a.1/", "https://f.example/threads/a.1/"),
        ("https://f.example/threads/a.1/latest", "https://f.example/threads/a.1/"),
        ("https://f.example/viewtopic.php?t=5&start=20", "https://f.example/viewtopic.php?t=5"),
        ("https://f.example/index.php?topic=5.40", "https://f.example/index.php?topic=5.0"),
        ("https://f.example/t/a/5?page=2", "https://f.example/t/a/5"),
    ],
)
def test_first_page(url: str, expected: str) -> None:
    assert first_page(url) == expected


def test_a_site_is_the_same_with_and_without_www() -> None:
    assert same_site("https://www.bao.example/a", "http://bao.example/b")
    assert not same_site("https://bao.example/", "https://bao.example.evil.example/")
    assert not same_site("", "")


@settings(max_examples=200)
@given(st.text(max_size=80) | st.text(max_size=60).map(lambda t: f"https://bao.example/{t}"))
def test_canonical_is_settled_and_nothing_else_goes_wrong(text: str) -> None:
    found = resolve("https://bao.example/muc/", text)
    assert isinstance(is_personal(text), bool)
    if found is not None:
        assert canonical(found) == found
        assert first_page(first_page(found)) == first_page(found)
