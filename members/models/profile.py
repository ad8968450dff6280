"""Changes of public profiles that members propose and the secretariat reviews."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.states import ChangeState

from .application import private_path
from .organisation import Organisation

# The fields that a member may change; their values in `before` and `after` are text, a list of texts, a number or None.
PROFILE_FIELDS = ("name", "acronym", "aliases", "country", "countries_of_work", "kind", "founded", "website", "summary", "themes")


class ProfileChange(models.Model):
    """Proposed values by field: `before` as public, `after` as proposed. An organisation has at most one pending change."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="profile_changes")
    contact = models.ForeignKey("members.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    logo = models.FileField(_("logo"), upload_to=private_path, max_length=160, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ChangeState, default=ChangeState.PENDING)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("profile change")
        verbose_name_plural = _("profile changes")
        default_permissions = ("view", "change")
        ordering = ("proposed_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("organisation",), condition=Q(state=ChangeState.PENDING), name="profile_change_once_pending"),
        )

    def __str__(self) -> str:
        return gettext("Profile change %(number)d") % {"number": self.pk or 0}

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """The label of each changed field, with its value before and after."""
        return [(str(Organisation._meta.get_field(name).verbose_name), self.before.get(name), self.after[name]) for name in self.after]  # type: ignore[union-attr]

    def drop_logo(self) -> None:
        """Delete the stored logo after commit."""
        if self.logo:
            storage, stored = self.logo.storage, str(self.logo.name)
            self.logo = ""
            transaction.on_commit(lambda: storage.delete(stored), robust=True)
