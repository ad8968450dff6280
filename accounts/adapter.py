"""How allauth behaves here: accounts are made by the secretariat, nobody signs up."""

import time
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class SecretariatAdapter(DefaultAccountAdapter):
    """Closes self-registration, and writes mails from the site's own name and address, whatever host was asked for."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not within five minutes of signing in: who just typed the password sets up the second factor without typing it again."""
        records = get_authentication_records(self.request, self.request.user)
        if any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records):
            return False
        return super().is_reauthentication_required(app=app)

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.WAGTAIL_SITE_NAME}: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        return password_link(key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        super().send_mail(
            template_prefix, email, {"site_name": settings.WAGTAIL_SITE_NAME, "site_url": settings.WAGTAILADMIN_BASE_URL, **context}
        )


def password_link(key: str) -> str:
    """The page where the holder of this one-use key sets a new password."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.WAGTAILADMIN_BASE_URL + path.replace("UID-KEY", quote(key))
