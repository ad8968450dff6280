"""Caching policy, whole and in one place.

Public pages are kept in this process's memory and may be kept by any proxy. Both ask before they serve: the process compares
one number in the database (`ContentVersion`), the proxy revalidates with an ETag. So a page is fresh on every host the
moment an editor publishes. `PUBLIC_PROXY_SECONDS` lets a proxy serve without asking, for sites that outgrow this.

A view opts out by setting its own `Cache-Control` (pages with a form or a token use Django's `never_cache`). Whatever sets a
cookie, is no plain success, or answers somebody with a session is private and never kept.
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

from .compression import compress, is_worth_it, wanted

# Content also changes with the clock (a banner begins, a declaration closes) and with every endorsement, which no counter notices.
# Counts are cached for almost as long (endorsements/signatories/counts.py); together they are fresh within a minute.
KEPT_SECONDS = 30
LARGEST_KEPT = 512 * 1024
LONGEST_QUERY = 200
# What may follow the question mark and choose another page. An address with anything else is answered but not kept, so that
# made-up addresses cannot fill the memory. A response whose view refuses unknown values may add to them, as `page_parameters`.
PAGE_PARAMETERS = frozenset({"kind", "topic", "author", "year", "page"})
# What newsletters and networks append. No page shows it, so the page without it serves.
TRACKING = re.compile(r"utm_\w{1,20}|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|mtm_\w{1,20}|pk_\w{1,20}|ref")

_number: ContextVar[int | None] = ContextVar("content_version", default=None)


def content_version() -> int:
    """The current number; 0 on a new database. One small query, asked once for each request."""
    number = _number.get()
    return _read_version() if number is None else number


def is_answering_a_reader() -> bool:
    """Whether a public page is being made: nothing that is read meanwhile will be edited and stored."""
    return _number.get() is not None


def _read_version() -> int:
    return ContentVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def content_changed(**_kwargs: object) -> None:
    """Make every cached public page stale on every host. Fits any Django signal; safe to call often."""
    _number.set(None)
    # Random, not the next one: a number that was rolled back must not come again for other content.
    number = randbits(62) + 1
    if ContentVersion.objects.filter(pk=1).update(number=number) == 0:
        with transaction.atomic():
            ContentVersion.objects.get_or_create(pk=1, defaults={"number": number})


def is_anonymous(request: HttpRequest) -> bool:
    """Whether the request carries no session: the same answer then serves everybody."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


class PageCacheMiddleware:
    """Answers anonymous GETs of public pages from memory, compressed, with ETags; marks everything else private."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_personal = not is_anonymous(request) or CookieStorage.cookie_name in request.COOKIES
        if request.method not in ("GET", "HEAD") or is_personal:
            return _mark_private(self.get_response(request))
        with _one_reading() as version:
            return self._answer(request, version)

    def _answer(self, request: HttpRequest, version: int | None) -> HttpResponseBase:
        coding = wanted(request.headers.get("Accept-Encoding", ""))
        key = _key(request, version, coding)
        response = _kept(key)
        if response is None:
            fresh = self.get_response(request)
            if not _is_public(fresh):
                return _mark_private(fresh)
            _let_proxies_keep(fresh)
            if not isinstance(fresh, HttpResponse) or fresh.status_code == 304:
                return fresh  # a file on its way, with validators of its own
            response = fresh
            varies = _seal(response, coding)
            if key and request.method == "GET" and not varies and _is_worth_keeping(request, response):
                caches["pages"].set(key, (response.content, dict(response.items())), KEPT_SECONDS)
        return _unless_known(request, response)


@contextmanager
def _one_reading() -> Iterator[int | None]:
    """The version for one request, the same wherever it is asked. None when the database is away: the page itself then says so."""
    try:
        version = _read_version()
    except DatabaseError:
        version = None
    token = _number.set(version)
    try:
        yield version
    finally:
        _number.reset(token)


def _key(request: HttpRequest, version: int | None, coding: str) -> str | None:
    """The name under which the answer is kept, None when it is not."""
    if version is None or len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
        return None
    asked = [(name, value) for name, values in request.GET.lists() for value in values if not TRACKING.fullmatch(name)]
    told = [request.scheme, request.META.get("HTTP_HOST", ""), request.path, coding, sorted(asked)]
    return f"page:{version}:{sha256(repr(told).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _kept(key: str | None) -> HttpResponse | None:
    found = caches["pages"].get(key) if key else None
    return HttpResponse(found[0], headers=found[1]) if found else None


def _is_worth_keeping(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the address is one that readers share, and the body not too large."""
    known = PAGE_PARAMETERS | getattr(response, "page_parameters", frozenset())
    return len(response.content) <= LARGEST_KEPT and all(name in known or TRACKING.fullmatch(name) for name in request.GET)


def _is_public(response: HttpResponseBase) -> bool:
    return response.status_code in (200, 304) and not response.cookies and not response.has_header("Cache-Control")


def _mark_private(response: HttpResponseBase) -> HttpResponseBase:
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_store=True)
    return response


def _let_proxies_keep(response: HttpResponseBase) -> None:
    seconds = settings.PUBLIC_PROXY_SECONDS
    if seconds:
        patch_cache_control(response, public=True, max_age=0, s_maxage=seconds, stale_while_revalidate=seconds)
    else:
        patch_cache_control(response, public=True, no_cache=True)


def _unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The response, or 304 when the reader has it already (RFC 9110 §13)."""
    changed = parse_http_date_safe(response.get("Last-Modified", ""))
    answer = get_conditional_response(request, response["ETag"], changed, response) or response
    if answer.status_code == 304:
        answer["Vary"] = response["Vary"]
    return answer


def _seal(response: HttpResponse, coding: str) -> bool:
    """Compress the body and name it by an ETag. Whether it depends on a header that the key does not know."""
    # Nothing here depends on a cookie: Django says so whenever somebody merely looked at the (absent) session.
    others = {name.strip().lower() for name in response.get("Vary", "").split(",")} - {"", "cookie", "accept-encoding"}
    response["Vary"] = ", ".join(["Accept-Encoding", *sorted(others)])
    if coding and not response.has_header("Content-Encoding") and is_worth_it(response.content, response.get("Content-Type", "")):
        response.content = compress(response.content, coding)
        response["Content-Encoding"] = coding
    response["Content-Length"] = str(len(response.content))
    response["ETag"] = f'"{sha256(response.content).hexdigest()[:32]}"'
    return bool(others)
