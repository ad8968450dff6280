"""Feeds of posts: everything, one kind, one topic or one author, each as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1.

An entry has the standfirst, not the text, because feed readers strip figures, tables and recordings. Entries are identified by the page's
UUID, so they stay the same if a title, a URL or the host changes. The page cache handles conditional requests.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO
from uuid import uuid5

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.translation import gettext as _

from cms.site_context import get_site_context
from core.absolute_urls import absolute
from core.web.page_cache import public_page

from .dates import changed_at, published_at
from .listing import Listing
from .models import Author, NewsIndexPage, PostPage, PostQuerySet, Topic
from .states import Kind

NEWEST = 30
# Characters that XML 1.0 cannot represent, which text pasted from word processors sometimes contains.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: Any) -> str:
    """The text without characters that XML cannot represent."""
    return _NOT_XML.sub("", str(text))


@dataclass(frozen=True)
class FeedSubject:
    """What a feed is about, and its posts."""

    name: str
    description: str
    link: str
    feed_path: str
    posts: PostQuerySet
    index: NewsIndexPage
    publisher: str

    @property
    def guid(self) -> str:
        return f"urn:uuid:{uuid5(self.index.translation_key, self.feed_path.rpartition('.')[0])}"


class RssFeed(Rss201rev2Feed):
    """RSS 2.0 with all authors (Dublin Core)."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {"xmlns:dc": "http://purl.org/dc/elements/1.1/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, _address in item["authors"]:
            handler.addQuickElement("dc:creator", name)


class AtomFeed(Atom1Feed):
    """Atom with all authors."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            if address:
                handler.addQuickElement("uri", address)
            handler.endElement("author")


class JsonFeed(SyndicationFeed):
    """JSON Feed 1.1 (jsonfeed.org)."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: TextIO, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "description": self.feed["description"],
            "language": self.feed["language"],
            "authors": [{"name": self.feed["author_name"], "url": self.feed["author_link"]}],
            "items": [self._entry(item) for item in self.items],
        }
        outfile.write(json.dumps(feed, ensure_ascii=False))

    @staticmethod
    def _entry(item: dict[str, Any]) -> dict[str, Any]:
        authors = [{"name": name, **({"url": address} if address else {})} for name, address in item["authors"]]
        entry = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_text": item["description"] or item["title"],
            "summary": item["description"],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "authors": authors,
            "tags": list(item["categories"]),
        }
        return {name: value for name, value in entry.items() if value}


class PostsFeed(Feed):
    """Django's feed view for a FeedSubject. `feed_type` is the format."""

    language = settings.LANGUAGE_CODE

    def __init__(self, feed_type: type[SyndicationFeed]):
        self.feed_type = feed_type

    def get_object(self, request: HttpRequest, facet: str, value: str, index: NewsIndexPage) -> FeedSubject:
        site_context = get_site_context(request)
        publisher = site_context.identity.name if site_context else settings.WAGTAIL_SITE_NAME
        name, description, query = "", (site_context.identity.vision if site_context else ""), f"?{facet}={value}" if facet else ""
        if facet == "kind":
            if value not in Kind.values:
                raise ObjectDoesNotExist
            name = str(Kind(value).label)
        elif facet == "topic":
            topic = Topic.objects.get(slug=value)
            name, description = topic.name, topic.description or description
        elif facet == "author":
            author = Author.objects.get(slug=value)
            name, query = author.name, index.author_url(author).removeprefix(index.url)
        newest = Listing(index.url or "/", {facet: value} if facet else {}, {}).entries(0, NEWEST)
        posts = PostPage.objects.filter(pk__in=newest).newest_first().prefetch_related("authors__author", "topics").defer_streamfields()
        title = f"{publisher}: {name}" if name else _("%(site)s: news") % {"site": publisher}
        return FeedSubject(title, description or title, absolute(index.url + query), absolute(request.path), posts, index, publisher)

    def title(self, subject: FeedSubject) -> str:
        return xml_text(subject.name)

    def description(self, subject: FeedSubject) -> str:
        return xml_text(subject.description)

    subtitle = description

    def link(self, subject: FeedSubject) -> str:
        return subject.link

    def feed_url(self, subject: FeedSubject) -> str:
        return subject.feed_path

    def feed_guid(self, subject: FeedSubject) -> str:
        return subject.guid

    def author_name(self, subject: FeedSubject) -> str:
        return xml_text(subject.publisher)

    def author_link(self, _subject: FeedSubject) -> str:
        return absolute("/")

    def items(self, subject: FeedSubject) -> list[PostPage]:
        posts = list(subject.posts)
        for post in posts:
            post.index = subject.index
        return posts

    def item_title(self, item: PostPage) -> str:
        return xml_text(item.title)

    def item_description(self, item: PostPage) -> str:
        return xml_text(item.standfirst)

    def item_link(self, item: PostPage) -> str:
        return absolute(item.url or "")

    def item_guid(self, item: PostPage) -> str:
        return f"urn:uuid:{item.translation_key}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: PostPage) -> datetime:
        return published_at(item)

    def item_updateddate(self, item: PostPage) -> datetime:
        return changed_at(item)

    def item_categories(self, item: PostPage) -> list[str]:
        return [xml_text(item.get_kind_display()), *(xml_text(topic.name) for topic in item.topics.all())]

    def item_extra_kwargs(self, item: PostPage) -> dict[str, Any]:
        authors = [(xml_text(author.name), absolute(item.index.author_url(author))) for author in item.bylines]
        return {"authors": authors + ([(xml_text(item.byline), "")] if item.byline else [])}


FORMATS = {"rss": PostsFeed(RssFeed), "atom": PostsFeed(AtomFeed), "json": PostsFeed(JsonFeed)}


def feed_path(form: str, facet: str = "", value: str = "") -> str:
    """The path of a feed."""
    return reverse("feed_of", args=(facet, value, form)) if facet else reverse("feed", args=(form,))


@public_page
def feed(request: HttpRequest, form: str, facet: str = "", value: str = "") -> HttpResponse:
    """The feed in this format. 404 for an unknown format, kind, topic or author."""
    index = NewsIndexPage.objects.live().public().first()
    if form not in FORMATS or facet not in ("", "kind", "topic", "author") or index is None or not index.url:
        raise Http404
    return FORMATS[form](request, facet=facet, value=value, index=index)
