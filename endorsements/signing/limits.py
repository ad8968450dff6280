"""How many endorsements may come from one place, and go to one, before somebody looks at them.

An office, a hospital or a whole country may share one network address, so nothing here refuses anybody: what comes over a limit is held
for the secretariat, and whoever sent it is told so. Counts are kept in the database (`core.web.throttle`), so that all hosts agree. Call
these outside of any transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.mail.addresses import canonical_address, mail_domain
from core.web.client_address import client_address, network
from core.web.throttle import Over, hit, peek
from endorsements.models import DeclarationPage
from members.identity.keys import is_free_mail

from .workflow import Typed

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`most` of what is counted under `scope` and a key may come in one `window`."""

    scope: str
    most: int
    window: timedelta


# Of endorsements
FROM_NETWORK = Limit("endorsements.network", 20, HOUR)  # under one declaration
TO_ADDRESS = Limit("endorsements.address", 10, DAY)
TO_DOMAIN = Limit("endorsements.domain", 60, HOUR)
TO_FREE_MAIL = Limit("endorsements.domain", 600, HOUR)  # of a provider where anybody gets an address
ON_SITE = Limit("endorsements.site", 1000, HOUR)
# Of requests for a lost link
LINKS_FROM_NETWORK = Limit("endorsements.links.network", 60, HOUR)
LINKS_TO_ADDRESS = Limit("endorsements.links.address", 5, DAY)


def network_of(request: HttpRequest) -> str:
    """An HMAC of the network that asks, the same each time it does; empty when its address is not known."""
    address = client_address(request)
    return salted_hmac("endorsements.network", network(address), algorithm="sha256").hexdigest() if address else ""


def is_over(page: DeclarationPage, typed: Typed, network: str) -> bool:
    """Count one more endorsement; whether it is over any limit.

    The same once more, from the same network within the hour, is not counted again: who presses twice does not fill the limit.
    """
    who = "\0".join((str(page.pk), typed.key, canonical_address(typed.email), network))
    is_repeat = hit("endorsements.same", who, limit=1, window=HOUR) is not None
    count = peek if is_repeat else hit
    passed = [count(limit.scope, key, limit=limit.most, window=limit.window) for limit, key in _counted(page, typed, network)]
    return any(passed)


def _counted(page: DeclarationPage, typed: Typed, network: str) -> Iterator[tuple[Limit, str]]:
    if network:
        yield FROM_NETWORK, f"{page.pk}\0{network}"
    yield TO_ADDRESS, canonical_address(typed.email)
    yield TO_FREE_MAIL if is_free_mail(typed.email) else TO_DOMAIN, mail_domain(typed.email)
    yield ON_SITE, ""


def link_is_over(address: str, network: str) -> Over | None:
    """Count one more request for a lost link; the limit that is passed, that of the network first."""
    counted = [(LINKS_FROM_NETWORK, network)] if network else []
    counted.append((LINKS_TO_ADDRESS, canonical_address(address)))
    passed = [hit(limit.scope, key, limit=limit.most, window=limit.window) for limit, key in counted]
    return next(filter(None, passed), None)
