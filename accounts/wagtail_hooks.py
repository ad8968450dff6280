"""Links from the account page to password and two-factor sign-in."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks


@hooks.register("register_account_menu_item")
def password_item(_request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("account_change_password"),
        "label": _("Change your password"),
        "help_text": _("At least 12 characters. A short sentence is easier to remember than a word with digits."),
    }


@hooks.register("register_account_menu_item")
def two_factor_item(_request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("mfa_index"),
        "label": _("Two-factor sign-in"),
        "help_text": _("A code from your telephone beside the password. Set it up, move it to another telephone, or get recovery codes."),
    }
