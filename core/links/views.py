"""Views opened by a link in an email, and the form that sends a new link to people who have lost theirs.

A package says what its links are about (`opened_by_link`), how to get a new one (`Recovery`) and who is sent one (`AskForLinkView`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View as BaseView

from core.models import MailedLink
from core.web.private_pages import View, post_data, private_page, render_private

from . import tokens
from .limits import rate_limit_error

Text = str | Promise


@dataclass(frozen=True)
class OpenedLink:
    """A link that a visitor opened: the request, the token in its URL, and the stored row."""

    request: HttpRequest
    token: str
    stored: MailedLink
    is_live: bool

    @property
    def purpose(self) -> str:
        return self.stored.purpose

    @property
    def subject(self) -> str:
        """What the link is about, as given to `tokens.make` ("endorsement:17")."""
        return self.stored.subject


@method_decorator(private_page, name="dispatch")
class AskForLinkView(BaseView):
    """A form that asks for an email address and sends links to it. The response is the same whether the address is known or not.

    The network is counted under `scope`. The form has a field `email`.
    """

    url_name: ClassVar[str]
    scope: ClassVar[str]
    form_class: ClassVar[Any]
    title: ClassVar[Text]
    introduction: ClassVar[Text] = ""
    hint: ClassVar[Text] = ""  # above the field, also on the recovery page
    button: ClassVar[Text]
    template_name = "core/links/ask_for_link.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self.form_class())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(post_data(request))
        if not form.is_valid():
            return self._page(form)
        too_often = rate_limit_error(request, scope=self.scope)
        if too_often:
            form.add_error(None, too_often)
            return self._page(form, status=429)
        if not self.send(form.cleaned_data):
            self.send_nothing(form.cleaned_data["email"])
        return self.sent()

    def send(self, values: dict[str, Any]) -> int:
        """Send the emails to `values["email"]`; returns how many, none if the address is not known."""
        raise NotImplementedError

    def send_nothing(self, address: str) -> None:
        """Take as long as an email to this address would have taken (`core.mail.send.rehearse`)."""
        raise NotImplementedError

    def sent(self) -> HttpResponse:
        """The response after sending, the same for everybody."""
        raise NotImplementedError

    @classmethod
    def form_context(cls, form: forms.Form) -> dict[str, Any]:
        """The context of `core/links/link_form.html`."""
        return {"form": form, "form_url": reverse(cls.url_name), "hint": cls.hint, "button": cls.button}

    def _page(self, form: forms.Form, *, status: int = 200) -> HttpResponse:
        title = _("Mistake: %(title)s") % {"title": self.title} if form.is_bound else self.title
        context = {"title": title, "heading": self.title, "introduction": self.introduction, **self.form_context(form)}
        return render_private(self.request, self.template_name, context, status=status)


@dataclass(frozen=True)
class Recovery:
    """The page for an unknown or expired link: what may have happened, and what to do next.

    The page shows the form of `new_link`, the view that sends a new link. Without it, `next_page` may return the text and the URL of
    a button.
    """

    unknown: Text = ""
    expired: Text = ""
    new_link: type[AskForLinkView] | None = None
    next_page: Callable[[], tuple[str, str] | None] | None = None

    def page(self, request: HttpRequest, *, is_expired: bool = False) -> HttpResponse:
        context = {
            "title": _("This link is too old") if is_expired else _("We do not know this link"),
            "explanation": self.expired if is_expired else self.unknown,
            "next_page": self.next_page() if self.next_page else None,
            **(self.new_link.form_context(self.new_link.form_class()) if self.new_link else {}),
        }
        return render_private(request, "core/links/recovery.html", context, status=410 if is_expired else 404)


def _subject(link: OpenedLink) -> Any:
    return link.subject


def _never(_link: OpenedLink) -> bool:
    return False


def opened_by_link(
    purpose: str,
    *,
    recovery: Recovery,
    find_object: Callable[[OpenedLink], Any] = _subject,
    accepts_expired: Callable[[OpenedLink], bool] = _never,
) -> Callable[[View], View]:
    """Decorate a view with a link's token in its URL: the view gets the result of `find_object` instead of the token.

    An unknown link, or one for which `find_object` returns None, gets the page of `recovery` with status 404; an expired one gets it
    with 410, unless `accepts_expired` is true for it. A link can be used any number of times. Mail scanners open links, so GET and HEAD
    must change nothing, and POST must be idempotent.
    """

    def decorate(view: View) -> View:
        @private_page
        @wraps(view)
        def opened(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
            stored = tokens.find(token, purpose)
            link = OpenedLink(request, token, stored, tokens.is_live(stored)) if stored else None
            found = find_object(link) if link else None
            if link is None or found is None:
                return recovery.page(request)
            if not link.is_live and not accepts_expired(link):
                return recovery.page(request, is_expired=True)
            return view(request, found, **kwargs)

        return opened

    return decorate
