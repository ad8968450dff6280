"""The directory as CSV and JSON: what its pages show, without contacts, people of seats or email addresses."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.urls import reverse

from core.absolute_urls import absolute
from core.spreadsheets import write_csv
from members.identity.countries import country_name, region_of
from members.models import Organisation

from .listing import DirectoryEntry

# The JSON keys of an organisation, and the headings of the CSV file.
KEYS = (
    *("name", "acronym", "other_names", "roles", "since", "kind", "country", "country_name", "who_region", "countries_of_work"),
    *("founded", "themes", "summary", "website", "page"),
)


def as_csv(entries: Sequence[DirectoryEntry]) -> Iterator[bytes]:
    return write_csv(([_cell(value) for value in row.values()] for row in _as_dicts(entries)), KEYS)


def as_json(entries: Sequence[DirectoryEntry]) -> Iterator[bytes]:
    """`since` and `founded` are null when unknown."""
    content = {"url": absolute(reverse("members")), "total": len(entries), "organisations": list(_as_dicts(entries))}
    yield json.dumps(content, ensure_ascii=False, indent=1).encode()


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _as_dicts(entries: Iterable[DirectoryEntry]) -> Iterator[dict[str, Any]]:
    entries = list(entries)
    found = Organisation.objects.prefetch_related("themes").in_bulk([entry.pk for entry in entries])
    for entry in entries:
        if row := found.get(entry.pk):
            yield dict(zip(KEYS, _values(entry, row), strict=True))


def _values(entry: DirectoryEntry, row: Organisation) -> tuple[Any, ...]:
    since = entry.since.isoformat() if entry.since else None
    who = (row.name, row.acronym, row.other_names, sorted(entry.role), since, row.kind)
    where = (entry.country, country_name(entry.country), region_of(entry.country), [country.code for country in row.countries_of_work])
    what = (row.founded, [theme.name for theme in row.themes.all()], row.summary, row.website)
    return (*who, *where, *what, absolute(reverse("member", args=(row.slug,))))
