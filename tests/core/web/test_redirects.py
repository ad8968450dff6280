"""Old addresses lead to their pages in one step, and take the query string along."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from tests.support.news import make_post, publish

pytestmark = pytest.mark.one_database

CARERS = "/news/isnt-it-time-to-care-for-the-carers/"
ASSEMBLY = "/news/three-takeaways-from-the-72nd-world-health-assembly/"
BRIEFING = "/news/briefing-recording-and-resources-why-and-how-civil-society-can-contribute-to-the-4th-round-of-who-code-reporting/"
REPORT = "/news/reviewing-the-code-two-insights-and-a-concern/"


def in_one_step(client: Client, old: str, query: str = "") -> str:
    """Where an old address leads, which must be a page and must be reached at once."""
    response = client.get(old + query)
    assert response.status_code == 301, old
    there = client.get(response["Location"])
    assert there.status_code == 200, response["Location"]
    return str(response["Location"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/features", "/news/"),
        ("/features/", "/news/"),
        ("/blog", "/news/"),
        ("/our-goals", "/goals/"),
        ("/our-goals/", "/goals/"),
        ("/teamwork", "/working-groups/"),
        ("/teamwork/", "/working-groups/"),
        ("/why", "/why/"),
        ("/features/2019/4/5/isnt-it-time-to-care-for-the-carers", CARERS),
        ("/features/2019/4/5/isnt-it-time-to-care-for-the-carers/", CARERS),
        ("/blog/2019/4/5/isnt-it-time-to-care-for-the-carers", CARERS),
        ("/blog/2019/04/05/Isnt-It-Time-To-Care-For-The-Carers/", CARERS),
        # cut short
        ("/features/2021/8/12/briefing-recording-and-resources-why-and-how-civil-society-can", BRIEFING),
        # longer than ours
        ("/features/2019/6/30/reviewing-the-code-two-insights-and-a-concern-2", REPORT),
        # another slug, the only post of that day
        ("/blog/2019/6/27/three-lessons-from-geneva", ASSEMBLY),
    ],
)
def test_old_addresses_of_the_starting_content(client: Client, home: Any, old: str, new: str) -> None:
    for query in ("", "?utm_source=letter&x=%C3%A9"):
        assert in_one_step(client, old, query) == new + query


@pytest.mark.parametrize(
    "old",
    [
        "/features/2019/4/5/something-else-altogether",  # two posts of that day
        "/features/2019/4/6/something-else-altogether",  # none
        "/blog/2019/13/45/something-else-altogether",
        "/blog/0000/0/0/something-else-altogether",
        "/blog/9999/12/31/something-else-altogether",
        "/features/2019/4/5/in",  # the beginning of several
        "/features/2019/4/5/invest-in-",
        "/features/2019/4/5/a/b",
        "/features/2019/4",
        "/blog/19/4/5/isnt-it-time-to-care-for-the-carers-but-no-year",
        "/features/2019/4/5/%F0%9F%98%80",
    ],
)
def test_an_old_address_that_means_no_post_is_404(client: Client, home: Any, old: str) -> None:
    response = client.get(old, follow=True)
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def test_a_day_counts_only_when_it_is_certain(client: Client, home: Any) -> None:
    make_post("A quite certain day", date=date(2018, 3, 4))
    make_post("A doubtful day", date=date(2018, 5, 6), date_inferred=True)
    assert in_one_step(client, "/blog/2018/3/4/another-name") == "/news/a-quite-certain-day/"
    assert client.get("/blog/2018/5/6/another-name").status_code == 404


def test_an_unpublished_post_is_no_target(client: Client, home: Any) -> None:
    post = make_post("Withdrawn after a week", date=date(2018, 3, 4))
    post.unpublish()
    assert client.get("/blog/2018/3/4/withdrawn-after-a-week").status_code == 404


# What editors redirect


def redirect(old: str, link: str, *, permanent: bool = True) -> Redirect:
    return Redirect.objects.create(old_path=Redirect.normalise_path(old), redirect_link=link, is_permanent=permanent)


@pytest.mark.parametrize(
    ("link", "query", "location"),
    [
        ("/goals/", "", "/goals/"),
        ("/goals/", "?a=1&b=2", "/goals/?a=1&b=2"),
        ("/goals/#first", "?a=1", "/goals/?a=1#first"),
        ("/search/?q=goals", "?a=1", "/search/?q=goals"),
        ("https://example.org/x", "?a=1", "https://example.org/x?a=1"),
    ],
)
def test_the_query_string_travels_along(client: Client, home: Any, link: str, query: str, location: str) -> None:
    redirect("/old-campaign", link)
    response = client.get(f"/old-campaign{query}")
    assert response.status_code == 301
    assert response["Location"] == location


@pytest.mark.parametrize(
    ("old", "asked", "location"),
    [
        ("/?p=123", "/?p=123", "/why/"),
        ("https://old.example/?p=123", "/?p=123", "/why/"),
        ("/?p=123", "/?utm_source=letter&p=123", "/why/?utm_source=letter"),
        ("/?page_id=7&lang=fr", "/?lang=fr&page_id=7", "/why/"),
        ("/?p=123", "/?p=1234", None),
        ("/?p=123", "/", None),
        ("/goals?p=9", "/goals/?p=9", "/why/"),
        ("/old page", "/old%20page/", "/why/"),
        ("/old%20page/", "/old%20page", "/why/"),
        ("/a (draft), [2]", "/a%20(draft),%20[2]", "/why/"),
        ("/صحة", "/%D8%B5%D8%AD%D8%A9/", "/why/"),
        ("/%D8%B5%D8%AD%D8%A9", "/صحة", "/why/"),
        ("/old?x=a b", "/old?x=a%20b", "/why/"),
        ("/old", "/old?x=1&y=%C3%A9", "/why/?x=1&y=%C3%A9"),
    ],
)
def test_what_an_editor_typed_is_found_as_a_browser_asks_for_it(
    old: str, asked: str, location: str | None, client: Client, home: Any
) -> None:
    redirect(old, "/why/")
    response = client.get(asked)
    assert response.get("Location") == location
    assert response.status_code == (301 if location else 200)


def test_a_temporary_redirect_is_temporary(client: Client, home: Any) -> None:
    redirect("/for-now", "/goals/", permanent=False)
    assert client.get("/for-now").status_code == 302


def test_a_redirect_never_goes_round(client: Client, home: Any) -> None:
    page = make_post("Renamed")
    Redirect.objects.create(old_path="/news/renamed", redirect_page=page)
    assert client.get("/news/renamed/").status_code == 200
    page.unpublish()
    assert client.get("/news/renamed/").status_code == 404
    assert client.get("/news/renamed/?x=1").status_code == 404


def test_a_page_wins_over_a_redirect(client: Client, home: Any) -> None:
    redirect("/goals", "/why/")
    assert client.get("/goals/").status_code == 200


def test_a_changed_slug_leaves_a_redirect_and_two_changes_no_chain(
    client: Client, home: Any, django_capture_on_commit_callbacks: Any
) -> None:
    post = make_post("First name")
    for slug in ("second-name", "third-name"):
        post.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            post = publish(post)
    assert in_one_step(client, "/news/first-name/", "?a=1") == "/news/third-name/?a=1"
    assert in_one_step(client, "/news/second-name") == "/news/third-name/"


def test_redirects_are_not_kept(client: Client, home: Any) -> None:
    row = redirect("/old-campaign", "/goals/")
    assert client.get("/old-campaign")["Location"] == "/goals/"
    row.redirect_link = "/why/"
    row.save()
    response = client.get("/old-campaign")
    assert response["Location"] == "/why/"
    assert "no-store" in response["Cache-Control"]
