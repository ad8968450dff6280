"""The steering committee votes on an application: opening, voting, the objection that stops the clock, closing.

Whoever has a seat at the opening may vote, and no one else: a seat that ends meanwhile keeps its vote, a new one gets none.
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
from members.states import BALLOT_TRANSITIONS, NEEDS_REASON, BallotState, Choice, Rule

from . import emails
from .result import tally, usual_quorum

SHORTEST, LONGEST = 1, 60


class Outcome(Enum):
    """What came of casting a vote."""

    DONE = "done"
    CLOSED = "closed"


def open_ballot(application: Application, *, rule: Rule, days: int, quorum: int | None, by: Any, now: datetime) -> Ballot:
    """Open a ballot among the seats of today and write to each. Call it in the transaction that puts the application to the committee.

    Raises NotPossible when nobody has a seat, for another number of days than 1 to 60, or for a quorum that cannot be reached.
    """
    seats = list(Seat.objects.on(site_date(now)).select_related("organisation"))
    if not seats:
        raise NotPossible(_("Nobody has a seat on the steering committee today. Enter the seats under Coalition first."))
    if not SHORTEST <= days <= LONGEST:
        raise NotPossible(_("A ballot lasts from 1 to 60 days."))
    needed = usual_quorum(rule, len(seats)) if quorum is None else quorum
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


def cast(vote: Vote, *, choice: str, reason: str = "", by: Any = None, now: datetime) -> Outcome:
    """Vote, by the personal link, or `by` a colleague who was told. Until the closing the last vote counts, and each is logged.

    An objection stops the clock. CLOSED when the ballot is over or its time is. Raises NotPossible for a choice that the rule does not
    offer, or an objection or recusal without a reason. A reason that was given for one of those does not stay beside another choice.
    """
    ballot = vote.ballot
    if choice not in ballot.choices:
        raise NotPossible(_("Choose one of the answers."))
    if choice in NEEDS_REASON and not reason.strip():
        raise NotPossible(_("Please give a reason, in a sentence or two."))
    with transaction.atomic():
        # Locks the ballot: votes at the same moment come one after the other, and none after the count.
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
        if choice == Choice.OBJECTION and ballot.state == BallotState.OPEN:
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
            close(ballot, by=None, now=now)
    return Outcome.DONE


def resume(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Let the clock run on after an objection, with the time that was left. The objection stands unless its author votes again."""
    with transaction.atomic():
        ballot.refresh_from_db()
        stood_still = now - ballot.paused_at if ballot.paused_at else timedelta()
        changes = {"closes_at": ballot.closes_at + stood_still, "paused_at": None}
        transitions = {BallotState.PAUSED: {BallotState.OPEN}}
        return transition(ballot, to=BallotState.OPEN, transitions=transitions, action="members.resume_ballot", by=by, changes=changes)


def close(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Count and close, at its time, when all have voted, or because the secretariat ends it. False when it is closed already."""
    with transaction.atomic():
        # Locks the ballot first: what is counted is what was cast before.
        Ballot.objects.filter(pk=ballot.pk).update(last_vote_at=F("last_vote_at"))
        count = tally(ballot.rule, ballot.quorum, ballot.votes.order_by("pk").values_list("choice", flat=True))
        changes = {"closed_at": now, "result": count.result}
        data = {"result": str(count.result)}
        return transition(
            ballot, to=BallotState.CLOSED, transitions=BALLOT_TRANSITIONS, action="members.close_ballot", by=by, changes=changes, data=data
        )


def cancel_running(application: Application, *, by: Any, now: datetime) -> bool:
    """Without a result, because the application left the committee. False when none was running."""
    cancelled = False
    for ballot in application.ballots.running():
        try:
            changes = {"closed_at": now}
            cancelled |= transition(
                ballot, to=BallotState.CANCELLED, transitions=BALLOT_TRANSITIONS, action="members.cancel_ballot", by=by, changes=changes
            )
        except TransitionNotAllowed:
            continue  # it closed at this very moment
    return cancelled


@due("close ballots")
def close_what_is_due(now: datetime) -> str:
    found = Ballot.objects.filter(state=BallotState.OPEN, closes_at__lte=now)
    count = sum(_close_at_its_time(ballot, now) for ballot in found)
    return f"{count} closed" if count else ""


def _close_at_its_time(ballot: Ballot, now: datetime) -> bool:
    """False when somebody paused, prolonged or ended it meanwhile."""
    with transaction.atomic():
        still_due = Ballot.objects.filter(pk=ballot.pk, state=BallotState.OPEN, closes_at__lte=now)
        return bool(still_due.update(last_vote_at=F("last_vote_at"))) and close(ballot, by=None, now=now)
