"""Feeds: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1; valid, stable, conditional, fresh."""

import json
import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from news.dates import published_at
from news.feeds import NEWEST
from news.models import Author, PostPage, Topic
from news.states import Kind
from tests.support.news import make_post, newsroom, publish
from tests.support.reader import Reader

pytestmark = pytest.mark.one_database

ATOM = "{http://www.w3.org/2005/Atom}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
FORMATS = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
HOST = "http://testserver"


def tree(xml: bytes) -> Any:
    return ET.fromstring(xml)


def entries(client: Client, path: str) -> list[dict[str, Any]]:
    """A feed's entries, whatever its format: id, title, link, text, authors, tags, published, updated."""
    response = client.get(path)
    assert response.status_code == 200, path
    if path.endswith(".json"):
        return [
            {
                "id": item["id"],
                "title": item["title"],
                "link": item["url"],
                "text": item.get("summary", ""),
                "authors": [author["name"] for author in item.get("authors", [])],
                "tags": item.get("tags", []),
                "published": datetime.fromisoformat(item["date_published"]),
            }
            for item in json.loads(response.content)["items"]
        ]
    root = tree(response.content)
    if path.endswith(".rss"):
        return [
            {
                "id": item.findtext("guid"),
                "title": item.findtext("title"),
                "link": item.findtext("link"),
                "text": item.findtext("description") or "",
                "authors": [element.text for element in item.findall(CREATOR)],
                "tags": [element.text for element in item.findall("category")],
                "published": parsedate_to_datetime(item.findtext("pubDate") or ""),
            }
            for item in root.findall("channel/item")
        ]
    return [
        {
            "id": entry.findtext(f"{ATOM}id"),
            "title": entry.findtext(f"{ATOM}title"),
            "link": entry.find(f"{ATOM}link").get("href"),
            "text": entry.findtext(f"{ATOM}summary") or "",
            "authors": [element.text for element in entry.findall(f"{ATOM}author/{ATOM}name")],
            "tags": [element.get("term") for element in entry.findall(f"{ATOM}category")],
            "published": datetime.fromisoformat(entry.findtext(f"{ATOM}published") or ""),
        }
        for entry in root.findall(f"{ATOM}entry")
    ]


@pytest.fixture
def writer(home: Any) -> Author:
    return Author.objects.create(name="Quilla Ramírez", slug="quilla")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_the_same_of_a_post(client: Client, writer: Author, form: str) -> None:
    other = Author.objects.create(name="Ann & Bob <x>", slug="ann-bob")
    topic = Topic.objects.create(name="Zebra & finch", slug="zebra")
    post = make_post("Fish & <chips>", standfirst="A “plain” <text> & more.", kind="opinion", authors=[writer, other], topics=[topic])
    [entry] = entries(client, f"/feeds/topic/zebra.{form}")
    assert entry == {
        "id": f"urn:uuid:{post.translation_key}",
        "title": "Fish & <chips>",
        "link": HOST + post.url,
        "text": "A “plain” <text> & more.",
        "authors": ["Quilla Ramírez", "Ann & Bob <x>"],
        "tags": ["Opinion", "Zebra & finch"],
        "published": published_at(post).replace(microsecond=0) if form == "rss" else entry["published"],
    }
    assert abs(entry["published"] - published_at(post)) < timedelta(seconds=1)


def test_rss_has_what_the_specification_asks_for(client: Client, home: Any) -> None:
    response = client.get("/feeds/all.rss")
    assert response["Content-Type"].startswith("application/rss+xml")
    root = tree(response.content)
    assert root.get("version") == "2.0"
    channel = root.find("channel")
    assert all(channel.findtext(name) for name in ("title", "link", "description", "language", "lastBuildDate"))
    own = channel.find(f"{ATOM}link")
    assert own.attrib == {"rel": "self", "href": f"{HOST}/feeds/all.rss"}
    for item in channel.findall("item"):
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext("title")
        assert item.findtext("link").startswith(HOST)
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo


def test_atom_has_what_the_specification_asks_for(client: Client, home: Any) -> None:
    response = client.get("/feeds/all.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    root = tree(response.content)
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": f"{HOST}/feeds/all.atom", "alternate": f"{HOST}/news/"}
    assert root.findtext(f"{ATOM}id").startswith("urn:uuid:")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert datetime.fromisoformat(root.findtext(f"{ATOM}updated")).tzinfo
    for entry in root.findall(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:")
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo


def test_json_feed_has_what_the_specification_asks_for(client: Client, home: Any) -> None:
    response = client.get("/feeds/all.json")
    assert response["Content-Type"].startswith("application/feed+json")
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{HOST}/feeds/all.json"
    assert feed["home_page_url"] == f"{HOST}/news/"
    assert feed["title"]
    assert feed["authors"][0]["name"]
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_text"]
        assert item["url"].startswith(HOST)


@pytest.mark.parametrize("form", FORMATS)
def test_the_starting_content_stands_newest_first(client: Client, home: Any, form: str) -> None:
    found = entries(client, f"/feeds/all.{form}")
    assert len(found) == 16
    assert [entry["published"] for entry in found] == sorted((entry["published"] for entry in found), reverse=True)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", Kind.values)
def test_each_kind_has_a_feed(client: Client, home: Any, kind: str, form: str) -> None:
    assert len(entries(client, f"/feeds/kind/{kind}.{form}")) == PostPage.objects.published().of_kind(kind).count()


@pytest.mark.parametrize("form", FORMATS)
def test_each_topic_and_author_has_a_feed(client: Client, home: Any, form: str) -> None:
    for topic in Topic.objects.all():
        assert len(entries(client, f"/feeds/topic/{topic.slug}.{form}")) == topic.posts.count()
    for author in Author.objects.all():
        assert len(entries(client, f"/feeds/author/{author.slug}.{form}")) == author.authorships.count()


@pytest.mark.parametrize("form", FORMATS)
def test_a_feed_without_posts_is_a_feed(client: Client, home: Any, form: str) -> None:
    Topic.objects.create(name="Nothing yet", slug="nothing-yet")
    assert entries(client, f"/feeds/topic/nothing-yet.{form}") == []


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all.xml",
        "/feeds/all.rss.json",
        "/feeds/all",
        "/feeds/",
        "/feeds/kind/gossip.rss",
        "/feeds/topic/gossip.atom",
        "/feeds/author/nobody.json",
        "/feeds/year/2020.rss",
        "/feeds/kind/.rss",
        "/feeds/kind/opinion.html",
    ],
)
def test_what_does_not_exist_is_404(client: Client, home: Any, path: str) -> None:
    assert client.get(path, follow=True).status_code == 404


def test_the_newest_thirty_and_no_drafts_nor_private_posts(client: Client, home: Any) -> None:
    for number in range(NEWEST + 2):
        make_post(f"Post {number}", date=date(2022, 1, 1) + timedelta(days=number))
    make_post("A draft", live=False, date=date(2023, 1, 1))
    private = make_post("A secret", date=date(2023, 1, 1))
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    for form in FORMATS:
        found = [entry["title"] for entry in entries(client, f"/feeds/all.{form}")]
        assert found == [f"Post {number}" for number in range(NEWEST + 1, 1, -1)], form


@pytest.mark.parametrize("form", FORMATS)
def test_an_entry_stays_the_same_when_its_title_and_address_change(client: Client, writer: Author, form: str) -> None:
    post = make_post("Before", authors=[writer])
    [before] = entries(client, f"/feeds/author/quilla.{form}")
    post.title, post.slug = "After", "after"
    publish(post)
    [after] = entries(client, f"/feeds/author/quilla.{form}")
    assert (after["title"], after["link"]) == ("After", f"{HOST}/news/after/")
    assert after["id"] == before["id"]
    assert after["published"] == before["published"]


@pytest.mark.parametrize("form", FORMATS)
def test_publishing_and_unpublishing_show_at_once(client: Client, home: Any, form: str) -> None:
    path = f"/feeds/all.{form}"
    entries(client, path)
    post = make_post("Fresh from the press")
    assert entries(client, path)[0]["title"] == "Fresh from the press"
    post.unpublish()
    assert "Fresh from the press" not in [entry["title"] for entry in entries(client, path)]


@pytest.mark.parametrize("form", FORMATS)
def test_conditional_requests(reader: Reader, form: str) -> None:
    path = f"/feeds/all.{form}"
    first = reader.get(path)
    assert first["ETag"]
    assert first["Last-Modified"]
    for headers in (
        {"If-None-Match": first["ETag"]},
        {"If-Modified-Since": first["Last-Modified"]},
        {"If-None-Match": f"W/{first['ETag']}"},
    ):
        again = reader.get(path, headers=headers)
        assert again.status_code == 304, headers
        assert again.content == b""
        assert again["ETag"] == first["ETag"]
    make_post("Fresh from the press", date=timezone.localdate())
    for headers in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        assert reader.get(path, headers=headers).status_code == 200


@pytest.mark.parametrize("form", FORMATS)
def test_control_characters_pasted_into_a_title_do_not_break_the_feed(client: Client, home: Any, form: str) -> None:
    make_post("A \x0bbroken\x1f title", slug="broken", standfirst="Vertical\x0btab", byline="\x08Back")
    entry = entries(client, f"/feeds/all.{form}")[0]
    assert entry["title"] == "A broken title"
    assert entry["text"] == "Verticaltab"
    assert entry["authors"] == ["Back"]


@pytest.mark.parametrize("form", FORMATS)
def test_two_feeds_have_two_identities(client: Client, home: Any, form: str) -> None:
    if form == "atom":
        ids = {tree(client.get(path).content).findtext(f"{ATOM}id") for path in ("/feeds/all.atom", "/feeds/kind/opinion.atom")}
        assert len(ids) == 2
    titles = {client.get(f"/feeds/{name}.{form}").content[:600] for name in ("all", "kind/opinion", "topic/who-code", "author/katie-fox")}
    assert len(titles) == 4


def test_there_are_no_feeds_without_a_newsroom(client: Client, home: Any) -> None:
    newsroom().unpublish()
    assert client.get("/feeds/all.rss").status_code == 404


# The moment of publication


def test_a_post_of_today_was_published_when_it_went_online(home: Any) -> None:
    post = make_post("Today", date=timezone.localdate())
    assert published_at(post) == post.first_published_at


def test_an_older_date_means_noon_of_that_day(home: Any) -> None:
    moment = published_at(make_post("Old", date=date(2020, 7, 1)))
    assert timezone.localtime(moment).isoformat() == "2020-07-01T12:00:00+02:00"


def test_nothing_was_published_in_the_future(home: Any) -> None:
    post = make_post("Ahead", date=timezone.localdate() + timedelta(days=30))
    assert published_at(post) == post.first_published_at
