"""The news listing with its facets, and its URL."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Func, IntegerField
from django.utils.translation import gettext_lazy as _

from cms.cached import cached_until_change
from cms.faceted_list import FacetedList, with_parameters
from news.models.index import NewsIndexPage
from news.models.post import PostPage, PostQuerySet
from news.models.taxonomy import Author, Topic

from .states import Kind


class Year(Func):
    """The year of a date. Django's own is a Python function on SQLite, called for each row."""

    template = "CAST(EXTRACT(YEAR FROM %(expressions)s) AS integer)"
    output_field = IntegerField()

    def as_sqlite(self, *args: Any, **kwargs: Any) -> Any:
        return self.as_sql(*args, template="CAST(substr(%(expressions)s, 1, 4) AS integer)", **kwargs)


def news_url() -> str:
    """The URL of the listing, '' if there is none. Cached until the content changes."""

    def compute() -> str:
        index = NewsIndexPage.objects.live().first()
        return (index.url if index else "") or ""

    return cached_until_change("news_url", compute)


def _named(model: type[Author] | type[Topic]) -> dict[str, tuple[int, str]]:
    """The primary key and the name of each author or topic, by slug. Cached until the content changes."""
    return cached_until_change(
        f"names:{model.__name__}", lambda: {slug: (pk, name) for slug, pk, name in model._default_manager.values_list("slug", "pk", "name")}
    )


class Listing(FacetedList):
    """One page of posts for a query string. Raises UnknownFilterError for a value or page that does not exist.

    Numbers with at most one filter are cached until the content changes; with more filters there are few posts, found by an index.
    """

    is_public_content = True
    labels = {"kind": _("Kind"), "topic": _("Topic"), "author": _("Author"), "year": _("Year")}
    fields = {"kind": "kind", "topic": "topics", "author": "authors__author", "year": "date__year"}
    all_rows: PostQuerySet

    def __init__(self, base: str, query: Mapping[str, Any], fixed: Mapping[str, str]):
        self.fixed, self.all_rows = fixed, PostPage.objects.published().newest_first()
        self.rows_with_slug = {"topic": _named(Topic), "author": _named(Author)}
        names = {
            "kind": {value: str(label) for value, label in Kind.choices},
            **{facet: {slug: name for slug, (_pk, name) in rows.items()} for facet, rows in self.rows_with_slug.items()},
            "year": {year: year for year in self.count("year", {})},
        }
        super().__init__(base, self.all_rows, names, query, **fixed)

    def filtered(self, rows: Any, facet: str, value: str) -> Any:
        return super().filtered(rows, facet, str(self.rows_with_slug[facet][value][0]) if facet in self.rows_with_slug else value)

    def count(self, facet: str, filters: Mapping[str, str]) -> Mapping[str, int]:
        if len(filters) > 1:
            return self._count(facet, filters)
        key = "".join(f"{name}={value}" for name, value in filters.items())
        return cached_until_change(f"posts:{facet}:{key}", lambda: self._count(facet, filters))

    def _count(self, facet: str, filters: Mapping[str, str]) -> dict[str, int]:
        field = Year("date") if facet == "year" else self.fields[facet]
        counted = self.matching(filters).order_by().values_list(field).annotate(Count("pk"))
        if facet in self.rows_with_slug:
            slugs = {pk: slug for slug, (pk, _name) in self.rows_with_slug[facet].items()}
            return {slugs[pk]: number for pk, number in counted if pk in slugs}
        return {f"{value:04d}" if facet == "year" else value: number for value, number in counted}

    @cached_property
    def total(self) -> int:
        facet, value = next(iter(self.filters.items()), ("kind", ""))
        return self.counts(facet).get(value, 0) if value else sum(self.counts(facet).values())

    def entries(self, start: int, stop: int) -> list[Any]:
        """Only the years in which they are, because a database reads all rows that it skips."""
        rows = self.matching(self.filters)
        if "year" in self.filters:
            return list(rows.values_list("pk", flat=True)[start:stop])
        years, before, skipped = [], 0, 0
        for year, number in sorted(self.counts("year").items(), reverse=True):
            if before < stop and before + number > start:
                years.append(int(year))
            elif not years:
                skipped += number
            before += number
        if not years:
            return []
        rows = rows.filter(date__range=(date(years[-1], 1, 1), date(years[0], 12, 31)))
        return list(rows.values_list("pk", flat=True)[start - skipped : stop - skipped])

    def load(self, keys: list[Any]) -> list[PostPage]:
        posts: dict[int, PostPage] = PostPage.objects.for_cards().in_bulk(keys)
        return [posts[key] for key in keys if key in posts]

    def address(self, parameters: Mapping[str, Any]) -> str:
        """The URL of a list; a year alone has a path of its own, and on an author's page the author."""
        path, rest = self.base, dict(parameters)
        filters = set(rest) - {"page"}
        if filters == {"year"}:
            path += f"{rest.pop('year')}/"
        elif filters == {"author"} and self.fixed.get("author"):
            path += f"authors/{rest.pop('author')}/"
        return with_parameters(path, rest)
