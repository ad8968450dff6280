"""One person asks what is held of them, or to be erased: every room answers through one screen, and nothing is left behind."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.mail.queue import enqueue
from core.mail.suppression import is_suppressed, suppress
from endorsements.models import Endorsement
from members.applications import workflow as applications
from members.applications.files import add_file
from members.committee import workflow as committee
from members.membership import workflow as membership
from members.models import Application, Question, Seat
from members.review import workflow as review
from members.states import Access, ApplicationState, FileKind
from privacy.erase import erase
from privacy.export import export
from tests.support.declarations import PERSON, confirmed, open_declaration
from tests.support.emails import a_mail
from tests.support.endorsing import words
from tests.support.members import APPLICANT, agreed, checking, draft, make_contact, make_organisation, submitted, with_committee

SCREEN = reverse("personal_data:index")
SECOND = "opio@midwives-gulu.example"


def now() -> Any:
    return timezone.now()


def traces(*said: str) -> Iterator[str]:
    """Every table of the database in which one of these words stands, in whatever column."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = " ".join(
                bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value) for value in row.values()
            )
            if any(word.lower() in text.lower() for word in said):
                yield model._meta.label


def chosen(page: Any) -> list[str]:
    return [one.key for one in page.context["found"]]


def test_a_person_is_found_exported_and_erased_in_every_room(secretary_client: Client, django_capture_on_commit_callbacks: Any) -> None:
    row = draft()
    file = add_file(row, kind=FileKind.DOCUMENT, upload=SimpleUploadedFile("Akello Apio, CV.pdf", b"%PDF-1.7"), now=now())
    applications.submit(row, now=now())
    review.start_review(row, by=None, now=now())
    review.ask(row, questions=[("work", "Akello, how many?")], by=None, now=now())
    review.add_note(row, text="I called Akello.", by=None, now=now())
    review.continue_without_answers(row, by=None, now=now())
    ballot = with_committee(row)
    own = ballot.votes.all()[0]
    type(own).objects.filter(pk=own.pk).update(person_name="Akello Apio", email=APPLICANT, address_key=APPLICANT)
    other = submitted("boss@elsewhere.example", name="Doctors of Lira", website="https://doctors.example", representative_email=APPLICANT)
    applications.invite(other, email=APPLICANT, access=Access.READ, now=now())
    organisation = make_organisation()
    contact = make_contact(organisation, APPLICANT, name="Akello Apio")
    membership.propose_change(organisation, contact=contact, values={"summary": "We speak up."}, now=now())
    Seat.objects.create(organisation=organisation, person_name="Akello Apio", person_email=APPLICANT.upper())
    confirmed(open_declaration(), email=APPLICANT)
    enqueue(a_mail(to="Akello+list@midwives-gulu.example"), key="k", purpose="test")
    path = Path(file.file.path)

    assert SCREEN in secretary_client.get(reverse("wagtailadmin_home")).content.decode()
    page = secretary_client.post(SCREEN, {"query": APPLICANT})
    kinds = {key.partition(":")[0] for key in chosen(page)}
    assert kinds == {f"members.{kind}" for kind in ("application", "invitation", "contact", "seat", "vote")} | {"endorsements.endorsement"}
    asked = {"query": APPLICANT, "chosen": chosen(page)}
    told = json.loads(secretary_client.post(SCREEN, {**asked, "action": "export"}).content)
    assert told["applications"][0]["files"][0]["name"] == "Akello Apio, CV.pdf"
    assert told["applications"][0]["notes"][0]["text"] == "I called Akello."
    assert told["contacts"][0]["profile_changes"][0]["after"] == {"summary": "We speak up."}
    assert {mail["recipient"] for mail in told["mails"]} >= {APPLICANT, "Akello+list@midwives-gulu.example"}
    assert "Okot" not in json.dumps([told["contacts"], told["seats and votes"], told["endorsements"]]), "something of somebody else"
    assert ModelLogEntry.objects.filter(action="members.export", object_id=str(row.pk)).exists()

    shown = words(secretary_client.post(SCREEN, {**asked, "action": "confirm"}))
    assert "It is withdrawn, and a ballot about it is cancelled." in shown
    assert "It is the only contact of Nurses of Lira." in shown
    assert "ask the applicant to name somebody else" in shown
    assert "record its vote" in shown
    assert Application.objects.get(pk=row.pk).state == ApplicationState.WITH_COMMITTEE, "asking erased something"
    with django_capture_on_commit_callbacks(execute=True):
        assert "Erased for good" in words(secretary_client.post(SCREEN, {**asked, "action": "erase"}))
    assert list(traces("akello apio", "akello@", "akello+", "akello,", "called akello")) == []
    assert not path.exists()
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, str(row.country), other.state, other.representative_name) == (
        ApplicationState.WITHDRAWN,
        "UG",
        ApplicationState.SUBMITTED,
        "",
    )
    assert words(secretary_client.post(SCREEN, {"query": APPLICANT})).count("0 things are held") == 1
    assert "There was nothing to erase" in words(secretary_client.post(SCREEN, {"query": APPLICANT, "action": "erase"}))


def test_what_stays_and_what_to_do_first_is_said_before(secretary_client: Client) -> None:
    row = agreed()
    member = review.accept(row, by=None, now=now())
    assert member is not None
    first = "Nobody else votes for Midwives of Gulu."
    shown = words(
        secretary_client.post(
            SCREEN, {"query": APPLICANT, "action": "confirm", "chosen": chosen(secretary_client.post(SCREEN, {"query": APPLICANT}))}
        )
    )
    assert "What the organisation answered, the decision and its entry in the directory stay." in shown
    assert first in shown
    assert "Do that first" in shown
    member.contacts.filter(email=SECOND).update(voting=True)
    assert first not in words(
        secretary_client.post(
            SCREEN, {"query": APPLICANT, "action": "confirm", "chosen": chosen(secretary_client.post(SCREEN, {"query": APPLICANT}))}
        )
    )
    erase(APPLICANT, by=None, now=now())
    row.refresh_from_db()
    assert (row.state, row.organisation, row.name) == (ApplicationState.ACCEPTED, member, "Midwives of Gulu")
    assert (row.email, row.representative_name, row.second_email) == ("", "", SECOND)
    assert list(member.contacts.values_list("email", flat=True)) == [SECOND]
    assert member.memberships.exists()


def test_whoever_is_only_named_in_an_application_is_taken_out_of_it(db: None) -> None:
    row = agreed()
    assert export(SECOND)["applications"] == [
        {"second_name": "Opio Okot", "second_position": "Programme officer", "second_email": SECOND, "application_of": "Midwives of Gulu"}
    ]
    Question.objects.create(application=row, field="second_name", text="Who is that?", before="Opio", after="Opio Okot", asked_at=now())
    assert erase(SECOND, by=None, now=now()) == {"applications": 1}
    assert row.questions.values_list("before", "after").get() == ("", "")
    row.refresh_from_db()
    assert (row.second_name, row.second_email, row.representative_name) == ("", "", "Akello Apio")


def test_a_vote_that_was_cast_stays_and_drafts_go_whole(db: None) -> None:
    ballot = with_committee(checking())
    vote = ballot.votes.all()[0]
    committee.cast_vote(vote, choice="recuse", reason="My sister works there.", now=now())
    mine = draft(vote.email, name="A new one", website="")
    assert erase(vote.email, by=None, now=now())["seats and votes"] == 2
    vote.refresh_from_db()
    assert (vote.choice, vote.person_name, vote.reason, vote.organisation_name) == ("recuse", "", "", "Committee member A")
    assert not Application.objects.filter(pk=mine.pk).exists()


def test_a_name_finds_what_is_left_and_only_what_is_chosen_goes(secretary_client: Client, secretary: Any, make_user: Any) -> None:
    page = open_declaration()
    row, other = confirmed(page, PERSON), confirmed(page, PERSON, name="Ngozi Adichie", email="other@example.net")
    Seat.objects.create(organisation=make_organisation(), person_name="Ngozi Without Address")
    found = secretary_client.post(SCREEN, {"query": "ngozi"})
    assert "3 things are held" in words(found)
    assert "Choose at least one." in words(secretary_client.post(SCREEN, {"query": "ngozi", "action": "confirm"}))
    asked = {"query": "ngozi", "chosen": [f"endorsements.endorsement:{row.pk}"]}
    assert "Adichie" not in words(secretary_client.post(SCREEN, {**asked, "action": "confirm"}))
    secretary_client.post(SCREEN, {**asked, "action": "erase"})
    assert [Endorsement.objects.get(pk=one.pk).state for one in (row, other)] == ["erased", "listed"]
    assert "0 things are held" in words(secretary_client.post(SCREEN, {"query": "!!!"}))
    account = words(
        secretary_client.post(SCREEN, {"query": secretary.email, "action": "confirm", "chosen": [f"accounts.user:{secretary.pk}"]})
    )
    assert "the history has to say who did what" in account
    secretary_client.post(SCREEN, {"query": secretary.email, "action": "erase", "chosen": [f"accounts.user:{secretary.pk}"]})
    secretary.refresh_from_db()
    assert secretary.is_active


def test_an_address_is_let_be_written_to_again_and_that_is_noted(secretary_client: Client, secretary: Any) -> None:
    suppress("ada@example.org")
    lift = {"query": "Ada@example.org", "action": "lift"}
    assert "This address gets no mails since" in words(secretary_client.post(SCREEN, {"query": "ada@example.org"}))
    assert "can be written to again" in words(secretary_client.post(SCREEN, lift))
    assert not is_suppressed("ada@example.org")
    assert "gets no mails" not in words(secretary_client.post(SCREEN, lift))
    entry = ModelLogEntry.objects.get(action="members.lift_suppression")
    assert (entry.user, "ada" in f"{entry.label}{entry.data}") == (secretary, False)


def test_others_neither_look_nor_erase(editor: Any, committee_member: Any, signed_in: Callable[[Any], Client]) -> None:
    row = submitted()
    for stranger in (signed_in(editor), signed_in(committee_member), Client()):
        asked = {"query": APPLICANT, "chosen": [f"members.application:{row.pk}"], "action": "erase"}
        assert stranger.post(SCREEN, asked).status_code == 302
    assert SCREEN not in signed_in(editor).get(reverse("wagtailadmin_home")).content.decode()
    assert Application.objects.get(pk=row.pk).state == ApplicationState.SUBMITTED
