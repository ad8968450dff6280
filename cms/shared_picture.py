"""The picture that messengers and networks show for a shared page: the editors' own, else a card with its title.

A card is named by what is written on it (`share_card.fingerprint`) and kept in the default storage, so it is drawn once for all hosts.
It is drawn when a page is published, and when somebody asks for one that is missing.
"""

from base64 import b64encode
from typing import Any

from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from wagtail.models import Page, Site

from core.absolute_urls import domain
from core.web.page_cache import content_version

from .models import SiteIdentity, SitePage
from .share_card import draw_card, fingerprint

SIZE = (1200, 630)
RENDITION = "fill-1200x630|format-jpeg"


def words_of(page: SitePage, site_name: str) -> dict[str, str]:
    """What is written on the page's card."""
    kind = getattr(page, "get_kind_display", str)()
    return {"title": page.title, "kind": str(kind), "site_name": site_name, "domain": domain()}


def card_address(page: SitePage, site_name: str) -> str:
    """Where the card of this title, kind and site is; another address whenever one of them changes."""
    return reverse("share_card", args=(page.pk, fingerprint(**words_of(page, site_name))))


def address_of(page: SitePage, site_name: str) -> str:
    """Where the page's picture is."""
    return page.share_image.get_rendition(RENDITION).url if page.share_image else card_address(page, site_name)


def preview_of(page: SitePage, site_name: str) -> str:
    """The picture as it would be shared, for the preview of a draft: an address, or the card itself. Nothing is stored."""
    if page.share_image:
        return str(page.share_image.get_rendition(RENDITION).url)
    return "data:image/png;base64," + b64encode(draw_card(**words_of(page, site_name))).decode()


def home_picture(site: Site, site_name: str) -> str:
    """Where the picture of the site's home page is, for what is no page; '' where that is no page of ours. From memory mostly."""
    key = f"home-picture:{site.pk}:{content_version()}"
    found: str | None = caches["pages"].get(key)
    if found is None:
        home = site.root_page.specific
        found = address_of(home, site_name) if isinstance(home, SitePage) else ""
        caches["pages"].set(key, found, 3600)
    return found


def card(words: dict[str, str]) -> bytes:
    """The card's PNG, from the storage or drawn and put there."""
    name = f"share/{fingerprint(**words)}.png"
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    picture = draw_card(**words)
    kept_as = default_storage.save(name, ContentFile(picture))
    if kept_as != name:  # somebody else was faster
        default_storage.delete(kept_as)
    return picture


def prepare(page: Page) -> None:
    """Make the picture ready before anybody shares the page."""
    own: Any = page.specific
    if not isinstance(own, SitePage):
        return
    if own.share_image:
        own.share_image.get_rendition(RENDITION)
    else:
        site = own.get_site()
        identity = SiteIdentity.objects.filter(site=site).first()
        card(words_of(own, identity.name if identity else ""))
