"""Workbooks in: what people upload under the name of a workbook, and what an honest workbook may hold."""

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH

from core.spreadsheets import Table, UnreadableTable, Unsettled, read_table, write_xlsx

KNOWN = {"name", "country", "since"}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def book_of(*rows: list[Any], title: str = "Sheet") -> Workbook:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def read(raw: bytes, **settled: str) -> Table:
    return read_table(raw, most_rows=50, known=KNOWN, settled=settled)


def names(table: Table) -> list[str]:
    return [row.cells["name"] for row in table.rows]


def archive(parts: dict[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


def by_hand(sheet: str, *, main: str = MAIN, strings: str = "", prologue: str = "") -> bytes:
    """A workbook of one sheet, as small as the standard allows."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = '<sheet name="A" r:id="r1"/>'
    related = f'<Relationship Id="r1" Type="{kind}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
    if strings:
        related += f'<Relationship Id="r2" Type="{kind}/sharedStrings" Target="sharedStrings.xml"/>'
    return archive(
        {
            "xl/workbook.xml": f'{prologue}<workbook xmlns="{main}" xmlns:r="{kind}"><sheets>{one}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
            "xl/worksheets/sheet1.xml": f'{prologue}<worksheet xmlns="{main}">{sheet}</worksheet>',
            **({"xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>'} if strings else {}),
        }
    )


def inline(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


def test_cells_are_read_as_they_look() -> None:
    book = book_of(
        ["Name", "Country", "Since", "Phone"],
        ["Ada ", "NL", date(2019, 12, 31), 256772123456],
        ["'=Union", True, datetime(2019, 12, 31, 10, 30), 0.5],  # noqa: DTZ001
        ["Two\nlines", None, 2019, 2019.0],
        [CellRichText("Bo", TextBlock(InlineFont(b=True), "la")), 43830, "", "+256 772"],
    )
    book.active["C4"].number_format = "General"
    book.active["D6"] = 772
    book.active["A6"], book.active["D6"].number_format = "Zeros", "0000"
    rows = [list(row.cells.values()) for row in read(saved(book)).rows]
    assert rows == [
        ["Ada", "NL", "2019-12-31", "256772123456"],
        ["=Union", "yes", "2019-12-31 10:30:00", "0.5"],
        ["Two\nlines", "", "2019", "2019"],
        ["Bola", "43830", "", "+256 772"],
        ["Zeros", "", "", "0772"],
    ]
    assert [row.line for row in read(saved(book)).rows] == [2, 3, 4, 5, 6]


def test_dates_of_an_old_mac_are_those_that_were_typed() -> None:
    book = book_of(["Name", "Since"], ["Ada", date(2019, 12, 31)])
    book.epoch = MAC_EPOCH
    assert read(saved(book)).rows[0].cells["since"] == "2019-12-31"


def test_what_we_write_we_read() -> None:
    rows = [["=1+1", "\t@x", date(1848, 1, 1)], ["#N/A", "a;=b", date(2021, 4, 7)]]
    table = read(b"".join(write_xlsx(rows, ["Name", "Country", "Since"], "x")))
    assert [list(row.cells.values()) for row in table.rows] == [["=1+1", "@x", "1848-01-01"], ["#N/A", "a;=b", "2021-04-07"]]


def test_titles_gaps_and_merged_cells() -> None:
    book = book_of(["Signatories of the letter"], [], ["Name", "Country"], ["Ada", "NL"], ["Bola", None], [], ["Cem", None], ["Dana", "TR"])
    sheet = book.active
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B4:B7")
    table = read(saved(book))
    assert [(row.line, *row.cells.values()) for row in table.rows] == [
        (4, "Ada", "NL"),
        (5, "Bola", "NL"),
        (7, "Cem", "NL"),
        (8, "Dana", "TR"),
    ]
    assert len(table.notes) == 1


def test_a_formula_counts_by_its_saved_result() -> None:
    cells = '<c t="str"><f>A1</f><v>Ada</v></c><c><f>1+1</f><v>2</v></c>'
    without = "<c><f>A1</f></c>" + '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    raw = by_hand(f"<sheetData><row>{inline('Name', 'Country')}</row><row>{cells}</row><row>{without}</row></sheetData>")
    first, second = read(raw).rows
    assert (first.cells, first.faults) == ({"name": "Ada", "country": "2"}, {})
    assert set(second.faults) == {"name", "country"}


@pytest.mark.parametrize("main", [MAIN, STRICT])
def test_both_dialects_are_read_without_positions_and_with_reading_aids(main: str) -> None:
    strings = (
        "<si><t>Name</t></si><si><r><t>健</t></r><r><t>康</t></r><rPh sb='0' eb='1'><t>ケンコウ</t></rPh></si><si><t>a_x0041_b</t></si>"
    )
    rows = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in range(3))
    assert names(read(by_hand(f"<sheetData>{rows}</sheetData>", main=main, strings=strings))) == ["健康", "aAb"]


def test_the_sheet_with_the_table_is_found_or_asked() -> None:
    book = book_of(["About this list"], title="Notes")
    members: Any = book.create_sheet("Members")
    for row in (["Name", "Country"], ["Ada", "NL"]):
        members.append(row)
    table = read(saved(book))
    assert names(table) == ["Ada"]
    assert "Notes" in table.notes[0]
    other: Any = book.create_sheet("Older")
    for row in (["Name", "Country"], ["Bola", "NG"]):
        other.append(row)
    with pytest.raises(Unsettled) as asked:
        read(saved(book))
    assert (asked.value.question, [option.value for option in asked.value.options]) == ("sheet", ["Members", "Older"])
    assert names(read(saved(book), sheet="Older")) == ["Bola"]
    other.sheet_state = "hidden"
    assert names(read(saved(book))) == ["Ada"]


def test_hidden_rows_are_asked() -> None:
    book = book_of(["Name"], ["Ada"], ["Bola"], ["Cem"])
    book.active.row_dimensions[3].hidden = True
    with pytest.raises(Unsettled) as asked:
        read(saved(book))
    assert asked.value.question == "hidden_rows"
    assert names(read(saved(book), hidden_rows="leave_out")) == ["Ada", "Cem"]
    assert names(read(saved(book), hidden_rows="include")) == ["Ada", "Bola", "Cem"]


def refused(raw: bytes) -> str:
    with pytest.raises(UnreadableTable) as refusal:
        read(raw)
    assert not isinstance(refusal.value, Unsettled)
    return str(refusal.value)


def _encrypted() -> bytes:
    raw = bytearray(archive({"xl/workbook.xml": "<workbook/>"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        begin = raw.index(mark)
        raw[begin + place : begin + place + 2] = struct.pack("<H", 1)
    return bytes(raw)


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
SHEET = f"<sheetData><row>{inline('Name')}</row><row>{inline('&a;')}</row></sheetData>"
OTHER_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "cut off": (lambda: saved(book_of(["Name"], ["Ada"]))[:-300], "damaged"),
    "no sheets": (lambda: archive({"xl/workbook.xml": "<workbook/>"}), "empty"),
    "not XML": (lambda: archive({"xl/workbook.xml": "<workbook>"}), "damaged"),
    "a string that is not there": (lambda: by_hand('<sheetData><row><c t="s"><v>7</v></c></row></sheetData>'), "damaged"),
    "entities": (lambda: by_hand(SHEET, prologue=ENTITY), "damaged"),
    "external entities": (lambda: by_hand(SHEET, prologue=EXTERNAL), "damaged"),
    "a bomb": (lambda: archive({"xl/workbook.xml": "<workbook/>", "xl/a.xml": b" " * (65 << 20)}), "64 MB"),
    "many parts": (lambda: archive({f"xl/{number}": "" for number in range(5001)}), "64 MB"),
    "a password inside the ZIP": (_encrypted, "password"),
    "a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "old Excel": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "XLS"),
    "ODS": (lambda: archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "ODS"),
    "XLSB": (lambda: archive({"xl/workbook.bin": ""}), "XLSB"),
    "Numbers": (lambda: archive({"Index/Document.iwa": ""}), "Numbers"),
    "Word": (lambda: archive({"word/document.xml": ""}), "DOCX"),
    "a ZIP": (lambda: archive({"names.csv": "name"}), "ZIP"),
    "a web page": (lambda: b"<table><tr><td>Name</td></tr></table>", "HTML"),
    "a web page of Excel": (lambda: '\ufeff<html xmlns:x="urn:schemas-microsoft-com:office:excel">'.encode("utf-16"), "HTML"),
    "a page with a declaration": (lambda: b'<?xml version="1.0"?>\n<html xmlns="x"><body>', "HTML"),
    "XML of 2003": (lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML"),
    "SYLK": (lambda: b"ID;PWXL;N;E\r\nC;Y1;X1", "SYLK"),
    "far to the right": (
        lambda: by_hand(f'<sheetData><row>{inline("Name")}<c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'),
        "right",
    ),
    "too many rows": (lambda: saved(book_of(["Name"], *[["Ada"]] * 60)), "more than 50 rows"),
}


@pytest.mark.parametrize("what", OTHER_FILES)
def test_what_is_no_table_is_refused_saying_what_to_do(what: str) -> None:
    make, word = OTHER_FILES[what]
    message = refused(make())
    assert word in message
    assert "%(" not in message
    assert "passwd" not in message


def test_empty_cells_and_declared_dimensions_cost_nothing() -> None:
    empty = "".join(f'<row r="{number}"><c r="XFD{number}" s="0"/></row>' for number in range(1, 2000))
    last = f'<row r="1048576">{inline("Name")}</row>'
    raw = by_hand(f'<dimension ref="A1:XFD1048576"/><sheetData>{empty}{last}</sheetData>')
    tracemalloc.start()
    began = time.monotonic()
    assert "no row below" in refused(raw)
    assert time.monotonic() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_is_a_table_or_refused(data: st.DataObject) -> None:
    raw = bytearray(HONEST)
    for _hit in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(raw))
    except UnreadableTable:
        return


HONEST = saved(book_of(["Name", "Since"], ["Ada", date(2019, 12, 31)], ["Bola", 7]))
