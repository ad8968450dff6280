"""The newsroom: the listing with its filters, the archive by year, the authors."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import RoutablePageMixin, path, re_path

from cms.models import SitePage
from news.head import describe_index
from news.listing import Listing, UnknownFilterError

from .taxonomy import Author


class NewsIndexPage(RoutablePageMixin, SitePage):
    """All posts, newest first. There is one."""

    max_count = 1
    subpage_types: ClassVar = ["news.PostPage", "news.SpotlightPage", "endorsements.DeclarationPage"]

    class Meta:
        verbose_name = _("news listing")

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return super().preview_modes[:1]  # a page of routes is previewed by its first route only

    @property
    def schema_type(self) -> str:
        return "CollectionPage"

    @path("")
    def all_posts(self, request: HttpRequest) -> HttpResponse:
        return self._listing(request, {})

    @re_path(r"^(?P<year>\d{4})/$")
    def year(self, request: HttpRequest, year: str) -> HttpResponse:
        return self._listing(request, {"year": year})

    @path("authors/<slug:slug>/")
    def author(self, request: HttpRequest, slug: str) -> HttpResponse:
        author = get_object_or_404(Author.objects.select_related("organisation", "portrait"), slug=slug)
        listing = self._listing_or_404(request, {"author": slug})
        context = {"author": author, "listing": listing, "trail": [*self.trail, self]}
        return self.render(request, template="news/author.html", context_overrides=context)

    def _listing(self, request: HttpRequest, fixed: dict[str, str]) -> HttpResponse:
        """The listing; a filter or page that does not exist gets 404 with the reason and a way back."""
        try:
            listing = Listing(self, request.GET, fixed)
        except UnknownFilterError as problem:
            response = self.render(
                request, template="news/unknown_filter.html", context_overrides={"problem": problem, "trail": [*self.trail, self]}
            )
            response.status_code = 404
            return response
        context = {"listing": listing, "trail": [*self.trail, self] if listing.filters else self.trail}
        return self.render(request, template="news/news_index_page.html", context_overrides=context)

    def _listing_or_404(self, request: HttpRequest, fixed: dict[str, str]) -> Listing:
        try:
            return Listing(self, request.GET, fixed)
        except UnknownFilterError as problem:
            raise Http404(str(problem)) from problem

    def describe(self, head: Any, context: Any) -> None:
        """What the head says of the listing, a filtered one, or an author's page."""
        describe_index(head, self, context)

    def author_url(self, author: Author) -> str:
        return self.url + self.reverse_subpage("author", args=(author.slug,))
