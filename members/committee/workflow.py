"""Ballots of the steering committee on applications: open, vote, record a vote, pause, resume, move the end, close, cancel.

Who may vote is fixed at the opening: each seat of that day whose organisation is a member. A seat that ends before the closing does not
count, later seats get no vote. Votes can be changed until the announced end, which moves only with an email to all voters.
"""

import contextlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.dates import datetime_text, site_date
from core.due import due
from core.mail.addresses import canonical_address
from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.models import Application, Ballot, Seat, Vote
from members.models.settings import quorum_percent
from members.states import (
    BALLOT_TRANSITIONS,
    NEEDS_REASON,
    ApplicationState,
    BallotResult,
    BallotState,
    VoteChoice,
    VotingRule,
)

from . import asking, emails
from .queries import Voter, count, voters, votes_of, why_not_counted

MIN_DAYS, MAX_DAYS = 1, 60
# When the end is moved, voters have at least this long to read about it and change their votes.
NOTICE = timedelta(days=1)


class Outcome(Enum):
    """The result of casting a vote."""

    DONE = "done"
    CLOSED = "closed"


def open_ballot(application: Application, *, rule: VotingRule, days: int, by: Any, now: datetime) -> Ballot:
    """Open a ballot among the seats of today, and ask each voter. Call it in the transaction that puts the application to the committee.

    Raises NotPossible without a seat that may vote, or for other than 1 to 60 days.
    """
    seats = list(Seat.objects.entitled(site_date(now)).select_related("organisation"))
    if not seats:
        raise NotPossible(_("No member has a seat on the steering committee today. Enter the seats with their organisations first."))
    if not MIN_DAYS <= days <= MAX_DAYS:
        raise NotPossible(_("A ballot lasts from 1 to 60 days."))
    percent = quorum_percent()
    ballot = Ballot.objects.create(
        application=application, rule=rule, quorum_percent=percent, opened_at=now, opened_by=by, closes_at=now + timedelta(days=days)
    )
    people = voters(seats)
    Vote.objects.bulk_create([_vote(ballot, seat, people[seat.pk]) for seat in seats])
    unasked = sorted(seat.organisation.name for seat in seats if people[seat.pk].not_asked)
    data = {"rule": str(rule), "seats": len(seats), "quorum_percent": percent, "cannot_be_asked": unasked}
    log(ballot, "members.open_ballot", user=by, data=data)
    asking.email_voters(now)
    return ballot


def _vote(ballot: Ballot, seat: Seat, voter: Voter) -> Vote:
    return Vote(
        ballot=ballot,
        seat=seat,
        organisation_name=seat.organisation.name,
        person_name=voter.name,
        email=voter.email,
        address_key=canonical_address(voter.email),
    )


def cast_vote(vote: Vote, *, choice: str, reason: str = "", by: Any = None, now: datetime) -> Outcome:
    """Cast or change the vote of its holder, who came by the personal link or is the user `by`. The last one counts; each is logged.

    An objection pauses the ballot. CLOSED when the ballot is over. Raises NotPossible for a choice that the rule does not offer, an
    objection or recusal without a reason, or a seat that has ended. That reason is dropped when the choice changes.
    """
    return _set_vote(vote, choice=choice, reason=reason, by=by, is_recorded=False, now=now)


def record_vote(vote: Vote, *, choice: str, reason: str = "", by: Any, now: datetime) -> Outcome:
    """Enter the vote that a seat has told the user `by`, and email the seat that it was. Else like `cast_vote`.

    Raises NotPossible when the holder of the seat has cast the vote, also at the same moment.
    """
    return _set_vote(vote, choice=choice, reason=reason, by=by, is_recorded=True, now=now)


def _set_vote(vote: Vote, *, choice: str, reason: str, by: Any, is_recorded: bool, now: datetime) -> Outcome:
    ballot, reason = vote.ballot, reason.strip()
    if choice not in ballot.choices:
        raise NotPossible(_("Choose one of the answers."))
    if choice in NEEDS_REASON and not reason:
        raise NotPossible(_("Give a reason, in a sentence or two."))
    with transaction.atomic():
        # Locks the ballot, so that simultaneous votes are counted one after the other, and none after closing.
        takes_votes = Q(state=BallotState.PAUSED) | Q(state=BallotState.OPEN, closes_at__gt=now)
        if not Ballot.objects.filter(takes_votes, pk=ballot.pk).update(last_vote_at=now):
            return Outcome.CLOSED
        ballot.refresh_from_db()
        vote.refresh_from_db()
        if why := why_not_counted(vote, now):
            raise NotPossible(_("%(organisation)s cannot vote: %(why)s.") % {"organisation": vote.organisation_name, "why": why})
        if is_recorded and is_cast_by_holder(vote):
            raise NotPossible(_cast_by_holder(vote))
        if vote.choice in NEEDS_REASON and choice not in NEEDS_REASON and reason == vote.reason:
            reason = ""
        if (vote.choice, vote.reason, vote.is_recorded) == (choice, reason, is_recorded):
            return Outcome.DONE
        before = vote.choice
        vote.choice, vote.reason, vote.cast_at = choice, reason, now
        vote.is_recorded, vote.recorded_by = is_recorded, by if is_recorded else None
        vote.save(update_fields=["choice", "reason", "cast_at", "is_recorded", "recorded_by"])
        data = {"vote": vote.pk, "seat": vote.organisation_name, "from": before, "to": str(choice)}
        log(ballot, "members.record_vote" if is_recorded else "members.vote", user=by, data=data)
        if is_recorded:
            emails.vote_recorded(vote, now=now)
        _follow_objection(vote, before=before, by=by, now=now)
    return Outcome.DONE


def is_cast_by_holder(vote: Vote) -> bool:
    return bool(vote.choice) and not vote.is_recorded


def _cast_by_holder(vote: Vote) -> str:
    when = datetime_text(vote.cast_at) if vote.cast_at else ""
    return _("%(organisation)s cast this vote itself on %(when)s. Nobody else can change it. Nothing was recorded.") % {
        "organisation": vote.organisation_name,
        "when": when,
    }


def _follow_objection(vote: Vote, *, before: str, by: Any, now: datetime) -> None:
    """Pause the ballot for a new objection; tell the secretariat when the last one of a paused ballot is withdrawn."""
    ballot = vote.ballot
    if vote.choice == VoteChoice.OBJECTION and ballot.state == BallotState.OPEN:
        changes = {"paused_at": now}
        transition(ballot, to=BallotState.PAUSED, transitions=BALLOT_TRANSITIONS, action="members.pause_ballot", by=by, changes=changes)
        emails.objection(vote, by=by, now=now)
    elif before == VoteChoice.OBJECTION != vote.choice and ballot.state == BallotState.PAUSED:
        emails.objection_withdrawn(vote, by=by, now=now)


def resume_ballot(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Resume a ballot paused by an objection, with the time that was left, and tell the voters the new end.

    The objection counts unless its author votes again.
    """
    with transaction.atomic():
        ballot.refresh_from_db()
        paused_for = now - ballot.paused_at if ballot.paused_at else timedelta()
        changes = {"closes_at": ballot.closes_at + paused_for, "paused_at": None}
        transitions = {BallotState.PAUSED: {BallotState.OPEN}}
        if not transition(ballot, to=BallotState.OPEN, transitions=transitions, action="members.resume_ballot", by=by, changes=changes):
            return False
        emails.end_moved(ballot, now=now)
        return True


def move_end(ballot: Ballot, *, closes_at: datetime, by: Any, now: datetime) -> bool:
    """Announce another end to all voters. It also opens again a ballot that ended without a quorum, with the votes cast so far.

    False when that is its end already. Raises NotPossible for an end less than a day or more than 60 days from now, and when another ballot
    runs or the application has left the committee; TransitionNotAllowed for a ballot that is paused or over.
    """
    if not now + NOTICE <= closes_at <= now + timedelta(days=MAX_DAYS):
        raise NotPossible(_("Choose an end at least 24 hours and at most 60 days from now, so that all voters hear of it in time."))
    with transaction.atomic():
        ballot.refresh_from_db()
        data = {"from": str(ballot.state), "to": str(BallotState.OPEN), "closes_at": closes_at.isoformat()}
        if ballot.state == BallotState.OPEN:
            if ballot.closes_at == closes_at:
                return False
            if not Ballot.objects.filter(pk=ballot.pk, state=BallotState.OPEN, closes_at__gt=now).update(closes_at=closes_at):
                raise TransitionNotAllowed(ballot.state, BallotState.OPEN)
            ballot.closes_at = closes_at
            log(ballot, "members.move_end", user=by, data=data)
        else:
            _open_again(ballot, closes_at=closes_at, by=by)
        ballot.votes.filter(choice="").update(reminded="")
        emails.end_moved(ballot, now=now)
        return True


def may_be_extended(ballot: Ballot) -> bool:
    """Whether a closed ballot may be opened again: it had no quorum, and is the last one of an application that awaits a decision."""
    return (
        ballot.state == BallotState.CLOSED
        and ballot.result == BallotResult.NO_QUORUM
        and ballot.application.state == ApplicationState.WITH_COMMITTEE
        and not Ballot.objects.filter(application=ballot.application_id, pk__gt=ballot.pk).exists()
    )


def _open_again(ballot: Ballot, *, closes_at: datetime, by: Any) -> None:
    # Locks the application, so that it is not decided and gets no other ballot at the same moment.
    waiting = Application.objects.filter(pk=ballot.application_id, state=ApplicationState.WITH_COMMITTEE)
    if not waiting.update(state=F("state")) or not may_be_extended(ballot):
        raise TransitionNotAllowed(ballot.state, BallotState.OPEN)
    changes = {"closes_at": closes_at, "closed_at": None, "result": ""}
    ballot.votes.update(not_asked="", not_counted="")
    transitions = {BallotState.CLOSED: {BallotState.OPEN}}
    transition(ballot, to=BallotState.OPEN, transitions=transitions, action="members.extend_ballot", by=by, changes=changes)


def close_ballot(ballot: Ballot, *, by: Any, now: datetime) -> bool:
    """Count the votes, close the ballot and tell the secretariat. False when it is already closed. Nothing else follows from the result.

    Stored with it: which votes do not count because a seat has ended, and which seats were not asked.
    """
    with transaction.atomic():
        # Locks the ballot, so that no vote is cast while counting.
        Ballot.objects.filter(pk=ballot.pk).update(last_vote_at=F("last_vote_at"))
        ballot.refresh_from_db()
        votes = _standing(ballot, now)
        counted = count(ballot, votes)
        changes = {
            "closed_at": now,
            "result": counted.result,
            "quorum_percent": ballot.quorum_percent or quorum_percent(),
        }
        data = {"result": str(counted.result)}
        if not transition(
            ballot, to=BallotState.CLOSED, transitions=BALLOT_TRANSITIONS, action="members.close_ballot", by=by, changes=changes, data=data
        ):
            return False
        _store_standing(votes)
        emails.counted(ballot, by=by, now=now)
        return True


def _standing(ballot: Ballot, now: datetime) -> list[Vote]:
    """The votes of a running ballot, with who was asked and whose seat has ended by now."""
    asking.record_asked(ballot.votes.all())
    return votes_of(ballot, now)


def _store_standing(votes: Iterable[Vote]) -> None:
    for vote in votes:
        vote.save(update_fields=["not_asked", "not_counted"])


def cancel_running_ballot(application: Application, *, by: Any, now: datetime) -> bool:
    """Cancel the running ballot of an application, without a result. False when none is running."""
    cancelled = False
    for ballot in application.ballots.running():
        with contextlib.suppress(TransitionNotAllowed), transaction.atomic():  # it closed at the same moment
            votes = _standing(ballot, now)
            changes = {"closed_at": now}
            if transition(
                ballot, to=BallotState.CANCELLED, transitions=BALLOT_TRANSITIONS, action="members.cancel_ballot", by=by, changes=changes
            ):
                _store_standing(votes)
                cancelled = True
    return cancelled


@due("close ballots")
def close_due_ballots(now: datetime) -> str:
    """Close the ballots whose time is over."""
    found = Ballot.objects.filter(state=BallotState.OPEN, closes_at__lte=now).select_related("application")
    count = sum(_close_if_due(ballot, now) for ballot in found)
    return f"{count} closed" if count else ""


def _close_if_due(ballot: Ballot, now: datetime) -> bool:
    """Close a ballot. False when it was paused, resumed or closed meanwhile."""
    with transaction.atomic():
        still_due = Ballot.objects.filter(pk=ballot.pk, state=BallotState.OPEN, closes_at__lte=now)
        return bool(still_due.update(last_vote_at=F("last_vote_at"))) and close_ballot(ballot, by=None, now=now)
