"""Pages with a form or with a secret in the URL: never cached, never indexed."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from .large_files import LargeFileHandler

MAX_FORM_BYTES = 100_000  # ten times the size of a form with every field filled
View = Callable[..., HttpResponseBase]


# More than anybody sends by mistake from a phone; a video is larger.
MAX_BYTES_WITH_FILES = 200 * 1024**2


class TooLarge(Exception):
    """The request body is larger than any of these forms can be. The message says what to do."""


def private_page(view: View) -> View:
    """Keep the page out of caches and search engines, and its URL from other sites.

    There is no CSRF protection: these pages use no session, so a forged request cannot act in anybody's name (docs/decisions/0013), and
    visitors need no cookie.
    """

    @csrf_exempt
    @gzip_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = view(request, *args, **kwargs)
        except TooLarge as error:
            context = {"title": _("That was too much"), "advice": str(error)}
            response = render_private(request, "core/web/too_large.html", context, status=413)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


def post_data(request: HttpRequest) -> QueryDict:
    """The submitted form data, without files.

    Raises TooLarge, which `private_page` handles, or BadRequest if the body is not form data.
    """
    try:
        if len(request.body) > MAX_FORM_BYTES:
            raise TooLarge(_("Nothing was saved. Go back, shorten what you typed, and send it again."))
        return request.POST
    except RawPostDataException:  # it was read before, as a form with files
        return request.POST
    except SuspiciousOperation as error:  # too many bytes, too many fields, too many files
        raise TooLarge(_("Nothing was saved. Go back, shorten what you typed, and send it again.")) from error
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest(_("What was sent is no form.")) from error


def post_data_with_files(request: HttpRequest) -> QueryDict:
    """The same for a form with files, which are in `request.FILES`.

    A file larger than any document that we take has no content there, only its name and size. A body of more than MAX_BYTES_WITH_FILES is
    not read at all: TooLarge.
    """
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES_WITH_FILES:
            raise TooLarge(_("Nothing was saved. Go back, choose a smaller file, and send it again."))
        if isinstance(request.upload_handlers, list):  # not read yet
            request.upload_handlers.insert(0, LargeFileHandler(request, settings.WAGTAILDOCS_MAX_UPLOAD_SIZE))
        return request.POST
    except SuspiciousOperation as error:
        raise TooLarge(_("Nothing was saved. Go back, shorten what you typed, and send one file at a time.")) from error
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest(_("What was sent is no form.")) from error


def render_private(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a private page: never indexed, never cached."""
    return render(request, template, {"noindex": True, **context}, status=status)


def render_message(
    request: HttpRequest,
    title: str | Promise,
    *sentences: str | Promise,
    next_page: tuple[str | Promise, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a private page with a few sentences. `next_page` is the text and the URL of a button."""
    context = {"title": title, "sentences": sentences, "next_page": next_page}
    return render_private(request, "core/web/message.html", context, status=status)


def see_other(request: HttpRequest, address: str = "") -> HttpResponse:
    """Redirect after a POST, to this URL or to the same page."""
    return HttpResponseRedirect(address or request.path, status=303)
