"""A list with facets to filter by and numbered pages, which works without JavaScript.

`FacetedList` reads what it shows by SQL: the entries of one page, and how many there are for each value of a facet. `ListInMemory` does the
same with rows that are in memory already.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, cast
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfEntries
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class UnknownFilterError(Exception):
    """A filter value or page number does not exist. The text tells the reader."""


@dataclass(frozen=True)
class Choice:
    """A value of a facet: its label, the number of entries, the URL of the list with it, and whether it is chosen."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its choices. `chosen` is the label of the chosen one."""

    name: str
    label: str
    choices: list[Choice]
    chosen: str
    clear: str


class _Slices:
    """What Django's paginator needs of a list: its length, and the entries from one place to another."""

    def __init__(self, listing: "FacetedList"):
        self.listing = listing

    def __len__(self) -> int:
        return self.listing.total

    def __getitem__(self, place: slice) -> list[Any]:
        return self.listing.entries(place.start, place.stop) if len(self) else []


class FacetedList:
    """One page of the entries that match a query string. Raises UnknownFilterError for a value or page that does not exist.

    A facet is a column or a relation of the queryset, named in `fields`. A subclass whose facet is something else overrides `filtered` and
    `count`; one that keeps or knows numbers overrides `count` and `total`.
    """

    per_page: ClassVar[int] = 12
    labels: ClassVar[Mapping[str, str | Promise]] = {}
    # The lookup of each facet's values: "kind", "topics__slug". A relation must not have the same value twice for one entry.
    fields: ClassVar[Mapping[str, str]] = {}
    # Facets sorted by value, the largest first; the others are sorted by their number of entries.
    sorted_by_value: ClassVar[frozenset[str]] = frozenset({"year"})
    # Whether the public content alone decides what the list shows, so that it may be kept (cms/parts.py).
    is_public_content: ClassVar[bool] = False
    # The search text, for a list with a search field. It is kept when a filter is chosen.
    text = ""

    def __init__(self, base: str, rows: Any, names: Mapping[str, Mapping[str, str]], query: Mapping[str, Any], **fixed: str):
        """`rows` is the queryset of all entries in their order; `names` has, for each facet, the existing values and their labels; `fixed`
        are filters that the path determines."""
        self.base, self.names, self.all_rows = base, names, rows
        self.filters = {name: value for name in self.labels if (value := fixed.get(name) or query.get(name) or "")}
        for name, value in self.filters.items():
            if value not in names[name]:
                raise UnknownFilterError(_("There is nothing under “%(value)s”.") % {"value": value[:60]})
        self._counts: dict[str, Mapping[str, int]] = {}
        self.number = self._number(query.get("page") or "1")

    def _number(self, raw: str) -> int:
        last = max(1, -(-self.total // self.per_page))
        if not (raw.isascii() and raw.isdigit() and len(raw) < 7 and 1 <= int(raw) <= last):
            raise UnknownFilterError(_("There is no page “%(page)s”; the list has %(last)d.") % {"page": raw[:20], "last": last})
        return int(raw)

    # What is read

    def filtered(self, rows: QuerySet[Any], facet: str, value: str) -> QuerySet[Any]:
        """The rows with this value of a facet."""
        return rows.filter(**{self.fields[facet]: value})

    def matching(self, filters: Mapping[str, str]) -> QuerySet[Any]:
        """All entries with these filters, in their order."""
        rows: QuerySet[Any] = self.all_rows
        for name, value in filters.items():
            rows = self.filtered(rows, name, value)
        return rows

    def count(self, facet: str, filters: Mapping[str, str]) -> Mapping[str, int]:
        """The number of entries for each value of a facet, with these filters; without entries that have none."""
        field = self.fields[facet]
        counted = self.matching(filters).order_by().values_list(field).annotate(Count("pk"))
        return {str(value): number for value, number in counted if value not in (None, "")}

    def counts(self, facet: str) -> Mapping[str, int]:
        """The number of entries for each value of a facet, with the other filters. Read once."""
        if facet not in self._counts:
            self._counts[facet] = self.count(facet, {name: value for name, value in self.filters.items() if name != facet})
        return self._counts[facet]

    @cached_property
    def total(self) -> int:
        return self.matching(self.filters).count()

    def entries(self, start: int, stop: int) -> list[Any]:
        """The primary keys from one place to another. Read alone, because a database reads all rows that it skips."""
        return list(self.matching(self.filters).values_list("pk", flat=True)[start:stop])

    def load(self, keys: list[Any]) -> list[Any]:
        """The objects to show for these keys, in their order."""
        found = self.all_rows.model._default_manager.in_bulk(keys)
        return [found[key] for key in keys if key in found]

    # What is shown

    @cached_property
    def page(self) -> PageOfEntries:
        """Django's page object, with the objects to show."""
        page: PageOfEntries = Paginator(cast(Sequence[Any], _Slices(self)), self.per_page).page(self.number)
        page.object_list = self.load(list(page.object_list))
        return page

    @property
    def chosen(self) -> list[Facet]:
        return [facet for facet in self.facets if facet.chosen]

    def href(self, **changes: str | int | None) -> str:
        """The URL of this list with some filters changed, at page 1 unless `page` is given."""
        parameters: dict[str, str | int | None] = {"q": self.text, **self.filters, **changes}
        if parameters.get("page") == 1:
            del parameters["page"]
        return self.address({name: value for name, value in parameters.items() if value})

    @property
    def href_without_text(self) -> str:
        return self.href(q=None)

    def address(self, parameters: Mapping[str, Any]) -> str:
        return with_parameters(self.base, parameters)

    @cached_property
    def facets(self) -> list[Facet]:
        """All filters with their values, counted with the other filters applied."""
        return [self._facet(name, str(label)) for name, label in self.labels.items()]

    @property
    def choices(self) -> list[Facet]:
        """The filters with something to choose."""
        return [facet for facet in self.facets if facet.chosen or len(facet.choices) > 1]

    def _facet(self, name: str, label: str) -> Facet:
        counts = self.counts(name)
        names, current = self.names[name], self.filters.get(name, "")
        if name in self.sorted_by_value:
            order = sorted(counts, reverse=True)
        else:
            order = sorted(counts, key=lambda value: (-counts[value], names.get(value, value), value))
        choices = [
            Choice(names.get(value, value), counts[value], self.href(**{name: None if value == current else value}), value == current)
            for value in order
        ]
        return Facet(name, label, choices, names.get(current, ""), self.href(**{name: None}))

    def pages(self) -> Iterator[tuple[int | None, str]]:
        """Page numbers with their URLs; None for a gap."""
        for number in self.page.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1):
            yield (number, self.href(page=number)) if isinstance(number, int) else (None, "")


class Row(Protocol):
    """The facet values of an entry in memory."""

    def values(self, facet: str) -> Iterable[str]:
        """The entry's values of a facet: none, one or several."""
        ...


class ListInMemory(FacetedList):
    """A FacetedList whose rows are in memory, each a `Row`."""

    all_rows: Sequence[Any]

    def matching(self, filters: Mapping[str, str]) -> Any:
        return [row for row in self.all_rows if all(value in row.values(name) for name, value in filters.items())]

    def count(self, facet: str, filters: Mapping[str, str]) -> Mapping[str, int]:
        return Counter(value for row in self.matching(filters) for value in row.values(facet))

    @cached_property
    def rows(self) -> list[Any]:
        rows: list[Any] = self.matching(self.filters)
        return rows

    @cached_property
    def total(self) -> int:
        return len(self.rows)

    def entries(self, start: int, stop: int) -> list[Any]:
        return self.rows[start:stop]

    def load(self, rows: list[Any]) -> list[Any]:
        return rows


def with_parameters(path: str, parameters: Mapping[str, Any]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path
