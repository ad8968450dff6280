"""What applicants read and agree to: vision, terms and goals of the coalition, as its secretariat words them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site

VISION = "Skilled, supported and protected health workers for everyone, everywhere."
TERMS = """We name a representative and a second contact, and keep both up to date.
We confirm once a year that we still belong and that our public profile is right. Without an answer our profile is hidden until we answer.
We speak in the coalition’s name only where the coalition has agreed on a position.
We tell the others when an interest of our own is at stake, and then take no part in the decision."""
GOALS = """A voice where policy is made
Commitments monitored and kept
Global solidarity in finance
Sharing and joint action"""


@register_setting(icon="group", order=115)
class JoiningSettings(BaseSiteSetting):
    """Printed in the application form. What an applicant agreed to is kept with the application, word for word."""

    vision = models.TextField(
        _("vision"), max_length=1000, default=VISION, blank=True, help_text=_("Printed above the box “We share the coalition’s vision”.")
    )
    terms = models.TextField(
        _("terms of membership"),
        max_length=6000,
        default=TERMS,
        blank=True,
        help_text=_("Printed above the box “We agree to the terms of membership”. A change applies to those who have not agreed yet."),
    )
    goals = models.TextField(
        _("goals"), max_length=2000, default=GOALS, blank=True, help_text=_("One a line. Applicants tick those that they will work on.")
    )

    panels: ClassVar = [FieldPanel("vision"), FieldPanel("terms"), FieldPanel("goals")]

    class Meta:
        verbose_name = _("Joining: vision, terms and goals")

    @property
    def goal_lines(self) -> list[str]:
        return [line.strip() for line in self.goals.splitlines() if line.strip()]


def joining_settings() -> JoiningSettings:
    """Those of the default site; the original wording if they were never saved."""
    return JoiningSettings.objects.filter(site__is_default_site=True).first() or JoiningSettings(site=Site(is_default_site=True))
