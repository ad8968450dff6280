"""A misspelt name can be corrected: its holder proposes, the secretariat sees the checks of the new name and accepts or declines."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import OutgoingMail
from endorsements.declarations import workflow as declarations
from endorsements.erasure import erase_endorsement
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory, NameChange
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import names
from endorsements.moderation.admin.names import names_to_correct
from endorsements.signing import emails as signing_emails
from endorsements.signing import workflow as signing
from endorsements.states import NameChangeState, State
from members.identity.keys import organisation_key
from tests.support.answers import Screen, levels, mistakes, said
from tests.support.declarations import PERSON, confirmed, delivered, make_declaration, open_declaration
from tests.support.endorsing import link_of, mails, text_of
from tests.support.members import make_organisation

pytestmark = pytest.mark.django_db

MISSPELT = {"name": "Midwifes of Gulu", "website": "https://midwives-gulu.example/"}
CORRECTED = {"name": "Ärzte der Welt – Gulu", "acronym": "ÄdW", "country": "KE", "website": "midwives-gulu.example"}


def fresh(row: Endorsement) -> Endorsement:
    return Endorsement.objects.select_related("declaration").get(pk=row.pk)


def listed(page: Any, base: Any = None, **changes: Any) -> Endorsement:
    row = confirmed(page, **({"base": base} if base else {}), **changes)
    if row.state != State.LISTED:
        signing.list_endorsement(row, by=None, now=timezone.now())
    return fresh(row)


def propose(row: Endorsement, **values: str) -> Any:
    return Client().post(link_of(row, signing_emails.MANAGE), {"action": "propose", **values}, follow=True)


def decide(client: Client, change: NameChange, action: str, **fields: str) -> Any:
    shown = {"shown": change.proposed_at.isoformat(), "action": action}
    return client.post(reverse("endorsement_queue:name", args=(change.pk,)), {**shown, **fields}, follow=True)


def test_a_holder_proposes_and_the_secretariat_accepts_with_one_press(secretary_client: Client, secretary: Any) -> None:
    page = open_declaration()
    row = listed(page, **MISSPELT)
    delivery = delivered(page)
    assert propose(row, **CORRECTED).status_code == 200
    assert fresh(row).name == MISSPELT["name"], "the list stays as it is until then"
    change = NameChange.objects.get()
    assert names_to_correct(secretary).count == 1
    screen = Screen(secretary_client.get(reverse("endorsement_queue:names")))
    assert all(text in screen.text for text in (MISSPELT["name"], CORRECTED["name"], CORRECTED["acronym"]))
    assert CORRECTED["name"] in Screen(secretary_client.get(reverse("endorsements:inspect", args=(row.pk,)))).text
    assert levels(decide(secretary_client, change, "accept")) == ["success"]
    row, change = fresh(row), NameChange.objects.get()
    assert (row.name, row.acronym, row.country.code, row.state) == (CORRECTED["name"], "ÄdW", "KE", State.LISTED)
    assert row.key == organisation_key(row.name, "KE", row.website)
    assert (change.state, change.former_name, change.decided_by) == (NameChangeState.ACCEPTED, MISSPELT["name"], secretary)
    public = Client().get(f"{page.url}signatories/", {"q": "arzte welt"}).content.decode()
    assert CORRECTED["name"] in public
    delivery.refresh_from_db()
    assert MISSPELT["name"] in delivery.content
    (mail,) = mails("renamed")
    assert all(text in text_of(mail) for text in (MISSPELT["name"], CORRECTED["name"]))
    assert MISSPELT["name"] in Screen(secretary_client.get(reverse("endorsements:inspect", args=(row.pk,)))).text
    assert names_to_correct(secretary) is None


def test_a_declined_proposal_changes_nothing_and_is_told(secretary_client: Client) -> None:
    row = listed(open_declaration(), **MISSPELT)
    propose(row, **CORRECTED)
    assert levels(decide(secretary_client, NameChange.objects.get(), "decline", message="It is not in the register.")) == ["success"]
    assert fresh(row).name == MISSPELT["name"]
    assert "It is not in the register." in text_of(mails("name_declined")[0])
    propose(row, **CORRECTED)
    decide(secretary_client, NameChange.objects.latest("pk"), "decline")
    assert len(mails("name_declined")) == 2


def test_a_rename_gets_the_checks_of_a_new_endorsement() -> None:
    """Renaming to a member, or to a name that is there already, is no way around them."""
    page = open_declaration()
    member = make_organisation("World Nurses Union", website="https://wnu.example")
    other = listed(page, name="Doctors of Arua", website="https://doctors-arua.example", email="a@doctors-arua.example")
    row = listed(page, **MISSPELT)
    propose(row, name=member.name, country="UG", website="https://wnu.example", acronym="")
    (change,) = NameChange.objects.select_related("endorsement__organisation", "endorsement__version")
    found = names.checks_of_names([change])[change.pk].checks
    assert any(member.name in check.text for check in found)
    assert not any("midwives-gulu.example" in check.text and check.tone == "good" for check in found)
    propose(row, name=other.name, country="UG", website="", acronym="")
    change = NameChange.objects.select_related("endorsement__organisation", "endorsement__version").get(state=NameChangeState.WAITING)
    assert other in names.checks_of_names([change])[change.pk].possible_duplicates


def test_a_name_that_is_listed_already_is_refused_in_words(secretary_client: Client) -> None:
    page = open_declaration()
    other = listed(page, name="Doctors of Arua", website="https://doctors-arua.example", email="a@doctors-arua.example")
    row = listed(page, **MISSPELT)
    propose(row, name=other.name, country="UG", website=other.website, acronym="")
    answer = decide(secretary_client, NameChange.objects.get(), "accept")
    assert levels(answer) == ["error"]
    assert other.name in said(answer)
    assert (fresh(row).name, NameChange.objects.get().state) == (MISSPELT["name"], NameChangeState.WAITING)
    assert not mails("renamed")


def test_a_second_confirmation_does_not_follow_to_another_domain(secretary_client: Client) -> None:
    row = listed(open_declaration(), **MISSPELT)
    Endorsement.objects.filter(pk=row.pk).update(seconded_at=timezone.now())
    propose(row, **CORRECTED)
    decide(secretary_client, NameChange.objects.get(), "accept")
    assert fresh(row).seconded_at
    propose(row, **{**CORRECTED, "website": "https://elsewhere.example"})
    decide(secretary_client, NameChange.objects.latest("pk"), "accept")
    assert fresh(row).seconded_at is None


@pytest.mark.parametrize("gone", ["replaced", "cancelled", "decided", "ended"])
def test_only_the_proposal_that_was_shown_is_decided_on(secretary_client: Client, gone: str) -> None:
    row = listed(open_declaration(), **MISSPELT)
    propose(row, **CORRECTED)
    shown = NameChange.objects.get()
    match gone:
        case "replaced":
            propose(row, **{**CORRECTED, "name": "World Health Organization"})
        case "cancelled":
            Client().post(link_of(row, signing_emails.MANAGE), {"action": "cancel"})
        case "decided":
            decide(secretary_client, shown, "decline")
        case "ended":
            signing.withdraw(row, shown=False, now=timezone.now())
    assert levels(decide(secretary_client, shown, "accept"))[-1] in ("warning", "error")
    assert fresh(row).name == MISSPELT["name"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("name", "x" * 200), ("name", MISSPELT["name"]), ("country", "XX"), ("website", "no site")]
)
def test_what_cannot_be_a_name_is_refused_beside_its_field(field: str, value: str) -> None:
    row = listed(open_declaration(), **MISSPELT)
    same = {"name": row.name, "acronym": row.acronym, "country": "UG", "website": row.website}
    answer = propose(row, **{**same, field: value})
    assert mistakes_in(answer) == {field}
    assert not NameChange.objects.exists()


def mistakes_in(answer: Any) -> set[str]:
    return set(answer.context["name_form"].errors)


def test_a_person_corrects_a_name_and_its_erasure_leaves_nothing(secretary_client: Client) -> None:
    row = listed(open_declaration(), PERSON)
    key = row.key
    propose(row, name="Ngozi Ọkafọr", country="NG")
    decide(secretary_client, NameChange.objects.get(), "accept")
    row = fresh(row)
    assert (row.name, row.state) == ("Ngozi Ọkafọr", State.LISTED)
    assert row.key.startswith(key.partition(":")[0])
    assert Endorsement.objects.filter(folded__contains="okafor").exists()
    erase_endorsement(row, by=None, now=timezone.now())
    assert not NameChange.objects.exists()
    assert not OutgoingMail.objects.exclude(content=b"").filter(about=f"endorsement:{row.pk}").exists()


def test_the_profile_is_the_source_for_an_organisation_of_the_coalition(secretary_client: Client) -> None:
    member = make_organisation("Midwives of Gulu District", country="UG", website="https://midwives-gulu.example")
    row = listed(open_declaration(), **MISSPELT)
    assert row.organisation == member
    screen = Screen(Client().get(link_of(row, signing_emails.MANAGE)))
    assert "website" not in screen.fields
    assert reverse("member_link") in screen.links
    propose(row, name="Something else", country="KE")
    change = NameChange.objects.get()
    assert change.name == member.name
    decide(secretary_client, change, "accept")
    assert (fresh(row).name, fresh(row).organisation) == (member.name, member)


# By the secretariat itself


def test_the_secretariat_corrects_a_name_and_its_holder_is_told(secretary_client: Client) -> None:
    row = listed(open_declaration(), **MISSPELT)
    where = reverse("endorsements:correct_name", args=(row.pk,))
    form = {**Screen(secretary_client.get(where)).hidden, **CORRECTED}
    read = secretary_client.post(where, {**form, "step": "read"})
    assert CORRECTED["name"] in read.context["email"].body
    assert read.context["checks"]
    assert fresh(row).name == MISSPELT["name"]
    assert levels(secretary_client.post(where, {**form, "step": "do"}, follow=True)) == ["success"]
    assert fresh(row).name == CORRECTED["name"]
    assert [mail.recipient for mail in mails("renamed")] == [row.email]
    stale = secretary_client.post(where, {**form, "name": "Third", "step": "do"}, follow=True)
    assert levels(stale) == ["warning"], "a colleague corrected it meanwhile"
    wrong = secretary_client.post(where, {**Screen(secretary_client.get(where)).hidden, "name": "", "step": "read"})
    assert "name" in mistakes(wrong)


def test_editors_correct_no_names(editor: Any, signed_in: Any) -> None:
    row = listed(open_declaration(), **MISSPELT)
    propose(row, **CORRECTED)
    client = signed_in(editor)
    assert client.get(reverse("endorsements:correct_name", args=(row.pk,))).status_code == 302
    decide(client, NameChange.objects.get(), "accept")
    assert fresh(row).name == MISSPELT["name"]


def test_an_initial_signatory_follows_the_page(secretary_client: Client) -> None:
    page = make_declaration(live=False)
    InitialSignatory.objects.create(declaration=page, name="Midwifes", country="UG", website="https://midwives.example")
    page.save_revision()
    declarations.open_sign_on(sign_on_of(page), by=None, now=timezone.now())
    row = Endorsement.objects.for_declaration(page).get()
    assert secretary_client.get(reverse("endorsements:inspect", args=(row.pk,))).status_code == 200
    draft = DeclarationPage.objects.get(pk=page.pk)
    entry = draft.initial_signatories.get()
    entry.name = "Midwives"
    entry.save()
    draft = DeclarationPage.objects.get(pk=page.pk)
    draft.save_revision().publish()
    assert [(one.pk, one.name) for one in Endorsement.objects.for_declaration(page)] == [(row.pk, "Midwives")]
