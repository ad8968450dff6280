"""Deliveries of a declaration to whom it addresses, and mailings to those who endorsed it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from endorsements.states import MailingKind

from .declaration import DeclarationPage
from .endorsement import Endorsement, EndorsementQuerySet
from .sign_on import TextVersion


class Delivery(models.Model):
    """A snapshot of the text and the signatories when it was delivered. `content` never changes; its SHA-256 is public at /verify/.

    `signatories` are the endorsements in it. Deliveries of releases before 2026-12 have none stored.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("declaration"))
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("text"))
    recipient = models.CharField(_("handed to"), max_length=200, help_text=_("Who received it: office and, if public, name."))
    delivered_on = models.DateField(_("on"), help_text=_("The day it was handed over."))
    method = models.CharField(_("how"), max_length=200, help_text=_("For example “in person, in Brussels” or “by registered mail”."))
    note = models.TextField(_("note for readers"), max_length=1000, blank=True, help_text=_("Shown in the timeline of the declaration."))
    reply = models.TextField(_("reply"), max_length=4000, blank=True, help_text=_("What they answered, in their words or yours."))
    replied_on = models.DateField(_("replied on"), null=True, blank=True, help_text=_("The day the reply came."))
    organisations = models.PositiveIntegerField(_("organisations"))
    people = models.PositiveIntegerField(_("people"))
    countries = models.PositiveIntegerField(_("countries"))
    content = models.TextField(_("what was handed over"), help_text="JSON, exactly the bytes that were hashed.")
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    signatories = models.ManyToManyField("endorsements.Endorsement", related_name="deliveries", editable=False)
    made_at = models.DateTimeField(_("recorded"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("delivered_on", "pk")
        default_permissions = ("view", "add", "change")

    def __str__(self) -> str:
        return gettext("Delivery %(number)d") % {"number": self.pk or 0}

    def handed_over(self, rows: EndorsementQuerySet) -> EndorsementQuerySet:
        """Those of the endorsements of its declaration that were in the list when it was delivered."""
        if self.signatories.exists():
            return rows.filter(deliveries=self)
        return rows.filter(listed_at__lte=self.made_at)  # of a release that did not store them


def delivered_without(endorsement: Endorsement) -> Delivery | None:
    """The last delivery of the declaration, if the endorsement was not in it; None if it was, or if nothing was delivered yet."""
    last = Delivery.objects.filter(declaration_id=endorsement.declaration_id).defer("content").order_by("made_at", "pk").last()
    return last if last and not last.handed_over(Endorsement.objects.filter(pk=endorsement.pk)).exists() else None


class Mailing(models.Model):
    """An email to all who endorsed a declaration, queued in portions; `after` is the last endorsement whose email is queued.

    It continues where it was when it is killed, run twice, or run on two hosts: each email has an idempotency key.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.CASCADE, related_name="mailings")
    kind = models.CharField(_("kind"), max_length=12, choices=MailingKind)
    version = models.ForeignKey(TextVersion, null=True, on_delete=models.CASCADE, related_name="+")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="mailings")
    after = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField(_("begun"), default=timezone.now)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("kind", "version"), name="mailing_once_a_version"),
            models.UniqueConstraint(fields=("kind", "delivery"), name="mailing_once_a_delivery"),
        )

    def __str__(self) -> str:
        return gettext("Mailing %(number)d") % {"number": self.pk or 0}
