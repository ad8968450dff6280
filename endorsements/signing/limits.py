"""How many endorsements may come from one network before the secretariat looks at them.

An office, a hospital or a whole country may share one network address, so nothing is refused: an endorsement over a limit is held, and
its sender is told so. What a recipient has had is told to nobody, and limited where the emails are written (`core.mail.limits`). Counts
are stored in the database (`core.web.throttle`), so that all hosts agree. Call these functions outside transactions.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.mail.addresses import canonical_address
from core.web.client_address import client_address, network
from core.web.limits import ON_SITE as EMAILS_ON_SITE
from core.web.throttle import hit, peek
from endorsements.models import DeclarationPage, Endorsement

from .alarm import sound_alarm
from .event_mode import running_window
from .submission import Submission

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` in one `window`, counted by `scope` and a key."""

    scope: str
    most: int
    window: timedelta


FROM_NETWORK = Limit("endorsements.network", 20, HOUR)  # for each declaration
ON_SITE = Limit("endorsements.site", settings.ENDORSEMENTS_PER_HOUR, HOUR)
# How often a holder may put something else beside their name in the list: each change renders all public pages anew. To take something
# away has no limit, and needs none: it was put there before.
BY_HOLDER = Limit("endorsements.holder", 10, timedelta(days=1))


def network_of(request: HttpRequest) -> str:
    """An HMAC of the visitor's network; '' if its address is not known."""
    address = client_address(request)
    return salted_hmac("endorsements.network", network(address), algorithm="sha256").hexdigest() if address else ""


def is_changed_too_often(endorsement: Endorsement) -> bool:
    """Count a change of what the list shows of an endorsement. True if there were too many today."""
    return hit(BY_HOLDER.scope, str(endorsement.pk), limit=BY_HOLDER.most, window=BY_HOLDER.window) is not None


def count_and_check(page: DeclarationPage, submission: Submission, network: str) -> bool:
    """Count the endorsement. True if it is over any limit.

    Sending the same again from the same network within an hour is not counted again.
    """
    who = "\0".join((str(page.pk), submission.key, canonical_address(submission.email), network))
    is_repeat = hit("endorsements.same", who, limit=1, window=HOUR) is not None
    count = peek if is_repeat else hit
    counted = [(_from_network(page), f"{page.pk}\0{network}")] if network else []
    over = [count(limit.scope, key, limit=limit.most, window=limit.window) for limit, key in counted]
    on_site = count(ON_SITE.scope, "", limit=ON_SITE.most, window=ON_SITE.window)
    if on_site:
        sound_alarm(seconds_left=on_site.retry_after, now=timezone.now())
    # `over` is a list, so that every limit is counted.
    return any(over) or on_site is not None or EMAILS_ON_SITE.peek("") is not None


def _from_network(page: DeclarationPage) -> Limit:
    """The limit of a network, which is higher in event mode."""
    window = running_window(page, timezone.now())
    return replace(FROM_NETWORK, most=max(FROM_NETWORK.most, window.most)) if window else FROM_NETWORK
