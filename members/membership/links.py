"""Links in emails to a member's contacts: opening one, and asking for a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.links.views import AskForLinkView, OpenedLink, Recovery, opened_by_link
from core.mail.send import rehearse
from core.web.private_pages import View, post_data_with_files, render_message
from members.identity.form_fields import EmailAddressForm
from members.membership import emails
from members.models import Contact, Organisation
from members.models.subjects import find_subject

from . import workflow

# How long after opening a page its form is accepted, although the link has expired.
FORM_GRACE_PERIOD = timedelta(hours=2)
_signer = TimestampSigner(salt="members.profile")
# By the query parameter `done`, with which an action redirects.
DONE_MESSAGES = {
    "proposed": _("Thank you. The secretariat looks at it first, usually within two working days."),
    "same": _("Nothing differs from what is there."),
    "contacts": _("Your contacts are saved."),
    "leaving": _(
        "The secretariat knows that you want to leave. Your contacts get an email. You can take it back until the membership is ended."
    ),
    "staying": _("Your organisation stays. The secretariat and your contacts get an email."),
    "ended": _("The secretariat has ended the membership already. Write to us if that is not right."),
    "year": _("Thank you: it is confirmed. We ask again in a year."),
}


class AskForProfileLink(AskForLinkView):
    """Ask for a link to the profile of each organisation of which the email address is a contact."""

    url_name = "member_link"
    scope = "members.self_service"
    form_class = EmailAddressForm
    title = _("Keep your profile true")
    introduction = _(
        "For contacts of our members and observers. We send you a link with which you correct your public profile and your contacts, "
        "and confirm the year. It works for 15 minutes; there is no password."
    )
    button = _("Send me a link")

    def send(self, values: dict[str, Any]) -> int:
        return workflow.send_profile_links(values["email"], now=timezone.now())

    def send_nothing(self, address: str) -> None:
        rehearse("members/profile", to=address)

    def sent(self) -> HttpResponse:
        return render_message(
            self.request,
            _("Check your mail"),
            _("If the address you typed is that of a contact of a member, look for our email with a link. The link works for 15 minutes."),
            _("Look in your spam folder too. We send only a few emails a day to each address."),
        )


RECOVERY = Recovery(
    unknown=_(
        "Perhaps it was cut in the mail, or you are no contact any more. Nothing was changed. Type your address, and we send you a new one."
    ),
    expired=_(
        "So that nobody else can use it, it works for a short time only. Nothing was changed. Type your address, and we send you a new one."
    ),
    new_link=AskForProfileLink,
)


@dataclass(frozen=True)
class OpenedProfile:
    """A profile opened by the link of a contact.

    `stamp` is a signed time that every form contains, so that it is accepted for a while after the link expires. While the link is valid
    it is new; afterwards it is the one that was submitted.
    """

    contact: Contact
    base: str
    is_live: bool
    stamp: str

    @property
    def organisation(self) -> Organisation:
        return self.contact.organisation

    def context(self, title: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "opened": self, "organisation": self.organisation, "base": self.base, **more}


def opened_by_contact_link(purpose: str) -> Callable[[View], View]:
    """Pass an `OpenedProfile` to the view. Forms opened before the link expired are accepted for two hours."""
    return opened_by_link(purpose, find_object=_find_profile, recovery=RECOVERY, accepts_expired=_was_opened_in_time)


def _find_profile(link: OpenedLink) -> OpenedProfile | None:
    contact = find_subject(link.subject)
    if not isinstance(contact, Contact):
        return None
    stamp = _signer.sign(str(link.stored.pk)) if link.is_live else _stamp_sent(link)
    return OpenedProfile(contact, reverse(emails.PAGES[link.purpose], args=(link.token,)), link.is_live, stamp)


def _was_opened_in_time(link: OpenedLink) -> bool:
    try:
        return _signer.unsign(_stamp_sent(link), max_age=FORM_GRACE_PERIOD) == str(link.stored.pk)
    except BadSignature:
        return False


def _stamp_sent(link: OpenedLink) -> str:
    if link.request.method != "POST":
        return ""
    return str(post_data_with_files(link.request).get("opened", ""))
