"""From an address to a page in two queries, however deep it lies (Wagtail asks two for each level), with the way to it on board."""

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
from .site_context import site_of

DEEPEST = 20


@csrf_exempt
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Wagtail's view, hooks and all, told beforehand which page it is.

    No page acts in the name of who is signed in, so there is nothing to forge, and a form on a page needs no cookie.
    """
    if not getattr(settings, "WAGTAIL_I18N_ENABLED", False):
        request._wagtail_route_for_request = find(request, path)
    return views.serve(request, path)


def find(request: HttpRequest, path: str) -> RouteResult | None:
    """The page at that path, live, as `Page.route` would find it: the deepest that exists, or one above it that has such a view."""
    site = site_of(request)
    steps = [step for step in path.split("/") if step]
    if site is None or len(steps) > DEEPEST:
        return None
    way = _way(site.root_page, steps)
    for depth, page in enumerate(way):
        rest = steps[depth:]
        if _answers(page, rest):
            try:
                return _for_reading(page, way[:depth]).route(request, rest)
            except (Http404, ObjectDoesNotExist):
                return None
    return None


def _way(root: Page, steps: list[str]) -> list[Page]:
    """The pages from the site's root along the path, as far as they exist."""
    places = [root.url_path + "".join(f"{step}/" for step in steps[:depth]) for depth in range(1, len(steps) + 1)]
    found = {page.url_path: page for page in Page.objects.filter(url_path__in=places)} if places else {}
    way = [root]
    for place in places:
        if place not in found:
            break
        way.append(found[place])
    return way


def _answers(page: Page, rest: list[str]) -> bool:
    """Whether the page itself, and none of its children, answers for the rest of the path. Asks only the class."""
    kind = page.specific_class
    if kind is None:
        return False
    if issubclass(kind, RoutablePageMixin):
        try:
            kind.get_resolver().resolve("/" + "".join(f"{step}/" for step in rest))
        except Resolver404:
            return not rest
        return True
    return not rest or kind.route is not Page.route


def _for_reading(page: Page, above: Iterable[Page]) -> Page:
    kind = page.specific_class
    own = kind.for_reading().get(pk=page.pk) if issubclass(kind, SitePage) else page.specific
    own.way = [step for step in above if step.live]
    return own
