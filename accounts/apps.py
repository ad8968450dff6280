from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from . import signals  # noqa: F401


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's user management with our listing and forms. Replaces wagtail.users in INSTALLED_APPS."""

    user_viewset = "accounts.admin.UserViewSet"
