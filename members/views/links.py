"""The pages behind the links in mails."""

from django.http import Http404, HttpRequest, HttpResponse


def not_yet(_request: HttpRequest, token: str = "") -> HttpResponse:
    """The page is still to be built."""
    raise Http404
