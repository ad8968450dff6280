"""The rows of a CSV file."""

import csv
import io
import re
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from .tables import MAX_TITLE_ROWS, Record, UnreadableTable, find_headings, headings_in

_DELIMITERS = ",;\t"
_LOOKED_AT = 20_000  # characters
# How Excel is told the delimiter, in a first line of its own.
_INSTRUCTION = re.compile(r'"?sep=(?P<delimiter>[^\w\s"]|\t|\|)"?[ ;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def csv_records(text: str, known: Collection[str]) -> Iterator[Record]:
    """Each row that is not blank. The delimiter is the one that `sep=` names, else the one under which most headings are found."""
    line = 1
    if instruction := _INSTRUCTION.match(text):
        text, line = text[instruction.end() :], 2
    delimiter = instruction["delimiter"] if instruction else _delimiter(text, known)
    return _records(text, delimiter, line)


def _delimiter(text: str, known: Collection[str]) -> str:
    def headings(delimiter: str) -> tuple[int, int]:
        records = csv.reader(io.StringIO(text[:_LOOKED_AT], newline=""), delimiter=delimiter)
        rows: list[list[str]] = []
        try:
            for cells in records:
                if any(cell.strip(_DELIMITERS + " ") for cell in cells):
                    rows.append([cell.strip() for cell in cells])
                if len(rows) == MAX_TITLE_ROWS:
                    break
        except csv.Error:
            pass
        if not rows:
            return 0, 0
        found = rows[find_headings(rows, known)]
        return headings_in(found, known), len(found)

    return max(_DELIMITERS, key=headings)


def _records(text: str, delimiter: str, line: int) -> Iterator[Record]:
    first = line
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Record(line, cells)
            line = reader.line_num + first
    except csv.Error as error:
        message = _("Line %(line)d: a quotation mark is not closed, or stands inside a cell. Please write two for each in a text.")
        raise UnreadableTable(message % {"line": line}) from error
