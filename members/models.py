"""Organisations and how they belong to the coalition."""

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, TitleFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from .states import Category, Role


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def with_role(self, role: str, on: date) -> Self:
        """Those that hold the role on that day, each once, by name. An unknown role holds nobody."""
        terms: dict[str, Q] = {
            Role.MEMBER: Q(memberships__category=Category.MEMBER),
            Role.FOUNDING: Q(memberships__founding=True),
            Role.OBSERVER: Q(memberships__category=Category.OBSERVER),
            Role.STEERING: Q(),
        }
        if role not in terms:
            return self.none()
        relation = "seats" if role == Role.STEERING else "memberships"
        lasting = Q(**{f"{relation}__isnull": False}) & (Q(**{f"{relation}__until__isnull": True}) | Q(**{f"{relation}__until__gte": on}))
        begun = Q(**{f"{relation}__since__isnull": True}) | Q(**{f"{relation}__since__lte": on})
        return self.filter(terms[role] & lasting & begun).distinct().order_by("name")


class Organisation(index.Indexed, ClusterableModel):
    """The one identity of an organisation, whatever it is to the coalition."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    acronym = models.CharField(_("short name"), max_length=40, blank=True, help_text=_("Its acronym, for small places: “PSI”."))
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("The last part of its address on this site."))
    country = CountryField(_("country"), blank=True, help_text=_("Where its seat is. Empty: it works as a global network."))
    website = models.URLField(_("website"), blank=True, help_text=_("Starting with https://. Its name links there."))
    summary = models.TextField(
        _("in a few words"), max_length=400, blank=True, help_text=_("What it does for health workers. Two sentences.")
    )
    logo = models.ForeignKey(
        "cms.SiteImage",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("On a white or transparent ground, at least 400 pixels wide."),
    )

    objects = OrganisationQuerySet.as_manager()

    panels: ClassVar = [
        TitleFieldPanel("name", targets=["slug"], placeholder=False, classname=""),
        FieldRowPanel([FieldPanel("acronym"), FieldPanel("slug")]),
        FieldRowPanel([FieldPanel("country"), FieldPanel("website")]),
        FieldPanel("summary"),
        FieldPanel("logo"),
        MultiFieldPanel([InlinePanel("memberships", label=_("Membership"))], _("Membership")),
        MultiFieldPanel([InlinePanel("seats", label=_("Term"))], _("Seat on the steering committee")),
    ]
    search_fields: ClassVar = [index.SearchField("name"), index.AutocompleteField("name"), index.AutocompleteField("acronym")]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Its country, or that it works everywhere."""
        return str(self.country.name) if self.country else str(_("Global"))

    @property
    def short(self) -> str:
        return self.acronym or self.name


class Term(models.Model):
    """A span of time; an empty date means unknown at the start and lasting at the end."""

    since = models.DateField(_("since"), null=True, blank=True, help_text=_("Empty if not known."))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty while it lasts."))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("This is before it began.")})


class Membership(Term, Orderable):
    """An organisation's belonging to the coalition, as member or observer."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    category = models.CharField(
        _("category"), max_length=10, choices=Category, default=Category.MEMBER, help_text=_("An observer takes part without a vote.")
    )
    founding = models.BooleanField(_("founding member"), default=False, help_text=_("Tick when it was there when the coalition began."))

    panels: ClassVar = [FieldPanel("category"), FieldPanel("founding"), FieldRowPanel([FieldPanel("since"), FieldPanel("until")])]

    class Meta(Orderable.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")), name="membership_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_category_display()})"


class Seat(Term, Orderable):
    """A term on the steering committee."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="seats")

    panels: ClassVar = [FieldRowPanel([FieldPanel("since"), FieldPanel("until")])]

    class Meta(Orderable.Meta):
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")), name="seat_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation}: {self.since or '…'} – {self.until or '…'}"
