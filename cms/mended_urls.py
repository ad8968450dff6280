"""Opening URLs that a mail program or a sentence has damaged: `…/confirm/abc/)`, `…/abc/>`, `…/abc,`, `…//abc/`, `…/abc/%20`."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path

from .routing import find_page

# No URL of ours has anything but a letter, a digit, a hyphen or an underscore before its last slash.
_JUNK_AT_END = re.compile(r"(?:&(?:gt|lt|quot|amp|nbsp);?|[^\w-])+$")
_SLASHES = re.compile(r"/{2,}")


class MendedUrlMiddleware:
    """Redirects a URL that is not found to the one that was meant, if there is a view or a page at that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        mended = next((url for url in _mended(request.path) if _exists(request, url)), None)
        return HttpResponseRedirect(escape_uri_path(mended)) if mended else response


def _mended(path: str) -> tuple[str, ...]:
    """The URLs that may have been meant, a file's or a page's; none if the path is sound."""
    bare = _SLASHES.sub("/", f"/{_JUNK_AT_END.sub('', path)}")
    return () if bare in ("/", path) else tuple(url for url in (bare, f"{bare}/") if url != path)


def _exists(request: HttpRequest, url: str) -> bool:
    try:
        match = resolve(url)
    except Resolver404:
        return False
    if match.url_name == "wagtail_serve":
        return find_page(request, url) is not None
    return match.url_name is not None  # files have none, and may be there or not
