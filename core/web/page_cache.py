"""The page cache and the whole caching policy of the site.

Public pages are cached in the memory of each process, and proxies may cache them too. Both check for changes before they serve a page:
the process compares one number in the database (`ContentVersion`), the proxy revalidates by ETag. So pages are fresh on every host as
soon as an editor publishes. `PUBLIC_PROXY_SECONDS` lets a proxy serve pages without a check, for sites that outgrow this.

A view opts out by setting `Cache-Control` (pages with a form or a token use Django's `never_cache`). Responses that set a cookie, have
another status than 200 or 304, or belong to a request with a session are private and never cached.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from secrets import randbits

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import parse_http_date_safe

from core.models import ContentVersion

from .compression import choose_coding, compress, should_compress

# Pages also change with time (a banner starts, a declaration closes) and with endorsements, neither of which changes ContentVersion.
# Counts are cached for almost as long (endorsements/signatories/counts.py); together they are fresh within a minute.
CACHE_SECONDS = 30
MAX_CACHED_BYTES = 512 * 1024
MAX_QUERY_LENGTH = 200
# Query parameters that select a page. A URL with any other parameter is served but not cached, so that made-up URLs cannot fill the
# memory. A response whose view refuses unknown values may name more, as `page_parameters`.
PAGE_PARAMETERS = frozenset({"kind", "topic", "author", "year", "page"})
# Parameters added by newsletters and social networks. No page depends on them, so they are ignored.
TRACKING = re.compile(r"utm_\w{1,20}|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|mtm_\w{1,20}|pk_\w{1,20}|ref")

_version: ContextVar[int | None] = ContextVar("content_version", default=None)


def content_version() -> int:
    """The current ContentVersion; 0 on a new database. Queried once per request."""
    version = _version.get()
    return _read_version() if version is None else version


def is_serving_public_page() -> bool:
    """Whether a public page is being rendered, so that nothing read now will be edited and saved."""
    return _version.get() is not None


def _read_version() -> int:
    return ContentVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def content_changed(**_kwargs: object) -> None:
    """Make all cached public pages stale on every host. Can be connected to any Django signal; cheap to call."""
    _version.set(None)
    # Random instead of incremented: a number that was rolled back must not be used again for other content.
    number = randbits(62) + 1
    if ContentVersion.objects.filter(pk=1).update(number=number) == 0:
        with transaction.atomic():
            ContentVersion.objects.get_or_create(pk=1, defaults={"number": number})


def is_anonymous(request: HttpRequest) -> bool:
    """Whether the request has no session cookie, so that its response can be shared."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


class PageCacheMiddleware:
    """Serves anonymous GETs of public pages from memory, compressed and with ETags; marks all other responses private."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_personal = not is_anonymous(request) or CookieStorage.cookie_name in request.COOKIES
        if request.method not in ("GET", "HEAD") or is_personal:
            return _mark_private(self.get_response(request))
        with _same_version() as version:
            return self._respond(request, version)

    def _respond(self, request: HttpRequest, version: int | None) -> HttpResponseBase:
        coding = choose_coding(request.headers.get("Accept-Encoding", ""))
        key = _key(request, version, coding)
        response = _cached_response(key)
        if response is None:
            rendered = self.get_response(request)
            if not _is_public(rendered):
                return _mark_private(rendered)
            _allow_proxy_caching(rendered)
            if not isinstance(rendered, HttpResponse) or rendered.status_code == 304:
                return rendered  # a file, with validators of its own
            response = rendered
            varies = _compress_and_tag(response, coding)
            if key and request.method == "GET" and not varies and _is_cacheable(request, response):
                caches["pages"].set(key, (response.content, dict(response.items())), CACHE_SECONDS)
        return _not_modified_or(request, response)


@contextmanager
def _same_version() -> Iterator[int | None]:
    """Read the version once for the whole request. None if the database is away: the view then reports it."""
    try:
        version = _read_version()
    except DatabaseError:
        version = None
    token = _version.set(version)
    try:
        yield version
    finally:
        _version.reset(token)


def _key(request: HttpRequest, version: int | None, coding: str) -> str | None:
    """The cache key of the response, None if it must not be cached."""
    if version is None or len(request.META.get("QUERY_STRING", "")) > MAX_QUERY_LENGTH:
        return None
    parameters = [(name, value) for name, values in request.GET.lists() for value in values if not TRACKING.fullmatch(name)]
    parts = [request.scheme, request.META.get("HTTP_HOST", ""), request.path, coding, sorted(parameters)]
    return f"page:{version}:{sha256(repr(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _cached_response(key: str | None) -> HttpResponse | None:
    found = caches["pages"].get(key) if key else None
    return HttpResponse(found[0], headers=found[1]) if found else None


def _is_cacheable(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether all query parameters are known, and the body is not too large."""
    known = PAGE_PARAMETERS | getattr(response, "page_parameters", frozenset())
    return len(response.content) <= MAX_CACHED_BYTES and all(name in known or TRACKING.fullmatch(name) for name in request.GET)


def _is_public(response: HttpResponseBase) -> bool:
    return response.status_code in (200, 304) and not response.cookies and not response.has_header("Cache-Control")


def _mark_private(response: HttpResponseBase) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_store=True)
    return response


def _allow_proxy_caching(response: HttpResponseBase) -> None:
    seconds = settings.PUBLIC_PROXY_SECONDS
    if seconds:
        patch_cache_control(response, public=True, max_age=0, s_maxage=seconds, stale_while_revalidate=seconds)
    else:
        patch_cache_control(response, public=True, no_cache=True)


def _not_modified_or(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The response, or 304 if the client has it already (RFC 9110 §13)."""
    changed = parse_http_date_safe(response.get("Last-Modified", ""))
    conditional = get_conditional_response(request, response["ETag"], changed, response) or response
    if conditional.status_code == 304:
        conditional["Vary"] = response["Vary"]
    return conditional


def _compress_and_tag(response: HttpResponse, coding: str) -> bool:
    """Compress the body and set its ETag. Returns whether the response varies by a header that is not in the cache key."""
    # Anonymous responses do not depend on cookies. Django adds "Cookie" as soon as the (absent) session is accessed.
    others = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {"", "cookie", "accept-encoding"}
    response["Vary"] = ", ".join(["Accept-Encoding", *sorted(others)])
    if coding and not response.has_header("Content-Encoding") and should_compress(response.content, response.get("Content-Type", "")):
        response.content = compress(response.content, coding)
        response["Content-Encoding"] = coding
    response["Content-Length"] = str(len(response.content))
    response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
    return bool(others)
