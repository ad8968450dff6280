"""What the site stores about people: the registry that each app fills and the privacy app reads.

An app declares in its module `personal_data` every table that holds a person: how they are found, what they are given as an export, what
an erasure takes away, and how long it is kept. tests/privacy/test_registry.py fails when a table is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Protocol

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

# What something of a row is: the path of an attribute ("ballot.application.title"), or a function of the row.
Getter = str | Callable[[Any], Any]


class Erase(Protocol):
    def __call__(self, row: Any, /, *, by: Any, now: datetime) -> object: ...


@dataclass(frozen=True)
class Query:
    """A person to look for, as somebody `typed` them: an `address` in its canonical form, or else a `name`, folded."""

    typed: str
    address: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One way in which a row holds a person.

    They are found by `email` and `name`, compared in Python, or by `find` where a table is too large for that. With `part` the row is
    somebody else's and only names them: who is found as its owner is not found a second time. `outcome` tells what an erasure takes
    away, what stays, and why; `advice` what a colleague should do before. Without `erase` the row stays as it is. `history` is the row
    whose audit log notes an erasure; leave it out where `erase` logs by itself. `url` is the row's page in the admin, if it has one.
    """

    label: Callable[[Any], str]
    exported: Mapping[str, Getter]
    outcome: Any
    erase: Erase | None = None
    history: Getter | None = None
    email: Getter | None = None
    name: Getter | None = None
    find: Callable[[QuerySet[Any], Query], Iterable[Any]] | None = None
    part: bool = False
    advice: Callable[[Any], str] = lambda row: ""
    url: Callable[[Any], str] = lambda row: ""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long something is kept: for `period` after what `when` says; without a period, as long as `when` says.

    `expired` selects the rows that have come to their end before a moment, `now` less the period. Then `erase` is called for each of them,
    or the columns in `clear` are emptied in all. With neither, other scheduled work does it: `done_by` names it.
    """

    period: timedelta | None
    when: str
    expired: Callable[[datetime], Q] | None = None
    erase: Erase | None = None
    clear: Mapping[str, Any] | None = None
    done_by: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """A table with people in it: of its `rows`, who the `people` are and how long they are kept.

    `parts` are tables that are exported and erased with it. `section` is its name in an export; `permission` is needed to see it. A table
    without `people` is not searched: `why_not_searched` says why. `portion` rows at most are erased in one run of the scheduled work.
    """

    rows: QuerySet[Any]
    retention: tuple[Retention, ...]
    people: tuple[Person, ...] = ()
    section: str = ""
    permission: str = ""
    parts: tuple[type[Model], ...] = ()
    why_not_searched: str = ""
    portion: int = 200

    @property
    def model(self) -> type[Model]:
        return self.rows.model


_tables: dict[type[Model], PersonalData] = {}


def register(*tables: PersonalData) -> None:
    """Raises ValueError for a second declaration of one table."""
    for table in tables:
        if table.model in _tables:
            raise ValueError(f"{table.model._meta.label} is registered already")
        _tables[table.model] = table


def registered_tables() -> list[PersonalData]:
    return list(_tables.values())


def value(row: Any, getter: Getter) -> Any:
    return attrgetter(getter)(row) if isinstance(getter, str) else getter(row)


# Words for the declarations


def text(template: Any, **values: Getter) -> Callable[[Any], str]:
    """A translated sentence about a row: `values` fill its placeholders."""
    return lambda row: str(template) % {name: value(row, getter) for name, getter in values.items()}


def fields(*names: str, **others: Getter) -> dict[str, Getter]:
    """For `exported`: fields under their own names, and anything else under the name that is given to it."""
    return {name: name for name in names} | others


def related(manager: str, *names: str) -> Callable[[Any], list[dict[str, Any]]]:
    """For `exported`: of all rows of a related manager, these fields."""
    return lambda row: list(getattr(row, manager).values(*names))


def admin_url(name: str, pk: str = "pk") -> Callable[[Any], str]:
    return lambda row: reverse(name, args=(value(row, pk),))


def empty(*names: str) -> Erase:
    """For `erase`: the text of these fields goes, the row stays."""

    def erase(row: Any, /, *, by: Any, now: datetime) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(**dict.fromkeys(names, ""))

    return erase


def itself(row: Any) -> Any:
    """For `history`: the audit log of the row."""
    return row
