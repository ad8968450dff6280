"""Pages with a view restriction, without a query for each page."""

from typing import TypeVar

from django.core.cache import caches
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from core.web.page_cache import content_version

Pages = TypeVar("Pages", bound=PageQuerySet)


def private_paths() -> tuple[str, ...]:
    """Tree paths of the pages with a view restriction, which also applies to all pages below. Cached until the content changes."""
    key = f"private:{content_version()}"
    paths = caches["pages"].get(key)
    if paths is None:
        paths = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
        caches["pages"].set(key, paths, 3600)
    return paths


def open_to_all(pages: Pages) -> Pages:
    """The pages of the queryset without view restriction: Wagtail's `public()` without its query."""
    for path in private_paths():
        pages = pages.exclude(path__startswith=path)
    return pages
