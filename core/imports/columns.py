"""The columns that an import understands, and finding them in a table under the headings that people write."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from core.spreadsheets import Row, Table, UnreadableTable, normalise_heading

# The heading of an additional column in the file of rejected rows.
PROBLEM = "problem"


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it contains, and other headings understood as it, such as those of our exports.

    A heading in `weak` counts only where no other of this column is found.
    """

    name: str
    heading: str
    meaning: Any
    example: str = ""
    aliases: tuple[Any, ...] = ()
    weak: tuple[str, ...] = ()
    allowed: tuple[Any, ...] = ()

    def is_called(self) -> set[str]:
        """Its headings, normalised. Labels of exports count in English and in the current language."""
        words = {str(word) for word in (self.heading, *self.aliases)}
        with override("en"):
            words |= {str(word) for word in self.aliases}
        return {normalise_heading(word) for word in words}


@dataclass(frozen=True)
class Problem:
    """What is wrong in a cell and what to do; `heading` is that of the column in the file."""

    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading}: {self.text}"


def known_headings(columns: Iterable[Column]) -> set[str]:
    """All headings that are understood, normalised: by them the row of headings is found."""
    return {heading for column in columns for heading in (*column.is_called(), *map(normalise_heading, column.weak))}


def find_columns(table: Table, columns: Sequence[Column]) -> dict[str, str]:
    """The columns of the table, by name, each with its heading in the file. Raises UnreadableTable if two mean the same."""
    strong = {heading: column.name for column in columns for heading in column.is_called()}
    weak = {normalise_heading(heading): column.name for column in columns for heading in column.weak}
    found: dict[str, str] = {}
    for heading in table.headings:
        name = strong.get(normalise_heading(heading)) or strong.get(normalise_heading(_without_brackets(heading)))
        if name and name in found:
            message = _("The columns “%(one)s” and “%(other)s” mean the same here. Please rename or remove one.")
            raise UnreadableTable(message % {"one": found[name], "other": heading})
        if name:
            found[name] = heading
    for heading in table.headings:
        if heading not in found.values() and (name := weak.get(normalise_heading(heading))):
            found.setdefault(name, heading)
    return found


def _without_brackets(heading: str) -> str:
    """ "Name" for "Name (required)"."""
    return heading.partition("(")[0] or heading


def require(found: dict[str, str], column: Column, table: Table) -> None:
    """Raise UnreadableTable if the table lacks a column, quoting the headings that there are."""
    if column.name not in found:
        message = _("No column has the heading “%(heading)s”. A row with the headings must come first; here it reads: %(found)s.")
        headings = ", ".join(f"“{heading[:40]}”" for heading in table.headings[:8])
        raise UnreadableTable(message % {"heading": column.heading, "found": headings})


def ignored_headings(table: Table, found: dict[str, str]) -> list[str]:
    """The headings of the file that mean nothing here."""
    known = {PROBLEM, *map(normalise_heading, found.values())}
    return [heading for heading in table.headings if normalise_heading(heading) not in known]


def cell_of(row: Row, heading: str) -> str:
    return row.cells[normalise_heading(heading)]


def faults_of(row: Row, found: dict[str, str]) -> list[Problem]:
    """The cells of these columns that hold no value, such as an error of the spreadsheet."""
    return [Problem(heading, fault) for heading in found.values() if (fault := row.faults.get(normalise_heading(heading)))]


def rejected_headings(table: Table) -> list[str]:
    return [*(heading for heading in table.headings if normalise_heading(heading) != PROBLEM), PROBLEM]


def rejected_rows(rejected: Iterable[tuple[Row, Sequence[Problem]]]) -> Iterator[list[str]]:
    """Rows as uploaded, with their problems in a last cell, to be corrected and uploaded again."""
    for row, problems in rejected:
        cells = [cell for key, cell in row.cells.items() if key != PROBLEM]
        yield [*cells, "; ".join(map(str, problems))]
