"""The emails about a ballot: the personal link to vote, and the objection that colleagues must hear of."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.emails import notify, wants_notifications
from core.absolute_urls import absolute
from core.links import tokens
from core.mail.delivery import still_wanted
from core.mail.send import send
from core.mail.templates import email_template
from core.mail.wording import Variable
from core.models import OutgoingMail
from members.applications.emails import APPLICANT, REMINDER, sample_application
from members.models import Ballot, Vote
from members.models.subjects import found_by, subject
from members.states import BallotState, Rule

# The purpose of the link to vote, the name of its view and its lifetime.
VOTE = "members.vote"
PAGE = "ballot_vote"
LIFETIME = timedelta(days=180)


def vote(row: Vote, *, now: datetime, reminder: str = "") -> bool:
    """The personal link to vote, or `reminder` of it ("half", "last day")."""
    about = subject(row)
    return send(
        "members/vote",
        to=row.email,
        about=about,
        key=(about, "vote", reminder),
        context={"vote": row, "ballot": row.ballot, "application": row.ballot.application, "reminder": bool(reminder)},
        links={"vote_url": lambda: tokens.make_url(PAGE, purpose=VOTE, subject=about, lifetime=LIFETIME)},
    )


def objection(row: Vote, *, by: Any, now: datetime) -> int:
    """At once, to everybody who manages ballots except `by`: this vote has paused the ballot. The reason is shown in the admin only."""
    ballot_url = absolute(reverse("ballots:inspect", args=(row.ballot_id,)))
    context = {"vote": row, "application": row.ballot.application, "ballot_url": ballot_url}
    key = (subject(row), "objection", f"{now:%Y%m%d%H%M%S%f}")
    return notify("members.change_ballot", "members/objection", context, key=key, about=subject(row), besides=by)


# Still wanted?


@still_wanted("members.vote")
def takes_votes(mail: OutgoingMail) -> bool:
    row = found_by(mail.about)
    return isinstance(row, Vote) and bool(row.email) and row.ballot.takes_votes(timezone.now())


@still_wanted("members.objection")
def is_paused(mail: OutgoingMail) -> bool:
    row = found_by(mail.about)
    return wants_notifications(mail) and isinstance(row, Vote) and row.ballot.state == BallotState.PAUSED


# Samples for the previews in the admin: invented, and stored nowhere


SEAT = Variable("seat", "vote.organisation_name", gettext_lazy("The organisation that has the seat"))


@email_template("members/vote", gettext_lazy("Steering committee: please vote"), APPLICANT, SEAT, reminder=REMINDER)
def _sample_vote() -> dict[str, Any]:
    application = sample_application()["application"]
    ballot = Ballot(pk=0, application=application, rule=Rule.NO_OBJECTION, closes_at=timezone.now() + timedelta(days=7))
    vote = Vote(pk=0, ballot=ballot, organisation_name=_("Nurses of Example"), person_name="Ada Example")
    return {"vote": vote, "ballot": ballot, "application": application, "vote_url": tokens.sample_url(PAGE), "reminder": True}


@email_template("members/objection", gettext_lazy("Colleagues: an objection stopped a ballot"), APPLICANT, SEAT, to_colleagues=True)
def _sample_objection() -> dict[str, Any]:
    return {**_sample_vote(), "ballot_url": absolute("/admin/"), "account_url": absolute("/admin/")}
