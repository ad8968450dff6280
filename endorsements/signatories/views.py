"""The public list of signatories, and what other sites and programs take of it. 404 until the declaration is open."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms.faceted_list import UnknownFilterError
from cms.head import SubpageHead
from core.absolute_urls import absolute
from endorsements.models import DeclarationPage

from .listing import SignatoryList, as_signatories, named
from .public_files import as_csv, as_json, numbers
from .public_status import PublicStatus, public_status

MOST_ON_ONE_PAGE = 5000
# What other sites show of ours may be a minute old, and for some minutes more while a newer one is fetched (RFC 5861).
COUNT_SECONDS = 60
STALE_SECONDS = 600

View = Callable[..., HttpResponseBase]


def public_only(view: View) -> View:
    """The view gets the `PublicStatus` of the page; 404 while nothing but the text is public."""

    @wraps(view)
    def answer(request: HttpRequest, page: DeclarationPage, **given: Any) -> HttpResponseBase:
        status = public_status(page)
        if not status.is_public:
            raise Http404
        return view(request, status, **given)

    return require_safe(answer)


def render_subpage(
    request: HttpRequest, template: str, status: PublicStatus, head: SubpageHead, code: int = 200, **context: Any
) -> TemplateResponse:
    """A page of its own address below the declaration."""
    page = status.page
    shown = {"page": page, "self": page, "status": status, "subpage_head": head, "breadcrumbs": [*page.breadcrumbs, page], **context}
    return TemplateResponse(request, template, shown, status=code)


# The names


@public_only
def signatories(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    try:
        found = SignatoryList(status.page, request.GET)
    except UnknownFilterError as problem:
        head = SubpageHead(_("This part of the list does not exist"), "signatories/", noindex=True)
        return render_subpage(request, "endorsements/declarations/unknown_part.html", status, head, 404, problem=problem)
    names = [facet.chosen for facet in found.chosen] + ([f"“{found.text}”"] if found.text else [])
    # Search engines need one way to the names, not one for each filter and page.
    head = SubpageHead(
        ", ".join([_("Signatories"), *names]),
        found.href(page=found.number).removeprefix(status.base),
        number=found.number,
        noindex=bool(names) or found.number > 1,
        schema_type="CollectionPage",
    )
    response = render_subpage(request, "endorsements/signatories/list.html", status, head, signatories=found)
    if len(found.filters) < 2:  # crossed filters are too many to keep
        response.page_parameters = frozenset({"country", "type", "letter"})  # type: ignore[attr-defined]
    return response


@public_only
def all_signatories(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """All names on one page to print; of more than `MOST_ON_ONE_PAGE` the organisations, and the way to the files."""
    rows, counts = named(status.page), status.counts
    is_cut = counts.named > MOST_ON_ONE_PAGE
    if is_cut:
        rows = rows.organisations() if counts.organisations <= MOST_ON_ONE_PAGE else rows.none()
    head = SubpageHead(_("All signatories"), "signatories/all/", noindex=True)
    names = as_signatories(rows[: MOST_ON_ONE_PAGE + 500], status.page)
    return render_subpage(request, "endorsements/signatories/list_print.html", status, head, names=names, is_cut=is_cut)


@public_only
def snippet(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """Words and a picture to copy into another site. In our own page the picture comes by its short address, as everything does."""
    badge = f"{status.base}badge.svg"
    head = SubpageHead(_("Show that you endorsed"), "snippet/", noindex=True)
    return render_subpage(
        request,
        "endorsements/signatories/snippet.html",
        status,
        head,
        address=absolute(status.base),
        badge=badge,
        badge_address=absolute(badge),
    )


# The files


def for_other_sites(response: Any) -> Any:
    """Anybody's page and program may read it; search engines have the pages."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _kept_for_a_minute(response: HttpResponse, status: PublicStatus) -> HttpResponse:
    """Caches may keep it until the count is a minute old."""
    age = max(0, round((timezone.now() - status.counts.as_of).total_seconds()))
    patch_cache_control(response, public=True, max_age=max(0, COUNT_SECONDS - age), stale_while_revalidate=STALE_SECONDS)
    return response


def attached(response: Any, name: str) -> Any:
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@public_only
def signatories_csv(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    response = StreamingHttpResponse(as_csv(status), content_type="text/csv; charset=utf-8")
    return for_other_sites(attached(response, f"{status.page.slug}-signatories.csv"))


@public_only
def signatories_json(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    return for_other_sites(StreamingHttpResponse(as_json(status), content_type="application/json"))


@public_only
def count_json(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    return _kept_for_a_minute(
        for_other_sites(JsonResponse(numbers(status, status.counts), json_dumps_params={"ensure_ascii": False})), status
    )


@public_only
def badge(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """How many organisations endorse, or people where there are no organisations, drawn."""
    number, words = status.counts.organisations, ngettext("organisation endorses", "organisations endorse", status.counts.organisations)
    if not number:
        number, words = status.counts.people, ngettext("person endorses", "people endorse", status.counts.people)
    shown = {"number": number, "words": words}
    response = TemplateResponse(request, "endorsements/signatories/badge.svg", shown, content_type="image/svg+xml")
    return _kept_for_a_minute(for_other_sites(response), status)
