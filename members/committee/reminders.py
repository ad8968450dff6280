"""The daily email to voters: what waits for their votes, with its reminders."""

from datetime import datetime

from core.due import due
from members.models import Ballot, Vote

from . import asking


@due("ballots")
def ask_voters(now: datetime) -> str:
    """Let votes follow their seats, remember who was asked, and email each voter at most once a day."""
    running = Vote.objects.filter(ballot__in=Ballot.objects.running())
    if not running.exists():
        return ""
    asking.follow_seats(running)
    asking.record_asked(running)
    count = asking.email_voters(now)
    return f"{count} asked" if count else ""
