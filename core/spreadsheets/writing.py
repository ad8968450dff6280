"""Writing tables as CSV or XLSX, so that Excel and LibreOffice understand them and no cell acts as a formula."""

import csv
import io
import math
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.absolute_urls import domain

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
# The apostrophes that `write_csv` puts before what may be a formula.
_NEUTRALISED = re.compile(f"(?:^|(?<=[;\t\r\n]))'(?=[{_UNSEEN}]{{0,99}}[{_SIGNS}])|^'(?=[\t\r\n])")

# A further sheet of a workbook: its title, headings and rows.
Sheet = tuple[str, Iterable[object], Iterable[Iterable[object]]]


def as_download(
    name: str,
    format: str,  # noqa: A002
    headings: Iterable[object],
    rows: Iterable[Iterable[object]],
    *more: Sheet,
) -> FileResponse | StreamingHttpResponse:
    """The table as a download, `csv` or `xlsx`, never cached. Raises ValueError for another format. `more` sheets are for XLSX only.

    A CSV is streamed, so an error halfway cuts it off.
    """
    title = slugify(name, allow_unicode=True) or "table"
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    if format == "csv":
        headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{title}.csv") or "attachment"
        return StreamingHttpResponse(write_csv(rows, headings), content_type="text/csv; charset=utf-8", headers=headers)
    if format == "xlsx":
        file = write_xlsx(rows, headings, name, *more)
        return FileResponse(file, as_attachment=True, filename=f"{title}.xlsx", content_type=XLSX, headers=headers)
    raise ValueError(format)


def write_csv(rows: Iterable[Iterable[object]], headings: Iterable[object]) -> Iterator[bytes]:
    """The table in chunks: RFC 4180 in UTF-8, with a byte order mark so that Excel recognises UTF-8.

    An apostrophe is put before text that a program would take for a formula (also after a `;` or tab inside it). Numbers and dates are
    left as they are.
    """
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer, words = csv.writer(buffer), {True: _("yes"), False: _("no")}
    for number, row in enumerate(chain([headings], rows), 1):
        writer.writerow(
            [
                _harmless(value) if type(value) is str else words[value] if isinstance(value, bool) else _in_csv(_value(value))
                for value in row
            ]
        )
        if number % _ROWS_AT_ONCE == 0:
            yield _take_bytes(buffer)
    yield _take_bytes(buffer)


def _in_csv(value: object) -> object:
    return _FORMULA.sub(r"\g<0>'", value) if isinstance(value, str) else _iso_format(value)


@lru_cache(maxsize=5000)  # most cells of a column are like others
def _harmless(text: str) -> str:
    return _FORMULA.sub(r"\g<0>'", _text(text))


def without_neutralising(text: str) -> str:
    """The text of a cell as it was before `write_csv` put apostrophes into it."""
    return _NEUTRALISED.sub("", text)


def write_xlsx(rows: Iterable[Iterable[object]], headings: Iterable[object], title: str, *more: Sheet) -> IO[bytes]:
    """The table as an Excel workbook, in a temporary file that is deleted when closed. Column widths fit the first rows.

    Text is always stored as text, and marked if it looks like a formula, so that editing the cell does not turn it into one. Text is cut
    at Excel's limit; control characters are removed. A date before 1900 is stored as text, because Excel cannot represent it. openpyxl
    is slow: half a minute for 100,000 rows of ten cells, where CSV takes four seconds.
    """
    book = Workbook(write_only=True)
    book.properties.creator = domain()
    for sheet_title, sheet_headings, sheet_rows in ((title, headings, rows), *more):
        _add_sheet(book, sheet_title, sheet_headings, sheet_rows)
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    book.save(file)
    file.seek(0)
    return file


def _add_sheet(book: Workbook, title: str, headings: Iterable[object], rows: Iterable[Iterable[object]]) -> None:
    sheet: Any = book.create_sheet(re.sub(r"[\[\]:*?/\\']", " ", _text(title))[:31].strip() or None)
    sheet.freeze_panes = "A2"
    bold, names, rest = Font(bold=True), [_text(heading) for heading in headings], map(list, rows)
    first = list(islice(rest, _ROWS_AT_ONCE))
    _widen(sheet, [names, *first])
    sheet.append([_cell(sheet, name, font=bold) for name in names])
    for row in chain(first, rest):
        sheet.append([_cell(sheet, value) if isinstance(value, str) and _AMBIGUOUS.match(value) else value for value in map(_value, row)])


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
