"""Nobody has to chase: each who is concerned hears once, and it is remembered on the application, not by the email."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.due import run_all
from core.mail.delivery import is_wanted
from core.models import OutgoingMail
from members.applications import workflow as applications
from members.committee import workflow as committee
from members.models import Application
from members.review import workflow as review
from members.review.reminders import remind_of_questions, tell_of_late_applications
from tests.support.answers import levels
from tests.support.concurrency import at_once
from tests.support.members import agreed, asked, checking, mails, with_committee


def told(purpose: str) -> list[str]:
    return [mail.recipient for mail in mails(purpose=f"members.{purpose}")]


@pytest.fixture
def colleague(make_user: Any) -> Any:
    return make_user("Secretariat", name="Colleague")


@pytest.mark.one_database
def test_questions_are_reminded_of_twice_ever(db: None) -> None:
    row = asked()

    def written(days: float) -> int:
        before = len(mails(purpose="members.questions"))
        remind_of_questions(timezone.now() + timedelta(days=days))
        return len(mails(purpose="members.questions")) - before

    assert [written(days) for days in (6, 7, 8, 20, 21, 22)] == [0, 1, 0, 0, 1, 0]
    OutgoingMail.objects.all().delete()  # after 400 days
    assert [written(days) for days in (401, 500)] == [0, 0]
    review.continue_without_answers(row, by=None, now=timezone.now())
    review.ask(row, questions=[("work", "And now?")], by=None, now=timezone.now())
    assert [written(days) for days in (0, 30, 31)] == [0, 1, 0], "new questions, and only the last step after a gap"


def test_a_promised_day_that_has_passed_is_told_once(secretary: Any, colleague: Any) -> None:
    row = checking()
    review.assign(row, to=colleague, by=secretary)
    promised = row.promised_on
    assert promised is not None
    late = timezone.now() + timedelta(days=(promised - timezone.localdate()).days + 1)
    assert tell_of_late_applications(late - timedelta(days=1)) == ""
    tell_of_late_applications(late)
    assert told("application_late") == [colleague.email], "whoever takes care of it"
    OutgoingMail.objects.all().delete()
    for days in (0, 1, 401):
        assert tell_of_late_applications(late + timedelta(days=days)) == ""
    review.set_promised_date(row, on=promised + timedelta(days=10), by=secretary)
    review.assign(row, to=None, by=secretary)
    tell_of_late_applications(late + timedelta(days=11))
    assert sorted(told("application_late")) == sorted([secretary.email, colleague.email]), "another promise, and nobody in charge"
    applications.withdraw(row, now=timezone.now())
    assert tell_of_late_applications(late + timedelta(days=800)) == ""


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_tell_once(secretary: Any) -> None:
    row = checking()
    Application.objects.filter(pk=row.pk).update(promised_on=timezone.localdate() - timedelta(days=1))
    at_once(4, lambda _number: tell_of_late_applications(timezone.now()))
    assert told("application_late") == [secretary.email]


@pytest.mark.one_database
def test_an_assignment_is_told_to_whom_it_concerns(secretary: Any, colleague: Any, secretary_client: Client) -> None:
    row = checking()
    where = reverse("applications:assign", args=(row.pk,))
    for person in (colleague, secretary):
        shown = secretary_client.get(where).context["shown"]
        assert levels(secretary_client.post(where, {"shown": shown, "to": person.pk}, follow=True)) == ["success"]
    assert told("application_assigned") == [colleague.email], "not to who takes it themselves"
    assert not is_wanted(mails(purpose="members.application_assigned")[0]), "it is somebody else’s by now"


@pytest.mark.one_database
def test_answers_a_count_and_a_withdrawn_objection_are_told(secretary: Any, colleague: Any) -> None:
    row = asked()
    review.assign(row, to=colleague, by=colleague)
    applications.answer(row, values={"work": "A hundred."}, now=timezone.now())
    assert told("answers_arrived") == [colleague.email]
    ballot = with_committee(row, seats=3)
    vote = ballot.votes.all()[0]
    committee.cast_vote(vote, choice="objection", reason="Who?", now=timezone.now())
    committee.cast_vote(vote, choice="for", now=timezone.now())
    assert sorted(told("objection_withdrawn")) == sorted([secretary.email, colleague.email])
    committee.resume_ballot(ballot, by=secretary, now=timezone.now())
    for _time in range(2):
        run_all(ballot.closes_at + timedelta(minutes=1))
    assert told("ballot_counted") == [colleague.email]
    [mail] = mails(purpose="members.ballot_counted")
    assert is_wanted(mail)
    review.decline(row, reason="other", by=secretary, now=timezone.now())  # type: ignore[arg-type]
    assert not is_wanted(mail)


@pytest.mark.one_database
def test_a_second_contact_is_asked_once_at_admission(db: None) -> None:
    row = agreed()
    for _time in range(2):
        review.accept(row, by=None, now=timezone.now())
    assert told("contact_confirm") == ["opio@midwives-gulu.example"]
