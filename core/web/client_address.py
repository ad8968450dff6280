"""Who is asking? Behind proxies, the connection is the proxy's, and a header that anybody can write says the rest."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

HOME_NETWORK = 64


def client_address(request: HttpRequest) -> str:
    """The visitor's address as the outermost of our PROXY_COUNT proxies saw it; what a visitor wrote into the header before is ignored.

    Each proxy appends the address it was called from, so ours are the last PROXY_COUNT. When the header has fewer, or no address stands
    there, the request did not come the configured way, and the connection's own address counts. Empty when that is none either.
    """
    count = settings.PROXY_COUNT
    if count > 0:
        told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(told) >= count and (address := _address(told[-count])):
            return address
    return _address(request.META.get("REMOTE_ADDR", ""))


def network(address: str) -> str:
    """What to count by: an IPv4 address is one, an IPv6 address is its /64, because each home has that many of them."""
    if ":" not in address:
        return address
    return str(ip_network((address, HOME_NETWORK), strict=False))


def _address(told: str) -> str:
    """The address in its one written form, without a port or brackets; empty when it is none."""
    if told.startswith("["):
        told = told[1:].partition("]")[0]
    elif told.count(":") == 1:
        told = told.partition(":")[0]
    try:
        address = ip_address(told)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address).partition("%")[0]
