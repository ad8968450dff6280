from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.discovery import register_modules


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        register_modules(
            "members", "applications.reminders", "committee.workflow", "email_samples", "personal_data_tables", "retention", "signals"
        )
