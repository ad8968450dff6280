"""Pictures for shared links, and the description of the site for a phone's home screen."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from wagtail.models import Page

from .models import SitePage
from .shared_picture import card, card_address, words_of
from .site_context import chrome_for

YEAR = 365 * 24 * 3600


@require_safe
def share_card(request: HttpRequest, page_id: int, fingerprint: str) -> HttpResponseBase:
    """The card of a public page, for ever under this name; another fingerprint leads to the card of today.

    Only today's card is ever drawn, so made-up addresses cost no drawing.
    """
    page = get_object_or_404(Page.objects.live().public(), pk=page_id).specific
    chrome = chrome_for(request)
    if not isinstance(page, SitePage) or chrome is None:
        raise Http404
    here = card_address(page, chrome.identity.name)
    if request.path != here:
        moved = HttpResponsePermanentRedirect(here)
        patch_cache_control(moved, public=True, no_cache=True)  # a title may change back
        return moved
    response = HttpResponse(card(words_of(page, chrome.identity.name)), content_type="image/png")
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


@require_safe
def webmanifest(request: HttpRequest) -> HttpResponse:
    """Name, colours and icons for a phone's home screen (W3C Application Manifest)."""
    chrome = chrome_for(request)
    names = {"name": chrome.identity.name, "short_name": chrome.identity.short_name} if chrome else {}
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"} for side in (192, 512)]
    colours = {"background_color": "#fbf7f0", "theme_color": "#fbf7f0"}
    return JsonResponse(
        {**names, "start_url": "/", "display": "minimal-ui", **colours, "icons": icons}, content_type="application/manifest+json"
    )


class Favicon(RedirectView):
    """`/favicon.ico`, which some programs ask for without looking into the page."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        return static("img/favicon.ico")
