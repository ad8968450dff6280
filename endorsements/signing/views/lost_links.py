"""Links from mails: opening one, and asking for a new one when it is unknown or too old."""

from collections.abc import Callable
from functools import wraps

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.suppression import is_suppressed
from core.web.private_pages import posted, private, show
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import emails as signing_emails
from endorsements.signing import limits
from endorsements.signing.workflow import mail_to_confirm
from endorsements.states import State
from members.identity.form_fields import AddressForm
from members.limits import why_over

MOST_LINKS = 20
View = Callable[[HttpRequest, Endorsement], HttpResponse]


def of_link(purpose: str, *, even_expired: bool = False) -> Callable[[View], Callable[[HttpRequest, str], HttpResponse]]:
    """The view gets the endorsement that the token in the address is about. Links are only ever peeked at: what their pages do may be
    done twice, and is then the same. For an unknown or expired one, a page that says so and offers a new one."""

    def decorate(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
        @private
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            link = tokens.peek(token, purpose)
            endorsement = signing_emails.found_by(link.subject) if link else None
            if link is None or endorsement is None or endorsement.state == State.ERASED:
                return lost(request)
            if not even_expired and not tokens.is_live(link):
                return lost(request, is_expired=True)
            return view(request, endorsement)

        return opened

    return decorate


def lost(request: HttpRequest, *, is_expired: bool = False) -> HttpResponse:
    title = _("This link is too old") if is_expired else _("We do not know this link")
    return show(
        request,
        "endorsements/signing/lost_link.html",
        {"title": title, "is_expired": is_expired, "form": AddressForm()},
        status=410 if is_expired else 404,
    )


@private
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """New links for all that an address has endorsed. The answer is the same whether it has or not."""
    form = AddressForm(posted(request) if request.method == "POST" else None)
    context = {"title": _("A new link"), "form": form}
    if not form.is_bound or not form.is_valid():
        return show(request, "endorsements/signing/ask_for_link.html", context)
    address = form.cleaned_data["email"]
    over = limits.link_is_over(address, limits.network_of(request))
    if over:
        form.add_error(None, why_over(over, is_address=over.scope == limits.LINKS_TO_ADDRESS.scope))
        return show(request, "endorsements/signing/ask_for_link.html", context, status=429)
    if not is_suppressed(address):
        _send_links(address)
    return show(request, "endorsements/signing/link_sent.html", {"title": _("Check your mail")})


def _send_links(address: str) -> None:
    """What stands gets its manage link, what waits for the mail to be confirmed gets that mail again."""
    now, theirs = timezone.now(), Endorsement.objects.of_address(canonical_address(address)).select_related("version", "declaration")
    for endorsement in theirs.live().exclude(email="").order_by("-pk")[:MOST_LINKS]:
        with transaction.atomic():
            signing_emails.manage(endorsement, now=now)
    for endorsement in theirs.filter(state=State.PENDING).order_by("-pk")[:MOST_LINKS]:
        if sign_on_of(endorsement.declaration).takes_confirmations(now):
            mail_to_confirm(endorsement, now=now)
