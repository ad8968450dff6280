from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules

REGISTERING = (
    "applications.emails",
    "applications.keys",
    "applications.reminders",
    "committee.emails",
    "committee.reminders",
    "committee.signals",
    "committee.workflow",
    "membership.emails",
    "membership.reminders",
    "membership.signals",
    "review.emails",
    "review.reminders",
)


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        register_modules("members", *REGISTERING)
