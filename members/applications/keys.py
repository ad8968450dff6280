"""The keys under which submitted applications are found that may be of the same organisation: web domains, names, and the address.

They are stored when an application is submitted or changed after that; those of what a former release wrote, by `run_due`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from core.due import due
from core.mail.addresses import canonical_address
from members.models import Application, ApplicationKey
from members.models.derived import numbers
from members.organisations.known import owned_domain
from members.organisations.matching import match_keys

A_RUN = 500


def organisation_keys(row: Any) -> set[str]:
    """The keys of the organisation that applies: its names, and the domains of its website and of those who apply."""
    keys = match_keys([row.name, row.acronym, *row.other_names.splitlines()], [row.website], str(row.country or ""))
    return keys | {f"site:{domain}" for domain in map(owned_domain, (row.email, row.representative_email)) if domain}


def numbers_of(row: Any) -> set[int]:
    """The keys of the application as they are stored: those of the organisation, and its address."""
    address = row.address_key or canonical_address(row.email)
    return numbers(organisation_keys(row) | ({f"address:{address}"} if address else set()))


def keep_keys(rows: Iterable[Any], keys: type[models.Model] = ApplicationKey) -> int:
    """Store the keys of these applications in place of former ones; returns how many keys. Models may be those of a migration."""
    rows = list(rows)
    with transaction.atomic():
        keys._default_manager.filter(application__in=[row.pk for row in rows]).delete()
        made = [keys(application_id=row.pk, key=number) for row in rows for number in sorted(numbers_of(row))]
        keys._default_manager.bulk_create(made, batch_size=1000, ignore_conflicts=True)
    return len(made)


def without_keys(applications: models.QuerySet[Any], keys: type[models.Model] = ApplicationKey) -> models.QuerySet[Any]:
    """Those of them that are submitted and not anonymised, and whose keys are still to be stored."""
    stored = keys._default_manager.filter(application=OuterRef("pk"))
    return applications.filter(~Exists(stored), submitted_at__isnull=False, anonymised_at__isnull=True)


def applications_by_number(rows: Iterable[Application]) -> dict[int, set[int]]:
    """The primary keys of the submitted applications that have a number of one of these, by number."""
    found: dict[int, set[int]] = defaultdict(set)
    wanted = {number for row in rows for number in numbers_of(row)}
    for number, pk in ApplicationKey.objects.filter(key__in=list(wanted)).values_list("key", "application_id"):
        found[number].add(pk)
    return found


@due("application keys")
def keep_keys_of_others(now: datetime) -> str:
    count = keep_keys(without_keys(Application.objects.all())[:A_RUN])
    return f"{count} stored" if count else ""
