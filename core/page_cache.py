"""Caching policy, whole and in one place.

Public pages are kept in this process's memory and may be kept by any proxy. Both ask before they serve: the process compares
one number in the database (`ContentVersion`), the proxy revalidates with an ETag. So a page is fresh on every host the
moment an editor publishes. `PUBLIC_PROXY_SECONDS` lets a proxy serve without asking, for sites that outgrow this.

A view opts out by setting its own `Cache-Control` (pages with a form or a token use Django's `never_cache`), and a request with
a session is never stored.
"""

from collections.abc import Callable
from hashlib import sha256

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags

from .models import ContentVersion

# Content also changes with the clock (a banner begins, a declaration closes), which no counter notices.
KEPT_SECONDS = 60
LARGEST_KEPT = 512 * 1024
LONGEST_QUERY = 200


def content_version() -> int:
    """The current number; 0 on a new database. One small query."""
    return ContentVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def content_changed(**_kwargs: object) -> None:
    """Make every cached public page stale on every host. Fits any Django signal; safe to call often."""
    if ContentVersion.objects.filter(pk=1).update(number=F("number") + 1) == 0:
        with transaction.atomic():
            ContentVersion.objects.get_or_create(pk=1, defaults={"number": 1})


def is_anonymous(request: HttpRequest) -> bool:
    """Whether the request carries no session: the same answer then serves everybody."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


class PageCacheMiddleware:
    """Answers anonymous GETs of public pages from memory, with ETags; marks everything else private."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD") or not is_anonymous(request):
            return self._mark_private(self.get_response(request))
        key = self._key(request) if len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY else None
        response = caches["pages"].get(key) if key else None
        if response is None:
            response = self.get_response(request)
            if not self._is_public(response):
                return self._mark_private(response) if response.status_code == 200 else response
            self._make_public(response)
            if key and len(response.content) <= LARGEST_KEPT:
                caches["pages"].set(key, response, KEPT_SECONDS)
        return self._not_modified(request, response) or response

    @staticmethod
    def _key(request: HttpRequest) -> str:
        name = f"{request.method} {request.scheme} {request.META.get('HTTP_HOST')} {request.get_full_path()}"
        return f"page:{content_version()}:{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"

    @staticmethod
    def _is_public(response: HttpResponseBase) -> bool:
        return (
            isinstance(response, HttpResponse)
            and response.status_code == 200
            and not response.cookies
            and not response.has_header("Cache-Control")
        )

    @staticmethod
    def _make_public(response: HttpResponse) -> None:
        seconds = settings.PUBLIC_PROXY_SECONDS
        if seconds:
            patch_cache_control(response, public=True, max_age=0, s_maxage=seconds, stale_while_revalidate=seconds)
        else:
            patch_cache_control(response, public=True, no_cache=True)
        # Nothing here depends on a cookie: Django says so whenever somebody merely looked at the (absent) session.
        response.headers.pop("Vary", None)
        response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'

    @staticmethod
    def _mark_private(response: HttpResponseBase) -> HttpResponseBase:
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    @staticmethod
    def _not_modified(request: HttpRequest, response: HttpResponse) -> HttpResponse | None:
        """RFC 9110 §13.1: If-None-Match wins over If-Modified-Since, and compares weakly."""
        wanted = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
        if not wanted or (response["ETag"] not in wanted and "*" not in wanted):
            return None
        answer = HttpResponseNotModified()
        for name in ("Cache-Control", "ETag", "Last-Modified", "Content-Location", "Date", "Expires"):
            if response.has_header(name):
                answer[name] = response[name]
        return answer
