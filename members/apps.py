from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        from . import held, letter_samples, reminders, retention, signals  # noqa: F401 — each registers what it has
        from .workflow import balloting  # noqa: F401
