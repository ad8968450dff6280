"""Settings of the coalition's work, edited in the admin."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

HALF = 50


@register_setting(icon="clipboard-list", order=130)
class CommitteeSettings(BaseGenericSetting):
    """How the steering committee votes."""

    quorum_percent = models.PositiveSmallIntegerField(
        _("quorum (percent)"),
        default=HALF,
        db_default=HALF,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "How many of the filled seats must vote, without those that take no part because of a conflict of interest. "
            "Abstaining counts as voting; seats that cannot be reached count as filled. Applies to ballots opened from now on."
        ),
    )

    panels: ClassVar = [FieldPanel("quorum_percent")]

    class Meta:
        verbose_name = _("Steering committee")

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


def quorum_percent() -> int:
    """The share of the filled seats that must vote, in percent."""
    return CommitteeSettings.objects.values_list("quorum_percent", flat=True).first() or HALF
