"""Committee members are reminded to vote."""

from datetime import datetime, timedelta

from core.due import due
from members.models import Ballot
from members.states import BallotState

from . import emails

LAST_DAY = timedelta(days=1)


@due("ballots")
def remind_of_ballots(now: datetime) -> str:
    """Remind those who have not voted at half time and on the last day, but not while an objection pauses the ballot."""
    count = 0
    for ballot in Ballot.objects.filter(state=BallotState.OPEN, closes_at__gt=now):
        if now < ballot.opened_at + (ballot.closes_at - ballot.opened_at) / 2:
            continue
        reminder = "last day" if ballot.closes_at - now <= LAST_DAY else "half"
        for vote in ballot.votes.filter(choice="").select_related("ballot__application"):
            count += emails.vote(vote, now=now, reminder=reminder)
    return f"{count} reminded" if count else ""
