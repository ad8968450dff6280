"""Links in emails about an application: opening one, and asking for a new one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.links.views import AskForLinkView, OpenedLink, Recovery, opened_by_link
from core.mail.send import rehearse
from core.web.private_pages import View, see_other
from members.applications import emails
from members.models import Application, Invitation

from .. import workflow as applications
from ..forms import ApplyForm

# By the query parameter `done`, with which an action redirects.
DONE_MESSAGES = {
    "saved": _("Saved. Stop here and come back with the same link whenever you like."),
    "submitted": _("Thank you: your application has arrived. A mail says so too."),
    "answered": _("Thank you: your answers have arrived."),
    "kept": _("Saved, not yet sent. Come back with the same link whenever you like."),
    "invited": _(
        "Your colleague is invited. If no email arrives, ask them to check their spam folder. We send only a few a day to each address."
    ),
    "removed": _("Done."),
    "withdrawn": _("Your application is withdrawn."),
    "file": _("The file has arrived."),
}


def done_message(request: HttpRequest) -> Any:
    """Return the message about what was just done; '' for none."""
    return "" if request.method == "POST" else DONE_MESSAGES.get(request.GET.get("done", ""), "")


class Apply(AskForLinkView):
    """Start or continue an application: ask for an email address and send the link to the form there."""

    url_name = "join_apply"
    scope = "members.joining"
    form_class = ApplyForm
    title = _("Apply to join")
    introduction = _(
        "Type your e-mail address, and we send you a link to the form. With it you write in one sitting or in several, "
        "alone or with colleagues, and later see where your application stands."
    )
    button = _("Send me the link")
    template_name = "members/applications/start.html"

    def send(self, values: dict[str, Any]) -> int:
        return applications.start(values["email"], another=values["another"], language=get_language() or "", now=timezone.now())

    def send_nothing(self, address: str) -> None:
        rehearse("members/resume", to=address)

    def sent(self) -> HttpResponse:
        return see_other(self.request, reverse("join_check_mail"))


RECOVERY = Recovery(
    unknown=_(
        "Perhaps it was cut in the mail, taken back, or what it was about was deleted. Nothing was changed. "
        "Type the address with which you applied, or with which you were invited, and we send you a new one."
    ),
    expired=_(
        "Links in our mails work for some months, and this one’s time is over. Nothing is lost. "
        "Type the address with which you applied, or with which you were invited, and we send you a new one."
    ),
    new_link=Apply,
)


@dataclass(frozen=True)
class OpenedApplication:
    """An application, opened by the link of the applicant or of an invited colleague. `base` is the address of its first page."""

    application: Application
    invitation: Invitation | None
    base: str

    @property
    def is_applicant(self) -> bool:
        return self.invitation is None

    def context(self, title: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "opened": self, "application": self.application, "base": self.base, **more}


def opened_by_application_link(purpose: str = emails.APPLICATION) -> Callable[[View], View]:
    """Pass an `OpenedApplication` to the view."""
    return opened_by_link(purpose, find_object=_find_application, recovery=RECOVERY)


def _find_application(link: OpenedLink) -> OpenedApplication | None:
    found = applications.find_application(link.subject)
    if found is None or found[0].anonymised_at:
        return None
    application, invitation = found
    return OpenedApplication(application, invitation, reverse(emails.PAGES[link.purpose], args=(link.token,)))
