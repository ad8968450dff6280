"""The sitemap: public pages, authors, the archive of each year, the directory of members."""

from dataclasses import dataclass
from datetime import datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import Max
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from wagtail.models import ModelLogEntry

from cms.public_pages import page_urls, public_pages, site_page_field
from core.web.page_cache import public_page
from members.directory.listing import directory_index
from news.models import Author, NewsIndexPage, PostPage


@dataclass(frozen=True)
class SitemapEntry:
    """A path, and when its content last changed."""

    path: str
    changed: datetime | None


class SiteMap(Sitemap):
    """A single sitemap. The protocol allows 50,000 URLs; beyond that, Django adds a second page."""

    limit = 50_000

    def items(self) -> list[SitemapEntry]:
        return [*_pages(), *_news(), *_directory()]

    def location(self, item: SitemapEntry) -> str:
        return iri_to_uri(item.path)  # sitemaps.org asks for it; addresses of pages may be in any script

    def lastmod(self, item: SitemapEntry) -> datetime | None:
        return item.changed

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.WAGTAILADMIN_BASE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc


@public_page
def sitemap(request: HttpRequest) -> HttpResponseBase:
    """`/sitemap.xml`, with Django's header that keeps the sitemap itself out of search engines."""
    return sitemap_views.sitemap(request, {"site": SiteMap()})


def _pages() -> list[SitemapEntry]:
    """Public pages, without those that are kept out of search engines."""
    pages = public_pages().annotate(hidden=site_page_field("noindex")).exclude(hidden=True).order_by("path")
    urls = page_urls()
    return [SitemapEntry(urls[pk], changed) for pk, changed in pages.values_list("pk", "last_published_at") if urls.get(pk)]


def _news() -> list[SitemapEntry]:
    index = NewsIndexPage.objects.live().public().filter(noindex=False).first()
    if index is None or not index.url:
        return []
    posts = PostPage.objects.published().filter(noindex=False)
    changed: dict[int, datetime] = {}
    for year, when in posts.values_list("date__year").annotate(Max("last_published_at")).order_by("date__year"):
        changed[year] = when
    authors = Author.objects.filter(authorships__post__in=posts).annotate(changed=Max("authorships__post__last_published_at"))
    return [
        *(SitemapEntry(index.author_url(author), author.changed) for author in authors.order_by("slug")),
        *(SitemapEntry(f"{index.url}{year}/", when) for year, when in sorted(changed.items(), reverse=True)),
    ]


def _directory() -> list[SitemapEntry]:
    """The organisations in the directory, with their last change in the audit log."""
    entries = directory_index().entries
    rows = ModelLogEntry.objects.filter(content_type__app_label="members", content_type__model="organisation")
    logged = rows.order_by().values_list("object_id").annotate(Max("timestamp"))
    changes = dict(logged) if entries else {}
    organisations = []
    for entry in entries:
        known = timezone.make_aware(datetime.combine(entry.last_confirmed, time()))
        organisations.append(SitemapEntry(reverse("member", args=(entry.slug,)), max(known, changes.get(str(entry.pk), known))))
    last = max((entry.changed for entry in organisations if entry.changed), default=None)
    return [*(SitemapEntry(reverse(name), last) for name in ("members", "members_numbers") if organisations), *organisations]
