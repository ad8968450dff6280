"""Lists as people have them: our own exports, workbooks, old encodings, titles above the headings, two people of one name."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import OutgoingMail
from core.spreadsheets import write_xlsx
from endorsements.models import Endorsement, ImportedList
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import workflow as moderation
from endorsements.states import DeclineReason, State
from tests.support.answers import Screen, levels
from tests.support.declarations import PERSON, confirmed, open_declaration


@pytest.fixture
def client(secretary: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(secretary)


def upload(client: Client, page: Any, content: str | bytes, name: str = "list.csv") -> ImportedList:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    response = client.post(reverse("signatory_import:upload", args=(page.pk,)), {"provenance": "Paper", "file": file})
    assert response.status_code == 302, response.context["form"].errors
    return ImportedList.objects.latest("pk")


def address(imported: ImportedList) -> str:
    return reverse("signatory_import:list", args=(imported.pk,))


def counts(client: Client, imported: ImportedList) -> list[int]:
    """How many rows are new, are here already, and have a problem; nothing while a question is asked."""
    return [int(number) for number in re.findall(r"<strong>(\d+)</strong>", client.get(address(imported)).content.decode())]


def press(client: Client, imported: ImportedList, **answers: Any) -> list[str]:
    version = sign_on_of(imported.declaration).version
    assert version
    return levels(client.post(address(imported), {"version": version.pk, **answers}, follow=True))


def table(*rows: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def names(page: Any) -> list[str]:
    return sorted(Endorsement.objects.for_declaration(page).listed().values_list("name", flat=True))


def everything(page: Any) -> list[dict[str, Any]]:
    return list(Endorsement.objects.for_declaration(page).order_by("pk").values())


# Our own exports


@pytest.fixture
def signed() -> Any:
    """A declaration with every sort of signatory, and another with one."""
    page = open_declaration()
    confirmed(page, acronym="MoG")
    confirmed(page, name="Global Nurses", country="", website="https://global-nurses.example", email="a@global-nurses.example")
    confirmed(
        page, name="Enfermeiros; =união", country="CI", website="https://enf.example", email="a@enf.example", organisation_kind="union"
    )
    confirmed(page, PERSON)
    confirmed(page, PERSON, name="Hidden Person", email="hidden@example.net", show_name=False)
    confirmed(page, PERSON, name="Zoë Łódź", email="zoe@example.net", country="CD", affiliation="")
    declined = confirmed(page, PERSON, name="Spam Person", email="spam@example.net")
    moderation.decline(declined, reason=DeclineReason.OTHER, by=None, now=timezone.now())
    other = open_declaration("Another text")
    confirmed(other, name="Elsewhere Union", website="https://elsewhere.example", email="a@elsewhere.example")
    Endorsement.objects.filter(state=State.CONFIRMED).update(state=State.LISTED, listed_at=timezone.now())
    return page


@pytest.mark.parametrize("format", ["csv", pytest.param("xlsx", marks=pytest.mark.one_database)])
@pytest.mark.parametrize("content", ["public", "contact"])
@pytest.mark.parametrize("only", [True, False])
def test_an_export_imported_again_changes_nothing(client: Client, signed: Any, content: str, format: str, only: bool) -> None:  # noqa: A002
    choices = {"declaration": signed.pk if only else "", "state": "", "kind": "", "content": content, "format": format}
    raw = client.post(reverse("endorsement_export:index"), choices).getvalue()
    before = everything(signed)
    imported = upload(client, signed, raw, f"export.{format}")
    assert counts(client, imported) == [0, len(before) if only else Endorsement.objects.count(), 0]
    assert "success" not in press(client, imported)
    assert everything(signed) == before


def test_the_public_file_imported_again_changes_nothing(client: Client, signed: Any) -> None:
    raw = client.get(f"{signed.url}signatories.csv").getvalue()
    imported = upload(client, signed, raw)
    assert counts(client, imported) == [0, 5, 0]
    assert "success" not in press(client, imported)


@pytest.mark.parametrize("label", ["Organisation", "ORGANIZATION", "organisation "])
def test_labels_are_understood_in_any_spelling(client: Client, label: str) -> None:
    page = open_declaration()
    rows = [
        ["Kind", "Name:", "Country", "Kind of organization", "Name is shown", "E-mail address (if known)"],
        [label, "Nurses of Arua", "Uganda", "Non-Governmental Organization", "Yes", ""],
        ["PERSON", "Amina Yusuf", "Nigeria", "", "TRUE", "amina@example.net"],
    ]
    imported = upload(client, page, table(*rows))
    assert counts(client, imported) == [2, 0, 0]
    press(client, imported)
    assert Endorsement.objects.get(name="Nurses of Arua").organisation_kind == "ngo"
    assert Endorsement.objects.get(name="Amina Yusuf").show_name


# Workbooks, titles, instructions


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nName;Country\nNurses, of Arua;Uganda\n",
        "Signatories of the open letter, May 2021\n\nName;Country;Website\nNurses, of Arua;Uganda;\n",
        table(["Collected in Kampala", ""], ["", ""], ["NAME", "COUNTRY:"], ["Nurses, of Arua", "UG"]),
        b"".join(write_xlsx([["Name", "Country"], ["Nurses, of Arua", "Uganda"]], ["Our letter", ""], "x")),
    ],
)
def test_a_list_is_taken_as_its_program_wrote_it(client: Client, content: str | bytes) -> None:
    page = open_declaration()
    imported = upload(client, page, content)
    assert counts(client, imported) == [1, 0, 0]
    assert press(client, imported) == ["success"]
    assert names(page) == ["Nurses, of Arua"]


# Encodings


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1250", "Pielęgniarki Łódź"), ("cp1251", "Профсоюз медиков"), ("cp1252", "Médecins d’Ici"), ("mac_roman", "Médecins d’Ici")],
)
def test_letters_that_can_be_read_in_two_ways_are_asked_about(client: Client, encoding: str, name: str) -> None:
    page = open_declaration()
    imported = upload(client, page, f"name,country\n{name},UG\n".encode(encoding))
    assert counts(client, imported) == []
    assert press(client, imported) == ["warning"]
    assert names(page) == []
    screen = Screen(client.get(address(imported)))
    assert name in screen.text
    assert all(form.find(".//input[@name='csrfmiddlewaretoken']") is not None for form in screen.all("form"))
    [right] = [
        option.value for option in client.get(address(imported)).context["question"].options if any(name in line for line in option.sample)
    ]
    client.post(address(imported), {"question": "encoding", "answer": "utf-7"})
    assert counts(client, imported) == []
    client.post(address(imported), {"question": "encoding", "answer": right})
    assert counts(client, imported) == [1, 0, 0]
    client.post(address(imported), {"ask_again": "encoding"})
    assert counts(client, imported) == []
    client.post(address(imported), {"question": "encoding", "answer": right})
    assert press(client, imported) == ["success"]
    assert names(page) == [name]


# Two people of one name


def test_two_people_of_one_name_are_both_taken_in_if_somebody_says_so(client: Client) -> None:
    page = open_declaration()
    rows = table(["kind", "name", "country", "show name"], *[["person", "Amina Yusuf", "NG", "yes"]] * 3)
    imported = upload(client, page, rows)
    assert counts(client, imported) == [1, 2, 0]
    assert press(client, imported, others=["4", "x", "99"]) == ["success"]
    assert names(page) == ["Amina Yusuf"] * 2
    assert len(set(Endorsement.objects.for_declaration(page).values_list("key", flat=True))) == 2

    again = upload(client, page, rows)
    assert counts(client, again) == [0, 3, 0]
    assert press(client, again) == ["warning"]
    assert press(client, again, others=["3"]) == ["success"]
    assert names(page) == ["Amina Yusuf"] * 3
    last = upload(client, page, rows)
    assert counts(client, last) == [0, 3, 0]
    assert press(client, last) == ["warning"]


def test_a_person_who_gets_an_address_later_is_not_taken_in_twice(client: Client) -> None:
    page = open_declaration()
    press(client, upload(client, page, table(["kind", "name", "country"], ["person", "Amina Yusuf", "NG"])))
    imported = upload(client, page, table(["kind", "name", "country", "email"], ["person", "Amina YUSUF", "Nigeria", "amina@example.net"]))
    assert counts(client, imported) == [0, 1, 0]
    assert press(client, imported) == ["warning"]
    assert press(client, imported, others=["2"]) == ["success"]
    assert Endorsement.objects.filter(email="amina@example.net").count() == 1
    assert not OutgoingMail.objects.filter(recipient__contains="amina").exists()


def test_an_organisation_is_no_second_one_because_somebody_says_so(client: Client) -> None:
    page = open_declaration()
    imported = upload(client, page, table(["name", "country"], ["Nurses of Arua", "UG"], ["Nurses of Arua", "UG"]))
    assert press(client, imported, others=["2", "3"]) == ["success"]
    assert names(page) == ["Nurses of Arua"]


def test_who_waits_to_be_checked_keeps_nobody_out(client: Client) -> None:
    page = open_declaration()
    waiting = confirmed(page, email="stranger@elsewhere.example")
    Endorsement.objects.filter(pk=waiting.pk).update(state=State.CONFIRMED, listed_at=None)
    imported = upload(client, page, table(["name", "country"], [waiting.name, "UG"]))
    assert counts(client, imported) == [1, 0, 0]
    assert press(client, imported) == ["success"]
    assert names(page) == [waiting.name]
    waiting.refresh_from_db()
    assert waiting.state == State.CONFIRMED
