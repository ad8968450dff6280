"""A member's wish to leave the coalition."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.states import LeavingState

from .organisation import Organisation


class Leaving(models.Model):
    """A member wants to leave after a day. The secretariat ends the membership; until then it can be taken back."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="leavings")
    contact = models.ForeignKey("members.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=LeavingState, default=LeavingState.WAITING)
    last_day = models.DateField(_("last day"))
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("wish to leave")
        verbose_name_plural = _("wishes to leave")
        default_permissions = ()
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("organisation",), condition=Q(state=LeavingState.WAITING), name="leaving_once_waiting"),
        )

    def __str__(self) -> str:
        return gettext("Wish to leave %(number)d") % {"number": self.pk or 0}
