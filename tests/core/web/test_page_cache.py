"""The caching policy: what is kept, for whom, and that it is fresh the moment an editor publishes."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import Announcement, Navigation, SiteIdentity
from core.due import run_all
from core.models import ContentVersion
from core.web.page_cache import PublicPageMiddleware, content_changed, content_version, public_page
from core.web.page_cache.policy import MAX_KEPT_BYTES, RENDERED, RENEW_SECONDS
from members.models import Membership, Organisation
from news.models import Author
from pages.models import ContentPage
from tests.support.declarations import confirmed, open_declaration
from tests.support.members import asked, make_contact
from tests.support.news import make_post, publish
from tests.support.public_pages import KINDS
from tests.support.reader import Reader

pytestmark = pytest.mark.one_database

ADDRESSES = [*(address for kind, address in KINDS.items() if kind != "style guide"), "/feeds/all.rss", "/sitemap.xml", "/robots.txt"]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def is_kept(reader: Reader, address: str, **options: Any) -> bool:
    """Whether Django is not asked again."""
    reader.get(address, **options)
    before = reader.reached_django
    reader.get(address, **options)
    return reader.reached_django == before


# What anonymous readers get


@pytest.mark.parametrize("address", ADDRESSES)
def test_public_pages_set_no_cookie_and_are_kept(reader: Reader, address: str) -> None:
    response = reader.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert response["Cache-Control"] == "public, no-cache"
    assert response["ETag"]
    assert is_kept(reader, address)


def test_a_proxy_may_serve_by_itself_where_the_site_says_so(reader: Reader, settings: Any) -> None:
    settings.PUBLIC_PROXY_SECONDS = 30
    assert reader.get("/goals/")["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-while-revalidate=30"


# Conditional requests (RFC 9110 §13)


@pytest.mark.parametrize("known", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_a_reader_who_has_the_page_gets_304(reader: Reader, known: str) -> None:
    first = reader.get("/goals/")
    again = reader.get("/goals/", headers={"If-None-Match": known.format(first["ETag"])})
    assert again.status_code == 304
    assert again.content == b""
    for name in ("ETag", "Cache-Control", "Vary"):
        assert again[name] == first[name]


@pytest.mark.parametrize("known", ['"other"', "", "garbage", '"'])
def test_a_reader_who_has_another_gets_the_page(reader: Reader, known: str) -> None:
    assert reader.get("/goals/", headers={"If-None-Match": known}).status_code == 200


def test_head_says_what_get_would(reader: Reader) -> None:
    head = reader.head("/goals/")
    got = reader.get("/goals/")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head[name] == got[name]
    assert reader.head("/goals/")["ETag"] == got["ETag"]
    assert reader.get("/goals/").content == got.content


# Fresh at once


def test_publishing_unpublishing_and_deleting_show_at_once(reader: Reader) -> None:
    assert "Hot news" not in text(reader, "/news/")
    post = make_post("Hot news", date=timezone.localdate())
    assert "Hot news" in text(reader, "/news/")
    assert "Hot news" in text(reader, "/")
    assert "Hot news" in text(reader, post.url)
    post.unpublish()
    assert "Hot news" not in text(reader, "/news/")
    assert reader.get(post.url).status_code == 404
    again = publish(type(post).objects.get(pk=post.pk))
    assert "Hot news" in text(reader, "/news/")
    again.delete()
    assert "Hot news" not in text(reader, "/news/")


def test_a_draft_changes_nothing(reader: Reader) -> None:
    post = make_post("As published")
    before, version = text(reader, post.url), content_version()
    post.title = "As drafted"
    post.save_revision()
    assert content_version() == version
    assert text(reader, post.url) == before


def test_what_strangers_write_into_an_application_makes_no_page_stale(reader: Reader) -> None:
    version = content_version()
    asked()
    make_contact(Organisation.objects.all()[0])
    assert content_version() == version


def test_an_endorsement_empties_nothing(reader: Reader) -> None:
    page = open_declaration()
    before = content_version()
    assert is_kept(reader, page.url)
    confirmed(page)
    assert content_version() == before
    assert is_kept(reader, page.url)


def test_menus_banner_and_names_show_at_once(reader: Reader, home: Any) -> None:
    text(reader, "/goals/")
    menus = Navigation.objects.get()
    menus.footer_menu = [("link", {"label": "A new entry", "page": home, "url": ""})]
    menus.save()
    assert "A new entry" in text(reader, "/goals/")
    banner = Announcement.objects.get()
    banner.text = "Something urgent"
    banner.save()
    assert "Something urgent" in text(reader, "/goals/")
    identity = SiteIdentity.objects.get()
    identity.name = "Another Coalition"
    identity.save()
    assert "Another Coalition" in text(reader, "/goals/")


def test_an_unpublished_page_leaves_the_menu_at_once(reader: Reader) -> None:
    assert 'href="/why/"' in text(reader, "/goals/")
    ContentPage.objects.get(slug="why").unpublish()
    assert 'href="/why/"' not in text(reader, "/goals/")


def test_an_author_or_organisation_shows_at_once(reader: Reader) -> None:
    author = Author.objects.get(slug="katie-fox")
    text(reader, "/news/")
    author.name = "Katharine Fox"
    author.save()
    assert "Katharine Fox" in text(reader, "/news/")
    text(reader, "/about/")
    organisation = Organisation(name="Ocelot Alliance", slug="ocelot")
    organisation.memberships = [Membership(category="observer")]
    organisation.save()
    assert "Ocelot Alliance" in text(reader, "/about/")


def test_a_moved_page_and_a_new_slug_show_at_once(reader: Reader, home: Any, django_capture_on_commit_callbacks: Any) -> None:
    page = ContentPage(title="Moving", slug="moving")
    home.add_child(instance=page)
    text(reader, "/moving/")
    page.slug = "moved"
    with django_capture_on_commit_callbacks(execute=True):
        page = publish(page)
    assert reader.get("/moving/")["Location"] == "/moved/"
    text(reader, "/moved/")
    page.move(ContentPage.objects.get(slug="about"), pos="last-child")
    assert reader.get("/moved/")["Location"] == reader.get("/moving/")["Location"] == "/about/moved/"
    text(reader, "/about/moved/")


def test_a_page_made_private_is_closed_at_once(reader: Reader) -> None:
    page = ContentPage.objects.get(slug="goals")
    text(reader, "/goals/")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert reader.get("/goals/").status_code == 302
    restriction.delete()
    text(reader, "/goals/")


def test_scheduled_publishing_shows_when_it_is_due(reader: Reader) -> None:
    now = timezone.now()
    post = make_post("Planned ahead", live=False)
    post.go_live_at, post.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    post.save_revision().publish()
    assert "Planned ahead" not in text(reader, "/news/")
    for hours, there in ((2, True), (4, False)):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            run_all(timezone.now())
            assert ("Planned ahead" in text(reader, "/news/")) is there


def test_a_banner_begins_and_ends_at_its_time(reader: Reader) -> None:
    now = timezone.now()
    banner = Announcement.objects.get()
    banner.text, banner.starts_at, banner.ends_at = "For an hour", now + timedelta(hours=1), now + timedelta(hours=2)
    banner.save()
    hour = 3600
    for seconds, there in ((hour - 2, False), (hour + 1, True), (2 * hour - 2, True), (2 * hour + 1, False)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            assert ("For an hour" in text(reader, "/goals/")) is there, seconds
    assert RENEW_SECONDS < 15


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


def test_what_a_signed_in_editor_sees_is_private(signed_in: Any, editor: Any, reader: Reader) -> None:
    inside = signed_in(editor)
    for address in ("/goals/", "/news/", "/search/?q=nurse"):
        response = inside.get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response
    assert "wagtail-userbar" not in text(reader, "/goals/")


def test_the_admin_and_its_previews_are_private(signed_in: Any, secretary: Any, reader: Reader) -> None:
    assert "public" not in reader.get("/admin/account/login/")["Cache-Control"]
    inside = signed_in(secretary)
    page = ContentPage.objects.get(slug="goals")
    page.title = "As drafted"
    page.save_revision()
    draft = inside.get(f"/admin/pages/{page.pk}/view_draft/")
    assert draft.status_code == 200
    assert "As drafted" in draft.content.decode()
    for response in (draft, inside.get("/admin/"), inside.get(f"/admin/pages/{page.pk}/edit/")):
        assert "public" not in response["Cache-Control"]
    assert "As drafted" not in text(reader, "/goals/")


def test_redirects_and_errors_are_never_kept(reader: Reader) -> None:
    for address, status in (("/features", 301), ("/nothing/", 404), ("/news/?kind=gossip", 404), ("/news/?page=%00", 400)):
        response = reader.get(address)
        assert response.status_code == status
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response


def answer_of(view: Any, request: HttpRequest) -> HttpResponse:
    answer = PublicPageMiddleware(view)(request)
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"Cache-Control": "max-age=5"}, {"Cache-Control": "public, max-age=5"}])
def test_a_view_is_private_unless_it_says_otherwise(headers: dict[str, str]) -> None:
    request = RequestFactory().get("/x/")
    answer = answer_of(lambda _request: HttpResponse("x", headers=headers), request)
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
    assert RENDERED not in request.environ


@pytest.mark.django_db
def test_a_public_view_knows_nothing_of_the_visitor() -> None:
    @public_page
    def curious(request: HttpRequest) -> HttpResponse:
        assert request.headers.get("Accept-Encoding") == "br"
        return HttpResponse(repr((request.COOKIES, dict(request.headers), request.META)))

    told = {"Accept-Language": "nl", "User-Agent": "spy", "X-Forwarded-For": "192.0.2.7", "Cookie": "spy=1", "Accept-Encoding": "br"}
    request = RequestFactory().get("/x/", headers=told, REMOTE_ADDR="192.0.2.8", REMOTE_USER="spy")
    request.headers  # noqa: B018 — a middleware has read them before
    shown = answer_of(curious, request).content.decode()
    for secret in ("nl", "spy", "192.0.2"):
        assert secret not in shown


@pytest.mark.django_db
def test_a_cookie_or_a_status_or_a_header_takes_a_public_view_out() -> None:
    def with_cookie(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("x")
        response.set_cookie("a", "b")
        return response

    for view in (with_cookie, lambda _request: HttpResponse("x", status=404)):
        request = RequestFactory().get("/x/")
        assert answer_of(public_page(view), request)["Cache-Control"] == "private, no-store"
        assert RENDERED not in request.environ
    varies = RequestFactory().get("/x/")
    answer = answer_of(public_page(lambda _request: HttpResponse("x", headers={"Vary": "Accept-Language, Cookie"})), varies)
    assert answer["Vary"] == "Accept-Encoding, accept-language"
    assert varies.environ[RENDERED].keep == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked", [{"cookies": "messages=something"}, {"cookies": "sessionid=1"}, {"Authorization": "Basic x"}, {"method": "POST"}]
)
def test_a_personal_request_gets_a_private_answer(asked: dict[str, str]) -> None:
    method, cookies = asked.pop("method", "GET"), asked.pop("cookies", "")
    request = RequestFactory().generic(method, "/x/", headers=asked)
    request.COOKIES.update(dict([cookies.split("=")]) if cookies else {})
    assert answer_of(public_page(lambda _request: HttpResponse("Thank you, Ann")), request)["Cache-Control"] == "private, no-store"
    assert RENDERED not in request.environ


@pytest.mark.django_db
def test_what_is_very_large_is_served_but_not_kept() -> None:
    for size, keep in ((MAX_KEPT_BYTES, "page"), (MAX_KEPT_BYTES + 1, "")):
        request = RequestFactory().get("/x/", HTTP_HOST="testserver")
        answer_of(public_page(lambda _request, size=size: HttpResponse(b"a" * size)), request)
        assert request.environ[RENDERED].keep == keep


# Addresses made up to fill the memory


@pytest.mark.parametrize("query", ["x=1", "page=1&x=1", "q=nurse", f"kind={'x' * 300}", "kind[]=news", "Page=1"])
def test_made_up_addresses_are_not_kept(reader: Reader, query: str) -> None:
    text(reader, "/goals/")
    before = reader.kept()
    for number in range(5):
        reader.get(f"/goals/?{query}{number}")
    assert reader.kept() == before


@pytest.mark.parametrize("query", ["utm_source=letter&utm_campaign=may", "fbclid=IwAR0", "gclid=x&mc_eid=y", "ref=z"])
def test_what_networks_append_costs_nothing_and_shows_nowhere(reader: Reader, query: str) -> None:
    for address in ("/", "/news/", "/goals/", KINDS["statement"]):
        plain = text(reader, address)
        before = reader.reached_django
        assert text(reader, f"{address}?{query}") == plain
        assert reader.reached_django == before
        reader.layer.clear()
        assert text(reader, f"{address}?{query}") == plain


def test_the_order_of_parameters_does_not_matter(reader: Reader) -> None:
    text(reader, "/news/?kind=opinion&year=2019")
    before = reader.reached_django
    text(reader, "/news/?year=2019&kind=opinion")
    assert reader.reached_django == before


def test_hosts_and_schemes_do_not_mix(reader: Reader) -> None:
    text(reader, "/goals/")
    assert is_kept(reader, "/goals/")
    for other in ({"headers": {"host": "localhost"}}, {"secure": True}):
        before = reader.reached_django
        reader.get("/goals/", **other)
        assert reader.reached_django > before


def test_what_a_program_saves_shows_at_once_too(reader: Reader) -> None:
    page = ContentPage.objects.get(slug="goals")
    text(reader, "/goals/")
    page.title = "Our five goals"
    page.save()
    assert "Our five goals" in text(reader, "/goals/")
