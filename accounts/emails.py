"""Mails about accounts that allauth does not know."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str

from .adapter import password_link
from .models import User


def send_invitation(user: User) -> None:
    """Tell a new user of their account, with a link to choose a password; it works once, for three days.

    May raise OSError where `EMAIL_BACKEND` is not the outbox and the mail server does not take it.
    """
    key = f"{user_pk_to_url_str(user)}-{app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    get_adapter().deliver("account/email/invitation", user.email, {"user": user, "password_reset_url": password_link(key)})
