"""Organisations, seats, applications and ballots for tests, made through the workflow as people would."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from core.models import MailedLink, OutgoingMail
from members.applications import workflow as applications
from members.committee import workflow as committee
from members.models import Application, Ballot, Contact, Membership, Organisation, Seat
from members.review import workflow as review
from members.states import ApplicationState, Category, VotingRule

# A whole form, as a form's cleaned data has it.
COMPLETE: dict[str, Any] = {
    "category": "member",
    "name": "Midwives of Gulu",
    "acronym": "MoG",
    "other_names": "Gulu Midwives’ Union",
    "country": "UG",
    "countries_of_work": ["UG", "SS"],
    "kind": "professional",
    "founded": 1998,
    "website": "https://midwives-gulu.example/",
    "size": "240 members",
    "registration": "NGO bureau 1234",
    "for_profit_funding": False,
    "work": "It trains midwives in rural clinics, and speaks for them.",
    "motivation": "We want to be heard in Geneva.",
    "agrees_vision": True,
    "agrees_terms": True,
    "representative_name": "Akello Apio",
    "representative_position": "Director",
    "representative_email": "akello@midwives-gulu.example",
    "second_name": "Opio Okot",
    "second_position": "Programme officer",
    "second_email": "opio@midwives-gulu.example",
}
APPLICANT = "akello@midwives-gulu.example"


def make_organisation(
    name: str = "Nurses of Lira", *, category: str = Category.MEMBER, since: date | None = None, **fields: Any
) -> Organisation:
    """A member from today, or an organisation that is none, with an empty `category`."""
    organisation = Organisation.objects.create(**{"name": name, "slug": slugify(name), **fields})
    if category:
        Membership.objects.create(organisation=organisation, category=category, since=since or timezone.localdate())
    return organisation


def make_silent(organisation: Organisation, *, asked: int = 90) -> Organisation:
    """It was asked so many days ago, a year after it was recorded, and has not answered: from 90 days on it is dormant."""
    asked_on = timezone.localdate() - timedelta(days=asked)
    last = asked_on - timedelta(days=365)
    dates = {"recorded_on": last, "confirmed_on": None, "asked_about": last, "request_on": asked_on, "asked_on": asked_on}
    Membership.objects.filter(organisation=organisation).update(since=None, asked_count=1, **dates)
    return organisation


def make_contact(organisation: Organisation, email: str = "nurse@lira.example", **fields: Any) -> Contact:
    """A voting representative, unless the fields say otherwise."""
    return Contact.objects.create(organisation=organisation, email=email, **{"name": "Nabirye Nandi", "voting": True, **fields})


def make_seats(number: int = 5) -> list[Seat]:
    """A steering committee of these seats alone, each with a person and an address."""
    Seat.objects.all().delete()
    organisations = [make_organisation(f"Committee member {letter}") for letter in "ABCDEFGHIJ"[:number]]
    return [
        Seat.objects.create(
            organisation=organisation, person_name=f"Person {organisation.name[-1]}", person_email=f"{organisation.slug}@committee.example"
        )
        for organisation in organisations
    ]


def draft(email: str = APPLICANT, **changes: Any) -> Application:
    """A draft that lacks nothing, unless `changes` empty a field."""
    now = timezone.now()
    applications.start(email, another=True, now=now)
    application = Application.objects.latest("pk")
    applications.save(application, values=COMPLETE | changes, now=now)
    return application


def submitted(email: str = APPLICANT, **changes: Any) -> Application:
    application = draft(email, **changes)
    assert applications.submit(application, now=timezone.now()) == applications.Outcome.DONE
    return application


def checking(**changes: Any) -> Application:
    application = submitted(**changes)
    review.start_review(application, by=None, now=timezone.now())
    return application


def asked(*questions: tuple[str, str], **changes: Any) -> Application:
    """Waiting for answers: about its work, unless `questions` say what."""
    application = checking(**changes)
    review.ask(application, questions=questions or [("work", "How many midwives do you reach?")], by=None, now=timezone.now())
    return application


def with_committee(
    application: Application | None = None, *, rule: VotingRule = VotingRule.NO_OBJECTION, seats: int = 5, days: int = 7, **changes: Any
) -> Ballot:
    """The open ballot of an application that is with the committee: of this one that is being checked, or of a new one."""
    make_seats(seats)
    application = application or checking(**changes)
    ballot = review.put_to_committee(application, rule=rule, days=days, by=None, now=timezone.now())
    assert ballot is not None
    return ballot


def agreed(application: Application | None = None, **changes: Any) -> Application:
    """The committee has agreed; the secretariat may accept."""
    ballot = with_committee(application, seats=1, **changes)
    committee.cast_vote(ballot.votes.get(), choice="for", now=timezone.now())
    committee.close_due_ballots(ballot.closes_at)
    return ballot.application


def in_state(state: str) -> Application:
    """An application brought to this state by the verbs."""
    now = timezone.now()
    match state:
        case ApplicationState.DRAFT:
            return draft()
        case ApplicationState.SUBMITTED:
            return submitted()
        case ApplicationState.CHECKING:
            return checking()
        case ApplicationState.MORE_INFORMATION:
            return asked()
        case ApplicationState.WITH_COMMITTEE:
            return agreed()
        case ApplicationState.ACCEPTED:
            application = agreed()
            review.accept(application, by=None, now=now)
            return application
        case ApplicationState.DECLINED:
            application = checking()
            review.decline(application, reason="other", by=None, now=now)  # type: ignore[arg-type]
            return application
    application = submitted()
    applications.withdraw(application, now=now)
    return application


def mails(about: str = "", **found: Any) -> list[OutgoingMail]:
    """What was written, in order; `about` an application's or another's `subject`."""
    return list(OutgoingMail.objects.filter(**({"about": about} if about else {}), **found).order_by("pk"))


def purposes(about: str) -> list[str]:
    return [mail.purpose.removeprefix("members.") for mail in mails(about)]


def has_link(purpose: str, subject: str) -> bool:
    return MailedLink.objects.filter(purpose=purpose, subject=subject).exists()


def days_ago(days: float) -> Any:
    """At this hour of the clock, summer time or not."""
    return timezone.localtime() - timedelta(days=days)
