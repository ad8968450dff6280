from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News")

    def ready(self) -> None:
        from members.organisations import sections

        from . import signals  # noqa: F401
        from .organisation_sections import posts_of

        sections.register("posts", posts_of, order=30)
