"""Wagtail's search index and search in its database, the same on SQLite and PostgreSQL, at a cost that does not grow with the content.

Wagtail ranks with a query per hit on SQLite, and asks PostgreSQL for what no index can answer. Here the index gives the keys, and results
are ordered by their name's length, because it holds least besides what was typed; then as the model is.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.functions import Cast, Length
from modelsearch.query import PlainText
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from cms.models import SitePage
from cms.search_entries import delete_words_of, delete_words_without_page, write_entries

if connection.vendor == "sqlite":
    from modelsearch.backends.database.sqlite import sqlite as database
    from modelsearch.backends.database.sqlite.query import MatchExpression

    prefix = "SQLite"
else:
    from modelsearch.backends.database.postgres import postgres as database

    prefix = "Postgres"
Backend: Any = getattr(database, f"{prefix}SearchBackend")
Index: Any = getattr(database, f"{prefix}Index")
QueryCompiler: Any = getattr(database, f"{prefix}SearchQueryCompiler")
AutocompleteQueryCompiler: Any = getattr(database, f"{prefix}AutocompleteQueryCompiler")


class SiteIndex(Index):
    """Wagtail's index, and with it what the site's own search reads (`cms.search_entries`)."""

    def add_items(self, model: type[Model], objs: Sequence[Any]) -> None:
        super().add_items(model, objs)
        if issubclass(model, SitePage) and objs:
            write_entries(objs)

    def delete_item(self, item: Any) -> None:
        super().delete_item(item)
        if isinstance(item, Page):
            delete_words_of(item)

    def delete_stale_entries(self) -> None:
        super().delete_stale_entries()
        delete_words_without_page()

    def _refresh_title_norms(self, full: bool = False) -> None:
        """Nothing is ranked by them, and Wagtail reads the whole index for them at each save."""


class IndexedSearch:
    """A search that takes the keys from the index, once."""

    columns: ClassVar[tuple[str, ...]] = ("title", "body")

    def search(self: Any, config: Any, start: int | None, stop: int | None, score_field: str | None = None, **kwargs: Any) -> QuerySet[Any]:
        if not isinstance(self.query, PlainText) or self.fields is not None or score_field:
            found: QuerySet[Any] = super().search(config, start, stop, score_field, **kwargs)  # type: ignore[misc]
            return found
        model = self.queryset.model
        entries = IndexEntry.objects.filter(self.with_words(config), content_type__in=get_descendants_content_types_pks(model))
        found = self.queryset.filter(pk__in=entries.annotate(key=Cast("object_id", _key_field(model))).values("key"))
        if self.order_by_relevance or not found.query.order_by:
            found = found.order_by(*self.order())
        return found[start:stop]

    def with_words(self: Any, config: Any) -> Q:
        """The index entries with all the words."""
        if connection.vendor == "sqlite":
            words = self.build_search_query(self.query, config=config)
            return Q(pk__in=database.SQLiteFTSIndexEntry.objects.filter(MatchExpression(self.columns, words)) if words else ())
        is_split = self.query.operator == "and" and len(self.columns) > 1
        parts = [PlainText(word) for word in self.query.query_string.split()] if is_split else [self.query]
        asked = [query for part in parts if (query := self.build_tsquery(part, config=config)) is not None]
        # Each word in one of the columns: that is what the indexes answer, unlike all words in both columns joined.
        return reduce(and_, (reduce(or_, (Q(**{name: query}) for name in self.columns)) for query in asked)) if asked else Q(pk__in=())

    def order(self: Any) -> list[Any]:
        model = self.queryset.model
        own = {field.name for field in model._meta.get_fields() if field.concrete}
        names = [field.field_name for field in self.search_fields if field.field_name in own]
        return [*(Length(name) for name in names[:1]), *(() if issubclass(model, Page) else model._meta.ordering), "-pk"]


def _key_field(model: type[Model]) -> Field[Any, Any]:
    field: Any = model._meta.pk
    while field.remote_field:
        field = field.target_field
    return field


class SiteQueryCompiler(IndexedSearch, QueryCompiler):
    pass


class SiteAutocompleteQueryCompiler(IndexedSearch, AutocompleteQueryCompiler):
    columns = ("autocomplete",)


class SearchBackend(Backend):
    index_class = SiteIndex
    query_compiler_class = SiteQueryCompiler
    autocomplete_query_compiler_class = SiteAutocompleteQueryCompiler
