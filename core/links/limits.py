"""Limits on requests for a new link, per network and per email address.

An office, a hospital or a whole country may share one network address, so the first limit is generous. A visitor over a limit is told so.
Call this outside of any transaction (see `core.web.throttle`).
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.web.client_address import client_address, network
from core.web.throttle import hit

FROM_NETWORK, NETWORK_WINDOW = 60, timedelta(hours=1)
TO_ADDRESS, ADDRESS_WINDOW = 5, timedelta(days=1)


def rate_limit_error(request: HttpRequest, *, recipient: str, scope: str) -> str:
    """Count a request for a link to this recipient. Returns the error message if there were too many, else ''.

    `recipient` is a canonical address. Each `scope` is counted separately.
    """
    client_network = network(client_address(request))
    over = hit(f"{scope}.network", client_network, limit=FROM_NETWORK, window=NETWORK_WINDOW) if client_network else None
    if over:
        minutes = max(1, -(-over.retry_after // 60))
        return ngettext(
            "From your network it was asked very often in the last hour. Please try again in %(minutes)d minute, or write to us.",
            "From your network it was asked very often in the last hour. Please try again in %(minutes)d minutes, or write to us.",
            minutes,
        ) % {"minutes": minutes}
    if hit(f"{scope}.address", recipient, limit=TO_ADDRESS, window=ADDRESS_WINDOW):
        return _("For this address it was asked several times today. Please look for the earlier mails, or write to us.")
    return ""
