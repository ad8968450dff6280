"""The news listing: order, filters that combine, counts that are true, pages that exist."""

import re
from collections import Counter
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from news.listing import Listing
from news.models import PostPage, Series
from news.read_next import read_next
from news.states import Kind
from tests.journeys.test_query_budget import multiply
from tests.support.news import make_post, newsroom


def listing(client: Any, query: str = "") -> Any:
    response = client.get(f"/news/{query}")
    assert response.status_code == 200
    return response.context["listing"]


def test_posts_stand_newest_first_as_in_the_archive(client: Any, home: Any) -> None:
    titles = [post.title for page in (1, 2) for post in listing(client, f"?page={page}").page.object_list]
    assert len(titles) == 16
    assert titles[0].startswith("Briefing Recording and Resources")
    assert titles[1].startswith("Come Together for Bold Civil Society Action")
    assert titles[-3:-1] == [
        "Isn't it time to care for the carers?",
        "Investing in the health workforce? Enough with the cheap talk, come up with the money!",
    ]


def test_every_count_is_the_number_of_posts_behind_its_link(client: Any, home: Any) -> None:
    for facet in listing(client).facets:
        assert facet.choices, facet.name
        for choice in facet.choices:
            assert client.get(choice.href).context["listing"].total == choice.count, choice.href


def test_filters_combine_and_each_counts_under_the_others(client: Any, home: Any) -> None:
    found = listing(client, "?kind=opinion&year=2019")
    assert {post.kind for post in found.page.object_list} == {Kind.OPINION}
    assert {post.date.year for post in found.page.object_list} == {2019}
    kinds = next(facet for facet in found.facets if facet.name == "kind")
    assert sum(choice.count for choice in kinds.choices) == PostPage.objects.live().filter(date__year=2019).count()


def test_a_filter_is_taken_away_by_its_own_link(client: Any, home: Any) -> None:
    found = listing(client, "?kind=opinion&year=2019")
    assert {facet.name: facet.clear for facet in found.chosen} == {"kind": "/news/2019/", "year": "/news/?kind=opinion"}


def test_the_year_archive_is_the_year_filter(client: Any, home: Any) -> None:
    assert client.get("/news/2020/").context["listing"].total == listing(client, "?year=2020").total > 0


@pytest.mark.parametrize(
    "query",
    ["?page=abc", "?page=0", "?page=-1", "?page=99999", "?page=2.0", "?page=٢", "?kind=gossip", "?topic=x", "?author=x", "?year=0000"],
)
def test_what_does_not_exist_is_said_with_a_way_back(client: Any, home: Any, query: str) -> None:
    response = client.get(f"/news/{query}")
    assert response.status_code == 404
    assert b'href="/news/"' in response.content


def test_an_unpublished_post_is_gone_from_list_and_counts_at_once(client: Any, home: Any) -> None:
    before = listing(client).total
    PostPage.objects.live().first().unpublish()
    assert listing(client).total == before - 1


def test_an_inferred_date_shows_month_and_year_only(client: Any, home: Any) -> None:
    html = client.get("/news/").content.decode()
    assert '<time datetime="2021-08">around August 2021</time>' in html
    assert '<time datetime="2021-04-07">7 April 2021</time>' in html


def test_related_posts_are_those_chosen_then_those_that_share_most(home: Any) -> None:
    post = PostPage.objects.get(slug="statement-on-abduction-dr-magombeyi")
    related = read_next(post).related
    assert len(related) == 3
    assert post not in related
    chosen = [entry.post_id for entry in post.related.all()]
    assert [page.pk for page in related[: len(chosen)]] == chosen


# The same answers as by hand, from indexes


def in_hand(posts: list[PostPage], filters: dict[str, str]) -> list[PostPage]:
    return [post for post in posts if all(value in values(post, name) for name, value in filters.items())]


def values(post: PostPage, facet: str) -> list[str]:
    if facet == "topic":
        return [topic.slug for topic in post.topics.all()]
    if facet == "author":
        return [entry.author.slug for entry in post.authors.all()]
    return [post.kind if facet == "kind" else f"{post.date.year}"]


FILTERS = {
    "kind": ["opinion", "news"],
    "topic": ["gender-equity", "who-code"],
    "author": ["katie-fox", "secretariat"],
    "year": ["2018", "2020"],
}


def test_pages_and_counts_are_those_that_a_count_by_hand_gives(home: Any) -> None:
    multiply(150)
    alias = make_post("Original", date=date(2020, 5, 5)).create_alias(parent=newsroom(), update_slug="the-alias")
    make_post("Draft", live=False, date=date(2020, 5, 5))
    private = make_post("Private", date=date(2020, 5, 5))
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.PASSWORD, password="x")
    rows = PostPage.objects.filter(live=True).exclude(pk__in=(alias.pk, private.pk)).prefetch_related("topics", "authors__author")
    posts = sorted(rows, key=lambda post: (post.date, post.first_published_at, post.pk), reverse=True)
    for chosen in product(*([None, *some] for some in FILTERS.values())):
        filters = {name: value for name, value in zip(FILTERS, chosen, strict=True) if value}
        found, by_hand = Listing("/news/", filters, {}), in_hand(posts, filters)
        assert found.total == len(by_hand), filters
        shown = [pk for start in range(0, found.total, 12) for pk in found.entries(start, start + 12)]
        assert shown == [post.pk for post in by_hand], filters
        for facet in FILTERS:
            others = in_hand(posts, {name: value for name, value in filters.items() if name != facet})
            assert found.counts(facet) == Counter(value for post in others for value in values(post, facet)), (filters, facet)


def test_what_to_read_next_is_what_a_choice_by_hand_gives(home: Any) -> None:
    multiply(60)
    series = Series.objects.create(name="A series", slug="a-series")
    parts = [make_post(f"Post {n}", series=series, part=part, date=date(2010, 1, n)) for n, part in enumerate((1, 2, 2, 4), 1)]
    posts = list(PostPage.objects.published().newest_first().prefetch_related("topics", "related"))
    topics = {post.pk: set(values(post, "topic")) for post in posts}
    for post in posts:
        others = [other for other in posts if other != post]
        chosen = [entry.post_id for entry in post.related.all() if entry.post_id in topics]
        alike = [other for other in others if topics[other.pk] & topics[post.pk] or (post.series_id and other.series_id == post.series_id)]
        alike.sort(key=lambda other: -len(topics[other.pk] & topics[post.pk]))
        by_hand = [*chosen, *(other.pk for other in alike if other.pk not in chosen)][:3]
        assert [other.pk for other in read_next(post).related] == by_hand, post
    beside = [read_next(post) for post in parts]
    assert [(one.previous, one.following) for one in beside] == [
        (None, parts[1]),
        (parts[0], parts[3]),
        (parts[0], parts[3]),
        (parts[2], None),
    ]


@pytest.mark.parametrize("query", [{}, {"kind": "opinion"}])
def test_the_first_and_the_last_page_are_found_by_an_index(home: Any, query: dict[str, str]) -> None:
    multiply(1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of a thousand rows it reads all; the question is whether it must
    found = Listing("/news/", query, {})
    for start in (0, (found.total - 1) // 12 * 12):
        with CaptureQueriesContext(connection) as queries:
            assert found.entries(start, start + 12)
        query_run = queries.captured_queries[-1]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query_run['sql']}")
            plan = "\n".join(str(row) for row in cursor.fetchall())
        assert re.search("post_kind_date|post_date_kind|news_postpage_date", plan), plan
        assert not re.search(r"SCAN (news_postpage|wagtailcore_page)|Seq Scan|USE TEMP B-TREE FOR ORDER BY", plan), plan
        assert " BETWEEN " in query_run["sql"]
