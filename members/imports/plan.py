"""What an import would write: compared with what is stored, organisation by organisation. Nothing is written here.

An import adds and corrects, and empties nothing. Names, domains and countries of work are added to those that there are; a day of
confirmation never goes back.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.imports.cells import agrees
from core.imports.columns import Problem
from core.spreadsheets import Option, Unsettled
from members.identity.keys import organisation_key
from members.membership.workflow import MAX_CONTACTS
from members.models import Contact, Membership, Organisation, Seat
from members.organisations.matching import add_names_and_domains
from members.states import Category, ContactRole

from .columns import MEMBERSHIP
from .groups import Group, Said, group
from .reader import MARK, Entry, MembersTable
from .similar import Candidate, Recogniser

CATEGORY, NONE = "category", "none"
NEW, SKIP = "new", "skip"
PORTION = 500
# Columns of the file whose fields have other names.
_FIELDS = {"contact_name": "name", "seat_since": "since", "seat_until": "until"}
_LISTS = ("aliases", "more_domains", "countries_of_work")


class Status(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Write:
    """A row to create (`pk` is None), or the fields of one to change; values as JSON."""

    model: str
    line: int
    pk: int | None
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass
class Outcome:
    """What becomes of an organisation in the file."""

    group: Group
    status: Status
    organisation: Organisation | None = None
    candidates: list[Candidate] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.organisation.name if self.organisation else self.group.name


@dataclass(frozen=True)
class Plan:
    """All that an import would do, in the order of the file."""

    table: MembersTable
    outcomes: list[Outcome]
    repeated: list[tuple[Entry, int]]

    def with_status(self, status: str) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status == status]

    @property
    def rejected(self) -> list[Entry]:
        return [entry for entry in self.table.entries if entry.problems]

    @property
    def writes(self) -> list[tuple[Outcome, Write]]:
        return [(outcome, write) for outcome in self.outcomes for write in outcome.writes]

    @property
    def fingerprint(self) -> str:
        """The same for the same writes, to notice what has changed since the preview."""
        told = [[outcome.organisation.pk if outcome.organisation else None, vars(write)] for outcome, write in self.writes]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def make_plan(table: MembersTable, *, choices: Mapping[str, str], category: str = "") -> Plan:
    """Compare the table with what is stored. `choices` say, by the line of an organisation, what was chosen where it is in doubt.

    Raises Unsettled (CATEGORY) if the file brings new organisations and does not say what they are.
    """
    groups, repeated = group(table)
    outcomes = _recognise(groups, choices, table)
    if not category and not table.says(MEMBERSHIP) and any(outcome.status == Status.NEW for outcome in outcomes):
        options = [*(Option(value, str(label)) for value, label in Category.choices), Option(NONE, _("Neither: only record them"))]
        raise Unsettled(_("The file brings new organisations and does not say what they are."), CATEGORY, options)
    by_default = category if not table.says(MEMBERSHIP) and category in Category.values else ""
    names = set(Organisation.objects.values_list("name", flat=True))
    waiting = iter([outcome for outcome in outcomes if outcome.status in (Status.NEW, Status.UNCHANGED)])
    while portion := list(islice(waiting, PORTION)):
        stored = _Stored([outcome.organisation for outcome in portion if outcome.organisation])
        for outcome in portion:
            _write(outcome, stored, names, table, by_default)
    return Plan(table, [outcome for outcome in outcomes if not _is_rejected(outcome, table)], repeated)


def _is_rejected(outcome: Outcome, table: MembersTable) -> bool:
    """Whether a row of the organisation has a problem: then it is corrected with all its rows."""
    wrong = [entry.line for entry in outcome.group.entries if entry.problems]
    for entry in outcome.group.entries if wrong else ():
        if not entry.problems:
            text = _("Row %(row)d of the same organisation has a problem.") % {"row": wrong[0]}
            entry.problems.append(Problem(table.heading("name"), text))
    return bool(wrong)


# Which organisation


def _recognise(groups: list[Group], choices: Mapping[str, str], table: MembersTable) -> list[Outcome]:
    stored = {row.pk: row for row in Organisation.objects.order_by("name")}
    recogniser = Recogniser(stored.values())
    outcomes: dict[int, Outcome] = {}
    for found in groups:
        certain, candidates = recogniser.find(found)
        chosen = choices.get(str(found.line), "")
        if chosen not in (NEW, SKIP, *(candidate.choice for candidate in candidates)):
            chosen = ""
        choice = certain.choice if certain and chosen != SKIP else chosen
        kind, _colon, number = choice.partition(":")
        if kind == "row" and int(number) in outcomes:
            outcomes[int(number)].group.take_in(found, table)
            continue
        if kind == "org":
            outcomes[found.line] = Outcome(found, Status.UNCHANGED, stored[int(number)], candidates)
            continue
        status = Status.SKIPPED if choice == SKIP else Status.DOUBTFUL if candidates and choice != NEW else Status.NEW
        outcomes[found.line] = Outcome(found, status, None, candidates)
        recogniser.add(found)
    return list(outcomes.values())


class _Stored:
    """The memberships, contacts and seats of some organisations, in three queries."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        pks = [organisation.pk for organisation in organisations]
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        self.contacts: dict[int, list[Contact]] = defaultdict(list)
        self.seats: dict[int, list[Seat]] = defaultdict(list)
        for rows, into in ((Membership, self.memberships), (Contact, self.contacts), (Seat, self.seats)):
            for row in rows._default_manager.filter(organisation__in=pks).order_by("pk") if pks else ():
                into[row.organisation_id].append(row)


# What to write


def _write(outcome: Outcome, stored: _Stored, names: set[str], table: MembersTable, by_default: str) -> None:
    found, pk = outcome.group, outcome.organisation.pk if outcome.organisation else 0
    if outcome.organisation:
        writes = _changed_organisation(outcome.organisation, found)
    else:
        _ask_for_country(found, table)
        writes = [Write("organisation", found.line, None, {}, _new_organisation(found, names))]
    memberships = found.memberships
    if by_default and not memberships and not stored.memberships[pk]:
        memberships = [Said(found.line, {"category": by_default})]
    writes += _terms("membership", memberships, stored.memberships[pk])
    _refuse_overlaps(found, writes, stored.memberships[pk], table)
    writes += _contacts(found, stored.contacts[pk], table)
    writes += _terms("seat", found.seats, stored.seats[pk])
    outcome.writes = writes
    if outcome.organisation:
        outcome.status = Status.CHANGED if writes else Status.UNCHANGED
    _check_lengths(found, writes, table)


def _ask_for_country(found: Group, table: MembersTable) -> None:
    """That a new organisation works worldwide is said, and never taken from an empty cell. (A table without the column says nothing.)"""
    if "country" in table.columns and "country" not in found.organisation:
        text = _("Write the country where the organisation is based, or “Worldwide”.")
        found.entries[0].problems.append(Problem(table.heading("country"), text))


def _new_organisation(found: Group, names: set[str]) -> dict[str, Any]:
    values = {name: "\n".join(value) if name in ("aliases", "more_domains") else value for name, value in found.organisation.items()}
    country = str(values.get("country", ""))
    tries = (values["name"], *([f"{values['name']} ({country})"] if country else []))
    numbered = (f"{values['name']} ({number})" for number in range(2, 10_000))
    values["name"] = next(name for name in (*tries, *numbered) if name not in names) if values["name"] in names else values["name"]
    names.add(values["name"])
    return values


def _changed_organisation(stored: Organisation, found: Group) -> list[Write]:
    said = found.organisation
    wanted = Organisation(
        name=stored.name, acronym=stored.acronym, aliases=stored.aliases, more_domains=stored.more_domains, website=stored.website
    )
    known = {organisation_key(name, "", "") for name in (stored.name, *stored.other_names)}
    own = [] if organisation_key(found.name, "", "") in known else [found.name]
    add_names_and_domains(wanted, names=[*own, *said.get("aliases", ())], websites=said.get("more_domains", []))
    after: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("aliases", "more_domains") if name in said or (name == "aliases" and own)
    }
    codes = [country.code for country in stored.countries_of_work]
    if "countries_of_work" in said:
        after["countries_of_work"] = sorted({*codes, *said["countries_of_work"]})
    after |= {name: value for name, value in said.items() if name not in (*_LISTS, "name", "website") and value != ""}
    if "website" in said and _same_page(said["website"]) != _same_page(stored.website):
        after["website"] = said["website"]
    before = {name: codes if name == "countries_of_work" else _stored_value(stored, name) for name in after}
    return _difference("organisation", found.line, stored.pk, before, after)


def _same_page(website: str) -> str:
    return website.casefold().rstrip("/").removeprefix("http://").removeprefix("https://").removeprefix("www.")


def _stored_value(row: Any, name: str) -> Any:
    value = getattr(row, name)
    if name in ("aliases", "more_domains"):
        return "\n".join(line.strip() for line in value.splitlines() if line.strip())
    if name == "summary":
        return "\n".join(line.strip() for line in value.strip().splitlines())
    return str(value or "") if name == "country" else value


def _difference(model: str, line: int, pk: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Write]:
    changed = {name: value for name, value in after.items() if before[name] != value}
    return [Write(model, line, pk, _as_json({name: before[name] for name in changed}), _as_json(changed))] if changed else []


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


# Memberships and seats


def _terms(model: str, items: list[Said], stored: list[Any]) -> list[Write]:
    """Each item is matched to one stored term, the best first; what is left is new."""
    writes, free = [], list(stored)
    for item in items:
        values = {_FIELDS.get(name, name): value for name, value in item.values.items() if name != MARK}
        same = max(free, key=lambda term: _likeness(term, values), default=None)
        if same is None or not _likeness(same, values):
            writes.append(Write(model, item.line, None, {}, _as_json(values)))
            continue
        free.remove(same)
        after = {name: value for name, value in values.items() if not _says_no_more(name, value, getattr(same, name))}
        writes += _difference(model, item.line, same.pk, {name: getattr(same, name) for name in after}, after)
    return writes


def _refuse_overlaps(found: Group, writes: list[Write], stored: list[Any], table: MembersTable) -> None:
    """A new membership must not run beside another one."""
    changed = {write.pk: write.after for write in writes if write.model == "membership" and write.pk}
    spans = [{**_as_json({"since": term.since, "until": term.until}), **changed.get(term.pk, {})} for term in stored]
    for write in writes:
        if write.model != "membership" or write.pk:
            continue
        if other := next((span for span in spans if _overlap(span, write.after)), None):
            entry = next(entry for entry in found.entries if entry.line == write.line)
            text = _("The organisation has another membership in the same time, since %(since)s. Write when one of the two ended or began.")
            entry.problems.append(Problem(table.heading("category"), text % {"since": other.get("since") or "…"}))
        spans.append(write.after)


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two spans of days in ISO 8601 have more than a day in common."""
    begins, ends = (one.get("since") or "", other.get("since") or ""), (one.get("until") or "9", other.get("until") or "9")
    return begins[1] < ends[0] and begins[0] < ends[1]


def _says_no_more(name: str, said: Any, stored: Any) -> bool:
    """Whether what is said is stored already, perhaps more exactly."""
    if name == "confirmed_on":
        return stored is not None and (agrees(said, stored) or said < stored)
    return agrees(said, stored) if isinstance(said, date) else said == stored


def _likeness(term: Any, said: Mapping[str, Any]) -> int:
    """How well a stored membership or seat fits what is said; 0 if it is another one."""
    since, until = said.get("since"), said.get("until")
    same_start = since is not None and agrees(since, term.since)
    same_category = said.get("category", getattr(term, "category", None)) == getattr(term, "category", None)
    overlaps = not (until and term.since and until < term.since) and not (since and term.until and since > term.until)
    if not overlaps:
        return 0
    if same_start:
        return 8 + 4 * same_category
    if hasattr(term, "category"):
        is_open = term.until is None
        is_same = same_category or (is_open and not since and not until)  # without a day, the current one has another category
        return (1 + is_open + 4 * same_category) * is_same
    is_other_term = since is not None and term.since is not None and _names_another(term, said)
    return 0 if is_other_term else 1 + (term.until is None)


def _names_another(seat: Any, said: Mapping[str, Any]) -> bool:
    """Whether the seat is said to be held by somebody else: with another beginning it is another term."""
    name = said.get("person_name")
    return bool(name and seat.person_name and organisation_key(name, "", "") != organisation_key(seat.person_name, "", ""))


# Contacts


def _contacts(found: Group, stored: list[Contact], table: MembersTable) -> list[Write]:
    by_address = {contact.address_key: contact for contact in stored}
    entries = {entry.line: entry for entry in found.entries}
    writes = []
    for key, said in found.contacts.items():
        values = {_FIELDS.get(name, name): value for name, value in said.values.items() if name not in ("contact_for", "email")}
        if "contact_for" in said.values:
            values |= {role: role in said.values["contact_for"] for role in ContactRole.values}
        contact = by_address.get(key)
        if contact:
            writes += _difference("contact", said.line, contact.pk, {name: getattr(contact, name) for name in values}, values)
        elif "name" not in values:
            text = _("A new contact needs a name. For a shared mailbox, write the name of the organisation.")
            entries[said.line].problems.append(Problem(table.heading("contact_name"), text))
        else:
            writes.append(Write("contact", said.line, None, {}, {**values, "email": said.values["email"]}))
    if len(stored) + sum(write.pk is None for write in writes) > MAX_CONTACTS:
        text = _("With these, the organisation has more than %(most)d contacts. Leave out some.") % {"most": MAX_CONTACTS}
        found.entries[0].problems.append(Problem(table.heading("email"), text))
    return writes


def _check_lengths(found: Group, writes: list[Write], table: MembersTable) -> None:
    """Lists that are gathered from several rows must fit too."""
    for write in writes:
        for name in ("aliases", "more_domains") if write.model == "organisation" else ():
            if len(write.after.get(name, "")) > 1000:
                text = _("All of these together have more than %(most)d characters. Leave out some.") % {"most": 1000}
                found.entries[0].problems.append(Problem(table.heading(name), text))
    for write in writes:
        since, until = write.after.get("since"), write.after.get("until")
        if write.model in ("membership", "seat") and since and until and until < since:
            found.entries[0].problems.append(Problem(table.heading("until"), _("This is before it began.")))
