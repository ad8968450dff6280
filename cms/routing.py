"""Finding the page for a path in two queries, with its breadcrumbs. Wagtail needs two queries for each level."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404
from django.views.decorators.csrf import csrf_exempt
from wagtail import views
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from .models import SitePage
from .site_context import get_site

MAX_DEPTH = 20


@csrf_exempt
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Wagtail's view with its hooks, given the page found here.

    No page acts in the name of the signed-in user, so there is nothing for CSRF to forge, and a form on a page needs no cookie.
    """
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        request._wagtail_route_for_request = find_page(request, path)
    return views.serve(request, path)


def find_page(request: HttpRequest, path: str) -> RouteResult | None:
    """The live page for a path, as `Page.route` would find it: the deepest that exists, or one above with a view for the rest."""
    site = get_site(request)
    slugs = [slug for slug in path.split("/") if slug]
    if site is None or len(slugs) > MAX_DEPTH:
        return None
    pages = _pages_along(site.root_page, slugs)
    for depth, page in enumerate(pages):
        rest = slugs[depth:]
        if _serves(page, rest):
            try:
                return _load(page, pages[:depth]).route(request, rest)
            except (Http404, ObjectDoesNotExist):
                return None
    return None


def _pages_along(root: Page, slugs: list[str]) -> list[Page]:
    """The pages from the root of the site along the path, as far as they exist."""
    paths = [root.url_path + "".join(f"{slug}/" for slug in slugs[:depth]) for depth in range(1, len(slugs) + 1)]
    found = {page.url_path: page for page in Page.objects.filter(url_path__in=paths)} if paths else {}
    pages = [root]
    for path in paths:
        if path not in found:
            break
        pages.append(found[path])
    return pages


def _serves(page: Page, rest: list[str]) -> bool:
    """Whether the page itself, not a child, serves the rest of the path. Checks its class only."""
    model = page.specific_class
    if model is None:
        return False
    if issubclass(model, RoutablePageMixin):
        try:
            model.get_resolver().resolve("/" + "".join(f"{slug}/" for slug in rest))
        except Resolver404:
            return not rest
        return True
    return not rest or model.route is not Page.route


def _load(page: Page, above: Iterable[Page]) -> Page:
    model = page.specific_class
    specific = model.for_reading().get(pk=page.pk) if issubclass(model, SitePage) else page.specific
    specific.breadcrumbs = [ancestor for ancestor in above if ancestor.live]
    return specific
