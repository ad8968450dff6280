"""A list with facets to filter by and numbered pages, which works without JavaScript.

The rows are kept and counted in memory, so the number of queries does not depend on the number of entries. A list too long for that has
rows for several entries each, and overrides `entries` and `counts`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfEntries
from django.core.paginator import Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _


class UnknownFilterError(Exception):
    """A filter value or page number does not exist. The text tells the reader."""


class Row(Protocol):
    """The facet values of an entry."""

    def values(self, facet: str) -> Iterable[str]:
        """The entry's values of a facet: none, one or several."""
        ...


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


class FacetedList:
    """One page of the entries that match a query string. Raises UnknownFilterError for a value or page that does not exist."""

    per_page: ClassVar[int] = 12
    labels: ClassVar[Mapping[str, str | Promise]] = {}
    # Facets sorted by value, the largest first; the others are sorted by their number of entries.
    sorted_by_value: ClassVar[frozenset[str]] = frozenset({"year"})
    # The search text, for a list with a search field. It is kept when a filter is chosen.
    text = ""

    def __init__(self, base: str, rows: Sequence[Any], names: Mapping[str, Mapping[str, str]], query: Mapping[str, Any], **fixed: str):
        """`names` has, for each facet, the existing values and their labels; `fixed` are filters that the path determines."""
        self.base, self.names, self.all_rows = base, names, rows
        self.filters = {name: value for name in self.labels if (value := fixed.get(name) or query.get(name) or "")}
        for name, value in self.filters.items():
            if value not in names[name]:
                raise UnknownFilterError(_("There is nothing under “%(value)s”.") % {"value": value[:60]})
        self.rows = self._matching(self.filters)
        self.number = self._number(query.get("page") or "1")

    def _matching(self, filters: Mapping[str, str]) -> list[Any]:
        return [row for row in self.all_rows if all(value in row.values(name) for name, value in filters.items())]

    def _number(self, raw: str) -> int:
        last = max(1, -(-self.total // self.per_page))
        if not (raw.isascii() and raw.isdigit() and len(raw) < 7 and 1 <= int(raw) <= last):
            raise UnknownFilterError(_("There is no page “%(page)s”; the list has %(last)d.") % {"page": raw[:20], "last": last})
        return int(raw)

    def load(self, rows: list[Any]) -> list[Any]:
        """The objects to show for these rows."""
        return rows

    @property
    def entries(self) -> Any:
        """The entries for Django's paginator."""
        return self.rows

    def counts(self, facet: str, rows: list[Any]) -> Counter[str]:
        """The number of entries for each value of a facet."""
        return Counter(value for row in rows for value in row.values(facet))

    @cached_property
    def page(self) -> PageOfEntries:
        """Django's page object, with the objects to show."""
        page = Paginator(self.entries, self.per_page).page(self.number)
        page.object_list = self.load(list(page.object_list))
        return page

    @property
    def total(self) -> int:
        return len(self.rows)

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
        rows = self._matching({other: value for other, value in self.filters.items() if other != name})
        counts = self.counts(name, rows)
        names, current = self.names[name], self.filters.get(name, "")
        if name in self.sorted_by_value:
            order = sorted(counts, reverse=True)
        else:
            order = sorted(counts, key=lambda value: (-counts[value], names.get(value, value)))
        choices = [
            Choice(names.get(value, value), counts[value], self.href(**{name: None if value == current else value}), value == current)
            for value in order
        ]
        return Facet(name, label, choices, names.get(current, ""), self.href(**{name: None}))

    def pages(self) -> Iterator[tuple[int | None, str]]:
        """Page numbers with their URLs; None for a gap."""
        for number in self.page.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1):
            yield (number, self.href(page=number)) if isinstance(number, int) else (None, "")


def with_parameters(path: str, parameters: Mapping[str, Any]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path
