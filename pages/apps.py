from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Coalition pages")

    def ready(self) -> None:
        from members.organisations import sections

        from .organisation_sections import convened_by

        sections.register("working groups", convened_by, order=10)
