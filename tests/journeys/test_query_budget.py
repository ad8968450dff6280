"""At most twelve queries for any public page, the same for 15 posts and for 1,500."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from core.search_words import stems
from core.web.page_cache import content_changed
from news.models import PostAuthor, PostPage
from pages.search import search
from tests.support.news import newsroom
from tests.support.public_pages import KINDS

pytestmark = [pytest.mark.one_database, pytest.mark.begins_first]

BUDGET = 12
# The first reader after a change of content pays for what all the others find in memory: menus, names, the list of posts.
FIRST_READER = 26
PAGES = {
    **{kind: address for kind, address in KINDS.items() if kind != "style guide"},
    "second page": "/news/?page=2",
    "everything filtered": "/news/?kind=opinion&topic=gender-equity&author=katie-fox&year=2020",
    "search with facets": "/search/?q=health&kind=opinion&year=2019",
    "feed": "/feeds/all.rss",
    "feed of a topic": "/feeds/topic/who-code.json",
    "feed of an author": "/feeds/author/secretariat.atom",
    "sitemap": "/sitemap.xml",
    "sitemap of pages": "/sitemap-pages-1.xml",
    "sitemap of a year": "/sitemap-posts-2019-1.xml",
    "robots.txt": "/robots.txt",
    "security.txt": "/.well-known/security.txt",
    "manifest": "/site.webmanifest",
    "former address": "/features/2019/6/27/three-takeaways-from-the-72nd-world-health-assembly",
    "not found": "/no/such/page/",
    "unknown filter": "/news/?kind=gossip",
}


def queries_for(client: Client, address: str) -> CaptureQueriesContext:
    """What one answer costs that is not kept: the unknown parameter sees to that."""
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{address}{'&' if '?' in address else '?'}not-kept=1")
    return queries


def shown(queries: CaptureQueriesContext) -> str:
    return "\n".join(query["sql"][:200] for query in queries.captured_queries)


def test_no_page_costs_more_than_twelve_queries(client: Client, home: Any) -> None:
    for kind, address in PAGES.items():
        queries_for(client, address)
        queries = queries_for(client, address)
        assert len(queries) <= BUDGET, f"{kind}: {shown(queries)}"


def test_the_first_reader_after_a_change_pays_a_bounded_price(client: Client, home: Any) -> None:
    for address in PAGES.values():
        client.get(address)
    for kind, address in PAGES.items():
        content_changed()
        for cache in caches.all():
            cache.clear()
        queries = queries_for(client, address)
        assert len(queries) <= FIRST_READER, f"{kind}: {shown(queries)}"


def multiply(total: int) -> None:
    """Copies of the published posts, with their authors and topics, until there are so many. Rows only: nobody edits them."""
    posts = list(PostPage.objects.live().exclude(kind="spotlight").prefetch_related("authors", "topics"))
    index, kind = newsroom(), ContentType.objects.get_for_model(PostPage)
    first = index.numchild + 1
    copies = []
    for number in range(total - PostPage.objects.count()):
        like = posts[number % len(posts)]
        copy = PostPage(**{field.attname: getattr(like, field.attname) for field in PostPage._meta.concrete_fields})
        copy.pk = copy.id = copy.page_ptr_id = None
        copy.path = Page._get_path(index.path, index.depth + 1, first + number)
        copy.slug, copy.title = f"copy-{number}", f"{like.title} ({number})"
        copy.url_path, copy.translation_key, copy.content_type = f"{index.url_path}{copy.slug}/", uuid.uuid4(), kind
        copy.date = like.date - timedelta(days=number % 2000)
        copies.append((copy, like))
    insert(copies)
    Page.objects.filter(pk=index.pk).update(numchild=index.numchild + len(copies))
    content_changed()


def insert(copies: list[tuple[PostPage, PostPage]]) -> None:
    """Both tables of the posts in bulk, which Django leaves to us where a model inherits from another."""
    own = {field.attname for field in PostPage._meta.local_concrete_fields}
    fields = [field for field in Page._meta.concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create([Page(**{field.attname: getattr(copy, field.attname) for field in fields}) for copy, _ in copies])
    keys = [row.pk for row in rows]
    assert all(keys)
    values = [{name: getattr(copy, name) for name in own} | {"page_ptr_id": key} for (copy, _), key in zip(copies, keys, strict=True)]
    columns = list(PostPage._meta.local_concrete_fields)
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in columns)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {PostPage._meta.db_table} ({quoted}) VALUES ({marks})",
            [[field.get_db_prep_save(row[field.attname], connection) for field in columns] for row in values],
        )
    pairs = list(zip(keys, (like for _, like in copies), strict=True))
    PostAuthor.objects.bulk_create(
        [PostAuthor(post_id=key, author_id=entry.author_id) for key, like in pairs for entry in like.authors.all()]
    )
    topics = PostPage.topics.through
    topics.objects.bulk_create([topics(postpage_id=key, topic_id=topic.pk) for key, like in pairs for topic in like.topics.all()])


def test_a_hundred_times_the_posts_cost_no_more_queries(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {}
    for kind, address in PAGES.items():
        queries_for(client, address)
        before[kind] = len(queries_for(client, address))
    multiply(1500)
    # Of 1,500 whole texts the stemming alone would take half a minute.
    monkeypatch.setattr(PostPage, "search_text", lambda self: " ".join(stems(f"{self.title} {self.standfirst} health")))
    get_search_backend().add_bulk(PostPage, PostPage.objects.filter(slug__startswith="copy-"))
    assert PostPage.objects.live().count() == 1500
    assert search("health").total > 1000
    assert client.get("/news/").context["listing"].total == 1500
    for kind, address in PAGES.items():
        queries_for(client, address)
        queries = queries_for(client, address)
        assert len(queries) <= before[kind], f"{kind}: {shown(queries)}"
