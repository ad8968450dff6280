"""Read a CSV file of signatories from outside, such as paper sheets or an older letter, and check it row by row. Nothing is stored here.

Paper carries no consent given on this site: nobody gets news, email addresses are not used, and a person's name is shown only if the
column "show name" says that the sheet asked.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms.cleaning import clean_line
from core.mail.form_fields import EmailAddressField, WebsiteField
from core.search_words import fold
from core.spreadsheets import Row, Table, UnreadableTable, normalise_heading, read_csv
from endorsements.models import DeclarationPage, Endorsement
from endorsements.signing.submission import Submission
from endorsements.states import Kind
from members.identity.countries import parse_country
from members.identity.keys import name_key, organisation_key, sort_key
from members.organisations.matching import Matcher, organisation_matcher
from members.states import OrganisationKind

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
PORTION = 500
# The heading of an additional column in the file of rejected rows.
PROBLEM = "problem"


@dataclass(frozen=True)
class Column:
    """A column that a list may have: its heading, other headings understood as it, and what it contains."""

    name: str
    heading: str
    meaning: Any
    example: str
    aliases: tuple[str, ...] = ()


COLUMNS = (
    Column("kind", "kind", gettext_lazy("organisation or person. Empty: organisation."), "organisation"),
    Column(
        "name",
        "name",
        gettext_lazy("The full name. No row without it."),
        "Midwives of Gulu",
        ("organisation", "organization", "organisation name", "organization name", "name of organisation", "full name"),
    ),
    Column("acronym", "acronym", gettext_lazy("Of an organisation."), "MOG", ("short name", "abbreviation")),
    Column(
        "country",
        "country",
        gettext_lazy("The English name or the code of two letters. Empty: an organisation that works everywhere."),
        "Uganda",
        ("country code", "seat"),
    ),
    Column(
        "website",
        "website",
        gettext_lazy("Of an organisation. It tells two of the same name apart, and finds one that stands here already."),
        "https://midwives-gulu.example",
        ("web site", "homepage", "url"),
    ),
    Column(
        "organisation_kind",
        "kind of organisation",
        gettext_lazy("One of the words below this table."),
        "ngo",
        ("kind of organization", "type of organisation", "type of organization", "organisation kind", "organisation type"),
    ),
    Column(
        "signatory",
        "signatory",
        gettext_lazy("Who signed for an organisation. Not shown in public."),
        "Akello Apio",
        ("signed by", "name of signatory"),
    ),
    Column("role", "role", gettext_lazy("Of the signatory, or of the person."), "Director", ("position", "function", "job title")),
    Column("affiliation", "affiliation", gettext_lazy("Where a person works."), "Enugu Clinic", ("employer", "workplace")),
    Column(
        "email",
        "e-mail",
        gettext_lazy("If you have it. It is not shown, and the import writes to nobody."),
        "akello@midwives-gulu.example",
        ("email", "mail", "e-mail address", "email address"),
    ),
    Column(
        "show_name",
        "show name",
        gettext_lazy("Of a person: yes only if the sheet asked, and they agreed to be named. Otherwise they are counted and not named."),
        "yes",
        ("name shown", "may be named"),
    ),
)
HEADINGS = {column.name: column.heading for column in COLUMNS}
_KINDS = {"organisation": Kind.ORGANISATION, "person": Kind.PERSON}
_YES_NO = {"yes": True, "no": False}
_SYNONYMS = {"organization": "organisation", "individual": "person", **dict.fromkeys(("y", "true", "1", "x"), "yes")}
_SYNONYMS |= dict.fromkeys(("n", "false", "0"), "no")
_ORGANISATION_ONLY = ("acronym", "website", "organisation_kind", "signatory")
_PERSON_ONLY = ("affiliation", "show_name")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell and what to do; `heading` is that of the column in the file."""

    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading}: {self.text}"


class Match(NamedTuple):
    """Where the same signatory was found: in words, and the endorsement's primary key if it is one."""

    text: str
    endorsement: int | None = None


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
        return [entry for entry in self.entries if entry.match]

    @cached_property
    def rejected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.problems]

    def rejected_headings(self) -> list[str]:
        return [*(heading for heading in self.table.headings if normalise_heading(heading) != PROBLEM), PROBLEM]

    def rejected_rows(self) -> Iterator[list[str]]:
        """The rows as uploaded, with their problems in a last cell, to be corrected and uploaded again."""
        for entry in self.rejected:
            cells = [cell for key, cell in entry.row.cells.items() if key != PROBLEM]
            yield [*cells, "; ".join(map(str, entry.problems))]


def open_list(raw: bytes) -> Table:
    """The table, with headings that are understood. Raises UnreadableTable, saying what to do."""
    if len(raw) > MAX_BYTES:
        message = _("The file is larger than %(most)d MB. Please leave out columns that are not needed, or split it into several files.")
        raise UnreadableTable(message % {"most": MAX_BYTES >> 20})
    table = read_csv(raw, most_rows=MAX_ROWS)
    _columns(table)
    return table


def read_list(raw: bytes, page: DeclarationPage) -> CheckedList:
    """Check every row for this declaration. Raises UnreadableTable as `open_list` does."""
    table = open_list(raw)
    columns = _columns(table)
    recognise = organisation_matcher()
    entries = [_entry(row, columns, page, recognise) for row in table.rows]
    _match_entries(entries, page)
    known = {PROBLEM, *(normalise_heading(heading) for heading in columns.values())}
    return CheckedList(table, entries, [heading for heading in table.headings if normalise_heading(heading) not in known])


def _columns(table: Table) -> dict[str, str]:
    """The columns of the file, by name, each with its heading in the file."""
    known = {normalise_heading(word): column.name for column in COLUMNS for word in (column.heading, *column.aliases)}
    found: dict[str, str] = {}
    for heading in table.headings:
        name = known.get(normalise_heading(heading), "")
        if name in found:
            message = _("The columns “%(one)s” and “%(other)s” mean the same here. Please rename or remove one.")
            raise UnreadableTable(message % {"one": found[name], "other": heading})
        if name:
            found[name] = heading
    if "name" not in found:
        message = _("No column has the heading “name”. The first row must hold the headings; here it reads: %(found)s.")
        raise UnreadableTable(message % {"found": ", ".join(f"“{heading[:40]}”" for heading in table.headings[:8])})
    return found


# One row


def _entry(row: Row, columns: dict[str, str], page: DeclarationPage, recognise: Matcher) -> Entry:
    cells = {name: _clean_cell(row.cells[normalise_heading(heading)]) for name, heading in columns.items()}
    values: dict[str, Any] = {"kind": Kind.ORGANISATION, "email": ""}
    problems = []
    for name, heading in columns.items():
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


def _clean_cell(cell: str) -> str:
    """The cell on one line, without the apostrophe that our own files put before formulas."""
    line = clean_line(cell)
    return line[1:] if line.startswith(("'=", "'+", "'-", "'@")) else line


def _parse(name: str, text: str) -> Any:
    """The value of a cell. Raises ValidationError, saying what to do."""
    if name in _PARSERS:
        return _PARSERS[name](text)
    if name == "name" and not text:
        raise ValidationError(_("It is missing. A row needs a name."))
    model_field: Any = Endorsement._meta.get_field(name)
    return model_field.clean(text, None) if text else ""


def _choice_parser(words: dict[str, Any], default: Any) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        word = fold(text[:60])
        if not text:
            return default
        if _SYNONYMS.get(word, word) not in words:
            message = _("“%(text)s” is none of these: %(words)s.")
            raise ValidationError(message % {"text": text[:60], "words": ", ".join(words)})
        return words[_SYNONYMS.get(word, word)]

    return parse


_LIKE_A_WEBSITE = gettext_lazy("Please write the address of a website, such as https://example.org.")
_PARSERS: dict[str, Callable[[str], Any]] = {
    "kind": _choice_parser(_KINDS, Kind.ORGANISATION),
    "country": lambda text: parse_country(text) if text else "",
    "website": WebsiteField(required=False, error_messages={"invalid": _LIKE_A_WEBSITE}).clean,
    "email": EmailAddressField(required=False).clean,
    "organisation_kind": _choice_parser({kind.value: kind for kind in OrganisationKind}, ""),
    "show_name": _choice_parser(_YES_NO, False),
}


# The same signatory


class _Identity(NamedTuple):
    """What identifies a signatory."""

    key: str
    same_name: str
    organisation: int | None


class _Matches:
    """Finds signatories. An organisation without a website is the same as any of its name and country."""

    def __init__(self) -> None:
        self.by_key: dict[str, Match] = {}
        self.by_name: dict[str, Match] = {}
        self.by_organisation: dict[int, Match] = {}

    def add(self, identity: _Identity, match: Match) -> None:
        self.by_key.setdefault(identity.key, match)
        self.by_name.setdefault(identity.same_name, match)
        if identity.organisation:
            self.by_organisation.setdefault(identity.organisation, match)

    def find(self, identity: _Identity) -> Match | None:
        same_name = (self.by_name if identity.key == identity.same_name else self.by_key).get(identity.same_name)
        return (
            self.by_key.get(identity.key)
            or same_name
            or (self.by_organisation.get(identity.organisation) if identity.organisation else None)
        )


def _match_entries(entries: list[Entry], page: DeclarationPage) -> None:
    """Set `match` of each valid entry to the same signatory's endorsement or earlier row."""
    good = iter([(entry, entry.submission) for entry in entries if entry.submission])
    in_file = _Matches()
    while portion := list(islice(good, PORTION)):
        stored = _stored_matches(page, portion)
        for entry, submission in portion:
            identity = _identity(entry.key, submission.kind, submission.name, submission.country, entry.organisation)
            entry.match = stored.find(identity) or in_file.find(identity)
            if not entry.match:
                in_file.add(identity, Match(_("the same as row %(row)d") % {"row": entry.line}))


def _stored_matches(page: DeclarationPage, portion: Iterable[tuple[Entry, Submission]]) -> _Matches:
    """Live endorsements with a key, an organisation's name, or a known organisation of this portion."""
    matches = _Matches()
    same_key = Q(key__in={entry.key for entry, _submission in portion})
    same_name = Q(kind=Kind.ORGANISATION, sort_key__in={sort_key(submission.name) for _entry, submission in portion})
    same_organisation = Q(organisation__in={entry.organisation for entry, _submission in portion if entry.organisation})
    rows = Endorsement.objects.for_declaration(page).live().filter(same_key | same_name | same_organisation)
    for pk, key, kind, name, country, organisation in rows.values_list("pk", "key", "kind", "name", "country", "organisation"):
        matches.add(_identity(key, kind, name, country, organisation), Match(_("stands already: %(name)s") % {"name": name}, pk))
    return matches


def _identity(key: str, kind: str, name: str, country: str, organisation: int | None) -> _Identity:
    return _Identity(key, organisation_key(name, country, "") if kind == Kind.ORGANISATION else key, organisation)
