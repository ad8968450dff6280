"""What all pages with a form or a secret in the address have in common."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

LARGEST_FORM = 100_000  # bytes: all fields filled to the brim take a tenth of that
View = Callable[..., HttpResponse]


class TooMuch(Exception):
    """More was sent than any of these forms holds."""


def private(view: View) -> View:
    """Kept by nobody, found by no search engine, and its address told to no other site.

    No protection against forged requests is asked for: these pages know no session, so nobody can be made to do in their own name what
    they did not mean (docs/decisions/0013), and a visitor needs no cookie.
    """

    @csrf_exempt
    @gzip_page
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except TooMuch:
            response = show(request, "core/web/too_much.html", {"title": _("That was too much")}, status=413)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def posted(request: HttpRequest) -> QueryDict:
    """The form that was sent, without files. Raises TooMuch, or BadRequest for what is no form; `private` and the site's 400 page answer
    those."""
    try:
        if len(request.body) > LARGEST_FORM:
            raise TooMuch
        return request.POST
    except RawPostDataException:  # it was read as a form with files before
        return request.POST
    except SuspiciousOperation as error:  # too many bytes, too many fields, too many files
        raise TooMuch from error
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest(_("What was sent is no form.")) from error


def posted_with_files(request: HttpRequest, *, most_bytes: int) -> QueryDict:
    """The same for a form with files, then in `request.FILES`; larger ones than `most_bytes` altogether are not even read."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes:
            raise TooMuch
        return request.POST
    except SuspiciousOperation as error:
        raise TooMuch from error
    except (MultiPartParserError, ValueError) as error:
        raise BadRequest(_("What was sent is no form.")) from error


def show(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a private page: never indexed, never cached."""
    return render(request, template, {"noindex": True, **context}, status=status)


def see(request: HttpRequest, address: str = "") -> HttpResponse:
    """After a POST: this address, or the same page as it now is."""
    return HttpResponseRedirect(address or request.path, status=303)
