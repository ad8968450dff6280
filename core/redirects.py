"""Redirects that editors made, with the query string kept (Wagtail's own middleware drops it, and campaign links with it)."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware


class QueryKeepingRedirectMiddleware(RedirectMiddleware):
    """Wagtail's redirects; the query string travels along unless the redirect's target has one of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        redirect = super().process_response(request, response)
        if redirect is not response and isinstance(redirect, HttpResponseRedirectBase):
            redirect["Location"] = with_query(redirect.url, request)
        return redirect


def with_query(url: str, request: HttpRequest) -> str:
    """The address with the request's query string, unless it already has one."""
    query = request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if query and "?" not in url else url
