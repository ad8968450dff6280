"""Endorsements taken away as tables: what is in them, what is not, and what is noted."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from core.models import OutgoingMail
from endorsements.erasure import erase_endorsement
from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation.exports import Content, as_table, chosen
from endorsements.signing import workflow as signing
from endorsements.states import Kind, Purpose, State
from tests.support.declarations import ORGANISATION, PERSON, confirmed, open_declaration, submitted

ADDRESS = "endorsement_export:index"


@pytest.fixture
def client(secretary: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(secretary)


def exported(client: Client, page: Any = None, content: str = "public", **more: str) -> list[dict[str, str]]:
    told = {"declaration": page.pk if page else "", "state": "listed", "content": content, "format": "csv", **more}
    response = client.post(reverse(ADDRESS), told)
    assert response.status_code == 200
    assert response.streaming
    assert "no-store" in response["Cache-Control"]
    return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def test_public_columns_hold_what_the_public_list_holds(client: Client, secretary: Any) -> None:
    page = open_declaration(organisation_rule="all", name_wording="Show it.")
    confirmed(page, acronym="MOG")
    confirmed(page, PERSON)
    confirmed(page, PERSON, name="Shy Person", email="shy@example.net", country="KE", show_name=False)
    submitted(page, name="Unconfirmed", website="https://unconfirmed.example")
    rows = exported(client, page)
    assert [(row["Name"], row["Country"], row["Role"], row["Affiliation"]) for row in rows] == [
        ("Midwives of Gulu", "Uganda", "", ""),
        ("Ngozi Okafor", "Nigeria", "Nurse", "Enugu Clinic"),
        ("counted, not named", "", "", ""),
    ]
    everything = str(rows)
    for secret in ("akello", "Akello", "Director", "@", "Shy", "Kenya", "Unconfirmed"):
        assert secret not in everything
    assert not ModelLogEntry.objects.filter(user=secretary, action="endorsements.export").exists()


def test_the_file_holds_what_was_chosen(client: Client) -> None:
    page, other = open_declaration(), open_declaration("Another declaration")
    confirmed(page)
    confirmed(page, PERSON)
    confirmed(other, PERSON)
    erase_endorsement(confirmed(other), by=None, now=timezone.now())
    submitted(page, name="Unconfirmed", website="https://unconfirmed.example")
    assert [row["Kind"] for row in exported(client, page, kind="person")] == ["Person"]
    assert [row["Name"] for row in exported(client, page, state="pending")] == ["Unconfirmed"]
    assert len(exported(client, page, state="")) == 3
    assert len(exported(client, other, state="")) == 1
    assert {"Pay health workers", "Another declaration"} <= {row["Declaration"] for row in exported(client)}
    form = client.get(reverse(ADDRESS), {"declaration": other.pk, "kind": "person", "state": "nonsense", "q": "x"}).content.decode()
    assert f'<option value="{other.pk}" selected>' in form
    assert '<option value="person" selected>' in form
    assert "personal data" in form
    for wrong in ({"format": "exe"}, {"content": "all"}, {"declaration": "x"}, {"state": "erased"}):
        told = {"state": "listed", "content": "public", "format": "csv", **wrong}
        response = client.post(reverse(ADDRESS), told)
        assert response.status_code == 200
        assert b"Select a valid choice" in response.content


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_contact_data_are_noted_and_no_cell_is_a_formula(client: Client, secretary: Any, format_: str) -> None:
    page = open_declaration()
    row = confirmed(page)
    confirmed(page, PERSON, show_name=False)
    # Nothing typed on the site gets there; what did once, or came otherwise, still does no harm.
    Endorsement.objects.filter(pk=row.pk).update(name='=HYPERLINK("https://evil.example")', role="@SUM(A1)")
    told = {"declaration": page.pk, "state": "", "content": "contact", "format": format_}
    assert client.get(reverse(ADDRESS), told).status_code == 200
    assert not ModelLogEntry.objects.filter(user=secretary, action="endorsements.export").exists(), "a GET exported"
    raw = b"".join(client.post(reverse(ADDRESS), told))
    if format_ == "csv":
        cells = [cell for line in csv.reader(io.StringIO(raw.decode("utf-8-sig"))) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]
        assert "'@SUM(A1)" in cells
    else:
        found = [cell for line in load_workbook(io.BytesIO(raw)).active.iter_rows() for cell in line]
        assert not [cell for cell in found if cell.data_type == "f"]
        cells = [str(cell.value) for cell in found]
        assert "@SUM(A1)" in cells
    assert {"akello@midwives-gulu.example", "Akello Apio", "Ngozi Okafor", "ngozi@example.net", "no"} <= set(cells)
    entry = ModelLogEntry.objects.get(user=secretary, action="endorsements.export")
    assert entry.object_id == str(sign_on_of(page).pk)
    assert entry.data == {"content": "contact", "format": format_, "state": "", "kind": "", "rows": 2}
    history = client.get(reverse("wagtailadmin_reports:site_history"), {"action": "endorsements.export"}).content.decode()
    assert "Exported personal data" in history
    assert str(sign_on_of(page)) in history


@pytest.mark.parametrize(("content", "rows"), [("public", 2), ("contact", 2), ("news", 1)])
def test_the_rows_are_counted_before_they_are_exported(client: Client, secretary: Any, content: str, rows: int) -> None:
    page = open_declaration(news_wording="Send me news, please.")
    confirmed(page, news=True)
    confirmed(page, PERSON, news=False)
    told = {"declaration": page.pk, "state": "", "content": content, "format": "csv", "count": "yes"}
    assert client.post(reverse(ADDRESS), told).context["count"] == rows
    assert not ModelLogEntry.objects.filter(user=secretary, action="endorsements.export").exists(), "nothing was exported"


def test_news_goes_to_each_address_once_that_wants_it(client: Client, secretary: Any) -> None:
    page, other = open_declaration(news_wording="Send me news, please."), open_declaration("Another declaration")
    confirmed(page, news=True)
    confirmed(page, name="Nurses of Gulu", website="https://nurses.example", news=True)
    confirmed(other, news=True)
    confirmed(page, PERSON, news=False)
    changed = confirmed(page, PERSON, name="Changed Mind", email="changed@example.net", news=True)
    signing.answer(changed, purpose=Purpose.NEWS, given=False, language="en", now=timezone.now())
    later = confirmed(page, PERSON, name="Later Yes", email="later@example.net")
    signing.answer(later, purpose=Purpose.NEWS, given=True, language="en", now=timezone.now())
    gone = confirmed(page, PERSON, name="Gone", email="gone@example.net", news=True)
    signing.withdraw(gone, shown=False, now=timezone.now())
    confirmed(page, PERSON, name="Disowner", email="disowner@example.net", news=True)
    signing.disown(confirmed(other, PERSON, name="Disowner", email="disowner@example.net"), now=timezone.now())
    submitted(page, PERSON, name="Never Confirmed", email="never@example.net", news=True)

    rows = exported(client, page, "news")
    assert [row["E-mail address"] for row in rows] == ["akello@midwives-gulu.example", "later@example.net"]
    assert rows[0]["Name"] == "Akello Apio"
    assert rows[0]["Words agreed to"] == "Send me news, please."
    assert len(rows[0]["Version of the words"]) == 12
    assert rows[0]["Agreed on"].startswith(str(timezone.localdate().year))
    assert [row["Declaration"] for row in exported(client, None, "news") if "akello" in row["E-mail address"]] == ["Another declaration"]
    noted = ModelLogEntry.objects.filter(user=secretary, action="endorsements.export", object_id=str(sign_on_of(page).pk))
    assert [entry.data["rows"] for entry in noted] == [1, 2]
    assert not OutgoingMail.objects.filter(purpose__contains="export").exists()


def test_many_rows_are_read_as_they_are_sent(db: None, django_assert_max_num_queries: Any) -> None:
    page = open_declaration()
    version, now = sign_on_of(page).version, timezone.now()
    Endorsement.objects.bulk_create(
        Endorsement(
            declaration_id=page.pk,
            version=version,
            kind=Kind.PERSON,
            state=State.LISTED,
            key=f"mail:{number}",
            name=f"N {number}",
            confirmed_at=now,
        )
        for number in range(4100)
    )
    with django_assert_max_num_queries(3):
        _headings, rows = as_table(Content.CONTACT, chosen(page))
        assert sum(1 for _row in rows) == 4100


def test_only_who_may_export_does(client: Client, editor: Any, committee_member: Any, signed_in: Callable[[Any], Client]) -> None:
    page = open_declaration()
    confirmed(page, ORGANISATION)
    address = reverse(ADDRESS)
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    for user in (editor, committee_member):
        stranger = signed_in(user)
        told = {"state": "", "content": "contact", "format": "csv"}
        assert stranger.post(address, told).status_code in (302, 403)
        assert stranger.get(address).status_code in (302, 403)
        assert address not in stranger.get(reverse("wagtailadmin_home")).content.decode()
