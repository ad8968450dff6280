"""Who is asked for the vote of a seat, who could not be asked, and which votes count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.dates import site_date
from core.models import OutgoingMail
from core.states import FINISHED, MailState
from members.models import Ballot, Seat, Vote
from members.models.settings import quorum_percent
from members.organisations.reach import why_not_asked
from members.states import BallotState, NotAsked, NotCounted

from .result import VoteCount, count_votes


@dataclass(frozen=True)
class Voter:
    """The person who is asked for the vote of a seat, with `not_asked`, why they cannot be."""

    name: str
    email: str
    not_asked: str

    @property
    def why_not(self) -> str:
        return str(NotAsked(self.not_asked).label) if self.not_asked else ""


def voters(seats: Iterable[Seat]) -> dict[int, Voter]:
    """Return the voter of each seat, by its key: the person; the alternate where only they can be asked."""
    rows = list(seats)
    people = {seat.pk: _people(seat) for seat in rows}
    reasons = why_not_asked(email for both in people.values() for _name, email in both)
    found = {}
    for pk, both in people.items():
        known = [Voter(name, email, reasons[email]) for name, email in both]
        # Somebody who can be asked; else somebody with an address; else whoever sits there.
        found[pk] = min(known, key=lambda voter: (bool(voter.not_asked), not voter.email))
    return found


def _people(seat: Seat) -> tuple[tuple[str, str], tuple[str, str]]:
    return (seat.person_name, seat.person_email), (seat.alternate_name or seat.person_name, seat.alternate_email)


def votes_of(ballot: Ballot, now: datetime) -> list[Vote]:
    """Return the votes of a ballot, with `not_asked` and `not_counted` as of now while it runs, as stored once it is over."""
    votes = list(ballot.votes.select_related("recorded_by"))
    if ballot.is_running:
        day = site_date(min(now, ballot.closes_at)) if ballot.state == BallotState.OPEN else site_date(now)
        ended, unasked = _not_counted(votes, day), _not_asked(votes)
        for vote in votes:
            vote.not_counted, vote.not_asked = ended.get(vote.pk, ""), unasked[vote.pk]
    return votes


def _not_counted(votes: Iterable[Vote], day: date) -> dict[int, str]:
    """Why votes do not count on that day: their seat or the membership that it needs has ended, or is deleted."""
    seats = {vote.seat_id for vote in votes if vote.seat_id}
    held = set(Seat.objects.on(day).filter(pk__in=seats).values_list("pk", flat=True))
    entitled = set(Seat.objects.entitled(day).filter(pk__in=seats).values_list("pk", flat=True))
    return {
        vote.pk: NotCounted.MEMBERSHIP_ENDED if vote.seat_id in held else NotCounted.SEAT_ENDED
        for vote in votes
        if vote.seat_id not in entitled
    }


def _not_asked(votes: Iterable[Vote]) -> dict[int, str]:
    """Why no email has reached these votes; '' for those that were asked."""
    rows = list(votes)
    reasons = why_not_asked(vote.email for vote in rows if not vote.asked_at)
    keys = [vote.mail_key for vote in rows if vote.mail_key and not vote.asked_at]
    ended = dict(OutgoingMail.objects.filter(key__in=keys, state__in=FINISHED).values_list("key", "state")) if keys else {}
    return {vote.pk: "" if vote.asked_at else _why_not(ended.get(vote.mail_key, ""), reasons[vote.email]) for vote in rows}


def _why_not(ended: str, reason: str) -> str:
    """Why a vote was not asked, by how its email ended, and by why its address cannot be asked."""
    if ended == MailState.SENT:
        return ""
    return NotAsked.FAILED if ended == MailState.FAILED else reason or NotAsked.WAITING


def count(ballot: Ballot, votes: Iterable[Vote]) -> VoteCount:
    """Count those of the votes that count. A ballot opened before there was a share has the share of today."""
    percent = ballot.quorum_percent or quorum_percent()
    return count_votes(ballot.rule, percent, [vote.choice for vote in votes if not vote.not_counted])


def why_not_counted(vote: Vote, now: datetime) -> str:
    """Why a vote of a running ballot would not count now; '' when it would."""
    reason = _not_counted([vote], site_date(now)).get(vote.pk, "")
    return str(NotCounted(reason).label) if reason else ""
