from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News")

    def ready(self) -> None:
        register_modules("news", "head", "organisation_sections", "signals")
