"""What everybody may see of a declaration whose sign-on is or was open: the names, the numbers, the texts. Before that there is nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms.faceted_list import UnknownFilterError
from cms.head import Part
from core.absolute_urls import absolute
from core.differences import differences
from endorsements.declarations.public_status import Standing, standing
from endorsements.models import DeclarationPage, Endorsement, TextVersion
from endorsements.signatories.listing import Roll, named
from endorsements.signatories.listing import signatories as shown_as
from endorsements.signatories.public_files import as_csv, as_json, numbers
from endorsements.text_versions.canonical import as_blocks

MOST_ON_ONE_PAGE = 5000
# What other sites show of ours may be a minute old, and for some minutes more while a newer one is fetched (RFC 5861).
COUNT_SECONDS = 60
STALE_SECONDS = 600

View = Callable[..., HttpResponseBase]


def _of_public_sign_on(view: View) -> View:
    """The view gets a `Standing` in the page's place; 404 while nothing but the text is public."""

    @wraps(view)
    def answer(request: HttpRequest, page: DeclarationPage, **given: Any) -> HttpResponseBase:
        now = standing(page)
        if not now.is_public:
            raise Http404
        return view(request, now, **given)

    return require_safe(answer)


def _render(request: HttpRequest, template: str, told: Standing, part: Part, status: int = 200, **context: Any) -> TemplateResponse:
    page = told.page
    shown = {"page": page, "self": page, "standing": told, "part": part, "trail": [*page.trail, page], **context}
    return TemplateResponse(request, template, shown, status=status)


# The names


@_of_public_sign_on
def signatories(request: HttpRequest, told: Standing) -> HttpResponseBase:
    try:
        roll = Roll(told.page, request.GET)
    except UnknownFilterError as problem:
        part = Part(_("This part of the list does not exist"), "signatories/", noindex=True)
        return _render(request, "endorsements/declarations/unknown_part.html", told, part, 404, problem=problem)
    names = [facet.chosen for facet in roll.chosen] + ([f"“{roll.text}”"] if roll.text else [])
    # Search engines need one way to the names, not one for each filter and page.
    part = Part(
        ", ".join([_("Signatories"), *names]),
        roll.href(page=roll.number).removeprefix(told.base),
        number=roll.number,
        noindex=bool(names) or roll.number > 1,
        schema_type="CollectionPage",
    )
    response = _render(request, "endorsements/signatories/list.html", told, part, roll=roll)
    if len(roll.filters) < 2:  # crossed filters are too many to keep
        response.page_parameters = frozenset({"country", "type", "letter"})  # type: ignore[attr-defined]
    return response


@_of_public_sign_on
def all_signatories(request: HttpRequest, told: Standing) -> HttpResponseBase:
    """All names on one page to print; of more than `MOST_ON_ONE_PAGE` the organisations, and the way to the files."""
    rows, tally = named(told.page), told.tally
    is_cut = tally.named > MOST_ON_ONE_PAGE
    if is_cut:
        rows = rows.organisations() if tally.organisations <= MOST_ON_ONE_PAGE else rows.none()
    part = Part(_("All signatories"), "signatories/all/", noindex=True)
    names = shown_as(rows[: MOST_ON_ONE_PAGE + 500], told.page)
    return _render(request, "endorsements/signatories/list_print.html", told, part, names=names, is_cut=is_cut)


@_of_public_sign_on
def snippet(request: HttpRequest, told: Standing) -> HttpResponseBase:
    """Words and a picture to copy into another site. In our own page the picture comes by its short address, as everything does."""
    badge = f"{told.base}badge.svg"
    part = Part(_("Show that you endorsed"), "snippet/", noindex=True)
    return _render(
        request,
        "endorsements/signatories/snippet.html",
        told,
        part,
        address=absolute(told.base),
        badge=badge,
        badge_address=absolute(badge),
    )


# The files


def _for_other_sites(response: Any) -> Any:
    """Anybody's page and program may read it; search engines have the pages."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _kept_for_a_minute(response: HttpResponse, told: Standing) -> HttpResponse:
    """Caches may keep it until the count is a minute old."""
    age = max(0, round((timezone.now() - told.tally.as_of).total_seconds()))
    patch_cache_control(response, public=True, max_age=max(0, COUNT_SECONDS - age), stale_while_revalidate=STALE_SECONDS)
    return response


def _attached(response: Any, name: str) -> Any:
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return response


@_of_public_sign_on
def signatories_csv(request: HttpRequest, told: Standing) -> HttpResponseBase:
    response = StreamingHttpResponse(as_csv(told), content_type="text/csv; charset=utf-8")
    return _for_other_sites(_attached(response, f"{told.page.slug}-signatories.csv"))


@_of_public_sign_on
def signatories_json(request: HttpRequest, told: Standing) -> HttpResponseBase:
    return _for_other_sites(StreamingHttpResponse(as_json(told), content_type="application/json"))


@_of_public_sign_on
def count_json(request: HttpRequest, told: Standing) -> HttpResponseBase:
    return _kept_for_a_minute(_for_other_sites(JsonResponse(numbers(told, told.tally), json_dumps_params={"ensure_ascii": False})), told)


@_of_public_sign_on
def badge(request: HttpRequest, told: Standing) -> HttpResponseBase:
    """How many organisations endorse, or people where there are no organisations, drawn."""
    number, words = told.tally.organisations, ngettext("organisation endorses", "organisations endorse", told.tally.organisations)
    if not number:
        number, words = told.tally.people, ngettext("person endorses", "people endorse", told.tally.people)
    shown = {"number": number, "words": words}
    response = TemplateResponse(request, "endorsements/signatories/badge.svg", shown, content_type="image/svg+xml")
    return _kept_for_a_minute(_for_other_sites(response), told)


# The texts


@_of_public_sign_on
def versions(request: HttpRequest, told: Standing) -> HttpResponseBase:
    """The newest first, each with how many names of the list stand under it."""
    rows = Endorsement.objects.listed().filter(version__in=told.versions).order_by()
    signed = dict(rows.values_list("version_id").annotate(Count("pk")))
    texts = [(one, signed.get(one.pk, 0)) for one in reversed(told.versions)]
    return _render(request, "endorsements/text_versions/versions.html", told, Part(_("Versions of the text"), "versions/"), texts=texts)


@_of_public_sign_on
def version(request: HttpRequest, told: Standing, number: int, correction: int) -> HttpResponseBase:
    """The text of a version, and what changed since the one before it."""
    shown = _version(told, number, correction)
    place = told.versions.index(shown)
    before = told.versions[place - 1] if place else None
    changes = differences(before.text, shown.text) if before else []
    in_force = shown == told.sign_on.version
    part = Part(shown.label, f"versions/{number}.{correction}/", noindex=True)
    return _render(
        request,
        "endorsements/text_versions/version.html",
        told,
        part,
        version=shown,
        before=before,
        changes=changes,
        blocks=as_blocks(shown.text, top=2),
        in_force=in_force,
    )


@_of_public_sign_on
def version_text(request: HttpRequest, told: Standing, number: int, correction: int) -> HttpResponseBase:
    """Exactly the bytes whose SHA-256 is told."""
    shown = _version(told, number, correction)
    response = HttpResponse(shown.text.encode(), content_type="text/plain; charset=utf-8")
    return _for_other_sites(_attached(response, f"{told.page.slug}-{number}.{correction}.txt"))


def _version(told: Standing, number: int, correction: int) -> TextVersion:
    known = [one.pk for one in told.versions if (one.number, one.correction) == (number, correction)]
    return get_object_or_404(TextVersion, pk__in=known)
