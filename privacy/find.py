"""Finding all data of a person by email address or name (GDPR, Article 15)."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.mail.addresses import canonical_address
from core.mail.earlier_addresses import forget_earlier, label, recipients_among_earlier, rows_that_had
from core.models import OutgoingMail
from core.personal_data import Person, PersonalData, Query, registered_tables, value
from core.search_text import containing, query_words

MAX_FOUND = 100


@dataclass(frozen=True)
class Found:
    """A row with data of the person. It is shown before an erasure, and then erased."""

    row: Any
    table: PersonalData
    person: Person
    by_earlier_address: bool = False

    @property
    def key(self) -> str:
        return label(self.row)

    @property
    def label(self) -> str:
        label = self.person.label(self.row)
        return _("%(label)s (found by an earlier address)") % {"label": label} if self.by_earlier_address else label

    @property
    def address(self) -> str:
        """The address that it has now; '' without one."""
        return str(value(self.row, self.person.email) or "") if self.person.email is not None else ""

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
        """The exported values, ready for JSON."""
        return {name: _plain(value(self.row, getter)) for name, getter in self.person.exported.items()}

    def erase(self, *, by: Any, now: datetime) -> bool:
        """Erase the data. False if the row is kept unchanged."""
        if self.person.erase is None:
            return False
        field = field_of(self.row, self.person)
        self.person.erase(self.row, by=by, now=now)
        if field is not None:
            forget_earlier(*field)
        if self.person.history is not None:
            log(value(self.row, self.person.history), f"{self.row._meta.app_label}.erase", user=by)
        return True


def permissions() -> frozenset[str]:
    """The permissions to see all tables, which are needed to find all data of a person."""
    return frozenset(table.permission for table in registered_tables() if table.people)


def is_address(typed: str) -> bool:
    return "@" in typed


def find(typed: str) -> dict[str, list[Found]]:
    """The rows for an address or a name, by section: at most MAX_FOUND in each, without empty sections."""
    query = _query(typed)
    sections: dict[str, list[Found]] = {}
    for table in registered_tables():
        section = sections.setdefault(table.section, [])
        section.extend(islice(_in_table(table, query), MAX_FOUND - len(section)))
    return {name: found for name, found in sections.items() if found}


def find_chosen(typed: str, keys: Collection[str] | None) -> list[tuple[str, Found]]:
    """The rows that `find` finds, or only those with these `keys`, each with its section."""
    everything = [(section, one) for section, found in find(typed).items() for one in found]
    return [(section, one) for section, one in everything if keys is None or one.key in keys]


def spellings(address: str) -> list[str]:
    """All spellings of this address among recipients of emails: with other capitals, or with a plus."""
    key = canonical_address(address)
    similar = OutgoingMail.objects.filter(recipient__istartswith=key[:1]).values_list("recipient", flat=True).distinct()
    return [address for address in similar if address and canonical_address(address) == key]


def addresses_of(typed: str, found: Collection[Found]) -> list[str]:
    """All recipients of emails to this person: the address in all its spellings, and the others that the rows have or had."""
    if not is_address(typed):
        return []
    others = {address for one in found if one.by_earlier_address for address in spellings(one.address)}
    earlier = recipients_among_earlier(filter(None, (field_of(one.row, one.person) for one in found)))
    return sorted({*spellings(typed), *others, *earlier})


def field_of(row: Any, person: Person) -> tuple[str, str] | None:
    """Label and field that hold the address of a person, which may be those of a related row."""
    if not isinstance(person.email, str):
        return None
    path, _dot, name = person.email.rpartition(".")
    owner = value(row, path) if path else row
    return (label(owner), name) if owner is not None else None


def _query(typed: str) -> Query:
    if is_address(typed):
        return Query(typed, address=canonical_address(typed), earlier=rows_that_had(typed))
    return Query(typed, words=tuple(query_words(typed)))


def _in_table(table: PersonalData, query: Query) -> Iterator[Found]:
    owned = set()
    for person in table.people:
        for row in _rows(table, person, query):
            if not person.part:
                owned.add(row.pk)
            elif row.pk in owned:
                continue
            by_earlier = bool(query.address) and field_of(row, person) in query.earlier and not _has(row, person, query)
            yield Found(row, table, person, by_earlier)


def _rows(table: PersonalData, person: Person, query: Query) -> Iterable[Any]:
    """Addresses are compared in Python, by default with all rows: there are hundreds, and canonical addresses are not stored."""
    rows = table.rows.order_by("pk")
    if person.find:
        return person.find(rows, query)
    if query.words and person.search_text:  # and those whose text is still to be filled
        rows = rows.filter(containing(person.search_text, query.words) | Q(**{person.search_text: ""}))
    return (row for row in rows.iterator() if _is_of(row, person, query))


def _is_of(row: Any, person: Person, query: Query) -> bool:
    """Whether the mailbox is the same, or the name contains the words searched for."""
    if query.address:
        return person.email is not None and (_has(row, person, query) or field_of(row, person) in query.earlier)
    return person.name is not None and query.is_in(str(value(row, person.name) or ""))


def _has(row: Any, person: Person, query: Query) -> bool:
    return person.email is not None and canonical_address(value(row, person.email)) == query.address


def _plain(exported: Any) -> Any:
    """Countries by their codes, other values unchanged."""
    if isinstance(exported, Iterable) and not isinstance(exported, str | dict):
        return [_plain(one) for one in exported]
    return str(exported.code or "") if hasattr(exported, "code") else exported
