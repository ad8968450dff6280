"""The directory, the page of an organisation, and the coalition in numbers: public pages and files."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.charts import bar_chart
from cms.faceted_list import UnknownFilterError
from cms.head import Crumb, ViewHead
from cms.structured_data import organisation_id, without_empty
from core.absolute_urls import absolute
from core.dates import site_today
from core.web.made_files import send_made_file
from core.web.page_cache import public_page
from core.web.page_cache.version import read_version
from core.web.redirects import with_query
from members.identity.countries import Region, country_name, region_of
from members.models import FormerAddress, Organisation
from members.organisations.sections import public_sections

from .counts import DirectoryCounts, countries_in_order, directory_counts
from .growth import growth
from .history import history
from .listing import DirectoryList, organisations_with_logos, standings_of
from .public_files import as_csv, as_json
from .world_map import world

PARAMETERS = frozenset({"role", "region", "country", "theme", "q", "page"})


@require_safe
@public_page(parameters=PARAMETERS)
def directory(request: HttpRequest) -> HttpResponseBase:
    try:
        found = DirectoryList(request.GET)
    except UnknownFilterError as problem:
        return _not_found(request, problem)
    names = [facet.chosen for facet in found.chosen] + ([f"“{found.text}”"] if found.text else [])
    # Search engines index only the front page, not every filter and page.
    head = ViewHead(
        _("Our members") if found.is_front_page else ", ".join([_("Members"), *names]),
        found.href(page=found.number),
        description=_summary(found.index),
        number=found.number,
        noindex=not found.is_front_page,
        schema_type="CollectionPage",
        above=() if found.is_front_page else _breadcrumbs(),
    )
    _path, separator, query = found.href().partition("?")
    files = {extension: reverse(f"members_{extension}") + separator + query for extension in ("csv", "json")}
    context = {"view_head": head, "directory": found, "files": files, **(_map(found.index) if found.is_front_page else {})}
    return TemplateResponse(request, "members/directory/list.html", context)


def _breadcrumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Members"), reverse("members")),)


def _not_found(request: HttpRequest, problem: object, title: str = "") -> HttpResponseBase:
    title = title or _("This part of the list does not exist")
    context = {"title": title, "noindex": True, "problem": problem, "breadcrumbs": [Crumb(_("Home"), "/"), *_breadcrumbs()]}
    return TemplateResponse(request, "members/directory/unknown_part.html", context, status=404)


def _summary(counts: DirectoryCounts) -> str:
    """Return the coalition in one sentence: for search engines, and under the title."""
    numbers = {"total": counts.total, "countries": len(counts.by_country)}
    in_countries = ngettext("in %(countries)d country", "in %(countries)d countries", numbers["countries"]) % numbers
    organisations = ngettext("%(total)d organisation", "%(total)d organisations", numbers["total"]) % numbers
    return _("%(organisations)s %(in_countries)s that work together for health workers.") % {
        "organisations": organisations,
        "in_countries": in_countries,
    }


def _map(counts: DirectoryCounts) -> dict[str, Any]:
    countries = [
        (code, f"{country_name(code)}: {counts.by_country[code]}", observers_only)
        for code, observers_only in sorted(counts.countries_on_map.items())
        if world().has(code)
    ]
    has_observers = any(observers_only for _code, _label, observers_only in countries)
    return {"world": world(), "countries": countries, "has_observers": has_observers, "summary": _summary(counts)}


@require_safe
@public_page
def profile(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The page of an organisation; 404 while it is not in the directory. The address of a merged duplicate redirects."""
    today = site_today()
    organisation: Organisation | None = organisations_with_logos().prefetch_related("themes").filter(slug=slug).first()
    standing = standings_of([organisation.pk], today).get(organisation.pk) if organisation else None
    if organisation is None or standing is None:
        return _redirect_or_404(request, slug)
    country = str(organisation.country or "")
    head = ViewHead(
        organisation.name,
        reverse("member", args=(slug,)),
        description=organisation.summary,
        schema_type="ProfilePage",
        above=_breadcrumbs(),
        about={"mainEntity": _structured_data(organisation, is_member=standing.is_member)},
    )
    context = {
        "view_head": head,
        "organisation": organisation,
        "country": country,
        "is_member": standing.is_member,
        "region": dict(Region.choices).get(region_of(country), ""),
        "world": world(),
        "neighbours": directory_counts().by_country.get(country, 0),
        "history": history(organisation, today),
        "sections": public_sections(organisation),
    }
    return TemplateResponse(request, "members/directory/organisation.html", context)


def _redirect_or_404(request: HttpRequest, slug: str) -> HttpResponseBase:
    former = FormerAddress.objects.filter(slug=slug).select_related("organisation").first()
    if former is None or not former.organisation.is_listed:
        problem = _("Nobody belongs to the coalition under this address today. The name may have changed: look for it in the directory.")
        return _not_found(request, problem, _("Not in the directory"))
    return HttpResponsePermanentRedirect(
        with_query(reverse("member", args=(former.organisation.slug,)), request.META.get("QUERY_STRING", ""))
    )


def _structured_data(organisation: Organisation, *, is_member: bool) -> dict[str, Any]:
    """Return schema.org data. Observers are not marked as members."""
    data = {
        "@type": "Organization",
        "@id": absolute(reverse("member", args=(organisation.slug,))) + "#organization",
        "name": organisation.name,
        "alternateName": [name for name in (organisation.acronym, *organisation.other_names) if name],
        "description": organisation.summary,
        "url": organisation.website,
        "foundingDate": str(organisation.founded or ""),
        "address": {"@type": "PostalAddress", "addressCountry": str(organisation.country)} if organisation.country else None,
        "memberOf": {"@id": organisation_id()} if is_member else None,
    }
    return without_empty(data)


@require_safe
@public_page
def numbers(request: HttpRequest) -> HttpResponseBase:
    """Charts and tables by region, country and year."""
    counts = directory_counts()
    bars = [{"label": str(label), "value": counts.by_region[region]} for region, label in Region.choices]
    context = {
        "view_head": ViewHead(
            _("The coalition in numbers"), reverse("members_numbers"), description=_summary(counts), above=_breadcrumbs()
        ),
        "index": counts,
        "regions": [(label, countries_in_order(counts.by_country, region)) for region, label in Region.choices],
        "chart": bar_chart(bars),
        "growth": growth(site_today()),
    }
    return TemplateResponse(request, "members/directory/numbers.html", context)


# Files


def _file(request: HttpRequest, name: str, write: Callable[[QuerySet[Organisation]], Iterable[bytes]]) -> HttpResponseBase:
    """Return the whole list for this query as a file, for any site or program to read, but not for search engines.

    It is made once for each version of the content; for a search or several filters, of which there are too many, at each request.
    """
    now = read_version()
    version = f"{now.number} {site_today()} {get_language()}"
    try:
        found = DirectoryList(request.GET)
    except UnknownFilterError as problem:
        return HttpResponse(f"{problem}\n{absolute(reverse('members'))}\n", status=404, content_type="text/plain; charset=utf-8")
    is_csv = name.endswith("csv")
    kind = f"{'text/csv' if is_csv else 'application/json'}; charset=utf-8"
    rows = found.matching(found.filters)
    response: HttpResponseBase
    if found.text or len(found.filters) > 1:
        response = HttpResponse(b"".join(write(rows)), content_type=kind)
        if is_csv:
            response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    else:
        which = urlencode(found.filters)
        file_name = f"{name}?{which}" if which else name
        edition = str(now.purged)
        response = send_made_file(
            request, file_name, version, lambda: write(rows), content_type=kind, as_attachment=is_csv, edition=edition
        )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@public_page(parameters=PARAMETERS)
def directory_csv(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "members.csv", as_csv)


@require_safe
@public_page(parameters=PARAMETERS)
def directory_json(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "members.json", as_json)
