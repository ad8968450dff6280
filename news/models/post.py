"""Posts of any kind."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.models.pages import PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.blocks.body import BodyBlock
from cms.blocks.text import PLAIN
from cms.end_notes import end_note_errors
from cms.models import SitePage
from cms.page_privacy import open_to_all
from core.dates import site_today
from news.forms import PostForm
from news.panels import post_panels
from news.reading_time import minutes
from news.states import SCHEMA_TYPES, Kind

NEWEST_FIRST = ("-date", "-first_published_at", "-pk")


class PostQuerySet(PageQuerySet):
    """Queries for listing, feeds, sitemap and blocks."""

    def published(self) -> Self:
        """Live posts without view restriction. An alias shows another post, which is here already."""
        return open_to_all(self.live().filter(alias_of=None))

    def newest_first(self) -> Self:
        return self.order_by(*NEWEST_FIRST)

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)

    def with_bylines(self) -> Self:
        """Load authors with their organisations and portraits in one query."""
        entries = PostAuthor.objects.select_related("author__organisation", "author__portrait")
        return self.prefetch_related(Prefetch("authors", entries))

    def for_cards(self) -> Self:
        """Load what a card shows, in three queries."""
        return self.with_bylines().select_related("lead_image").prefetch_related("lead_image__renditions").defer_streamfields()


PostManager = PageManager.from_queryset(PostQuerySet)


class PostPage(SitePage):
    """A post: news, statement, opinion and so on."""

    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=Kind,
        default=Kind.NEWS,
        db_index=True,
        help_text=_("It decides what the page shows and which fields appear below."),
    )
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True, help_text=_("A second line under the title, if it needs one."))
    date = models.DateField(
        _("date"), default=site_today, db_index=True, help_text=_("The day it was said or happened; posts are listed by it.")
    )
    date_inferred = models.BooleanField(
        _("date is approximate"), default=False, help_text=_("Tick when the exact day is not known. Readers see only month and year.")
    )
    byline = models.CharField(
        _("free byline"), max_length=160, blank=True, help_text=_("Only when the authors above do not say it: “Members of the coalition”.")
    )
    topics = ParentalManyToManyField(
        "news.Topic",
        verbose_name=_("topics"),
        blank=True,
        related_name="posts",
        help_text=_("One to three. Readers filter the news by them, and posts on the same topics are offered to read next."),
    )
    series = models.ForeignKey(
        "news.Series",
        verbose_name=_("series"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="posts",
        help_text=_("Only when the post is one of several that belong together."),
    )
    part = models.PositiveSmallIntegerField(_("part"), null=True, blank=True, help_text=_("Its number within the series."))
    lead_image = models.ForeignKey(
        "cms.SiteImage",
        verbose_name=_("lead picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("At the top of the post and in lists. A sober statement needs none."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    notes = StreamField(
        [
            (
                "note",
                blocks.RichTextBlock(
                    label=_("Note"), features=PLAIN, help_text=_("A source or an aside; its number is its place in this list.")
                ),
            )
        ],
        verbose_name=_("end notes"),
        blank=True,
        help_text=_("In their order: [1] in the text leads to the first note, [2] to the second."),
    )
    addressed_to = models.TextField(_("addressed to"), blank=True, max_length=1000, help_text=_("One recipient a line."))
    event_name = models.CharField(_("event"), max_length=200, blank=True, help_text=_("Its full name: “72nd World Health Assembly”."))
    event_place = models.CharField(_("place"), max_length=160, blank=True, help_text=_("City and country, or “online”."))
    event_start = models.DateField(_("first day"), null=True, blank=True, help_text=_("The day it began, as in 2019-05-20."))
    event_end = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty for an event of one day."))
    signatory_count = models.PositiveIntegerField(
        _("number of signatories"), null=True, blank=True, help_text=_("Shown even when not all are listed below.")
    )
    signatories = models.TextField(
        _("signatory organisations"), blank=True, max_length=40_000, help_text=_("One a line, in the order to be shown.")
    )

    objects = PostManager()

    content_panels: ClassVar = post_panels(SitePage.content_panels)
    search_fields = [
        *SitePage.search_fields,
        index.FilterField("kind"),
        index.FilterField("date"),
    ]
    parent_page_types: ClassVar = ["news.NewsIndexPage"]
    subpage_types: ClassVar = []
    base_form_class = PostForm
    template = "news/post_page.html"
    page_description = _("News, statement, opinion, briefing, open letter, declaration …")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        # For the listing with its filters (news/listing.py).
        indexes = (
            models.Index(fields=["kind", "date", "page_ptr"], name="post_kind_date"),
            models.Index(fields=["date", "kind", "page_ptr"], name="post_date_kind"),
            models.Index(fields=["series", "part"], name="post_series_part"),
        )

    def clean(self) -> None:
        super().clean()
        errors: dict[str, Any] = {}
        if self.event_start and self.event_end and self.event_end < self.event_start:
            errors["event_end"] = _("The event ends before it starts.")
        if self.part and not self.series:
            errors["part"] = _("Choose the series this is a part of, or empty the number.")
        if errors:
            raise ValidationError(errors)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        page, *elsewhere = super().preview_modes
        return [page, ("list", _("In a list")), *elsewhere]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        if mode_name == "list":
            return TemplateResponse(request, "news/preview_card.html", {"post": self})
        return super().serve_preview(request, mode_name)

    def publishing_errors(self) -> Iterator[tuple[str, str]]:
        """Errors that block publishing, by field (cms/content_checks.py): here end notes without markers, or markers without notes."""
        if error := end_note_errors(self.body, self.notes):
            yield "notes", error

    @property
    def schema_type(self) -> str:
        return SCHEMA_TYPES.get(self.kind, "NewsArticle")

    @cached_property
    def bylines(self) -> list[Any]:
        """The authors in order."""
        return [entry.author for entry in self.authors.all() if entry.author_id]

    @property
    def recipients(self) -> list[str]:
        return _lines(self.addressed_to)

    @property
    def signatory_names(self) -> list[str]:
        return _lines(self.signatories)

    @cached_property
    def reading_minutes(self) -> int:
        return minutes(self.body)

    @classmethod
    def for_reading(cls) -> Any:
        return super().for_reading().select_related("lead_image")

    @classmethod
    def shown_rows(cls) -> list[Any]:
        entries = PostAuthor.objects.select_related("author__organisation", "author__portrait")
        return [*super().shown_rows(), Prefetch("authors", entries), "topics", "series"]

    def shown_pictures(self) -> list[Any]:
        pictures = [self.lead_image, *(author.portrait for author in self.bylines)]
        return [*super().shown_pictures(), *(picture for picture in pictures if picture)]

    @property
    def search_kind(self) -> str:
        return self.kind

    @property
    def search_day(self) -> dt.date:
        return self.date

    def extra_search_text(self) -> list[str]:
        """Text for the search index besides the title, the standfirst and the body."""
        names = [text for author in self.bylines for text in (author.name, author.affiliation)]
        return [self.subtitle, self.byline, self.event_name, self.event_place, self.addressed_to, self.signatories, *names]


def _lines(text: str) -> list[str]:
    return [line for line in (re.sub(r"\s+", " ", raw).strip() for raw in text.splitlines()) if line]


class PostAuthor(Orderable):
    """One author of a post, in order."""

    post = ParentalKey(PostPage, on_delete=models.CASCADE, related_name="authors")
    author = models.ForeignKey(
        "news.Author",
        verbose_name=_("author"),
        on_delete=models.PROTECT,
        related_name="authorships",
        help_text=_("Not in the list? Add them under News, Authors."),
    )

    panels: ClassVar = [FieldPanel("author")]

    class Meta(Orderable.Meta):
        constraints = (models.UniqueConstraint(fields=("post", "author"), name="author_once_a_post"),)
        indexes = (models.Index(fields=["author", "post"], name="posts_of_author"),)


class RelatedPost(Orderable):
    """A related post chosen by an editor."""

    page = ParentalKey(PostPage, on_delete=models.CASCADE, related_name="related")
    post = models.ForeignKey(
        PostPage,
        verbose_name=_("post"),
        on_delete=models.CASCADE,
        related_name="+",
        help_text=_("Offered to read next, before those on the same topics."),
    )

    panels: ClassVar = [FieldPanel("post")]
