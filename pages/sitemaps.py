"""The site map: an index of bounded parts, each read when asked for. Coalition pages, authors, the posts of a year, organisations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import CharField, Count, Max, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.views.decorators.http import require_safe
from wagtail.models import ModelLogEntry, get_page_models

from cms.cached import cached_until_change
from cms.public_pages import public_pages, site_page_field, url_of
from core.absolute_urls import absolute
from core.dates import site_date, site_today
from core.web.page_cache import public_page
from members.directory.counts import listed_with_last_confirmed
from news.listing import Year
from news.models import Author, NewsIndexPage, PostPage, PostQuerySet

# So many addresses at most has a part; the protocol allows 50,000.
LIMIT = 500
POSTS_OF = "posts-"


@dataclass(frozen=True)
class Entry:
    """An address, and when its content last changed."""

    address: str
    changed: datetime | None


@dataclass(frozen=True)
class Section:
    """How many entries the parts of a section have together, and the last change of any."""

    size: int
    changed: datetime | None

    @property
    def parts(self) -> range:
        return range(1, -(-self.size // LIMIT) + 1)


@require_safe
@public_page
def sitemap(_request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: the addresses of all parts."""
    parts = [
        Entry(reverse("sitemap_part", args=(name, number)), section.changed)
        for name, section in _sections().items()
        for number in section.parts
    ]
    return _xml("sitemapindex", "sitemap", parts)


@require_safe
@public_page
def sitemap_part(_request: HttpRequest, section: str, number: str) -> HttpResponse:
    """A part; 404 for one that the index does not name."""
    known = _sections().get(section)
    if known is None or int(number) not in known.parts:
        raise Http404
    start = (int(number) - 1) * LIMIT
    return _xml("urlset", "url", _entries(section, start, start + LIMIT))


def _xml(root: str, element: str, entries: Iterable[Entry]) -> HttpResponse:
    """The file, with a header that keeps it out of search results itself."""
    lines = [
        f"<{element}><loc>{escape(absolute(entry.address))}</loc>"
        f"{f'<lastmod>{site_date(entry.changed).isoformat()}</lastmod>' if entry.changed else ''}</{element}>"
        for entry in entries
    ]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    text = "\n".join([head, *lines, f"</{root}>\n"])
    return HttpResponse(text, content_type="application/xml", headers={"X-Robots-Tag": "noindex, noodp, noarchive"})


def _sections() -> dict[str, Section]:
    """The sections by name. Cached until the content changes or the day ends."""
    return cached_until_change(f"sitemap:{site_today()}", _read_sections)


def _read_sections() -> dict[str, Section]:
    authors = _changes_of_authors().values()
    sections = _years() | {"authors": Section(len(authors), _last(authors)), "organisations": _organisations()}
    pages = _pages(sections)
    return {"pages": Section(len(pages), _last(page.changed for page in pages)), **sections}


def _last(changes: Iterable[datetime | None]) -> datetime | None:
    return max(filter(None, changes), default=None)


def _entries(section: str, start: int, stop: int) -> list[Entry]:
    """The entries of a section from one place to another."""
    if section == "pages":
        return _pages(_sections())[start:stop]
    if section == "authors":
        return _author_entries(start, stop)
    if section == "organisations":
        return _organisation_entries(start, stop)
    rows = _posts().filter(date__year=int(section.removeprefix(POSTS_OF))).order_by("date", "pk")
    return _page_entries(rows[start:stop])


def _page_entries(pages: Any) -> list[Entry]:
    rows = pages.values_list("url_path", "last_published_at")
    return [Entry(url, changed) for url_path, changed in rows if (url := url_of(url_path))]


def _pages(sections: dict[str, Section]) -> list[Entry]:
    """Pages that are no posts, the archive of each year, and the pages about all organisations."""
    index, directory = _news_index(), sections["organisations"]
    years = [(name.removeprefix(POSTS_OF), section.changed) for name, section in sections.items() if name.startswith(POSTS_OF)]
    # By their types, of which there is an index.
    types = [model for model in get_page_models() if not issubclass(model, PostPage)]
    pages = public_pages().exact_type(*types).annotate(hidden=site_page_field("noindex")).exclude(hidden=True)
    return [
        *_page_entries(pages.order_by("path")),
        *(Entry(f"{index.url}{year}/", changed) for year, changed in years if index),
        *(Entry(reverse(name), directory.changed) for name in ("members", "members_numbers") if directory.size),
    ]


def _news_index() -> NewsIndexPage | None:
    index = NewsIndexPage.objects.live().public().filter(noindex=False).first()
    return index if index and index.url else None


def _posts() -> PostQuerySet:
    posts: PostQuerySet = PostPage.objects.published().filter(noindex=False)
    return posts


def _years() -> dict[str, Section]:
    """The posts of each year, the newest first."""
    rows = _posts().order_by().values_list(Year("date")).annotate(Count("pk"), Max("last_published_at"))
    return {f"{POSTS_OF}{year:04d}": Section(size, changed) for year, size, changed in sorted(rows, reverse=True)}


def _changes_of_authors() -> dict[int, datetime | None]:
    """The authors with posts, and when one of these last changed. Cached until the content changes."""
    rows = _posts().order_by().exclude(authors=None).values_list("authors__author").annotate(Max("last_published_at"))
    return cached_until_change("sitemap:authors", lambda: dict(rows) if _news_index() else {})


def _author_entries(start: int, stop: int) -> list[Entry]:
    index, changes = _news_index(), _changes_of_authors()
    authors = Author.objects.filter(pk__in=changes).order_by("slug")[start:stop]
    return [Entry(index.author_url(author), changes[author.pk]) for author in authors if index]


def _organisations() -> Section:
    listed = listed_with_last_confirmed().order_by()
    confirmed = listed.aggregate(last=Max("last_confirmed"))["last"]
    logged = _log(listed.annotate(key=Cast("pk", CharField())).values("key")).aggregate(last=Max("timestamp"))["last"]
    return Section(listed.count(), _last([logged, _beginning(confirmed) if confirmed else None]))


def _organisation_entries(start: int, stop: int) -> list[Entry]:
    """Organisations in the directory, with their last change in the audit log, or their last confirmation if that is later."""
    rows = list(listed_with_last_confirmed().values_list("pk", "slug", "last_confirmed")[start:stop])
    logged = dict(_log([str(pk) for pk, *_ in rows]).values_list("object_id").annotate(Max("timestamp")))
    return [Entry(reverse("member", args=(slug,)), _last([_beginning(confirmed), logged.get(str(pk))])) for pk, slug, confirmed in rows]


def _log(organisations: Any) -> QuerySet[ModelLogEntry]:
    rows = ModelLogEntry.objects.filter(content_type__app_label="members", content_type__model="organisation")
    return rows.filter(object_id__in=organisations).order_by()


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
