from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Personal data")

    def ready(self) -> None:
        from . import earlier_addresses, retention

        register_modules("privacy", "private_files")
        autodiscover_modules("personal_data")  # each app registers what it stores about people
        earlier_addresses.connect()
        retention.schedule()
