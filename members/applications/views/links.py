"""Opening the links in mails. They are only ever peeked at: what their pages do may be done twice, and is then the same."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.links import tokens
from core.web.private_pages import private, show
from members.applications import emails
from members.applications import workflow as applications
from members.applications.forms import ApplyForm
from members.models import Application, Invitation

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Opened:
    """An application, opened with a link: the applicant's, or with `invitation` a colleague's. `base` is the address of its first page."""

    application: Application
    invitation: Invitation | None
    base: str

    @property
    def is_applicant(self) -> bool:
        return self.invitation is None

    def context(self, title: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "opened": self, "application": self.application, "base": self.base, **more}


def of_application(purpose: str = emails.APPLICATION) -> Callable[[View], View]:
    """The view gets an `Opened`. For an unknown or expired link, a page that says so and offers a new one."""

    def decorate(view: View) -> View:
        @private
        @wraps(view)
        def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            link = tokens.peek(token, purpose)
            found = applications.opened_with(link.subject) if link else None
            if link is None or found is None or found[0].anonymised_at:
                return lost(request)
            if not tokens.is_live(link):
                return lost(request, is_expired=True)
            application, invitation = found
            return view(request, Opened(application, invitation, reverse(emails.PAGES[purpose], args=(token,))), *args, **kwargs)

        return opened

    return decorate


def lost(request: HttpRequest, *, is_expired: bool = False) -> HttpResponse:
    context = {**lost_context(is_expired), "form": ApplyForm()}
    return show(request, "members/applications/lost_link.html", context, status=410 if is_expired else 404)


def lost_context(is_expired: bool) -> dict[str, Any]:
    return {"title": _("This link is too old") if is_expired else _("We do not know this link"), "is_expired": is_expired}


def message(
    request: HttpRequest, title: str, *sentences: str, to: tuple[str, str] | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """A page that says something, and where to go on: `to` is the words of a link and its address."""
    return show(request, "members/applications/message.html", {"title": title, "sentences": sentences, "to": to, **more}, status=status)
