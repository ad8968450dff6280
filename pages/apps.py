from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Coalition pages")

    def ready(self) -> None:
        register_modules("pages", "organisation_sections")
