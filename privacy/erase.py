"""One person's data erased because they ask for it (GDPR, Article 17). What comes to its end by itself: `privacy.retention`."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from core.mail.queue import forget

from .find import chosen_of, is_address, spellings


def erase(typed: str, *, chosen: Collection[str] | None = None, by: Any, now: datetime) -> dict[str, int]:
    """Erase what is found, or of it the `chosen` keys, and all emails to an address; all or nothing.

    Returns how many rows there were in each section. Idempotent: a second time there are none.
    """
    counts: Counter[str] = Counter()
    with transaction.atomic():
        addresses = spellings(typed) if is_address(typed) else []
        for section, one in chosen_of(typed, chosen):
            if one.erase(by=by, now=now):
                counts[section] += 1
        if emails := sum(map(forget, addresses)):
            counts["mails"] = emails
    return dict(counts)
