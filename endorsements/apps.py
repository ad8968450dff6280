from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules

REGISTERING = (
    "declarations.due",
    "deliveries.mailings",
    "moderation.emails",
    "organisation_sections",
    "responses.due",
    "responses.emails",
    "signals",
    "signatories.counts",
    "signing.alarm",
    "signing.emails",
    "signing.known",
    "signing.reminders",
)


class EndorsementsConfig(AppConfig):
    name = "endorsements"
    verbose_name = _("Declarations and endorsements")

    def ready(self) -> None:
        register_modules("endorsements", *REGISTERING)
