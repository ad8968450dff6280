"""How often links may be asked for, by one network and for one address.

An office, a hospital or a whole country may share one network address, so the first limit is wide; and whoever is over one is told so,
and until when. Counts are kept in the database (`core.web.throttle`). Call these outside of any transaction.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.mail.addresses import canonical_address
from core.web.client_address import client_address, network
from core.web.throttle import Over, hit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FROM_NETWORK, TO_ADDRESS = 60, 5
JOINING, SELF_SERVICE = "members.joining", "members.self_service"


def why_too_often(request: HttpRequest, address: str, scope: str) -> str:
    """Count one more request of `scope` (JOINING, SELF_SERVICE) for a link to this address. Why it is too often; '' when it is not."""
    asking = network(client_address(request))
    passed = hit(f"{scope}.network", asking, limit=FROM_NETWORK, window=HOUR) if asking else None
    if passed:
        return why_over(passed, is_address=False)
    passed = hit(f"{scope}.address", canonical_address(address), limit=TO_ADDRESS, window=DAY)
    return why_over(passed, is_address=True) if passed else ""


def why_over(over: Over, *, is_address: bool) -> str:
    """In words: too often for the address, or from the network."""
    if is_address:
        return _("For this address it was asked several times today. Please look for the earlier mails, or write to us.")
    minutes = max(1, -(-over.retry_after // 60))
    return ngettext(
        "From your network it was asked very often in the last hour. Please try again in %(minutes)d minute, or write to us.",
        "From your network it was asked very often in the last hour. Please try again in %(minutes)d minutes, or write to us.",
        minutes,
    ) % {"minutes": minutes}
