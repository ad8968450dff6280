"""The form: typed, looked at once more, sent. Each step carries everything along, so that there is no session and no cookie."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from cms.public_pages import privacy_url
from core.web.private_pages import posted, private, show
from endorsements.models import DeclarationPage, Endorsement, SignOn
from endorsements.signing import limits
from endorsements.signing.forms import FORMS, EndorseForm
from endorsements.signing.workflow import submit
from endorsements.states import Kind


@dataclass(frozen=True)
class Place:
    """Where a form stands: below the declaration, or, under embargo, below its secret address."""

    page: DeclarationPage
    sign_on: SignOn
    text_url: str
    is_secret: bool = False

    @property
    def url(self) -> str:
        return f"{self.text_url}endorse/"

    @property
    def trail(self) -> list[Any]:
        return [] if self.is_secret else [*self.page.trail, self.page]

    @property
    def is_open(self) -> bool:
        """Before it opens, who happens to know the public address must not endorse there."""
        is_here = self.is_secret or self.sign_on.has_public_list
        return is_here and self.sign_on.takes_endorsements(timezone.now())

    def context(self, title: str) -> dict[str, Any]:
        return {"title": title, "place": self, "declaration": self.page, "sign_on": self.sign_on, "trail": self.trail}


def public_place(page: DeclarationPage) -> Place:
    return Place(page, page.signing, page.get_url() or "/")


def secret_place(page: DeclarationPage, token: str) -> Place:
    return Place(page, page.signing, reverse("declaration_circulating", args=(token,)), is_secret=True)


@private
def endorse(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    return answer(request, public_place(page))


@private
def check_mail(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    """What follows on sending, byte for byte the same for everybody."""
    return after_sending(request, public_place(page), "check-mail")


@private
def held(request: HttpRequest, page: DeclarationPage) -> HttpResponse:
    return after_sending(request, public_place(page), "held")


def answer(request: HttpRequest, place: Place) -> HttpResponse:
    """The form on a GET; on a POST what its `step` says: review (the default), send, or change what was typed."""
    if not place.is_open:
        return _not_open(request, place)
    if request.method != "POST":
        return _form(request, place, _form_of(place, request.GET)(page=place.page))
    data = posted(request)
    kind = _form_of(place, data)
    if data.get("step") == "change":
        return _form(request, place, kind(initial=data.dict(), page=place.page))
    form = kind(data, page=place.page)
    if not form.is_valid():
        return _form(request, place, form)
    if data.get("step") == "send":
        return _send(request, place, form)
    shown = Endorsement(**form.typed().row())
    return _step(
        request, "endorsements/signing/review.html", {**place.context(_("Look at it once more")), "form": form, "endorsement": shown}
    )


def after_sending(request: HttpRequest, place: Place, step: str) -> HttpResponse:
    if step == "held":
        return show(request, "endorsements/signing/held.html", place.context(_("It waits for a person to look at it")))
    return show(request, "endorsements/signing/check_email.html", place.context(_("Check your mail")))


def _form_of(place: Place, asked: QueryDict) -> type[EndorseForm]:
    """The form for the kind that was asked for (`?as=person`), or the one that this declaration offers."""
    page = place.page
    if not page.takes_organisations or (page.takes_people and asked.get("as") == Kind.PERSON):
        return FORMS[Kind.PERSON]
    return FORMS[Kind.ORGANISATION]


def _form(request: HttpRequest, place: Place, form: EndorseForm) -> HttpResponse:
    title = _("Endorse: %(title)s") % {"title": place.page.title}
    context = {
        **place.context(_("Mistake: %(title)s") % {"title": title} if form.is_bound else title),
        "form": form,
        "offers_both": place.page.takes_organisations and place.page.takes_people,
        "privacy_url": privacy_url(),
    }
    return _step(request, "endorsements/signing/form.html", context)


def _step(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page to which somebody may go back: kept by their own browser alone. With no-store it would forget what they typed."""
    response = show(request, template, context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _send(request: HttpRequest, place: Place, form: EndorseForm) -> HttpResponse:
    typed, network = form.typed(), limits.network_of(request)
    is_over = limits.is_over(place.page, typed, network)
    submit(place.page, typed, network=network, over_limit=is_over, now=timezone.now())
    return HttpResponseRedirect(f"{place.url}{'held' if is_over else 'check-mail'}/", status=303)


def _not_open(request: HttpRequest, place: Place) -> HttpResponse:
    """Not yet, or no longer: a page for who comes to look, a conflict for who comes to send."""
    now, sign_on, opens_at = timezone.now(), place.sign_on, place.page.opens_at
    closed_at = sign_on.ends_at
    is_over = sign_on.is_over or bool(closed_at and closed_at <= now)
    context = {
        **place.context(_("The sign-on is closed") if is_over else _("The sign-on is not open yet")),
        "is_over": is_over,
        "closed_at": closed_at,
        "opens_at": opens_at if opens_at and opens_at > now else None,
        "grace_ends_at": sign_on.grace_ends_at() if sign_on.takes_confirmations(now) else None,
        "was_sent": request.method == "POST",
    }
    return show(request, "endorsements/signing/not_open.html", context, status=409 if request.method == "POST" else 200)
