"""Excel workbooks, written row by row while they are sent: the XML of Office Open XML (ECMA-376, part 1), as little of it as is needed."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

MAX_CELL = 32_767  # characters in Excel
_PIECE = 32 * 1024
# Instead of the usual 6: less time for a larger file.
_COMPRESSION = 1
# What a program would read as an escaped character (§22.9.2.19), if it stood there as such.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORMATS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

# The places of the formats in `_STYLES`. The marked ones say that the cell is a text, though it looks like a formula.
PLAIN, MARKED, _DATE, _DATETIME, _TIME, BOLD, _BOLD_MARKED = range(7)
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}">
<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/><numFmt numFmtId="165" formatCode="yyyy-mm-dd h:mm:ss"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="7">
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="21" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" quotePrefix="1"/>
</cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""

# A sheet: its title, the widths of its columns in characters, and its rows, each of them with the style of its texts.
Row = tuple[int, Iterable[object]]
Sheet = tuple[str, Sequence[int], Iterable[Row]]


def stream_workbook(sheets: Iterable[Sheet], *, creator: str, is_marked: re.Pattern[str]) -> Iterator[bytes]:
    """The workbook in pieces, of which the first comes at once. Takes the memory of a few rows.

    Cells are texts, finite numbers, dates and times without a time zone, from 1900 on. A text is never a formula, and is marked as text
    where `is_marked` matches. An error of `sheets` leaves the archive without its end, so that no program takes it for whole.
    """
    sent, titles = _Sent(), []
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for number, (title, widths, rows) in enumerate(sheets, 1):
            titles.append(title)
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as file:
                yield sent.take()
                for part in _sheet(widths, rows, is_marked):
                    file.write(part.encode())
                    if sent.size >= _PIECE:
                        yield sent.take()
        for name, content in _parts(titles, creator).items():
            archive.writestr(name, content)
    yield sent.take()


class _Sent:
    """What the archive writes to. It cannot go back in it, so that everything written can be sent."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def write(self, piece: bytes) -> int:
        self.pieces.append(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is kept back."""

    def close(self) -> None:
        """Nothing was opened."""

    def take(self) -> bytes:
        taken = b"".join(self.pieces)
        self.pieces, self.size = [], 0
        return taken


def _sheet(widths: Sequence[int], rows: Iterable[Row], is_marked: re.Pattern[str]) -> Iterator[str]:
    """Its XML. The first row stays in view."""
    columns = "".join(f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1))
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{columns and f'<cols>{columns}</cols>'}<sheetData>"
    )

    @lru_cache(maxsize=500)  # most cells of a column are like others
    def text(value: str, style: int) -> str:
        """What comes after the place of the cell."""
        style += bool(is_marked.match(value))
        shown = escape(_LOOKS_ESCAPED.sub("_x005F_", value[:MAX_CELL]), {"\r": "&#13;"})
        return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'

    for line, (style, cells) in enumerate(rows, 1):
        shown = [
            f'<c r="{get_column_letter(place)}{line}"{text(value, style) if isinstance(value, str) else _number(value)}'
            for place, value in enumerate(cells, 1)
            if value != ""
        ]
        yield f'<row r="{line}">{"".join(shown)}</row>'
    yield "</sheetData></worksheet>"


def _number(value: object) -> str:
    if isinstance(value, date | time):
        style = _DATETIME if isinstance(value, datetime) else _DATE if isinstance(value, date) else _TIME
        return f' s="{style}"><v>{to_excel(value)}</v></c>'
    return f"><v>{value}</v></c>"


def _parts(titles: list[str], creator: str) -> dict[str, str]:
    """The other files of the archive. Two sheets must not have the same title."""
    numbered = list(enumerate(titles, 1))
    sheets = "".join(f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>' for number, title in numbered)
    targets = "".join(_relation(number, "worksheet", f"worksheets/sheet{number}.xml") for number, _title in numbered)
    types = "".join(_type(f"xl/worksheets/sheet{number}.xml", f"{_FORMATS}.worksheet+xml") for number, _title in numbered)
    core = f"{_PACKAGE}/metadata/core-properties"
    return {
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(targets + _relation(len(titles) + 1, "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        "docProps/core.xml": (
            f'{_XML}<cp:coreProperties xmlns:cp="{core}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:creator>{escape(creator)}</dc:creator></cp:coreProperties>"
        ),
        "_rels/.rels": _relations(
            _relation(1, "officeDocument", "xl/workbook.xml")
            + f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        ),
        "[Content_Types].xml": (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{_type('xl/workbook.xml', f'{_FORMATS}.sheet.main+xml')}{types}{_type('xl/styles.xml', f'{_FORMATS}.styles+xml')}"
            f"{_type('docProps/core.xml', 'application/vnd.openxmlformats-package.core-properties+xml')}</Types>"
        ),
    }


def _relations(content: str) -> str:
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>'


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'


def _type(name: str, content_type: str) -> str:
    return f'<Override PartName="/{name}" ContentType="{content_type}"/>'
