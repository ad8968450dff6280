"""Account emails that allauth does not have."""

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.utils import user_pk_to_url_str

from .adapter import password_reset_url
from .models import User


def send_invitation(user: User) -> None:
    """Send a new user a link to choose a password, which works once and for three days.

    May raise OSError if `EMAIL_BACKEND` is not the outbox and the mail server refuses the email.
    """
    key = f"{user_pk_to_url_str(user)}-{app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    get_adapter().send_mail_or_raise("account/email/invitation", user.email, {"user": user, "password_reset_url": password_reset_url(key)})
