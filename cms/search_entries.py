"""Writes the rows and words by which pages are found."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from wagtail.models import Page
from wagtail.search.index import insert_or_update_object

from cms.models import SearchEntry, SitePage
from cms.models.search_entry import SearchWords
from core.due import due
from core.search_words import stems

AT_ONCE = 200


def write_entries(pages: Sequence[SitePage]) -> None:
    """Store what these pages are found by, in place of what was stored before."""
    words = [SearchWords(pk=page.pk, words=" ".join(_once(page.search_text().split()))) for page in pages]
    with transaction.atomic():
        _replace(SearchEntry, [_entry(page) for page in pages])
        if connection.vendor == "sqlite":  # a virtual table knows no conflicts
            SearchWords.objects.filter(pk__in=[page.pk for page in pages]).delete()
            SearchWords.objects.bulk_create(words)
        else:
            _replace(SearchWords, words)


def _replace(model: type[SearchEntry | SearchWords], rows: Sequence[Any]) -> None:
    key, *others = (field.name for field in model._meta.concrete_fields)
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=[key], update_fields=others)


def delete_words_of(page: Page) -> None:
    """The row itself goes with its page."""
    SearchWords.objects.filter(pk=page.pk).delete()


def delete_words_without_page() -> None:
    SearchWords.objects.exclude(pk__in=SearchEntry.objects.values("pk")).delete()


@due("search entries")
def index_stale_pages(now: datetime) -> str:
    """Index live pages that a former release published."""
    current = SearchEntry.objects.filter(
        Q(revision=OuterRef("live_revision")) | Q(revision=None, page__live_revision=None), page=OuterRef("pk")
    )
    stale = Page.objects.live().filter(~Exists(current), depth__gt=1, alias_of=None).order_by(F("pk").desc())[:AT_ONCE]
    pages = [page for page in stale.specific() if isinstance(page, SitePage)]
    for page in pages:
        insert_or_update_object(page)
    return f"{len(pages)} pages indexed" if pages else ""


def _entry(page: SitePage) -> SearchEntry:
    day = page.search_day
    return SearchEntry(
        page_id=page.pk,
        kind=page.search_kind,
        day=day,
        year=day.year if day else None,
        title_words=_padded(page.title),
        standfirst_words=_padded(page.standfirst),
        revision=page.live_revision_id,
    )


def _padded(text: str) -> str:
    return " ".join(["", *_once(stems(text)), ""])


def _once(words: Iterable[str]) -> dict[str, Any]:
    return dict.fromkeys(words)
