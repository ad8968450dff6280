from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from . import signals  # noqa: F401


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's user management with our listing and forms (INSTALLED_APPS names it in place of wagtail.users)."""

    user_viewset = "accounts.viewsets.PeopleViewSet"
