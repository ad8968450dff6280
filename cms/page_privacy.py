"""Which parts of the site are not for everybody, without asking the database for each page."""

from typing import TypeVar

from django.core.cache import caches
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from core.web.page_cache import content_version

Pages = TypeVar("Pages", bound=PageQuerySet)


def private_paths() -> tuple[str, ...]:
    """Tree paths of the pages that editors restricted; what stands below one is private too. From memory when nothing changed."""
    key = f"private:{content_version()}"
    found = caches["pages"].get(key)
    if found is None:
        found = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
        caches["pages"].set(key, found, 3600)
    return found


def open_to_all(pages: Pages) -> Pages:
    """The pages of a query that are open to everybody: Wagtail's `public()`, without its query."""
    for path in private_paths():
        pages = pages.exclude(path__startswith=path)
    return pages
