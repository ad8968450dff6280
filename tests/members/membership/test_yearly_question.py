"""The yearly question: only a member that was really asked can lapse, each step is written once, and who cannot be asked is known."""

from datetime import datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.dates import site_date
from core.due import run_all
from core.mail.delivery import is_wanted
from core.mail.suppression import suppress
from core.models import OutgoingMail
from core.states import MailState
from members.membership import workflow as membership
from members.membership.reminders import ask_for_confirmation
from members.models import Contact, Membership, Organisation
from members.models.subjects import subject
from members.states import MembershipStatus
from tests.support.concurrency import at_once
from tests.support.members import mails, make_contact, make_organisation


def now() -> datetime:
    return timezone.now()


def day(days: float) -> datetime:
    """From noon today, so that summer time leads to no other day."""
    return timezone.localtime().replace(hour=12) + timedelta(days=days)


@pytest.fixture
def member(empty_site: Any) -> Organisation:
    """Recorded a year ago: the question is due today."""
    organisation = make_organisation()
    Membership.objects.filter(organisation=organisation).update(recorded_on=timezone.localdate() - timedelta(days=365))
    return organisation


def row_of(organisation: Organisation) -> Membership:
    return Membership.objects.get(organisation=organisation)


def status(organisation: Organisation, when: datetime) -> MembershipStatus:
    return row_of(organisation).year_on(site_date(when)).status


def deliver(when: datetime, state: MailState = MailState.SENT) -> None:
    """What waits is sent, or fails, at this time; and the next run notices."""
    OutgoingMail.objects.filter(state=MailState.WAITING).update(state=state, finished_at=when)
    ask_for_confirmation(when)


def written(when: datetime) -> int:
    before = len(mails(purpose="members.year"))
    ask_for_confirmation(when)
    return len(mails(purpose="members.year")) - before


def test_each_step_is_asked_once_and_the_answer_ends_it(member: Organisation) -> None:
    voting, other = make_contact(member), make_contact(member, "finance@lira.example", voting=False)
    assert written(day(-1)) == 0
    assert written(day(0)) == 1
    deliver(day(0))
    assert (row_of(member).asked_on, row_of(member).asked_count) == (site_date(day(0)), 1)
    assert [written(day(days)) for days in (0.1, 13, 14, 35, 36, 80, 89, 90, 200, 499)] == [0, 0, 1, 1, 0, 1, 0, 0, 0, 0]
    assert {mail.about for mail in mails(purpose="members.year")} == {subject(voting)}
    assert other.pk
    mail = mails(purpose="members.year")[0]
    assert is_wanted(mail)
    membership.confirm_year(member, contact=voting, now=now())
    assert not is_wanted(mail)
    assert written(day(20)) == 0
    OutgoingMail.objects.all().delete()
    assert written(day(364)) == 0
    assert written(day(365)) == 1, "the next year is asked again"


def test_nothing_repeats_when_the_emails_are_deleted_after_400_days(member: Organisation) -> None:
    make_contact(member)
    for days in (0, 14, 30, 75):
        assert written(day(days)) == 1
        deliver(day(days))
    OutgoingMail.objects.all().delete()
    assert [written(day(days)) for days in (76, 91, 401, 500, 800)] == [0] * 5


def test_after_a_gap_only_the_last_step_is_written(member: Organisation) -> None:
    make_contact(member, "a@lira.example", voting=False)
    alternate = make_contact(member, "b@lira.example", voting=False, alternate=True)
    assert written(day(0)) == 1
    assert [written(day(days)) for days in (80, 81)] == [1, 0]
    assert {mail.about for mail in mails(purpose="members.year")} == {subject(alternate)}


@pytest.mark.parametrize("why", ["no contact", "suppressed", "failed"])
def test_a_member_that_cannot_be_asked_never_lapses_and_is_listed(member: Organisation, why: str, secretary_client: Client) -> None:
    if why != "no contact":
        contact = make_contact(member)
    if why == "suppressed":
        suppress(contact.email)
    ask_for_confirmation(day(0))
    if why == "failed":
        deliver(day(0), MailState.FAILED)
    for days in (1, 30, 90, 91, 455, 1000):
        ask_for_confirmation(day(days))
        assert status(member, day(days)) == MembershipStatus.NOT_ASKED
        assert member in Organisation.objects.listed(site_date(day(days)))
    row = row_of(member)
    assert (row.asked_on, row.asked_count, bool(row.unreachable_since)) == (None, 0, True)
    assert "asked on" not in row.year_on(site_date(day(1000))).sentence
    where = reverse("wagtailsnippets_members_organisation:list") + "?contacts=cannot_be_asked"
    assert [one.pk for one in secretary_client.get(where).context["object_list"]] == [member.pk]
    assert where in secretary_client.get(reverse("wagtailadmin_home")).content.decode()
    make_contact(member, "new@lira.example", name="Somebody Else")
    assert row_of(member).unreachable_since is None
    assert where not in secretary_client.get(reverse("wagtailadmin_home")).content.decode()


def test_the_time_to_answer_runs_from_the_day_on_which_somebody_was_asked(member: Organisation) -> None:
    ask_for_confirmation(day(0))
    make_contact(member)
    assert written(day(200)) == 1
    ask_for_confirmation(day(203))
    assert status(member, day(203)) == MembershipStatus.NOT_ASKED, "it waits in the outbox"
    deliver(day(204))
    found = row_of(member).year_on(site_date(day(204)))
    assert (found.status, found.asked_on, found.hidden_on) == (MembershipStatus.DUE, site_date(day(204)), site_date(day(294)))
    assert [status(member, day(days)) for days in (293, 294)] == [MembershipStatus.GRACE, MembershipStatus.DORMANT]


def test_a_question_that_reached_nobody_is_asked_again(member: Organisation) -> None:
    contact = make_contact(member)
    ask_for_confirmation(day(0))
    deliver(day(1), MailState.FAILED)
    assert [written(day(days)) for days in (14, 30, 75)] == [0, 0, 0], "nobody can be asked"
    contact.email = "right@lira.example"
    contact.save()
    assert written(day(100)) == 1
    deliver(day(100))
    assert status(member, day(189)) == MembershipStatus.GRACE
    assert status(member, day(190)) == MembershipStatus.DORMANT


def test_a_new_contact_is_asked_a_question_that_is_open(member: Organisation) -> None:
    make_contact(member)
    assert written(day(0)) == 1
    deliver(day(0))
    make_contact(member, "second@lira.example", name="Second")
    assert [written(day(days)) for days in (5, 5.1, 14)] == [1, 0, 2]
    deliver(day(14))
    assert (row_of(member).asked_on, row_of(member).asked_count) == (site_date(day(0)), 1), "a week later nobody counts any more"


def test_about_to_be_hidden_is_listed_a_month_before(member: Organisation, secretary_client: Client) -> None:
    make_contact(member)
    today = timezone.localdate()
    home, where = reverse("wagtailadmin_home"), reverse("wagtailsnippets_members_organisation:list") + "?standing=about_to_be_hidden"
    about = row_of(member).recorded_on
    for asked_days_ago, is_listed in ((59, False), (60, True), (89, True), (90, False)):
        asked_on = today - timedelta(days=asked_days_ago)
        recorded_on = about - timedelta(days=asked_days_ago)
        Membership.objects.update(asked_on=asked_on, asked_about=recorded_on, recorded_on=recorded_on, request_on=asked_on)
        assert ([one.pk for one in secretary_client.get(where).context["object_list"]] == [member.pk]) == is_listed, asked_days_ago
        assert (where in secretary_client.get(home).content.decode()) == is_listed


@pytest.mark.django_db(transaction=True)
def test_two_hosts_at_once_ask_once(member: Organisation) -> None:
    make_contact(member)
    at_once(4, lambda _number: ask_for_confirmation(now()))
    assert len(mails(purpose="members.year")) == 1


def test_a_run_costs_the_same_for_many_members(member: Organisation, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        other = make_organisation(f"Member {number}")
        make_contact(other, f"a@m{number}.example")
    Membership.objects.update(recorded_on=timezone.localdate() - timedelta(days=365))
    ask_for_confirmation(now())
    deliver(now())
    with django_assert_max_num_queries(8):
        ask_for_confirmation(now())
    with django_assert_max_num_queries(8):
        ask_for_confirmation(now() + timedelta(minutes=1))


def test_the_upgrade_claims_only_what_the_outbox_shows(member: Organisation) -> None:
    contact, recorded = make_contact(member), row_of(member).recorded_on
    silent = make_organisation("Never asked")
    Membership.objects.filter(organisation=silent).update(recorded_on=recorded)
    due_on = recorded + timedelta(days=365)
    sent = {"purpose": "members.year", "about": subject(contact), "give_up_at": now(), "content": b""}
    OutgoingMail.objects.create(key=f"{subject(contact)}:year:{due_on:%Y-%m-%d}:0", state=MailState.SENT, finished_at=now(), **sent)
    OutgoingMail.objects.create(key=f"{subject(contact)}:year:2001-01-01:0", state=MailState.SENT, finished_at=now(), **sent)
    OutgoingMail.objects.create(key=f"{subject(contact)}:year:{due_on:%Y-%m-%d}:14", state=MailState.FAILED, finished_at=now(), **sent)
    Membership.objects.update(asked_on=None, request_on=None, asked_about=None, next_request_on=None)
    migration = import_module("members.migrations.0014_asked_as_sent_emails_say")
    migration.remember_sent_emails(apps, SimpleNamespace(connection=connection))
    row = row_of(member)
    assert (row.asked_on, row.asked_about, row.asked_count) == (timezone.localdate(), recorded, 1)
    assert row_of(silent).asked_on is None
    assert Contact.objects.count() == 1
    run_all(now())
    assert not mails(purpose="members.year", state=MailState.WAITING)
