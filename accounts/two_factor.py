"""Requires two-factor sign-in for the admin."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

PROTECTED_PATHS = ("/admin/", "/documents/")


class RequireTwoFactorMiddleware:
    """If `REQUIRE_TWO_FACTOR` is set, redirect signed-in users without a second factor to the page that sets one up.

    This covers the whole admin, including the user's own account page, and documents. allauth's pages (signing out, password,
    second factor) stay open, because users need them to set it up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        if not settings.REQUIRE_TWO_FACTOR or not request.path.startswith(PROTECTED_PATHS) or _is_sign_in_page(request):
            return None
        if not request.user.is_authenticated or is_mfa_enabled(request.user):
            return None
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"success": False, "error_message": _("Set up two-factor sign-in first.")}, status=403)
        messages.info(request, _("Please set up two-factor sign-in first: it keeps the coalition's site safe."))
        return redirect("mfa_activate_totp")


def _is_sign_in_page(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (match.url_name or "").startswith(("account_", "mfa_", "wagtailadmin_logout"))
