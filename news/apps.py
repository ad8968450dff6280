from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News")

    def ready(self) -> None:
        from members import profile_sections

        from . import signals  # noqa: F401
        from .of_organisation import posts_of

        profile_sections.register("posts", posts_of, order=30)
