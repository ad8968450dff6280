from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.discovery import register_modules

REGISTERING = (
    "declarations.due",
    "deliveries.mailings",
    "organisation_sections",
    "responses.due",
    "responses.emails",
    "retention",
    "signals",
    "signatories.counts",
    "signing.emails",
    "signing.reminders",
)


class EndorsementsConfig(AppConfig):
    name = "endorsements"
    verbose_name = _("Declarations and endorsements")

    def ready(self) -> None:
        from members import personal_data

        from .personal_data_tables import answers, endorsements

        register_modules("endorsements", *REGISTERING)
        personal_data.register("endorsements", endorsements, permission="endorsements.change_endorsement")
        personal_data.register("answers to declarations", answers, permission="endorsements.change_endorsement")
