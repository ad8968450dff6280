from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EndorsementsConfig(AppConfig):
    name = "endorsements"
    verbose_name = _("Declarations and endorsements")

    def ready(self) -> None:
        from members import people

        from . import due, mailings, reminders, retention, signals  # noqa: F401

        people.register("endorsements", export=retention.export_address, erase=retention.erase_address)
