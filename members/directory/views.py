"""The directory of the coalition, a page for each organisation, and the coalition in numbers. Anybody may read them, and keep them."""

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
from core.web.redirects import with_query
from members.identity.countries import Region, country_name, region_of
from members.models import FormerAddress, Organisation
from members.organisations.sections import sections_of

from .growth import growth
from .history import history
from .listing import Catalogue, Directory, Entry, catalogue, with_pictures
from .public_files import as_csv, as_json
from .world_map import world

# Of the address of the list, beside those that every list has (core/web/page_cache.py). The words of a search are not kept.
PARAMETERS = frozenset({"role", "region", "country", "theme"})


@require_safe
def directory(request: HttpRequest) -> HttpResponseBase:
    try:
        found = Directory(request.GET)
    except UnknownFilterError as problem:
        return _unknown(request, problem)
    names = [facet.chosen for facet in found.chosen] + ([f"“{found.text}”"] if found.text else [])
    # Search engines need one way to the organisations, not one for each filter and page.
    head = ViewHead(
        _("Our members") if found.is_whole else ", ".join([_("Members"), *names]),
        found.href(page=found.number),
        description=_in_short(found.known),
        number=found.number,
        noindex=not found.is_whole,
        schema_type="CollectionPage",
        above=() if found.is_whole else _above(),
    )
    _place, mark, query = found.href().partition("?")
    files = {form: reverse(f"members_{form}") + mark + query for form in ("csv", "json")}
    context = {"view_head": head, "directory": found, "files": files, **(_map(found.known) if found.is_whole else {})}
    response = TemplateResponse(request, "members/directory/list.html", context)
    if len(found.filters) < 2:  # crossed filters are too many to keep
        response.page_parameters = PARAMETERS  # type: ignore[attr-defined]
    return response


def _above() -> tuple[Crumb, ...]:
    return (Crumb(_("Members"), reverse("members")),)


def _unknown(request: HttpRequest, problem: object, title: str = "") -> HttpResponseBase:
    title = title or _("This part of the list does not exist")
    context = {"title": title, "noindex": True, "problem": problem, "breadcrumbs": [Crumb(_("Home"), "/"), *_above()]}
    return TemplateResponse(request, "members/directory/unknown_part.html", context, status=404)


def _in_short(known: Catalogue) -> str:
    """What the coalition is in one line: for search engines, and under the title."""
    numbers = {"total": len(known.entries), "countries": len(known.by_country)}
    in_countries = ngettext("in %(countries)d country", "in %(countries)d countries", numbers["countries"]) % numbers
    organisations = ngettext("%(total)d organisation", "%(total)d organisations", numbers["total"]) % numbers
    return _("%(organisations)s %(in_countries)s that work together for health workers.") % {
        "organisations": organisations,
        "in_countries": in_countries,
    }


def _map(known: Catalogue) -> dict[str, Any]:
    quiet = known.quiet_countries
    drawn = [(code, f"{country_name(code)}: {known.by_country[code]}", quiet[code]) for code in sorted(quiet) if world().has(code)]
    return {"world": world(), "spots": drawn, "has_quiet": any(quiet.values()), "short": _in_short(known)}


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The organisation's page; 404 with the way to the directory while it is not in there. A merged one's address leads to the other."""
    entry = catalogue().by_slug.get(slug)
    if entry is None:
        return _moved(request, slug)
    organisation: Organisation = with_pictures().prefetch_related("themes").get(pk=entry.pk)
    head = ViewHead(
        organisation.name,
        reverse("member", args=(slug,)),
        description=organisation.summary,
        schema_type="ProfilePage",
        above=_above(),
        about={"mainEntity": _node(organisation, entry)},
    )
    context = {
        "view_head": head,
        "organisation": organisation,
        "entry": entry,
        "region": dict(Region.choices).get(region_of(entry.country), ""),
        "world": world(),
        "neighbours": catalogue().by_country[entry.country] if entry.country else 0,
        "history": history(organisation, site_today()),
        "sections": sections_of(organisation),
    }
    return TemplateResponse(request, "members/directory/organisation.html", context)


def _moved(request: HttpRequest, slug: str) -> HttpResponseBase:
    former = FormerAddress.objects.filter(slug=slug).select_related("organisation").first()
    if former is None or former.organisation.slug not in catalogue().by_slug:
        why = _("Nobody belongs to the coalition under this address today. The name may have changed: look for it in the directory.")
        return _unknown(request, why, _("Not in the directory"))
    return HttpResponsePermanentRedirect(with_query(reverse("member", args=(former.organisation.slug,)), request))


def _node(organisation: Organisation, entry: Entry) -> dict[str, Any]:
    """In the words of schema.org. An observer is no member of ours."""
    told = {
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
    return without_empty(told)


@require_safe
def numbers(request: HttpRequest) -> HttpResponseBase:
    """By region and country, and over the years, each drawing with its numbers."""
    known = catalogue()
    bars = [{"label": str(label), "value": known.by_region[region]} for region, label in Region.choices]
    context = {
        "view_head": ViewHead(_("The coalition in numbers"), reverse("members_numbers"), description=_in_short(known), above=_above()),
        "known": known,
        "regions": [(label, _countries_of(known, region)) for region, label in Region.choices],
        "chart": bar_chart(bars),
        "growth": growth(site_today()),
    }
    return TemplateResponse(request, "members/directory/numbers.html", context)


def _countries_of(known: Catalogue, region: str) -> list[tuple[str, str, int]]:
    rows = [(code, country_name(code), number) for code, number in known.by_country.items() if region_of(code) == region]
    return sorted(rows, key=lambda row: (-row[2], row[1]))


# The files


def _file(request: HttpRequest, name: str, write: Any) -> HttpResponseBase:
    """What the list shows for this query, all of it. Anybody's page and program may read it; search engines have the pages."""
    try:
        entries = Directory(request.GET).rows
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
def directory_csv(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "members.csv", as_csv)


@require_safe
def directory_json(request: HttpRequest) -> HttpResponseBase:
    return _file(request, "members.json", as_json)
