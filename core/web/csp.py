"""A strict content security policy for the public site, and a wider one for Wagtail's editor."""

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .page_cache import is_anonymous


class PathPolicyMiddleware(CSPMiddleware):
    """Adds `ADMIN_CSP_UPDATE` under `ADMIN_CSP_PATHS` and, because of the user bar, for signed-in users."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(settings.ADMIN_CSP_PATHS) or not is_anonymous(request):
            parts.update = settings.ADMIN_CSP_UPDATE
        return parts
