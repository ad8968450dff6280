"""The IP address of a visitor, also behind proxies, where it is in a header that anybody can write."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """The visitor's address as seen by the outermost of our PROXY_COUNT proxies; anything a visitor put into the header is ignored.

    Each proxy appends the address of its client, so the last PROXY_COUNT entries are ours. If the header has fewer entries or no valid
    address there, or the connection is not from FORWARDED_ALLOW_IPS, the request did not come through our proxies, and the address of the
    connection is used. '' if that is invalid too.
    """
    count, peer = settings.PROXY_COUNT, _parse(request.META.get("REMOTE_ADDR", ""))
    if count > 0 and _is_proxy(peer, tuple(settings.FORWARDED_ALLOW_IPS)):
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(forwarded) >= count and (address := _parse(forwarded[-count])):
            return address
    return peer


def _is_proxy(peer: str, trusted: tuple[str, ...]) -> bool:
    """Whether the connection is from a trusted proxy: one on a Unix socket (which has no address), or one of these networks; "*" is all."""
    return not peer or "*" in trusted or any(ip_address(peer) in each for each in _networks(trusted))


@cache
def _networks(trusted: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(each, strict=False) for each in trusted]


def network(address: str) -> str:
    """The network to count by: an IPv4 address itself, or the /64 of an IPv6 address, which is what a household gets."""
    if ":" not in address:
        return address
    return str(ip_network((address, IPV6_PREFIX), strict=False))


def _parse(text: str) -> str:
    """The address in its canonical form, without port or brackets; '' if it is invalid."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address).partition("%")[0]
