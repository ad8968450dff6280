"""What the secretariat is told about emails to applicants, and what these say when they leave, is so."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.mail.delivery import is_wanted
from core.mail.suppression import suppress
from core.models import OutgoingMail
from members.models import Application, Membership
from members.review import workflow as review
from members.states import ApplicationState
from tests.support.answers import said
from tests.support.members import in_state

pytestmark = pytest.mark.django_db


def written(purpose: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(purpose=f"members.{purpose}").order_by("pk"))


def ask(row: Application, text: str) -> None:
    review.ask(Application.objects.get(pk=row.pk), questions=[("size", text)], by=None, now=timezone.now())


def test_questions_of_an_earlier_round_are_not_sent() -> None:
    row = in_state(ApplicationState.CHECKING)
    ask(row, "Staff or members?")
    review.continue_without_answers(Application.objects.get(pk=row.pk), by=None, now=timezone.now())
    ask(row, "How many of them?")
    assert [is_wanted(mail) for mail in written("questions")] == [False, True]


def test_nobody_is_welcomed_whose_membership_has_ended() -> None:
    row = in_state(ApplicationState.ACCEPTED)
    mails = written("welcome")
    assert mails
    assert all(map(is_wanted, mails))
    Membership.objects.filter(organisation=Application.objects.get(pk=row.pk).organisation).delete()
    assert not any(map(is_wanted, mails))


@pytest.mark.parametrize("action", ["ask", "accept", "decline"])
def test_an_address_that_wants_no_emails_is_not_reported_as_written_to(secretary_client: Client, action: str) -> None:
    row = in_state(ApplicationState.WITH_COMMITTEE if action == "accept" else ApplicationState.CHECKING)
    for address in (row.email, row.representative_email):
        suppress(address)
    where = reverse(f"applications:{action}", args=(row.pk,))
    form: dict[str, Any] = {"shown": secretary_client.get(where).context["shown"]}
    match action:
        case "ask":
            answer = secretary_client.post(where, {**form, "about_size": "Staff?"}, follow=True)
            assert "No email was sent" in said(answer)
        case "accept":
            read = secretary_client.post(where, {**form, "organisation": "new", "decided_otherwise": "In a meeting", "step": "read"})
            assert read.context["is_refused"]
        case "decline":
            read = secretary_client.post(where, {**form, "reason": "criteria", "decision_message": "No.", "tell": "on", "step": "read"})
            assert read.context["is_refused"]
