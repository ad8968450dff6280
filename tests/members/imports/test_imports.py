"""Existing members from a spreadsheet: checked, imported once, imported again, taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.due import run_all
from core.models import OutgoingMail
from endorsements.models.sign_on import sign_on_of
from members.imports.plan import make_plan
from members.imports.reader import read_members
from members.imports.workflow import import_members
from members.models import Contact, ImportedMembers, Membership, Organisation
from tests.support.answers import Screen, levels, mistakes
from tests.support.concurrency import at_once
from tests.support.declarations import open_declaration
from tests.support.importing import address, counts, everything, press, preview, problems, send, table, upload
from tests.support.members import make_contact, make_organisation
from tests.support.privacy import erase_expired

HEADINGS = ["Organisation", "Acronym", "Other names", "Country", "Website", "Kind", "Category", "Member since", "Member until"]
HEADINGS += ["Contact", "Contact role", "Email", "Phone", "Contact for", "Seat since", "Seat until", "Seat person", "Seat email"]
ROWS = [
    ["Midwives of Gulu", "MoG", "Gulu Midwives’ Union; Sages-femmes", "Uganda", "midwives-gulu.example", "NGO", "Member", "2019", "",
     "Akello Apio", "Director", "akello@midwives-gulu.example", "+256 772 123456", "Voting representative, finance",
     "1.2.2025", "31.12.2027", "Akello Apio", "akello@midwives-gulu.example"],
    ["Midwives of Gulu", *[""] * 8, "Opio Okot", "", "opio@midwives-gulu.example", *[""] * 6],
    ["Nurses of Lira", "", "", "UG", "", "union", "observer", "2018-05-01", "31 December 2022", *[""] * 9],
]  # fmt: skip


@pytest.fixture
def client(secretary: Any, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(secretary)


def test_a_coalition_brings_its_members(client: Client, secretary: Any) -> None:
    before = everything()
    imported = upload(client, HEADINGS, *ROWS)
    assert counts(client, imported) == [2, 0, 0, 0, 0]
    assert everything() == before, "looking changed something"
    assert press(client, imported) == ["success"]

    gulu, lira = Organisation.objects.get(name="Midwives of Gulu"), Organisation.objects.get(name="Nurses of Lira")
    assert (gulu.acronym, str(gulu.country), gulu.kind, gulu.other_names) == ("MoG", "UG", "ngo", ["Gulu Midwives’ Union", "Sages-femmes"])
    assert gulu.website == "https://midwives-gulu.example"
    assert list(gulu.memberships.values_list("category", "since", "until")) == [("member", date(2019, 1, 1), None)]
    assert list(lira.memberships.values_list("category", "since", "until")) == [("observer", date(2018, 5, 1), date(2022, 12, 31))]
    akello, opio = gulu.contacts.order_by("pk")
    told = (akello.name, akello.position, akello.email, akello.phone)
    assert told == ("Akello Apio", "Director", "akello@midwives-gulu.example", "+256 772 123456")
    assert [(one.voting, one.finance, one.communications) for one in (akello, opio)] == [(True, True, False), (False, False, False)]
    seat = gulu.seats.get()
    assert (seat.since, seat.until) == (date(2025, 2, 1), date(2027, 12, 31))
    assert (seat.person_name, seat.person_email) == ("Akello Apio", "akello@midwives-gulu.example")
    assert not OutgoingMail.objects.exists()
    assert client.get(reverse("member", args=(gulu.slug,))).status_code == 200
    assert ModelLogEntry.objects.filter(action="members.import", user=secretary).count() == 3
    assert client.get(reverse("wagtailadmin_reports:site_history")).status_code == 200


@pytest.mark.one_database
def test_a_second_import_changes_nothing_and_one_with_fewer_columns_loses_nothing(client: Client) -> None:
    first = upload(client, HEADINGS, *ROWS)
    press(client, first)
    stored = everything()
    assert press(client, first) == ["info"]
    again = upload(client, HEADINGS, *ROWS)
    assert counts(client, again) == [0, 0, 2, 0, 0]
    assert press(client, again) == ["warning"]
    few = upload(client, ["NAME OF ORGANIZATION:", "Country"], ["midwives of GULU", ""], ["Nurses of Lira Ltd", "Uganda"])
    assert counts(client, few) == [0, 0, 2, 0, 0]
    assert press(client, few) == ["warning"]
    assert everything() == stored


def test_what_differs_is_shown_and_changed_or_left(client: Client) -> None:
    press(client, upload(client, HEADINGS, *ROWS))
    rows = [["Organisation", "Kind", "Member since", "Email", "Contact role"]]
    rows += [
        ["Midwives of Gulu", "Trade union", "2019-05-01", "AKELLO@midwives-gulu.example", "Chair"],
        ["Nurses of Lira", "ngo", "", "", ""],
    ]
    imported = upload(client, *rows)
    assert counts(client, imported) == [0, 2, 0, 0, 0]
    text = Screen(preview(client, imported)).text
    assert "Director" in text
    assert "Chair" in text
    lines = [outcome.group.line for outcome, _lines in preview(client, imported).context["changed"]]
    assert press(client, imported, changed=lines, leave=[lines[1]]) == ["info"], "a choice is looked at once more"
    assert press(client, imported) == ["success"]
    gulu, lira = Organisation.objects.get(name="Midwives of Gulu"), Organisation.objects.get(name="Nurses of Lira")
    assert (gulu.kind, lira.kind) == ("union", "union")
    assert gulu.memberships.get().since == date(2019, 5, 1)
    assert gulu.contacts.get(address_key="akello@midwives-gulu.example").position == "Chair"
    assert gulu.contacts.count() == 2


def test_an_import_is_what_was_shown(client: Client) -> None:
    press(client, upload(client, HEADINGS, *ROWS))
    imported = upload(client, ["Organisation", "Kind"], ["Midwives of Gulu", "union"])
    shown = Screen(preview(client, imported)).hidden["shown"]
    Organisation.objects.filter(name="Midwives of Gulu").update(kind="faith")
    assert levels(client.post(address(imported), {"shown": shown}, follow=True)) == ["warning"]
    assert Organisation.objects.get(name="Midwives of Gulu").kind == "faith"
    assert press(client, imported) == ["success"]
    assert Organisation.objects.get(name="Midwives of Gulu").kind == "union"


# Doubt


def test_a_similar_organisation_is_asked_about(client: Client) -> None:
    known = make_organisation("Wemba Health Unlimited", acronym="WEM", country="NL", website="https://wemba-health.example")
    rows = [["Organisation", "Country", "Website", "Kind", "Category"]]
    rows += [
        ["Wemba Health Unlimited Group", "NL", "", "ngo", "member"],
        ["Stichting Wemba", "NL", "www.wemba-health.example/en", "", "member"],
        ["Quite Another", "Global", "", "", "member"],
        ["Another Quite", "worldwide", "", "", "member"],
        ["Wemba Health Unlimited", "Kenya", "wemba.example", "", "member"],
    ]
    imported = upload(client, *rows)
    assert counts(client, imported) == [1, 0, 0, 4, 0]
    choices = {"row-2": f"org:{known.pk}", "row-3": "new", "row-5": "row:4", "row-6": "new"}
    client.post(address(imported), {**choices, "choose": "yes"})
    assert counts(client, imported) == [3, 1, 0, 0, 0]
    assert press(client, imported) == ["success"]
    known.refresh_from_db()
    assert (known.name, known.kind, known.other_names) == ("Wemba Health Unlimited", "ngo", ["Wemba Health Unlimited Group"])
    assert Organisation.objects.filter(name__in=["Stichting Wemba", "Wemba Health Unlimited (KE)"]).count() == 2
    assert Organisation.objects.get(name="Quite Another").other_names == ["Another Quite"]

    again = upload(client, *rows)
    assert counts(client, again)[0] == 0
    assert press(client, again) == ["warning"]


@pytest.mark.one_database
def test_a_choice_that_nobody_offered_is_none(client: Client) -> None:
    known = make_organisation("Wemba Health Unlimited")
    stranger = make_organisation("Someone Else")
    imported = upload(client, ["Organisation", "Category"], ["Wemba Unlimited", "member"])
    for choice in (f"org:{stranger.pk}", "org:x", "row:2", "row:99", "yes", "org:"):
        client.post(address(imported), {"row-2": choice, "row-x": "new", "choose": "yes"})
        assert counts(client, imported) == [0, 0, 0, 1, 0], choice
    client.post(address(imported), {"row-2": "skip", "choose": "yes"})
    assert counts(client, imported) == [0, 0, 0, 0, 0]
    client.post(address(imported), {"start_again": "yes"})
    client.post(address(imported), {"row-2": f"org:{known.pk}", "choose": "yes"})
    assert counts(client, imported) == [0, 1, 0, 0, 0]


def test_what_new_organisations_are_is_asked_if_the_file_does_not_say(client: Client) -> None:
    make_organisation("Nurses of Lira")
    imported = upload(client, ["Organisation"], ["Nurses of Lira"], ["Midwives of Gulu"])
    assert preview(client, imported).context["question"].question == "category"
    assert press(client, imported) == ["warning"]
    for answer, category in (("none", []), ("observer", ["observer"])):
        client.post(address(imported), {"ask_again": "category"})
        client.post(address(imported), {"question": "category", "answer": answer})
        writes = [write for _outcome, write in preview(client, imported).context["reading"].writes if write.model == "membership"]
        assert [write.after["category"] for write in writes] == category


# Problems


def test_problems_are_told_by_row_and_column_and_come_back_as_a_file(client: Client) -> None:
    rows = [["Organisation", "Country", "Category", "Since", "Until", "Status", "Contact", "Email", "Phone"]]
    rows += [
        ["", "UG", "", "", "", "", "", "", ""],
        ["<b>Bold</b>", "Atlantis", "partner", "2020", "2019", "", "", "", ""],
        ["One", "", "", "", "", "Ended", "", "", ""],
        ["Two", "", "", "", "2019", "Active", "", "", ""],
        ["Three", "", "", "", "", "", "Ada", "", ""],
        ["Four", "", "", "", "", "", "Ada", "no address", "2.56772E+11"],
        ["Five", "UG", "", "", "", "", "", "five@x.example", ""],
        ["Six", "UG", "member", "", "", "", "Ada", "ada@x.example", ""],
        ["Six", "KE", "member", "", "", "", "Bola", "bola@x.example", ""],
        ["Six", "UG", "member", "", "", "", "Adam", "ADA@x.example", ""],
        ["Good", "UG", "member", "", "", "", "", "", ""],
        ["Good", "UG", "member", "", "", "", "", "", ""],
        ["Nowhere", "", "member", "", "", "", "", "", ""],
    ]
    imported = upload(client, *rows)
    told = {
        2: {"Organisation"},
        3: {"Organisation", "Country", "Category", "Until"},
        4: {"Until"},
        5: {"Status"},
        6: {"Email"},
        7: {"Email", "Phone"},
        8: {"Contact"},
        10: {"Country"},
        11: {"Contact"},
        14: {"Country"},
    }
    assert problems(client, imported) == told
    assert counts(client, imported) == [2, 0, 0, 0, 10]
    assert "<b>Bold" not in preview(client, imported).content.decode()
    assert [line for _entry, line in preview(client, imported).context["reading"].repeated] == [12]
    assert press(client, imported) == ["success"]
    assert Organisation.objects.get(name="Six").contacts.count() == 1
    raw = client.get(reverse("member_import:rejected", args=(imported.pk,))).getvalue().decode("utf-8-sig")
    assert raw.count("\r\n") == 11
    corrected = raw.replace("Four,", "Four,UG").replace("no address", "four@x.example").replace("2.56772E+11", "'+256 772 123456")
    assert send(client, corrected.encode()).status_code == 302
    assert press(client, ImportedMembers.objects.latest("pk")) == ["success"]
    assert Contact.objects.get(email="four@x.example").phone == "+256 772 123456"


def test_all_rows_of_an_organisation_wait_if_one_of_them_cannot_be_written(client: Client) -> None:
    """The last row lacks a name, which only matters because the contact is new."""
    rows = [
        ["Organisation", "Category", "Contact", "Email"],
        ["Midwives", "member", "Ada", "ada@x.example"],
        ["Midwives", "", "", "b@x.example"],
    ]
    imported = upload(client, *rows)
    assert counts(client, imported) == [0, 0, 0, 0, 2]
    assert set(problems(client, imported)) == {2, 3}
    assert press(client, imported) == ["warning"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"nom\nA\n", "“organisation”"),
        (b"organisation\n", "no row"),
        (b"organisation,organization\nA,B\n", "mean the same"),
        (b"organisation,contact\nA,Ada\n", "email"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "XLS"),
        (b"organisation\n" + b"A\n" * 5001, "5000"),
    ],
)
def test_what_is_no_table_of_members_is_refused(client: Client, content: bytes, words: str) -> None:
    response = send(client, content)
    assert mistakes(response) == {"file"}
    assert words in response.context["form"].errors["file"][0]
    assert not ImportedMembers.objects.exists()


# Afterwards


def test_an_import_is_taken_back_except_what_was_changed_since(client: Client) -> None:
    kept = make_organisation("Nurses of Lira", country="UG", kind="ngo")
    make_contact(kept, position="Chair")
    before = everything()
    imported = upload(client, HEADINGS, *ROWS, ["Doctors of Arua", "", "", "Worldwide", "", "", "member", *[""] * 11])
    assert press(client, imported) == ["success"]
    back = reverse("member_import:take_back", args=(imported.pk,))
    assert client.get(back).status_code == 200
    assert levels(client.post(back, follow=True)) == ["success"]
    assert everything() == before
    assert levels(client.post(back, follow=True)) == ["warning"]

    second = upload(client, HEADINGS, *ROWS)
    assert press(client, second) == ["success"]
    gulu = Organisation.objects.get(name="Midwives of Gulu")
    gulu.contacts.filter(name="Opio Okot").update(name="Opio O. Okot")
    assert levels(client.post(reverse("member_import:take_back", args=(second.pk,)), follow=True)) == ["success"]
    assert [contact.name for contact in Organisation.objects.get(pk=gulu.pk).contacts.all()] == ["Opio O. Okot"]


def test_contacts_hear_of_it_when_the_secretariat_says_so(client: Client) -> None:
    imported = upload(client, HEADINGS, *ROWS)
    press(client, imported)
    page = reverse("member_import:welcome", args=(imported.pk,))
    assert page in Screen(preview(client, imported)).links
    assert client.get(page).status_code == 200
    assert not OutgoingMail.objects.exists()
    assert levels(client.post(page, follow=True)) == ["success"]
    mails = OutgoingMail.objects.filter(purpose="members.contact_named")
    assert set(mails.values_list("recipient", flat=True)) == {"akello@midwives-gulu.example", "opio@midwives-gulu.example"}
    assert levels(client.post(page, follow=True)) == ["warning"]
    assert mails.count() == 2


def test_the_file_is_erased_after_a_week(client: Client) -> None:
    imported = upload(client, HEADINGS, *ROWS)
    done = upload(client, HEADINGS, *ROWS)
    press(client, done)
    erase_expired(timezone.now() + timedelta(days=8))
    for one in (imported, done):
        one.refresh_from_db()
        assert (bytes(one.content), one.written, one.choices) == (b"", [], {})
    assert press(client, imported) == ["warning"]
    assert levels(client.post(reverse("member_import:take_back", args=(done.pk,)), follow=True)) == ["warning"]
    assert Organisation.objects.filter(name="Midwives of Gulu").exists()


def test_only_the_secretariat_imports(client: Client, editor: Any, signed_in: Callable[[Any], Client]) -> None:
    imported = upload(client, HEADINGS, *ROWS)
    assert reverse("member_import:index") in client.get(reverse("wagtailadmin_home")).content.decode()
    stranger = signed_in(editor)
    pages = [reverse("member_import:index"), *(reverse(f"member_import:{name}") for name in ("template", "template_xlsx"))]
    pages += [reverse(f"member_import:{name}", args=(imported.pk,)) for name in ("table", "rejected", "take_back", "welcome")]
    for page in pages:
        assert stranger.get(page).status_code in (302, 403), page
        assert stranger.post(page).status_code in (302, 403, 405), page
    assert send(stranger, table(HEADINGS, *ROWS)).status_code in (302, 403)
    assert ImportedMembers.objects.count() == 1
    assert not Organisation.objects.filter(name="Midwives of Gulu").exists()


# Many rows


@pytest.mark.django_db
def test_the_cost_grows_with_the_rows_and_no_faster() -> None:
    """The plan reads the same number of times for each portion, and compares no row with all others."""

    def queries(number: int) -> int:
        rows = [
            [f"Union {name} of {name}", "Uganda", "member", "2019", f"Ada {name}", f"a{name}@u{name}.example"] for name in range(number)
        ]
        raw = table(["Organisation", "Country", "Category", "Since", "Contact", "Email"], *rows)
        with CaptureQueriesContext(connection) as captured:
            plan = make_plan(read_members(raw, {}), choices={})
        assert len(plan.outcomes) == number
        assert not plan.rejected
        return len(captured)

    assert queries(5000) <= queries(500) * 10


def test_writing_takes_the_same_number_of_queries_for_each_row(client: Client) -> None:
    def queries(first: int, number: int) -> int:
        rows = [[f"Union {name}", "member", f"Ada {name}", f"a@u{name}.example"] for name in range(first, first + number)]
        imported = upload(client, ["Organisation", "Category", "Contact", "Email"], *rows)
        client.post(address(imported), {f"row-{line}": "new" for line in range(2, number + 2)} | {"choose": "yes"})
        with CaptureQueriesContext(connection) as captured:
            assert press(client, imported) == ["success"]
        return len(captured)

    assert queries(100, 40) < queries(0, 10) * 4


@pytest.mark.django_db(transaction=True)
def test_two_who_import_the_same_at_once_import_once() -> None:
    raw = table(HEADINGS, *ROWS)
    uploads = [ImportedMembers.objects.create(file_name="x.csv", content=raw) for _copy in range(2)]

    def act(number: int) -> str:
        try:
            return str(import_members(ImportedMembers.objects.get(pk=uploads[number % 2].pk), by=None, now=timezone.now()))
        except Exception as error:
            return type(error).__name__

    outcomes = at_once(4, act)
    assert outcomes.count("True") == 1, outcomes
    assert set(outcomes) <= {"True", "False", "NotPossible"}
    assert Organisation.objects.filter(name="Midwives of Gulu").count() == 1
    assert Membership.objects.filter(organisation__name="Midwives of Gulu").count() == 1


def test_no_scheduled_work_emails_anybody_because_of_an_import(client: Client) -> None:
    lira = make_organisation("Nurses of Lira", since=date(2019, 5, 17))
    Membership.objects.filter(organisation=lira).update(confirmed_on=date(2020, 5, 17), recorded_on=date(2019, 5, 17))
    run_all(timezone.now())
    page = open_declaration()
    sign_on_of(page).__class__.objects.filter(declaration=page).update(ask_members_at=timezone.now())
    rows = [["Organisation", "Category", "Confirmed on", "Contact", "Email", "Contact for"]]
    rows += [["Nurses of Lira", "", "", "Ada", "ada@lira.example", "voting"]]
    rows += [["Midwives of Gulu", "member", "2020", "Bola", "bola@gulu.example", "voting"]]
    OutgoingMail.objects.all().delete()
    assert press(client, upload(client, *rows)) == ["success"]
    run_all(timezone.now())
    assert not OutgoingMail.objects.filter(recipient__in=["ada@lira.example", "bola@gulu.example"]).exists()
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        run_all(timezone.now())
    written = OutgoingMail.objects.filter(recipient__in=["ada@lira.example", "bola@gulu.example"])
    assert set(written.values_list("purpose", flat=True)) == {"members.year"}
    assert written.count() == 2
