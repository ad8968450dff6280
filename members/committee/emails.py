"""Emails about ballots: the links to vote, what happened to a vote or to the end of a ballot, and what the secretariat has to know."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.emails import notify, wants_notifications
from core.absolute_urls import absolute
from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import Cause, email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import APPLICANT, REMINDER, sample_application
from members.models import Ballot, Vote
from members.models.subjects import find_subject, subject
from members.organisations.reach import why_not_asked
from members.states import BallotResult, BallotState, NotAsked, VoteChoice, VotingRule

# The purpose of the link to vote, the name of its view and its lifetime.
VOTE = "members.vote"
PAGE = "ballot_vote"
LIFETIME = timedelta(days=180)
NO_ADDRESS = gettext_lazy("There is no email address for the seat of %(organisation)s. Enter one with the organisation first.")


def link(row: Vote) -> str:
    """Return the address of a new link to vote."""
    return tokens.make_url(PAGE, purpose=VOTE, subject=subject(row), lifetime=LIFETIME)


def is_unconfirmed(row: Vote) -> bool:
    """Whether the address was only typed by an applicant: it gets no link to vote until its owner has confirmed it."""
    return why_not_asked([row.email])[row.email] == NotAsked.UNCONFIRMED


def key_of(first: Vote, now: datetime) -> str:
    """The key of the email that asks for this vote, and perhaps for others, at this moment."""
    return f"{subject(first)}:votes:{now:%Y%m%d%H%M%S%f}"


def votes(rows: Sequence[Vote], *, key: str, is_reminder: bool) -> bool:
    """Ask one voter for these votes, each with a personal link. Their ballots and applications are loaded with them."""
    first = rows[0]
    return not is_unconfirmed(first) and send(
        "members/vote",
        to=first.email,
        about=subject(first),
        key=(key,),
        context={"reminder": is_reminder},
        links={"votes": lambda: [{"vote": row, "vote_url": link(row)} for row in rows]},  # type: ignore[dict-item, return-value]
    )


def vote_link(row: Vote, *, key: str) -> bool:
    """Send the link to vote, or to change the vote, once more."""
    return _about_vote("members/vote_link", row, key)


def vote_recorded(row: Vote, *, now: datetime) -> bool:
    """Tell the seat which vote a colleague has recorded for it, with the link to change it."""
    colleague = row.recorded_by.get_full_name() if row.recorded_by else _("a colleague")
    return _about_vote("members/vote_recorded", row, f"{subject(row)}:recorded:{now:%Y%m%d%H%M%S%f}", colleague=colleague)


def end_moved(ballot: Ballot, *, now: datetime) -> int:
    """Tell each voter when the ballot ends now, also those who have voted, because they may change their votes until then."""
    rows = ballot.votes.exclude(email="").select_related("ballot__application")
    return sum(_about_vote("members/ballot_end", row, f"{subject(row)}:end:{now:%Y%m%d%H%M%S%f}") for row in rows)


def _about_vote(template: str, row: Vote, key: str, **more: Any) -> bool:
    if is_unconfirmed(row):
        return False
    context = {"vote": row, "ballot": row.ballot, "application": row.ballot.application, **more}
    return send(template, to=row.email, about=subject(row), key=(key,), context=context, links={"vote_url": partial(link, row)})


def objection(row: Vote, *, by: Any, now: datetime) -> int:
    """Notify everybody who manages ballots, except `by`, that this vote has paused the ballot. The reason is shown in the admin only."""
    return _notify("members/objection", row, "objection", by=by, now=now)


def objection_withdrawn(row: Vote, *, by: Any, now: datetime) -> int:
    """Notify the same people that an objection was withdrawn, so that the ballot can go on."""
    return _notify("members/objection_withdrawn", row, "objection_withdrawn", by=by, now=now)


def _notify(template: str, row: Vote, what: str, *, by: Any, now: datetime) -> int:
    context = {"vote": row, "application": row.ballot.application, "ballot_url": _url(row.ballot)}
    key = (subject(row), what, f"{now:%Y%m%d%H%M%S%f}")
    return notify("members.change_ballot", template, context, key=key, about=subject(row), besides=by)


def counted(ballot: Ballot, *, by: Any, now: datetime) -> int:
    """Tell whoever takes care of the application, else everybody who manages ballots, how the ballot ended; not `by`, who ended it."""
    first = ballot.votes.order_by("pk").first()
    if first is None:
        return 0
    context = {"ballot": ballot, "application": ballot.application, "ballot_url": _url(ballot)}
    key = (subject(first), "counted", f"{now:%Y%m%d%H%M%S%f}")
    person = ballot.application.assigned_to
    return notify("members.change_ballot", "members/ballot_counted", context, key=key, about=subject(first), besides=by, person=person)


def _url(ballot: Ballot) -> str:
    return absolute(reverse("ballots:inspect", args=(ballot.pk,)))


# Still wanted?


@still_wanted("members.vote")
def is_awaited(mail: OutgoingMail) -> bool:
    """Whether a vote of this address is still missing."""
    return Vote.objects.missing(timezone.now()).filter(address_key=canonical_address(mail.recipient)).exists()


@still_wanted("members.vote_recorded")
def is_recorded(mail: OutgoingMail) -> bool:
    row = _vote_of(mail)
    return row is not None and row.is_recorded


@still_wanted("members.vote_link")
@still_wanted("members.ballot_end")
def takes_votes(mail: OutgoingMail) -> bool:
    row = _vote_of(mail)
    return row is not None and row.ballot.takes_votes(timezone.now())


def _vote_of(mail: OutgoingMail) -> Vote | None:
    """The vote that an email to its voter is about; None when another voter or nobody has it by now."""
    row = find_subject(mail.about)
    return row if isinstance(row, Vote) and row.address_key == canonical_address(mail.recipient) else None


@still_wanted("members.objection")
@still_wanted("members.objection_withdrawn")
def is_paused(mail: OutgoingMail) -> bool:
    row = find_subject(mail.about)
    return wants_notifications(mail) and isinstance(row, Vote) and row.ballot.state == BallotState.PAUSED


@still_wanted("members.ballot_counted")
def awaits_decision(mail: OutgoingMail) -> bool:
    row = find_subject(mail.about)
    return wants_notifications(mail) and isinstance(row, Vote) and Ballot.objects.needing_action().filter(pk=row.ballot_id).exists()


# Samples for the previews in the admin: invented, and stored nowhere


SEAT = Variable("seat", "vote.organisation_name", gettext_lazy("The organisation that has the seat"))


def _sample() -> dict[str, Any]:
    application = sample_application()["application"]
    ballot = Ballot(pk=0, application=application, rule=VotingRule.NO_OBJECTION, closes_at=timezone.now() + timedelta(days=7))
    vote = Vote(pk=0, ballot=ballot, organisation_name=_("Nurses of Example"), person_name="Ada Example", choice=VoteChoice.FOR)
    return {"vote": vote, "ballot": ballot, "application": application, "vote_url": tokens.sample_url(PAGE), "colleague": "Ben Example"}


@email_template("members/vote", gettext_lazy("Steering committee: please vote"), reminder=REMINDER, cause=Cause.COLLEAGUE, typed=("votes",))
def _sample_vote() -> dict[str, Any]:
    sample = _sample()
    return {"votes": [{"vote": sample["vote"], "vote_url": sample["vote_url"]}], "reminder": True}


@email_template(
    "members/vote_recorded",
    gettext_lazy("Steering committee: a vote was recorded"),
    APPLICANT,
    SEAT,
    cause=Cause.COLLEAGUE,
    typed=("application", "vote", "colleague"),
)
@email_template(
    "members/vote_link",
    gettext_lazy("Steering committee: the link to vote"),
    APPLICANT,
    SEAT,
    cause=Cause.COLLEAGUE,
    typed=("application", "vote"),
)
@email_template(
    "members/ballot_end",
    gettext_lazy("Steering committee: a ballot ends at another time"),
    APPLICANT,
    SEAT,
    cause=Cause.COLLEAGUE,
    typed=("application", "vote"),
)
def _sample_about_a_vote() -> dict[str, Any]:
    return _sample()


@email_template(
    "members/objection", gettext_lazy("Colleagues: an objection stopped a ballot"), APPLICANT, SEAT, to_colleagues=True, cause=Cause.HOLDER
)
@email_template(
    "members/objection_withdrawn",
    gettext_lazy("Colleagues: an objection was withdrawn"),
    APPLICANT,
    SEAT,
    to_colleagues=True,
    cause=Cause.HOLDER,
)
def _sample_objection() -> dict[str, Any]:
    return {**_sample(), "ballot_url": absolute("/admin/"), "account_url": absolute("/admin/")}


@email_template(
    "members/ballot_counted",
    gettext_lazy("Colleagues: a ballot has ended"),
    APPLICANT,
    to_colleagues=True,
    cause=Cause.COLLEAGUE,
    typed=("application", "vote"),
)
def _sample_counted() -> dict[str, Any]:
    sample = dict(_sample_objection())
    sample["ballot"].result = BallotResult.NO_QUORUM
    return sample
