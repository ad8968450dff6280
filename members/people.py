"""One person's data, wherever they are held (GDPR, Articles 15, 17 and 20): exported or erased by one call.

Each room registers what it holds of people, from below: `register` in its `AppConfig.ready`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from core.outbox import forget

# Of an address, all that is held of it, ready for JSON; and its end: how many rows there were.
Export = Callable[[str], list[dict[str, Any]]]
Erase = Callable[..., int]


@dataclass(frozen=True)
class Holder:
    export: Export
    erase: Erase


_holders: dict[str, Holder] = {}


def register(name: str, *, export: Export, erase: Erase) -> None:
    """`erase` takes the address, and by name `by` and `now`. Raises ValueError for a second holder of one name."""
    if name in _holders and _holders[name] != Holder(export, erase):
        raise ValueError(f"{name} is registered already")
    _holders[name] = Holder(export, erase)


def export(address: str) -> dict[str, list[dict[str, Any]]]:
    """All that is held of this address, by what it is; what holds nothing is left out."""
    found = {name: holder.export(address) for name, holder in _holders.items()}
    return {name: rows for name, rows in found.items() if rows}


def erase(address: str, *, by: Any, now: datetime) -> dict[str, int]:
    """Erase this address and what came with it, all or nothing; how many of each there were. A second time there are none."""
    with transaction.atomic():
        counts = {name: holder.erase(address, by=by, now=now) for name, holder in _holders.items()}
        counts["mails"] = forget(address)
    return {name: number for name, number in counts.items() if number}
