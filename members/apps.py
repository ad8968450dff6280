from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.discovery import register_modules

REGISTERING = (
    "applications.emails",
    "applications.reminders",
    "committee.emails",
    "committee.reminders",
    "committee.workflow",
    "membership.emails",
    "membership.reminders",
    "personal_data_tables",
    "retention",
    "review.emails",
    "review.reminders",
    "signals",
)


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        register_modules("members", *REGISTERING)
