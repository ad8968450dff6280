"""How many endorsements may come from one network, and to one address, before somebody looks at them.

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
from core.web.throttle import hit, peek
from endorsements.models import DeclarationPage
from members.identity.keys import is_free_mail

from .submission import Submission

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """`most` of what is counted under `scope` and a key may come in one `window`."""

    scope: str
    most: int
    window: timedelta


FROM_NETWORK = Limit("endorsements.network", 20, HOUR)  # under one declaration
TO_ADDRESS = Limit("endorsements.address", 10, DAY)
TO_DOMAIN = Limit("endorsements.domain", 60, HOUR)
TO_FREE_MAIL = Limit("endorsements.domain", 600, HOUR)  # of a provider where anybody gets an address
ON_SITE = Limit("endorsements.site", 1000, HOUR)


def network_of(request: HttpRequest) -> str:
    """An HMAC of the network that asks, the same each time it does; empty when its address is not known."""
    address = client_address(request)
    return salted_hmac("endorsements.network", network(address), algorithm="sha256").hexdigest() if address else ""


def is_over(page: DeclarationPage, submission: Submission, network: str) -> bool:
    """Count one more endorsement; whether it is over any limit.

    The same once more, from the same network within the hour, is not counted again: who presses twice does not fill the limit.
    """
    who = "\0".join((str(page.pk), submission.key, canonical_address(submission.email), network))
    is_repeat = hit("endorsements.same", who, limit=1, window=HOUR) is not None
    count = peek if is_repeat else hit
    over = [count(limit.scope, key, limit=limit.most, window=limit.window) for limit, key in _counted(page, submission, network)]
    return any(over)


def _counted(page: DeclarationPage, submission: Submission, network: str) -> Iterator[tuple[Limit, str]]:
    if network:
        yield FROM_NETWORK, f"{page.pk}\0{network}"
    yield TO_ADDRESS, canonical_address(submission.email)
    yield TO_FREE_MAIL if is_free_mail(submission.email) else TO_DOMAIN, mail_domain(submission.email)
    yield ON_SITE, ""
