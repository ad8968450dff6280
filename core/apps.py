from django.apps import AppConfig

from .registration import register_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        register_modules("core", "admin.wagtail_exports", "links.tokens", "mail.delivery", "name_index", "web.made_files", "web.throttle")
