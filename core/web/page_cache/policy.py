"""Which responses are public, and the caching headers of all.

A view is private unless it is marked with `public_page`. What it then shows depends on the address alone: the visitor's cookies and
headers are out of its reach. Responses that set a cookie, have another status than 200 or 304, or answer a request with a session stay
private all the same.
"""

import re
from collections.abc import Callable, Collection
from functools import wraps
from time import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from wagtail.models import Site

from .version import Rendering, same_version

# Endorsement counts change without a new version, and so does what depends on the time: no page is older than this.
RENEW_SECONDS = 14
MAX_KEPT_BYTES = 512 * 1024
MAX_QUERY_LENGTH = 200
# Query parameters that select a page of a listing. A URL with a parameter that its view does not name is served but not kept, so that
# made-up URLs cannot fill the memory.
PAGE_PARAMETERS = frozenset({"kind", "topic", "author", "year", "page"})
# Parameters with free text. Their pages, and those of combined filters, are too many: they have a small memory of their own.
FREE_TEXT = frozenset({"q"})
# Parameters added by newsletters and social networks. No page depends on them, so they are ignored.
TRACKING = re.compile(r"utm_\w{1,20}|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|mtm_\w{1,20}|pk_\w{1,20}|ref")
# Where the middleware leaves a public page for the layer.
RENDERED = "hw4all.rendered"

# What a view of a public page may know of the request besides its address: the host, and what a file is sent by, which is not kept here.
# The rest of what WSGI calls HTTP_… describes the visitor.
_PUBLIC_HEADERS = ("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
View = Callable[..., HttpResponseBase]


class Rendered(NamedTuple):
    """A public page for the layer, and whether it may be kept: among the pages, among the searches, or ("") not."""

    content: bytes
    rendering: Rendering | None
    rendered_at: float
    renew_at: float
    keep: str


def is_anonymous(request: HttpRequest) -> bool:
    """Whether the request has no session cookie, so that its response can be shared."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def public_page(view: View | None = None, *, parameters: Collection[str] = ()) -> Any:
    """Decorate a view whose page is the same for every reader of its address.

    `parameters` are those of the query that select what it shows; it refuses unknown values of all but free text.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_shareable(request) and not getattr(request, "is_preview", False):
                _forget_visitor(request)
            response = view(request, *args, **kwargs)
            response.is_public_page = True  # type: ignore[attr-defined]
            if parameters:
                response.page_parameters = frozenset(parameters)  # type: ignore[attr-defined]
            return response

        return wrapper

    return decorate if view is None else decorate(view)


def _forget_visitor(request: HttpRequest) -> None:
    """Leave nothing in the request that tells visitors apart, so that no page can depend on it."""
    request.META = {
        name: value for name, value in request.META.items() if name in _PUBLIC_HEADERS or not name.startswith(("HTTP_", "REMOTE_", "CSRF_"))
    }
    request.COOKIES = {}
    vars(request).pop("headers", None)


def is_shareable(request: HttpRequest) -> bool:
    """Whether a response to this request may be given to others too."""
    is_personal = not is_anonymous(request) or CookieStorage.cookie_name in request.COOKIES or "HTTP_AUTHORIZATION" in request.META
    return request.method in ("GET", "HEAD") and not is_personal


class PublicPageMiddleware:
    """Marks every response private unless it is a public page, which it hands to the layer in front of Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_shareable(request):
            response = self.get_response(request)
            if not (_is_marked(response) and response.has_header("Cache-Control")):  # files that are the same for everybody
                _mark_private(response)
            return response
        environ = request.META  # the layer's own; a view may get another one
        with same_version() as rendering:
            response = self.get_response(request)
        if not _is_public(response):
            return _mark_private(response)
        _allow_proxy_caching(response)
        if isinstance(response, HttpResponse) and response.status_code == 200 and not response.has_header("Content-Encoding"):
            now = time()
            renew_at = min(now + RENEW_SECONDS, rendering.changes_at if rendering and rendering.changes_at else float("inf"))
            environ[RENDERED] = Rendered(response.content, rendering, now, renew_at, _where_to_keep(request, response, rendering))
        return response


def _is_marked(response: HttpResponseBase) -> bool:
    return getattr(response, "is_public_page", False)


def _is_public(response: HttpResponseBase) -> bool:
    refuses = {"private", "no-store", "no-cache"} & set(re.split(r"[,\s]+", response.get("Cache-Control", "").lower()))
    return _is_marked(response) and response.status_code in (200, 304) and not response.cookies and not refuses


def _mark_private(response: HttpResponseBase) -> HttpResponseBase:
    stated = response.get("Cache-Control", "")
    if not stated:
        patch_cache_control(response, private=True, no_store=True)
    elif response.status_code == 200 and not re.search(r"\b(private|no-store)\b", stated, re.IGNORECASE):
        patch_cache_control(response, private=True)
    return response


def _allow_proxy_caching(response: HttpResponseBase) -> None:
    """The headers for proxies. What a view says itself of a file is kept."""
    # Public pages do not depend on cookies. Django adds "Cookie" as soon as the (absent) session is accessed.
    response["Vary"] = ", ".join(["Accept-Encoding", *_varies_by_more(response)])
    seconds = settings.PUBLIC_PROXY_SECONDS
    if response.has_header("Cache-Control"):
        return
    if seconds:
        patch_cache_control(response, public=True, max_age=0, s_maxage=seconds, stale_while_revalidate=seconds)
    else:
        patch_cache_control(response, public=True, no_cache=True)


def _varies_by_more(response: HttpResponseBase) -> list[str]:
    return sorted({name.strip().lower() for name in response.get("Vary", "").split(",")} - {"", "cookie", "accept-encoding"})


def _where_to_keep(request: HttpRequest, response: HttpResponse, rendering: Rendering | None) -> str:
    """`page`, `search`, or '' for what is only served: too large, with unknown parameters, at a strange host, without a known version."""
    asked = {name: values for name, values in request.GET.lists() if not TRACKING.fullmatch(name)}
    is_odd = "//" in request.path or settings.DEBUG or _varies_by_more(response) or asked.keys() - getattr(response, "page_parameters", ())
    if is_odd or rendering is None or len(response.content) > MAX_KEPT_BYTES or not _is_known_host(request):
        return ""
    filters = asked.keys() - {"page"}
    is_one_of_few = len(filters) <= 1 and not filters & FREE_TEXT and all(len(values) == 1 and values[0] for values in asked.values())
    return "page" if is_one_of_few else "search"


def _is_known_host(request: HttpRequest) -> bool:
    """Whether the host is one that has been named, not only one that a pattern lets pass, with no port but the site's own."""
    host = request.META.get("HTTP_HOST", "")
    if host == urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc:
        return True
    name, _colon, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
    if port and port != request.META.get("SERVER_PORT"):
        return False
    return name in settings.ALLOWED_HOSTS or (bool(name) and Site.objects.filter(hostname=name).exists())
