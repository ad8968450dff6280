"""How allauth behaves here: accounts are made by the secretariat, nobody signs up."""

import logging
import time
from typing import Any
from urllib.parse import quote

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

logger = logging.getLogger(__name__)


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

    def deliver(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Hand a mail to `EMAIL_BACKEND`: the outbox, which stores it. A backend that talks to a server itself may raise OSError."""
        ours = {"site_name": settings.WAGTAIL_SITE_NAME, "site_url": settings.WAGTAILADMIN_BASE_URL}
        self.render_mail(template_prefix, email, {"email": email, **ours, **context}).send()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As `deliver`, but a mail that is refused is logged, and the page says what it says to everybody."""
        try:
            self.deliver(template_prefix, email, context)
        except OSError:
            logger.exception("the mail %s was not sent", template_prefix)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """To the user's one address; allauth would ask its own table, which knows only who has changed a password."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)


def password_link(key: str) -> str:
    """The page where the holder of this one-use key sets a new password."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.WAGTAILADMIN_BASE_URL + path.replace("UID-KEY", quote(key))
