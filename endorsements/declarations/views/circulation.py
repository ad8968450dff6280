"""A declaration before it is public: read and endorsed by those who were given its secret address, and seen by nobody else.

Once it is public, that address leads there, with what somebody typed meanwhile.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.links.views import OpenedLink, Recovery, opened_by_link
from core.web.private_pages import View, render_private
from endorsements.declarations.workflow import CIRCULATION
from endorsements.models import DeclarationPage
from endorsements.signing.views.form import FormLocation, after_sending, endorse_at, public_location, secret_location
from endorsements.states import SignOnState
from endorsements.text.canonical import as_blocks
from news.models import NewsIndexPage


def _find_location(link: OpenedLink) -> FormLocation | None:
    """The secret address of a declaration that circulates or is public; None for one that was replaced or has ended."""
    number = link.subject.rpartition(":")[2] if link.is_live else ""
    page = DeclarationPage.for_reading().filter(pk=number).first() if number.isdecimal() else None
    if page and (_is_public(page) or page.signing.state == SignOnState.CIRCULATING):
        return secret_location(page, link.token)
    return None


def _is_public(page: DeclarationPage) -> bool:
    return bool(page.live and page.signing.has_public_list)


def _declarations() -> tuple[str, str] | None:
    index = NewsIndexPage.objects.live().first()
    return (_("Declarations"), f"{index.get_url()}?kind=declaration") if index else None


_UNKNOWN = gettext_lazy(
    "Perhaps it was cut on its way, or it was replaced by a new one: ask whoever sent it to you. "
    "What is public stands among the declarations."
)
RECOVERY = Recovery(unknown=_UNKNOWN, next_page=_declarations)


def opened_by_secret_address(view: Callable[..., HttpResponse]) -> View:
    """The view gets the `FormLocation`. Once the declaration is public, its secret address redirects to the public one."""

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
