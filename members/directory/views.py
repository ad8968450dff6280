"""The directory, the page of an organisation, and the coalition in numbers: public pages and files."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms.charts import bar_chart
from cms.faceted_list import UnknownFilterError
from cms.head import Crumb, ViewHead
from cms.structured_data import organisation_id, without_empty
from core.absolute_urls import absolute
from core.dates import site_today
from core.web.page_cache import public_page
from core.web.redirects import with_query
from members.identity.countries import Region, country_name, region_of
from members.models import FormerAddress, Organisation
from members.organisations.sections import public_sections

from .growth import growth
from .history import history
from .listing import DirectoryEntry, DirectoryIndex, DirectoryList, directory_index, organisations_with_logos
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


def _summary(index: DirectoryIndex) -> str:
    """Return the coalition in one sentence: for search engines, and under the title."""
    numbers = {"total": len(index.entries), "countries": len(index.by_country)}
    in_countries = ngettext("in %(countries)d country", "in %(countries)d countries", numbers["countries"]) % numbers
    organisations = ngettext("%(total)d organisation", "%(total)d organisations", numbers["total"]) % numbers
    return _("%(organisations)s %(in_countries)s that work together for health workers.") % {
        "organisations": organisations,
        "in_countries": in_countries,
    }


def _map(index: DirectoryIndex) -> dict[str, Any]:
    countries = [
        (code, f"{country_name(code)}: {index.by_country[code]}", observers_only)
        for code, observers_only in sorted(index.countries_on_map.items())
        if world().has(code)
    ]
    has_observers = any(observers_only for _code, _label, observers_only in countries)
    return {"world": world(), "countries": countries, "has_observers": has_observers, "summary": _summary(index)}


@require_safe
@public_page
def profile(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The page of an organisation; 404 while it is not in the directory. The address of a merged duplicate redirects."""
    entry = directory_index().by_slug.get(slug)
    if entry is None:
        return _redirect_or_404(request, slug)
    organisation: Organisation = organisations_with_logos().prefetch_related("themes").get(pk=entry.pk)
    head = ViewHead(
        organisation.name,
        reverse("member", args=(slug,)),
        description=organisation.summary,
        schema_type="ProfilePage",
        above=_breadcrumbs(),
        about={"mainEntity": _structured_data(organisation, entry)},
    )
    context = {
        "view_head": head,
        "organisation": organisation,
        "entry": entry,
        "region": dict(Region.choices).get(region_of(entry.country), ""),
        "world": world(),
        "neighbours": directory_index().by_country[entry.country] if entry.country else 0,
        "history": history(organisation, site_today()),
        "sections": public_sections(organisation),
    }
    return TemplateResponse(request, "members/directory/organisation.html", context)


def _redirect_or_404(request: HttpRequest, slug: str) -> HttpResponseBase:
    former = FormerAddress.objects.filter(slug=slug).select_related("organisation").first()
    if former is None or former.organisation.slug not in directory_index().by_slug:
        problem = _("Nobody belongs to the coalition under this address today. The name may have changed: look for it in the directory.")
        return _not_found(request, problem, _("Not in the directory"))
    return HttpResponsePermanentRedirect(
        with_query(reverse("member", args=(former.organisation.slug,)), request.META.get("QUERY_STRING", ""))
    )


def _structured_data(organisation: Organisation, entry: DirectoryEntry) -> dict[str, Any]:
    """Return schema.org data. Observers are not marked as members."""
    data = {
        "@type": "Organization",
        "@id": absolute(reverse("member", args=(organisation.slug,))) + "#organization",
        "name": organisation.name,
        "alternateName": [name for name in (organisation.acronym, *organisation.other_names) if name],
        "description": organisation.summary,
        "url": organisation.website,
        "foundingDate": str(organisation.founded or ""),
        "address": {"@type": "PostalAddress", "addressCountry": entry.country} if entry.country else None,
        "memberOf": {"@id": organisation_id()} if entry.is_member else None,
    }
    return without_empty(data)


@require_safe
@public_page
def numbers(request: HttpRequest) -> HttpResponseBase:
    """Charts and tables by region, country and year."""
    index = directory_index()
    bars = [{"label": str(label), "value": index.by_region[region]} for region, label in Region.choices]
    context = {
        "view_head": ViewHead(_("The coalition in numbers"), reverse("members_numbers"), description=_summary(index), above=_breadcrumbs()),
        "index": index,
        "regions": [(label, _countries_in(index, region)) for region, label in Region.choices],
        "chart": bar_chart(bars),
        "growth": growth(site_today()),
    }
    return TemplateResponse(request, "members/directory/numbers.html", context)


def _countries_in(index: DirectoryIndex, region: str) -> list[tuple[str, str, int]]:
    rows = [(code, country_name(code), number) for code, number in index.by_country.items() if region_of(code) == region]
    return sorted(rows, key=lambda row: (-row[2], row[1]))


# Files


def _file(request: HttpRequest, name: str, write: Any) -> HttpResponseBase:
    """Return the whole list for this query as a file, for any site or program to read, but not for search engines."""
    try:
        entries = DirectoryList(request.GET).rows
    except UnknownFilterError as problem:
        return HttpResponse(f"{problem}\n{absolute(reverse('members'))}\n", status=404, content_type="text/plain; charset=utf-8")
    kind = "text/csv" if name.endswith("csv") else "application/json"
    content: Iterable[bytes] = write(entries)
    response = HttpResponse(b"".join(content), content_type=f"{kind}; charset=utf-8")
    if kind == "text/csv":
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
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
