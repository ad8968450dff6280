"""Tables as CSV and XLSX, in and out."""

from .reading import read_table
from .tables import MAX_BYTES, MAX_COLUMNS, Option, Row, Table, UnreadableTable, Unsettled, normalise_heading
from .writing import Sheet, as_download, without_neutralising, write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "MAX_COLUMNS",
    "Option",
    "Row",
    "Sheet",
    "Table",
    "UnreadableTable",
    "Unsettled",
    "as_download",
    "normalise_heading",
    "read_table",
    "without_neutralising",
    "write_csv",
    "write_xlsx",
]
