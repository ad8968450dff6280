"""What the secretariat does with an application: take, assign, ask, put to the committee, accept, decline, ask again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.applications.requirements import ASKABLE, as_text
from members.committee import workflow as committee
from members.models import Application, ApplicationNote, Ballot, Organisation, Question
from members.states import TRANSITIONS, BallotState, DeclineReason, Result, Rule, State

from . import admission, emails

# A colleague who opened it so lately is worth a warning.
LOOKED_LATELY = timedelta(minutes=15)


def look(application: Application, *, by: Any, now: datetime) -> tuple[Any, datetime] | None:
    """Note who opens it; who else did within a quarter of an hour, and when. It warns, it locks nobody out."""
    other = application.opened_by
    before = (other, application.opened_at) if other is not None and application.opened_at is not None else None
    Application.objects.filter(pk=application.pk).update(opened_by=by, opened_at=now)
    application.opened_by, application.opened_at = by, now
    return before if before and before[0].pk != by.pk and before[1] > now - LOOKED_LATELY else None


def take(application: Application, *, by: Any, now: datetime) -> bool:
    """Begin checking what was submitted. It is `by`'s, unless somebody was assigned. False when a colleague was faster."""
    changes = {"assigned_to": application.assigned_to or by}
    transitions = {State.SUBMITTED: {State.CHECKING}}
    return transition(application, to=State.CHECKING, transitions=transitions, action="members.take", by=by, changes=changes)


def assign(application: Application, *, to: Any, by: Any) -> bool:
    """Make it a colleague's, or with None nobody's. False when it is that already."""
    with transaction.atomic():
        others = Q(assigned_to__isnull=False) if to is None else Q(assigned_to__isnull=True) | ~Q(assigned_to=to)
        changed = Application.objects.filter(others, pk=application.pk).update(assigned_to=to)
        if changed:
            log(application, "members.assign", user=by, data={"to": to.pk if to else None})
    application.assigned_to = to
    return bool(changed)


def ask(application: Application, *, questions: Iterable[tuple[str, str]], by: Any, now: datetime) -> bool:
    """Ask the applicant: pairs of a field ('' for none) and a question. Only these fields can be changed until they are answered.

    False when a colleague asked at the same moment: nothing is added then. Raises NotPossible without a question or for a field
    twice, ValueError for a field that is none, TransitionNotAllowed when it is not being checked.
    """
    asked = [(field, text.strip()) for field, text in questions if text.strip()]
    fields = [field for field, _text in asked if field]
    if not asked or len(fields) != len(set(fields)):
        raise NotPossible(_("Write at least one question, and one for a field."))
    if set(fields) - set(ASKABLE):
        raise ValueError("a question about a field that the form does not have")
    with transaction.atomic():
        transitions, data = {State.CHECKING: {State.MORE_INFORMATION}}, {"fields": fields}
        changes = {"asked_at": now}
        if not transition(
            application, to=State.MORE_INFORMATION, transitions=transitions, action="members.ask", by=by, changes=changes, data=data
        ):
            return False
        application.refresh_from_db()
        Question.objects.bulk_create(
            Question(application=application, field=field, text=text, asked_at=now, asked_by=by, before=as_text(application, field))
            for field, text in asked
        )
        emails.questions(application, now=now)
        return True


def stop_asking(application: Application, *, by: Any, now: datetime) -> bool:
    """Go on checking without the answers, for instance because they came by telephone. What was typed meanwhile is kept."""
    with transaction.atomic():
        transitions = {State.MORE_INFORMATION: {State.CHECKING}}
        if not transition(application, to=State.CHECKING, transitions=transitions, action="members.stop_asking", by=by):
            return False
        application.refresh_from_db()
        for question in application.questions_open():
            question.after, question.answered_at = as_text(application, question.field), now
            question.save(update_fields=["after", "answered_at"])
        return True


def put_to_committee(
    application: Application, *, rule: Rule, days: int, quorum: int | None = None, by: Any, now: datetime
) -> Ballot | None:
    """Open a ballot about it. None when a colleague was faster. Raises as `balloting.open_ballot` does."""
    with transaction.atomic():
        if not transition(application, to=State.WITH_COMMITTEE, transitions=TRANSITIONS, action="members.put_to_committee", by=by):
            return None
        return committee.open_ballot(application, rule=rule, days=days, quorum=quorum, by=by, now=now)


def ask_again(application: Application, *, by: Any, now: datetime) -> bool:
    """Take it back from the committee to check more; a running ballot is cancelled."""
    with transaction.atomic():
        transitions = {State.WITH_COMMITTEE: {State.CHECKING}}
        if not transition(application, to=State.CHECKING, transitions=transitions, action="members.ask_again", by=by):
            return False
        committee.cancel_running(application, by=by, now=now)
        return True


def has_agreed(application: Application) -> bool:
    """Whether the committee's last ballot is closed and adopted."""
    last = application.ballots.last()
    return last is not None and last.state == BallotState.CLOSED and last.result == Result.ADOPTED


def accept(
    application: Application,
    *,
    organisation: Organisation | None = None,
    as_new: bool = False,
    letter: str = "",
    decided_otherwise: str = "",
    by: Any,
    now: datetime,
) -> Organisation | None:
    """Welcome a member: organisation, membership, contacts, logo and the welcome mail, all or nothing. None when it was done before.

    `organisation` is the one it is; else it is recognised or made, and with `as_new` always made. Raises NotPossible when the committee
    has not agreed, unless `decided_otherwise` tells how it did (in a meeting, say), and as `admission.admit` does.
    """
    with transaction.atomic():
        if application.state == State.WITH_COMMITTEE and not decided_otherwise.strip() and not has_agreed(application):
            raise NotPossible(_("The committee has not agreed in a ballot. If it decided otherwise, say how."))
        data = {"decided": decided_otherwise.strip()} if decided_otherwise.strip() else None
        changes = {"ended_at": now, "letter": letter}
        if not transition(
            application, to=State.ACCEPTED, transitions=TRANSITIONS, action="members.accept", by=by, changes=changes, data=data
        ):
            return None
        committee.cancel_running(application, by=by, now=now)
        application.refresh_from_db()
        admitted = admission.admit(application, organisation, as_new=as_new, by=by, now=now)
        emails.welcome(application, now=now)
        return admitted


def decline(application: Application, *, reason: DeclineReason, letter: str = "", by: Any, now: datetime, tell: bool = True) -> bool:
    """It does not join, for a reason; `letter` is added to the mail. From checking too, for what no committee need see."""
    with transaction.atomic():
        changes = {"ended_at": now, "decline_reason": reason, "letter": letter}
        data = {"reason": str(reason)}
        if not transition(
            application, to=State.DECLINED, transitions=TRANSITIONS, action="members.decline", by=by, changes=changes, data=data
        ):
            return False
        committee.cancel_running(application, by=by, now=now)
        if tell:
            emails.declined(application, now=now)
        return True


def promise(application: Application, *, on: Any, by: Any) -> bool:
    """Promise another day; the status page tells it. False when it is that day already. Raises TransitionNotAllowed when it is decided."""
    with transaction.atomic():
        rows = Application.objects.open().filter(pk=application.pk)
        if not rows.exists():
            raise TransitionNotAllowed(application.state, application.state)
        changed = rows.exclude(promised_on=on).update(promised_on=on)
        if changed:
            log(application, "members.promise", user=by, data={"to": str(on)})
    application.promised_on = on
    return bool(changed)


def note(application: Application, *, text: str, by: Any, now: datetime) -> ApplicationNote:
    """For colleagues. It goes when the application's personal data go."""
    with transaction.atomic():
        row = ApplicationNote.objects.create(application=application, text=text, by=by, at=now)
        log(application, "members.note", user=by)
        return row
