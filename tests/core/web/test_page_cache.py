"""The caching policy: what is kept, for whom, and that it is fresh the moment an editor publishes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import Announcement, Navigation, SiteIdentity
from core.due import run_all
from core.models import ContentVersion
from core.web.page_cache import CACHE_SECONDS, MAX_CACHED_BYTES, PageCacheMiddleware, content_changed, content_version
from members.models import Membership, Organisation
from news.models import Author
from pages.models import ContentPage
from tests.support.members import asked, make_contact
from tests.support.news import make_post, publish
from tests.support.public_pages import KINDS

pytestmark = pytest.mark.one_database

ADDRESSES = [*(address for kind, address in KINDS.items() if kind != "style guide"), "/feeds/all.rss", "/sitemap.xml", "/robots.txt"]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def is_kept(client: Client, address: str, **options: Any) -> bool:
    """Whether asking again costs no more than the one query for the version."""
    client.get(address, **options)
    with CaptureQueriesContext(connection) as queries:
        client.get(address, **options)
    return len(queries) <= 1


# What anonymous readers get


@pytest.mark.parametrize("address", ADDRESSES)
def test_public_pages_set_no_cookie_and_are_kept(client: Client, home: Any, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert response["Cache-Control"] == "public, no-cache"
    assert response["ETag"]
    assert "search" in address or is_kept(client, address)


def test_a_proxy_may_serve_by_itself_where_the_site_says_so(client: Client, home: Any, settings: Any) -> None:
    settings.PUBLIC_PROXY_SECONDS = 30
    assert client.get("/goals/")["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-while-revalidate=30"


# Conditional requests (RFC 9110 §13)


@pytest.mark.parametrize("known", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_a_reader_who_has_the_page_gets_304(client: Client, home: Any, known: str) -> None:
    first = client.get("/goals/")
    again = client.get("/goals/", headers={"If-None-Match": known.format(first["ETag"])})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again[name] == first[name]


@pytest.mark.parametrize("known", ['"other"', "", "garbage", '"'])
def test_a_reader_who_has_another_gets_the_page(client: Client, home: Any, known: str) -> None:
    assert client.get("/goals/", headers={"If-None-Match": known}).status_code == 200


def test_head_says_what_get_would(client: Client, home: Any) -> None:
    head = client.head("/goals/")
    got = client.get("/goals/")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head[name] == got[name]
    assert client.head("/goals/")["ETag"] == got["ETag"]
    assert client.get("/goals/").content == got.content


# Fresh at once


def test_publishing_unpublishing_and_deleting_show_at_once(client: Client, home: Any) -> None:
    assert "Hot news" not in text(client, "/news/")
    post = make_post("Hot news", date=timezone.localdate())
    assert "Hot news" in text(client, "/news/")
    assert "Hot news" in text(client, "/")
    assert "Hot news" in text(client, post.url)
    post.unpublish()
    assert "Hot news" not in text(client, "/news/")
    assert client.get(post.url).status_code == 404
    again = publish(type(post).objects.get(pk=post.pk))
    assert "Hot news" in text(client, "/news/")
    again.delete()
    assert "Hot news" not in text(client, "/news/")


def test_a_draft_changes_nothing(client: Client, home: Any) -> None:
    post = make_post("As published")
    before, version = text(client, post.url), content_version()
    post.title = "As drafted"
    post.save_revision()
    assert content_version() == version
    assert text(client, post.url) == before


def test_what_strangers_write_into_an_application_makes_no_page_stale(client: Client, home: Any) -> None:
    version = content_version()
    asked()
    make_contact(Organisation.objects.all()[0])
    assert content_version() == version


def test_menus_banner_and_names_show_at_once(client: Client, home: Any) -> None:
    text(client, "/goals/")
    menus = Navigation.objects.get()
    menus.footer_menu = [("link", {"label": "A new entry", "page": home, "url": ""})]
    menus.save()
    assert "A new entry" in text(client, "/goals/")
    banner = Announcement.objects.get()
    banner.text = "Something urgent"
    banner.save()
    assert "Something urgent" in text(client, "/goals/")
    identity = SiteIdentity.objects.get()
    identity.name = "Another Coalition"
    identity.save()
    assert "Another Coalition" in text(client, "/goals/")


def test_an_unpublished_page_leaves_the_menu_at_once(client: Client, home: Any) -> None:
    assert 'href="/why/"' in text(client, "/goals/")
    ContentPage.objects.get(slug="why").unpublish()
    assert 'href="/why/"' not in text(client, "/goals/")


def test_an_author_or_organisation_shows_at_once(client: Client, home: Any) -> None:
    author = Author.objects.get(slug="katie-fox")
    text(client, "/news/")
    author.name = "Katharine Fox"
    author.save()
    assert "Katharine Fox" in text(client, "/news/")
    text(client, "/about/")
    organisation = Organisation(name="Ocelot Alliance", slug="ocelot")
    organisation.memberships = [Membership(category="observer")]
    organisation.save()
    assert "Ocelot Alliance" in text(client, "/about/")


def test_a_moved_page_and_a_new_slug_show_at_once(client: Client, home: Any, django_capture_on_commit_callbacks: Any) -> None:
    page = ContentPage(title="Moving", slug="moving")
    home.add_child(instance=page)
    text(client, "/moving/")
    page.slug = "moved"
    with django_capture_on_commit_callbacks(execute=True):
        page = publish(page)
    assert client.get("/moving/")["Location"] == "/moved/"
    text(client, "/moved/")
    page.move(ContentPage.objects.get(slug="about"), pos="last-child")
    assert client.get("/moved/")["Location"] == client.get("/moving/")["Location"] == "/about/moved/"
    text(client, "/about/moved/")


def test_a_page_made_private_is_closed_at_once(client: Client, home: Any) -> None:
    page = ContentPage.objects.get(slug="goals")
    text(client, "/goals/")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/goals/").status_code == 302
    restriction.delete()
    text(client, "/goals/")


def test_scheduled_publishing_shows_when_it_is_due(client: Client, home: Any) -> None:
    now = timezone.now()
    post = make_post("Planned ahead", live=False)
    post.go_live_at, post.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    post.save_revision().publish()
    assert "Planned ahead" not in text(client, "/news/")
    for hours, there in ((2, True), (4, False)):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            run_all(timezone.now())
            assert ("Planned ahead" in text(client, "/news/")) is there


def test_a_banner_begins_and_ends_within_a_minute_of_its_time(client: Client, home: Any) -> None:
    now = timezone.now()
    banner = Announcement.objects.get()
    banner.text, banner.starts_at, banner.ends_at = "For an hour", now + timedelta(hours=1), now + timedelta(hours=2)
    banner.save()
    for minutes, there in ((59, False), (60 + 2, True), (119, True), (120 + 2, False)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert ("For an hour" in text(client, "/goals/")) is there, minutes
    assert CACHE_SECONDS <= 60


def test_a_number_that_was_rolled_back_never_comes_again(home: Any) -> None:
    seen = set()
    for _ in range(20):
        content_changed()
        seen.add(content_version())
    assert len(seen) == 20
    ContentVersion.objects.all().delete()
    assert content_version() == 0
    content_changed()
    assert content_version() > 0


# What is never kept


def test_a_page_with_a_password_is_private_and_its_form_is_never_kept(home: Any) -> None:
    page = ContentPage.objects.get(slug="goals")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.PASSWORD, password="open sesame")
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for visitor in (first, second, first):
        form = visitor.get("/goals/")
        assert "private" in form["Cache-Control"] and "no-store" in form["Cache-Control"]  # noqa: PT018
        assert "csrftoken" in form.cookies
    token = first.cookies["csrftoken"].value
    action = f"/_util/authenticate_with_password/{page.view_restrictions.get().pk}/{page.pk}/"
    sent = first.post(action, {"password": "open sesame", "return_url": "/goals/", "csrfmiddlewaretoken": token})
    assert sent.status_code == 302
    opened = first.get("/goals/")
    assert page.title in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert "ETag" not in opened
    assert "password" in second.get("/goals/").content.decode()
    assert "password" in Client().get("/goals/").content.decode()


def test_what_a_signed_in_editor_sees_is_private(signed_in: Any, editor: Any, client: Client, home: Any) -> None:
    inside = signed_in(editor)
    for address in ("/goals/", "/news/", "/search/?q=nurse"):
        response = inside.get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response
    assert "wagtail-userbar" not in text(client, "/goals/")


def test_the_admin_and_its_previews_are_private(signed_in: Any, secretary: Any, client: Client, home: Any) -> None:
    assert "public" not in client.get("/admin/account/login/")["Cache-Control"]
    inside = signed_in(secretary)
    page = ContentPage.objects.get(slug="goals")
    page.title = "As drafted"
    page.save_revision()
    draft = inside.get(f"/admin/pages/{page.pk}/view_draft/")
    assert draft.status_code == 200
    assert "As drafted" in draft.content.decode()
    for response in (draft, inside.get("/admin/"), inside.get(f"/admin/pages/{page.pk}/edit/")):
        assert "public" not in response["Cache-Control"]
    assert "As drafted" not in text(client, "/goals/")


def test_redirects_and_errors_are_never_kept(client: Client, home: Any) -> None:
    for address, status in (("/features", 301), ("/nothing/", 404), ("/news/?kind=gossip", 404), ("/news/?page=%00", 400)):
        response = client.get(address)
        assert response.status_code == status
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response


def answer_of(view: Any, request: HttpRequest) -> HttpResponseBase:
    return PageCacheMiddleware(view)(request)


@pytest.mark.django_db
def test_a_view_opts_out_by_a_header_or_a_cookie() -> None:
    def with_cookie(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    def with_header(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("x", headers={"Cache-Control": "max-age=5"})

    request = RequestFactory().get("/x/")
    assert answer_of(with_cookie, request)["Cache-Control"] == "private, no-store"
    assert answer_of(with_header, request)["Cache-Control"] == "max-age=5"


@pytest.mark.django_db
def test_what_depends_on_another_header_is_not_kept() -> None:
    def by_language(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.headers.get("Accept-Language", "none"), headers={"Vary": "Accept-Language, Cookie"})

    for language in ("nl", "fr"):
        response = answer_of(by_language, RequestFactory().get("/x/", headers={"Accept-Language": language}))
        assert isinstance(response, HttpResponse)
        assert response.content == language.encode()
        assert response["Vary"] == "Accept-Encoding, accept-language"


@pytest.mark.django_db
def test_a_form_that_left_a_message_is_private() -> None:
    request = RequestFactory().get("/x/")
    request.COOKIES["messages"] = "something"
    assert answer_of(lambda _request: HttpResponse("Thank you, Ann"), request)["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_posts_are_never_kept() -> None:
    assert answer_of(lambda _request: HttpResponse("x"), RequestFactory().post("/x/"))["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_what_is_very_large_is_served_but_not_kept() -> None:
    caches["pages"].clear()
    answers = iter([b"a" * (MAX_CACHED_BYTES + 1), b"b"])
    for first in (b"a", b"b"):
        response = answer_of(lambda _request: HttpResponse(next(answers)), RequestFactory().get("/x/"))
        assert isinstance(response, HttpResponse)
        assert response.content[:1] == first


# Addresses made up to fill the memory


@pytest.mark.parametrize("query", ["x=1", "page=1&x=1", "q=nurse", f"kind={'x' * 300}", "kind[]=news", "Page=1"])
def test_made_up_addresses_are_not_kept(client: Client, home: Any, query: str) -> None:
    text(client, "/goals/")
    before = len(caches["pages"]._cache)
    for number in range(5):
        client.get(f"/goals/?{query}{number}")
    assert len(caches["pages"]._cache) == before


@pytest.mark.parametrize("query", ["utm_source=letter&utm_campaign=may", "fbclid=IwAR0", "gclid=x&mc_eid=y", "ref=z"])
def test_what_networks_append_costs_nothing_and_shows_nowhere(client: Client, home: Any, query: str) -> None:
    for address in ("/", "/news/", "/goals/", KINDS["statement"]):
        plain = text(client, address)
        with CaptureQueriesContext(connection) as queries:
            assert text(client, f"{address}?{query}") == plain
        assert len(queries) == 1
        caches["pages"].clear()
        assert text(client, f"{address}?{query}") == plain


def test_the_order_of_parameters_does_not_matter(client: Client, home: Any) -> None:
    text(client, "/news/?kind=opinion&year=2019")
    with CaptureQueriesContext(connection) as queries:
        text(client, "/news/?year=2019&kind=opinion")
    assert len(queries) == 1


def test_hosts_and_schemes_do_not_mix(client: Client, home: Any) -> None:
    text(client, "/goals/")
    assert is_kept(client, "/goals/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/goals/", headers={"host": "localhost"})
    assert len(queries) > 1
    with CaptureQueriesContext(connection) as queries:
        client.get("/goals/", secure=True)
    assert len(queries) > 1


def test_what_a_program_saves_shows_at_once_too(client: Client, home: Any) -> None:
    page = ContentPage.objects.get(slug="goals")
    text(client, "/goals/")
    page.title = "Our five goals"
    page.save()
    assert "Our five goals" in text(client, "/goals/")
