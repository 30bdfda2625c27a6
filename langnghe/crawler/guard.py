"""Where a crawl may go: the source's own hosts, by HTTP, at addresses on the public internet.

A feed must not make us fetch inside the network (server-side request forgery), so three things
are checked, each where it cannot be gone round:

- the address as written, for every request, redirect and link (`Fence.refusal`);
- each network address that its name resolves to, in the resolver itself: the connection then
  goes to the very address that was checked, so a name that answers differently a second time
  (DNS rebinding) gains nothing, and neither does `http://2130706433/` or `[::ffff:127.0.0.1]`;
- no proxy is used, which would resolve names out of our sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IResolutionReceiver,
)
from zope.interface import implementer  # type: ignore[import-untyped]

from langnghe.core.settings import WebSource
from langnghe.crawler.addresses import is_personal

STANDARD_PORTS = frozenset({80, 443})


class Refusal(StrEnum):
    """Why an address is not fetched."""

    SCHEME = "scheme"
    """Neither http nor https, or with a user name in it."""
    FOREIGN_HOST = "foreign_host"
    """No host of the source, or a port that none of its addresses names."""
    PERSONAL_PAGE = "personal_page"
    """A page about one person (boundary 1)."""
    PRIVATE_ADDRESS = "private_address"
    """Inside the own network or machine."""
    ROBOTS = "robots"
    """Forbidden by robots.txt."""


class RefusedError(IgnoreRequest):
    """A request that must not be made. Says why, never which address."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.value)


def is_public(address: str) -> bool:
    """Whether a network address is one of the public internet.

    IPv6 addresses that carry an IPv4 address (mapped, 6to4, NAT64) count as what they carry.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(part.is_global and not part.is_multicast for part in _carried(parsed))


_NAT64 = 0x0064_FF9B << 96


def _carried(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            yield address.ipv4_mapped
            return
        if address.sixtofour is not None:
            yield address.sixtofour
        if int(address) >> 32 == _NAT64 >> 32:
            yield IPv4Address(int(address) & 0xFFFF_FFFF)
            return
    yield address


@dataclass(frozen=True)
class Fence:
    """Where one source may go."""

    hosts: frozenset[str]
    ports: frozenset[int]
    private_allowed: bool

    @classmethod
    def of(cls, source: WebSource) -> Self:
        """The fence of a source: its hosts, and the ports that its own addresses name."""
        ports = {port for url in source.urls() if (port := urlsplit(url).port) is not None}
        return cls(
            hosts=source.hosts(),
            ports=STANDARD_PORTS | ports,
            private_allowed=source.allow_private_network,
        )

    def refusal(self, url: str) -> Refusal | None:
        """Why this address may not be fetched, or None."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            return Refusal.SCHEME
        if parts.scheme.lower() not in ("http", "https") or not host or "@" in parts.netloc:
            return Refusal.SCHEME
        if host not in self.hosts or (port is not None and port not in self.ports):
            return Refusal.FOREIGN_HOST
        if not self.private_allowed and _is_literal(host) and not is_public(host):
            return Refusal.PRIVATE_ADDRESS
        if is_personal(url):
            return Refusal.PERSONAL_PAGE
        return None


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@dataclass
class Resolution:
    """What the resolver found for the request that is being sent."""

    private_allowed: bool
    refused: list[str] = field(default_factory=list)


_current: ContextVar[Resolution | None] = ContextVar("resolution", default=None)


@contextmanager
def resolving(*, private_allowed: bool) -> Iterator[Resolution]:
    """Say to the resolver what the request sent within this block may connect to."""
    resolution = Resolution(private_allowed)
    token = _current.set(resolution)
    try:
        yield resolution
    finally:
        _current.reset(token)


@implementer(IHostnameResolver)
class GuardedResolver:
    """Scrapy's `TWISTED_DNS_RESOLVER`: hands on only addresses that may be connected to.

    Names are not cached: a crawl asks a few servers once a second at most.
    """

    # zope's interfaces say nothing to a type checker about the objects that provide them.
    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._resolver: Any = reactor.nameResolver

    @classmethod
    def from_crawler(cls, _crawler: object, reactor: Any) -> Self:
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Put this resolver in the place of the reactor's own."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802  the interface's own
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        # Outside `resolving` nothing private may be reached: that is the safe default.
        resolution = _current.get() or Resolution(private_allowed=False)
        return self._resolver.resolveHostName(
            _PublicOnly(resolutionReceiver, resolution),
            hostName,
            portNumber,
            addressTypes,
            transportSemantics,
        )


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes on the addresses that may be connected to."""

    def __init__(self, receiver: Any, resolution: Resolution) -> None:
        self._receiver = receiver
        self._resolution = resolution

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        host = str(getattr(address, "host", ""))
        if self._resolution.private_allowed or is_public(host):
            self._receiver.addressResolved(address)
        else:
            self._resolution.refused.append(host)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
