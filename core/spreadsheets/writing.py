"""Writing tables as CSV or XLSX, so that Excel and LibreOffice understand them and no cell acts as a formula."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _

from core.absolute_urls import domain

from . import workbooks
from .workbooks import BOLD, PLAIN, stream_workbook

_CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_ROWS_AT_ONCE = 200
_FIRST_YEAR = 1900  # in Excel
_MAX_WIDTH = 50  # characters, so that columns to the right of a long text stay in view
# Characters that XML 1.0 (§2.2) or UTF-8 cannot represent.
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Where a program may see a formula: at the start of a cell, after white space and invisible characters, also with full-width signs. A
# program that expects semicolons or tabs, as Excel does in much of Europe, ignores our quotes and sees a new cell after each of those.
_UNSEEN, _SIGNS = '\\s"\u00ad\u200b-\u200f\u2060\ufeff', "=+\\-@＝＋－＠﹦﹢﹣﹫"
_FORMULA = re.compile(f"^(?=[\t\r\n]|[{_UNSEEN}]*[{_SIGNS}])|[;\t\r\n](?=[{_UNSEEN}]{{0,99}}[{_SIGNS}])")
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
) -> StreamingHttpResponse:
    """The table as a download, `csv` or `xlsx`, never cached. Raises ValueError for another format. `more` sheets are for XLSX only.

    It begins at once and is written while it is sent, so an error halfway cuts it off.
    """
    if format not in _CONTENT_TYPES:
        raise ValueError(format)
    content = write_csv(rows, headings) if format == "csv" else write_xlsx(rows, headings, name, *more)
    filename = f"{slugify(name, allow_unicode=True) or 'table'}.{format}"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=filename) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(content, content_type=_CONTENT_TYPES[format], headers=headers)


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


@lru_cache(maxsize=500)  # most cells of a column are like others
def _harmless(text: str) -> str:
    return _FORMULA.sub(r"\g<0>'", _text(text))


def without_neutralising(text: str) -> str:
    """The text of a cell as it was before `write_csv` put apostrophes into it."""
    return _NEUTRALISED.sub("", text)


def write_xlsx(rows: Iterable[Iterable[object]], headings: Iterable[object], title: str, *more: Sheet) -> Iterator[bytes]:
    """The table as an Excel workbook, in chunks. Column widths fit the first rows.

    Text is always stored as text, and marked if it looks like a formula, so that editing the cell does not turn it into one. Text is cut
    at Excel's limit; control characters are removed. A date before 1900 is stored as text, because Excel cannot represent it.
    """
    sheets = ((title, headings, rows), *more)
    return stream_workbook((_sheet(number, *sheet) for number, sheet in enumerate(sheets, 1)), creator=domain(), is_marked=_FORMULA)


def _sheet(number: int, title: str, headings: Iterable[object], rows: Iterable[Iterable[object]]) -> workbooks.Sheet:
    names, rest = [_text(heading) for heading in headings], ([_value(value) for value in row] for row in rows)
    first = list(islice(rest, _ROWS_AT_ONCE))
    name = re.sub(r"[\[\]:*?/\\']", " ", _text(title))[:31].strip() or _("Sheet %(number)d") % {"number": number}
    return name, _widths([names, *first]), chain([(BOLD, names)], ((PLAIN, row) for row in chain(first, rest)))


def _widths(rows: Iterable[Iterable[object]]) -> list[int]:
    """The widths of columns that fit these rows, within limits."""
    widest = (max(len(str(value)) for value in column) for column in zip_longest(*rows, fillvalue=""))
    return [min(max(width + 2, 10), _MAX_WIDTH) for width in widest]


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


def _take_bytes(buffer: io.StringIO) -> bytes:
    raw = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return raw
