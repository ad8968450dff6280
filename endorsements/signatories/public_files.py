"""The public list of signatories and the counts as CSV and JSON.

Like the pages, they never contain an email address, who signed for an organisation, or the name of a person who did not agree to be named.
"""

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Count
from django.utils import timezone

from core.absolute_urls import absolute
from core.dates import site_date
from core.spreadsheets import write_csv
from endorsements.models import Endorsement
from endorsements.states import Kind, Source
from members.identity.countries import country_name

from .counts import Counts, fresh_counts, group_counts
from .listing import public_signatories
from .public_status import PublicStatus

# The keys of a signatory in JSON, and the headings in CSV.
KEYS = (
    *("kind", "name", "acronym", "organisation_kind", "role", "affiliation", "country", "country_name"),
    *("version", "listed_on", "initial_signatory", "sample"),
)
FIELDS = (
    *("kind", "source", "name", "acronym", "organisation_kind", "role", "affiliation", "country"),
    *("version__number", "version__correction", "listed_at"),
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


def files_version(status: PublicStatus) -> str:
    """All that the files contain beside the names in the list, and how many names those are, by the text that they signed.

    Names that change or leave make another edition of the list. The hour, so that nothing that was missed stays.
    """
    listed = Endorsement.objects.for_declaration(status.page).listed().order_by()
    by_text = sorted(listed.values_list("version", "version__number", "version__correction").annotate(Count("pk")))
    counts = group_counts(status.page)
    told = counts_as_dict(status, Counts(counts, (), 0, 0, timezone.now())) | {"as_of": timezone.localtime().strftime("%Y-%m-%d %H")}
    return repr((told, sorted(counts), by_text))


def as_csv(status: PublicStatus) -> Iterator[bytes]:
    return write_csv(_rows(status), KEYS)


def as_json(status: PublicStatus) -> Iterator[bytes]:
    """One object: the counts as of now, and the signatories."""
    counts = fresh_counts(status.page)
    opening = json.dumps(
        {**counts_as_dict(status, counts), "people_unnamed": counts.unnamed(), "signatories": []}, ensure_ascii=False, indent=1
    )
    yield opening.removesuffix("]\n}").encode()
    rows, separator = (dict(zip(KEYS, row, strict=True)) for row in _rows(status)), b"\n"
    while portion := list(islice(rows, PORTION)):
        yield separator + ",\n".join(json.dumps(row, ensure_ascii=False) for row in portion).encode()
        separator = b",\n"
    yield b"\n]}\n"


def _rows(status: PublicStatus) -> Iterator[tuple[Any, ...]]:
    """The values for `KEYS` of everybody in the public list, in its order.

    The role in an organisation's row is left out: it is that of the person who signed for it.
    """
    names = cache(country_name)
    rows = public_signatories(status.page).select_related(None).values_list(*FIELDS)
    for kind, source, name, acronym, type_, role, affiliation, code, number, correction, listed_at in rows.iterator(chunk_size=PORTION):
        whose = (acronym, type_, "", "") if kind == Kind.ORGANISATION else ("", "", role, affiliation)
        listed_on = site_date(listed_at).isoformat() if listed_at else ""
        of_source = (source == Source.INITIAL, source == Source.SAMPLE)
        yield (kind, name, *whose, code, names(code), f"{number}.{correction}", listed_on, *of_source)


def _isoformat(when: Any) -> str | None:
    return timezone.localtime(when).isoformat(timespec="seconds") if when else None
