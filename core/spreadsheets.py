"""Writing tables as CSV or XLSX, and reading CSV, so that Excel and LibreOffice understand them and no cell acts as a formula."""

import codecs
import csv
import io
import math
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice, zip_longest
from typing import IO, Any, NamedTuple

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.forms.cleaning import clean_line

from .absolute_urls import domain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 40
_ROWS_AT_ONCE = 200
_FIRST_YEAR = 1900  # in Excel
_MAX_CELL = 32_767  # characters in Excel
_MAX_WIDTH = 50  # characters, so that columns to the right of a long text stay in view
# Characters that XML 1.0 (§2.2) or UTF-8 cannot represent.
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Where a program may see a formula: at the start of a cell, after white space and invisible characters, also with full-width signs. A
# program that expects semicolons or tabs, as Excel does in much of Europe, ignores our quotes and sees a new cell after each of those.
_UNSEEN, _SIGNS = '\\s"\u00ad\u200b-\u200f\u2060\ufeff', "=+\\-@＝＋－＠﹦﹢﹣﹫"
_FORMULA = re.compile(f"^(?=[\t\r\n]|[{_UNSEEN}]*[{_SIGNS}])|[;\t\r\n](?=[{_UNSEEN}]{{0,99}}[{_SIGNS}])")
# Only these texts need a cell object of their own, which is slow: openpyxl takes "=1" for a formula and "#N/A" for an error.
_AMBIGUOUS = re.compile(f"[#{_UNSEEN}{_SIGNS}]")
_DELIMITERS = ",;\t"
_WORD = re.compile(r"[^\W_]+")
_NOT_TEXT = {
    b"PK\x03\x04": "XLSX, ODS, ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZ",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"<html": "HTML",
    b"<!doctype": "HTML",
    b"<table": "HTML",
    b"<?xml": "XML",
}


# Writing


def as_download(
    name: str,
    format: str,  # noqa: A002
    headings: Iterable[object],
    rows: Iterable[Iterable[object]],
) -> FileResponse | StreamingHttpResponse:
    """The table as a download, `csv` or `xlsx`, never cached. Raises ValueError for another format.

    A CSV is streamed, so an error halfway cuts it off.
    """
    title = slugify(name, allow_unicode=True) or "table"
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    if format == "csv":
        headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{title}.csv") or "attachment"
        return StreamingHttpResponse(write_csv(rows, headings), content_type="text/csv; charset=utf-8", headers=headers)
    if format == "xlsx":
        file = write_xlsx(rows, headings, name)
        return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX, headers=headers)
    raise ValueError(format)


def write_csv(rows: Iterable[Iterable[object]], headings: Iterable[object]) -> Iterator[bytes]:
    """The table in chunks: RFC 4180 in UTF-8, with a byte order mark so that Excel recognises UTF-8.

    An apostrophe is put before text that a program would take for a formula (also after a `;` or tab inside it). Numbers and dates are
    left as they are.
    """
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    for number, row in enumerate(chain([headings], rows), 1):
        values = map(_value, row)
        writer.writerow([_FORMULA.sub(r"\g<0>'", value) if isinstance(value, str) else _iso_format(value) for value in values])
        if number % _ROWS_AT_ONCE == 0:
            yield _take_bytes(buffer)
    yield _take_bytes(buffer)


def write_xlsx(rows: Iterable[Iterable[object]], headings: Iterable[object], title: str) -> IO[bytes]:
    """The table as an Excel workbook with one sheet, in a temporary file that is deleted when closed. Column widths fit the first rows.

    Text is always stored as text, and marked if it looks like a formula, so that editing the cell does not turn it into one. Text is cut
    at Excel's limit; control characters are removed. A date before 1900 is stored as text, because Excel cannot represent it. openpyxl
    is slow: half a minute for 100,000 rows of ten cells, where CSV takes four seconds.
    """
    book = Workbook(write_only=True)
    book.properties.creator = domain()
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", _text(title))[:31].strip() or None)
    sheet.freeze_panes = "A2"
    bold, names, rest = Font(bold=True), [_text(heading) for heading in headings], map(list, rows)
    first = list(islice(rest, _ROWS_AT_ONCE))
    _widen(sheet, [names, *first])
    sheet.append([_cell(sheet, name, font=bold) for name in names])
    for row in chain(first, rest):
        sheet.append([_cell(sheet, value) if isinstance(value, str) and _AMBIGUOUS.match(value) else value for value in map(_value, row)])
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    book.save(file)
    file.seek(0)
    return file


def _widen(sheet: Any, rows: Iterable[Iterable[object]]) -> None:
    """Fit the column widths to these rows, within limits."""
    for number, column in enumerate(zip_longest(*rows, fillvalue=""), start=1):
        widest = max(len(str(value)) for value in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(widest + 2, 10), _MAX_WIDTH)


def _value(value: object) -> Any:
    """A number, a date or time in the time zone of the site, or a text."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value, timezone.get_default_timezone())
    if isinstance(value, date):
        return value if value.year >= _FIRST_YEAR else _iso_format(value)
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        return value
    return value if isinstance(value, time) and value.tzinfo is None else _text(value)


def _text(value: object) -> str:
    return "" if value is None else _ILLEGAL.sub("", str(value))


def _iso_format(value: object) -> object:
    """A date or time in ISO 8601 format, with a space instead of the T. Other values are returned unchanged."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, date | time) else value


def _cell(sheet: Any, text: str, font: Font | None = None) -> Any:
    cell = WriteOnlyCell(sheet, text[:_MAX_CELL])
    cell.data_type = "s"
    if _FORMULA.match(text):
        cell.quotePrefix = True
    if font:
        cell.font = font
    return cell


def _take_bytes(buffer: io.StringIO) -> bytes:
    raw = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return raw


# Reading


class UnreadableTable(Exception):
    """The file cannot be read. The text tells the person who chose it where the mistake is and what to do."""


class Row(NamedTuple):
    """The line of the file where the row begins, and its cells by normalised heading; '' for an empty cell."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A CSV file: the headings as written, the rows, and a note to the user if the encoding was guessed."""

    headings: tuple[str, ...]
    rows: list[Row]
    note: str = ""


def normalise_heading(heading: str) -> str:
    """The heading for comparisons: "E-Mail:" and " e_mail" both become "e mail"."""
    return " ".join(_WORD.findall(clean_line(heading).casefold())) or heading.casefold()


def read_csv(raw: bytes, *, most_rows: int) -> Table:
    """The table in an uploaded file. Raises UnreadableTable if it is not a valid CSV file, whatever the bytes are.

    Reads UTF-8, UTF-16 with a byte order mark, else Windows-1252; separated by comma, semicolon or tab, whichever gives the most
    headings. Cells are stripped, blank rows skipped. Memory is bounded by MAX_BYTES, MAX_COLUMNS and `most_rows`.
    """
    text, note = _decode(raw)
    records = _records(text, _delimiter(text))
    _line, headings = next(records, (0, []))
    keys = _keys(headings)
    rows = []
    for line, cells in records:
        if len(rows) == most_rows:
            raise UnreadableTable(_("The file has more than %(most)d rows. Please split it into several files.") % {"most": most_rows})
        if len(cells) > len(keys):
            message = _("Line %(line)d has %(cells)d cells, but there are %(headings)d headings. Is a quotation mark or a heading missing?")
            raise UnreadableTable(message % {"line": line, "cells": len(cells), "headings": len(keys)})
        rows.append(Row(line, dict(zip_longest(keys, cells, fillvalue=""))))
    if not rows:
        raise UnreadableTable(_("The file has headings, but no row below them."))
    return Table(tuple(headings), rows, note)


def _decode(raw: bytes) -> tuple[str, str]:
    """The text, and a note if its encoding was guessed."""
    if len(raw) > MAX_BYTES:
        raise UnreadableTable(_("The file is larger than %(most)d MB. Please split it into several files.") % {"most": MAX_BYTES >> 20})
    start = raw[:100].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for mark, kind in _NOT_TEXT.items():
        if raw.startswith(mark) or (mark.startswith(b"<") and start.startswith(mark)):
            message = _("This is no CSV file (%(kind)s). Please open it in your spreadsheet program and save it as “CSV UTF-8”.")
            raise UnreadableTable(message % {"kind": kind})
    text, note = _decode_guessing(raw)
    if "\0" in text:
        message = _("Line %(line)d holds characters that are no text. Please save the table anew as “CSV UTF-8”.")
        raise UnreadableTable(message % {"line": text.count("\n", 0, text.index("\0")) + 1})
    return text, note


def _decode_guessing(raw: bytes) -> tuple[str, str]:
    encodings = ["utf-8-sig"] if raw.startswith(codecs.BOM_UTF8) else ["utf-8", "cp1252"]
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        guess = _("The file is not in UTF-8 and was read as Windows-1252. Please check the letters with accents.")
        return text, guess if encoding == "cp1252" else ""
    raise UnreadableTable(_("The encoding of this file is not known. Please save the table anew as “CSV UTF-8”."))


def _delimiter(text: str) -> str:
    def headings(delimiter: str) -> int:
        records = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=delimiter)
        return len(next(filter(_is_filled, records), []))

    return max(_DELIMITERS, key=headings)


def _is_filled(cells: list[str]) -> bool:
    """Whether a row has any content, even if it was read with the wrong delimiter."""
    return any(cell.strip(_DELIMITERS + " ") for cell in cells)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, without empty cells at its end, and the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for record in reader:
            cells = [cell.strip() for cell in record]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        message = _("Line %(line)d: a quotation mark is not closed, or stands inside a cell. Please write two for each in a text.")
        raise UnreadableTable(message % {"line": line}) from error


def _keys(headings: list[str]) -> list[str]:
    """The normalised headings. Raises UnreadableTable if a heading is missing or repeated."""
    if not headings:
        raise UnreadableTable(_("The file is empty."))
    if len(headings) > MAX_COLUMNS:
        raise UnreadableTable(_("The file has more than %(most)d columns. Please leave only those you need.") % {"most": MAX_COLUMNS})
    keys: list[str] = []
    for position, heading in enumerate(headings, 1):
        key = normalise_heading(heading)
        if not key:
            raise UnreadableTable(_("Column %(place)d has no heading in the first row.") % {"place": position})
        if key in keys:
            raise UnreadableTable(_("The heading “%(heading)s” stands twice. Please rename or remove one.") % {"heading": heading[:60]})
        keys.append(key)
    return keys
