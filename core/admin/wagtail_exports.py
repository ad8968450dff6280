"""The downloads of Wagtail's own lists (reports, redirects, users), written like all others.

Wagtail's have no byte order mark, so that Excel shows "Ã©" for "é", and a cell may act as a formula.
"""

from typing import Any

from django.http.response import HttpResponseBase
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from core.spreadsheets import as_download


def _as_spreadsheet(view: Any, queryset: Any, spreadsheet_format: str) -> HttpResponseBase:
    headings = [view.get_heading(queryset, field) for field in view.list_export]
    rows = map(view.to_row_dict, queryset)
    cells = ([view.preprocess_field_value(field, value, view.FORMAT_CSV) for field, value in row.items()] for row in rows)
    return as_download(view.get_filename(), spreadsheet_format, headings, cells)


# There is no setting for it, and every list has a view of its own that inherits from this class.
SpreadsheetExportMixin.as_spreadsheet = _as_spreadsheet
