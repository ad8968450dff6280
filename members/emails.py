"""The mails about applications, ballots and memberships. Each is asked about again right before it leaves: still wanted, still true?

Keys name the occasion and no person. Mails with a link that acts are sealed: no colleague can read them in the admin, and their text is
erased once they are sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.urls import reverse
from django.utils import timezone

from cms.emails import tell, wants_to_hear
from core.absolute_urls import absolute
from core.links import tokens
from core.mail.outbox import enqueue, numbered, still_wanted
from core.mail.templates import compose
from core.models import OutgoingMail

from .models import Application, Contact, Invitation, Membership, Organisation, ProfileChange, Vote
from .states import OPEN, WRITABLE, Access, BallotState, ChangeState, State
from .suppression import is_suppressed

# The purposes of links, each with the name of the page it leads to.
APPLICATION = "members.application"
APPLICATION_READ = "members.application_read"
VOTE = "members.vote"
PROFILE = "members.profile"
YEAR = "members.year"
NOT_ME = "members.not_me"
PAGES = {
    APPLICATION: "application",
    APPLICATION_READ: "application_read",
    VOTE: "ballot_vote",
    PROFILE: "member_profile",
    YEAR: "membership_year",
    NOT_ME: "membership_not_me",
}
LIFETIMES = {
    APPLICATION: timedelta(days=180),
    APPLICATION_READ: timedelta(days=180),
    VOTE: timedelta(days=180),
    PROFILE: timedelta(minutes=15),
    YEAR: timedelta(days=120),
    NOT_ME: timedelta(days=180),
}
# What links and mails are about, each with the word they call it by.
_KINDS: dict[str, type[models.Model]] = {
    "application": Application,
    "invitation": Invitation,
    "vote": Vote,
    "contact": Contact,
    "profile-change": ProfileChange,
}
_WORDS = {model: word for word, model in _KINDS.items()}
_WITH = {Invitation: "application", Vote: "ballot__application", Contact: "organisation", ProfileChange: "organisation"}


def subject(row: models.Model) -> str:
    """What links and mails call it."""
    return f"{_WORDS[type(row)]}:{row.pk}"


def found_by(name: str) -> Any:
    """The application, invitation, vote, contact or profile change that a link or a mail is about; None when it is gone."""
    word, _colon, number = name.partition(":")
    if word not in _KINDS or not number.isdecimal():
        return None
    model = _KINDS[word]
    rows = model._default_manager.filter(pk=int(number))
    return (rows.select_related(_WITH[model]) if model in _WITH else rows).first()


def link(row: models.Model, purpose: str) -> str:
    """The address of a new link; call it in the transaction that stores the mail."""
    token = tokens.make(purpose=purpose, subject=subject(row), lifetime=LIFETIMES[purpose])
    return absolute(reverse(PAGES[purpose], args=(token,)))


def _write(
    letter_name: str,
    row: models.Model,
    *,
    to: str,
    occasion: str,
    url: tuple[str, str] | None = None,
    disowned: models.Model | None = None,
    **context: Any,
) -> bool:
    """Store a mail of `emails/members/<letter_name>/`; False without an address, for one that wants no mail from here, or when it was
    written for this occasion before.

    `url` is the name under which the template gets a new link, and its purpose; `disowned` what "this was not me" would end, for an
    address that somebody else may have typed. No link is made for a mail that is not written.
    """
    key = f"{subject(row)}:{occasion}"
    if not to or is_suppressed(to) or OutgoingMail.objects.filter(key=key).exists():
        return False
    if url:
        context[url[0]] = link(row, url[1])
    if disowned:
        context["disown_url"] = link(disowned, NOT_ME)
    return enqueue(
        compose(f"members/{letter_name}", to=to, context=context),
        key=key,
        purpose=f"members.{letter_name}",
        about=subject(row),
        sealed=True,
    )


# To the applicant


def resume(application: Application, *, now: datetime) -> bool:
    """The link to go on, or to see where it stands."""
    disowned = application if application.state == State.DRAFT else None
    return _to_applicant("resume", application, numbered(subject(application), "resume"), disowned=disowned)


def _to_applicant(letter_name: str, application: Application, occasion: str, **context: Any) -> bool:
    url = ("application_url", APPLICATION)
    return _write(letter_name, application, to=application.email, occasion=occasion, url=url, application=application, **context)


def invitation(invited: Invitation, *, now: datetime) -> bool:
    """To a colleague of the applicant. Each is another mail with another link."""
    purpose = APPLICATION if invited.access == Access.EDIT else APPLICATION_READ
    return _write(
        "invitation",
        invited,
        to=invited.email,
        occasion=numbered(subject(invited), purpose),
        application=invited.application,
        may_edit=invited.access == Access.EDIT,
        url=("application_url", purpose),
        disowned=invited,
    )


def submitted(application: Application, *, now: datetime) -> bool:
    return _to_applicant("submitted", application, "submitted")


def questions(application: Application, *, now: datetime, reminder: str = "") -> bool:
    """What is asked, or `reminder` of it (its step: "7", "21")."""
    asked = list(application.questions_open())
    occasion = f"questions:{application.asked_at:%Y%m%d%H%M%S%f}:{reminder}"
    return _to_applicant("questions", application, occasion, questions=asked, reminder=bool(reminder))


def withdrawn(application: Application, *, now: datetime) -> bool:
    return _write("withdrawn", application, to=application.email, occasion="withdrawn", application=application)


def declined(application: Application, *, now: datetime) -> bool:
    return _write("declined", application, to=application.email, occasion="declined", application=application)


def declined_mail(application: Application) -> EmailMultiAlternatives:
    """The mail that `declined` would write, to be read before; nothing is stored."""
    return compose("members/declined", to=application.email, context={"application": application})


def welcome(application: Application, *, now: datetime) -> bool:
    """To the applicant and the representative, once each if it is one address."""
    addresses = dict.fromkeys(address.lower() for address in (application.representative_email, application.email) if address)
    context = _welcomed(application, application.organisation)
    written = []
    for number, address in enumerate(addresses):
        contact = Contact.objects.of_address(address).filter(organisation=application.organisation).first()
        written.append(_write("welcome", application, to=address, occasion=f"welcome:{number}", disowned=contact, **context))
    return any(written)


def welcome_mail(application: Application, organisation: Organisation) -> EmailMultiAlternatives:
    """The mail that `welcome` would write when it is this organisation, to be read before; nothing is stored."""
    return compose("members/welcome", to=application.representative_email, context=_welcomed(application, organisation))


def _welcomed(application: Application, organisation: Organisation | None) -> dict[str, Any]:
    return {"application": application, "organisation": organisation, "link_url": absolute(reverse("member_link"))}


def draft_expiring(application: Application, *, ends_at: datetime, now: datetime) -> bool:
    occasion = f"expiring:{ends_at:%Y-%m-%d}"
    return _to_applicant("draft_expiring", application, occasion, ends_at=ends_at)


# To the steering committee


def vote(row: Vote, *, now: datetime, reminder: str = "") -> bool:
    """The personal link to vote, or `reminder` of it ("half", "last day")."""
    return _write(
        "vote",
        row,
        to=row.email,
        occasion=f"vote:{reminder}",
        vote=row,
        ballot=row.ballot,
        application=row.ballot.application,
        url=("vote_url", VOTE),
        reminder=bool(reminder),
    )


# To members


def profile(contact: Contact, *, now: datetime) -> bool:
    """The link of 15 minutes. Each is another mail."""
    url = ("profile_url", PROFILE)
    return _write(
        "profile", contact, to=contact.email, occasion=numbered(subject(contact), "profile"), url=url, organisation=contact.organisation
    )


def profile_answer(change: ProfileChange, contact: Contact, *, now: datetime) -> bool:
    return _write(
        "profile_answer",
        change,
        to=contact.email,
        occasion=str(change.state),
        change=change,
        organisation=change.organisation,
        is_applied=change.state == ChangeState.APPLIED,
    )


def year(contact: Contact, *, organisation: Organisation, due_on: Any, hidden_on: Any, step: int, now: datetime) -> bool:
    """ "Is this still right?", once for each due date and step; a step after the first is a reminder."""
    return _write(
        "year",
        contact,
        to=contact.email,
        occasion=f"year:{due_on:%Y-%m-%d}:{step}",
        organisation=organisation,
        hidden_on=hidden_on,
        url=("year_url", YEAR),
        disowned=contact,
        link_url=absolute(reverse("member_link")),
        reminder=bool(step),
    )


# To colleagues, in the admin


def application_arrived(application: Application) -> int:
    """At once, to whoever works on applications."""
    context = {"application": application, "application_url": absolute(reverse("applications:inspect", args=(application.pk,)))}
    about = subject(application)
    return tell("members.change_application", "members/application_arrived", context, key=f"{about}:arrived", about=about)


def objection(row: Vote, *, by: Any, now: datetime) -> int:
    """At once, to whoever keeps the ballots: this vote has stopped the clock. The reason stands in the admin."""
    context = {
        "vote": row,
        "application": row.ballot.application,
        "ballot_url": absolute(reverse("ballots:inspect", args=(row.ballot_id,))),
    }
    key = f"{subject(row)}:objection:{now:%Y%m%d%H%M%S%f}"
    return tell("members.change_ballot", "members/objection", context, key=key, about=subject(row), besides=by)


# Still wanted?


def _wanted(purpose: str) -> Callable[[Callable[[OutgoingMail], bool]], Callable[[OutgoingMail], bool]]:
    """What is asked before a mail of this purpose leaves; and whether its address has said meanwhile that it wants none."""

    def register(check: Callable[[OutgoingMail], bool]) -> Callable[[OutgoingMail], bool]:
        still_wanted(purpose)(lambda mail: not is_suppressed(mail.recipient) and check(mail))
        return check

    return register


def _state_of(mail: OutgoingMail) -> str:
    """The state of the application that the mail is about; '' when it is gone or its people are erased."""
    row = found_by(mail.about)
    application = row.application if isinstance(row, Invitation) else row
    if not isinstance(application, Application) or application.anonymised_at:
        return ""
    return str(application.state)


@_wanted("members.resume")
@_wanted("members.invitation")
def is_under_way(mail: OutgoingMail) -> bool:
    return _state_of(mail) in (State.DRAFT, *OPEN)


@_wanted("members.submitted")
def is_open(mail: OutgoingMail) -> bool:
    return _state_of(mail) in OPEN


@_wanted("members.questions")
def is_asked(mail: OutgoingMail) -> bool:
    return _state_of(mail) == State.MORE_INFORMATION


@_wanted("members.draft_expiring")
def is_writable(mail: OutgoingMail) -> bool:
    return _state_of(mail) in WRITABLE


@_wanted("members.withdrawn")
def is_withdrawn(mail: OutgoingMail) -> bool:
    return _state_of(mail) == State.WITHDRAWN


@_wanted("members.declined")
def is_declined(mail: OutgoingMail) -> bool:
    return _state_of(mail) == State.DECLINED


@_wanted("members.welcome")
def is_accepted(mail: OutgoingMail) -> bool:
    return _state_of(mail) == State.ACCEPTED


@still_wanted("members.application_arrived")
def is_untouched(mail: OutgoingMail) -> bool:
    return wants_to_hear(mail) and _state_of(mail) == State.SUBMITTED


@still_wanted("members.objection")
def stands_still(mail: OutgoingMail) -> bool:
    row = found_by(mail.about)
    return wants_to_hear(mail) and isinstance(row, Vote) and row.ballot.state == BallotState.PAUSED


@_wanted("members.vote")
def takes_votes(mail: OutgoingMail) -> bool:
    row = found_by(mail.about)
    return isinstance(row, Vote) and bool(row.email) and row.ballot.takes_votes(timezone.now())


@_wanted("members.profile")
@_wanted("members.profile_answer")
def is_there(mail: OutgoingMail) -> bool:
    return found_by(mail.about) is not None


@_wanted("members.year")
def is_still_asked(mail: OutgoingMail) -> bool:
    """Not any more once somebody of the organisation confirmed, or its membership ended."""
    contact = found_by(mail.about)
    if not isinstance(contact, Contact):
        return False
    today = timezone.localdate()
    return any(membership.standing(today).is_asked for membership in Membership.objects.on(today).filter(organisation=contact.organisation))
