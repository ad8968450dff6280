"""The limits of network and site on forms that make us send an email: told on the screen, before anything is done.

Call this outside of any transaction (see `core.web.throttle`).
"""

from django.http import HttpRequest
from django.utils.translation import ngettext

from core.web.client_address import client_address, network
from core.web.limits import FROM_NETWORK, ON_SITE


def rate_limit_error(request: HttpRequest, *, scope: str) -> str:
    """Count a form from the visitor's network. Returns the error message if there were too many, else ''.

    Each `scope` is counted separately. How many emails somebody gets is counted when they are written, and told to nobody.
    """
    client_network = network(client_address(request))
    over = FROM_NETWORK.hit(f"{scope}\0{client_network}") if client_network else None
    if over:
        minutes = max(1, -(-over.retry_after // 60))
        return ngettext(
            "This form was sent very often from your network in the last hour. Try again in %(minutes)d minute, or write to us.",
            "This form was sent very often from your network in the last hour. Try again in %(minutes)d minutes, or write to us.",
            minutes,
        ) % {"minutes": minutes}
    over = ON_SITE.peek("")
    if over:
        minutes = max(1, -(-over.retry_after // 60))
        return ngettext(
            "Our website is very busy and sends no more emails for now. Try again in %(minutes)d minute, or write to us.",
            "Our website is very busy and sends no more emails for now. Try again in %(minutes)d minutes, or write to us.",
            minutes,
        ) % {"minutes": minutes}
    return ""
