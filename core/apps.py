from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from . import links, outbox_delivery, throttle  # noqa: F401 — each registers its scheduled work
