"""The rows of a sheet in an Excel workbook (XLSX): values as they are shown, results of formulas as they were saved, nothing executed.

The parts of the archive are read by defusedxml, cell by cell as they come: a declared dimension of a million rows costs nothing. openpyxl
is not used to read, because it does not say which rows are hidden, and fails on files that other programs open.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from posixpath import join, normpath
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from .tables import MAX_COLUMNS, MAX_TITLE_ROWS, Option, Record, UnreadableTable, Unsettled, find_headings, headings_in

SHEET, HIDDEN_ROWS = "sheet", "hidden_rows"
LEAVE_OUT, INCLUDE = "leave_out", "include"
# An honest workbook of twenty thousand rows unpacks to thirty megabytes.
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS, _MAX_SHEETS, _MAX_FILLED, _MAX_STRINGS = 5000, 50, 200_000, 1_000_000
_MAX_WIDTH = 4 * MAX_COLUMNS
_MAX_DEPTH, _MAX_PARTS_OF_ONE, _MAX_CHARACTERS = 100, 400_000, 32_767
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_BROKEN = (KeyError, ValueError, LookupError, OverflowError, ParseError, DefusedXmlException, OSError, EOFError, RuntimeError)
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, NotImplementedError)


@dataclass(frozen=True)
class _Sheet:
    name: str
    path: str
    is_hidden: bool


def xlsx_records(raw: bytes, *, known: Collection[str], most_rows: int, settled: Mapping[str, str]) -> tuple[list[Record], list[str]]:
    """The rows of the sheet that holds the table, and what to know of them. Raises UnreadableTable, or Unsettled with a question."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _refuse_other_archives(archive)
            book = _Workbook(archive)
            sheet, records, notes = _choose_sheet(book, known, most_rows, settled)
            return _visible(sheet, records, settled, notes)
    except (*_BROKEN, *_BROKEN_ZIP) as error:
        if isinstance(error, UnreadableTable):
            raise
        message = _(
            "This Excel file (XLSX) is damaged. Please open it in your spreadsheet program, save it as a new workbook, and try that."
        )
        raise UnreadableTable(message) from error


def _refuse_other_archives(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    too_large = len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableTable(_("This file is protected by a password. Please save a copy without a password and upload that."))
    if too_large:
        raise UnreadableTable(
            _("This file unpacks to more than %(most)d MB. Please copy the table alone into a new workbook.") % {"most": MAX_UNPACKED >> 20}
        )
    if any(name == "xl/workbook.xml" or (name.endswith("workbook.xml") and "_rels/.rels" in names) for name in names):
        return
    save = _("Please save it as an Excel workbook (.xlsx) or as “CSV UTF-8”.")
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
        raise UnreadableTable(_("This is an OpenDocument file (ODS).") + f" {save}")
    if "xl/workbook.bin" in names:
        raise UnreadableTable(_("This is a binary Excel workbook (XLSB).") + f" {save}")
    if any(name.endswith(".iwa") for name in names):
        raise UnreadableTable(_("This is a Numbers document. Please export it to Excel (.xlsx) or CSV."))
    if "word/document.xml" in names:
        raise UnreadableTable(_("This is a Word document (DOCX). Please copy its table into a spreadsheet and save that as .xlsx."))
    raise UnreadableTable(_("This is no Excel workbook, but another ZIP file. Please unpack it, and upload the table in it."))


# Which sheet, which rows


def _choose_sheet(
    book: "_Workbook", known: Collection[str], most_rows: int, settled: Mapping[str, str]
) -> tuple[_Sheet, list[Record], list[str]]:
    """The one visible sheet with headings that are understood, else the first with anything in it. Several: that is asked."""
    visible = [sheet for sheet in book.sheets if not sheet.is_hidden]
    filled = {sheet: head for sheet in visible[:_MAX_SHEETS] if (head := book.rows(sheet, MAX_TITLE_ROWS, cut=True))}
    if not filled:
        raise UnreadableTable(_("The workbook is empty, or its sheets are hidden."))
    fitting = [sheet for sheet, head in filled.items() if _headings_found(head, known)]
    if len(fitting) > 1 and settled.get(SHEET) not in {sheet.name for sheet in fitting}:
        options = [Option(sheet.name, sheet.name, tuple(_sample(filled[sheet]))) for sheet in fitting]
        raise Unsettled(
            _("The workbook has several sheets with a table. Choose one; for the others, upload the file again."), SHEET, options
        )
    sheet = next((one for one in fitting if one.name == settled.get(SHEET)), (fitting or list(filled))[0])
    notes = []
    if others := [one.name for one in book.sheets if one != sheet]:
        message = _("Sheet “%(sheet)s” was read, and no other: %(others)s.")
        notes.append(message % {"sheet": sheet.name, "others": ", ".join(f"“{name[:40]}”" for name in others[:10])})
    return sheet, book.rows(sheet, most_rows + MAX_TITLE_ROWS + 1), notes


def _headings_found(head: list[Record], known: Collection[str]) -> int:
    rows = [record.cells for record in head]
    return headings_in(rows[find_headings(rows, known)], known)


def _sample(records: list[Record]) -> Iterator[str]:
    for record in records[:3]:
        yield " · ".join(filter(None, record.cells))[:160]


def _visible(sheet: _Sheet, records: list[Record], settled: Mapping[str, str], notes: list[str]) -> tuple[list[Record], list[str]]:
    hidden = [record for record in records if record.is_hidden]
    if not hidden:
        return records, notes
    answer = settled.get(HIDDEN_ROWS, "")
    lines = ", ".join(str(record.line) for record in hidden[:20]) + ("…" if len(hidden) > 20 else "")
    if answer not in (LEAVE_OUT, INCLUDE):
        sample = tuple(_sample(hidden))
        options = [
            Option(LEAVE_OUT, _("Leave them out"), sample),
            Option(INCLUDE, _("Read them like the others")),
        ]
        message = _("Rows are hidden in the sheet, by a filter or by hand: %(rows)s. Say whether they belong to the list.")
        raise Unsettled(message % {"rows": lines}, HIDDEN_ROWS, options)
    if answer == INCLUDE:
        return records, [*notes, _("Hidden rows were read like the others: %(rows)s.") % {"rows": lines}]
    return [record for record in records if not record.is_hidden], [*notes, _("Hidden rows were left out: %(rows)s.") % {"rows": lines}]


# The parts of the archive


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        main = next((target for kind, target in self._related("").values() if kind == "officeDocument"), "xl/workbook.xml")
        related = self._related(main)
        by_kind = dict(related.values())
        self.epoch, self.sheets = WINDOWS_EPOCH, []
        for element in self._elements(main, ("workbookPr", "sheet")):
            if _name(element) == "workbookPr":
                self.epoch = MAC_EPOCH if element.get("date1904") in ("1", "true") else WINDOWS_EPOCH
                continue
            reference = next((value for key, value in element.items() if key.endswith("}id")), "")
            kind, target = related.get(reference, ("", ""))
            if kind == "worksheet":
                is_hidden = element.get("state", "visible") != "visible"
                self.sheets.append(_Sheet(element.get("name", ""), target, is_hidden))
        self.strings = self._strings(by_kind.get("sharedStrings", ""))
        self.formats = self._formats(by_kind.get("styles", ""))

    def _open(self, path: str) -> IO[bytes]:
        return self.archive.open(path.lstrip("/"))

    def _elements(self, path: str, names: tuple[str, ...]) -> Iterator[Element]:
        """The elements with these names, each emptied when the next is asked for. Nothing else is kept."""
        with self._open(path) as stream:
            ancestors: list[Element] = []
            inside = kept = 0
            for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
                is_wanted = _name(element) in names
                if event == "start":
                    ancestors.append(element)
                    inside += is_wanted
                    kept += 1
                    if len(ancestors) > _MAX_DEPTH or kept > _MAX_PARTS_OF_ONE:
                        raise ValueError("nested too deeply, or too much in one element")
                    continue
                ancestors.pop()
                inside -= is_wanted
                if is_wanted:
                    yield element
                if not inside:
                    kept = 0
                    element.clear()
                    if ancestors:
                        ancestors[-1].remove(element)

    def _related(self, path: str) -> dict[str, tuple[str, str]]:
        """The kinds and paths of the parts that a part names."""
        folder, _slash, file = path.rpartition("/")
        own = join(folder, "_rels", f"{file}.rels")
        if own not in self.archive.namelist():
            return {}
        found = {}
        for element in self._elements(own, ("Relationship",)):
            target = element.get("Target", "")
            target = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
            found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], target)
        return found

    def _strings(self, path: str) -> list[str]:
        if path not in self.archive.namelist():
            return []
        strings = [_text_of(element) for element in islice(self._elements(path, ("si",)), _MAX_STRINGS + 1)]
        if len(strings) > _MAX_STRINGS:
            raise ValueError("too many strings")
        return strings

    def _formats(self, path: str) -> list[str]:
        """The number format of each style of cells."""
        if path not in self.archive.namelist():
            return []
        named, used = dict(BUILTIN_FORMATS), []
        for element in self._elements(path, ("numFmt", "cellXfs")):
            if _name(element) == "numFmt":
                named[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
            else:
                used = [int(style.get("numFmtId", "0")) for style in element if _name(style) == "xf"]
        return [_NATIONAL_DATES.get(number) or named.get(number, "General") for number in used]

    def rows(self, sheet: _Sheet, most: int, *, cut: bool = False) -> list[Record]:
        """Its rows that are not blank: the first `most` with `cut`, else as many and one more, so that too many are noticed."""
        found: list[Record] = []
        merged, line = [], 0
        for element in self._elements(sheet.path, ("row", "mergeCell")):
            if _name(element) == "mergeCell":
                merged.append(element.get("ref", ""))
                continue
            line = int(element.get("r", line + 1))
            if len(found) > most or (cut and len(found) == most):
                break
            record = self._record(line, element)
            if len(record.cells) > _MAX_WIDTH and not cut:
                message = _("Row %(row)d has a cell far to the right of the table. Please empty it.")
                raise UnreadableTable(message % {"row": line})
            if record.cells:
                found.append(record)
        _fill_down(found, merged)
        return found

    def _record(self, line: int, row: Element) -> Record:
        cells: dict[int, str] = {}
        faults: dict[int, str] = {}
        place = -1
        for cell in row:
            if _name(cell) != "c":
                continue
            reference = _REFERENCE.match(cell.get("r", ""))
            place = column_index_from_string(reference[1]) - 1 if reference else place + 1
            text, fault = self._value(cell)
            if text or fault:
                cells[place] = text or "?"
            if fault:
                faults[place] = fault
        listed = [cells.get(place, "") for place in range(min(max(cells, default=-1), _MAX_WIDTH) + 1)]
        return Record(line, listed, faults, is_hidden=row.get("hidden") in ("1", "true"))

    def _value(self, cell: Element) -> tuple[str, str]:
        """The text of a cell, and why it cannot be used."""
        kind, parts = cell.get("t", "n"), {_name(part): part for part in cell}
        if kind == "inlineStr":
            return (_text_of(parts["is"]) if "is" in parts else ""), ""
        raw = (parts["v"].text or "") if "v" in parts else ""
        if kind == "e":
            return raw, _("It holds an error of the spreadsheet (%(error)s). Please correct it.") % {"error": raw[:20]}
        if not raw:
            if "f" in parts and kind != "str":
                return "", _(
                    "It holds a formula without a saved result. Please open the file in your spreadsheet program and save it again."
                )
            return "", ""
        if kind == "s":
            return self.strings[int(raw)], ""
        if kind == "b":
            return ("yes" if raw.strip() in ("1", "true") else "no"), ""
        if kind in ("str", "d"):
            return _plain(raw), ""
        return self._number(float(raw), int(cell.get("s", "0"))), ""

    def _number(self, value: float, style: int) -> str:
        code = self.formats[style] if 0 <= style < len(self.formats) else "General"
        if is_date_format(code):
            return _moment(value, self.epoch)
        if value.is_integer() and abs(value) < 1e15:
            text = str(int(value))
            return text.zfill(len(code)) if code and set(code) == {"0"} and len(code) < 30 else text
        return repr(value)


# Dates in the formats of East Asia and Thailand, which have a number and no code (ECMA-376, part 1, §18.8.30).
_NATIONAL_DATES = dict.fromkeys((*range(27, 37), *range(50, 59)), "yyyy-mm-dd")


def _moment(value: float, epoch: Any) -> str:
    """A day, or a day with a time, in ISO 8601; a number that is no moment stays a number."""
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return repr(value)
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "seconds")
    return str(moment)


def _name(element: Element) -> str:
    """Its name without the namespace, of which there are two."""
    return str(element.tag).rpartition("}")[2]


def _text_of(element: Element) -> str:
    """The text of a string, without the reading aids of East Asian scripts."""
    parts = []
    for child in element:
        if _name(child) == "t":
            parts.append(child.text or "")
        elif _name(child) == "r":
            parts += [part.text or "" for part in child if _name(part) == "t"]
    return _plain("".join(parts))


def _plain(text: str) -> str:
    """The text with escaped characters as they were (`_x000D_`)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[:_MAX_CHARACTERS]).replace("\0", "").strip()


def _fill_down(records: list[Record], merged: list[str]) -> None:
    """A cell merged with those below it counts for each of their rows, as it looks. What is merged to the right is a title."""
    by_line = {record.line: record for record in records}
    filled = 0
    for area in merged:
        first, _colon, last = area.partition(":")
        begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if not begin or not end or int(begin[2]) not in by_line:
            continue
        place, above = column_index_from_string(begin[1]) - 1, by_line[int(begin[2])]
        text = above.cells[place] if place < len(above.cells) else ""
        for line in range(int(begin[2]) + 1, min(int(end[2]), records[-1].line) + 1 if text else 0):
            if record := by_line.get(line):
                record.cells.extend([""] * (place + 1 - len(record.cells)))
                record.cells[place] = record.cells[place] or text
            filled += 1
        if filled > _MAX_FILLED:
            raise UnreadableTable(_("The sheet has too many merged cells. Please unmerge them."))
