"""Everything that is stored about one person, found by their email address or their name (GDPR, Article 15)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.models import OutgoingMail
from core.personal_data import Person, PersonalData, Query, registered_tables, value
from core.search_words import fold

MOST_FOUND = 100


@dataclass(frozen=True)
class Found:
    """A person in a row of a table. What is shown before an erasure is what is erased, because both are this."""

    row: Any
    table: PersonalData
    person: Person

    @property
    def key(self) -> str:
        return f"{self.row._meta.label_lower}:{self.row.pk}"

    @property
    def label(self) -> str:
        return self.person.label(self.row)

    @property
    def outcome(self) -> str:
        outcome = self.person.outcome
        return str(outcome(self.row) if callable(outcome) else outcome)

    @property
    def advice(self) -> str:
        return self.person.advice(self.row)

    @property
    def url(self) -> str:
        return self.person.url(self.row)

    def export(self) -> dict[str, Any]:
        """All of it, ready for JSON."""
        return {name: _plain(value(self.row, getter)) for name, getter in self.person.exported.items()}

    def erase(self, *, by: Any, now: datetime) -> bool:
        """False when it stays as it is."""
        if self.person.erase is None:
            return False
        self.person.erase(self.row, by=by, now=now)
        if self.person.history is not None:
            log(value(self.row, self.person.history), f"{self.row._meta.app_label}.erase", user=by)
        return True


def permissions() -> frozenset[str]:
    """All of them: whoever answers for one person has to see every table."""
    return frozenset(table.permission for table in registered_tables() if table.people)


def is_address(typed: str) -> bool:
    return "@" in typed


def find(typed: str) -> dict[str, list[Found]]:
    """What is stored of an address, or by a name, by section; at most MOST_FOUND in each, and an empty section is left out."""
    query = _query(typed)
    sections: dict[str, list[Found]] = {}
    for table in registered_tables():
        section = sections.setdefault(table.section, [])
        section.extend(islice(_in_table(table, query), MOST_FOUND - len(section)))
    return {name: found for name, found in sections.items() if found}


def chosen_of(typed: str, keys: Collection[str] | None) -> list[tuple[str, Found]]:
    """What `find` finds, or of it the `keys`, each with its section."""
    everything = [(section, one) for section, found in find(typed).items() for one in found]
    return [(section, one) for section, one in everything if keys is None or one.key in keys]


def spellings(address: str) -> list[str]:
    """The ways in which this address is written on emails: with other capitals, or with a plus."""
    key = canonical_address(address)
    similar = OutgoingMail.objects.filter(recipient__istartswith=key[:1]).values_list("recipient", flat=True).distinct()
    return [written for written in similar if written and canonical_address(written) == key]


def _query(typed: str) -> Query:
    if is_address(typed):
        return Query(typed, address=canonical_address(typed))
    return Query(typed, name=" ".join(fold(typed).split()))


def _in_table(table: PersonalData, query: Query) -> Iterator[Found]:
    owned = set()
    for person in table.people:
        for row in _rows(table, person, query):
            if not person.part:
                owned.add(row.pk)
            elif row.pk in owned:
                continue
            yield Found(row, table, person)


def _rows(table: PersonalData, person: Person, query: Query) -> Iterable[Any]:
    """By default all rows are looked at: there are hundreds, not thousands, and no column for each spelling of an address."""
    rows = table.rows.order_by("pk")
    return person.find(rows, query) if person.find else (row for row in rows if _is_of(row, person, query))


def _is_of(row: Any, person: Person, query: Query) -> bool:
    """The same mailbox; or a part of the name, because names outlive addresses."""
    if query.address:
        return person.email is not None and canonical_address(value(row, person.email)) == query.address
    return bool(query.name) and person.name is not None and query.name in fold(value(row, person.name))


def _plain(exported: Any) -> Any:
    """Countries by their codes; anything else as it is."""
    if isinstance(exported, Iterable) and not isinstance(exported, str | dict):
        return [_plain(one) for one in exported]
    return str(exported.code or "") if hasattr(exported, "code") else exported
