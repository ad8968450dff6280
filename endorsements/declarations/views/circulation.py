"""A declaration before it is public: read and endorsed by those who were given its secret address, and seen by nobody else.

Once it is public, that address leads there, with what somebody typed meanwhile.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core.links import tokens
from core.web.private_pages import private, show
from endorsements.declarations.workflow import CIRCULATION
from endorsements.models import DeclarationPage
from endorsements.signing.views.form import Place, after_sending, answer, public_place, secret_place
from endorsements.states import SignOnState
from endorsements.text.canonical import as_blocks
from news.models import NewsIndexPage

View = Callable[..., HttpResponse]


def _of_secret_address(view: View) -> View:
    """The view gets the `Place`. Addresses that are unknown, replaced or of what circulates no more and is not public get one page."""

    @private
    @wraps(view)
    def opened(request: HttpRequest, token: str, **given: str) -> HttpResponse:
        link = tokens.peek(token, CIRCULATION)
        number = link.subject.rpartition(":")[2] if link and tokens.is_live(link) else ""
        page = DeclarationPage.for_reading().filter(pk=number).first() if number.isdecimal() else None
        if page and page.live and page.signing.has_public_list:
            rest = request.get_full_path().removeprefix(secret_place(page, token).text_url)
            return HttpResponseRedirect(public_place(page).text_url + rest, preserve_request=True)
        if page is None or page.signing.state != SignOnState.CIRCULATING:
            index = NewsIndexPage.objects.live().first()
            context = {"title": _("This address leads nowhere any more"), "news_url": index.get_url() if index else ""}
            return show(request, "endorsements/declarations/not_circulating.html", context, status=404)
        return view(request, secret_place(page, token), **given)

    return opened


@_of_secret_address
def circulating(request: HttpRequest, place: Place) -> HttpResponse:
    """The frozen text, word for word."""
    version = place.sign_on.version
    blocks = as_blocks(version.text) if version else []
    return show(request, "endorsements/declarations/circulating.html", {**place.context(place.page.title), "blocks": blocks})


@_of_secret_address
def circulating_endorse(request: HttpRequest, place: Place) -> HttpResponse:
    return answer(request, place)


@_of_secret_address
def circulating_after(request: HttpRequest, place: Place, step: str) -> HttpResponse:
    return after_sending(request, place, step)
