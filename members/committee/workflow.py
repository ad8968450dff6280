"""Ballots of the steering committee on applications: open, vote, pause after an objection, resume, close, cancel.

Each seat on the day of opening has a vote: it keeps the vote if it ends meanwhile, and later seats get none.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.dates import site_date
from core.due import due
from core.mail.addresses import canonical_address
from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.models import Application, Ballot, Seat, Vote
from members.states import BALLOT_TRANSITIONS, NEEDS_REASON, BallotState, VoteChoice, VotingRule

from . import emails
from .result import count_votes, default_quorum

MIN_DAYS, MAX_DAYS = 1, 60


class Outcome(Enum):
    """The result of casting a vote."""

    DONE = "done"
    CLOSED = "closed"


def open_ballot(application: Application, *, rule: VotingRule, days: int, quorum: int | None, by: Any, now: datetime) -> Ballot:
    """Open a ballot among the seats of today and email each. Call it in the transaction that puts the application to the committee.

    Raises NotPossible without seats, for other than 1 to 60 days, or for a quorum larger than the number of seats.
    """
    seats = list(Seat.objects.on(site_date(now)).select_related("organisation"))
    if not seats:
        raise NotPossible(_("Nobody has a seat on the steering committee today. Enter the seats under Coalition first."))
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise NotPossible(_("A ballot lasts from 1 to 60 days."))
    needed = default_quorum(rule, len(seats)) if quorum is None else quorum
    if not 0 <= needed <= len(seats):
        raise NotPossible(_("There are only %(number)d seats.") % {"number": len(seats)})
    ballot = Ballot.objects.create(
        application=application, rule=rule, quorum=needed, opened_at=now, opened_by=by, closes_at=now + timedelta(days=days)
    )
    for vote in Vote.objects.bulk_create([_vote(ballot, seat) for seat in seats]):
        emails.vote(vote, now=now)
    log(ballot, "members.open_ballot", user=by, data={"rule": str(rule), "seats": len(seats)})
    return ballot


def _vote(ballot: Ballot, seat: Seat) -> Vote:
    name, email = (seat.person_name, seat.person_email) if seat.person_email else (seat.alternate_name, seat.alternate_email)
    return Vote(
        ballot=ballot,
        seat=seat,
        organisation_name=seat.organisation.name,
        person_name=name or seat.person_name,
        email=email,
        address_key=canonical_address(email),
    )


def cast_vote(vote: Vote, *, choice: str, reason: str = "", by: Any = None, now: datetime) -> Outcome:
    """Cast or change a vote, by the personal link or `by` a user. Until the ballot closes the last vote counts, and each is logged.

    An objection pauses the ballot; the last missing vote closes it. CLOSED when the ballot is over. Raises NotPossible for a choice that
    the rule does not offer, or an objection or recusal without a reason. That reason is dropped when the choice changes.
    """
    ballot = vote.ballot
    if choice not in ballot.choices:
        raise NotPossible(_("Choose one of the answers."))
    if choice in NEEDS_REASON and not reason.strip():
        raise NotPossible(_("Please give a reason, in a sentence or two."))
    with transaction.atomic():
        # Locks the ballot, so that simultaneous votes are counted one after the other, and none after closing.
        takes_votes = Q(state=BallotState.PAUSED) | Q(state=BallotState.OPEN, closes_at__gt=now)
        if not Ballot.objects.filter(takes_votes, pk=ballot.pk).update(last_vote_at=now):
            return Outcome.CLOSED
        ballot.refresh_from_db()
        vote.refresh_from_db()
        reason = reason.strip()
        if vote.choice in NEEDS_REASON and choice not in NEEDS_REASON and reason == vote.reason:
            reason = ""
        if (vote.choice, vote.reason) == (choice, reason):
            return Outcome.DONE
        data = {"vote": vote.pk, "from": vote.choice, "to": str(choice)}
        vote.choice, vote.reason, vote.cast_at = choice, reason, now
        vote.save(update_fields=["choice", "reason", "cast_at"])
        log(ballot, "members.vote", user=by, data=data)
        if choice == VoteChoice.OBJECTION and ballot.state == BallotState.OPEN:
            transition(
                ballot,
                to=BallotState.PAUSED,
                transitions=BALLOT_TRANSITIONS,
                action="members.pause_ballot",
                by=by,
                changes={"paused_at": now},
            )
            emails.objection(vote, by=by, now=now)
        elif ballot.state == BallotState.OPEN and not ballot.votes.filter(choice="").exists():
            close_ballot(ballot, by=None, now=now)
    return Outcome.DONE


def resume_ballot(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Resume a ballot paused by an objection, with the time that was left. The objection counts unless its author votes again."""
    with transaction.atomic():
        ballot.refresh_from_db()
        paused_for = now - ballot.paused_at if ballot.paused_at else timedelta()
        changes = {"closes_at": ballot.closes_at + paused_for, "paused_at": None}
        transitions = {BallotState.PAUSED: {BallotState.OPEN}}
        return transition(ballot, to=BallotState.OPEN, transitions=transitions, action="members.resume_ballot", by=by, changes=changes)


def close_ballot(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Count the votes and close the ballot. False when it is already closed."""
    with transaction.atomic():
        # Locks the ballot, so that no vote is cast while counting.
        Ballot.objects.filter(pk=ballot.pk).update(last_vote_at=F("last_vote_at"))
        count = count_votes(ballot.rule, ballot.quorum, ballot.votes.order_by("pk").values_list("choice", flat=True))
        changes = {"closed_at": now, "result": count.result}
        data = {"result": str(count.result)}
        return transition(
            ballot, to=BallotState.CLOSED, transitions=BALLOT_TRANSITIONS, action="members.close_ballot", by=by, changes=changes, data=data
        )


def cancel_running_ballot(application: Application, *, by: Any, now: datetime) -> bool:
    """Cancel the running ballot of an application, without a result. False when none is running."""
    cancelled = False
    for ballot in application.ballots.running():
        try:
            changes = {"closed_at": now}
            cancelled |= transition(
                ballot, to=BallotState.CANCELLED, transitions=BALLOT_TRANSITIONS, action="members.cancel_ballot", by=by, changes=changes
            )
        except TransitionNotAllowed:
            continue  # it closed at the same moment
    return cancelled


@due("close ballots")
def close_due_ballots(now: datetime) -> str:
    """Close the ballots whose time is over."""
    found = Ballot.objects.filter(state=BallotState.OPEN, closes_at__lte=now)
    count = sum(_close_if_due(ballot, now) for ballot in found)
    return f"{count} closed" if count else ""


def _close_if_due(ballot: Ballot, now: datetime) -> bool:
    """Close a ballot. False when it was paused, resumed or closed meanwhile."""
    with transaction.atomic():
        still_due = Ballot.objects.filter(pk=ballot.pk, state=BallotState.OPEN, closes_at__lte=now)
        return bool(still_due.update(last_vote_at=F("last_vote_at"))) and close_ballot(ballot, by=None, now=now)
