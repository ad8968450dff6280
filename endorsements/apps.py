from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EndorsementsConfig(AppConfig):
    name = "endorsements"
    verbose_name = _("Declarations and endorsements")

    def ready(self) -> None:
        from members import coverage, people, profile_sections

        from . import due, invitations, mailings, reminders, retention, signals  # noqa: F401
        from .held import answers, endorsements
        from .of_organisation import endorsed_by, open_declarations, own_endorsements
        from .tally import countries_of_organisations

        people.register("endorsements", endorsements, permission="endorsements.change_endorsement")
        people.register("answers to declarations", answers, permission="endorsements.change_endorsement")
        profile_sections.register("endorsements", endorsed_by, order=20)
        profile_sections.register_own("open declarations", open_declarations, order=10)
        profile_sections.register_own("endorsements", own_endorsements, order=20)
        coverage.register("endorsers", _("Endorsers"), countries_of_organisations)
