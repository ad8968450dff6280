"""The tables of the plumbing: the version of public content, emails with their wording, suppressed addresses, links and counts."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .states import ON_THE_WAY, MailState


class ContentVersion(models.Model):
    """A single row (pk 1). Its number is another one after every change of public content, on every host at once.

    `purged` grows when something was unpublished, made private, deleted or erased: no page rendered before may be shown again.
    """

    number = models.PositiveBigIntegerField(default=0)
    purged = models.PositiveBigIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = "content version"

    def __str__(self) -> str:
        return str(self.number)


class OutgoingMail(models.Model):
    """One message to one recipient, complete as it will be sent. Only `core.mail.queue` and `core.mail.delivery` write here.

    A message to several people is as many rows with one `key`, so that each is sent, or fails, on its own.
    """

    key = models.CharField(_("key"), max_length=200, editable=False)
    part = models.PositiveSmallIntegerField(default=0, editable=False)
    purpose = models.CharField(_("purpose"), max_length=60)
    about = models.CharField(_("about"), max_length=200, blank=True, help_text="What `still_wanted` needs to find its row again.")
    message_id = models.CharField("Message-ID", max_length=255)
    sender = models.CharField(_("sender"), max_length=320)
    recipient = models.CharField(_("recipient"), max_length=320)
    subject = models.CharField(_("subject"), max_length=255)
    content = models.BinaryField(help_text="The message as in RFC 5322; empty once erased.")
    sealed = models.BooleanField(default=False, help_text="Shown to nobody, and erased as soon as it is sent: it carries a secret.")

    state = models.CharField(_("state"), max_length=10, choices=MailState.choices, default=MailState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now, help_text="While being sent: when another worker may take over.")
    give_up_at = models.DateTimeField(_("given up after"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        default_permissions = ("view", "change")  # changing is sending again; nothing else can be done by hand
        constraints = (models.UniqueConstraint(fields=("key", "part"), name="outgoing_mail_key_once"),)
        indexes = (
            models.Index(fields=["due_at"], condition=models.Q(state__in=ON_THE_WAY), name="outgoing_mail_due"),
            models.Index(fields=["finished_at"], name="outgoing_mail_finished"),
        )

    def __str__(self) -> str:
        return self.subject


class MailText(models.Model):
    """The wording of an email where the secretariat has edited it. Only `core.mail.wording.save` writes here.

    Once made, a row stays, because its history refers to it; without edited passages the email has its original wording.
    """

    template = models.CharField(max_length=100, unique=True, editable=False, db_column="letter")
    wording = models.JSONField(default=dict, db_column="words", help_text="The edited passages, by name.")
    version = models.PositiveIntegerField(default=0, help_text="Tells the second of two people who save at once.")

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return self.template


class Suppression(models.Model):
    """An address whose owner said "this wasn't me". Only its HMAC is kept, for ever: it is the promise not to write again."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "members"  # its table and content type are older than core's part in it
        verbose_name = "suppression"
        default_permissions = ()

    def __str__(self) -> str:
        return f"Suppression {self.pk}"


class EarlierAddress(models.Model):
    """An address that a row had before. Only its HMAC is kept, to find the row by it; see `core.mail.earlier_addresses`."""

    row = models.CharField(max_length=100, help_text="The row: app, model and primary key.")
    field = models.CharField(max_length=60, help_text="The field that held the address.")
    digest = models.CharField(max_length=64)
    replaced_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "earlier address"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("digest", "row", "field"), name="earlier_address_once"),)
        indexes = (models.Index(fields=["row"], name="earlier_address_row"),)

    def __str__(self) -> str:
        return f"Earlier address of {self.row}"


class MailedLink(models.Model):
    """A link that somebody got by mail. Its token is not here, only the token's SHA-256; see `core.links.tokens`."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "link in a mail"
        default_permissions = ()
        indexes = (models.Index(fields=["purpose", "subject"], name="mailed_link_subject"),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"


class Count(models.Model):
    """How often something was done in one window of time; see `core.web.throttle`. The digest holds whom, what and when."""

    digest = models.CharField(max_length=64, primary_key=True)
    hits = models.PositiveBigIntegerField()
    ends_at = models.PositiveBigIntegerField(db_index=True, help_text="The end of the window, in seconds since 1970.")

    class Meta:
        verbose_name = "count"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.hits)
