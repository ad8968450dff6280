"""Refusing requests with an invalid URL: bytes that are not UTF-8, NUL characters, excessive length, numbers that no database has."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_resolver
from django.utils.translation import gettext as _

MAX_PATH_LENGTH = 1024
MAX_QUERY_LENGTH = 4096
# Primary keys have 64 bits, so 19 digits.
_LONG_NUMBER = re.compile(r"\d{19}")


class BadRequestMiddleware:
    """Returns the site's 400 page for them, before they reach a file system or a database driver (PostgreSQL refuses NUL)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reason = _reason(request.path, request.META.get("QUERY_STRING", ""))
        if not reason:
            return self.get_response(request)
        # Called instead of raised, because scanners send thousands of such URLs, and raising would log each.
        handler: Any = get_resolver().resolve_error_handler(400)
        return handler(request, exception=BadRequest(reason))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """404 for a number beyond 64 bits, which SQLite's driver and PostgreSQL refuse in ways of their own."""
        is_refused = isinstance(exception, OverflowError | DataError)
        if not is_refused or not _LONG_NUMBER.search(f"{request.get_full_path()} {request.POST.urlencode()}"):
            return None
        handler: Any = get_resolver().resolve_error_handler(404)
        return handler(request, exception=Http404(_("There is nothing with this number.")))


def _reason(path: str, query: str) -> str:
    """Why the URL is refused, else ''."""
    if len(path) > MAX_PATH_LENGTH or len(query) > MAX_QUERY_LENGTH:
        return _("The address is too long.")
    if not _is_text(path) or not _is_text(query):
        return _("The address contains characters that cannot be read.")
    return ""


def _is_text(raw: str) -> bool:
    """Whether a path or query decodes as UTF-8 (Django's path keeps undecodable bytes percent-encoded) without NUL."""
    try:
        return "\0" not in unquote_to_bytes(raw).decode()
    except UnicodeError:
        return False
