"""How allauth behaves on this site: no sign-up, and emails from the site's own address."""

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

from core.web.client_address import client_address

logger = logging.getLogger(__name__)
# The emails that anybody can cause who knows a colleague's address; the others follow from what the colleague did.
BY_STRANGERS = frozenset(("account/email/password_reset_key",))


class AccountAdapter(DefaultAccountAdapter):
    """Closes sign-up. Emails carry the site's own name and URL, whatever host the request named."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits on signing in count by, as everywhere on the site."""
        return client_address(request)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Return False for five minutes after sign-in, so that setting up two-factor sign-in does not ask for the password again."""
        records = get_authentication_records(self.request, self.request.user)
        if any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records):
            return False
        return super().is_reauthentication_required(app=app)

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.WAGTAIL_SITE_NAME}: {subject}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        return password_reset_url(key)

    def send_mail_or_raise(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email through `EMAIL_BACKEND`. The outbox only stores it; a backend that connects to a mail server may raise OSError."""
        site = {"site_name": settings.WAGTAIL_SITE_NAME, "site_url": settings.WAGTAILADMIN_BASE_URL}
        message = self.render_mail(template_prefix, email, {"email": email, **site, **context})
        if template_prefix in BY_STRANGERS:
            message.by_stranger = template_prefix  # the outbox limits it
        message.send()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send an email. A failure is only logged, so that the page looks the same for known and unknown addresses."""
        try:
            self.send_mail_or_raise(template_prefix, email, context)
        except OSError:
            logger.exception("the email %s was not sent", template_prefix)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Write to `User.email`. allauth would use its own table, which lists only users who have changed their password."""
        super().send_notification_mail(template_prefix, user, context, email or user.email)


def password_reset_url(key: str) -> str:
    """Return the URL of the page where the holder of this single-use key sets a new password."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.WAGTAILADMIN_BASE_URL + path.replace("UID-KEY", quote(key))
