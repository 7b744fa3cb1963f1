"""Which addresses webhooks may be sent to.

A webhook makes this machine call an address that somebody typed. Without a rule it would reach what no outsider can:
services on this machine, in its network, and a cloud's own addresses for its machines' secrets.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from roomstead.domain.errors import InvalidInput

LONGEST_URL = 2000
_NAT64 = IPv6Network("64:ff9b::/96")
_LOOPBACK_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
_SETTING = "ROOMSTEAD_WEBHOOK_NETWORKS"

Ip = IPv4Address | IPv6Address


class AddressRules:
    """Implements ``WebhookAddresses``: public addresses, and those in networks that the operator allows."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        """``networks`` in CIDR notation."""
        self._networks = tuple(ip_network(each) for each in networks)

    def is_own(self, address: Ip) -> bool:
        """Whether it lies in a network that the operator allows."""
        return any(address in each for each in self._networks)

    def permits(self, address: Ip) -> bool:
        """Whether it may be called."""
        return self.is_own(address) or _is_public(address)

    def checked(self, url: str) -> str:
        """The address as it is kept. Where a name leads is looked at with every delivery, not here."""
        typed = url.strip()
        mistake = self._mistake(typed)
        if mistake:
            raise InvalidInput({"url": mistake})
        return typed

    def _mistake(self, url: str) -> str:
        if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
            return f"Write the address in at most {LONGEST_URL} ASCII characters, without spaces."
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            return "This is no address like https://example.com/hook."
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            return "Write a whole address like https://example.com/hook."
        if parts.username is not None or parts.password is not None or parts.fragment:
            return "Leave out user, password and what follows a #. Messages are signed instead."
        return self._host_mistake(parts, parts.hostname)

    def _host_mistake(self, parts: SplitResult, host: str) -> str:
        if parts.scheme == "http" and not self._networks:
            return f"Use https. Without it only networks in {_SETTING} are called."
        try:
            address: Ip | None = ip_address(host)
        except ValueError:
            address = ip_address("127.0.0.1") if host in _LOOPBACK_NAMES else None
        if address is not None and not self.permits(address):
            return f"This address is not public. Only the operator can allow it, in {_SETTING}."
        return ""


def _is_public(address: Ip) -> bool:
    """Whether it is an address of the public internet; what carries an IPv4 address inside is judged by that."""
    inner = _carried(address)
    if inner is not None:
        return _is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _carried(address: Ip) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
