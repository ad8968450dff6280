"""The import in a real browser, on a phone and on a desk: nothing is cut off, and every step can be taken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from members.models import Contact
from tests.support.importing import table
from tests.support.members import make_organisation

ROWS = [
    ["Organisation", "Country", "Website", "Category", "Member since", "Contact", "Contact role", "Email", "Kind"],
    [
        "Midwives of Gulu",
        "Uganda",
        "midwives-gulu.example",
        "member",
        "03/04/2019",
        "Akello Apio",
        "Director",
        "akello@gulu.example",
        "union",
    ],
    ["Nurses of Lira", "UG", "", "member", "2018", "Opio Okot", "", "opio@lira.example", "ngo"],
    ["Nurses of Lira District", "UG", "", "member", "", "", "", "", ""],
    ["Doctors", "Atlantis", "", "partner", "soon", "Ada", "", "no address", ""],
    ["Doctors of Arua", "UG", "", "member", "2020", "", "", "", ""],
]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_table_is_uploaded_asked_about_checked_and_imported(
    new_page: Callable[..., Any], secretary: Any, tmp_path: Path, width: int
) -> None:
    make_organisation("Nurses of Lira", kind="ngo", country="UG")
    file = tmp_path / "members.csv"
    file.write_bytes(table(*ROWS))
    page = new_page(width=width, user=secretary)

    def fits(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    page.goto("/admin/member-import/")
    fits("upload")
    page.set_input_files("input[type=file]", str(file))
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    fits("question")
    page.check("input[name=answer][value=day_first]")
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    fits("preview")
    page.check("input[name='row-4'][value=new]")
    with page.expect_navigation():
        page.click("button[name=choose]")
    with page.expect_navigation():
        page.click("main form:has(input[name=shown]) button:not([name])")
    fits("done")
    assert Contact.objects.filter(email="akello@gulu.example").exists()
