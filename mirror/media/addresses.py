"""Which machines may be connected to: the public ones, and the mirrored site's own.

The check is made where a socket is made, of the very address that it will connect to: neither a
redirect, nor a name that resolves otherwise the second time, nor an odd spelling gets past it.
"""

import errno
import ipaddress
import socket
from collections.abc import Collection, Iterable

from aiohttp.abc import AbstractResolver

# (address as text, port)
Endpoint = tuple[str, int]
AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052, 2.1
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")  # RFC 8215: always someone's own network
# What is not everybody's, but `ipaddress` of some Python 3.11 takes for public: RFC 6890 (with
# Oracle's metadata service), RFC 9637; and Azure's platform service, at a public address.
_OTHERS = tuple(
    ipaddress.ip_network(net) for net in ("192.0.0.0/24", "3fff::/20", "168.63.129.16/32")
)
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291, 2.5.5.1, deprecated


class ForbiddenAddress(OSError):
    """Raised by `Gate` for an address that is not to be connected to."""

    def __init__(self, address: str) -> None:
        super().__init__(errno.EACCES, f"{address} is not a public address")
        self.address = address


def is_public(address: str) -> bool:
    """Whether an IP address is a machine on the public Internet, for everybody the same.

    Not so: private, loopback, link-local (with the clouds' metadata service at 169.254.169.254),
    shared (RFC 6598), multicast, reserved and documentation addresses, and IPv6 addresses that
    stand for such an IPv4 one (mapped, NAT64, 6to4, Teredo).

    >>> [is_public(a) for a in ("1.1.1.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "100.64.0.1")]
    [True, False, False, False]
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip in _NAT64_LOCAL or ip in _COMPATIBLE or ip.is_site_local:
            return False
    if any(ip in net for net in _OTHERS):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    if ip.teredo is not None:
        return ip.teredo[1]
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


class Gate:
    """Makes the sockets of an HTTP client, for addresses that may be connected to.

    `exempt` are (address, port) pairs let through although not public: where the mirrored site
    itself lives. `allow_private` lets everything through.
    """

    def __init__(self, exempt: Iterable[Endpoint] = (), *, allow_private: bool = False) -> None:
        self._exempt: Collection[Endpoint] = frozenset(exempt)
        self._allow_private = allow_private

    def __call__(self, info: AddressInfo) -> socket.socket:
        """A socket for `info`, as `aiohttp.TCPConnector(socket_factory=…)` wants it.

        Raises ForbiddenAddress.
        """
        family, kind, protocol, _, endpoint = info
        address, port = endpoint[0], endpoint[1]
        if not (self._allow_private or is_public(address) or (address, port) in self._exempt):
            raise ForbiddenAddress(address)
        return socket.socket(family, kind, protocol)


async def home_of(resolver: AbstractResolver, host: str, port: int) -> frozenset[Endpoint]:
    """The non-public endpoints at which a site lives; none for a site on the Internet, or if its
    host cannot be resolved.

    A site on port 80 is reached on 443 of the same machine too, and the other way about.
    """
    ports = {80: (80, 443), 443: (443, 80)}.get(port, (port,))
    try:
        addresses = [str(ipaddress.ip_address(host))]
    except ValueError:
        try:
            found = await resolver.resolve(host, port, socket.AF_UNSPEC)
        except OSError:
            return frozenset()
        addresses = [entry["host"] for entry in found]
    return frozenset((a, p) for a in addresses if not is_public(a) for p in ports)
