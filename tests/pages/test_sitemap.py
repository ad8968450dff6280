"""Sitemap, robots.txt, security.txt: what machines find at fixed addresses."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import SiteIdentity
from core.web.page_cache import content_changed
from news.models import Author, PostPage
from pages.models import ContentPage
from tests.support.news import make_post, newsroom

pytestmark = pytest.mark.one_database

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def parts(client: Client) -> dict[str, str | None]:
    """The path of each part, with its last change."""
    return read(client, "/sitemap.xml", "sitemapindex")


def sitemap(client: Client) -> dict[str, str | None]:
    """Each address of all parts with its last change; none is there twice."""
    found: dict[str, str | None] = {}
    for address in parts(client):
        entries = read(client, address.removeprefix("http://testserver"), "urlset")
        assert entries
        assert not entries.keys() & found.keys()
        found |= entries
    return found


def read(client: Client, path: str, tag: str) -> dict[str, str | None]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    assert "noindex" in response["X-Robots-Tag"]
    root: Any = ET.fromstring(response.content)
    assert root.tag == f"{LOC}{tag}"
    found = {url.findtext(f"{LOC}loc"): url.findtext(f"{LOC}lastmod") for url in root}
    assert len(found) == len(root)
    return found


def test_it_lists_every_public_page(client: Client, site_pages: list[Any]) -> None:
    listed = sitemap(client)
    assert {f"http://testserver{page.url}" for page in site_pages if not page.noindex} <= set(listed)


def test_everything_it_lists_is_there_and_may_be_indexed(client: Client, home: Any) -> None:
    for address, changed in sitemap(client).items():
        response = client.get(address.removeprefix("http://testserver"))
        assert response.status_code == 200, address
        html = response.content.decode()
        assert '<meta name="robots" content="noindex"' not in html, address
        assert f'<link rel="canonical" href="{address}">' in html, address
        assert changed, address


def test_authors_and_years_are_listed_with_the_change_of_their_newest_post(client: Client, home: Any) -> None:
    idle = Author.objects.create(name="Nobody Yet", slug="nobody-yet")
    busy = Author.objects.create(name="Quilla Ramírez", slug="quilla")
    make_post("Old", authors=[busy], date=date(2015, 1, 1))
    new = make_post("New", authors=[busy], date=date(2015, 2, 1))
    listed = sitemap(client)
    day = timezone.localdate(new.last_published_at).isoformat()
    assert listed["http://testserver/news/authors/quilla/"] == day
    assert listed["http://testserver/news/2015/"] == day
    assert not any(idle.slug in address for address in listed)


def test_it_leaves_out_what_is_not_for_search_engines(client: Client, home: Any) -> None:
    make_post("Hidden from engines", noindex=True, date=date(2012, 1, 1))
    make_post("Still a draft", live=False, date=date(2012, 1, 1))
    private = ContentPage(title="Private", slug="private")
    home.add_child(instance=private)
    private.add_child(instance=ContentPage(title="Below", slug="below"))
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.PASSWORD, password="x")
    original = make_post("The original")
    original.create_alias(parent=newsroom(), update_slug="the-alias")
    listed = set(sitemap(client))
    assert "http://testserver/news/the-original/" in listed
    for part in ("hidden-from", "draft", "private", "below", "alias", "2012"):
        assert not any(part in address for address in listed), part


def test_it_is_fresh_after_publishing_and_unpublishing(client: Client, home: Any) -> None:
    before = set(sitemap(client))
    post = make_post("Brand new")
    assert set(sitemap(client)) - before == {"http://testserver/news/brand-new/", "http://testserver/news/2022/"}
    post.unpublish()
    assert set(sitemap(client)) == before


def test_an_address_in_another_script_is_percent_encoded(client: Client, home: Any) -> None:
    make_post("Health", slug="الصحة-للجميع")
    encoded = f"http://testserver/news/{quote('الصحة-للجميع')}/"
    assert encoded in sitemap(client)
    assert f'<link rel="canonical" href="{encoded}">' in client.get(encoded).content.decode()
    assert f"<link>{encoded}</link>" in client.get("/feeds/all.rss").content.decode()


def test_parts_are_bounded_and_cover_everything(client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sitemap(client)
    monkeypatch.setattr("pages.sitemaps.LIMIT", 3)
    caches["pages"].clear()
    content_changed()
    small = parts(client)
    assert max(len(read(client, path.removeprefix("http://testserver"), "urlset")) for path in small) == 3
    assert sitemap(client) == whole


def test_a_part_is_as_new_as_its_newest_entry(client: Client, home: Any) -> None:
    make_post("New", date=date(2015, 2, 1))
    for path, changed in parts(client).items():
        entries = read(client, path.removeprefix("http://testserver"), "urlset")
        assert changed == max(day for day in entries.values() if day), path


@pytest.mark.parametrize("part", ["posts-1999-1", "posts-2019-2", "posts-x-1", "nothing-1", "pages-0", "pages-01", "pages-99", "pages"])
def test_there_is_no_other_part(client: Client, home: Any, part: str) -> None:
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


def test_it_costs_few_queries(client: Client, home: Any, django_assert_max_num_queries: Any) -> None:
    for path in parts(client):
        with django_assert_max_num_queries(9):
            client.get(f"{path.removeprefix('http://testserver')}?nothing-is-kept-of-this")


def test_it_names_the_public_host_whatever_host_was_asked(client: Client, home: Any, settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = "https://example.org"
    for path in ("/sitemap.xml", "/sitemap-pages-1.xml"):
        root: Any = ET.fromstring(client.get(path, headers={"host": "localhost"}).content)
        assert all(url.findtext(f"{LOC}loc").startswith("https://example.org/") for url in root)


def test_an_empty_site_has_an_empty_sitemap(client: Client, home: Any) -> None:
    PostPage.objects.live().unpublish()
    home.unpublish()
    assert client.get("/sitemap.xml").status_code == 200


# robots.txt


def test_robots_are_let_in_and_shown_the_sitemap(client: Client, home: Any) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /search/"} <= set(lines)
    assert "Disallow: /" not in lines
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"


def test_a_copy_for_trying_is_closed_to_robots(client: Client, home: Any, settings: Any) -> None:
    settings.SEARCH_ENGINES_WELCOME = False
    assert client.get("/robots.txt").content.decode() == "User-agent: *\nDisallow: /\n"


# security.txt (RFC 9116)


def fields(client: Client) -> dict[str, str]:
    response = client.get("/.well-known/security.txt")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in response.content.decode().splitlines())


def test_it_names_the_contact_address_of_the_site(client: Client, home: Any) -> None:
    address = SiteIdentity.objects.get().contact_email
    told = fields(client)
    assert told["Contact"] == f"mailto:{address}"
    assert told["Canonical"] == "http://testserver/.well-known/security.txt"
    assert told["Preferred-Languages"] == "en"


def test_it_is_valid_for_less_than_a_year(client: Client, home: Any) -> None:
    ends = datetime.fromisoformat(fields(client)["Expires"])
    assert timedelta(days=170) < ends - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [("security@example.org", "mailto:security@example.org"), ("https://example.org/report", "https://example.org/report")],
)
def test_a_setting_names_another_contact(client: Client, home: Any, settings: Any, contact: str, shown: str) -> None:
    settings.SECURITY_CONTACT = contact
    assert fields(client)["Contact"] == shown


def test_without_any_contact_there_is_none(client: Client, home: Any) -> None:
    identity = SiteIdentity.objects.get()
    identity.contact_email = ""
    identity.save()
    assert client.get("/.well-known/security.txt").status_code == 404
