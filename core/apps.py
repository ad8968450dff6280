from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from .web import throttle  # noqa: F401 — each registers its scheduled work

        autodiscover_modules("emails")  # each app registers its mails, and what is asked before one is sent
