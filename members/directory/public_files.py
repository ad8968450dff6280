"""The directory as CSV and JSON: what its pages show, without contacts, people of seats or email addresses."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.absolute_urls import absolute
from core.dates import site_today
from core.spreadsheets import write_csv
from members.identity.countries import country_name, region_of
from members.models import Organisation

from .listing import Standing, standings_of

PORTION = 500

# The JSON keys of an organisation, and the headings of the CSV file.
KEYS = (
    *("name", "acronym", "other_names", "roles", "since", "kind", "country", "country_name", "who_region", "countries_of_work"),
    *("founded", "themes", "summary", "website", "page"),
)


def as_csv(organisations: QuerySet[Organisation]) -> Iterator[bytes]:
    return write_csv(([_cell(value) for value in row.values()] for row in _as_dicts(organisations)), KEYS)


def as_json(organisations: QuerySet[Organisation]) -> Iterator[bytes]:
    """`since` and `founded` are null when unknown."""
    head = {"url": absolute(reverse("members")), "total": organisations.count(), "organisations": []}
    before, after = json.dumps(head, ensure_ascii=False, indent=1).rsplit("]", 1)
    yield before.encode()
    separator = "\n"
    for row in _as_dicts(organisations):
        # No indent(), which takes characters within a text for line breaks.
        lines = json.dumps(row, ensure_ascii=False, indent=1).replace("\n", "\n  ")
        yield f"{separator}  {lines}".encode()
        separator = ",\n"
    yield f"{'' if separator == chr(10) else chr(10) + ' '}]{after}".encode()


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _as_dicts(organisations: QuerySet[Organisation]) -> Iterator[dict[str, Any]]:
    """In their order, so many at a time."""
    rows = organisations.prefetch_related("themes").iterator(chunk_size=PORTION)
    while portion := list(islice(rows, PORTION)):
        standings = standings_of([row.pk for row in portion], site_today())
        for row in portion:
            if row.pk in standings:
                yield dict(zip(KEYS, _values(standings[row.pk], row), strict=True))


def _values(standing: Standing, row: Organisation) -> tuple[Any, ...]:
    since, country = standing.since.isoformat() if standing.since else None, str(row.country or "")
    who = (row.name, row.acronym, row.other_names, sorted(standing.roles), since, row.kind)
    where = (country, country_name(country), region_of(country), [country.code for country in row.countries_of_work])
    what = (row.founded, [theme.name for theme in row.themes.all()], row.summary, row.website)
    return (*who, *where, *what, absolute(reverse("member", args=(row.slug,))))
