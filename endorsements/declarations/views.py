"""The public page of a declaration, the versions of its text, and its secret address while it circulates under embargo."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.head import SubpageHead
from cms.structured_data import Node
from core.absolute_urls import absolute
from core.differences import differences
from core.links.views import OpenedLink, Recovery, opened_by_link
from core.web.page_cache import public_page
from core.web.private_pages import View, render_private
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.signatories.public_status import PublicStatus, public_status
from endorsements.signatories.views import allow_other_sites, as_attachment, public_only, render_subpage
from endorsements.signing.views.form import FormLocation, after_sending, endorse_at, public_location, secret_location
from endorsements.states import SignOnState
from endorsements.text.display import as_blocks
from news.models import NewsIndexPage

from .history import history
from .workflow import CIRCULATION


@public_page
def declaration(request: HttpRequest, page: DeclarationPage) -> HttpResponseBase:
    """The text and, once it has opened, the signatories and the history. The preview of an unsaved page has no status."""
    status = public_status(page) if page.pk else None
    context: dict[str, Any] = {"status": status}
    if status and status.is_public:
        context |= {"history": history(status), "structured_data": _structured_data(status)}
    return page.render(request, context_overrides=context)


def _structured_data(status: PublicStatus) -> Node:
    """The number of endorsements and, while it is open, the form, in the vocabulary of schema.org."""
    counter = {"@type": "InteractionCounter", "interactionType": "https://schema.org/EndorseAction"}
    node: Node = {"interactionStatistic": counter | {"userInteractionCount": status.counts.total}}
    if status.is_open:
        node["potentialAction"] = {"@type": "EndorseAction", "target": absolute(f"{status.base}endorse/")}
    return node


@public_page
@public_only
def versions(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """The versions, newest first, each with the number of its signatories."""
    rows = Endorsement.objects.listed().filter(version__in=status.versions).order_by()
    signed = dict(rows.values_list("version_id").annotate(Count("pk")))
    texts = [(one, signed.get(one.pk, 0)) for one in reversed(status.versions)]
    return render_subpage(
        request, "endorsements/declarations/versions.html", status, SubpageHead(_("Versions of the text"), "versions/"), texts=texts
    )


@public_page
@public_only
def version(request: HttpRequest, status: PublicStatus, number: int, correction: int) -> HttpResponseBase:
    """A version, and what has changed since the one before."""
    shown = _version(status, number, correction)
    position = status.versions.index(shown)
    before = status.versions[position - 1] if position else None
    changes = differences(before.text, shown.text) if before else []
    in_force = shown == status.sign_on.version
    head = SubpageHead(shown.label, f"versions/{number}.{correction}/", noindex=True)
    return render_subpage(
        request,
        "endorsements/declarations/version.html",
        status,
        head,
        version=shown,
        before=before,
        changes=changes,
        blocks=as_blocks(shown.text, top=2),
        in_force=in_force,
    )


@public_page
@public_only
def version_text(request: HttpRequest, status: PublicStatus, number: int, correction: int) -> HttpResponseBase:
    """Exactly the bytes whose SHA-256 is shown."""
    shown = _version(status, number, correction)
    response = HttpResponse(shown.text.encode(), content_type="text/plain; charset=utf-8")
    return allow_other_sites(as_attachment(response, f"{status.page.slug}-{number}.{correction}.txt"))


def _version(status: PublicStatus, number: int, correction: int) -> TextVersion:
    known = [one.pk for one in status.versions if (one.number, one.correction) == (number, correction)]
    return get_object_or_404(TextVersion, pk__in=known)


# Under embargo


def _find_location(link: OpenedLink) -> FormLocation | None:
    """The secret address of a declaration that is circulating or public; None once the address is replaced or no longer valid."""
    number = link.subject.rpartition(":")[2] if link.is_live else ""
    page = DeclarationPage.for_reading().filter(pk=number).first() if number.isdecimal() else None
    if page and (_is_public(page) or page.current_sign_on.state == SignOnState.CIRCULATING):
        return secret_location(page, link.token)
    return None


def _is_public(page: DeclarationPage) -> bool:
    return bool(page.live and page.current_sign_on.has_public_list)


def _link_to_declarations() -> tuple[str, str] | None:
    index = NewsIndexPage.objects.live().first()
    return (_("Declarations"), f"{index.get_url()}?kind=declaration") if index else None


_UNKNOWN = gettext_lazy(
    "Perhaps it was cut on its way, or it was replaced by a new one: ask whoever sent it to you. "
    "What is public stands among the declarations."
)
RECOVERY = Recovery(unknown=_UNKNOWN, next_page=_link_to_declarations)


def opened_by_secret_address(view: Callable[..., HttpResponse]) -> View:
    """Decorate a view with a secret token in its address: it gets the `FormLocation` instead.

    Once the declaration is public, its secret address redirects to the public one, with the data of a POST.
    """

    @opened_by_link(CIRCULATION, find_object=_find_location, recovery=RECOVERY)
    @wraps(view)
    def opened(request: HttpRequest, location: FormLocation, **kwargs: str) -> HttpResponse:
        if _is_public(location.page):
            rest = request.get_full_path().removeprefix(location.text_url)
            return HttpResponseRedirect(public_location(location.page).text_url + rest, preserve_request=True)
        return view(request, location, **kwargs)

    return opened


@opened_by_secret_address
def circulating(request: HttpRequest, location: FormLocation) -> HttpResponse:
    """The frozen text, word for word."""
    version = location.sign_on.version
    context = {**location.context(location.page.title), "blocks": as_blocks(version.text) if version else []}
    return render_private(request, "endorsements/declarations/circulating.html", context)


@opened_by_secret_address
def circulating_endorse(request: HttpRequest, location: FormLocation) -> HttpResponse:
    return endorse_at(request, location)


@opened_by_secret_address
def circulating_after(request: HttpRequest, location: FormLocation, step: str) -> HttpResponse:
    return after_sending(request, location, step)
