"""Search, robots.txt and security.txt."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.faceted_list import UnknownFilterError
from cms.site_context import get_site_context
from core.absolute_urls import absolute
from core.web.page_cache import public_page

from .search import search

# RFC 9116 §2.5.5 advises less than a year.
SECURITY_TXT_DAYS = 180
DISALLOWED = ("/admin/", "/search/", "/_util/")


@require_safe
@public_page(parameters=("q", "kind", "year", "page"))
def search_page(request: HttpRequest) -> HttpResponse:
    """The search form and results; 404 with the reason for an unknown filter or page."""
    parameters = {name: request.GET.get(name, "") for name in ("q", "kind", "year", "page")}
    try:
        results, problem = search(**parameters), None
    except UnknownFilterError as error:
        results, problem = search(parameters["q"]), error
    context = {
        "results": results,
        "problem": problem,
        "title": _("Search: %(text)s") % {"text": results.text} if results.text else _("Search"),
        "noindex": True,
    }
    return render(request, "pages/search.html", context, status=404 if problem else 200)


@require_safe
@public_page
def robots_txt(_request: HttpRequest) -> HttpResponse:
    """Allow robots everything but admin and search, or nothing if `SEARCH_ENGINES_WELCOME` is off."""
    disallowed = DISALLOWED if settings.SEARCH_ENGINES_WELCOME else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallowed)]
    if settings.SEARCH_ENGINES_WELCOME:
        lines += ["", f"Sitemap: {absolute(reverse('sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contact for security reports (RFC 9116); 404 without one. It always expires in half a year."""
    site_context = get_site_context(request)
    contact = settings.SECURITY_CONTACT or (site_context.identity.contact_email if site_context else "")
    if not contact:
        raise Http404
    ends = datetime.combine(timezone.now() + timedelta(days=SECURITY_TXT_DAYS), time(), UTC)
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {settings.LANGUAGE_CODE.partition('-')[0]}",
        f"Canonical: {absolute(reverse('security_txt'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
