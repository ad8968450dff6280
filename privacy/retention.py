"""Erasing personal data after its retention period (GDPR, Article 5(1)(e)), as declared in `retention`. Done by `run_due`."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q

from core.due import due
from core.mail.earlier_addresses import forget_earlier
from core.personal_data import Erase, PersonalData, Retention, registered_tables


def schedule() -> None:
    """Register scheduled work for each table, so that an error in one does not stop the others."""
    for table in registered_tables():
        if any(rule.expired for rule in table.retention):
            due(f"personal data: {table.model._meta.label_lower}")(partial(erase_expired, table))


def erase_expired(table: PersonalData, now: datetime) -> str:
    """Erase a portion of the expired rows, and clear expired columns. Returns the numbers for the log."""
    erased = sum(_erase_rows(table, erase, rules, now) for erase, rules in _by_erasure(table.retention).items())
    cleared = sum(_clear_columns(table, rule, now) for rule in table.retention if rule.clear is not None)
    return ", ".join(f"{number} {what}" for number, what in ((erased, "erased"), (cleared, "cleared")) if number)


def _by_erasure(rules: Iterable[Retention]) -> dict[Erase, list[Retention]]:
    """The rules by erasure: rules with the same erasure share one portion."""
    grouped: dict[Erase, list[Retention]] = {}
    for rule in rules:
        if rule.erase is not None:
            grouped.setdefault(rule.erase, []).append(rule)
    return grouped


def _erase_rows(table: PersonalData, erase: Erase, rules: list[Retention], now: datetime) -> int:
    expired = reduce(or_, (_expired(rule, now) for rule in rules))
    found = table.model._default_manager.filter(expired).order_by("pk").values_list("pk", flat=True)
    return sum(_erase_if(table, expired, pk, erase, now) for pk in list(found[: table.portion]))


def _erase_if(table: PersonalData, expired: Q, pk: Any, erase: Erase, now: datetime) -> bool:
    """Erase a row if it is still expired: somebody may be confirming or saving it now."""
    with transaction.atomic():
        row = table.model._default_manager.select_for_update(of=("self",)).filter(expired, pk=pk).first()
        if row is not None:
            forget_earlier(row)
            erase(row, by=None, now=now)
        return row is not None


def _clear_columns(table: PersonalData, rule: Retention, now: datetime) -> int:
    cleared = rule.clear or {}
    return table.model._default_manager.filter(_expired(rule, now)).exclude(**cleared).update(**cleared)


def _expired(rule: Retention, now: datetime) -> Q:
    if rule.expired is None or rule.period is None:
        raise ValueError(f"nothing says what has expired {rule.when}")
    return rule.expired(now - rule.period)
