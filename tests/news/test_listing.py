"""The news listing: order, filters that combine, counts that are true, pages that exist."""

from typing import Any

import pytest

from news.models import PostPage
from news.read_next import read_next
from news.states import Kind


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
