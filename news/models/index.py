"""The page of the news listing."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from cms.models import PageWithUrls, SitePage

from .taxonomy import Author


class NewsIndexPage(PageWithUrls, SitePage):
    """The listing of all posts, newest first. There is one such page. The URLs below it are in news/listing_urls.py."""

    max_count = 1
    subpage_types: ClassVar = ["news.PostPage", "news.SpotlightPage", "endorsements.DeclarationPage"]
    urlconf = "news.listing_urls"

    class Meta:
        verbose_name = _("news listing")

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return super().preview_modes[:1]  # a page with URLs below its own has only the first of the previews

    @property
    def schema_type(self) -> str:
        return "CollectionPage"

    def author_url(self, author: Author) -> str:
        return self.url + self.reverse_subpage("author", args=(author.slug,))
