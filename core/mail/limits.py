"""Whether one more email that somebody outside causes may go to a recipient (`core.web.limits` is the table)."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.web.limits import BY_HOLDER, OF_ONE_KIND, ON_SITE, TO_DOMAIN, TO_RECIPIENT, Limit

from .addresses import canonical_address, mail_domain
from .providers import is_free_mail_host, registrable_domain


def limit_reached(template: str, to: str, *, by_holder: bool = False, counts: bool = True) -> Limit | None:
    """Count an email to this address against each limit, or only ask if not `counts`. Returns the first limit that it exceeds.

    Called in the transaction that stores the email, so that an email that never was counts nothing. The keys are counted in this order
    only, so that two transactions wait for each other's end, and never for each other.
    """
    recipient, domain = canonical_address(to), registrable_domain(mail_domain(to))
    if by_holder:
        keys = [(BY_HOLDER, recipient)]
    else:
        keys = [(OF_ONE_KIND, f"{template}\0{recipient}"), (TO_RECIPIENT, recipient)]
        if domain and not is_free_mail_host(domain):
            keys.append((TO_DOMAIN, domain))
        keys.append((ON_SITE, ""))
    reached = None
    for limit, key in keys:
        over = limit.hit(key) if counts and not reached else limit.peek(key)  # as many queries, whatever comes of it
        reached = reached or (limit if over else None)
    return reached


def kept_back_because(limits: Iterable[Limit | None]) -> str:
    """What the secretariat reads about an email that exceeds one of these limits; '' if there is none."""
    return next((_("Kept back: there is a limit of %(limit)s.") % {"limit": limit} for limit in limits if limit), "")
