"""Reading an uploaded table, whatever program wrote it: XLSX, or CSV in any encoding. What is neither is refused in one sentence."""

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import xlsx_files
from .csv_files import csv_records
from .encodings import QUESTION, decode
from .tables import MAX_BYTES, Table, UnreadableTable, make_table

_NOT_TEXT = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZ",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7Z",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
# The name of a stream, as the old Office container writes it, in which a workbook with a password is kept.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(r"\s*<(?:[!?]|[a-z][\w:-]*[\s>/])", re.IGNORECASE)
_SAVE_AS = gettext_lazy("Please open it in your spreadsheet program and save it as an Excel workbook (.xlsx) or as “CSV UTF-8”.")


def read_table(raw: bytes, *, most_rows: int, known: Collection[str] = (), settled: Mapping[str, str] | None = None) -> Table:
    """The table in an uploaded file. Raises UnreadableTable if it is none, whatever the bytes are.

    `known` are the normalised headings that are understood: the row with most of them holds the headings. What can be read in more than
    one way raises Unsettled, until the answer is in `settled`. Cells are stripped, blank rows skipped. Memory is bounded by MAX_BYTES,
    MAX_COLUMNS and `most_rows`, and for XLSX by the size of what is unpacked.
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableTable(_("The file is larger than %(most)d MB. Please split it into several files.") % {"most": MAX_BYTES >> 20})
    settled = settled or {}
    if raw.startswith(b"PK\x03\x04"):
        records, notes = xlsx_files.xlsx_records(raw, known=known, most_rows=most_rows, settled=settled)
        return make_table(records, known=known, most_rows=most_rows, notes=notes)
    _refuse_other_files(raw)
    text = decode(raw, settled.get(QUESTION, ""))
    _refuse_markup(text)
    return make_table(csv_records(text, known), known=known, most_rows=most_rows)


def _refuse_other_files(raw: bytes) -> None:
    if raw.startswith(_OLD_OFFICE):
        if _ENCRYPTED in raw:
            raise UnreadableTable(
                _("This workbook (XLSX) is protected by a password. Please save a copy without a password and upload that.")
            )
        raise UnreadableTable(_("This file is in an old format of Excel (XLS).") + f" {_SAVE_AS}")
    for mark, kind in _NOT_TEXT.items():
        if raw.startswith(mark):
            raise UnreadableTable(_("This file is no table (%(kind)s).") % {"kind": kind} + f" {_SAVE_AS}")


def _refuse_markup(text: str) -> None:
    start = text[:2000]
    if start.startswith("ID;P"):
        raise UnreadableTable(_("This file is in an old exchange format (SYLK).") + f" {_SAVE_AS}")
    if not _MARKUP.match(start):
        return
    if "<?xml" in start and "<html" not in start.lower():
        raise UnreadableTable(_("This file is in an XML format, whatever its name says.") + f" {_SAVE_AS}")
    raise UnreadableTable(_("This file is a web page (HTML), whatever its name says.") + f" {_SAVE_AS}")
