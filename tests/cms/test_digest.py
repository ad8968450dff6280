"""What the secretariat hears by mail of what waits for it: at once what cannot wait, the rest in one mail of the morning."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cms.digest import last_morning, send_digests
from core.mail.delivery import is_wanted
from core.models import OutgoingMail
from endorsements.models import Endorsement
from members.applications import workflow as applications
from members.committee import workflow as committee
from members.membership import workflow as membership
from members.models import Application, ProfileChange
from members.review import workflow as review
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, open_declaration
from tests.support.endorsing import text_of, words
from tests.support.members import APPLICANT, asked, make_organisation, submitted, with_committee


def told(user: Any, purpose: str = "") -> list[OutgoingMail]:
    mails = OutgoingMail.objects.filter(recipient=user.email).order_by("pk")
    return list(mails.filter(purpose=purpose) if purpose else mails)


def propose(name: str = "Nurses of Lira") -> ProfileChange:
    change = membership.propose_change(make_organisation(name), contact=None, values={"summary": "We speak."}, now=timezone.now())
    assert change is not None
    return change


def morning_after(days: int = 1) -> datetime:
    """Five past seven, so many days from now."""
    return last_morning(timezone.now()) + timedelta(days=days, minutes=5)


def test_a_new_application_is_told_at_once_to_whoever_decides_and_to_nobody_else(
    secretary: Any, editor: Any, committee_member: Any, make_user: Any, signed_in: Any, django_user_model: Any
) -> None:
    django_user_model.objects.create_superuser("root@example.org", "a long enough password")
    gone, deaf = make_user("Secretariat", name="Gone", is_active=False), make_user("Secretariat", name="Deaf")
    account: Client = signed_in(deaf)
    assert "Send me mails about what waits for me" in words(account.get(reverse("wagtailadmin_account")))
    choices = {"theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}
    account.post(reverse("wagtailadmin_account"), {"name-name": "Deaf", **choices})
    assert not User.objects.get(pk=deaf.pk).wants_notifications
    assert "What waits for you" not in words(signed_in(editor).get(reverse("wagtailadmin_account")))

    application = submitted()
    assert applications.submit(application, now=timezone.now()) == applications.Outcome.DONE  # a second press of the button
    assert {mail.recipient for mail in OutgoingMail.objects.all()} == {APPLICANT, secretary.email}
    (mail,) = told(secretary)
    assert "Midwives" not in mail.subject
    assert reverse("applications:inspect", args=(application.pk,)).encode() in bytes(mail.content)
    assert "akello" not in bytes(mail.content).decode().lower()
    assert is_wanted(mail)
    review.start_review(application, by=secretary, now=timezone.now())
    assert not is_wanted(mail)
    assert not told(gone)


def test_an_objection_is_told_each_time_it_stops_the_clock_but_not_to_who_wrote_it_down(secretary: Any, make_user: Any) -> None:
    colleague = make_user("Secretariat", name="Colleague")
    ballot = with_committee(seats=3)
    first, second, _third = ballot.votes.all()
    for vote, by in ((first, colleague), (second, None)):  # the second while the clock stands still
        committee.cast_vote(vote, choice="objection", reason="A company pays for it.", by=by, now=timezone.now())
    (mail,) = told(secretary, "members.objection")
    assert "Committee member A objects to Midwives of Gulu" in text_of(mail)
    assert "company" not in text_of(mail)
    assert not told(colleague, "members.objection")
    assert is_wanted(mail)
    committee.resume_ballot(ballot, by=colleague, now=timezone.now())
    assert not is_wanted(mail)
    committee.cast_vote(first, choice="objection", reason="And another one.", now=timezone.now())
    assert len(told(secretary, "members.objection")) == 2


def test_the_rest_is_told_in_one_mail_each_morning_when_something_new_has_come(secretary: Any, editor: Any) -> None:
    send_digests(morning_after(-1))
    assert not told(secretary, "cms.what_waits")
    change = propose()
    confirmed(open_declaration(organisation_rule="none"), email="akello@elsewhere.example")
    application = asked()
    OutgoingMail.objects.filter(recipient=secretary.email).delete()
    applications.answer(application, values={"work": "A hundred."}, now=timezone.now())
    assert [mail.purpose for mail in told(secretary)] == ["members.answers_arrived"]
    OutgoingMail.objects.filter(recipient=secretary.email).delete()
    for minutes in (0, 1, 60):
        send_digests(morning_after() + timedelta(minutes=minutes))
    (mail,) = told(secretary)
    assert mail.subject.endswith("what waits for you")
    for line in ("Endorsements to look at: 1", "Profile changes: 1", "Applications to join: 1"):
        assert line in text_of(mail), line
    assert reverse("profile_changes:index").encode() in bytes(mail.content)
    assert "Midwives" not in text_of(mail)
    assert not told(editor)

    send_digests(morning_after(2))  # nothing new
    assert len(told(secretary)) == 1
    change.proposed_at = morning_after(2) + timedelta(hours=3)
    change.save()
    send_digests(morning_after(9))  # a week without a run
    assert len(told(secretary)) == 2
    assert [is_wanted(mail) for mail in told(secretary)] == [False, True]
    ProfileChange.objects.all().delete()
    Endorsement.objects.all().delete()
    applications.withdraw(application, now=timezone.now())
    assert not is_wanted(told(secretary)[-1])


def test_what_was_told_at_once_and_what_a_colleague_did_are_no_news_of_the_morning(secretary: Any) -> None:
    submitted()
    ballot = with_committee(seats=2, email="b@two.example", name="Two", website="https://two.example")
    committee.cast_vote(ballot.votes.all()[0], choice="objection", reason="Who are they?", now=timezone.now())
    send_digests(morning_after())
    assert not told(secretary, "cms.what_waits")
    committee.close_ballot(ballot, by=secretary, now=morning_after())
    send_digests(morning_after(2))
    (mail,) = told(secretary, "cms.what_waits")
    assert "Ballots that wait for you: 1" in text_of(mail)


def test_it_is_told_again_each_week_while_something_is_late(secretary: Any) -> None:
    row = submitted()
    OutgoingMail.objects.all().delete()
    start = morning_after()
    Application.objects.filter(pk=row.pk).update(promised_on=timezone.localdate(start) + timedelta(days=2))
    days_told = []
    for day in range(30):
        with time_machine.travel(start + timedelta(days=day), tick=False):
            before = len(told(secretary, "cms.what_waits"))
            send_digests(timezone.now())
            days_told += [day] * (len(told(secretary, "cms.what_waits")) - before)
    assert days_told == [3, 10, 17, 24]
    assert "late: 1" in text_of(told(secretary, "cms.what_waits")[-1])
    review.set_promised_date(row, on=timezone.localdate() + timedelta(days=90), by=secretary)
    with time_machine.travel(start + timedelta(days=60), tick=False):
        send_digests(timezone.now())
    assert len(told(secretary, "cms.what_waits")) == 4


def test_an_address_that_no_mail_can_have_keeps_no_applicant_out(secretary: Any, make_user: Any) -> None:
    make_user("Secretariat", name="Broken", email="nowhere")
    submitted()
    assert len(told(secretary)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_hosts_in_the_same_minute_write_one_mail(secretary: Any) -> None:
    propose()
    now = morning_after()
    at_once(4, lambda _number: send_digests(now))
    assert len(told(secretary)) == 1
