from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = _("Coalition pages")

    def ready(self) -> None:
        from members import profile_sections

        from .of_organisation import convened_by

        profile_sections.register("working groups", convened_by, order=10)
