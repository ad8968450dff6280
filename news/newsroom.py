"""Where the news listing is."""

from django.core.cache import caches

from core.web.page_cache import content_version

from .models import NewsIndexPage


def newsroom_url() -> str:
    """The address of the listing, '' while there is none. From memory when nothing changed."""
    key = f"newsroom:{content_version()}"
    found = caches["pages"].get(key)
    if found is None:
        index = NewsIndexPage.objects.live().first()
        found = (index.url if index else "") or ""
        caches["pages"].set(key, found, 3600)
    return found
