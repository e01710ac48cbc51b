"""Which addresses are public, and which others were allowed by the environment."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
        "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Special-purpose addresses (IANA registries of RFC 6890), and site-local ones (RFC 3879). Written
out, because what the standard library knows of them differs from version to version."""


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
    """Whether an address is of the open internet. One that carries an IPv4 address, which a gateway
    would take out and send to, is not; of 6to4, if the carried one is not."""
    if any(address.version == net.version and address in net for net in _NOT_PUBLIC):
        return False
    inner = address.sixtofour if isinstance(address, ipaddress.IPv6Address) else None
    return address.is_global and not address.is_reserved and (inner is None or is_public(inner))
