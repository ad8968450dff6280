"""Read a table of signatories from outside, such as paper sheets or an older letter, and check it row by row. Nothing is stored here.

Paper carries no consent given on this site: nobody gets news, email addresses are not used, and a person's name is shown only if the
column "show name" says that the sheet asked. Our own exports are understood as well: what is not listed there is not listed here.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms.cleaning import clean_line
from core.imports.cells import choice_parser, parse_yes_no
from core.imports.columns import (
    Column,
    Problem,
    cell_of,
    faults_of,
    find_columns,
    ignored_headings,
    known_headings,
    rejected_headings,
    rejected_rows,
    require,
)
from core.mail.form_fields import EmailAddressField, WebsiteField
from core.search_words import fold
from core.spreadsheets import Row, Table, read_table
from endorsements.models import DeclarationPage, Endorsement
from endorsements.signing.submission import Submission
from endorsements.states import Kind, State
from members.identity.countries import parse_country
from members.identity.keys import name_key
from members.organisations.matching import Matcher, organisation_matcher
from members.states import OrganisationKind

from .matches import Match, match_entries

MAX_ROWS = 20_000

COLUMNS = (
    Column(
        "kind",
        "kind",
        gettext_lazy("Organisation or person. Empty: organisation."),
        "organisation",
        (gettext_lazy("Kind"), "who", "signatory kind"),
    ),
    Column(
        "name",
        "name",
        gettext_lazy("The full name. Every row needs one."),
        "Midwives of Gulu",
        (
            gettext_lazy("Name"),
            *("organisation", "organization", "organisation name", "organization name", "name of organisation", "name of organization"),
            *("name of the organisation", "name of the organization", "full name", "names"),
        ),
    ),
    Column(
        "acronym",
        "acronym",
        gettext_lazy("Of an organisation."),
        "MOG",
        (gettext_lazy("Acronym"), "short name", "abbreviation", "initials"),
    ),
    Column(
        "country",
        "country",
        gettext_lazy("The English name or the code of two letters, or “Worldwide” for an organisation that works everywhere."),
        "Uganda",
        (gettext_lazy("Country"), "country code", "seat", "country of registration", "based in"),
        weak=("country name", "location", "nation"),
    ),
    Column(
        "website",
        "website",
        gettext_lazy("Of an organisation. It tells two of the same name apart, and finds one that is here already."),
        "https://midwives-gulu.example",
        (gettext_lazy("Website"), "web site", "homepage", "home page", "url", "web", "web address", "website address"),
    ),
    Column(
        "organisation_kind",
        "kind of organisation",
        gettext_lazy("One of the words below this table."),
        "ngo",
        (
            gettext_lazy("Kind of organisation"),
            *("kind of organization", "type of organisation", "type of organization", "organisation kind", "organisation type"),
            *("organization kind", "organization type", "category"),
        ),
        allowed=tuple(OrganisationKind.choices),
    ),
    Column(
        "signatory",
        "signatory",
        gettext_lazy("Who signed for an organisation. Not shown in public."),
        "Akello Apio",
        (gettext_lazy("Signatory"), "signed by", "name of signatory", "signatory name", "contact person", "representative"),
    ),
    Column(
        "role",
        "role",
        gettext_lazy("Of the signatory, or of the person."),
        "Director",
        (gettext_lazy("Role"), "position", "function", "job title", "title"),
    ),
    Column(
        "affiliation",
        "affiliation",
        gettext_lazy("Where a person works."),
        "Enugu Clinic",
        (gettext_lazy("Affiliation"), "employer", "workplace", "place of work"),
    ),
    Column(
        "email",
        "email",
        gettext_lazy("If you have it. It is not shown, and the import sends no email."),
        "akello@midwives-gulu.example",
        (gettext_lazy("E-mail address"), gettext_lazy("Email address"), "e-mail", "mail", "email address", "e-mail address", "emails"),
    ),
    Column(
        "show_name",
        "show name",
        gettext_lazy("Of a person: yes only if the sheet asked, and they agreed to be named. Otherwise they are counted and not named."),
        "yes",
        (gettext_lazy("Name is shown"), "name shown", "may be named", "name public"),
    ),
)
# Columns of our own exports that decide whether a row may be taken in.
EXPORTED = (
    Column("state", "state", "", aliases=(gettext_lazy("State"), "status")),
    Column("declaration", "declaration", "", aliases=(gettext_lazy("Declaration"),)),
)
HEADINGS = {column.name: column.heading for column in COLUMNS}
_ORGANISATION_ONLY = ("acronym", "website", "organisation_kind", "signatory")
_PERSON_ONLY = ("affiliation", "show_name")


@dataclass
class Entry:
    """A row of the file, its values (None if it has problems), and the same signatory elsewhere if there is one."""

    row: Row
    name: str
    submission: Submission | None
    problems: list[Problem] = field(default_factory=list)
    key: str = ""
    organisation: int | None = None
    match: Match | None = None

    @property
    def line(self) -> int:
        return self.row.line


@dataclass(frozen=True)
class CheckedList:
    """A list, checked against the endorsements that there are now."""

    table: Table
    entries: list[Entry]
    ignored: list[str]

    @cached_property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.submission and not entry.match]

    @cached_property
    def matched(self) -> list[Entry]:
        """The rows that are left out, unless it is a person who is said to be another of that name."""
        return [entry for entry in self.entries if entry.match]

    @cached_property
    def has_namesakes(self) -> bool:
        return any(entry.match and entry.match.may_be_another for entry in self.entries)

    @cached_property
    def rejected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.problems]

    def others(self, lines: Collection[int]) -> list[Entry]:
        """Those of the matched rows, given by their lines, that may be other people of the same name."""
        return [entry for entry in self.matched if entry.match and entry.match.may_be_another and entry.line in lines]

    def rejected_headings(self) -> list[str]:
        return rejected_headings(self.table)

    def rejected_rows(self) -> Iterator[list[str]]:
        return rejected_rows((entry.row, entry.problems) for entry in self.rejected)


def open_list(raw: bytes, settled: Mapping[str, str]) -> tuple[Table, dict[str, str]]:
    """The table, and its columns by name. Raises UnreadableTable, saying what to do, and Unsettled for what has to be asked first."""
    table = read_table(raw, most_rows=MAX_ROWS, known=known_headings((*COLUMNS, *EXPORTED)), settled=settled)
    found = find_columns(table, (*COLUMNS, *EXPORTED))
    require(found, COLUMNS[1], table)
    return table, found


def read_list(raw: bytes, page: DeclarationPage, settled: Mapping[str, str]) -> CheckedList:
    """Check every row for this declaration. Raises UnreadableTable as `open_list` does."""
    table, columns = open_list(raw, settled)
    recognise = organisation_matcher()
    left_out = _reasons_to_leave_out(columns, page)
    entries = [_entry(row, columns, page, recognise, left_out) for row in table.rows]
    match_entries(entries, page)
    _refuse_without_country(entries, columns)
    return CheckedList(table, entries, ignored_headings(table, columns))


def _refuse_without_country(entries: list[Entry], columns: dict[str, str]) -> None:
    """That a new organisation works worldwide is said, and never taken from an empty cell. (A list without the column says nothing.)"""
    heading = columns.get("country", "")
    for entry in entries if heading else ():
        if entry.submission is None or entry.match or entry.submission.kind != Kind.ORGANISATION or entry.submission.country:
            continue
        if not clean_line(cell_of(entry.row, heading)):
            entry.problems.append(Problem(heading, str(NO_COUNTRY)))
            entry.submission = None


# One row


def _reasons_to_leave_out(columns: dict[str, str], page: DeclarationPage) -> Callable[[Row], str]:
    """A function that says why a row of one of our own exports is left as it is; '' for any other."""
    others = {fold(title) for title in DeclarationPage.objects.exclude(pk=page.pk).values_list("title", flat=True)} - {fold(page.title)}
    states = {fold(word): str(state.label) for state in State if state != State.LISTED for word in (state.value, str(state.label))}
    unnamed = {fold(_("counted, not named")), "counted, not named"}

    def why(row: Row) -> str:
        cells = {name: clean_line(cell_of(row, columns[name])) for name in ("name", "state", "declaration") if name in columns}
        if fold(cells["name"]) in unnamed:
            return _("counted without a name, and left as it is")
        if state := states.get(fold(cells.get("state", ""))):
            return _("not listed (%(state)s)") % {"state": state}
        if fold(cells.get("declaration", "")) in others:
            return _("of another declaration: %(title)s") % {"title": cells["declaration"]}
        return ""

    return why


def _entry(row: Row, columns: dict[str, str], page: DeclarationPage, recognise: Matcher, left_out: Callable[[Row], str]) -> Entry:
    own = {name: heading for name, heading in columns.items() if name in HEADINGS}
    cells = {name: clean_line(cell_of(row, heading)) for name, heading in own.items()}
    if reason := left_out(row):
        return Entry(row, cells["name"], None, match=Match(reason))
    values: dict[str, Any] = {"kind": Kind.ORGANISATION, "email": ""}
    problems = faults_of(row, own)
    for name, heading in own.items():
        try:
            values[name] = _parse(name, cells[name])
        except ValidationError as error:
            problems.append(Problem(heading, " ".join(error.messages)))
    is_organisation = values["kind"] == Kind.ORGANISATION
    if not (page.takes_organisations if is_organisation else page.takes_people):
        message = _("The declaration is open to: %(who)s. Take this row out, or change “who may endorse” on the declaration.")
        problems.append(Problem(columns.get("kind", HEADINGS["kind"]), message % {"who": page.get_who_display()}))
    if problems:
        return Entry(row, cells["name"], None, problems)
    for name in _PERSON_ONLY if is_organisation else _ORGANISATION_ONLY:
        values.pop(name, None)
    submission = Submission(**values)
    on_paper = not is_organisation and not submission.email
    key = name_key(submission.name, submission.country, submission.affiliation) if on_paper else submission.key
    known = recognise(submission.name, submission.country, submission.website) if is_organisation else None
    return Entry(row, submission.name, submission, key=key, organisation=known)


def _parse(name: str, text: str) -> Any:
    """The value of a cell. Raises ValidationError, saying what to do."""
    if name in _PARSERS:
        return _PARSERS[name](text)
    if name == "name" and not text:
        raise ValidationError(_("It is missing. A row needs a name."))
    model_field: Any = Endorsement._meta.get_field(name)
    return model_field.clean(text, None) if text else ""


NO_COUNTRY = gettext_lazy("Write the country where the organisation is based, or “Worldwide”.")
_LIKE_A_WEBSITE = gettext_lazy("Please write the address of a website, such as https://example.org.")
_PARSERS: dict[str, Callable[[str], Any]] = {
    "kind": choice_parser(
        dict(Kind.choices),
        Kind.ORGANISATION,
        {**dict.fromkeys(("individual", "people", "human"), Kind.PERSON), **dict.fromkeys(("org", "organisations"), Kind.ORGANISATION)},
    ),
    "country": lambda text: parse_country(text) if text and fold(text) not in ("global", "worldwide", "international") else "",
    "website": WebsiteField(required=False, error_messages={"invalid": _LIKE_A_WEBSITE}).clean,
    "email": EmailAddressField(required=False).clean,
    "organisation_kind": choice_parser(dict(OrganisationKind.choices)),
    "show_name": parse_yes_no,
}
