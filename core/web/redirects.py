"""Redirects that editors made, with the query string kept (Wagtail's own middleware drops it, and campaign links with it)."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware


class QueryKeepingRedirectMiddleware(RedirectMiddleware):
    """Wagtail's redirects; the query string travels along unless the redirect's target has one of its own.

    A redirect to the very address that was not found (its page is unpublished) would go round for ever: the 404 stays.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        redirect = super().process_response(request, response)
        if redirect is response or not isinstance(redirect, HttpResponseRedirectBase):
            return redirect
        target = urlsplit(redirect.url)
        if target.path.rstrip("/") == request.path.rstrip("/") and target.netloc in ("", request.get_host()):
            return response
        redirect["Location"] = with_query(redirect.url, request)
        return redirect


def with_query(url: str, request: HttpRequest) -> str:
    """The address with the request's query string, unless it already has one. What follows a `#` stays at the end."""
    query = request.META.get("QUERY_STRING", "")
    if not query or "?" in url:
        return url
    address, hash_sign, section = url.partition("#")
    return f"{address}?{query}{hash_sign}{section}"
