"""The public list of signatories and the counts as CSV and JSON.

Like the pages, they never contain an email address, who signed for an organisation, or the name of a person who did not agree to be named.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from core.absolute_urls import absolute
from core.dates import site_date
from core.spreadsheets import write_csv
from endorsements.models import Endorsement
from endorsements.states import Source
from members.identity.countries import country_name

from .counts import Counts, fresh_counts
from .listing import public_signatories
from .public_status import PublicStatus

# The keys of a signatory in JSON, and the headings in CSV.
KEYS = (
    *("kind", "name", "acronym", "organisation_kind", "role", "affiliation", "country", "country_name"),
    *("version", "listed_on", "initial_signatory", "sample"),
)
PORTION = 2000

Data = dict[str, Any]


def counts_as_dict(status: PublicStatus, counts: Counts) -> Data:
    """The declaration and its counts."""
    page = status.page
    return {
        "declaration": page.title,
        "url": absolute(status.base),
        "state": status.state,
        "organisations": counts.organisations,
        "people": counts.people,
        "countries": counts.countries,
        "total": counts.total,
        "goal": page.goal,
        "opened_at": _isoformat(status.sign_on.opened_at),
        "closes_at": _isoformat(status.closed_at or page.closes_at),
        "as_of": _isoformat(counts.as_of),
    }


def as_csv(status: PublicStatus) -> Iterator[bytes]:
    return write_csv(([one[key] for key in KEYS] for one in _rows(status)), KEYS)


def as_json(status: PublicStatus) -> Iterator[str]:
    """One object, generated while it is sent: the counts as of now, and the signatories."""
    counts = fresh_counts(status.page)
    opening = json.dumps(
        {**counts_as_dict(status, counts), "people_unnamed": counts.unnamed(), "signatories": []}, ensure_ascii=False, indent=1
    )
    yield opening.removesuffix("]\n}")
    for position, one in enumerate(_rows(status)):
        yield f"{',' if position else ''}\n{json.dumps(one, ensure_ascii=False)}"
    yield "\n]}\n"


def _rows(status: PublicStatus) -> Iterator[Data]:
    """Everybody in the public list, in its order."""
    for row in public_signatories(status.page).iterator(chunk_size=PORTION):
        yield dict(zip(KEYS, _values(row), strict=True))


def _values(row: Endorsement) -> tuple[Any, ...]:
    """The values for `KEYS`. The role in an organisation's row is left out: it is that of the person who signed for it."""
    whose = (row.acronym, row.organisation_kind, "", "") if row.is_organisation else ("", "", row.role, row.affiliation)
    listed_on = site_date(row.listed_at).isoformat() if row.listed_at else ""
    version = f"{row.version.number}.{row.version.correction}"
    of_source = (row.source == Source.INITIAL, row.source == Source.SAMPLE)
    country = row.country.code or ""
    return (row.kind, row.name, *whose, country, country_name(country), version, listed_on, *of_source)


def _isoformat(when: Any) -> str | None:
    return timezone.localtime(when).isoformat(timespec="seconds") if when else None
