"""Members: the year, self-service, merging and deleting organisations, and the end of personal data."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from core.links.tokens import delete_old_links
from core.models import MailedLink
from core.transitions import NotPossible, TransitionNotAllowed
from endorsements.models import Endorsement
from members.applications import workflow as applications
from members.applications.files import add_file
from members.committee import workflow as committee
from members.membership import workflow as membership
from members.membership.emails import PROFILE
from members.models import Application, Contact, FormerAddress, Membership, Organisation, ProfileChange, Seat, Theme, Vote
from members.models.membership_year import membership_year
from members.models.subjects import find_subject, subject
from members.organisations import workflow as organisations
from members.organisations.matching import match_organisation
from members.review import workflow as review
from members.states import ApplicationState, FileKind, MembershipStatus, Role
from news.models import Author
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, open_declaration
from tests.support.members import days_ago, draft, mails, make_contact, make_organisation, submitted, with_committee
from tests.support.pictures import encoded, gradient, upload
from tests.support.privacy import erase_expired

DAY = date(2026, 1, 1)


def now() -> Any:
    return timezone.now()


# The year


@pytest.mark.parametrize(
    ("days", "asked_after", "status"),
    [
        (0, None, MembershipStatus.ACTIVE),
        (364, None, MembershipStatus.ACTIVE),
        (365, None, MembershipStatus.NOT_ASKED),
        (4000, None, MembershipStatus.NOT_ASKED),
        (365, 365, MembershipStatus.DUE),
        (394, 365, MembershipStatus.DUE),
        (395, 365, MembershipStatus.GRACE),
        (454, 365, MembershipStatus.GRACE),
        (455, 365, MembershipStatus.DORMANT),
        (4000, 365, MembershipStatus.DORMANT),
        # The time to answer runs from the day on which somebody was asked.
        (455, 400, MembershipStatus.GRACE),
        (489, 400, MembershipStatus.GRACE),
        (490, 400, MembershipStatus.DORMANT),
    ],
)
def test_how_a_membership_stands_so_many_days_after_it_was_confirmed(
    db: None, days: int, asked_after: int | None, status: MembershipStatus
) -> None:
    on = DAY + timedelta(days=days)
    asked_on = None if asked_after is None else DAY + timedelta(days=asked_after)
    organisation = make_organisation(since=date(2020, 1, 1))
    for confirmed_on, recorded_on in ((DAY, date(2020, 1, 1)), (None, DAY)):
        dates = {"confirmed_on": confirmed_on, "recorded_on": recorded_on, "asked_on": asked_on, "asked_about": DAY}
        found = membership_year(since=None, until=None, on=on, **dates)  # type: ignore[arg-type]
        assert (found.status, found.due_on) == (status, DAY + timedelta(days=365))
        assert found.sentence.endswith(".")
        assert ("asked on" in found.sentence) == (status in (MembershipStatus.DUE, MembershipStatus.GRACE, MembershipStatus.DORMANT))
        Membership.objects.filter(organisation=organisation).update(**dates)
        for one in MembershipStatus:
            listed = Membership.objects.with_status(one, on).filter(organisation=organisation).exists()
            assert listed == (one == status), "the query and the sentence say the same"
        assert (organisation in Organisation.objects.listed(on)) == (status != MembershipStatus.DORMANT)
        stale = membership_year(since=None, until=None, on=on, **{**dates, "asked_about": DAY - timedelta(days=1)})  # type: ignore[arg-type]
        assert stale.status in (MembershipStatus.ACTIVE, MembershipStatus.NOT_ASKED), "a question about another year counts not"


def test_a_membership_that_ended_or_has_not_begun_is_neither_due_nor_dormant() -> None:
    late = DAY + timedelta(days=1000)
    ended = membership_year(since=None, until=DAY, confirmed_on=None, recorded_on=DAY, on=late)
    upcoming = membership_year(since=late, until=None, confirmed_on=None, recorded_on=DAY, on=DAY)
    assert (ended.status, ended.sentence) == (MembershipStatus.ENDED, "It ended on 1 January 2026.")
    assert upcoming.status == MembershipStatus.UPCOMING


def aged(days: int, name: str = "Nurses of Lira", **fields: Any) -> Organisation:
    organisation = make_organisation(name, **fields)
    Membership.objects.filter(organisation=organisation).update(recorded_on=timezone.localdate() - timedelta(days=days))
    return organisation


def test_the_dormant_are_hidden_and_come_back_by_confirming(db: None) -> None:
    organisation, today = aged(455), timezone.localdate()
    asked = today - timedelta(days=90)
    Membership.objects.filter(organisation=organisation).update(asked_about=today - timedelta(days=455), asked_on=asked)
    assert organisation not in Organisation.objects.listed(today)
    assert organisation not in Organisation.objects.with_role(Role.MEMBER, today)
    assert membership.confirm_year(organisation, now=now())
    assert not membership.confirm_year(organisation, now=now())
    assert organisation in Organisation.objects.listed(today)
    assert organisation in Organisation.objects.with_role(Role.MEMBER, today)


def test_seats_that_end_within_sixty_days_are_known(db: None) -> None:
    today = timezone.localdate()
    Seat.objects.all().delete()
    for days in (-1, 10, 60, 61):
        Seat.objects.create(organisation=make_organisation(f"Seat {days}"), until=today + timedelta(days=days))
    Seat.objects.create(organisation=make_organisation("Seat for ever"))
    assert [seat.organisation.name for seat in Seat.objects.ending(today)] == ["Seat 10", "Seat 60"]


# Self-service


def test_only_a_contact_gets_a_link_and_it_lasts_fifteen_minutes(db: None) -> None:
    contact = make_contact(make_organisation())
    for address in ("stranger@example.org", "Nurse+x@lira.example", *(contact.email,) * 4):
        membership.send_profile_links(address, now=now())
    assert [mail.recipient for mail in mails(purpose="members.profile")] == [contact.email] * membership.MAX_EMAILS_PER_HOUR
    link = MailedLink.objects.filter(purpose=PROFILE).latest("pk")
    assert timedelta(minutes=14) < link.expires_at - now() <= timedelta(minutes=15)
    assert find_subject(link.subject) == contact


def test_a_link_is_written_again_after_the_former_one_is_forgotten(db: None) -> None:
    contact = make_contact(make_organisation())
    membership.send_profile_links(contact.email, now=now())
    with time_machine.travel(now() + timedelta(days=100)):
        assert delete_old_links(now())
        membership.send_profile_links(contact.email, now=now())
    assert len(mails(purpose="members.profile")) == 2


def test_what_the_member_added_while_it_was_read_is_neither_applied_nor_refused(db: None) -> None:
    organisation = make_organisation()
    read = membership.propose_change(organisation, contact=None, values={"summary": "Nurses"}, now=days_ago(1))
    assert read
    Organisation.objects.filter(pk=organisation.pk).update(slug="renamed")
    membership.propose_change(organisation, contact=None, values={"summary": "Nurses!"}, now=now())
    organisation.refresh_from_db()
    assert organisation.slug == "renamed"
    for decide in (membership.apply_change, lambda row, **by: membership.refuse_change(row, reason="No.", **by)):
        with pytest.raises(NotPossible):
            decide(read, by=None, now=now())
    assert ProfileChange.objects.get().state == "pending"


def test_a_proposed_profile_is_added_to_reviewed_and_applied_once(db: None, django_capture_on_commit_callbacks: Any) -> None:
    organisation = make_organisation()
    contact, theme = make_contact(organisation), Theme.objects.create(name="Migration", slug="migration")
    logo = upload("logo.png", encoded(gradient(), "PNG"))

    def propose(values: dict[str, Any], **more: Any) -> Any:
        return membership.propose_change(organisation, contact=contact, values=values, now=now(), **more)

    assert propose({"acronym": "", "countries_of_work": []}) is None
    first = propose({"acronym": "NoL", "summary": "We nurse."})
    second = propose({"summary": "We care.", "themes": ["migration"], "country": "UG"}, logo=logo)
    assert first.pk == second.pk
    assert propose({"summary": "We care."}).after == {"acronym": "NoL", "summary": "We care.", "themes": ["migration"], "country": "UG"}
    with pytest.raises(ValueError, match="profile"):
        propose({"slug": "x"})
    organisation.refresh_from_db()
    assert organisation.acronym == ""
    change = ProfileChange.objects.get()
    path = Path(change.logo.path)
    with django_capture_on_commit_callbacks(execute=True):
        assert membership.apply_change(change, by=None, now=now())
    assert not membership.apply_change(ProfileChange.objects.get(), by=None, now=now())
    organisation = Organisation.objects.get(pk=organisation.pk)
    assert (organisation.acronym, organisation.summary, str(organisation.country)) == ("NoL", "We care.", "UG")
    assert list(organisation.themes.all()) == [theme]
    assert organisation.logo is not None
    assert not path.exists()
    with pytest.raises(TransitionNotAllowed):
        membership.refuse_change(change, reason="", by=None, now=now())
    assert len(mails(purpose="members.profile_answer")) == 1


def test_a_name_that_another_organisation_has_is_not_applied(db: None) -> None:
    make_organisation("Taken")
    organisation = make_organisation()
    change = membership.propose_change(organisation, contact=None, values={"name": "Taken"}, now=now())
    assert change is not None
    with pytest.raises(NotPossible):
        membership.apply_change(change, by=None, now=now())
    change.refresh_from_db()
    assert change.state == "pending"
    assert membership.refuse_change(change, reason="Another one has it.", by=None, now=now())


# One organisation


def everything_of(organisation: Organisation) -> Organisation:
    """Something of every room points to it."""
    make_contact(organisation, "both@lira.example", finance=True, voting=False)
    make_contact(organisation, "one@lira.example")
    Seat.objects.create(organisation=organisation)
    Author.objects.create(name="Its voice", slug="its-voice", organisation=organisation)
    endorsement = confirmed(open_declaration())
    Endorsement.objects.filter(pk=endorsement.pk).update(organisation=organisation)
    application = submitted()
    Application.objects.filter(pk=application.pk).update(organisation=organisation)
    organisation.themes.set([Theme.objects.get_or_create(name="Pay", slug="pay")[0]])
    organisation.save()
    for change in ("a", "b"):
        membership.propose_change(organisation, contact=None, values={"summary": change}, now=now())
    return organisation


def test_merging_moves_everything_and_keeps_names_domains_address_and_audit(db: None) -> None:
    duplicate = everything_of(make_organisation("Nurses Lira", website="https://lira.example", country="UG", acronym="NL"))
    kept = make_organisation("Nurses of Lira", website="https://nurses-lira.example")
    make_contact(kept, "both@lira.example")
    kept.themes.set(duplicate.themes.all())
    kept.save()
    membership.propose_change(kept, contact=None, values={"summary": "mine"}, now=now())
    told = ModelLogEntry.objects.filter(object_id=str(duplicate.pk), action="members.propose_change").count()
    assert organisations.merge(duplicate, into=kept, by=None)
    assert not organisations.merge(duplicate, into=kept, by=None)
    held = organisations.related_counts(kept)
    assert held == {
        "memberships": 2,
        "seats": 1,
        "contacts": 2,
        "authors": 1,
        "endorsements": 1,
        "applications": 1,
        "profile changes": 1,
    }
    both = Contact.objects.get(organisation=kept, email="both@lira.example")
    assert (both.voting, both.finance) == (True, True)
    assert (str(kept.country), kept.other_names, kept.domains) == ("UG", ["Nurses Lira"], ["lira.example"])
    assert match_organisation("Whoever", "", "https://www.lira.example/en") == kept
    assert FormerAddress.objects.get(slug="nurses-lira").organisation == kept
    logged = ModelLogEntry.objects.filter(object_id=str(kept.pk))
    assert logged.filter(action="members.propose_change").count() == told + 1
    assert logged.get(action="members.merge").data["name"] == "Nurses Lira"
    assert not Organisation.objects.filter(pk=duplicate.pk).exists()
    with pytest.raises(ValueError, match="itself"):
        organisations.merge(kept, into=kept, by=None)


@pytest.mark.django_db(transaction=True)
def test_merging_at_once_in_both_directions_leaves_one() -> None:
    rows = [make_organisation("Nurses of Lira"), make_organisation("Lira Nurses")]
    came = at_once(2, lambda number: organisations.merge(rows[number], into=rows[1 - number], by=None))
    assert sorted(came) == [False, True]
    left = Organisation.objects.get(name__contains="Lira")
    assert left.memberships.count() == 2


def test_an_organisation_is_not_deleted_while_anything_points_to_it(db: None, secretary: Any, signed_in: Any) -> None:
    organisation = everything_of(make_organisation())
    with pytest.raises(NotPossible, match="endorsements: 1"):
        organisations.delete(organisation, by=None)
    client: Client = signed_in(secretary)
    address = reverse("wagtailsnippets_members_organisation:delete", args=(organisation.pk,))
    assert client.post(address).status_code == 302
    assert Organisation.objects.filter(pk=organisation.pk).exists()
    mistake = make_organisation("A mistake", category="")
    organisations.delete(mistake, by=None)
    assert not Organisation.objects.filter(name="A mistake").exists()


# The end of personal data


def test_refused_applications_are_anonymised_after_a_year_with_the_fact_kept(db: None, django_capture_on_commit_callbacks: Any) -> None:
    row = draft()
    file = add_file(row, kind=FileKind.DOCUMENT, upload=upload("a.pdf", b"%PDF-1.7"), now=now())
    applications.submit(row, now=now())
    review.start_review(row, by=None, now=now())
    review.ask(row, questions=[("work", "How many?")], by=None, now=now())
    review.add_note(row, text="I called Akello.", by=None, now=now())
    applications.withdraw(row, now=now())
    path = Path(file.file.path)
    erase_expired(now() + timedelta(days=364))
    assert Application.objects.get(pk=row.pk).name
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_expired(now() + timedelta(days=366)) == {"members.application": "1 erased"}
    assert erase_expired(now() + timedelta(days=367)) == {}
    row = Application.objects.get(pk=row.pk)
    assert (row.state, str(row.country), row.kind) == (ApplicationState.WITHDRAWN, "UG", "professional")
    assert not path.exists()
    left = " ".join(str(value) for value in vars(row).values())
    for word in ("kello", "Opio", "Midwives", "midwives", "Gulu"):
        assert word not in left
    assert [told.count() for told in (row.questions, row.notes, row.files)] == [0, 0, 0]
    assert all(mail.recipient == "" for mail in mails() if mail.key.startswith(subject(row)))


def test_the_people_of_ballots_seats_and_former_members_are_forgotten(db: None) -> None:
    ballot = with_committee(seats=2)
    committee.cast_vote(ballot.votes.all()[0], choice="recuse", reason="My sister.", now=now())
    committee.close_ballot(ballot, by=None, now=now())
    former = make_organisation("Former")
    make_contact(former)
    belongs, never = make_contact(make_organisation(), "stays@lira.example"), make_contact(make_organisation("Never a member", category=""))
    today = timezone.localdate()
    Membership.objects.filter(organisation=former).update(since=None, until=today)
    Seat.objects.update(until=today)
    erase_expired(now() + timedelta(days=364))
    assert Contact.objects.filter(organisation__in=(former, never.organisation)).count() == 2
    erase_expired(now() + timedelta(days=400))  # the runs of a month were missed
    assert list(Contact.objects.filter(pk__in=(belongs.pk, never.pk)) | Contact.objects.filter(organisation=former)) == [belongs]
    assert not Seat.objects.exclude(person_email="").exists()
    erase_expired(now() + timedelta(days=731))
    votes = list(Vote.objects.filter(ballot=ballot).values_list("organisation_name", "person_name", "email", "choice", "reason"))
    assert votes == [("Committee member A", "", "", "recuse", ""), ("Committee member B", "", "", "", "")]
