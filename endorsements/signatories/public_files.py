"""The list of signatories and the counts as CSV and JSON. They hold nothing that the pages do not show.

Never an email address, who signed for an organisation, or the name of a person who did not agree to be named.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from core.absolute_urls import absolute
from core.spreadsheets import write_csv
from endorsements.models import Endorsement
from endorsements.states import Source
from members.identity.countries import country_name

from .counts import Counts, fresh_counts
from .listing import named
from .public_status import PublicStatus

# The keys of a name in the list, which are also the headings of the table.
KEYS = (
    *("kind", "name", "acronym", "organisation_kind", "role", "affiliation", "country", "country_name"),
    *("version", "listed_on", "initial_signatory", "sample"),
)
_ROWS_AT_ONCE = 2000

Data = dict[str, Any]


def numbers(status: PublicStatus, counts: Counts) -> Data:
    """The counts, what they are of, and the moment `as_of` which they were taken."""
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
        "opened_at": _moment(status.sign_on.opened_at),
        "closes_at": _moment(status.closed_at or page.closes_at),
        "as_of": _moment(counts.as_of),
    }


def as_csv(status: PublicStatus) -> Iterator[bytes]:
    return write_csv(([one[key] for key in KEYS] for one in _names(status)), KEYS)


def as_json(status: PublicStatus) -> Iterator[str]:
    """One object, made while it is sent: the numbers as of now, how many people are not named, and the names."""
    counts = fresh_counts(status.page)
    opening = json.dumps({**numbers(status, counts), "people_unnamed": counts.unnamed(), "signatories": []}, ensure_ascii=False, indent=1)
    yield opening.removesuffix("]\n}")
    for place, one in enumerate(_names(status)):
        yield f"{',' if place else ''}\n{json.dumps(one, ensure_ascii=False)}"
    yield "\n]}\n"


def _names(status: PublicStatus) -> Iterator[Data]:
    """Everybody in the public list, in its order."""
    for row in named(status.page).iterator(chunk_size=_ROWS_AT_ONCE):
        yield dict(zip(KEYS, _values(row), strict=True))


def _values(row: Endorsement) -> tuple[Any, ...]:
    """What stands under `KEYS`. The role of an organisation's row is that of the person who signed for it: it is not told."""
    whose = (row.acronym, row.organisation_kind, "", "") if row.is_organisation else ("", "", row.role, row.affiliation)
    listed_on = timezone.localtime(row.listed_at).date().isoformat() if row.listed_at else ""
    version = f"{row.version.number}.{row.version.correction}"
    of_source = (row.source == Source.INITIAL, row.source == Source.SAMPLE)
    country = row.country.code or ""
    return (row.kind, row.name, *whose, country, country_name(country), version, listed_on, *of_source)


def _moment(when: Any) -> str | None:
    return timezone.localtime(when).isoformat(timespec="seconds") if when else None
