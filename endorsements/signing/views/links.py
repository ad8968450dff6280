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
from core.mail.suppression import is_suppressed
from core.web.private_pages import View, render_message
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.states import State
from members.identity.form_fields import EmailAddressForm

from .. import emails as signing_emails
from ..workflow import mail_to_confirm

MOST_LINKS = 20


class AskForEndorsementLink(AskForLinkView):
    """New links for all that an address has endorsed."""

    url_name = "endorsement_link"
    scope = "endorsements.links"
    form_class = EmailAddressForm
    title = gettext_lazy("A new link")
    hint = gettext_lazy(
        "Did you endorse something here? Type the address with which you did, and we send you a new link. "
        "A second person who was asked to confirm gets a new link from the colleague who asked."
    )
    button = gettext_lazy("Send me a new link")

    def send(self, values: dict[str, Any]) -> None:
        if not is_suppressed(values["email"]):
            _send_links(values["email"])

    def sent(self) -> HttpResponse:
        explanation = _(
            "If something was endorsed here with the address you typed, a mail with a link to it is on its way. "
            "Look among the unwanted mails (spam) too."
        )
        return render_message(self.request, _("Check your mail"), explanation)


def _send_links(address: str) -> None:
    """Send a live endorsement's holder the manage link, and a pending one the email to confirm again."""
    now = timezone.now()
    theirs = Endorsement.objects.of_address(canonical_address(address)).select_related("version", "declaration")
    for endorsement in theirs.live().exclude(email="").order_by("-pk")[:MOST_LINKS]:
        with transaction.atomic():
            signing_emails.manage(endorsement, now=now)
    for endorsement in theirs.filter(state=State.PENDING).order_by("-pk")[:MOST_LINKS]:
        if sign_on_of(endorsement.declaration).takes_confirmations(now):
            mail_to_confirm(endorsement, now=now)


RECOVERY = Recovery(
    unknown=gettext_lazy("Perhaps it was cut in the mail, or what it was about was erased in the meantime. Nothing was changed."),
    expired=gettext_lazy("Links in our mails work for some weeks, and this one’s time is over. Nothing was changed."),
    new_link=AskForEndorsementLink,
)


def opened_by_endorsement_link(purpose: str, *, even_expired: bool = False) -> Callable[[View], View]:
    """The view gets the endorsement that the link is about."""
    return opened_by_link(purpose, find_object=_find_endorsement, recovery=RECOVERY, accepts_expired=lambda _link: even_expired)


def _find_endorsement(link: OpenedLink) -> Endorsement | None:
    endorsement = signing_emails.found_by(link.subject)
    return None if endorsement is None or endorsement.state == State.ERASED else endorsement
