"""Organisations with their memberships and seats on the steering committee."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, TitleFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from core.dates import site_today
from core.forms.model_fields import CleanLineField, LinesField
from core.mail.model_fields import EmailAddressField, WebsiteField
from core.search_text import SearchedModel, SearchedQuerySet, SearchTextField, SortKeyField
from members.states import Category, MembershipStatus, OrganisationKind, Role

from .derived import derive, source_text
from .forms import OrganisationForm
from .membership_year import DUE_PERIOD, GRACE_PERIOD, NOTICE_PERIOD, YEAR, MembershipYear, membership_year


class Theme(models.Model):
    """A theme of work, to filter the directory by."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True, help_text=_("How it stands in the directory’s address."))

    panels: ClassVar = [TitleFieldPanel("name", targets=["slug"], placeholder=False, classname=""), FieldPanel("slug")]

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def listed(self, on: date) -> Self:
        """Those in the directory of that day: members and observers whose membership is not dormant."""
        return self.filter(pk__in=Membership.objects.not_dormant(on).values("organisation"))

    def with_role(self, role: str, on: date) -> Self:
        """Those with the role on that day, each once, by name. Dormant memberships do not count; an unknown role returns none."""
        if role not in Role.values:
            return self.none()
        if role == Role.STEERING:
            return self.filter(pk__in=Seat.objects.on(on).values("organisation")).order_by("name")
        return self.filter(pk__in=Membership.objects.not_dormant(on).with_role(role, on).values("organisation")).order_by("name")


class Organisation(index.Indexed, ClusterableModel):
    """An organisation known to the coalition, whether member, observer, applicant's match or signatory."""

    name = CleanLineField(_("name"), max_length=160, unique=True)
    aliases = LinesField(
        _("other names"),
        max_length=1000,
        blank=True,
        help_text=_("Former names and names in other languages, one a line. It is recognised by them."),
    )
    more_domains = models.TextField(
        _("other web domains"),
        max_length=1000,
        blank=True,
        help_text=_("One a line, such as “example.org”. It is recognised by them."),
    )
    acronym = CleanLineField(_("short name"), max_length=40, blank=True, help_text=_("Its acronym, for small places: “PSI”."))
    slug = models.SlugField(_("address"), max_length=80, unique=True, help_text=_("The last part of its address on this site."))
    country = CountryField(  # type: ignore[call-overload]
        _("country"),
        blank=True,
        blank_label=_("Several countries, or the whole world"),
        help_text=_("Where its seat is. Empty: it works as a global network."),
    )
    countries_of_work = CountryField(_("countries of work"), multiple=True, blank=True, help_text=_("Where it is active."))
    kind = models.CharField(
        _("kind"), max_length=12, choices=OrganisationKind, blank=True, help_text=_("The directory can be searched by it.")
    )
    founded = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True, help_text=_("The year, in four digits."))
    website = WebsiteField(_("website"), blank=True, help_text=_("Starting with https://. Its name links there."))
    summary = models.TextField(
        _("in a few words"), max_length=400, blank=True, help_text=_("What it does for health workers. Two sentences.")
    )
    goals = models.TextField(
        _("goals"), max_length=2000, blank=True, default="", db_default="", help_text=_("Which of our goals it works on, one a line.")
    )
    working_groups = models.TextField(
        _("working groups"), max_length=2000, blank=True, default="", db_default="", help_text=_("Those it wants to join, one a line.")
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

    themes = ParentalManyToManyField(
        Theme, verbose_name=_("themes"), blank=True, related_name="organisations", help_text=_("What it works on, to be found by.")
    )

    # See `members.models.derived`.
    sort_key = SortKeyField(max_length=160, blank=True, editable=False, default="", db_default="")
    directory_text = models.TextField(blank=True, editable=False, default="", db_default="", help_text="For the search of the directory.")
    derived_from = models.TextField(null=True, editable=False)
    is_derived = models.GeneratedField(
        expression=models.Case(models.When(derived_from=source_text(), then=models.Value(True)), default=models.Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    objects = OrganisationQuerySet.as_manager()

    base_form_class = OrganisationForm
    panels: ClassVar = [
        TitleFieldPanel("name", targets=["slug"], placeholder=False, classname=""),
        FieldRowPanel([FieldPanel("acronym"), FieldPanel("slug")]),
        FieldRowPanel([FieldPanel("aliases"), FieldPanel("more_domains")]),
        FieldRowPanel([FieldPanel("country"), FieldPanel("website")]),
        FieldPanel("countries_of_work"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("founded")]),
        FieldPanel("summary"),
        FieldPanel("themes", widget=forms.CheckboxSelectMultiple),
        FieldRowPanel([FieldPanel("goals"), FieldPanel("working_groups")]),
        FieldPanel("logo"),
        MultiFieldPanel([InlinePanel("memberships", label=_("Membership"))], _("Membership")),
        MultiFieldPanel([InlinePanel("seats", label=_("Term"))], _("Seat on the steering committee")),
    ]
    search_fields: ClassVar = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.AutocompleteField("acronym"),
        index.SearchField("aliases"),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        indexes = (
            models.Index(fields=("sort_key", "id"), name="organisation_by_sort_key"),
            models.Index(fields=("country",), name="organisation_by_country"),
            models.Index(fields=("is_derived",), name="organisation_by_is_derived"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        derive(Organisation.objects.filter(pk=self.pk, is_derived=False))

    @property
    def country_or_global(self) -> str:
        """The name of its country, or "Global"."""
        return str(self.country.name) if self.country else str(_("Global"))

    @property
    def is_listed(self) -> bool:
        """Whether it is in the directory today."""
        return Organisation.objects.listed(site_today()).filter(pk=self.pk).exists()

    @property
    def short_name(self) -> str:
        return self.acronym or self.name

    @property
    def other_names(self) -> list[str]:
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]

    @property
    def domains(self) -> list[str]:
        """Its web domains besides that of its website."""
        return [line.strip().lower() for line in self.more_domains.splitlines() if line.strip()]


class FormerAddress(models.Model):
    """The slug of an organisation that was merged into another, so that links to it still work."""

    slug = models.SlugField(max_length=80, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="former_addresses")

    class Meta:
        verbose_name = "former address"
        default_permissions = ()

    def __str__(self) -> str:
        return self.slug


class Term(models.Model):
    """A span of time. Without `since` the start is unknown, without `until` it has not ended."""

    since = models.DateField(_("since"), null=True, blank=True, help_text=_("Empty if not known."))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty while it lasts."))

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("This is before it began.")})


class TermQuerySet(SearchedQuerySet):
    def on(self, day: date) -> Self:
        """Those begun and not over on that day."""
        begun = Q(since__isnull=True) | Q(since__lte=day)
        return self.filter(begun & (Q(until__isnull=True) | Q(until__gte=day)))

    def ending(self, day: date, within: int = 60) -> Self:
        """Those of that day that end within so many days, the earliest first."""
        return self.on(day).filter(until__lte=day + timedelta(days=within)).order_by("until", "pk")


class SeatQuerySet(TermQuerySet):
    def entitled(self, day: date) -> Self:
        """Those of that day that may vote: their organisation is a member on that day. (An observer takes part without a vote.)"""
        members = Membership.objects.on(day).filter(category=Category.MEMBER)
        return self.on(day).filter(organisation__in=members.values("organisation"))


class MembershipQuerySet(TermQuerySet):
    def with_last_confirmed(self) -> Self:
        """With `last_confirmed`, the day on which each was last confirmed, or else recorded."""
        return self.annotate(last_confirmed=Coalesce("confirmed_on", "recorded_on"))

    def not_dormant(self, on: date) -> Self:
        """Those of that day without dormant ones (see `members.models.membership_year`)."""
        dormant = Q(last_confirmed__lte=on - YEAR, asked_about=F("last_confirmed"), asked_on__lte=on - DUE_PERIOD - GRACE_PERIOD)
        return self.on(on).with_last_confirmed().exclude(dormant)

    def unconfirmed(self, on: date) -> Self:
        """Those of that day that are to be confirmed, asked or not, with `last_confirmed`."""
        return self.on(on).with_last_confirmed().filter(last_confirmed__lte=on - YEAR)

    def asked_between(self, after: date | None, until: date | None, on: date) -> Self:
        """Those to be confirmed who were asked after the first day and until the second; None means no limit."""
        bounds = {"asked_on__gt": after, "asked_on__lte": until}
        asked = self.unconfirmed(on).filter(asked_about=F("last_confirmed"), asked_on__isnull=False)
        return asked.filter(**{name: day for name, day in bounds.items() if day})

    def about_to_be_hidden(self, on: date) -> Self:
        """Those that become dormant within 30 days unless they are confirmed."""
        hidden_after = DUE_PERIOD + GRACE_PERIOD
        return self.asked_between(on - hidden_after, on - hidden_after + NOTICE_PERIOD, on)

    def unreachable(self, on: date) -> Self:
        """Those of that day where nobody can be asked."""
        return self.on(on).filter(unreachable_since__isnull=False)

    def new_since(self, day: date) -> Self:
        """Those that began on that day or later, or, with an unknown start, were recorded since."""
        return self.filter(Q(since__gte=day) | Q(since__isnull=True, recorded_on__gte=day))

    def with_role(self, role: str, on: date) -> Self:
        """Those whose organisation has the role on that day, by this membership or by a seat."""
        return self.filter(
            {
                Role.MEMBER: Q(category=Category.MEMBER),
                Role.OBSERVER: Q(category=Category.OBSERVER),
                Role.FOUNDING: Q(founding=True),
                Role.STEERING: Q(organisation__in=Seat.objects.on(on).values("organisation")),
            }[Role(role)]
        )

    def with_status(self, status: MembershipStatus, on: date) -> Self:
        """Those with this status on that day: the rule of `membership_year`, for a query."""
        overdue, hidden = on - DUE_PERIOD, on - DUE_PERIOD - GRACE_PERIOD
        match status:
            case MembershipStatus.ENDED:
                return self.filter(until__lt=on)
            case MembershipStatus.UPCOMING:
                return self.filter(since__gt=on)
            case MembershipStatus.ACTIVE:
                return self.on(on).with_last_confirmed().filter(last_confirmed__gt=on - YEAR)
            case MembershipStatus.NOT_ASKED:
                return self.unconfirmed(on).exclude(asked_about=F("last_confirmed"), asked_on__isnull=False)
            case MembershipStatus.DUE:
                return self.asked_between(overdue, None, on)
            case MembershipStatus.GRACE:
                return self.asked_between(hidden, overdue, on)
        return self.asked_between(None, hidden, on)


class Membership(Term, Orderable):
    """The membership of an organisation in the coalition, as member or observer; its status follows from `membership_year`."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    category = models.CharField(
        _("category"), max_length=10, choices=Category, default=Category.MEMBER, help_text=_("An observer takes part without a vote.")
    )
    founding = models.BooleanField(_("founding member"), default=False, help_text=_("Tick when it was there when the coalition began."))

    confirmed_on = models.DateField(
        _("confirmed on"), null=True, blank=True, help_text=_("When the organisation last said that it belongs, and its profile is right.")
    )
    recorded_on = models.DateField(_("recorded on"), default=site_today, editable=False)

    # The yearly question, kept by `members.membership.reminders`
    asked_about = models.DateField(null=True, editable=False, help_text="The last confirmation when the question was written.")
    request_on = models.DateField(null=True, editable=False, help_text="When the question was written.")
    next_request_on = models.DateField(null=True, editable=False, help_text="When to remind, or to try again.")
    asked_on = models.DateField(_("asked on"), null=True, editable=False, help_text="When an email with the question was first sent.")
    asked_count = models.PositiveSmallIntegerField(
        _("asked"), default=0, db_default=0, editable=False, help_text="To how many addresses it was sent."
    )
    unreachable_since = models.DateField(_("cannot be asked since"), null=True, editable=False, db_index=True)
    reach_checked_on = models.DateField(null=True, editable=False, help_text="When it was last checked whether somebody can be asked.")

    objects = MembershipQuerySet.as_manager()

    panels: ClassVar = [
        FieldPanel("category"),
        FieldPanel("founding"),
        FieldRowPanel([FieldPanel("since"), FieldPanel("until"), FieldPanel("confirmed_on")]),
    ]

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

    def year_on(self, on: date) -> MembershipYear:
        """Return its status on that day, with a sentence that explains it."""
        return membership_year(
            since=self.since,
            until=self.until,
            confirmed_on=self.confirmed_on,
            recorded_on=self.recorded_on,
            on=on,
            asked_on=self.asked_on,
            asked_about=self.asked_about,
        )


class Seat(SearchedModel, Term, Orderable):
    """A term on the steering committee."""

    organisation = ParentalKey(Organisation, on_delete=models.CASCADE, related_name="seats")
    person_name = CleanLineField(_("person"), max_length=120, blank=True, help_text=_("Who sits there and votes."))
    person_email = EmailAddressField(_("their e-mail address"), blank=True, help_text=_("Ballots go there. It is never shown in public."))
    alternate_name = CleanLineField(_("alternate"), max_length=120, blank=True, help_text=_("Who stands in for them."))
    alternate_email = EmailAddressField(
        _("the alternate’s e-mail address"), blank=True, help_text=_("Ballots go there if the first is empty.")
    )

    search_text = SearchTextField("person_name", "alternate_name")

    objects = SeatQuerySet.as_manager()

    panels: ClassVar = [
        FieldRowPanel([FieldPanel("since"), FieldPanel("until")]),
        FieldRowPanel([FieldPanel("person_name"), FieldPanel("person_email")]),
        FieldRowPanel([FieldPanel("alternate_name"), FieldPanel("alternate_email")]),
    ]

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
