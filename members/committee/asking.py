"""Ask the voters: one email a day to each address with all votes that it has still to cast, whatever the number of ballots.

Each link in it opens one vote. What was asked is remembered on the votes. A vote follows its seat: when another address is entered while
the ballot runs, the links to the former one end, and the new one is asked.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from cms.digest import last_morning
from core.dates import site_date
from core.links import tokens
from core.mail.addresses import canonical_address
from core.models import OutgoingMail
from core.states import MailState
from core.transitions import NotPossible
from members.models import Ballot, Seat, Vote
from members.models.subjects import subject
from members.states import BallotState

from . import emails
from .queries import Voter, voters

LAST_DAY = timedelta(days=1)
HALF, LAST = "half", "last"
_ORDER = ("", HALF, LAST)


def email_voters(now: datetime) -> int:
    """Email each voter who is not asked yet or has to be reminded, at most once a day (from seven in the morning). Returns how many."""
    waiting: dict[str, list[Vote]] = defaultdict(list)
    for vote in _waiting(now).exclude(address_key="").order_by("ballot__closes_at", "pk"):
        waiting[vote.address_key].append(vote)
    return sum(_email(votes, now) for votes in waiting.values() if any(_is_due(vote, now) for vote in votes))


def _waiting(now: datetime) -> QuerySet[Vote]:
    """The votes that are missing and would count."""
    return (
        Vote.objects.missing(now)
        .filter(seat__in=Seat.objects.entitled(site_date(now)))
        .select_related("ballot__application", "seat__organisation")
    )


def _is_due(vote: Vote, now: datetime) -> bool:
    """Whether it was never asked, or a reminder is due: at half time, and on the last day. A paused ballot reminds nobody."""
    return not vote.emailed_at or _ORDER.index(_step(vote, now)) > _ORDER.index(vote.reminded)


def _step(vote: Vote, now: datetime) -> str:
    ballot = vote.ballot
    if ballot.state != BallotState.OPEN:
        return ""
    if ballot.closes_at - now <= LAST_DAY < ballot.closes_at - ballot.opened_at:
        return LAST
    return HALF if now >= ballot.opened_at + (ballot.closes_at - ballot.opened_at) / 2 else ""


def _email(votes: list[Vote], now: datetime) -> bool:
    """Email one voter about these votes. False when they had an email today, or another process writes it."""
    first, morning = votes[0], last_morning(now)
    with transaction.atomic():
        claimed = Vote.objects.filter(pk=first.pk, emailed_at=first.emailed_at, address_key=first.address_key)
        had_one = Vote.objects.filter(address_key=first.address_key, emailed_at__gte=morning)
        if had_one.exists() or not claimed.update(emailed_at=now):
            return False
        key = emails.key_of(first, now)
        reminds = any(vote.emailed_at for vote in votes)
        if not emails.votes(votes, key=key, is_reminder=reminds):
            # It was not written, because the address is suppressed or invalid. Whoever is not asked is named on the page of the ballot.
            Vote.objects.filter(pk=first.pk, emailed_at=now).update(emailed_at=first.emailed_at)
            return False
        for vote in votes:
            reminded = max(vote.reminded, _step(vote, now), key=_ORDER.index)
            Vote.objects.filter(pk=vote.pk).update(emailed_at=now, mail_key=key, reminded=reminded)
    return True


def send_again(vote: Vote, *, by: Any, now: datetime) -> bool:
    """Send the link to one vote again at once, also after voting. False when the address is suppressed or invalid.

    Raises NotPossible without an address.
    """
    if not vote.email:
        raise NotPossible(emails.NO_ADDRESS % {"organisation": vote.organisation_name})
    with transaction.atomic():
        key = emails.key_of(vote, now)
        if not emails.vote_link(vote, key=key):
            return False
        Vote.objects.filter(pk=vote.pk).update(emailed_at=now, mail_key=key)
        log(vote.ballot, "members.send_vote_link", user=by, data={"vote": vote.pk, "seat": vote.organisation_name})
    return True


def record_asked(votes: QuerySet[Vote]) -> int:
    """Remember which of these votes were asked: the email with their link was sent. Returns how many are new."""
    written = dict(votes.filter(asked_at__isnull=True).exclude(mail_key="").values_list("pk", "mail_key"))
    sent = OutgoingMail.objects.filter(key__in=set(written.values()), state=MailState.SENT) if written else OutgoingMail.objects.none()
    times = dict(sent.values_list("key", "finished_at"))
    return sum(
        Vote.objects.filter(pk=pk, mail_key=key, asked_at__isnull=True).update(asked_at=times[key])
        for pk, key in written.items()
        if times.get(key)
    )


def follow_seats(votes: QuerySet[Vote]) -> int:
    """Let these votes follow the people of their seats. Returns how many have another address or person now."""
    rows = list(votes.filter(seat__isnull=False, ballot__in=Ballot.objects.running()).select_related("seat"))
    people = voters({vote.seat_id: vote.seat for vote in rows if vote.seat}.values())
    return sum(_follow(vote, vote.seat, people[vote.seat.pk]) for vote in rows if vote.seat)


def _follow(vote: Vote, seat: Seat, voter: Voter) -> bool:
    if (vote.person_name, vote.email) == (voter.name, voter.email):
        return False
    belongs = vote.email in (seat.person_email, seat.alternate_email) and vote.email
    if belongs and vote.choice:  # who has voted is in the minutes
        return False
    values: dict[str, Any] = {} if vote.choice else {"person_name": voter.name}
    if vote.email != voter.email:
        values |= {"email": voter.email, "address_key": canonical_address(voter.email)}
        values |= {"emailed_at": None, "mail_key": "", "asked_at": None, "reminded": ""}
    with transaction.atomic():
        if not values or not Vote.objects.filter(pk=vote.pk, email=vote.email, choice=vote.choice).update(**values):
            return False
        if "email" in values:
            tokens.revoke(purpose=emails.VOTE, subject=subject(vote))
            log(vote.ballot, "members.change_voter", data={"vote": vote.pk, "seat": vote.organisation_name})
    return True
