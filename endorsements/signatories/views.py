"""The public list of signatories, its files, and the badge for other sites. 404 until the declaration opens."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
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
from core.web.made_files import send_made_file
from core.web.page_cache import public_page
from endorsements.models import DeclarationPage

from .listing import SignatoryList, as_signatories, public_signatories
from .public_files import as_csv, as_json, counts_as_dict, files_version
from .public_status import PublicStatus, public_status

MAX_ON_ONE_PAGE = 5000
# Other sites may show what is a minute old, and for some minutes more while they fetch it again (RFC 5861).
COUNT_SECONDS = 60
STALE_SECONDS = 600

# New names are in the files after so many seconds.
FILE_SECONDS = 12

View = Callable[..., HttpResponseBase]
Make = Callable[[PublicStatus], Iterable[bytes]]


def public_only(view: View) -> View:
    """Decorate a view of a declaration: it gets the `PublicStatus`, and is 404 until the signatories are public."""

    @wraps(view)
    def wrapper(request: HttpRequest, page: DeclarationPage, **given: Any) -> HttpResponseBase:
        status = public_status(page)
        if not status.is_public:
            raise Http404
        return view(request, status, **given)

    return require_safe(wrapper)


def render_subpage(
    request: HttpRequest, template: str, status: PublicStatus, head: SubpageHead, code: int = 200, **context: Any
) -> TemplateResponse:
    """Render a page at an address below the declaration."""
    page = status.page
    shown = {"page": page, "self": page, "status": status, "subpage_head": head, "breadcrumbs": [*page.breadcrumbs, page], **context}
    return TemplateResponse(request, template, shown, status=code)


# Pages


@public_page(parameters=("kind", "country", "type", "letter", "q", "page"))
@public_only
def signatories(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    try:
        found = SignatoryList(status.page, request.GET)
    except UnknownFilterError as problem:
        head = SubpageHead(_("This part of the list does not exist"), "signatories/", noindex=True)
        return render_subpage(request, "endorsements/declarations/unknown_part.html", status, head, 404, problem=problem)
    names = [facet.chosen for facet in found.chosen] + ([f"“{found.text}”"] if found.text else [])
    # Search engines should index the list once, not once for each filter and page.
    head = SubpageHead(
        ", ".join([_("Signatories"), *names]),
        found.href(page=found.number).removeprefix(status.base),
        number=found.number,
        noindex=bool(names) or found.number > 1,
        schema_type="CollectionPage",
    )
    return render_subpage(request, "endorsements/signatories/list.html", status, head, signatories=found)


@public_page
@public_only
def all_signatories(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """All names on one page to print. If there are more than `MAX_ON_ONE_PAGE`, only the organisations, and links to the files."""
    rows, counts = public_signatories(status.page), status.counts
    is_cut = counts.named > MAX_ON_ONE_PAGE
    if is_cut:
        rows = rows.organisations() if counts.organisations <= MAX_ON_ONE_PAGE else rows.none()
    head = SubpageHead(_("All signatories"), "signatories/all/", noindex=True)
    names = as_signatories(rows[: MAX_ON_ONE_PAGE + 500], status.page)
    return render_subpage(request, "endorsements/signatories/list_print.html", status, head, names=names, is_cut=is_cut)


@public_page
@public_only
def snippet(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """HTML with the badge, to be copied into another site."""
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


# Files


def allow_other_sites(response: Any) -> Any:
    """Let pages of other sites read it, and keep it out of search engines."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _cached_for_a_minute(response: HttpResponse, status: PublicStatus) -> HttpResponse:
    """Let caches keep it until the counts are a minute old."""
    age = max(0, round((timezone.now() - status.counts.as_of).total_seconds()))
    patch_cache_control(response, public=True, max_age=max(0, COUNT_SECONDS - age), stale_while_revalidate=STALE_SECONDS)
    return response


def as_attachment(response: Any, name: str) -> Any:
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


def _send_names(request: HttpRequest, status: PublicStatus, make: Make, *, extension: str, content_type: str) -> HttpResponseBase:
    """A file of all names: made at most once in `FILE_SECONDS`, but at once when a name is changed or leaves the list."""
    return send_made_file(
        request,
        f"signatories of {status.page.pk}.{extension}",
        lambda: files_version(status),
        lambda: make(status),
        content_type=content_type,
        edition=f"{status.base} {status.sign_on.list_edition}",
        check_every=FILE_SECONDS,
    )


@public_page
@public_only
def signatories_csv(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    response = _send_names(request, status, as_csv, extension="csv", content_type="text/csv; charset=utf-8")
    return allow_other_sites(as_attachment(response, f"{status.page.slug}-signatories.csv") if response.status_code == 200 else response)


@public_page
@public_only
def signatories_json(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    return allow_other_sites(_send_names(request, status, as_json, extension="json", content_type="application/json"))


@public_page
@public_only
def count_json(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    return _cached_for_a_minute(
        allow_other_sites(JsonResponse(counts_as_dict(status, status.counts), json_dumps_params={"ensure_ascii": False})), status
    )


@public_page
@public_only
def badge(request: HttpRequest, status: PublicStatus) -> HttpResponseBase:
    """A picture of the number of organisations, or of people if there are no organisations."""
    number, words = status.counts.organisations, ngettext("organisation endorses", "organisations endorse", status.counts.organisations)
    if not number:
        number, words = status.counts.people, ngettext("person endorses", "people endorse", status.counts.people)
    shown = {"number": number, "words": words}
    response = TemplateResponse(request, "endorsements/signatories/badge.svg", shown, content_type="image/svg+xml")
    return _cached_for_a_minute(allow_other_sites(response), status)
