"""A list of signatories from paper: uploaded, looked at, imported once, taken back; and what comes of a list that is no list."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.imports.admin import MAX_BYTES
from core.models import OutgoingMail
from core.spreadsheets import write_xlsx
from core.transitions import NotPossible
from endorsements.declarations.workflow import circulate, publish_text
from endorsements.imports.reader import MAX_ROWS
from endorsements.imports.workflow import import_list
from endorsements.models import Consent, Endorsement, ImportedList
from endorsements.models.sign_on import sign_on_of
from endorsements.states import SignOnState, State
from members.identity.countries import parse_country
from tests.support.answers import Screen, levels, mistakes
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, make_declaration, open_declaration, submitted
from tests.support.privacy import erase_expired

PAPER = """\
Name;KIND ;Country;web site;Kind of organization;Signed by;Role;Affiliation;e-mail;Show_name;Sheet
Nurses of Arua;;uganda;nurses-arua.example;NGO;Apio Akello;Chair;;chair@nurses-arua.example;;3
Ärzte für Alle e.V.;organisation;DE;;;;;;;;3
Amina Yusuf;person;NG;;;;Midwife;Kano Clinic;;yes;4
Bola Ade;Person;Nigeria;;;;Nurse;Kano Clinic;bola@example.net;;4
"""


@pytest.fixture
def client(secretary: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(secretary)


def send(client: Client, page: Any, content: str | bytes, provenance: str = "Paper sheets, Kampala") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("sheets.csv", raw, "text/csv")
    return client.post(reverse("signatory_import:upload", args=(page.pk,)), {"provenance": provenance, "file": file})


def uploaded(client: Client, page: Any, content: str | bytes) -> ImportedList:
    response = send(client, page, content)
    assert response.status_code == 302, response.content.decode()
    return ImportedList.objects.latest("pk")


def shown(client: Client, imported: ImportedList) -> str:
    response = client.get(reverse("signatory_import:list", args=(imported.pk,)))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def counts(preview: str) -> list[int]:
    """How many rows are new, stand there already and have a problem."""
    return [int(number) for number in re.findall(r"<strong>(\d+)</strong>", preview)]


def press(client: Client, imported: ImportedList) -> Any:
    """The page after the button was pressed."""
    version = sign_on_of(imported.declaration).version
    response = client.post(reverse("signatory_import:list", args=(imported.pk,)), {"version": version.pk if version else ""}, follow=True)
    assert response.status_code == 200
    imported.refresh_from_db()
    return response


def written(rows: Iterable[Iterable[object]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()


def test_paper_sheets_become_names_once_and_can_be_taken_back(client: Client, secretary: Any) -> None:
    page = open_declaration()
    version = sign_on_of(page).version
    assert version
    assert version.label in client.get(reverse("signatory_import:upload", args=(page.pk,))).content.decode()
    imported = uploaded(client, page, PAPER)
    preview = shown(client, imported)
    assert counts(preview) == [4, 0, 0]
    assert "<bdi>Sheet</bdi>" in preview, "the column that means nothing here"
    assert not Endorsement.objects.for_declaration(page).exists(), "looking changed something"

    assert levels(press(client, imported)) == ["success"]
    assert (imported.added, imported.skipped, bytes(imported.content)) == (4, 0, b"")
    rows = {row.name: row for row in Endorsement.objects.for_declaration(page)}
    nurses, amina, bola = rows["Nurses of Arua"], rows["Amina Yusuf"], rows["Bola Ade"]
    assert {(row.state, row.source, row.version_id) for row in rows.values()} == {("listed", "import", version.pk)}
    assert (nurses.key, str(nurses.country), nurses.organisation_kind, nurses.signatory) == (
        "domain:nurses-arua.example",
        "UG",
        "ngo",
        "Apio Akello",
    )
    assert nurses.provenance == "Paper sheets, Kampala, row 2"
    assert (amina.show_name, amina.affiliation, amina.role, amina.key) == (
        True,
        "Kano Clinic",
        "Midwife",
        "name:amina yusuf|NG|kano clinic",
    )
    assert (bola.show_name, bola.email, bola.key) == (False, "bola@example.net", "mail:bola@example.net|bola ade")
    assert not any(row.wants_updates for row in rows.values())
    assert not Consent.objects.filter(endorsement__declaration=page).exists()
    assert not OutgoingMail.objects.exists()

    assert levels(press(client, imported)) == ["info"]
    again = uploaded(client, page, PAPER)
    assert counts(shown(client, again)) == [0, 4, 0]
    assert "Nurses of Arua" in shown(client, again)
    assert levels(press(client, again)) == ["warning"]
    assert again.done_at is None
    assert Endorsement.objects.for_declaration(page).count() == 4
    assert ModelLogEntry.objects.filter(action="endorsements.import", user=secretary).count() == 1

    address = reverse("signatory_import:take_back", args=(imported.pk,))
    assert client.get(address).status_code == 200
    assert Endorsement.objects.for_declaration(page).listed().count() == 4
    assert levels(client.post(address, follow=True)) == ["success"]
    assert levels(client.post(address, follow=True)) == ["warning"]
    assert not Endorsement.objects.for_declaration(page).exclude(state=State.WITHDRAWN, withdrawal_shown=False).exists()
    assert ModelLogEntry.objects.filter(action="endorsements.take_back").count() == 1
    assert levels(press(client, again)) == ["success"]
    assert again.added == 4
    assert client.get(reverse("wagtailadmin_reports:site_history")).status_code == 200


def test_rows_with_problems_can_be_had_after_the_import_and_corrected(client: Client) -> None:
    page = open_declaration()
    imported = uploaded(client, page, "name,country\nNurses of Arua,Uganda\n=Union,Kenya\nNurses of Nowhere,Atlantis\n")
    address = reverse("signatory_import:rejected", args=(imported.pk,))
    assert address in press(client, imported).content.decode()
    file = b"".join(client.get(address).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Nurses of Arua" not in file
    corrected = uploaded(client, page, file.replace("'=Union", "Union").replace("Atlantis", "Kenya"))
    press(client, corrected)
    assert corrected.added == 2
    assert not corrected.content


def test_what_stands_already_is_told_and_left_as_it_is(client: Client) -> None:
    page = open_declaration(organisation_rule="all")
    gulu = confirmed(page)
    submitted(page, name="Unconfirmed Union", website="https://unconfirmed.example")
    rows = [
        ["name", "country", "website"],
        ["Gulu Midwives Association", "UG", "http://www.midwives-gulu.example/about"],
        ["Midwives of Gulu", "Uganda", ""],
        ["Midwives of Gulu", "Kenya", ""],
        ["MIDWIVES OF GULU", "UG", "another.example"],
        ["Midwives of Gúlu", "ke", ""],
        ["Unconfirmed Union", "UG", "unconfirmed.example"],
    ]
    imported = uploaded(client, page, written(rows))
    preview = shown(client, imported)
    assert counts(preview) == [3, 3, 0]
    assert re.search(r"\b4\b", preview), "the row that another repeats"
    press(client, imported)
    assert (imported.added, imported.skipped) == (3, 3)
    gulu.refresh_from_db()
    assert (gulu.state, gulu.name, gulu.source) == (State.LISTED, "Midwives of Gulu", "site")


def test_whoever_endorsed_since_the_preview_stays_and_is_not_counted_as_added(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The constraint decides, even where the look at what stands came too early."""
    page = open_declaration()
    imported = uploaded(client, page, "name,website\nMidwives of Gulu,midwives-gulu.example\nNurses,nurses.example\n")
    own = confirmed(page)
    Endorsement.objects.filter(pk=own.pk).update(state=State.LISTED, listed_at=timezone.now())
    monkeypatch.setattr(
        "endorsements.imports.matches.stored_matches",
        lambda _page, _portion: type("Nobody", (), {"find": lambda *_names: None, "namesakes": lambda *_names: []})(),
    )
    press(client, imported)
    assert (imported.added, imported.skipped) == (1, 1)
    own.refresh_from_db()
    assert own.is_live


def test_rows_with_problems_come_back_as_a_file_to_correct(client: Client) -> None:
    page = open_declaration(who="organisations")
    bad = ("=HYPERLINK(1)", "<b>Bold</b>", "Evil \ue000eno", "See www.evil.example", "N" * 161, "…")
    rows = [["Organisation", "country", "website", "kind", "e-mail", "kind of organisation", "problem"]]
    rows += [[name, "", "", "", "", "", "old"] for name in bad]
    rows += [
        ["Good One", "Atlantis", "javascript:alert(1)", "", "no address", "party", ""],
        ["", "UG", "", "", "", "", ""],
        ["Someone", "UG", "ftp://x.example", "person", "", "", ""],
        ["Good Two", "UG", "", "", "", "", ""],
    ]
    imported = uploaded(client, page, written(rows))
    preview = shown(client, imported)
    assert counts(preview) == [1, 0, 9]
    assert "<b>Bold" not in preview
    address = reverse("signatory_import:rejected", args=(imported.pk,))
    assert address in preview
    raw = b"".join(client.get(address)).decode("utf-8-sig")
    assert raw.splitlines()[0] == "Organisation,country,website,kind,e-mail,kind of organisation,problem"
    told = {row["Organisation"]: row for row in csv.DictReader(io.StringIO(raw))}
    for name in (*bad, ""):
        assert told["'" + name if name.startswith("=") else name]["problem"] not in ("", "old"), name
    problem = told["Good One"]["problem"]
    assert all(column in problem for column in ("country: “Atlantis”", "website:", "e-mail:", "kind of organisation: “party”"))
    assert "website: " in told["Someone"]["problem"]
    assert len(told["Someone"]["problem"]) > len(told["Someone"]["website"])
    corrected = uploaded(
        client, page, raw.replace("Atlantis,javascript:alert(1),,no address,party", "ke,good.example,,a@good.example,union")
    )
    assert counts(shown(client, corrected))[0] == 1


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("names.csv", "name\nA\n")
    return buffer.getvalue()


NO_LISTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", ""),
    "nothing but a mark": ("\ufeff".encode(), ""),
    "a workbook without a name": (b"".join(write_xlsx([["Ada"]], ["nom"], "x")), "“name”"),
    "a web page": (b"<html><table><tr><td>name</td></tr></table>", "HTML"),
    "a zip": (_zip(), "ZIP"),
    "NUL": (b"name\nA\0B\n", ""),
    "half of UTF-16": ("name\nÄda\n".encode("utf-16")[:-1], ""),
    "no headings": (b"Nurses of Arua\nMidwives of Gulu\n", "“name”"),
    "headings alone": (b"name,country\n", ""),
    "a heading twice": (b"name,Name\nA,B\n", ""),
    "two headings for one": (b"name,organisation\nA,B\n", ""),
    "an open quotation mark": (b'name\n"Ada\nBola\n', ""),
    "a cell without end": (b"name\n" + b"x" * 200_000 + b"\n", "2"),
    "more cells than headings": (b"name\nAda,UG\n", "2"),
    "too many rows": (b"name\n" + b"Ada\n" * 50_000, f"{MAX_ROWS}"),
    "too many bytes": (b"name\n" + b"Ada Lovelace\n" * (MAX_BYTES // 13 + 1), "5 MB"),
}


def test_what_is_no_list_is_refused_in_a_sentence_and_nothing_is_kept(client: Client) -> None:
    page = open_declaration()
    for what, (raw, words) in NO_LISTS.items():
        response = send(client, page, raw)
        answer = response.content.decode()
        [told] = response.context["form"].errors["file"]
        assert words in told, what
        assert "Paper sheets, Kampala" in answer, what
    assert mistakes(send(client, page, PAPER, provenance=" ")) == {"provenance"}
    assert not ImportedList.objects.filter(declaration=page).exists()


def test_names_go_only_under_a_frozen_text_that_was_looked_at(client: Client) -> None:
    draft = make_declaration("Still a draft")
    for answer in (client.get(reverse("signatory_import:upload", args=(draft.pk,))), send(client, draft, PAPER)):
        assert "file" not in Screen(answer).fields
    assert not ImportedList.objects.filter(declaration=draft).exists()
    assert "Still a draft" not in client.get(reverse("signatory_import:index")).content.decode()
    circulate(sign_on_of(draft), by=None, now=timezone.now())
    imported = uploaded(client, draft, PAPER)
    before = sign_on_of(draft).version
    assert before
    draft.standfirst = "Words of substance."
    draft.save_revision()
    publish_text(sign_on_of(draft), is_new=True, note="More", by=None, now=timezone.now())
    address = reverse("signatory_import:list", args=(imported.pk,))
    assert levels(client.post(address, {"version": before.pk}, follow=True)) == ["warning"]
    sign_on_of(draft).__class__.objects.filter(declaration=draft).update(state=SignOnState.DELIVERED)
    assert levels(press(client, imported)) == ["warning"]
    assert not Endorsement.objects.for_declaration(draft).exists()


def test_a_list_that_nobody_imported_is_erased_after_a_week(client: Client) -> None:
    imported = uploaded(client, open_declaration(), PAPER)
    erase_expired(timezone.now() + timedelta(days=8))
    assert counts(shown(client, imported)) == []
    assert client.get(reverse("signatory_import:rejected", args=(imported.pk,))).status_code == 302
    assert "success" not in levels(press(client, imported))
    assert not Endorsement.objects.for_declaration(imported.declaration).exists()


def test_an_organisation_of_the_coalition_is_recognised(client: Client) -> None:
    from members.models import Organisation

    known = Organisation.objects.exclude(website="").first()
    assert known is not None
    page = open_declaration()
    press(client, uploaded(client, page, written([["name", "website"], ["Another name of theirs", known.website]])))
    assert Endorsement.objects.for_declaration(page).get().organisation == known


def test_the_way_there_and_who_may_go_it(client: Client, editor: Any, signed_in: Callable[[Any], Client]) -> None:
    page = open_declaration()
    address = reverse("signatory_import:upload", args=(page.pk,))
    assert reverse("signatory_import:index") in client.get(reverse("wagtailadmin_home")).content.decode()
    assert address in client.get(reverse("signatory_import:index")).content.decode()
    assert address in client.get(reverse("wagtailadmin_explore", args=(page.get_parent().pk,))).content.decode()
    template = b"".join(client.get(reverse("signatory_import:template"))).decode("utf-8-sig")
    assert "“name”" not in str(send(client, page, template).context["form"].errors["file"])
    imported = uploaded(client, page, PAPER)
    stranger = signed_in(editor)
    for name, args in (("upload", page.pk), ("list", imported.pk), ("rejected", imported.pk), ("take_back", imported.pk)):
        assert stranger.get(reverse(f"signatory_import:{name}", args=(args,))).status_code in (302, 403)
    assert address not in stranger.get(reverse("wagtailadmin_explore", args=(page.get_parent().pk,))).content.decode()
    assert stranger.post(reverse("signatory_import:list", args=(imported.pk,))).status_code in (302, 403)
    assert not Endorsement.objects.for_declaration(page).exists()
    assert client.get(reverse("signatory_import:upload", args=(10**9,))).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_who_import_at_once_import_once() -> None:
    page = open_declaration()
    names = written([["name", "website"], *([f"Union {number}", f"union{number}.example"] for number in range(600))])
    lists = [ImportedList.objects.create(declaration=page, provenance="A letter", content=names.encode()) for _copy in range(2)]

    def act(number: int) -> str:
        try:
            return str(import_list(ImportedList.objects.get(pk=lists[number % 2].pk), by=None, now=timezone.now()))
        except NotPossible:
            return "nothing new"

    outcomes = at_once(4, act)
    assert sorted(outcomes)[0] == "False" or "nothing new" in outcomes
    assert outcomes.count("True") == 1
    assert Endorsement.objects.for_declaration(page).count() == 600
    assert sum(row.added or 0 for row in ImportedList.objects.filter(declaration=page)) == 600


def test_a_country_is_known_by_the_names_that_people_use() -> None:
    told = {"ug": "UG", "The Gambia": "GM", "Korea, South": "KR", "DR Congo": "CD", "Côte d’Ivoire": "CI", "Turkey": "TR", "U.S.A.": "US"}
    assert {name: parse_country(name) for name in told} == told


def test_an_organisation_without_a_country_is_asked_and_never_taken_for_worldwide(client: Client) -> None:
    page = open_declaration()
    content = "name,country,website\nNowhere,,nowhere.example\nEverywhere,Worldwide,every.example\nHere,Uganda,here.example\n"
    imported = uploaded(client, page, content)
    assert counts(shown(client, imported)) == [2, 0, 1]
    press(client, imported)
    assert dict(Endorsement.objects.for_declaration(page).values_list("name", "country")) == {"Everywhere": "", "Here": "UG"}
