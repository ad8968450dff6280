"""What search engines, messengers and feed readers find in the head of each page."""

import json
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from cms.head import Head
from cms.models import SiteIdentity
from news.models import Author, PostPage, Topic
from tests.support.news import make_post, newsroom
from tests.support.page_head import Page
from tests.support.public_pages import KINDS

pytestmark = pytest.mark.one_database

HOST = "http://testserver"
PAGES = {kind: address for kind, address in KINDS.items() if kind not in ("search", "style guide", "verify")}
NASTY = "</script><script>alert(1)</script> & “quotes” \"double\" 'single' <b> \\ \u2028 é"


def is_there(client: Client, address: str) -> bool:
    response = client.get(address)
    return bool(response.status_code == 200 and response.getvalue())


@pytest.fixture
def look(client: Client, home: Any) -> Any:
    return lambda address: Page(client.get(address))


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_has_what_others_show_of_it(answer: Callable[[str], Any], client: Client, kind: str) -> None:
    page = Page(answer(kind))
    assert page.title.endswith("HW4All") or kind == "home"
    description = page.one("description")
    assert description
    assert len(description) <= 300
    assert page.canonical.startswith(f"{HOST}/")
    assert page.one("og:url") == page.canonical
    assert page.one("og:title")
    assert page.one("og:description") == description
    assert page.one("og:site_name") == "Health Workers for All Coalition"
    assert page.one("og:locale") == "en_GB"
    assert page.one("twitter:card") == "summary_large_image"
    assert page.one("og:image:alt")
    assert page.one("theme-color:none") is None
    picture = client.get(page.one("og:image").removeprefix(HOST))
    assert picture.status_code == 200
    with Image.open(BytesIO(picture.content)) as image:
        assert image.size == (1200, 630)


def test_titles_and_descriptions_are_unique(look: Any, site_pages: list[Any]) -> None:
    addresses = {page.url for page in site_pages} | {"/news/2020/", "/news/2019/", "/news/?kind=opinion", "/news/authors/katie-fox/"}
    pages = {address: look(address) for address in addresses}
    titles = [page.title for page in pages.values()]
    assert len(titles) == len(set(titles))
    canonicals = [page.canonical for page in pages.values()]
    assert len(canonicals) == len(set(canonicals))


def test_icons_feeds_and_the_manifest_are_there(answer: Callable[[str], Any], client: Client) -> None:
    offered = set()
    for kind in PAGES:
        links = Page(answer(kind)).links
        feeds = {link["type"]: link["href"] for link in links if link["rel"] == "alternate"}
        assert {"application/rss+xml", "application/atom+xml", "application/feed+json"} == set(feeds), kind
        icons = {link["href"] for link in links if link["rel"] in ("icon", "apple-touch-icon", "manifest")}
        assert icons, kind
        offered |= icons | set(feeds.values())
    assert [address for address in offered if not is_there(client, address)] == []


def test_the_manifest_names_the_site_and_its_icons(client: Client, home: Any) -> None:
    response = client.get("/site.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    assert manifest["short_name"] == "HW4All"
    for icon in manifest["icons"]:
        assert is_there(client, icon["src"])


def test_the_favicon_is_found_without_reading_the_page(client: Client, home: Any) -> None:
    assert is_there(client, client.get("/favicon.ico")["Location"])


# Canonical addresses


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/", "/"),
        ("/?utm_source=letter", "/"),
        ("/goals/?fbclid=x&page=2", "/goals/"),
        ("/news/?page=2", "/news/?page=2"),
        ("/news/?page=1", "/news/"),
        ("/news/?utm_medium=mail&page=2", "/news/?page=2"),
        ("/news/?kind=opinion", "/news/?kind=opinion"),
        ("/news/?year=2020", "/news/2020/"),
        ("/news/?year=2019&kind=opinion", "/news/?kind=opinion&year=2019"),
        ("/news/2020/?x=1", "/news/2020/"),
        ("/news/2020/?kind=opinion", "/news/?kind=opinion&year=2020"),
        ("/news/authors/secretariat/", "/news/authors/secretariat/"),
    ],
)
def test_one_page_has_one_address(look: Any, asked: str, canonical: str) -> None:
    assert look(asked).canonical == HOST + canonical


def test_the_public_host_is_named_whatever_host_was_asked(client: Client, home: Any, settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = "https://example.org"
    page = Page(client.get("/goals/", headers={"host": "localhost"}))
    assert page.canonical == "https://example.org/goals/"
    assert page.one("og:image").startswith("https://example.org/share/")
    assert "http://" not in json.dumps(page.graphs)


def test_an_alias_names_the_original(look: Any) -> None:
    post = make_post("The original")
    post.create_alias(parent=newsroom(), update_slug="the-alias")
    assert look("/news/the-alias/").canonical == f"{HOST}/news/the-original/"


@pytest.mark.parametrize("asked", ["/news/?kind=opinion&year=2019", "/search/?q=nurse", "/search/"])
def test_what_multiplies_is_not_indexed(look: Any, asked: str) -> None:
    assert look(asked).one("robots") == "noindex"


@pytest.mark.parametrize("asked", ["/", "/news/", "/news/?kind=opinion", "/news/2019/", "/goals/"])
def test_what_stands_once_is_indexed(look: Any, asked: str) -> None:
    assert look(asked).one("robots") == "max-image-preview:large"


def test_editors_keep_a_page_out_of_search_engines(look: Any) -> None:
    make_post("Hidden", noindex=True)
    assert look("/news/hidden/").one("robots") == "noindex"


# Titles


def test_titles_say_which_part_of_the_list(look: Any) -> None:
    assert look("/news/?page=2").title == "News · page 2 · HW4All"
    assert look("/news/?kind=opinion").title == "News: Opinion · HW4All"
    assert look("/news/2020/").title == "News: 2020 · HW4All"
    assert look("/news/?kind=opinion&year=2019").title == "News: Opinion, 2019 · HW4All"
    assert look("/news/authors/katie-fox/").title == "Katie Fox · HW4All"
    assert look("/search/?q=nurse").title == "Search: nurse · HW4All"


def test_the_editors_own_words_for_search_engines_win(look: Any) -> None:
    make_post("A title", standfirst="Standfirst.", seo_title="Short title", search_description="Description.")
    page = look("/news/a-title/")
    assert page.title == "Short title · HW4All"
    assert page.one("description") == "Description."


def test_a_page_without_standfirst_describes_the_site(look: Any) -> None:
    make_post("No standfirst")
    assert look("/news/no-standfirst/").one("description") == SiteIdentity.objects.get().vision


def test_a_head_without_site_or_page_is_still_a_head() -> None:
    assert Head(name="Oops").title == "Oops"
    assert Head().json_ld == ""


# Posts


@pytest.fixture
def post(home: Any) -> Any:
    person = Author.objects.create(name="Quilla Ramírez", slug="quilla", role="Adviser", organisation_name="Tapir Trust")
    office = Author.objects.create(name="The office", slug="office", kind=Author.Kind.SECRETARIAT)
    topics = [Topic.objects.create(name=name, slug=name.lower()) for name in ("Alpha", "Beta")]
    fields: Any = {"standfirst": "In short.", "kind": "opinion", "subtitle": "Under it", "date": date(2021, 5, 6)}
    return make_post("A post", authors=[person, office], topics=topics, **fields)


def test_a_post_tells_its_dates_authors_and_topics(look: Any, post: Any) -> None:
    page = look(post.url)
    assert page.one("og:type") == "article"
    assert page.one("article:published_time") == "2021-05-06T12:00:00+02:00"
    assert page.one("article:modified_time") == post.last_published_at.isoformat(timespec="seconds")
    assert page.meta["article:author"] == [f"{HOST}/news/authors/quilla/", f"{HOST}/news/authors/office/"]
    assert page.one("article:section") == "Opinion"
    assert page.meta["article:tag"] == ["Alpha", "Beta"]


def test_a_post_is_an_article_of_its_kind(look: Any, post: Any) -> None:
    article = look(post.url).node("OpinionNewsArticle")
    assert article["headline"] == "A post"
    assert article["url"] == article["mainEntityOfPage"] == f"{HOST}/news/a-post/"
    assert article["datePublished"] == "2021-05-06T12:00:00+02:00"
    assert article["description"] == "In short."
    assert article["publisher"] == {"@id": f"{HOST}/#organization"}
    assert article["keywords"] == ["Alpha", "Beta"]
    person, office = article["author"]
    assert person["@type"] == "Person"
    assert person["name"] == "Quilla Ramírez"
    assert person["affiliation"]["name"] == "Tapir Trust"
    assert office["@type"] == "Organization"
    assert office["parentOrganization"] == {"@id": f"{HOST}/#organization"}


@pytest.mark.parametrize(
    ("kind", "type_"),
    [("news", "NewsArticle"), ("statement", "NewsArticle"), ("event_report", "ReportageNewsArticle"), ("spotlight", "Article")],
)
def test_each_kind_has_a_fitting_type(look: Any, kind: str, type_: str) -> None:
    make_post("A post", kind=kind)
    assert look("/news/a-post/").node(type_)["headline"] == "A post"


def test_of_an_approximate_date_only_the_month_is_told(look: Any) -> None:
    make_post("Roughly then", date=date(2021, 5, 6), date_inferred=True)
    page = look("/news/roughly-then/")
    assert "article:published_time" not in page.meta
    assert page.node("NewsArticle")["datePublished"] == "2021-05"


def test_a_post_without_author_is_the_coalitions(look: Any) -> None:
    make_post("Nobody signed")
    assert look("/news/nobody-signed/").node("NewsArticle")["author"] == [{"@id": f"{HOST}/#organization"}]
    make_post("Freely signed", byline="Members of the coalition")
    assert look("/news/freely-signed/").node("NewsArticle")["author"][0]["name"] == "Members of the coalition"


# The graph


def test_the_site_and_the_organisation_are_on_every_page(answer: Callable[[str], Any]) -> None:
    for kind in PAGES:
        page = Page(answer(kind))
        assert page.node("Organization")["name"] == "Health Workers for All Coalition"
        assert page.node("WebSite")["potentialAction"]["target"]["urlTemplate"] == f"{HOST}/search/?q={{search_term_string}}"
        [graph] = page.graphs
        assert graph["@context"] == "https://schema.org"


def crumbs(page: Page) -> list[tuple[int, str, str]]:
    return [(step["position"], step["name"], step["item"]) for step in page.node("BreadcrumbList")["itemListElement"]]


def test_breadcrumbs_lead_from_home_to_the_page(look: Any, post: Any) -> None:
    home, news = (1, "Home", f"{HOST}/"), (2, "News", f"{HOST}/news/")
    assert crumbs(look(post.url)) == [home, news, (3, "A post", f"{HOST}/news/a-post/")]
    assert crumbs(look("/news/authors/quilla/")) == [home, news, (3, "Quilla Ramírez", f"{HOST}/news/authors/quilla/")]
    assert crumbs(look("/news/2020/")) == [home, news, (3, "News: 2020", f"{HOST}/news/2020/")]
    assert [name for _, name, _ in crumbs(look(KINDS["working group"]))][1] == "Working groups"


def test_an_author_page_is_about_a_person(look: Any, post: Any) -> None:
    page = look("/news/authors/quilla/")
    person = page.node("ProfilePage")["mainEntity"]
    assert (person["@type"], person["name"], person["jobTitle"]) == ("Person", "Quilla Ramírez", "Adviser")
    assert page.one("og:type") == "profile"
    assert {link["href"] for link in page.links if link["rel"] == "alternate"} >= {
        f"/feeds/author/quilla.{form}" for form in ("rss", "atom")
    }


def test_a_filtered_list_offers_its_own_feeds(look: Any) -> None:
    assert "/feeds/kind/opinion.rss" in [link["href"] for link in look("/news/?kind=opinion").links]
    assert "/feeds/topic/who-code.json" in [link["href"] for link in look("/news/?topic=who-code").links]
    assert not any("year" in link["href"] for link in look("/news/2020/").links)


def test_nothing_in_a_title_can_end_the_script_or_an_attribute(look: Any) -> None:
    author = Author.objects.create(name=f"A {NASTY}"[:120], slug="nasty")
    make_post(NASTY, slug="nasty", standfirst=NASTY, subtitle=NASTY, authors=[author])
    page = look("/news/nasty/")
    assert page.title == f"{NASTY} · HW4All"
    assert page.one("description") == page.one("og:description") == NASTY
    article = page.node("NewsArticle")
    assert article["headline"] == article["description"] == NASTY
    assert article["author"][0]["name"] == author.name
    assert look("/search/?q=%3C/script%3E%3Cscript%3Ealert(1)").graphs


# Previews


def test_an_unfinished_draft_can_be_previewed(home: Any) -> None:
    index = newsroom()
    draft = PostPage(title="Not yet", slug="not-yet", date=None, path=f"{index.path}ZZZZ", depth=index.depth + 1)
    draft.set_url_path(index)
    assert b"Not yet" in draft.make_preview_request().content


@pytest.mark.parametrize(
    "changes", [{"date": None}, {"title": ""}, {"kind": ""}, {"standfirst": ""}, {"date": None, "date_inferred": True}]
)
def test_a_page_being_edited_can_be_previewed(post: Any, changes: dict[str, Any]) -> None:
    draft = post.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    assert draft.make_preview_request().status_code == 200


def test_a_draft_is_never_told_to_be_the_page(post: Any, client: Client) -> None:
    post.title = "As drafted"
    post.save_revision()
    preview = post.get_latest_revision_as_object().make_preview_request()
    assert b"As drafted" in preview.content
    assert b"As drafted" not in client.get(post.url).content
