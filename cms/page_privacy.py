"""Pages with a view restriction, without a query for each page."""

from typing import TypeVar

from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from .cached import cached_until_change

Pages = TypeVar("Pages", bound=PageQuerySet)


def private_paths() -> tuple[str, ...]:
    """Tree paths of the pages with a view restriction, which also applies to all pages below. Cached until the content changes."""
    return cached_until_change("private_paths", lambda: tuple(PageViewRestriction.objects.values_list("page__path", flat=True)))


def open_to_all(pages: Pages) -> Pages:
    """The pages of the queryset without view restriction: Wagtail's `public()` without its query."""
    for path in private_paths():
        pages = pages.exclude(path__startswith=path)
    return pages
