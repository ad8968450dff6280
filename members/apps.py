from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.discovery import register_modules

REGISTERING = (
    "applications.reminders",
    "committee.signals",
    "committee.workflow",
    "email_samples",
    "membership.signals",
)


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        register_modules("members", *REGISTERING)
