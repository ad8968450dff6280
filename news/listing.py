"""The news listing with its facets, and its URL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms.cached import cached_until_change
from cms.faceted_list import ListInMemory, with_parameters
from news.models.index import NewsIndexPage
from news.models.post import PostAuthor, PostPage
from news.models.taxonomy import Author, Topic

from .states import Kind


@dataclass(frozen=True)
class PostRow:
    """The data of a post for facets and for choosing related posts."""

    pk: int
    kind: str
    year: str
    series: int | None
    part: int | None
    topic: frozenset[str]
    author: frozenset[str]

    def values(self, facet: str) -> Iterable[str]:
        value = getattr(self, facet)
        return value if isinstance(value, frozenset) else (value,)


@dataclass(frozen=True)
class PublishedPosts:
    """The rows of all published posts, newest first, and the labels of facet values."""

    rows: list[PostRow]
    labels: dict[str, dict[str, str]]


def _read_posts() -> PublishedPosts:
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
    return PublishedPosts(
        rows,
        {
            "kind": {value: str(label) for value, label in Kind.choices},
            "topic": dict(Topic.objects.values_list("slug", "name")),
            "author": dict(Author.objects.values_list("slug", "name")),
            "year": {row.year: row.year for row in rows},
        },
    )


def published_posts() -> PublishedPosts:
    """All published posts. Cached until the content changes."""
    return cached_until_change("published_posts", _read_posts)


def news_url() -> str:
    """The URL of the listing, '' if there is none. Cached until the content changes."""

    def compute() -> str:
        index = NewsIndexPage.objects.live().first()
        return (index.url if index else "") or ""

    return cached_until_change("news_url", compute)


class Listing(ListInMemory):
    """One page of posts for a query string. Raises UnknownFilterError for a value or page that does not exist."""

    labels = {"kind": _("Kind"), "topic": _("Topic"), "author": _("Author"), "year": _("Year")}

    def __init__(self, base: str, query: Mapping[str, Any], fixed: Mapping[str, str]):
        posts = published_posts()
        self.fixed = fixed
        super().__init__(base, posts.rows, posts.labels, query, **fixed)

    def load(self, rows: list[PostRow]) -> list[PostPage]:
        posts: dict[int, PostPage] = PostPage.objects.for_cards().in_bulk([row.pk for row in rows])
        return [posts[row.pk] for row in rows if row.pk in posts]

    def address(self, parameters: Mapping[str, Any]) -> str:
        """The URL of a list; a year alone has a path of its own, and on an author's page the author."""
        path, rest = self.base, dict(parameters)
        filters = set(rest) - {"page"}
        if filters == {"year"}:
            path += f"{rest.pop('year')}/"
        elif filters == {"author"} and self.fixed.get("author"):
            path += f"authors/{rest.pop('author')}/"
        return with_parameters(path, rest)
