"""Requests that no page can mean: bytes that are not UTF-8, NUL characters, kilobytes of address."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

LONGEST_PATH = 1024
LONGEST_QUERY = 4096


class MalformedRequestMiddleware:
    """Answers them with the site's own 400 page, before a file system or a database driver meets them (PostgreSQL refuses NUL)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if len(request.path) > LONGEST_PATH or len(query) > LONGEST_QUERY:
            raise BadRequest(_("The address is too long."))
        if not _is_text(request.path) or not _is_text(query):
            raise BadRequest(_("The address contains characters that cannot be read."))
        return self.get_response(request)


def _is_text(raw: str) -> bool:
    """Whether a path or query decodes as UTF-8 (Django's path keeps undecodable bytes percent-encoded) without NUL."""
    try:
        return "\0" not in unquote_to_bytes(raw).decode()
    except UnicodeError:
        return False
