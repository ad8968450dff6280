"""Erasing the data of a person at their request (GDPR, Article 17). For retention see `privacy.retention`."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from core.mail.queue import forget

from .find import addresses_of, find_chosen


def erase(typed: str, *, chosen: Collection[str] | None = None, by: Any, now: datetime) -> dict[str, int]:
    """Erase everything found for `typed`, or only the `chosen` keys, and all emails to the address, in one transaction.

    Returns the number of rows in each section. Idempotent: the second time there are none.
    """
    counts: Counter[str] = Counter()
    with transaction.atomic():
        found = find_chosen(typed, chosen)
        addresses = addresses_of(typed, [one for _section, one in found])
        for section, one in found:
            if one.erase(by=by, now=now):
                counts[section] += 1
        if emails := sum(map(forget, addresses)):
            counts["mails"] = emails
    return dict(counts)
