"""Tables of members as people have them: our own exports, the template, days in every spelling, workbooks."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from core.dates import site_today
from core.spreadsheets import write_xlsx
from members.imports.columns import COLUMNS
from members.imports.reader import read_members
from members.models import Contact, ImportedMembers, Membership, Seat
from tests.support.importing import address, counts, everything, press, preview, problems, send, table, upload
from tests.support.members import make_contact, make_organisation


@pytest.fixture
def client(secretary: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(secretary)


def latest() -> ImportedMembers:
    return ImportedMembers.objects.latest("pk")


# Our own files


@pytest.fixture
def recorded(db: None) -> None:
    """Members of every sort, beside those of the starting content."""
    gulu = make_organisation("Midwives; =Gulu", acronym="MoG", country="UG", kind="professional", website="https://midwives-gulu.example/")
    make_contact(gulu, "akello@midwives-gulu.example", phone="+256 772", position="Director", alternate=True)
    make_contact(gulu, "opio@midwives-gulu.example", name="Opio", voting=False)
    Membership.objects.filter(organisation=gulu).update(founding=True, since=None, confirmed_on=date(2026, 1, 31))
    Seat.objects.create(organisation=gulu, since=date(2025, 1, 1), person_name="Akello")
    lome = make_organisation(
        "Infirmières de Lomé", category="observer", since=date(2019, 3, 4), country="CI", aliases="Lomé Nurses\nSoignants"
    )
    lome.countries_of_work = ["CI", "CD", "GB"]  # type: ignore[assignment]
    lome.founded, lome.summary = 1999, "We speak; for nurses.\n\nEverywhere."
    lome.save()
    make_organisation("Worldwide Nurses", since=site_today() + timedelta(days=9))


def nothing_changes(client: Client) -> None:
    before, imported = everything(), latest()
    new, changed, unchanged, doubtful, wrong = counts(client, imported)
    assert (new, changed, doubtful, wrong) == (0, 0, 0, 0), problems(client, imported)
    assert unchanged
    assert press(client, imported) == ["warning"]
    assert everything() == before


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("content", ["members", "contacts"])
def test_an_export_imported_again_changes_nothing(client: Client, content: str, kind: str) -> None:
    choices = {"content": content, "format": kind, "membership": "", "role": "", "region": ""}
    raw = client.post(reverse("member_export:index"), choices).getvalue()
    assert send(client, raw, f"x.{kind}").status_code == 302
    nothing_changes(client)


@pytest.mark.usefixtures("recorded")
def test_the_directory_imported_again_changes_nothing(client: Client) -> None:
    assert send(client, client.get(reverse("members_csv")).getvalue()).status_code == 302
    nothing_changes(client)


def test_the_template_can_be_filled_in(client: Client) -> None:
    for name in ("template", "template_xlsx"):
        raw = client.get(reverse(f"member_import:{name}")).getvalue()
        assert send(client, raw).status_code == 302
        assert counts(client, latest()) == [0, 0, 0, 0, 0], "the example is nobody"
    book = load_workbook(io.BytesIO(raw))
    assert any("professional" in str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)
    sheet: Any = book.worksheets[0]
    sheet["A2"] = "Midwives of Arua"
    buffer = io.BytesIO()
    book.save(buffer)
    assert send(client, buffer.getvalue()).status_code == 302
    assert counts(client, latest()) == [1, 0, 0, 0, 0], problems(client, latest())
    assert press(client, latest()) == ["success"]


@pytest.mark.one_database
def test_no_two_columns_are_called_alike() -> None:
    names: dict[str, str] = {}
    for column in COLUMNS:
        for heading in column.is_called():
            assert names.setdefault(heading, column.name) == column.name, heading


# Days


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("said", "since"),
    [
        ("2019-12-31", "2019-12-31"),
        ("31.12.2019", "2019-12-31"),
        ("31. 12. 2019", "2019-12-31"),
        ("31/12/2019", "2019-12-31"),
        ("12/31/2019", "2019-12-31"),
        ("2019", "2019-01-01"),
        ("2019.0", "2019-01-01"),
        ("43830", "2019-12-31"),
        ("May 2019", "2019-05-01"),
        ("2019-05", "2019-05-01"),
        ("31 Dec 2019", "2019-12-31"),
        ("December 31st, 2019", "2019-12-31"),
        ("31-Dec-19", "2019-12-31"),
        ("2019-12-31 00:00:00", "2019-12-31"),
        ("٢٠١٩", "2019-01-01"),
    ],
)
def test_a_day_is_understood_as_it_was_meant(said: str, since: str) -> None:
    [entry] = read_members(table(["Organisation", "Member since"], ["A", said]), {}).entries
    assert (entry.problems, entry.values["since"].isoformat()) == ([], since)


@pytest.mark.one_database
@pytest.mark.parametrize("said", ["31.02.2019", "soon", "1019-01-01", "13/13/2019", "9999", "12", "2019-13-01", "may be 2019"])
def test_what_is_no_day_is_a_problem_of_its_cell(said: str) -> None:
    [entry] = read_members(table(["Organisation", "Joined on"], ["A", said]), {}).entries
    assert [problem.heading for problem in entry.problems] == ["Joined on"]


@pytest.mark.parametrize(("order", "since"), [("day_first", date(2019, 4, 3)), ("month_first", date(2019, 3, 4))])
def test_a_day_with_two_meanings_is_asked_about(client: Client, order: str, since: date) -> None:
    imported = upload(client, ["Organisation", "Member since"], ["Midwives of Gulu", "03/04/2019"], ["Nurses of Arua", "31/12/2019"])
    assert preview(client, imported).context["question"].question == "date_order"
    assert press(client, imported) == ["warning"]
    client.post(address(imported), {"question": "date_order", "answer": order})
    assert press(client, imported) == ["success"]
    assert Membership.objects.get(organisation__name="Midwives of Gulu").since == since
    assert Membership.objects.get(organisation__name="Nurses of Arua").since == date(2019, 12, 31)


def test_days_and_numbers_in_a_workbook(client: Client) -> None:
    rows = [["Midwives of Gulu", date(2019, 4, 3), 256772123456, "a@b.example", "A"], ["Nurses of Arua", 2019, "", "", ""]]
    raw = b"".join(write_xlsx(rows, ["Organisation", "Member since", "Phone", "Email", "Contact"], "Members"))
    assert send(client, raw, "members.xlsx").status_code == 302
    assert press(client, latest()) == ["success"]
    assert Contact.objects.get(name="A").phone == "256772123456"
    assert list(Membership.objects.order_by("-pk")[:2].values_list("since", flat=True)) == [date(2019, 1, 1), date(2019, 4, 3)]


def test_only_a_year_does_not_make_a_day_less_exact(client: Client) -> None:
    make_organisation("Nurses of Lira", since=date(2019, 5, 17))
    assert counts(client, upload(client, ["Organisation", "Since"], ["Nurses of Lira", "2019"])) == [0, 0, 1, 0, 0]
    assert counts(client, upload(client, ["Organisation", "Since"], ["Nurses of Lira", "2018"])) == [0, 1, 0, 0, 0]


def test_a_confirmation_never_goes_back(client: Client) -> None:
    lira = make_organisation("Nurses of Lira", since=date(2019, 5, 17))
    Membership.objects.filter(organisation=lira).update(confirmed_on=date(2026, 5, 1))
    assert counts(client, upload(client, ["Organisation", "Confirmed on"], ["Nurses of Lira", "2025-05-01"])) == [0, 0, 1, 0, 0]


def test_an_earlier_membership_is_another_one(client: Client) -> None:
    lira = make_organisation("Nurses of Lira", since=date(2019, 1, 1))
    rows = [["Organisation", "Category", "Member since", "Member until"], ["Nurses of Lira", "observer", "2015", "2018"]]
    rows += [["Nurses of Lira", "member", "2019", ""]]
    for status in ("success", "warning"):
        assert press(client, upload(client, *rows)) == [status]
        assert list(lira.memberships.order_by("since").values_list("category", "since", "until")) == [
            ("observer", date(2015, 1, 1), date(2018, 12, 31)),
            ("member", date(2019, 1, 1), None),
        ]


def test_two_memberships_at_one_time_are_a_problem(client: Client) -> None:
    make_organisation("Nurses of Lira", since=date(2019, 1, 1))
    rows = [["Nurses of Lira", "observer", "2020", ""], ["Doctors of Arua", "member", "2015", ""]]
    rows += [["Doctors of Arua", "observer", "2016", "2017"]]
    imported = upload(client, ["Organisation", "Category", "Member since", "Member until"], *rows)
    assert problems(client, imported) == {2: {"Category"}, 3: {"Organisation"}, 4: {"Category"}}
    rows = [["Doctors of Arua", "observer", "2015", "2016-05-01"], ["Doctors of Arua", "member", "2016-05-01", ""]]
    imported = upload(client, ["Organisation", "Category", "Member since", "Member until"], *rows)
    assert counts(client, imported) == [1, 0, 0, 0, 0]
