"""The registry of personal data, which each app fills and the privacy app reads.

An app declares every table with people in it in its module `personal_data`: how a person is found, what an export contains, what an
erasure removes, and how long the data is kept. tests/privacy/test_registry.py fails if a table is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Protocol

from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from core.search_text import search_text

# How to get a value from a row: the path of an attribute ("ballot.application.title"), or a function of the row.
Getter = str | Callable[[Any], Any]


class Erase(Protocol):
    def __call__(self, row: Any, /, *, by: Any, now: datetime) -> object: ...


@dataclass(frozen=True)
class Query:
    """A person to look for, as `typed`: a canonical email `address`, or else the folded `words` of a name.

    `earlier` are the labels and fields of the rows that had the address before.
    """

    typed: str
    address: str = ""
    words: tuple[str, ...] = ()
    earlier: frozenset[tuple[str, str]] = frozenset()

    def is_in(self, *names: str) -> bool:
        """Whether the names contain all words, in any order."""
        text = search_text(*names)
        return bool(self.words) and all(word in text for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Person:
    """One way in which a row holds a person.

    The person is found by `email` and `name`, compared in Python among the rows whose column `search_text` contains the words, or by
    `find` if the table is too large for that. With `part`, the row
    belongs to somebody else and only mentions the person; a row found for its owner is not found again. `outcome` says what an erasure
    removes, what stays, and why; `advice` says what a colleague should do first. Without `erase` the row stays unchanged. `history` is the
    row whose audit log records the erasure; omit it if `erase` logs it. `url` is the row's page in the admin, if it has one.
    """

    label: Callable[[Any], str]
    exported: Mapping[str, Getter]
    outcome: Any
    erase: Erase | None = None
    history: Getter | None = None
    email: Getter | None = None
    name: Getter | None = None
    search_text: str = ""
    find: Callable[[QuerySet[Any], Query], Iterable[Any]] | None = None
    part: bool = False
    advice: Callable[[Any], str] = lambda row: ""
    url: Callable[[Any], str] = lambda row: ""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long data is kept: for `period` after the event that `when` describes; without a period, as `when` says.

    `expired` gets `now` minus the period, and selects the rows that ended before. `erase` is called for each of them, or the columns in
    `clear` are set to their given values. With neither, `done_by` names the scheduled work that does it.
    """

    period: timedelta | None
    when: str
    expired: Callable[[datetime], Q] | None = None
    erase: Erase | None = None
    clear: Mapping[str, Any] | None = None
    done_by: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """A table with people in it: its `rows`, the `people` in them, and how long they are kept.

    `parts` are tables that are exported and erased with it. `section` is its name in an export; `permission` is needed to see it. A table
    without `people` is not searched, and `why_not_searched` says why. One run of the scheduled work erases at most `portion` rows.
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
    """Add tables to the registry. Raises ValueError if one is registered already."""
    for table in tables:
        if table.model in _tables:
            raise ValueError(f"{table.model._meta.label} is registered already")
        _tables[table.model] = table


def registered_tables() -> list[PersonalData]:
    return list(_tables.values())


def value(row: Any, getter: Getter) -> Any:
    return attrgetter(getter)(row) if isinstance(getter, str) else getter(row)


# Helpers for the declarations


def text(template: Any, **values: Getter) -> Callable[[Any], str]:
    """For `label`, `outcome` and `advice`: a translated sentence about a row, with `values` for its placeholders."""
    return lambda row: str(template) % {name: value(row, getter) for name, getter in values.items()}


def fields(*names: str, **others: Getter) -> dict[str, Getter]:
    """For `exported`: fields by name, and `others` under the names given here."""
    return {name: name for name in names} | others


def related(manager: str, *names: str) -> Callable[[Any], list[dict[str, Any]]]:
    """For `exported`: these fields of all rows of a related manager."""
    return lambda row: list(getattr(row, manager).values(*names))


def admin_url(name: str, pk: str = "pk") -> Callable[[Any], str]:
    return lambda row: reverse(name, args=(value(row, pk),))


def empty(*names: str) -> Erase:
    """For `erase`: set these text fields to ''. The row stays."""

    def erase(row: Any, /, *, by: Any, now: datetime) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(**dict.fromkeys(names, ""))

    return erase


def itself(row: Any) -> Any:
    """For `history`: the row itself."""
    return row
