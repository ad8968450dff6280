"""The form: filled in, reviewed, sent. Each step carries everything along, so that there is no session and no cookie."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from cms.public_pages import privacy_url
from core.web.private_pages import post_data, private_page, render_private, see_other
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.states import Kind

from .. import limits
from ..forms import FORMS, EndorseForm
from ..workflow import submit


@dataclass(frozen=True)
class FormLocation:
    """Where the form is: below the public address of the declaration, or, under embargo, below its secret address."""

    page: DeclarationPage
    sign_on: SignOn
    text_url: str
    is_secret: bool = False

    @property
    def url(self) -> str:
        return f"{self.text_url}endorse/"

    @property
    def breadcrumbs(self) -> list[Any]:
        return [] if self.is_secret else [*self.page.breadcrumbs, self.page]

    @property
    def is_open(self) -> bool:
        """Before it opens, who happens to know the public address must not endorse there."""
        may_endorse_here = self.is_secret or self.sign_on.has_public_list
        return may_endorse_here and self.sign_on.takes_endorsements(timezone.now())

    def context(self, title: str) -> dict[str, Any]:
        return {"title": title, "location": self, "declaration": self.page, "sign_on": self.sign_on, "breadcrumbs": self.breadcrumbs}


def public_location(page: DeclarationPage) -> FormLocation:
    return FormLocation(page, page.signing, page.get_url() or "/")


def secret_location(page: DeclarationPage, token: str) -> FormLocation:
    return FormLocation(page, page.signing, reverse("declaration_circulating", args=(token,)), is_secret=True)


@private_page
def endorse(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    return endorse_at(request, public_location(page))


@private_page
def check_mail(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    """The page after sending, byte for byte the same for everybody."""
    return after_sending(request, public_location(page), "check-mail")


@private_page
def held(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    return after_sending(request, public_location(page), "held")


def endorse_at(request: HttpRequest, location: FormLocation) -> HttpResponse:
    """The form on a GET; on a POST what its `step` says: review (the default), send, or change the answers."""
    if not location.is_open:
        return _not_open(request, location)
    if request.method != "POST":
        return _form(request, location, _form_class(location, request.GET)(page=location.page))
    data = post_data(request)
    kind = _form_class(location, data)
    if data.get("step") == "change":
        return _form(request, location, kind(initial=data.dict(), page=location.page))
    form = kind(data, page=location.page)
    if not form.is_valid():
        return _form(request, location, form)
    if data.get("step") == "send":
        return _send(request, location, form)
    context = {**location.context(_("Look at it once more")), "form": form, "endorsement": Endorsement(**form.submission().row())}
    return _step(request, "endorsements/signing/review.html", context)


def after_sending(request: HttpRequest, location: FormLocation, step: str) -> HttpResponse:
    if step == "held":
        return render_private(request, "endorsements/signing/held.html", location.context(_("It waits for a person to look at it")))
    return render_private(request, "endorsements/signing/check_email.html", location.context(_("Check your mail")))


def _form_class(location: FormLocation, data: QueryDict) -> type[EndorseForm]:
    """The form for the kind that was asked for (`?as=person`), or the one that this declaration offers."""
    page = location.page
    if not page.takes_organisations or (page.takes_people and data.get("as") == Kind.PERSON):
        return FORMS[Kind.PERSON]
    return FORMS[Kind.ORGANISATION]


def _form(request: HttpRequest, location: FormLocation, form: EndorseForm) -> HttpResponse:
    title = _("Endorse: %(title)s") % {"title": location.page.title}
    context = {
        **location.context(_("Mistake: %(title)s") % {"title": title} if form.is_bound else title),
        "form": form,
        "offers_both": location.page.takes_organisations and location.page.takes_people,
        "privacy_url": privacy_url(),
    }
    return _step(request, "endorsements/signing/form.html", context)


def _step(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page to which somebody may go back: kept by their own browser alone, because with no-store it would forget what they typed."""
    response = render_private(request, template, context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _send(request: HttpRequest, location: FormLocation, form: EndorseForm) -> HttpResponse:
    submission, network = form.submission(), limits.network_of(request)
    over_limit = limits.is_over(location.page, submission, network)
    submit(location.page, submission, network=network, over_limit=over_limit, now=timezone.now())
    return see_other(request, f"{location.url}{'held' if over_limit else 'check-mail'}/")


def _not_open(request: HttpRequest, location: FormLocation) -> HttpResponse:
    """Not yet, or no longer: a page for who comes to look, a conflict for who comes to send."""
    now, sign_on, opens_at = timezone.now(), location.sign_on, location.page.opens_at
    closed_at = sign_on.ends_at
    is_over = sign_on.is_over or bool(closed_at and closed_at <= now)
    context = {
        **location.context(_("The sign-on is closed") if is_over else _("The sign-on is not open yet")),
        "is_over": is_over,
        "closed_at": closed_at,
        "opens_at": opens_at if opens_at and opens_at > now else None,
        "grace_ends_at": sign_on.grace_ends_at() if sign_on.takes_confirmations(now) else None,
        "was_sent": request.method == "POST",
    }
    return render_private(request, "endorsements/signing/not_open.html", context, status=409 if request.method == "POST" else 200)
