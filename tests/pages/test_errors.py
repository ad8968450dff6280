"""The site's own 400, 403, 404 and 500 pages."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError, connection
from django.test import Client
from django.urls import path

from hw4all import urls as project_urls

pytestmark = pytest.mark.one_database


def _fail(error: Exception) -> Any:
    def view(_request: Any) -> None:
        raise error

    return view


urlpatterns = [
    path("broken/", _fail(RuntimeError("no reader may see this"))),
    path("forbidden/", _fail(PermissionDenied("nor this"))),
    path("unreadable/", _fail(BadRequest("The reason given."))),
    *project_urls.urlpatterns,
]
handler400, handler403 = project_urls.handler400, project_urls.handler403
handler404, handler500 = project_urls.handler404, project_urls.handler500


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


def no_database(*_args: object) -> None:
    raise OperationalError("the database is away")


def test_404_has_the_search_and_ways_on(visitor: Client, home: Any) -> None:
    response = visitor.get("/no/such/page/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "<title>Page not found · HW4All</title>" in html
    assert 'action="/search/"' in html
    assert 'href="/news/"' in html
    assert 'content="noindex"' in html
    assert "canonical" not in html


def test_400_says_why(visitor: Client, home: Any) -> None:
    response = visitor.get("/unreadable/")
    assert response.status_code == 400
    assert "The reason given." in response.content.decode()


def test_403_tells_nothing_of_what_is_behind_it(visitor: Client, home: Any) -> None:
    response = visitor.get("/forbidden/")
    assert response.status_code == 403
    assert "nor this" not in response.content.decode()
    assert "This page is not open to you" in response.content.decode()


def test_a_stale_form_gets_a_page_of_ours(home: Any) -> None:
    response = Client(enforce_csrf_checks=True).post("/admin/account/login/", {"login": "a@example.org", "password": "x"})
    assert response.status_code == 403
    assert "The form could not be accepted" in response.content.decode()


def test_500_tells_nothing_and_is_no_longer_than_need_be(visitor: Client, home: Any) -> None:
    response = visitor.get("/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert "no reader may see this" not in html
    assert "Something went wrong" in html
    assert "css/site" in html
    assert len(html) < 2000


def test_500_needs_no_database(visitor: Client, home: Any) -> None:
    with connection.execute_wrapper(no_database):
        response = visitor.get("/broken/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


def test_a_page_without_its_database_is_500(visitor: Client, home: Any) -> None:
    with connection.execute_wrapper(no_database):
        response = visitor.get("/goals/")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()


@pytest.mark.parametrize("address", ["/no/such/page/", "/unreadable/", "/forbidden/"])
def test_error_pages_are_never_kept(visitor: Client, home: Any, address: str) -> None:
    response = visitor.get(address)
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert "ETag" not in response


@pytest.mark.parametrize("address", ["/no/such/page/", "/unreadable/", "/forbidden/"])
def test_error_pages_work_on_an_empty_site(empty_site: None, settings: Any, address: str) -> None:
    settings.ROOT_URLCONF = __name__
    assert Client().get(address).status_code in (400, 403, 404)


def test_the_health_check_says_when_the_database_is_away(visitor: Client, home: Any) -> None:
    assert visitor.get("/healthz").content == b"ok\n"
    with connection.execute_wrapper(no_database):
        response = visitor.get("/healthz")
    assert response.status_code == 503
    assert b"away" not in response.content
