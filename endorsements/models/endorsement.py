"""Endorsements of a declaration, and the consents given with them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.forms.model_fields import LineField
from core.mail.model_fields import EmailAddressField, WebsiteField
from core.search_text import SearchedModel, SearchedQuerySet, SearchTextField, SortKeyField
from core.web.page_cache import content_purged
from endorsements.states import BY_ITS_HOLDER, IN_QUEUE, LIVE, UNCONFIRMED, DeclineReason, HoldReason, Kind, Purpose, Source, State
from members.models import Organisation
from members.states import OrganisationKind

from .declaration import DeclarationPage
from .sign_on import SignOn, TextVersion

# What the public list shows of a name, or shows it by.
PUBLIC_FIELDS = frozenset(
    ("state", "show_name", "withdrawal_shown", "name", "acronym", "country", "organisation_kind", "role", "affiliation")
)


class MailDomain(models.Func):
    """What follows the last @ of an address, as an index has it: without parameters, which SQLite would not compare with the index."""

    template = "REPLACE(%(expressions)s, RTRIM(%(expressions)s, REPLACE(%(expressions)s, '@', '')), '')"
    arity = 1
    output_field = models.TextField()


class EndorsementQuerySet(SearchedQuerySet):
    """What the public list, the counts, the files, deliveries and the queue select."""

    def update(self, **values: Any) -> int:
        """A change of what is in the list makes a new edition of it. What is listed anew does not: the counts tell."""
        is_shown = not PUBLIC_FIELDS.isdisjoint(values) and values.get("state") != State.LISTED
        changed = self._lists() if is_shown else []
        count = super().update(**values)
        if changed:
            begin_edition(changed)
        return count

    def _lists(self) -> list[int]:
        """The declarations in whose list some of these are."""
        rows = self.order_by().in_public_list().values_list("declaration", flat=True).distinct()
        rows.query.select_for_update = False  # which PostgreSQL refuses with DISTINCT
        return list(rows)

    def for_declaration(self, declaration: DeclarationPage) -> Self:
        return self.filter(declaration_id=declaration.pk)

    def listed(self) -> Self:
        """Counted and, with the holder's consent, shown."""
        return self.filter(state=State.LISTED)

    def in_public_list(self) -> Self:
        """Listed, or shown there as withdrawn."""
        return self.filter(Q(state=State.LISTED) | Q(state=State.WITHDRAWN, withdrawal_shown=True))

    def organisations(self) -> Self:
        return self.filter(kind=Kind.ORGANISATION)

    def people(self) -> Self:
        return self.filter(kind=Kind.PERSON)

    def with_public_name(self) -> Self:
        """With the name shown; the others are only counted."""
        # Not `=True`: Django writes it as a bare column, for which SQLite uses no index.
        return self.filter(show_name__in=[True])

    def publicly_withdrawn(self) -> Self:
        return self.filter(state=State.WITHDRAWN, withdrawal_shown=True)

    def live(self) -> Self:
        """Confirmed by its holder, and not declined or withdrawn."""
        return self.filter(state__in=LIVE, confirmed_at__isnull=False)

    def speaking(self) -> Self:
        """Live, and speaking for the organisation: listed, or by one of its own. A claim that waits speaks for nobody."""
        return self.live().filter(Q(state=State.LISTED) | Q(source=Source.MEMBER) | Q(seconded_at__isnull=False))

    def unconfirmed(self) -> Self:
        """Not ended, and not confirmed by its holder yet."""
        return self.filter(state__in=UNCONFIRMED, confirmed_at__isnull=True)

    def by_signatory(self, key: str, organisation: Organisation | None) -> Self:
        """By the same signatory: with the same key, or of the same organisation of the coalition under any name."""
        return self.filter(Q(key=key) | Q(organisation=organisation) if organisation else Q(key=key))

    def in_queue(self) -> Self:
        """Waiting for the secretariat, by declaration, the one that closes first before the others."""
        closes_first = F("declaration__closes_at").asc(nulls_last=True)
        return self.filter(state__in=IN_QUEUE).order_by(closes_first, "declaration_id", "submitted_at", "pk")

    def by_address(self, address_key: str) -> Self:
        return self.filter(address_key=address_key)

    def with_domain(self) -> Self:
        """To be filtered by `domain`, that of the address."""
        return self.alias(domain=MailDomain("address_key"))

    def at_domains(self, domains: Iterable[str]) -> Self:
        """With an address at one of these domains; '' is none."""
        return self.with_domain().filter(domain__in=set(domains) - {""})

    def approved(self) -> Self:
        """Of organisations, listed because a colleague decided so: what makes the organisation known."""
        return self.organisations().filter(approved_at__isnull=False, state=State.LISTED)

    def in_order(self) -> Self:
        """Organisations before people, each in alphabetical order, the same on every database."""
        return self.order_by("kind", "sort_key", "pk")

    def wanting_updates(self) -> Self:
        """Whose holders get emails about deliveries and replies."""
        return self.live().filter(wants_updates=True).exclude(email="")


def begin_edition(declarations: Iterable[int]) -> None:
    """Let nobody be sent a page or a file that was made of these lists before. Within the transaction of the change."""
    SignOn.objects.filter(declaration__in=declarations).update(list_edition=F("list_edition") + 1)
    content_purged()


class Endorsement(SearchedModel):
    """One organisation's or person's endorsement of one version of a text. Only the workflows of this app change its state.

    Names, address and notes are erased in time (`endorsements.personal_data`). Nothing else says whose it was: not `__str__`, and so not
    the audit log.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.PROTECT, related_name="endorsements", verbose_name=_("declaration"))
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="endorsements", verbose_name=_("text signed"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    source = models.CharField(_("came by"), max_length=8, choices=Source, default=Source.SITE)
    key = models.CharField(max_length=255, help_text="Who it is, from members/identity/keys.py: the same for the same signatory.")

    name = LineField(_("name"), max_length=160)
    acronym = LineField(_("acronym"), max_length=40, blank=True)
    country = CountryField(_("country"), blank=True)
    website = WebsiteField(_("website"), max_length=200, blank=True)
    organisation_kind = models.CharField(_("kind of organisation"), max_length=12, choices=OrganisationKind, blank=True)
    signatory = LineField(_("signatory"), max_length=120, blank=True)
    role = LineField(_("role"), max_length=120, blank=True)
    affiliation = LineField(_("affiliation"), max_length=160, blank=True)
    email = EmailAddressField(_("e-mail address"), blank=True)
    address_key = models.CharField(max_length=254, blank=True, help_text="The address in its canonical form.")
    language = models.CharField(_("language"), max_length=12, blank=True)
    organisation = models.ForeignKey(
        "members.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="endorsements",
        verbose_name=_("organisation of the coalition"),
    )

    show_name = models.BooleanField(_("name is shown"), default=True)
    wants_updates = models.BooleanField(_("is told of the declaration’s fate"), default=True)
    withdrawal_shown = models.BooleanField(_("withdrawal is shown"), default=False)

    second_email = EmailAddressField(_("second address"), blank=True)
    seconded_at = models.DateTimeField(_("confirmed by a second person"), null=True)
    hold_reason = models.CharField(_("held because"), max_length=10, choices=HoldReason, blank=True)
    decline_reason = models.CharField(_("declined because"), max_length=10, choices=DeclineReason, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged")
    replaces = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("replaces"),
        help_text="An earlier one of the same holder, which ends when this one is listed.",
    )
    note = models.TextField(_("note of the secretariat"), max_length=2000, blank=True)
    provenance = models.CharField(_("provenance"), max_length=200, blank=True)
    imported = models.ForeignKey("endorsements.ImportedList", null=True, on_delete=models.SET_NULL, related_name="endorsements")
    network = models.CharField(
        max_length=64, blank=True, help_text="HMAC of the visitor's network, for “find alike”; erased after 30 days."
    )

    answers_hash = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="HMAC of all answers, until it is confirmed: the same answers are one row.",
    )

    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    mailed_at = models.DateTimeField(null=True, help_text="When the mail to confirm was last written; a repeat within a minute sends none.")
    reminded_at = models.DateTimeField(null=True, help_text="When it was reminded of the missing confirmation, two days after the mail.")
    reminded_last_day_at = models.DateTimeField(null=True, help_text="When it was reminded on the last day before closing.")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    renewed_at = models.DateTimeField(_("new text confirmed"), null=True, help_text="When a later version of the text was last confirmed.")
    approved_at = models.DateTimeField(_("approved by a colleague"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("approved by")
    )
    listed_at = models.DateTimeField(_("listed"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    sort_key = SortKeyField(max_length=160, blank=True)
    letter = models.CharField(max_length=1, blank=True)
    folded = SearchTextField("name", "acronym", "affiliation", is_indexed=True, help_text="For the public search.")
    people_text = SearchTextField(
        *("name", "acronym", "affiliation", "signatory"), help_text="For the search of the secretariat; never for a public one."
    )

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        default_permissions = ("view", "change", "export")
        base_manager_name = "objects"  # so that transitions make editions of the list, too
        constraints = (
            # Only what is public is there once. A name that somebody typed, or that waits, must not keep its owner out.
            models.UniqueConstraint(fields=("declaration", "key"), condition=Q(state=State.LISTED), name="endorsement_listed_once"),
            models.UniqueConstraint(
                fields=("declaration", "organisation"),
                condition=Q(state=State.LISTED, organisation__isnull=False),
                name="endorsement_organisation_listed_once",
            ),
            # The same answers sent again make no second row.
            models.UniqueConstraint(
                fields=("declaration", "answers_hash", "state"),
                condition=Q(state__in=UNCONFIRMED, confirmed_at__isnull=True) & ~Q(answers_hash=""),
                name="endorsement_same_answers_once",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.LISTED) | Q(confirmed_at__isnull=False), name="endorsement_listed_is_confirmed"
            ),
        )
        indexes = (
            # The public list and its counts cost the same with 100,000 rows as with 100 (`./run bench`): counting and paging
            # read only these indexes.
            models.Index(fields=["declaration", "state", "show_name", "kind", "sort_key", "id"], name="endorsement_list"),
            models.Index(
                fields=["declaration", "state", "show_name", "kind", "country", "letter", "organisation_kind"], name="endorsement_counts"
            ),
            models.Index(fields=["declaration", "state", "listed_at"], name="endorsement_moments"),
            models.Index(fields=["declaration", "source", "state", "kind", "sort_key"], name="endorsement_source"),
            models.Index(fields=["version", "state"], name="endorsement_version"),
            models.Index(fields=["state", "declaration", "submitted_at", "id"], name="endorsement_queue"),
            models.Index(fields=["declaration", "organisation"], condition=Q(organisation__isnull=False), name="endorsement_of_known"),
            models.Index(fields=["address_key"], name="endorsement_address"),
            models.Index(fields=["declaration", "key"], name="endorsement_signatory"),
            models.Index(fields=["network", "submitted_at"], name="endorsement_near"),
            models.Index(MailDomain("address_key"), "submitted_at", name="endorsement_domain"),
            models.Index(fields=["submitted_at", "id"], name="endorsement_newest"),
            models.Index(fields=["submitted_at"], condition=Q(state=State.PENDING), name="endorsement_pending"),
            models.Index(fields=["key"], condition=Q(approved_at__isnull=False), name="endorsement_approved"),
        )

    def __str__(self) -> str:
        return gettext("Endorsement %(number)d") % {"number": self.pk or 0}

    def save(self, *args: Any, update_fields: Any = None, **kwargs: Any) -> None:
        was_there = not self._state.adding
        super().save(*args, update_fields=update_fields, **kwargs)
        saved = PUBLIC_FIELDS if update_fields is None else PUBLIC_FIELDS.intersection(update_fields)
        if was_there and saved and not (saved == {"state"} and self.state == State.LISTED):
            begin_edition([self.declaration_id])

    @property
    def is_organisation(self) -> bool:
        return self.kind == Kind.ORGANISATION

    @property
    def is_in_public_list(self) -> bool:
        return self.state == State.LISTED or (self.state == State.WITHDRAWN and self.withdrawal_shown)

    @property
    def is_live(self) -> bool:
        return self.state in LIVE and self.confirmed_at is not None

    @property
    def version_confirmed_at(self) -> datetime | None:
        """When its holder confirmed the text that it stands under; None if that is not known."""
        last = self.renewed_at or self.confirmed_at
        # A release before 2026-12 did not store renewals: the text is younger then than what is stored.
        return last if last and last >= self.version.made_at else None

    @property
    def country_label(self) -> str:
        """The name of the country; "Global" for an organisation without one."""
        return str(self.country.name) if self.country else (gettext("Global") if self.is_organisation else "")

    @property
    def is_approved(self) -> bool:
        """Whether a colleague put it into the list: by approving it, or with the initial signatories or an import."""
        return self.state == State.LISTED and (self.approved_at is not None or self.source not in BY_ITS_HOLDER)

    @property
    def role_and_affiliation(self) -> str:
        """What is shown beside a person's name: "Midwife, Mulago Hospital"."""
        return ", ".join(part for part in (self.role, self.affiliation) if part)


class KnownName(models.Model):
    """A key (`members.identity.similar_names.stored_keys`) by which an approved organisation is found when a similar name is typed."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="known_names")
    key = models.CharField(max_length=120, db_index=True)

    class Meta:
        verbose_name = "known name"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("endorsement", "key"), name="known_name_once"),)

    def __str__(self) -> str:
        return f"{self.endorsement_id}: {self.pk}"


class Consent(models.Model):
    """A question and its answer, word for word (GDPR, Article 7(1)). Rows are added and never changed: the newest counts."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    given = models.BooleanField(_("given"))
    wording = models.CharField(_("wording"), max_length=600)
    wording_version = models.CharField(_("version of the wording"), max_length=12, help_text="The start of its SHA-256.")
    language = models.CharField(_("language"), max_length=12)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ()
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.purpose} {self.given}"
