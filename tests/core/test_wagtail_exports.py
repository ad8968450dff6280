"""The downloads of Wagtail's own lists."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from wagtail.contrib.redirects.models import Redirect

from tests.support.news import make_post

pytestmark = pytest.mark.one_database

LISTS = ("/admin/reports/site-history/", "/admin/redirects/", "/admin/reports/aging-pages/")


@pytest.fixture
def client(admin_user: Any, signed_in: Callable[[Any], Client], home: Any) -> Client:
    Redirect.objects.create(old_path="/=1+1 é", redirect_link="/goals/")
    make_post("=HYPERLINK(1) Łódź")
    return signed_in(admin_user)


@pytest.mark.parametrize("address", LISTS)
def test_a_download_is_for_excel_and_holds_no_formula(address: str, client: Client) -> None:
    answer = client.get(address, {"export": "csv"})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    workbook = client.get(address, {"export": "xlsx"})
    cells = [cell for row in load_workbook(io.BytesIO(b"".join(workbook.streaming_content))).active for cell in row]
    assert len({cell.row for cell in cells}) == len(rows)
    assert not [cell for cell in cells if cell.data_type == "f"]
