from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.discovery import register_modules

REGISTERING = (
    "declarations.due",
    "deliveries.mailings",
    "responses.emails",
    "retention",
    "signals",
    "signing.emails",
    "signing.reminders",
)


class EndorsementsConfig(AppConfig):
    name = "endorsements"
    verbose_name = _("Declarations and endorsements")

    def ready(self) -> None:
        from endorsements.signatories.counts import countries_of_organisations
        from members import personal_data
        from members.directory import coverage
        from members.organisations import sections

        from .organisation_sections import endorsed_by, open_declarations, own_endorsements
        from .personal_data_tables import answers, endorsements

        register_modules("endorsements", *REGISTERING)
        personal_data.register("endorsements", endorsements, permission="endorsements.change_endorsement")
        personal_data.register("answers to declarations", answers, permission="endorsements.change_endorsement")
        sections.register("endorsements", endorsed_by, order=20)
        sections.register_own("open declarations", open_declarations, order=10)
        sections.register_own("endorsements", own_endorsements, order=20)
        coverage.register("endorsers", _("Endorsers"), countries_of_organisations)
