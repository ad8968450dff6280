"""An application to join, with its files, invited colleagues, and the secretariat's questions and notes."""

import secrets
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.dates import site_date
from core.forms.model_fields import LineField, LinesField
from core.mail.addresses import canonical_host, with_ascii_host
from core.mail.model_fields import EmailAddressField, WebsiteField
from core.search_text import MAX_QUERY_WORDS, SearchedModel, SearchedQuerySet, SearchTextField, containing, query_words
from members.states import (
    APPLICATION_TRANSITIONS,
    ENDED,
    OPEN,
    Access,
    ApplicationState,
    Category,
    DeclineReason,
    FileKind,
    OrganisationKind,
)

# The fields for files, which the secretariat may ask about like fields of the form.
FILE_FIELDS = {"logo": FileKind.LOGO, "documents": FileKind.DOCUMENT}
PRIVATE_FOLDER = "private/applications"


class ApplicationQuerySet(SearchedQuerySet):
    def submitted(self) -> Self:
        return self.exclude(state=ApplicationState.DRAFT)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def ended(self) -> Self:
        return self.filter(state__in=ENDED)

    def for_address(self, address_key: str) -> Self:
        return self.filter(address_key=address_key)

    def overdue(self, on: date) -> Self:
        """Those that are open after the day on which an answer was promised."""
        return self.open().filter(promised_on__lt=on)

    def search(self, words: str) -> Self:
        """Those with each word in a name, website or email address."""
        fields = ("website", "email", "representative_email", "second_email")
        found = self
        for word in words.split()[:MAX_QUERY_WORDS]:
            host = with_ascii_host(word) if "@" in word else canonical_host(word) or word
            raw = reduce(or_, (Q(**{f"{field}__icontains": host}) for field in fields))
            found = found.filter(raw | containing("search_text", query_words(word)))
        return found


class Application(SearchedModel):
    """An application of an organisation to join, from draft to decision. Only the `workflow` modules change it.

    A draft may lack anything; `missing_answers` says what is needed to submit it. Personal data and files are erased when their time
    is over (`members.personal_data`), so `__str__`, which the audit log keeps, names nobody.
    """

    state = models.CharField(_("state"), max_length=16, choices=ApplicationState, default=ApplicationState.DRAFT)
    email = EmailAddressField(_("the applicant’s e-mail address"), blank=True)
    address_key = models.CharField(max_length=254, blank=True, help_text="The address in its canonical form.")
    language = models.CharField(_("language"), max_length=12, blank=True)
    search_text = SearchTextField("name", "acronym", "other_names", "representative_name", "second_name")
    key = models.CharField(max_length=255, blank=True, help_text="Who it is, from members/identity/keys.py; empty while it has no name.")

    # The organisation
    category = models.CharField(_("joins as"), max_length=10, choices=Category, default=Category.MEMBER)
    name = LineField(_("name"), max_length=160, blank=True)
    acronym = LineField(_("short name"), max_length=40, blank=True)
    other_names = LinesField(_("other names"), max_length=1000, blank=True)
    country = CountryField(_("country"), blank=True)
    works_worldwide = models.BooleanField(null=True, help_text="Whether no country was chosen on purpose; None before this was asked.")
    countries_of_work = CountryField(_("countries of work"), multiple=True, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind, blank=True)
    founded = models.PositiveSmallIntegerField(_("founded"), null=True, blank=True)
    website = WebsiteField(_("website"), max_length=200, blank=True)
    size = models.CharField(_("members or staff"), max_length=200, blank=True)
    registration = models.CharField(_("registration"), max_length=200, blank=True)
    for_profit_funding = models.BooleanField(_("funding from for-profit health business"), null=True, blank=True)
    for_profit_explanation = models.TextField(_("explanation of that funding"), max_length=2000, blank=True)
    # Why
    work = models.TextField(_("what it does for health workers"), max_length=3000, blank=True)
    motivation = models.TextField(_("why it joins"), max_length=3000, blank=True)
    goals = models.TextField(_("goals it will work on"), max_length=2000, blank=True, help_text="One a line.")
    working_groups = models.TextField(_("working groups"), max_length=2000, blank=True, help_text="One a line.")
    heard = models.CharField(_("how it heard of us"), max_length=400, blank=True)
    agrees_vision = models.BooleanField(_("agrees with the vision"), default=False)
    agrees_terms = models.BooleanField(_("agrees with the terms"), default=False)
    vision_agreed = models.TextField(_("vision agreed with"), blank=True, default="", db_default="", help_text="Word for word.")
    terms_agreed = models.TextField(_("terms agreed with"), blank=True, default="", db_default="", help_text="Word for word.")
    # Who
    representative_name = LineField(_("representative"), max_length=120, blank=True)
    representative_position = LineField(_("role of the representative"), max_length=120, blank=True)
    representative_email = EmailAddressField(_("e-mail address of the representative"), blank=True)
    representative_phone = models.CharField(_("telephone of the representative"), max_length=40, blank=True)
    second_name = LineField(_("second contact"), max_length=120, blank=True)
    second_position = LineField(_("role of the second contact"), max_length=120, blank=True)
    second_email = EmailAddressField(_("e-mail address of the second contact"), blank=True)

    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    saved_at = models.DateTimeField(_("last saved"), null=True)
    warned_at = models.DateTimeField(null=True, help_text="When the end of the draft was announced.")
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    promised_on = models.DateField(_("answer promised by"), null=True)
    asked_at = models.DateTimeField(_("questions asked"), null=True)
    reminded_after = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The last reminder of the questions, in days after they were asked."
    )
    late_told_for = models.DateField(null=True, help_text="The promised day that colleagues were told has passed.")
    ended_at = models.DateTimeField(_("ended"), null=True)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True)

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("assigned to")
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(null=True)
    organisation = models.ForeignKey(
        "members.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("organisation of the coalition"),
    )
    decline_reason = models.CharField(_("declined because"), max_length=12, choices=DeclineReason, blank=True)
    decision_message = models.TextField(
        _("letter"), max_length=4000, blank=True, db_column="letter", help_text="The secretariat's words in the mail of the decision."
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        default_permissions = ("view", "change", "export")
        constraints = (
            models.UniqueConstraint(fields=("key",), condition=Q(state__in=OPEN), name="application_once_open"),
            # Asking for a link ten times makes one draft, as long as nothing is in it.
            models.UniqueConstraint(
                fields=("address_key",),
                condition=Q(state=ApplicationState.DRAFT, saved_at__isnull=True),
                name="application_one_empty_draft",
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.DRAFT) | Q(submitted_at__isnull=False), name="application_submitted_at_set"
            ),
        )
        indexes = (
            models.Index(fields=["state", "submitted_at"], name="application_queue"),
            models.Index(fields=["address_key"], name="application_address"),
        )

    def __str__(self) -> str:
        return gettext("Application %(number)d") % {"number": self.pk or 0}

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_global(self) -> bool:
        """Whether "several countries, or the whole world" was chosen. Older applications say it by countries of work without a country."""
        if self.country:
            return False
        return bool(self.countries_of_work) if self.works_worldwide is None else self.works_worldwide

    @property
    def may_be_withdrawn(self) -> bool:
        return ApplicationState.WITHDRAWN in APPLICATION_TRANSITIONS[ApplicationState(self.state)]

    @property
    def title(self) -> str:
        """The name of the organisation; before it is given, the number of the application."""
        return self.name or str(self)

    def waiting_days(self, on: date) -> int:
        """Return the number of days from submission until it ended, or until that day."""
        if self.submitted_at is None:
            return 0
        until = site_date(self.ended_at) if self.ended_at else on
        return (until - site_date(self.submitted_at)).days

    def logo(self) -> "ApplicationFile | None":
        return self.files.filter(kind=FileKind.LOGO).first()

    def documents(self) -> "models.QuerySet[ApplicationFile]":
        return self.files.filter(kind=FileKind.DOCUMENT)

    def open_questions(self) -> "models.QuerySet[Question]":
        return self.questions.filter(answered_at__isnull=True)

    def replies(self) -> "models.QuerySet[Question]":
        """The answered questions about no field. (Answers about a field are in the field.)"""
        return self.questions.filter(field="", answered_at__isnull=False).exclude(reply="")


class ApplicationKey(models.Model):
    """A number under which a submitted application is found by another of the same organisation or address (`applications.keys`)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="keys")
    key = models.BigIntegerField()

    class Meta:
        verbose_name = "application key"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "application"), name="application_key_once"),)

    def __str__(self) -> str:
        return f"{self.application_id}: {self.key}"


class Invitation(models.Model):
    """A colleague of the applicant who may read or edit an application by a personal link."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="invitations")
    email = EmailAddressField(_("e-mail address"))
    address_key = models.CharField(max_length=254)
    access = models.CharField(_("may"), max_length=4, choices=Access, default=Access.READ)
    invited_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("application", "address_key"), name="invitation_once_to_an_address"),)

    def __str__(self) -> str:
        return gettext("Invitation %(number)d") % {"number": self.pk or 0}


class Question(models.Model):
    """A question of the secretariat about one field of the form, or about anything when `field` is empty.

    `before` and `after` are the value of the field as text when the question was asked and when it was answered.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="questions")
    field = models.CharField(_("field"), max_length=40, blank=True)
    text = models.TextField(_("question"), max_length=1000)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reply = models.TextField(_("reply"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        default_permissions = ()
        ordering = ("asked_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "field"),
                condition=Q(answered_at__isnull=True) & ~Q(field=""),
                name="question_once_open_about_a_field",
            ),
        )

    def __str__(self) -> str:
        return gettext("Question %(number)d") % {"number": self.pk or 0}

    @property
    def label(self) -> str:
        """The label of the field; '' for a question about no field."""
        if self.field in FILE_FIELDS:
            return str(FILE_FIELDS[self.field].label)
        return str(Application._meta.get_field(self.field).verbose_name) if self.field else ""  # type: ignore[union-attr]

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


class ApplicationNote(models.Model):
    """A note of the secretariat, for colleagues."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        default_permissions = ()
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return gettext("Note %(number)d") % {"number": self.pk or 0}


def private_path(_row: Any, name: str) -> str:
    """Return a random file name in a folder that is never served (core/web/media.py)."""
    extension = name.rpartition(".")[2].lower()
    return f"{PRIVATE_FOLDER}/{secrets.token_hex(16)}.{extension if extension.isalnum() and len(extension) <= 5 else 'bin'}"


class ApplicationFile(models.Model):
    """A logo or document of an application. Deleting the row deletes the stored file after commit."""

    LIMITS: ClassVar = {FileKind.LOGO: 1, FileKind.DOCUMENT: 3}

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(_("kind"), max_length=8, choices=FileKind)
    file = models.FileField(upload_to=private_path, max_length=160)
    name = models.CharField(_("file name"), max_length=160, help_text="As the applicant called it.")
    size = models.PositiveIntegerField(_("bytes"), default=0)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was uploaded, so that a refresh adds nothing.")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")
        default_permissions = ()
        ordering = ("kind", "pk")
        constraints = (models.UniqueConstraint(fields=("application", "kind", "digest"), name="application_file_once"),)

    def __str__(self) -> str:
        return gettext("File %(number)d") % {"number": self.pk or 0}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        storage, stored = self.file.storage, str(self.file.name)
        deleted = super().delete(*args, **kwargs)
        transaction.on_commit(lambda: storage.delete(stored), robust=True)
        return deleted
