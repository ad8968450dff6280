"""Reported member counts from the time before memberships were recorded with dates."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel


class KnownSize(models.Model):
    """The number of members that the coalition reported at a time. It cannot be checked against our records."""

    name = models.CharField(
        _("when"), max_length=80, unique=True, help_text=_("As readers see it: “January 2019”, “when the first website opened”.")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, help_text=_("Its place in the chart. Empty if nobody knows: then it stands in the table alone.")
    )
    members = models.PositiveIntegerField(_("members"), help_text=_("As it was reported at the time."))

    panels: ClassVar = [FieldPanel("name"), FieldPanel("year"), FieldPanel("members")]

    class Meta:
        verbose_name = _("known size")
        verbose_name_plural = _("known sizes")
        ordering = (F("year").asc(nulls_last=True), "pk")

    def __str__(self) -> str:
        return self.name
