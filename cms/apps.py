from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.registration import register_modules


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Site")

    def ready(self) -> None:
        register_modules("cms", "digest", "rich_text_links", "scheduled_publishing", "search_entries", "signals")
