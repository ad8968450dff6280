"""The error pages of the site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, with the reason if it is one of ours. Django's reasons are not written for readers."""
    reason = str(exception) if type(exception).__name__ == "BadRequest" else ""
    return _page(request, "errors/400.html", 400, title=_("This address cannot be read"), reason=reason)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "errors/403.html", 403, title=_("This page is not open to you"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose CSRF token is missing or old, mostly because a page was open for long or cookies are blocked."""
    return _page(request, "errors/403.html", 403, title=_("The form could not be accepted"), stale_form=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "errors/404.html", 404, title=_("Page not found"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without the database and context processors, because they may have failed."""
    return HttpResponse(get_template("errors/500.html").render(), status=500)


def _page(request: HttpRequest, template: str, status: int, **context: object) -> HttpResponse:
    response = render(request, template, {**context, "noindex": True}, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
