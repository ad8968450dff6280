"""The filtered, numbered listing of posts with its facets and counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.utils.translation import gettext_lazy as _

from cms.faceted_list import FacetedList, with_parameters
from core.web.page_cache import content_version
from news.models.post import PostAuthor, PostPage
from news.models.taxonomy import Author, Topic

from .states import Kind


@dataclass(frozen=True)
class PostRow:
    """What the facets, and the choice of related posts, need to know of a post."""

    pk: int
    kind: str
    year: str
    series: int | None
    part: int | None
    topic: frozenset[str]
    author: frozenset[str]

    def values(self, facet: str) -> Iterable[str]:
        own = getattr(self, facet)
        return own if isinstance(own, frozenset) else (own,)


@dataclass(frozen=True)
class Catalogue:
    """All published posts, newest first, and the names behind the slugs."""

    rows: list[PostRow]
    labels: dict[str, dict[str, str]]


def _read_catalogue() -> Catalogue:
    topics: dict[int, set[str]] = {}
    for post, slug in PostPage.topics.through.objects.values_list("postpage_id", "topic__slug"):
        topics.setdefault(post, set()).add(slug)
    authors: dict[int, set[str]] = {}
    for post, slug in PostAuthor.objects.values_list("post_id", "author__slug"):
        authors.setdefault(post, set()).add(slug)
    posts = PostPage.objects.published().newest_first()
    rows = [
        PostRow(pk, kind, f"{date.year:04d}", series, part, frozenset(topics.get(pk, ())), frozenset(authors.get(pk, ())))
        for pk, kind, date, series, part in posts.values_list("pk", "kind", "date", "series_id", "part")
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


class Listing(FacetedList):
    """One page of posts for a query string. Raises UnknownFilterError for a value or page that does not exist."""

    labels = {"kind": _("Kind"), "topic": _("Topic"), "author": _("Author"), "year": _("Year")}

    def __init__(self, base: str, query: Mapping[str, Any], fixed: Mapping[str, str]):
        known = catalogue()
        self.fixed = fixed
        super().__init__(base, known.rows, known.labels, query, **fixed)

    def load(self, rows: list[PostRow]) -> list[PostPage]:
        posts: dict[int, PostPage] = PostPage.objects.for_cards().in_bulk([row.pk for row in rows])
        return [posts[row.pk] for row in rows if row.pk in posts]

    def address(self, parameters: Mapping[str, Any]) -> str:
        """A year alone has an address of its own; so has an author where the list stands on the author's page."""
        place, rest = self.base, dict(parameters)
        alone = set(rest) - {"page"}
        if alone == {"year"}:
            place += f"{rest.pop('year')}/"
        elif alone == {"author"} and self.fixed.get("author"):
            place += f"authors/{rest.pop('author')}/"
        return with_parameters(place, rest)
