from __future__ import annotations

import socket
from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from langnghe.core.settings import SOURCE
from langnghe.crawler.guard import Fence, GuardedResolver, Refusal, is_public, resolving
from langnghe.crawler.visit import HttpSource


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.9", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::7", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        "not an address",
    ],
)
def test_addresses_inside_a_network_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "113.160.92.202", "2402:800:20ff::1", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


def _source(**more: Any) -> HttpSource:
    entry = {
        "name": "bao",
        "title": "Báo",
        "channel": "feed",
        "feeds": ["https://bao.example/rss"],
        **more,
    }
    parsed = SOURCE.validate_python(entry)
    assert isinstance(parsed, HttpSource)
    return parsed


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://bao.example/tin-1.html", None),
        ("http://BAO.example:80/tin-1.html", None),
        ("https://anh.bao.example/tin-1.html", None),
        ("https://khac.example/tin-1.html", Refusal.FOREIGN_HOST),
        ("https://bao.example.evil.example/", Refusal.FOREIGN_HOST),
        ("https://www.bao.example/", Refusal.FOREIGN_HOST),
        ("https://bao.example:22/", Refusal.FOREIGN_HOST),
        ("https://bao.example:99999/", Refusal.SCHEME),
        ("ftp://bao.example/tin", Refusal.SCHEME),
        ("file:///etc/passwd", Refusal.SCHEME),
        ("javascript:alert(1)", Refusal.SCHEME),
        ("https://ai:mk@bao.example/", Refusal.SCHEME),
        ("https://[bad/", Refusal.SCHEME),
        ("", Refusal.SCHEME),
        ("https://bao.example/author/nguyen-van-a/", Refusal.PERSONAL_PAGE),
    ],
)
def test_the_fence(url: str, refusal: Refusal | None) -> None:
    fence = Fence.of(_source(allowed_domains=["anh.bao.example"]))
    assert fence.refusal(url) is refusal


def test_a_port_that_an_entry_names_is_allowed() -> None:
    fence = Fence.of(_source(feeds=["https://bao.example:8443/rss"]))
    assert fence.refusal("https://bao.example:8443/tin") is None
    assert fence.refusal("https://bao.example:9000/tin") is Refusal.FOREIGN_HOST


def test_a_written_private_address_needs_leave() -> None:
    feeds = {"feeds": ["http://192.168.1.7/rss"]}
    assert Fence.of(_source(**feeds)).refusal("http://192.168.1.7/a") is Refusal.PRIVATE_ADDRESS
    allowed = Fence.of(_source(**feeds, allow_private_network=True))
    assert allowed.refusal("http://192.168.1.7/a") is None


class _Reactor:
    """A reactor whose names resolve to what a test says."""

    def __init__(self, *addresses: Any) -> None:
        self.addresses = addresses
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, *_: Any) -> None:  # noqa: N802
        receiver.resolutionBegan(None)
        for address in self.addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()

    def installNameResolver(self, resolver: Any) -> None:  # noqa: N802
        self.nameResolver = resolver


class _Receiver:
    def __init__(self) -> None:
        self.got: list[Any] = []
        self.complete = False

    def resolutionBegan(self, _: Any) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.got.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.complete = True


def _resolve(reactor: _Reactor) -> _Receiver:
    receiver = _Receiver()
    reactor.nameResolver.resolveHostName(receiver, "ten.example", 80, None, "TCP")
    assert receiver.complete
    return receiver


def test_only_public_addresses_of_a_name_are_connected_to() -> None:
    reactor = _Reactor(
        IPv4Address("TCP", "127.0.0.1", 80),
        IPv4Address("TCP", "8.8.8.8", 80),
        IPv6Address("TCP", "::ffff:10.0.0.1", 80),
    )
    GuardedResolver.from_crawler(None, reactor).install_on_reactor()
    with resolving(private_allowed=False) as resolution:
        assert _resolve(reactor).got == ["8.8.8.8"]
        assert resolution.refused == ["127.0.0.1", "::ffff:10.0.0.1"]
    with resolving(private_allowed=True) as resolution:
        assert len(_resolve(reactor).got) == 3
        assert resolution.refused == []
    assert _resolve(reactor).got == ["8.8.8.8"], "outside a request the guard holds as well"


def test_a_name_that_answers_differently_a_second_time_gains_nothing() -> None:
    reactor = _Reactor(IPv4Address("TCP", "8.8.8.8", 80))
    GuardedResolver.from_crawler(None, reactor).install_on_reactor()
    with resolving(private_allowed=False):
        assert _resolve(reactor).got == ["8.8.8.8"]
        reactor.addresses = (IPv4Address("TCP", socket.inet_ntoa(b"\x7f\0\0\1"), 80),)
        assert _resolve(reactor).got == []
