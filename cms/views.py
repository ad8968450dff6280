"""Share cards, the web app manifest and the favicon."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView
from wagtail.models import Page

from core.web.page_cache import public_page

from .models import SitePage
from .shared_picture import card_png, card_text, card_url
from .site_context import get_site_context

YEAR = 365 * 24 * 3600


@require_safe
@public_page
def share_card(request: HttpRequest, page_id: int, fingerprint: str) -> HttpResponseBase:
    """The card of a public page, cacheable for ever. Another fingerprint redirects to the current card.

    Only the current card is ever drawn, so made-up URLs cause no drawing.
    """
    page = get_object_or_404(Page.objects.live().public(), pk=page_id).specific
    site_context = get_site_context(request)
    if not isinstance(page, SitePage) or site_context is None:
        raise Http404
    current = card_url(page, site_context.identity.name)
    if request.path != current:
        redirect = HttpResponsePermanentRedirect(current)
        patch_cache_control(redirect, public=True, no_cache=True)  # a title may change back
        return redirect
    response = HttpResponse(card_png(card_text(page, site_context.identity.name)), content_type="image/png")
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


@require_safe
@public_page
def webmanifest(request: HttpRequest) -> HttpResponse:
    """Name, colours and icons for a phone's home screen (W3C Application Manifest)."""
    site_context = get_site_context(request)
    names = {"name": site_context.identity.name, "short_name": site_context.identity.short_name} if site_context else {}
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"} for side in (192, 512)]
    colours = {"background_color": "#fbf7f0", "theme_color": "#fbf7f0"}
    return JsonResponse(
        {**names, "start_url": "/", "display": "minimal-ui", **colours, "icons": icons}, content_type="application/manifest+json"
    )


class Favicon(RedirectView):
    """`/favicon.ico`, which some programs request without reading the page."""

    def get_redirect_url(self, *_args: object, **_kwargs: object) -> str:
        return static("img/favicon.ico")
