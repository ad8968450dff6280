"""Signatories from outside, such as paper sheets or an older letter: a CSV read and judged row by row. Nothing is written here.

Paper carries no consent that was given here: nobody is asked for news, an address stays with the secretariat, and a person's name is
shown only where the sheet asked and the column "show name" says so.
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

from core.forms.validators import clean_line
from core.search_words import fold
from core.spreadsheets import Row, Table, UnreadableTable, normalise_heading, read_csv
from endorsements.models import DeclarationPage, Endorsement
from endorsements.signing.submission import Submission
from endorsements.states import Kind
from members.identity.countries import country_code
from members.identity.form_fields import EmailAddressField, WebsiteField
from members.identity.keys import name_key, organisation_key, sort_key
from members.organisations.matching import Recogniser, recogniser
from members.states import OrganisationKind

LARGEST = 5 * 1024 * 1024
MOST_ROWS = 20_000
PORTION = 500
# The heading of the column that the file of rejected rows has in addition.
PROBLEM = "problem"


@dataclass(frozen=True)
class Column:
    """One that a list may have: its heading, other words taken for it, and what is to stand below."""

    name: str
    heading: str
    meaning: Any
    example: str
    also: tuple[str, ...] = ()


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
_ANSWERS = {"yes": True, "no": False}
_OTHER_WORDS = {"organization": "organisation", "individual": "person", **dict.fromkeys(("y", "true", "1", "x"), "yes")}
_OTHER_WORDS |= dict.fromkeys(("n", "false", "0"), "no")
_OF_ORGANISATIONS = ("acronym", "website", "organisation_kind", "signatory")
_OF_PEOPLE = ("affiliation", "show_name")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell and what to do; `heading` is the column's, as the file has it."""

    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading}: {self.text}"


class Place(NamedTuple):
    """Where a signatory stands already: in words, and the endorsement's primary key if it is one."""

    words: str
    endorsement: int | None = None


@dataclass
class Entry:
    """A row of the file, what it means (`typed`, None when it has problems), and where the same signatory stands already."""

    row: Row
    name: str
    typed: Submission | None
    problems: list[Problem] = field(default_factory=list)
    key: str = ""
    organisation: int | None = None
    stands: Place | None = None

    @property
    def line(self) -> int:
        return self.row.line


@dataclass(frozen=True)
class Reading:
    """A list, judged by the endorsements that there are at this moment."""

    table: Table
    entries: list[Entry]
    ignored: list[str]

    @cached_property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.typed and not entry.stands]

    @cached_property
    def standing(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.stands]

    @cached_property
    def rejected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.problems]

    def rejected_headings(self) -> list[str]:
        return [*(heading for heading in self.table.headings if normalise_heading(heading) != PROBLEM), PROBLEM]

    def rejected_rows(self) -> Iterator[list[str]]:
        """As they came, with what is wrong in a last cell, to be corrected and uploaded again."""
        for entry in self.rejected:
            cells = [cell for key, cell in entry.row.cells.items() if key != PROBLEM]
            yield [*cells, "; ".join(map(str, entry.problems))]


def open_list(raw: bytes) -> Table:
    """The table, if its columns can be told. Raises UnreadableTable, saying what to do."""
    if len(raw) > LARGEST:
        message = _("The file is larger than %(most)d MB. Please leave out columns that are not needed, or split it into several files.")
        raise UnreadableTable(message % {"most": LARGEST >> 20})
    table = read_csv(raw, most_rows=MOST_ROWS)
    _columns(table)
    return table


def read_list(raw: bytes, page: DeclarationPage) -> Reading:
    """Every row judged, for this declaration. Raises UnreadableTable as `open_list` does."""
    table = open_list(raw)
    columns = _columns(table)
    recognise = recogniser()
    entries = [_entry(row, columns, page, recognise) for row in table.rows]
    _find_the_same(entries, page)
    known = {PROBLEM, *(normalise_heading(heading) for heading in columns.values())}
    return Reading(table, entries, [heading for heading in table.headings if normalise_heading(heading) not in known])


def _columns(table: Table) -> dict[str, str]:
    """The columns that the file has, each with its heading as written there."""
    known = {normalise_heading(word): column.name for column in COLUMNS for word in (column.heading, *column.also)}
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


def _entry(row: Row, columns: dict[str, str], page: DeclarationPage, recognise: Recogniser) -> Entry:
    cells = {name: _text(row.cells[normalise_heading(heading)]) for name, heading in columns.items()}
    values: dict[str, Any] = {"kind": Kind.ORGANISATION, "email": ""}
    problems = []
    for name, heading in columns.items():
        try:
            values[name] = _value(name, cells[name])
        except ValidationError as error:
            problems.append(Problem(heading, " ".join(error.messages)))
    is_organisation = values["kind"] == Kind.ORGANISATION
    if not (page.takes_organisations if is_organisation else page.takes_people):
        message = _("The declaration is open to: %(who)s. Take this row out, or change “who may endorse” on the declaration.")
        problems.append(Problem(columns.get("kind", HEADINGS["kind"]), message % {"who": page.get_who_display()}))
    if problems:
        return Entry(row, cells["name"], None, problems)
    for name in _OF_PEOPLE if is_organisation else _OF_ORGANISATIONS:
        values.pop(name, None)
    typed = Submission(**values)
    on_paper = not is_organisation and not typed.email
    key = name_key(typed.name, typed.country, typed.affiliation) if on_paper else typed.key
    known = recognise(typed.name, typed.country, typed.website) if is_organisation else None
    return Entry(row, typed.name, typed, key=key, organisation=known)


def _text(cell: str) -> str:
    """The cell on one line, without the apostrophe that our own files put before what looks like a formula."""
    line = clean_line(cell)
    return line[1:] if line.startswith(("'=", "'+", "'-", "'@")) else line


def _value(name: str, text: str) -> Any:
    """What a cell means. Raises ValidationError, saying what to do."""
    if name in _MEANINGS:
        return _MEANINGS[name](text)
    if name == "name" and not text:
        raise ValidationError(_("It is missing. A row needs a name."))
    model_field: Any = Endorsement._meta.get_field(name)
    return model_field.clean(text, None) if text else ""


def _one_of(words: dict[str, Any], default: Any) -> Callable[[str], Any]:
    def meaning(text: str) -> Any:
        word = fold(text[:60])
        if not text:
            return default
        if _OTHER_WORDS.get(word, word) not in words:
            message = _("“%(text)s” is none of these: %(words)s.")
            raise ValidationError(message % {"text": text[:60], "words": ", ".join(words)})
        return words[_OTHER_WORDS.get(word, word)]

    return meaning


_LIKE_A_WEBSITE = gettext_lazy("Please write the address of a website, such as https://example.org.")
_MEANINGS: dict[str, Callable[[str], Any]] = {
    "kind": _one_of(_KINDS, Kind.ORGANISATION),
    "country": lambda text: country_code(text) if text else "",
    "website": WebsiteField(required=False, error_messages={"invalid": _LIKE_A_WEBSITE}).clean,
    "email": EmailAddressField(required=False).clean,
    "organisation_kind": _one_of({kind.value: kind for kind in OrganisationKind}, ""),
    "show_name": _one_of(_ANSWERS, False),
}


# The same signatory


class _Who(NamedTuple):
    """By what a signatory is known."""

    key: str
    same_name: str
    organisation: int | None


class _Places:
    """Where each signatory stands. Of two organisations of one name and country, one without a website counts as the other."""

    def __init__(self) -> None:
        self.by_key: dict[str, Place] = {}
        self.by_name: dict[str, Place] = {}
        self.by_organisation: dict[int, Place] = {}

    def add(self, who: _Who, place: Place) -> None:
        self.by_key.setdefault(who.key, place)
        self.by_name.setdefault(who.same_name, place)
        if who.organisation:
            self.by_organisation.setdefault(who.organisation, place)

    def find(self, who: _Who) -> Place | None:
        same_name = (self.by_name if who.key == who.same_name else self.by_key).get(who.same_name)
        return self.by_key.get(who.key) or same_name or (self.by_organisation.get(who.organisation) if who.organisation else None)


def _find_the_same(entries: list[Entry], page: DeclarationPage) -> None:
    """Say of each good entry where its signatory stands: under the declaration, or in an earlier row."""
    good = iter([(entry, entry.typed) for entry in entries if entry.typed])
    in_file = _Places()
    while portion := list(islice(good, PORTION)):
        standing = _standing(page, portion)
        for entry, typed in portion:
            who = _who(entry.key, typed.kind, typed.name, typed.country, entry.organisation)
            entry.stands = standing.find(who) or in_file.find(who)
            if not entry.stands:
                in_file.add(who, Place(_("the same as row %(row)d") % {"row": entry.line}))


def _standing(page: DeclarationPage, portion: Iterable[tuple[Entry, Submission]]) -> _Places:
    """Where those stand that have a key, or being organisations a name, of this portion, or are one that the coalition knows."""
    places = _Places()
    same_key = Q(key__in={entry.key for entry, _typed in portion})
    same_name = Q(kind=Kind.ORGANISATION, sort_key__in={sort_key(typed.name) for _entry, typed in portion})
    same_organisation = Q(organisation__in={entry.organisation for entry, _typed in portion if entry.organisation})
    rows = Endorsement.objects.under(page).live().filter(same_key | same_name | same_organisation)
    for pk, key, kind, name, country, organisation in rows.values_list("pk", "key", "kind", "name", "country", "organisation"):
        places.add(_who(key, kind, name, country, organisation), Place(_("stands already: %(name)s") % {"name": name}, pk))
    return places


def _who(key: str, kind: str, name: str, country: str, organisation: int | None) -> _Who:
    return _Who(key, organisation_key(name, country, "") if kind == Kind.ORGANISATION else key, organisation)
