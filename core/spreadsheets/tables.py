"""What is read from a CSV or XLSX file: headings, and rows of cells by heading."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.forms.cleaning import clean_line

from .writing import without_neutralising

MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 40
# The headings are looked for in so many rows from the first.
MAX_TITLE_ROWS = 25
_WORD = re.compile(r"[^\W_]+")


class UnreadableTable(Exception):
    """The file cannot be read. The text tells the person who chose it where the mistake is and what to do."""


class Option(NamedTuple):
    """One way in which a file can be read: its value, its name, and rows as they would be read."""

    value: str
    label: str
    sample: tuple[str, ...] = ()


class Unsettled(UnreadableTable):
    """The file can be read in more than one way. `question` names what the person has to say, with one of the values of `options`."""

    def __init__(self, message: str, question: str, options: Iterable[Option]) -> None:
        super().__init__(message)
        self.question = question
        self.options = tuple(options)


@dataclass(frozen=True)
class Record:
    """The cells of one row that is not blank, without empty cells at its end. `faults` are cells whose value is not known."""

    line: int
    cells: list[str]
    faults: Mapping[int, str] = field(default_factory=dict)
    is_hidden: bool = False


class Row(NamedTuple):
    """The line of the file where the row begins, and its cells by normalised heading; '' for an empty cell.

    `faults` says of cells that hold no value that can be used, such as `#REF!`, what to do.
    """

    line: int
    cells: dict[str, str]
    faults: Mapping[str, str] = {}


@dataclass(frozen=True)
class Table:
    """A file: the headings as written, the rows, and what the person who chose it should know of how it was read."""

    headings: tuple[str, ...]
    rows: list[Row]
    notes: tuple[str, ...] = ()


def normalise_heading(heading: str) -> str:
    """The heading for comparisons: "E-Mail:" and " e_mail" both become "e mail"."""
    return " ".join(_WORD.findall(clean_line(heading).casefold())) or heading.casefold()


def headings_in(cells: Iterable[str], known: Collection[str]) -> int:
    """How many of the known headings are in a row."""
    return len({normalise_heading(cell) for cell in cells if cell} & set(known))


def make_table(records: Iterable[Record], *, known: Collection[str], most_rows: int, notes: Iterable[str] = ()) -> Table:
    """The table of these records. Rows above the headings, such as a title, are passed over. Raises UnreadableTable."""
    above, headings, rest = _parted(iter(records), known)
    keys = _keys(headings)
    rows = []
    for record in rest:
        if len(rows) == most_rows:
            raise UnreadableTable(_("The file has more than %(most)d rows. Please split it into several files.") % {"most": most_rows})
        rows.append(_row(record, keys))
    if not rows:
        raise UnreadableTable(_("The file has headings, but no row below them."))
    if above:
        text = "; ".join(" ".join(filter(None, record.cells))[:60] for record in above[:3])
        message = _("The headings were found in row %(row)d. What is above them was passed over: %(text)s.")
        notes = [*notes, message % {"row": headings.line, "text": text}]
    return Table(tuple(filter(None, headings.cells)), rows, tuple(notes))


def _parted(records: Iterator[Record], known: Collection[str]) -> tuple[list[Record], Record, Iterator[Record]]:
    """The rows above the headings, the headings, and the rows below."""
    first = list(islice(records, MAX_TITLE_ROWS))
    if not first:
        raise UnreadableTable(_("The file is empty."))
    place = find_headings([record.cells for record in first], known)
    return first[:place], first[place], chain(first[place + 1 :], records)


def find_headings(rows: list[list[str]], known: Collection[str]) -> int:
    """The place of the row with the most known headings. What stands above it must look like a title: have fewer cells filled."""
    best, most, widest = 0, headings_in(rows[0], known), 0
    for place, cells in enumerate(rows):
        filled = sum(map(bool, cells))
        found = headings_in(cells, known)
        if found > most and (filled > widest or filled == widest == 1):
            best, most = place, found
        widest = max(widest, filled)
    return best


def _keys(headings: Record) -> list[str]:
    """The normalised headings, '' for a column without one. Raises UnreadableTable if one is repeated."""
    if len(headings.cells) > MAX_COLUMNS:
        raise UnreadableTable(_("The file has more than %(most)d columns. Please leave only those you need.") % {"most": MAX_COLUMNS})
    keys: list[str] = []
    for heading in headings.cells:
        key = normalise_heading(heading) if heading else ""
        if key and key in keys:
            raise UnreadableTable(_("The heading “%(heading)s” stands twice. Please rename or remove one.") % {"heading": heading[:60]})
        keys.append(key)
    return keys


def _row(record: Record, keys: list[str]) -> Row:
    if len(record.cells) > len(keys):
        message = _("Line %(line)d has %(cells)d cells, but there are %(headings)d headings. Is a quotation mark or a heading missing?")
        raise UnreadableTable(message % {"line": record.line, "cells": len(record.cells), "headings": len(keys)})
    cells = dict.fromkeys(filter(None, keys), "")
    for place, cell in enumerate(record.cells):
        if keys[place]:
            cells[keys[place]] = without_neutralising(cell).strip()
        elif cell:
            message = _("Column %(place)d has no heading, but line %(line)d has a cell in it. Please write a heading, or empty the column.")
            raise UnreadableTable(message % {"place": place + 1, "line": record.line})
    return Row(record.line, cells, {keys[place]: fault for place, fault in record.faults.items() if place < len(keys) and keys[place]})
