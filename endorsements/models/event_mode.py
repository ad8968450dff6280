"""Windows in which one network may send more endorsements, and the times at which the whole site was over its limit."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .declaration import DeclarationPage


class EventWindowQuerySet(models.QuerySet["EventWindow"]):
    def running(self, now: datetime) -> Self:
        """Those that are open at this time. A window closes by itself."""
        return self.filter(ends_at__gt=now, ended_at=None)


class EventWindow(models.Model):
    """For an event, such as a conference whose guests share one network: until `ends_at`, each network may send `most` an hour."""

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.CASCADE, related_name="event_windows")
    most = models.PositiveIntegerField(_("endorsements an hour from one network"))
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended early"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = EventWindowQuerySet.as_manager()

    class Meta:
        verbose_name = _("event mode")
        verbose_name_plural = _("event modes")
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(ends_at__gt=F("opened_at")), name="event_window_ends_after_start"),)
        indexes = (models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="event_window_running"),)

    def __str__(self) -> str:
        return gettext("Event mode %(number)d") % {"number": self.pk or 0}


class LimitAlarm(models.Model):
    """An hour in which the whole site was over its limit of endorsements, of which the secretariat was told once."""

    hour_ends_at = models.DateTimeField(unique=True)
    limit = models.PositiveIntegerField()
    reached_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "limit alarm"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.limit} {self.hour_ends_at:%Y-%m-%d %H:%M}"
