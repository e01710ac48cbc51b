"""Which addresses are public, and which others were allowed by the environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Allowance:
    """A network, or one port of it, that may be talked to although it is not public."""

    network: Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Allowance:
        """`127.0.0.1:8000`, `10.0.0.0/8`, `[::1]:8000`; raises ValueError for anything else."""
        address, port = text.strip(), None
        if address.startswith("["):
            address, _, rest = address[1:].partition("]")
            port = int(rest.removeprefix(":")) if rest else None
        elif address.count(":") == 1:
            address, _, number = address.partition(":")
            port = int(number)
        return cls(ipaddress.ip_network(address), port)

    def covers(self, address: Address, port: int) -> bool:
        """Whether an address and port lie in it."""
        return address in self.network and self.port in (None, port)


def is_public(address: Address) -> bool:
    """Whether an address, and every address that it carries inside, is of the open internet."""
    inner: list[Address | None] = []
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
    is_open = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_open and all(is_public(carried) for carried in inner if carried is not None)
