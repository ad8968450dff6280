"""The filtered, numbered listing of posts with its facets and counts.

All posts' kinds, years, topics and authors are read once per change of content and counted in memory: the page costs the
same number of queries for 15 posts as for 1,500.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.cache import caches
from django.core.paginator import Page as PageOfPosts
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from core.page_cache import content_version

from .models.post import PostAuthor, PostPage
from .models.taxonomy import Author, Topic
from .states import Kind

if TYPE_CHECKING:
    from .models.index import NewsIndexPage

PER_PAGE = 12
FILTERS = ("kind", "topic", "author", "year")


class UnknownFilterError(Exception):
    """A filter value or page number that does not exist; its text tells the reader."""


@dataclass(frozen=True)
class Row:
    """What the facets need to know of a post."""

    pk: int
    kind: str
    year: str
    topic: frozenset[str]
    author: frozenset[str]

    def has(self, name: str, value: str) -> bool:
        own = getattr(self, name)
        return value in own if isinstance(own, frozenset) else value == own


@dataclass(frozen=True)
class Choice:
    """One value of a facet: its label, how many posts it would show, where it leads, whether it is on."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its choices; `chosen` is the label of the one that is on."""

    name: str
    label: str
    choices: list[Choice]
    chosen: str
    clear: str


@dataclass(frozen=True)
class Catalogue:
    """All published posts, newest first, and the names behind the slugs."""

    rows: list[Row]
    labels: dict[str, dict[str, str]]


def _read_catalogue() -> Catalogue:
    topics: dict[int, set[str]] = {}
    for post, slug in PostPage.topics.through.objects.values_list("postpage_id", "topic__slug"):
        topics.setdefault(post, set()).add(slug)
    authors: dict[int, set[str]] = {}
    for post, slug in PostAuthor.objects.values_list("post_id", "author__slug"):
        authors.setdefault(post, set()).add(slug)
    rows = [
        Row(pk, kind, str(date.year), frozenset(topics.get(pk, ())), frozenset(authors.get(pk, ())))
        for pk, kind, date in PostPage.objects.published().newest_first().values_list("pk", "kind", "date")
    ]
    return Catalogue(
        rows,
        {
            "kind": {value: str(label) for value, label in Kind.choices},
            "topic": dict(Topic.objects.values_list("slug", "name")),
            "author": dict(Author.objects.values_list("slug", "name")),
            "year": {row.year: row.year for row in rows},
        },
    )


def catalogue() -> Catalogue:
    """The catalogue of this moment's content, from memory when nothing changed."""
    key = f"catalogue:{content_version()}"
    found = caches["pages"].get(key)
    if found is None:
        found = _read_catalogue()
        caches["pages"].set(key, found, 3600)
    return found


class Listing:
    """One page of posts for a query string. Raises UnknownFilterError for a value or page that does not exist."""

    def __init__(self, index: "NewsIndexPage", query: Mapping[str, Any], fixed: Mapping[str, str]):
        self.base = index.url or "/"
        self.catalogue = catalogue()
        self.filters = {name: value for name in FILTERS if (value := fixed.get(name) or query.get(name) or "")}
        for name, value in self.filters.items():
            if value not in self.catalogue.labels[name]:
                raise UnknownFilterError(_("There is nothing under “%(value)s”.") % {"value": value[:60]})
        self.rows = self._matching(self.filters)
        self.number = self._number(query.get("page") or "1")

    def _matching(self, filters: Mapping[str, str]) -> list[Row]:
        return [row for row in self.catalogue.rows if all(row.has(name, value) for name, value in filters.items())]

    def _number(self, raw: str) -> int:
        last = max(1, -(-len(self.rows) // PER_PAGE))
        if not (raw.isascii() and raw.isdigit() and len(raw) < 7 and 1 <= int(raw) <= last):
            raise UnknownFilterError(
                _("There is no page “%(page)s”; the list has %(last)d.") % {"page": raw[:20], "last": last}
            )
        return int(raw)

    @cached_property
    def page(self) -> PageOfPosts:
        """Django's page object over the posts, loaded with what their cards show."""
        page = Paginator(self.rows, PER_PAGE).page(self.number)
        posts: dict[int, PostPage] = PostPage.objects.for_cards().in_bulk([row.pk for row in page.object_list])
        page.object_list = [posts[row.pk] for row in page.object_list if row.pk in posts]
        return page

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def chosen(self) -> list[Facet]:
        return [facet for facet in self.facets if facet.chosen]

    def href(self, **changes: str | int | None) -> str:
        """The address of this listing with some filters changed; changing one starts again at page 1."""
        filters: dict[str, str | int | None] = {**self.filters, **changes}
        kept = {name: filters[name] for name in (*FILTERS, "page") if filters.get(name) and (name, filters[name]) != ("page", 1)}
        if list(kept) == ["year"]:
            return f"{self.base}{kept['year']}/"
        return f"{self.base}?{urlencode(kept)}" if kept else self.base

    @cached_property
    def facets(self) -> list[Facet]:
        """Each filter with its values, counted under the other filters that are on."""
        labels = {"kind": _("Kind"), "topic": _("Topic"), "author": _("Author"), "year": _("Year")}
        return [self._facet(name, labels[name]) for name in FILTERS]

    def _facet(self, name: str, label: str) -> Facet:
        rows = self._matching({other: value for other, value in self.filters.items() if other != name})
        counts = Counter(value for row in rows for value in _values(row, name))
        names = self.catalogue.labels[name]
        order = sorted(counts, reverse=True) if name == "year" else sorted(counts, key=lambda value: (-counts[value], names.get(value, value)))
        on = self.filters.get(name, "")
        choices = [
            Choice(names.get(value, value), counts[value], self.href(**{name: None if value == on else value}), value == on) for value in order
        ]
        return Facet(name, label, choices, names.get(on, ""), self.href(**{name: None}))

    def pages(self) -> Iterable[tuple[int | None, str]]:
        """Numbered pages with their addresses; None stands for a gap."""
        for number in self.page.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1):
            yield (number, self.href(page=number)) if isinstance(number, int) else (None, "")


def _values(row: Row, name: str) -> Iterable[str]:
    own = getattr(row, name)
    return own if isinstance(own, frozenset) else (own,)
