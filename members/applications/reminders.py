"""What the clock says to applicants, to the steering committee and to members. Missed for days, it says the latest thing, once."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.due import due
from members import emails
from members.models import Application, Ballot, Contact, Membership
from members.models.membership_year import YEAR, asleep_since
from members.states import BallotState, State

from .workflow import discard

DRAFT_WARNED = timedelta(days=75)
DRAFT_KEPT = timedelta(days=90)
# However late the warning was: so long it stays a warning.
NOTICE = DRAFT_KEPT - DRAFT_WARNED
QUESTION_STEPS = (7, 21)
YEAR_STEPS = (0, 14, 30, 75)
LAST_DAY = timedelta(days=1)
PORTION = 200


@due("unfinished applications")
def warn_of_and_delete_drafts(now: datetime) -> str:
    """Untouched for 75 days: a warning. For 90, and 15 after the warning: gone with its files. An empty one goes without a word, because
    whoever typed the address may not have been its owner."""
    drafts = Application.objects.filter(state=State.DRAFT)
    warned = 0
    for draft in drafts.filter(saved_at__lte=now - DRAFT_WARNED, warned_at__isnull=True).order_by("pk")[:PORTION]:
        with transaction.atomic():
            untouched = drafts.filter(pk=draft.pk, warned_at__isnull=True, saved_at=draft.saved_at)
            if untouched.update(warned_at=now):
                emails.draft_expiring(draft, ends_at=max((draft.saved_at or now) + DRAFT_KEPT, now + NOTICE), now=now)
                warned += 1
    over = Q(saved_at__lte=now - DRAFT_KEPT, warned_at__lte=now - NOTICE) | Q(saved_at__isnull=True, started_at__lte=now - DRAFT_KEPT)
    deleted = sum(_delete(draft, over) for draft in drafts.filter(over).order_by("pk")[:PORTION])
    return ", ".join(f"{number} {what}" for number, what in ((warned, "warned of"), (deleted, "deleted")) if number)


def _delete(draft: Application, over: Q) -> bool:
    """False when it was saved at this very moment."""
    with transaction.atomic():
        locked = Application.objects.filter(over, pk=draft.pk, state=State.DRAFT).update(warned_at=F("warned_at"))
        return bool(locked) and discard(draft)


@due("questions to applicants")
def remind_of_questions(now: datetime) -> str:
    """After 7 and after 21 days without an answer. Nothing closes by itself."""
    waiting = Application.objects.filter(state=State.MORE_INFORMATION, asked_at__lte=now - timedelta(days=QUESTION_STEPS[0]))
    count = sum(
        emails.questions(application, now=now, reminder=str(_step(QUESTION_STEPS, (now - (application.asked_at or now)).days)))
        for application in waiting
    )
    return f"{count} reminded" if count else ""


def _step(steps: tuple[int, ...], days: int) -> int:
    """The last step that has been reached: one that was missed is not made up for."""
    return max(step for step in steps if step <= days)


@due("ballots")
def remind_of_ballots(now: datetime) -> str:
    """Whoever has not voted, at half time and on the last day. While an objection stops the clock, nobody."""
    count = 0
    for ballot in Ballot.objects.filter(state=BallotState.OPEN, closes_at__gt=now):
        if now < ballot.opened_at + (ballot.closes_at - ballot.opened_at) / 2:
            continue
        reminder = "last day" if ballot.closes_at - now <= LAST_DAY else "half"
        for vote in ballot.votes.filter(choice="").select_related("ballot__application"):
            count += emails.vote(vote, now=now, reminder=reminder)
    return f"{count} reminded" if count else ""


@due("membership year")
def ask_whether_it_is_still_right(now: datetime) -> str:
    """On the due date, after 14 and 30 days, and 15 days before it is hidden: once each to whoever answers for the organisation."""
    today = timezone.localdate(now)
    known = Membership.objects.on(today).annotate(last_known=Coalesce("confirmed_on", "recorded_on"))
    count = 0
    for membership in known.filter(last_known__lte=today - YEAR, last_known__gt=asleep_since(today)).select_related("organisation"):
        standing = membership.standing(today)
        step = _step(YEAR_STEPS, (today - standing.due_on).days)
        organisation = membership.organisation
        for contact in Contact.objects.filter(organisation=organisation).who_answer():
            count += emails.year(
                contact, organisation=organisation, due_on=standing.due_on, hidden_on=standing.hidden_on, step=step, now=now
            )
    return f"{count} asked" if count else ""
