"""Links in emails about endorsements: opening one, and asking for a new one when it is unknown or too old."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links.views import AskForLinkView, OpenedLink, Recovery, opened_by_link
from core.mail.addresses import canonical_address
from core.mail.send import rehearse
from core.web.private_pages import View, render_message
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.states import State
from members.identity.form_fields import EmailAddressForm

from .. import emails as signing_emails
from ..workflow import send_confirmation_email

MAX_LINKS = 20


class AskForEndorsementLink(AskForLinkView):
    """Sends new links for everything that an address has endorsed."""

    url_name = "endorsement_link"
    scope = "endorsements.links"
    form_class = EmailAddressForm
    title = gettext_lazy("A new link")
    hint = gettext_lazy(
        "Did you endorse something here? Type the address with which you did, and we send you a new link. "
        "A second person who was asked to confirm gets a new link from the colleague who asked."
    )
    button = gettext_lazy("Send me a new link")

    def send(self, values: dict[str, Any]) -> int:
        return _send_links(values["email"])

    def send_nothing(self, address: str) -> None:
        rehearse("endorsements/manage", to=address)

    def sent(self) -> HttpResponse:
        explanation = _(
            "If something was endorsed here with the address you typed, look for our email with a link to it, in your spam folder too. "
            "We send only a few emails a day to each address."
        )
        return render_message(self.request, _("Check your mail"), explanation)


def _send_links(address: str) -> int:
    """Send the link to manage each live endorsement, and the confirmation email of each pending one again. Returns how many."""
    sent, now = 0, timezone.now()
    theirs = Endorsement.objects.by_address(canonical_address(address)).select_related("version", "declaration")
    for endorsement in theirs.live().exclude(email="").order_by("-pk")[:MAX_LINKS]:
        with transaction.atomic():
            sent += signing_emails.manage(endorsement, now=now)
    for endorsement in theirs.filter(state=State.PENDING).order_by("-pk")[:MAX_LINKS]:
        if sign_on_of(endorsement.declaration).takes_confirmations(now):
            sent += send_confirmation_email(endorsement, now=now)
    return sent


RECOVERY = Recovery(
    unknown=gettext_lazy("Perhaps it was cut in the mail, or what it was about was erased in the meantime. Nothing was changed."),
    expired=gettext_lazy("Links in our mails work for some weeks, and this one’s time is over. Nothing was changed."),
    new_link=AskForEndorsementLink,
)


def opened_by_endorsement_link(purpose: str, *, even_expired: bool = False) -> Callable[[View], View]:
    """Decorate a view with a link's token in its address: it gets the endorsement instead."""
    return opened_by_link(purpose, find_object=_find_endorsement, recovery=RECOVERY, accepts_expired=lambda _link: even_expired)


def _find_endorsement(link: OpenedLink) -> Endorsement | None:
    endorsement = signing_emails.find_by_subject(link.subject)
    return None if endorsement is None or endorsement.state == State.ERASED else endorsement
