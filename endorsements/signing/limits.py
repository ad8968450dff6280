"""How many endorsements may come from one network, and to one address, before the secretariat looks at them.

An office, a hospital or a whole country may share one network address, so nothing is refused: an endorsement over a limit is held, and
its sender is told so. Counts are stored in the database (`core.web.throttle`), so that all hosts agree. Call these functions outside
transactions.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.mail.addresses import canonical_address, mail_domain
from core.web.client_address import client_address, network
from core.web.throttle import hit, peek
from endorsements.models import DeclarationPage
from members.identity.keys import is_free_mail

from .alarm import sound_alarm
from .event_mode import running_window
from .submission import Submission

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` in one `window`, counted by `scope` and a key."""

    scope: str
    most: int
    window: timedelta


FROM_NETWORK = Limit("endorsements.network", 20, HOUR)  # for each declaration
TO_ADDRESS = Limit("endorsements.address", 10, DAY)
TO_DOMAIN = Limit("endorsements.domain", 60, HOUR)
TO_FREE_MAIL = Limit("endorsements.domain", 600, HOUR)  # a provider where anybody gets an address
ON_SITE = Limit("endorsements.site", settings.ENDORSEMENTS_PER_HOUR, HOUR)


def network_of(request: HttpRequest) -> str:
    """An HMAC of the visitor's network; '' if its address is not known."""
    address = client_address(request)
    return salted_hmac("endorsements.network", network(address), algorithm="sha256").hexdigest() if address else ""


def count_and_check(page: DeclarationPage, submission: Submission, network: str) -> bool:
    """Count the endorsement. True if it is over any limit.

    Sending the same again from the same network within an hour is not counted again.
    """
    who = "\0".join((str(page.pk), submission.key, canonical_address(submission.email), network))
    is_repeat = hit("endorsements.same", who, limit=1, window=HOUR) is not None
    count = peek if is_repeat else hit
    address, domain = canonical_address(submission.email), mail_domain(submission.email)
    counted = [(TO_ADDRESS, address), (TO_FREE_MAIL if is_free_mail(submission.email) else TO_DOMAIN, domain)]
    if network:
        counted.insert(0, (_from_network(page), f"{page.pk}\0{network}"))
    over = [count(limit.scope, key, limit=limit.most, window=limit.window) for limit, key in counted]
    on_site = count(ON_SITE.scope, "", limit=ON_SITE.most, window=ON_SITE.window)
    if on_site:
        sound_alarm(seconds_left=on_site.retry_after, now=timezone.now())
    return any(over) or on_site is not None  # of a list, so that every limit is counted


def _from_network(page: DeclarationPage) -> Limit:
    """The limit of a network, which is higher in event mode."""
    window = running_window(page, timezone.now())
    return replace(FROM_NETWORK, most=max(FROM_NETWORK.most, window.most)) if window else FROM_NETWORK
