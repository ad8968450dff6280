"""The base of all pages of the site."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import ResolverMatch, include
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel, TabbedInterface
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail.utils.decorators import cached_classmethod

from cms.forms import SitePageForm
from cms.page_permissions import SitePagePermissions
from cms.page_privacy import private_paths
from cms.panels import SchedulePanel, page_editor
from core.search_words import page_stems
from core.web.page_cache import public_page

from .search_entry import PAGE


class SitePage(Page):
    """A page with a standfirst and settings for search engines and sharing.

    The standfirst is shown in lists and feeds, and is the default meta description.
    """

    standfirst = models.TextField(
        _("standfirst"),
        max_length=300,
        blank=True,
        help_text=_(
            "One or two plain sentences that say what the page is about. They open the page and stand for it in lists, "
            "feeds, search engines and shared links. 120 to 280 characters read best."
        ),
    )
    share_image = models.ForeignKey(
        "cms.SiteImage",
        verbose_name=_("share picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown when somebody shares the page. Leave empty: a card with the title is then drawn by itself."),
    )
    noindex = models.BooleanField(
        _("keep out of search engines"),
        default=False,
        help_text=_("The page stays public for whoever has its address, but search engines and the sitemap leave it out."),
    )

    content_panels = [*Page.content_panels, FieldPanel("standfirst")]
    promote_panels: ClassVar[list[Any]] = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("For search engines")),
        MultiFieldPanel([FieldPanel("share_image"), FieldPanel("noindex"), FieldPanel("show_in_menus")], _("When shared")),
    ]
    settings_panels: ClassVar[list[Any]] = [SchedulePanel(), CommentPanel()]
    search_fields = [
        *Page.search_fields,
        index.SearchField("search_text"),
        index.FilterField("noindex"),
    ]
    base_form_class = SitePageForm

    _has_shown_rows = False

    class Meta:
        abstract = True

    @property
    def schema_type(self) -> str:
        """The schema.org type of the page."""
        return "WebPage"

    @property
    def description(self) -> str:
        """The text under the title in search engines and shared links."""
        return self.search_description or self.standfirst

    @property
    def document_title(self) -> str:
        return self.seo_title or self.title

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """The modes of the preview beside the editor."""
        return [("", _("The page")), ("shared", _("When shared"))]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A public page: what `page_privacy` lets nobody else see does not come here. Views below a page say so themselves."""
        response: HttpResponseBase = public_page(super().serve)(request, *args, **kwargs)
        return response

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        if mode_name == "shared":
            return TemplateResponse(request, "cms/previews/shared.html", {"page": self})
        return super().serve_preview(request, mode_name)

    @cached_classmethod
    def get_edit_handler(cls) -> TabbedInterface:  # noqa: N805
        return page_editor(cls)

    def permissions_for_user(self, user: Any) -> SitePagePermissions:
        return SitePagePermissions(user, self)

    def update_aliases(self, **options: Any) -> None:
        """Wagtail's, but not while the page is scheduled: Wagtail would publish its aliases before it."""
        if self.live or self.alias_of_id:
            super().update_aliases(**options)

    update_aliases.alters_data = True  # type: ignore[attr-defined]

    def search_text(self) -> str:
        """All readable text of the page, folded and stemmed, for the search index (see `core.search_words`)."""
        return page_stems(self)

    @property
    def search_kind(self) -> str:
        """What the search filters by."""
        return PAGE

    @property
    def search_day(self) -> date | None:
        """What the search orders and filters by; None comes first."""
        return None

    def load_shown(self) -> None:
        """Load the rows that the page's parts show (`cms.parts`) and that are not loaded yet. A draft has its own."""
        if self.pk and not self._has_shown_rows and not getattr(self, "_cluster_related_objects", None):
            prefetch_related_objects([self], *self.shown_rows())
            prefetch_related_objects(self.shown_pictures(), "renditions")
            self._has_shown_rows = True

    @classmethod
    def shown_rows(cls) -> list[Any]:
        """The relations of the rows that the page's parts show."""
        return ["share_image"]

    def shown_pictures(self) -> list[Any]:
        """The pictures that the page's parts show, besides those in StreamFields."""
        return [self.share_image] if self.share_image_id else []

    @classmethod
    def for_reading(cls) -> models.QuerySet[Self]:
        """A queryset that loads with each page what its template shows besides its parts. Used by `cms.routing`."""
        return cls._default_manager.all()

    def get_view_restrictions(self) -> models.QuerySet[PageViewRestriction]:
        """As in Wagtail, without its two queries per page if no page is restricted."""
        return super().get_view_restrictions() if private_paths() else PageViewRestriction.objects.none()

    @cached_property
    def breadcrumbs(self) -> list[Page]:
        """The live pages above this one, home page first. Set by `cms.routing`, else one query."""
        return list(self.get_ancestors().live().filter(depth__gt=1))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context(request, *args, **kwargs) | {"breadcrumbs": self.breadcrumbs}


class PageWithUrls(RoutablePageMixin):
    """A page with URLs below its own, listed in `urlconf`. Their views are called with the request and the page."""

    urlconf: ClassVar[str]

    @classmethod
    def get_subpage_urls(cls) -> Any:
        return include(cls.urlconf)[0].urlpatterns

    def resolve_subpage(self, path: str) -> ResolverMatch:
        match = self.get_resolver().resolve(path)
        view = match.func
        match.func = lambda request, *args, **kwargs: view(request, self, *args, **kwargs)
        return match
