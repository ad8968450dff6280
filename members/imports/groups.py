"""What a table says of each organisation, gathered from all of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core.imports.columns import Problem
from core.mail.addresses import canonical_address
from members.identity.keys import organisation_key

from .reader import Entry, MembersTable, split_entry


@dataclass
class Said:
    """What rows say of one membership, contact or seat, and the first of these rows."""

    line: int
    values: dict[str, Any]


@dataclass
class Group:
    """What the rows of one organisation say."""

    entries: list[Entry]
    organisation: dict[str, Any] = field(default_factory=dict)
    memberships: list[Said] = field(default_factory=list)
    contacts: dict[str, Said] = field(default_factory=dict)
    seats: list[Said] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.entries[0].line

    @property
    def lines(self) -> list[int]:
        return [entry.line for entry in self.entries]

    @property
    def name(self) -> str:
        return str(self.organisation["name"])

    def take_in(self, other: "Group", table: MembersTable) -> None:
        """Add the rows of another group, which are said to be of the same organisation under another name."""
        for entry in other.entries:
            entry.values["aliases"] = [*entry.values.get("aliases", ()), entry.name]
            _add(self, entry, table, name_is_known=True)


def group(table: MembersTable) -> tuple[list[Group], list[tuple[Entry, int]]]:
    """The organisations in the file, in its order; and rows that repeat an earlier one, each with the line of that.

    A row that contradicts an earlier one of its organisation gets a problem. Rows with problems are in no group.
    """
    groups: dict[str, Group] = {}
    repeated, seen = [], dict[tuple[str, ...], int]()
    for entry in table.entries:
        if entry.problems:
            continue
        cells = tuple(entry.row.cells.values())
        if cells in seen:
            repeated.append((entry, seen[cells]))
            continue
        seen[cells] = entry.line
        key = organisation_key(entry.name, "", "")
        found = groups.setdefault(key, Group([]))
        _add(found, entry, table)
    return [found for found in groups.values() if found.entries], repeated


def _add(found: Group, entry: Entry, table: MembersTable, *, name_is_known: bool = False) -> None:
    parts = split_entry(entry)
    if name_is_known or found.entries:
        parts["organisation"].pop("name", None)
    entry.problems += _contradictions(found, parts, table)
    if entry.problems:
        return
    found.entries.append(entry)
    for name, value in parts["organisation"].items():
        gathered = found.organisation.get(name, ())
        found.organisation[name] = list(dict.fromkeys([*gathered, *value])) if isinstance(value, list) else value
    _merge(found.memberships, parts["membership"], entry.line)
    _merge(found.seats, parts["seat"], entry.line)
    if contact := parts["contact"]:
        said = found.contacts.setdefault(canonical_address(contact["email"]), Said(entry.line, {}))
        said.values |= contact


def _merge(items: list[Said], values: dict[str, Any], line: int) -> None:
    """Add what a row says to the membership or seat that it does not contradict, else as another one."""
    if not values:
        return
    for item in items:
        if all(item.values.get(name, value) == value for name, value in values.items()):
            item.values |= values
            return
    items.append(Said(line, dict(values)))


def _contradictions(found: Group, parts: Mapping[str, Mapping[str, Any]], table: MembersTable) -> list[Problem]:
    message = _(
        "Row %(row)d says of the same organisation: %(value)s. Correct one of the two, or tell the organisations apart by their names."
    )
    problems = []
    for name, value in parts["organisation"].items():
        before = found.organisation.get(name, value)
        if before != value and not isinstance(value, list):
            problems.append(Problem(table.heading(name), message % {"row": found.line, "value": before}))
    contact = parts["contact"]
    said = found.contacts.get(canonical_address(contact["email"])) if contact else None
    same = _("Row %(row)d says of the same address: %(value)s. Correct one of the two.")
    for name, value in contact.items():
        before = said.values.get(name, value) if said else value
        if said and name != "email" and before != value and not isinstance(value, list):
            problems.append(Problem(table.heading(name), same % {"row": said.line, "value": before}))
    return problems
