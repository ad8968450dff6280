"""The sign-on of a declaration, and the versions of its text.

They are not fields of the page, because publishing an older draft restores the fields of that draft, and must not restore an older state.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from endorsements.states import FROZEN, OVER, PUBLIC_LIST, TAKING_ENDORSEMENTS, SignOnState
from endorsements.text.canonical import canonical_text, digest

if TYPE_CHECKING:
    from .declaration import DeclarationPage


class TextVersion(models.Model):
    """The text as it is signed, word for word. `sha256` is that of its file, saved byte for byte.

    `number` counts the versions that endorsers have to confirm; `correction` the corrected slips in one of them, from 0.
    """

    declaration = models.ForeignKey("endorsements.DeclarationPage", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    correction = models.PositiveSmallIntegerField(_("correction"), default=0)
    text = models.TextField(_("text"), help_text=_("In the canonical form of endorsements/text/canonical.py."))
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.CharField(_("what changed"), max_length=400, blank=True)
    made_at = models.DateTimeField(_("since"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("version of the text")
        verbose_name_plural = _("versions of the text")
        ordering = ("number", "correction")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("declaration", "number", "correction"), name="text_version_once"),)

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """ "Version 2", or "Version 2, correction 1"."""
        if self.correction:
            return gettext("Version %(number)d, correction %(correction)d") % {"number": self.number, "correction": self.correction}
        return gettext("Version %(number)d") % {"number": self.number}


class SignOn(models.Model):
    """The state of a declaration. Only `endorsements.declarations.workflow` and `endorsements.deliveries.workflow` change it."""

    declaration = models.OneToOneField("endorsements.DeclarationPage", on_delete=models.CASCADE, related_name="sign_on")
    state = models.CharField(_("state"), max_length=12, choices=SignOnState.choices, default=SignOnState.DRAFT)
    version = models.ForeignKey(TextVersion, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("text in force"))
    ask_members_at = models.DateTimeField(
        _("members are asked from"), null=True, help_text="Members are emailed from then on, for two weeks. Empty: nobody is."
    )
    circulated_at = models.DateTimeField(_("circulating since"), null=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    list_edition = models.PositiveBigIntegerField(
        default=0, db_default=0, editable=False, help_text="Another one whenever a name in the list is changed or leaves it."
    )

    class Meta:
        verbose_name = _("sign-on")
        verbose_name_plural = _("sign-ons")
        default_permissions = ("change",)

    def __str__(self) -> str:
        return gettext("Sign-on of declaration %(number)d") % {"number": self.declaration_id}

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN

    @property
    def has_public_list(self) -> bool:
        return self.state in PUBLIC_LIST

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    def differs_from(self, page: "DeclarationPage") -> bool:
        """Whether the text of the page, as it is in memory, differs from the version in force."""
        return self.version is not None and digest(canonical_text(page)) != self.version.sha256

    def takes_endorsements(self, now: datetime) -> bool:
        """Whether somebody may endorse now. After the closing time nobody may, even if `run_due` has not closed it yet."""
        closes_at = self.declaration.closes_at
        return self.state in TAKING_ENDORSEMENTS and (closes_at is None or now < closes_at)

    def takes_confirmations(self, now: datetime) -> bool:
        """Whether an emailed link still confirms: while endorsements are taken, and for the days of grace after closing.

        Not once it is delivered, because the names are handed over.
        """
        if self.takes_endorsements(now):
            return True
        ends_at = self.grace_ends_at()
        return self.state in (SignOnState.OPEN, SignOnState.CLOSED) and ends_at is not None and now < ends_at

    @property
    def ends_at(self) -> datetime | None:
        """When it closed or will close, by the button or at the set time; None if no end is set."""
        page: DeclarationPage = self.declaration
        return min((moment for moment in (self.closed_at, page.closes_at) if moment), default=None)

    def grace_ends_at(self) -> datetime | None:
        """The end of the days of grace after `ends_at`; None if no end is set."""
        return self.ends_at + timedelta(days=self.declaration.grace_days) if self.ends_at else None


def sign_on_of(page: Any) -> SignOn:
    """The sign-on of a declaration, read anew. It is created with the page, or here for a page that was restored without one."""
    found = SignOn.objects.select_related("version").filter(declaration_id=page.pk).first()
    return found or SignOn.objects.get_or_create(declaration_id=page.pk)[0]
