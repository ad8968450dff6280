"""Read a table of members, row by row, and gather what it says of each organisation. Nothing is compared with what is stored, or written.

A cell that is empty says nothing: it changes nothing, and so does a column that is not there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.dates import site_today
from core.forms.cleaning import clean_line
from core.forms.validators import validate_line, validate_line_or_number
from core.imports.cells import AmbiguousDay, ask_date_order, choice_parser, parse_day, parse_yes_no
from core.imports.columns import Problem, cell_of, faults_of, find_columns, known_headings, require
from core.mail.form_fields import EmailAddressField, WebsiteField
from core.search_words import fold
from core.spreadsheets import Row, Table, UnreadableTable, normalise_heading, read_table
from members.identity.countries import parse_country
from members.identity.form_fields import CountriesField, PhoneField, YearField
from members.identity.keys import web_domain
from members.states import Category, ContactRole, MembershipStatus, OrganisationKind

from .columns import BY_NAME, COLUMNS, CONTACT, MEMBERSHIP, ORGANISATION, SEAT

MAX_ROWS = 5_000
DAYS = ("since", "until", "confirmed_on", "seat_since", "seat_until")
_GLOBAL = ("global", "worldwide", "international", "world")
_ROLES_ONLY = ("founding", "steering")  # beside a category, in the directory's file
_SPLIT = re.compile(r"\s*[;\n|]\s*")
_SPLIT_ROLES = re.compile(r"\s*[;,/\n|]\s*")
# In what a row says of a membership or seat: that there is one, even if nothing more is known of it.
MARK = "is_there"
# What a spreadsheet program makes of a long number that it takes for one.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass
class Entry:
    """A row of the file: what it says by column, or what is wrong with it."""

    row: Row
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.row.line

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    def said(self, columns: tuple[Any, ...]) -> dict[str, Any]:
        """What it says in these columns."""
        return {column.name: self.values[column.name] for column in columns if column.name in self.values}


@dataclass(frozen=True)
class MembersTable:
    """The table, its columns by name with their headings, and its rows."""

    table: Table
    columns: dict[str, str]
    entries: list[Entry]

    def says(self, columns: tuple[Any, ...]) -> bool:
        """Whether it has any of these columns."""
        return any(column.name in self.columns for column in columns)

    def heading(self, name: str) -> str:
        """The heading of a column as in the file."""
        return self.columns.get(name, BY_NAME[name].heading)


def open_members(raw: bytes, settled: Mapping[str, str]) -> tuple[Table, dict[str, str]]:
    """The table and its columns. Raises UnreadableTable, saying what to do, and Unsettled for what has to be asked first."""
    table = read_table(raw, most_rows=MAX_ROWS, known=known_headings(COLUMNS), settled=settled)
    found = find_columns(table, COLUMNS)
    if "name" not in found and normalise_heading(found.get("contact_name", "")) == "name":
        found["name"] = found.pop("contact_name")  # as in the directory's own file
    require(found, COLUMNS[0], table)
    if "contact_name" in found and "email" not in found:
        raise UnreadableTable(_("There are contacts, but no column “contact email”. Contacts are told apart by their email addresses."))
    if not settled.get("date_order"):
        ask_date_order(cell_of(row, found[name]) for row in table.rows for name in DAYS if name in found)
    return table, found


def read_members(raw: bytes, settled: Mapping[str, str]) -> MembersTable:
    """Check every row. Raises like `open_members`."""
    table, columns = open_members(raw, settled)
    parsers = _parsers(settled.get("date_order", ""))
    return MembersTable(table, columns, [_entry(row, columns, parsers) for row in table.rows if not _is_example(row, columns)])


def _is_example(row: Row, columns: Mapping[str, str]) -> bool:
    """Whether it is the example of the template, left in the file."""
    return len(columns) == len(COLUMNS) and all(cell_of(row, heading) == BY_NAME[name].example for name, heading in columns.items())


def _entry(row: Row, columns: Mapping[str, str], parsers: Mapping[str, Callable[[str], Any]]) -> Entry:
    entry = Entry(row, problems=faults_of(row, dict(columns)))
    for name, heading in columns.items():
        text = cell_of(row, heading)
        if not clean_line(text):
            continue
        try:
            entry.values[name] = parsers[name](text)
        except ValidationError as error:
            entry.problems.append(Problem(heading, " ".join(error.messages)))
    if "name" not in entry.values and not any(problem.heading == columns["name"] for problem in entry.problems):
        entry.problems.append(Problem(columns["name"], _("It is missing. Every row needs the name of the organisation.")))
    _check(entry, columns)
    return entry


def _check(entry: Entry, columns: Mapping[str, str]) -> None:
    """What the cells of a row say together."""
    values = entry.values

    def refuse(name: str, text: str) -> None:
        entry.problems.append(Problem(columns.get(name, BY_NAME[name].heading), text))

    for begin, end in (("since", "until"), ("seat_since", "seat_until")):
        if begin in values and end in values and values[end] < values[begin]:
            refuse(end, _("This is before it began."))
    if reason := _why_state_is_wrong(values, columns):
        refuse(*reason)
    if values.get("confirmed_on") and values["confirmed_on"] > site_today():
        refuse("confirmed_on", _("This day is still to come."))
    is_contact = any(name in values for name in ("contact_name", "position", "phone", "contact_for"))
    if is_contact and "email" not in values and not any(problem.heading == columns.get("email") for problem in entry.problems):
        refuse("email", _("A contact needs an email address. Add it, or empty the cells of the contact."))


def _why_state_is_wrong(values: Mapping[str, Any], columns: Mapping[str, str]) -> tuple[str, str] | None:
    """The column and the reason, if the state of a membership is not what its dates say."""
    state, until = values.get("state"), values.get("until")
    has_ended = until is not None and until < site_today()
    if state is None or (state == MembershipStatus.ENDED) == has_ended:
        return None
    if has_ended:
        return "state", _("The membership ended on the day in “%(until)s”. Correct one of the two.") % {"until": columns["until"]}
    if until is None:
        return "until", _("The membership has ended: write the day, or the year, on which it did.")
    return "until", _("The membership has ended, but this day is still to come.")


def split_entry(entry: Entry) -> dict[str, dict[str, Any]]:
    """What a row says of the organisation, its membership, a contact and its seat."""
    membership, seat = entry.said(MEMBERSHIP), entry.said(SEAT)
    is_member = bool(membership)
    membership.pop("state", None)
    is_seated = seat.pop("on_committee", None) or bool(seat)
    return {
        "organisation": entry.said(ORGANISATION),
        "membership": {**membership, MARK: True} if is_member else {},
        "contact": entry.said(CONTACT),
        "seat": {**seat, MARK: True} if is_seated else {},
    }


# Cells


def _line(most: int, validate: Callable[[str], None] = validate_line) -> Callable[[str], str]:
    def parse(text: str) -> str:
        line = clean_line(text)
        validate(line)
        if len(line) > most:
            raise ValidationError(_("This has %(length)d characters; at most %(most)d fit.") % {"length": len(line), "most": most})
        return line

    return parse


def _names(text: str) -> list[str]:
    names = [clean_line(name) for name in _SPLIT.split(text)]
    names = [name for name in names if name]
    for name in names:
        _line(160)(name)
    return names


def _domains(text: str) -> list[str]:
    found = {part: web_domain(part) for part in re.split(r"[;,\s|]+", text) if part}
    if wrong := [part for part, domain in found.items() if not domain]:
        raise ValidationError(_("“%(text)s” is no web domain of an organisation, such as example.org.") % {"text": wrong[0][:60]})
    return list(dict.fromkeys(found.values()))


def _country(text: str) -> str:
    return "" if fold(clean_line(text)) in _GLOBAL else parse_country(clean_line(text))


def _category(text: str) -> Any:
    words = [word for word in _SPLIT_ROLES.split(text.strip()) if fold(word) not in _ROLES_ONLY]
    return _one_category(words[0] if len(words) == 1 else text)


_one_category = choice_parser(
    dict(Category.choices),
    synonyms={"full member": Category.MEMBER, "members": Category.MEMBER, "observers": Category.OBSERVER, "full": Category.MEMBER},
)
_one_role = choice_parser(
    dict(ContactRole.choices),
    synonyms={
        **dict.fromkeys(("representative", "main", "main contact", "vote", "votes"), ContactRole.VOTING),
        **dict.fromkeys(("deputy", "alternate representative"), ContactRole.ALTERNATE),
        **dict.fromkeys(("press", "media", "communication", "news"), ContactRole.COMMUNICATIONS),
        **dict.fromkeys(("treasurer", "money", "accounts"), ContactRole.FINANCE),
    },
)
_kind = choice_parser(
    dict(OrganisationKind.choices),
    synonyms={
        **dict.fromkeys(("cso", "ingo", "charity", "non profit", "nonprofit", "npo", "civil society organisation"), OrganisationKind.NGO),
        **dict.fromkeys(("university", "research institute", "research"), OrganisationKind.ACADEMIC),
        **dict.fromkeys(("hospital", "clinic", "health facility"), OrganisationKind.PROVIDER),
        **dict.fromkeys(("association", "professional body"), OrganisationKind.PROFESSIONAL),
        **dict.fromkeys(("coalition", "alliance"), OrganisationKind.NETWORK),
    },
)
_state = choice_parser(
    dict(MembershipStatus.choices),
    synonyms={
        **dict.fromkeys(("current", "member", "yes"), MembershipStatus.ACTIVE),
        **dict.fromkeys(("former", "expired", "left", "inactive", "no", "past"), MembershipStatus.ENDED),
    },
)


def _roles(text: str) -> list[str]:
    return sorted({str(_one_role(part)) for part in _SPLIT_ROLES.split(text.strip()) if part})


def _phone(text: str) -> str:
    if _SHORTENED.fullmatch(text.strip()):
        raise ValidationError(_("The spreadsheet program has shortened this number. Make the column a text there, and write it again."))
    return PhoneField().clean(text)


def _summary(text: str) -> str:
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    if len(text) > 400:
        raise ValidationError(_("This has %(length)d characters; at most %(most)d fit.") % {"length": len(text), "most": 400})
    return text


def _parsers(order: str) -> dict[str, Callable[[str], Any]]:
    def day(*, is_end: bool = False) -> Callable[[str], Any]:
        def parse(text: str) -> Any:
            try:
                return parse_day(clean_line(text), is_end=is_end, order=order)
            except AmbiguousDay:
                raise ValidationError(_("This day can be read in two ways. Write it like 2019-12-31.")) from None

        return parse

    email = EmailAddressField()
    return {
        "name": _line(160),
        "acronym": _line(40, validate_line_or_number),
        "aliases": _names,
        "country": _country,
        "countries_of_work": lambda text: CountriesField().clean(_SPLIT.sub("\n", text)),
        "website": lambda text: WebsiteField().clean(clean_line(text)),
        "more_domains": _domains,
        "kind": lambda text: str(_kind(clean_line(text))),
        "founded": lambda text: YearField().clean(clean_line(text)),
        "summary": _summary,
        "category": lambda text: str(_category(text)),
        "since": day(),
        "until": day(is_end=True),
        "state": lambda text: str(_state(clean_line(text))),
        "founding": parse_yes_no,
        "confirmed_on": day(),
        "contact_name": _line(120),
        "position": _line(120),
        "email": lambda text: email.clean(clean_line(text)),
        "phone": _phone,
        "contact_for": _roles,
        "on_committee": parse_yes_no,
        "seat_since": day(),
        "seat_until": day(is_end=True),
        "person_name": _line(120),
        "person_email": lambda text: email.clean(clean_line(text)),
        "alternate_name": _line(120),
        "alternate_email": lambda text: email.clean(clean_line(text)),
    }
