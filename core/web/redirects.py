"""Redirects made by editors. Unlike Wagtail's own, they work for `/?p=123` and for paths with spaces, and keep the query string."""

from urllib.parse import unquote, urlsplit

from django.http import HttpRequest, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin
from django.utils.encoding import escape_uri_path
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from .page_cache import PAGE_PARAMETERS, TRACKING


class RedirectMiddleware(MiddlewareMixin):
    """Redirects a URL that is not found, and one whose query string an editor has named, such as `/?p=123` of an older site.

    What the redirect does not name of the query string is kept, unless the target has one of its own. A redirect to the URL that was asked
    for, because its page is unpublished, stays a 404: it would loop for ever.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_missing = response.status_code == 404
        if not is_missing and not _may_be_of_an_older_site(request, response):
            return response
        redirect = _find(request, with_path_alone=is_missing)
        if redirect is None or not redirect.link:
            return response
        target = urlsplit(redirect.link)
        if target.path.rstrip("/") == request.path.rstrip("/") and target.netloc in ("", request.get_host()):
            return response
        kept = _parameters(request, tracking=True) if "?" in redirect.old_path else request.META.get("QUERY_STRING", "")
        kind = HttpResponsePermanentRedirect if redirect.is_permanent else HttpResponseRedirect
        return kind(with_query(redirect.link, kept))


def _may_be_of_an_older_site(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether an editor's page was found, but the query string has a parameter that it does not have."""
    is_page = request.resolver_match is not None and request.resolver_match.url_name == "wagtail_serve"
    if not is_page or response.status_code != 200 or request.method not in ("GET", "HEAD"):
        return False
    known = PAGE_PARAMETERS | getattr(response, "page_parameters", frozenset())
    return any(name not in known and not TRACKING.fullmatch(name) for name in request.GET)


def _parameters(request: HttpRequest, *, tracking: bool) -> str:
    """The part of the query string that newsletters and social networks add, or else the other part."""
    parts = filter(None, request.META.get("QUERY_STRING", "").split("&"))
    return "&".join(part for part in parts if bool(TRACKING.fullmatch(part.partition("=")[0])) == tracking)


def _find(request: HttpRequest, *, with_path_alone: bool) -> Redirect | None:
    """The redirect that names most of the URL; one for this site rather than one for all."""
    path, query = escape_uri_path(request.path), _parameters(request, tracking=False)
    urls = [f"{path}?{query}"] if query else []
    urls += [path] if with_path_alone else []
    spellings = [spelling for url in urls for spelling in _spellings(url)]
    rows = Redirect.get_for_site(Site.find_for_request(request)).filter(old_path__in=spellings)
    return min(rows, key=lambda row: (spellings.index(row.old_path), row.site_id is None), default=None)


def _spellings(url: str) -> list[str]:
    """The forms in which the admin may have stored the URL: percent-encoded in full, in part or not at all."""
    encoded = Redirect.normalise_path(url, decode_unicode=False)
    return [Redirect.normalise_path(url), encoded, unquote(encoded)]


def with_query(url: str, query: str) -> str:
    """The URL with a query string, unless it has one. A `#` fragment stays at the end."""
    if not query or "?" in url:
        return url
    address, hash_sign, section = url.partition("#")
    return f"{address}?{query}{hash_sign}{section}"
