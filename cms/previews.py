"""How a page looks elsewhere than on its own address, shown beside the editor."""

from base64 import b64encode

from django.http import HttpRequest
from django.template.response import TemplateResponse

from core.absolute_urls import domain

from .models import SitePage
from .share_card import draw_card
from .shared_picture import RENDITION, words_of
from .site_context import chrome_for


def shared(page: SitePage, request: HttpRequest) -> TemplateResponse:
    """The message that somebody sees to whom the page is sent: picture, title, description. Nothing is stored."""
    chrome = chrome_for(request)
    if page.share_image:
        picture = page.share_image.get_rendition(RENDITION).url
    else:
        picture = "data:image/png;base64," + b64encode(draw_card(**words_of(page, chrome.identity.name if chrome else ""))).decode()
    return TemplateResponse(request, "cms/previews/shared.html", {"page": page, "picture": picture, "domain": domain()})
