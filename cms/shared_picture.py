"""The picture shown for a shared page: one chosen by editors, else a card with the page's title.

A card is named by its text (`share_card.fingerprint`) and stored in the default storage, so it is drawn once for all hosts: when the page
is published, or when a missing card is requested.
"""

from base64 import b64encode
from typing import Any, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from wagtail.models import Page, Site

from core.absolute_urls import domain

from .cached import cached_until_change
from .models import SiteIdentity, SitePage
from .share_card import draw_card, fingerprint

SIZE = (1200, 630)
RENDITION = "fill-1200x630|format-jpeg"


def card_text(page: SitePage, site_name: str) -> dict[str, str]:
    """The text on the page's card."""
    kind = getattr(page, "get_kind_display", str)()
    return {"title": page.title, "kind": str(kind), "site_name": site_name, "domain": domain()}


def card_url(page: SitePage, site_name: str) -> str:
    """The URL of the page's card. It changes with the text on it."""
    return reverse("share_card", args=(page.pk, fingerprint(**card_text(page, site_name))))


class SharePicture(NamedTuple):
    """The picture that messengers show, and its size in pixels."""

    url: str
    width: int = SIZE[0]
    height: int = SIZE[1]


def share_picture(page: SitePage, site_name: str) -> SharePicture:
    """The page's picture. One that an editor chose is smaller than a card, if the original is."""
    if not page.share_image:
        return SharePicture(card_url(page, site_name))
    rendition = page.share_image.get_rendition(RENDITION)
    return SharePicture(rendition.url, rendition.width, rendition.height)


def preview_url(page: SitePage, site_name: str) -> str:
    """The picture for the preview of a draft: its URL, or the card as a data URL. Stores nothing."""
    if page.share_image:
        return str(page.share_image.get_rendition(RENDITION).url)
    return "data:image/png;base64," + b64encode(draw_card(**card_text(page, site_name))).decode()


def home_picture(site: Site, site_name: str) -> SharePicture | None:
    """The home page's picture, for views without a page; None if the home page is not a SitePage. Cached."""

    def compute() -> SharePicture | None:
        home = site.root_page.specific
        return share_picture(home, site_name) if isinstance(home, SitePage) else None

    return cached_until_change(f"home_picture:{site.pk}", compute)


def card_png(text: dict[str, str]) -> bytes:
    """The card as a PNG, from the storage or else drawn and stored."""
    name = f"share/{fingerprint(**text)}.png"
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    picture = draw_card(**text)
    saved_as = default_storage.save(name, ContentFile(picture))
    if saved_as != name:  # another process was faster
        default_storage.delete(saved_as)
    return picture


def prepare_share_picture(page: Page) -> None:
    """Make the page's picture before anybody shares the page."""
    specific: Any = page.specific
    if not isinstance(specific, SitePage):
        return
    if specific.share_image:
        specific.share_image.get_rendition(RENDITION)
    else:
        site = specific.get_site()
        identity = SiteIdentity.objects.filter(site=site).first()
        card_png(card_text(specific, identity.name if identity else ""))
