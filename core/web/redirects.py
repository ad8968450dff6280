"""Redirects made by editors that keep the query string, which Wagtail's middleware drops."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware


class QueryKeepingRedirectMiddleware(RedirectMiddleware):
    """Wagtail's redirects with the query string kept, unless the target has one of its own.

    A redirect to the URL that was just not found, because its page is unpublished, stays a 404: it would loop for ever.
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
    """The URL with the request's query string, unless it has one. A `#` fragment stays at the end."""
    query = request.META.get("QUERY_STRING", "")
    if not query or "?" in url:
        return url
    address, hash_sign, section = url.partition("#")
    return f"{address}?{query}{hash_sign}{section}"
