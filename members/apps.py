from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from .applications import reminders  # noqa: F401 — each registers what it has
        from .committee import workflow as committee  # noqa: F401
