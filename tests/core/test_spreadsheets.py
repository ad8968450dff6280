"""Tables out, safe in every spreadsheet program, and in, whatever somebody chose."""

import codecs
import csv
import io
import secrets
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.spreadsheets import MAX_BYTES, MAX_COLUMNS, UnreadableTable, Unsettled, as_download, read_table, write_csv, write_xlsx

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\tAda",
    "\rAda",
    "  =1",
    "\u00a0=1",
    "\ufeff=1",
    "\u200e=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "\n\n=1",
]
HARMLESS = ["Ada", "a=b", "1-2", "St. John", "'=1", "a, -b", "", "é", "Ada\nLovelace", 'the "best"']


def written(rows: Iterable[Iterable[object]]) -> str:
    return b"".join(write_csv(rows, ["Name"])).decode("utf-8-sig")


def sheet(rows: Iterable[Iterable[object]], headings: Iterable[object] = ("Name",), title: str = "People") -> Any:
    return load_workbook(io.BytesIO(b"".join(write_xlsx(rows, headings, title)))).active


# Out


def test_csv_is_what_rfc_4180_and_excel_ask_for() -> None:
    raw = b"".join(write_csv([["Médecins, “Sans”", 'a "b"', "1\n2"], [None, 7, True]], [gettext_lazy("Name"), "B", "C"]))
    assert raw == codecs.BOM_UTF8 + 'Name,B,C\r\n"Médecins, “Sans”","a ""b""","1\n2"\r\n,7,yes\r\n'.encode()


def test_columns_of_a_workbook_are_wide_enough_to_be_read() -> None:
    table = sheet([["Midwives of the Great Lakes", "x" * 900, 7]], ["Name", "Note", "Names"])
    assert [table.column_dimensions[letter].width for letter in "ABC"] == [29, 50, 10]


def test_numbers_and_dates_are_written_as_such() -> None:
    """An apostrophe would make them texts. Times are those of the site's clocks, Amsterdam's here."""
    row = [-5, Decimal("-1.50"), 0.5, date(2021, 4, 7), datetime(2021, 4, 7, 22, 30, 9, tzinfo=UTC), date(1848, 1, 1)]
    assert written([row]) == "Name\r\n-5,-1.50,0.5,2021-04-07,2021-04-08 00:30:09,1848-01-01\r\n"
    cells = sheet([row])[2]
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "d", "d", "s"]
    assert [str(cell.value) for cell in cells] == ["-5", "-1.5", "0.5", "2021-04-07 00:00:00", "2021-04-08 00:30:09", "1848-01-01"]
    assert written([[float("-inf"), float("nan")]]) == "Name\r\n'-inf,nan\r\n"


def test_no_cell_is_a_formula() -> None:
    assert list(csv.reader(io.StringIO(written([FORMULAS, HARMLESS]), newline="")))[1:] == [
        ["'" + text.replace("\t=", "\t'=").replace("\n\n=", "\n'\n'=") for text in FORMULAS],
        HARMLESS,
    ]
    opened = sheet([FORMULAS, HARMLESS, ["#N/A", "=" * 40_000]])
    assert {cell.data_type for row in opened.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert {cell.quotePrefix for cell in opened[2]} == {True}
    assert {cell.quotePrefix for cell in opened[3]} == {False}
    assert opened["A4"].value == "#N/A"


@example(["Ada;=1", 'x;"=1"', "a\t\t@b", "\t" * 5000, "1\n=1", "x; \t ; -1"])
@given(st.lists(st.one_of(st.text("=+-@;,\t\r\n\"'a ＝", min_size=1), st.text(st.characters())), min_size=1, max_size=4))
def test_no_program_finds_a_formula_whatever_it_parts_cells_by(texts: list[str]) -> None:
    text = written([texts])
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                assert not cell.lstrip('" \t\r\n\u00a0').startswith(("=", "+", "-", "@", "＝")), (delimiter, cell)


def test_a_workbook_has_headings_a_name_and_no_control_characters() -> None:
    opened = sheet([["a\0b\x1b\ud800c\ufffe"], ["_" * 40_000]], ["=Name"], "People: [2021]/'all' of the world and more")
    assert opened.title == "People   2021   all  of the wor"
    assert (opened["A1"].value, opened["A1"].font.bold, opened.freeze_panes) == ("=Name", True, "A2")
    assert opened["A2"].value == "abc"
    assert len(opened["A3"].value) == 32_767
    assert written([["a\0b\x1b\ud800c\ufffe"]]) == "Name\r\nabc\r\n"


@pytest.mark.parametrize(("kind", "content_type"), [("csv", "text/csv; charset=utf-8"), ("xlsx", "application/vnd.openxml")])
def test_a_download_is_a_file_that_no_cache_keeps(kind: str, content_type: str) -> None:
    response = as_download("Côte d’Ivoire\r\n../x", kind, ["Name"], [["Ada"]])
    assert response["Content-Type"].startswith(content_type)
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''c%C3%B4te-divoire-x.{kind}"
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert response.getvalue()


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="pdf"):
        as_download("x", "pdf", [], [])


# In


def refused(raw: bytes | str, most_rows: int = 10) -> str:
    with pytest.raises(UnreadableTable) as refusal:
        read_table(raw if isinstance(raw, bytes) else raw.encode(), most_rows=most_rows)
    return str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_as_every_program_writes_it(encoding: str, delimiter: str) -> None:
    lines = ["", "Full  Name|E-Mail|“Country”||", '"Médecins; ""Sans"", \tx"| ada@x.org ', "||", "Two\r\nlines", "Ada||NL|"]
    lines[4] = '"Two\r\nlines"'
    table = read_table("\r\n".join(lines).replace("|", delimiter).encode(encoding), most_rows=3, settled={"encoding": "cp1252"})
    assert table.headings == ("Full  Name", "E-Mail", "“Country”")
    assert [row.line for row in table.rows] == [3, 5, 7]
    assert [list(row.cells.values()) for row in table.rows] == [
        ['Médecins; "Sans", \tx', "ada@x.org", ""],
        ["Two\r\nlines", "", ""],
        ["Ada", "", "NL"],
    ]
    assert list(table.rows[0].cells) == ["full name", "e mail", "country"]


def test_lines_may_end_in_any_way_and_a_table_may_have_one_column() -> None:
    for end in ("\n", "\r", "\r\n"):
        table = read_table(end.join(["Name", "", "Ada", "Grace"]).encode(), most_rows=2)
        assert [row[:2] for row in table.rows] == [(3, {"name": "Ada"}), (4, {"name": "Grace"})]


def test_what_is_written_can_be_read() -> None:
    raw = b"".join(write_csv([["Ada, Countess", "x;y"]], ["Name", "Notes; more"]))
    assert read_table(raw, most_rows=1).rows[0].cells == {"name": "Ada, Countess", "notes more": "x;y"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (b" \r\n,,\r\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (codecs.BOM_UTF16_LE, "empty"),
        ("Name,Country\n\n", "no row below"),
        (b"PK\x03\x04\x14\0", "XLSX"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        ("\ufeff \n<!DOCTYPE html><table>", "HTML"),
        ("Name\nAda\nGr\0ace\n", "Line 3 holds"),
        ("Name\nAda\n".encode("utf-16-le"), "encoding"),
        (codecs.BOM_UTF8 + b"Name\n\xff\n", "encoding"),
        (codecs.BOM_UTF16_LE + b"abc", "encoding"),
        (b"Name\n\x81\x8d\n", "encoding"),
        ("Name\n" + "Ada\n" * 11, "more than 10 rows"),
        ("Name;Country\nAda;NL\n\nGrace;US;x\n", "Line 4 has 3 cells, but there are 2 headings"),
        ("Name,Country, name \nAda,NL,x\n", "“name” stands twice"),
        ("Name,,Country\nAda,NL,x\n", "Column 2 has no heading"),
        ('Name,Country\nAda,NL\n"Grace,US\nJoan,UK\n', "Line 3: a quotation mark"),
        ('Name,Country\nAda,"NL" x\n', "Line 2: a quotation mark"),
        ('Name\n"' + "Ada\n" * 50_000, "Line 2: a quotation mark"),
        (",".join(f"h{place}" for place in range(MAX_COLUMNS + 1)) + "\n1", f"more than {MAX_COLUMNS} columns"),
        (b"a" * (MAX_BYTES + 1), "larger than 20 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_saying_where_and_what_to_do(raw: bytes | str, words: str) -> None:
    message = refused(raw)
    assert words in message
    assert "%(" not in message


# Encodings are asked


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1252", "Médecins d’Ici, Größe"),
        ("cp1250", "Stowarzyszenie Pielęgniarek Łódź"),
        ("cp1250", "Zdravotní sestry České Budějovice"),
        ("cp1251", "Профсоюз медицинских работников"),
        ("cp1254", "Türk Hemşireler Derneği"),
        ("mac_roman", "Médecins d’Ici, Größe"),
        ("mac_roman", "Enfermeras de São Tomé"),
        ("cp1253", "Ένωση Νοσηλευτών"),
        ("cp1256", "نقابة الممرضين"),
        ("koi8_u", "Профсоюз медицинских работников"),
        ("cp850", "Infirmières générales"),
        ("cp932", "日本看護協会"),
        ("gb18030", "中华护理学会"),
        ("utf-16-le", "Médecins d’Ici"),
        ("utf-16-be", "Médecins d’Ici"),
    ],
)
def test_an_encoding_is_asked_with_what_it_would_make_of_the_names(encoding: str, name: str) -> None:
    raw = f'name,country\n"{name}",NL\n'.encode(encoding)
    with pytest.raises(Unsettled) as asked:
        read_table(raw, most_rows=1)
    assert asked.value.question == "encoding"
    [right] = [option for option in asked.value.options if any(name in line for line in option.sample)]
    others = [option.sample for option in asked.value.options if option != right]
    assert right.sample not in others
    assert read_table(raw, most_rows=1, settled={"encoding": right.value}).rows[0].cells["name"] == name
    with pytest.raises(Unsettled):
        read_table(raw, most_rows=1, settled={"encoding": "rot13"})


# Headings


KNOWN = {"name", "country", "e mail", "website"}


@pytest.mark.parametrize(
    ("text", "line", "names"),
    [
        ("sep=;\nName;Country\nAda, of X;NL\n", 3, ["Ada, of X"]),
        ('"sep=;"\r\nName;Country\r\nAda, of X;NL\r\n', 3, ["Ada, of X"]),
        ("\ufeffSEP=|\nName|Country\nAda; of X|NL\n", 3, ["Ada; of X"]),
        ("sep=\t\nName\tCountry\nAda; of X\tNL\n", 3, ["Ada; of X"]),
        ("sep=,\nName,Country\nAda; of X,NL\n", 3, ["Ada; of X"]),
        ("Open letter, signed in May, 2021\n\nCollected by,Akello\nName;Country;Website\nAda;NL;\n", 5, ["Ada"]),
        ("Signatories,,\n,,\nNAME:,*Country*,Notes\nAda,NL,x\n", 4, ["Ada"]),
        ("The list\nName\nAda\n", 3, ["Ada"]),
        ("Name\nCountry\n", 2, ["Country"]),
        ("Name,,Country,,\nAda,,NL,,\n,,,,\n", 2, ["Ada"]),
        ("Name,Country\n'=Union,NL\n", 2, ["=Union"]),
    ],
)
def test_the_headings_are_found_below_titles_and_instructions(text: str, line: int, names: list[str]) -> None:
    table = read_table(text.encode(), most_rows=5, known=KNOWN)
    assert [row.cells["name"] for row in table.rows] == names
    assert table.rows[0].line == line
    assert bool(table.notes) is (any(word in text for word in ("signed", "Signatories", "The list")))


def test_a_row_that_happens_to_hold_a_heading_is_no_row_of_headings() -> None:
    table = read_table(b"Nom,Pays\nname,NL\nAda,UG\n", most_rows=5, known=KNOWN)
    assert (table.headings, len(table.rows)) == (("Nom", "Pays"), 2)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text.strip(" '") and text == text.strip()))
def test_what_is_neutralised_comes_back(text: str) -> None:
    raw = b"".join(write_csv([[text, "end"]], ["Name", "Last"]))
    expected = text if not text.startswith("'") else None
    found = read_table(raw, most_rows=1).rows[0].cells["name"]
    assert expected in (None, found)


@given(st.one_of(st.binary(), st.text('a,;\t\n\r" ').map(str.encode), st.text().map(lambda text: text.encode("utf-16"))))
def test_any_bytes_are_a_table_or_refused(raw: bytes) -> None:
    try:
        table = read_table(raw, most_rows=3)
    except UnreadableTable:
        return
    assert 1 <= len(table.rows) <= 3
    assert {len(row.cells) for row in table.rows} == {len(table.headings)}


def test_fifty_thousand_rows_take_seconds_and_little_memory() -> None:
    lines = (f'Organisation {number},ada{number}@example.org,NL,"Nurse, midwife",{number}' for number in range(50_000))
    raw = "\n".join(["Name,E-mail,Country,Role,Number", *lines]).encode()
    began = time.monotonic()
    table = read_table(raw, most_rows=50_000)
    assert time.monotonic() - began < 5
    assert (len(table.rows), table.rows[-1].line, table.rows[-1].cells["number"]) == (50_000, 50_001, "49999")
    assert "more than 49999 rows" in refused(raw, most_rows=49_999)


@pytest.mark.parametrize("write", [write_csv, lambda rows, headings: write_xlsx(rows, headings, "People")])
def test_a_table_is_written_while_it_is_sent(write: Callable[..., Iterator[bytes]]) -> None:
    def endless() -> Iterator[list[str]]:
        while True:
            yield [secrets.token_hex(300)]  # which nothing makes smaller than half

    pieces = write(endless(), ["Name"])
    tracemalloc.start()
    sent = 0
    while sent < 10_000_000:
        sent += len(next(pieces))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("count", [0, 5000])
def test_a_workbook_cut_off_by_an_error_is_not_taken_for_whole(count: int) -> None:
    def broken() -> Iterator[list[str]]:
        for _row in range(count):
            yield [secrets.token_hex(30)]
        raise RuntimeError("the database is away")

    sent = []
    with pytest.raises(RuntimeError):  # noqa: PT012  what came before the error counts
        for piece in write_xlsx(broken(), ["Name"], "People"):
            sent.append(piece)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(sent)))


def test_texts_come_back_from_a_workbook_as_they_were() -> None:
    texts = ['<b> & "c"', " a  b ", "1\r\n2\t3", "_x0041_", "]]>", "👩🏾‍⚕️ نقابة", "&amp;"]
    book = load_workbook(io.BytesIO(b"".join(write_xlsx([texts], [""] * 7, "R&D <1>", ("", ["Word"], [["x"]])))))
    assert book.sheetnames == ["R&D <1>", "Sheet 2"]
    assert [cell.value for cell in book["R&D <1>"][2]] == [text.replace("_x0041_", "_x005F_x0041_") for text in texts]
    raw = b"".join(write_xlsx([texts], [f"h{place}" for place in range(7)], "x"))
    assert list(read_table(raw, most_rows=1).rows[0].cells.values()) == [text.strip() for text in texts]
