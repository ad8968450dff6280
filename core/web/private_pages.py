"""What all pages with a form or a secret in the address have in common."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

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

LARGEST_FORM = 100_000  # bytes: all fields filled to the brim take a tenth of that
View = Callable[..., HttpResponseBase]


class TooLarge(Exception):
    """More was sent than any of these forms holds."""


def private_page(view: View) -> View:
    """Keep the page out of caches and search engines, and its address from other sites.

    No protection against forged requests is asked for: these pages know no session, so nobody can be made to do in their own name what
    they did not mean (docs/decisions/0013), and a visitor needs no cookie.
    """

    @csrf_exempt
    @gzip_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = view(request, *args, **kwargs)
        except TooLarge:
            response = render_private(request, "core/web/too_large.html", {"title": _("That was too much")}, status=413)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def post_data(request: HttpRequest) -> QueryDict:
    """The form that was sent, without files.

    Raises TooLarge, or BadRequest for what is no form; `private_page` and the site's 400 page answer those.
    """
    try:
        if len(request.body) > LARGEST_FORM:
            raise TooLarge
        return request.POST
    except RawPostDataException:  # it was read as a form with files before
        return request.POST
    except SuspiciousOperation as error:  # too many bytes, too many fields, too many files
        raise TooLarge from error
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest(_("What was sent is no form.")) from error


def post_data_with_files(request: HttpRequest, *, most_bytes: int) -> QueryDict:
    """The same for a form with files, then in `request.FILES`; larger ones than `most_bytes` altogether are not even read."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes:
            raise TooLarge
        return request.POST
    except SuspiciousOperation as error:
        raise TooLarge from error
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
    """Render a private page of a few sentences. `next_page` is the text and the address of a button."""
    context = {"title": title, "sentences": sentences, "next_page": next_page}
    return render_private(request, "core/web/message.html", context, status=status)


def see_other(request: HttpRequest, address: str = "") -> HttpResponse:
    """Redirect after a POST: to this address, or to the same page as it is now."""
    return HttpResponseRedirect(address or request.path, status=303)
