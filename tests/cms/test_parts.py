"""Parts of public pages: kept for one version of the content, the same for everybody, never a draft's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.template import Context, engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from cms.parts import identity
from core.web.memory import VersionMemory
from news.models import Author, PostPage
from pages.blocks import MAX_NAMES
from pages.models import ContentPage
from tests.support.members import make_organisation
from tests.support.public_pages import KINDS

pytestmark = pytest.mark.one_database

SignIn = Callable[[Any], Client]
FRESH = "?not-kept=1"
READ = ("home", "listing", "opinion", "delivered declaration", "about", "working group", "members", "search")


def kept() -> dict[Any, Any]:
    """The HTML of each part that is kept."""
    memory: Any = caches["parts"]
    return {key: value[0] for key, value in memory._store.values.items() if isinstance(key, tuple) and str(key[0]).endswith(".html")}


def html(client: Client, address: str) -> str:
    return client.get(f"{address}{FRESH}").content.decode()


@pytest.mark.parametrize("kind", READ)
def test_a_page_made_of_kept_parts_is_the_same_page(kind: str, client: Client, home: Any) -> None:
    first = html(client, KINDS[kind])
    assert kept()
    assert html(client, KINDS[kind]) == first


@pytest.mark.parametrize("kind", READ)
def test_nothing_of_an_editors_page_is_kept(kind: str, client: Client, secretary_client: Client, home: Any) -> None:
    seen = html(secretary_client, KINDS[kind])
    assert "wagtail-userbar" in seen
    assert not kept()
    assert "wagtail-userbar" not in html(client, KINDS[kind])
    assert all("userbar" not in part and "csrf" not in part for part in kept().values())


def test_a_preview_neither_leaves_parts_nor_gets_any(client: Client, secretary_client: Client, home: Any) -> None:
    post = PostPage.objects.get(slug=KINDS["opinion"].split("/")[2])
    public = html(client, post.url)
    post.title = "A title that nobody has published"
    post.save_revision()
    seen = secretary_client.get(reverse("wagtailadmin_pages:view_draft", args=(post.pk,))).content.decode()
    assert f"<h1>{post.title}</h1>" in seen
    assert not any(post.title in part for part in kept().values())
    assert html(client, post.url) == public


def test_a_page_that_moves_is_linked_from_all_others_at_once(client: Client, home: Any) -> None:
    page = ContentPage.objects.get(slug="about")
    addresses = [KINDS[kind] for kind in ("home", "opinion", "listing", "members")]
    assert all('href="/about/"' in html(client, address) for address in addresses)
    page.slug = "about-us"
    page.save_revision().publish()
    for address in addresses:
        assert 'href="/about/"' not in html(client, address), address
        assert 'href="/about-us/"' in html(client, address), address
    page.unpublish()
    assert all("/about-us/" not in html(client, address) for address in addresses)


def test_a_link_in_a_text_follows_its_page_and_ends_with_it(client: Client, home: Any) -> None:
    post, other = PostPage.objects.get(slug=KINDS["opinion"].split("/")[2]), PostPage.objects.get(slug=KINDS["statement"].split("/")[2])
    post.body = [("text", f'<p><a linktype="page" id="{other.pk}">There</a></p>')]
    post.save_revision().publish()
    assert f'<a href="{other.url}">There</a>' in html(client, post.url)
    other.slug = "elsewhere"
    other.save_revision().publish()
    assert '<a href="/news/elsewhere/">There</a>' in html(client, post.url)
    other.unpublish()
    assert "<a>There</a>" in html(client, post.url)


def test_an_article_that_is_kept_costs_few_queries_and_its_links_one(client: Client, home: Any) -> None:
    post = PostPage.objects.get(slug=KINDS["opinion"].split("/")[2])
    others = PostPage.objects.live().exclude(pk=post.pk)[:8]
    post.body = [("text", "".join(f'<p><a linktype="page" id="{other.pk}">x</a></p>' for other in others))]
    post.save_revision().publish()
    with CaptureQueriesContext(connection) as first:
        html(client, post.url)
    links = [query["sql"] for query in first.captured_queries if '"url_path" FROM "wagtailcore_page"' in query["sql"]]
    assert len(links) <= 2, "one for the menus, one for the text"
    with CaptureQueriesContext(connection) as again:
        html(client, post.url)
    assert len(again) <= 4, [query["sql"][:100] for query in again.captured_queries]


def test_a_part_of_a_page_that_is_not_live_is_not_kept(client: Client, home: Any) -> None:
    html(client, "/")
    before = kept()
    page = Page.objects.get(slug="about").specific
    page.live = False
    template = engines["django"].engine.from_string('{% load parts %}{% part "pages/content.html" page=page %}')
    assert page.title in template.render(Context({"page": page}))
    assert kept() == before


@pytest.mark.parametrize("value", [object(), [1], {"a": 1}, Author(name="not stored")])
def test_what_cannot_be_told_from_others_is_no_value_of_a_part(value: Any) -> None:
    with pytest.raises(TypeError):
        identity(value)


def test_the_memory_holds_one_version_and_no_more_than_it_may() -> None:
    memory = VersionMemory("of-a-test", {"OPTIONS": {"MAX_BYTES": 10_000}})
    text = "x" * 1000
    for number in range(100):
        memory.set(("part", number), text, version=1)
    assert memory.get(("part", 99), version=1) is text
    assert memory.get(("part", 0), version=1) is None
    assert memory._store.size <= 10_000
    memory.set("huge", "x" * 20_000, version=1)
    assert memory.get("huge", version=1) is None
    assert memory.get(("part", 99), version=2) is None
    memory.set("new", text, version=2)
    assert memory.get(("part", 99), version=1) is None
    assert len(memory._store.values) == 1
    memory.set("old", text, timeout=-1, version=2)
    assert memory.get("old", version=2) is None
    memory.clear()
    assert memory._store.size == 0


@pytest.mark.parametrize("number", [0, 3, 60])
def test_the_home_page_names_some_organisations_and_counts_the_others(number: int, client: Client, home: Any) -> None:
    for one in range(number):
        make_organisation(f"Aaa {one:03d}")
    listed, page = client.get("/members/").context["directory"].total, html(client, "/")
    names = page.count('href="/members/') - page.count('href="/members/"')
    assert names == min(listed, MAX_NAMES)
    assert (f"And {listed - names} other organisation" in page) == (listed > names)
    assert 'href="/members/wemos/"' in page, "those that lead the coalition come first"
