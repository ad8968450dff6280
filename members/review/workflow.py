"""The actions of the secretariat on an application: review, assign, ask, put to the committee, accept, decline."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.applications.requirements import ASKABLE_FIELDS, field_as_text
from members.committee import workflow as committee
from members.models import Application, ApplicationNote, Ballot, Organisation, Question
from members.states import APPLICATION_TRANSITIONS, ApplicationState, BallotResult, BallotState, DeclineReason, VotingRule

from . import admission, emails

# Warn if a colleague opened the application within this time.
RECENTLY = timedelta(minutes=15)


def record_opening(application: Application, *, by: Any, now: datetime) -> tuple[Any, datetime] | None:
    """Record who opens an application. Return who else opened it recently, and when, to warn about it; None if nobody did."""
    other, opened_at = application.opened_by, application.opened_at
    Application.objects.filter(pk=application.pk).update(opened_by=by, opened_at=now)
    application.opened_by, application.opened_at = by, now
    if other is None or opened_at is None or other.pk == by.pk or opened_at <= now - RECENTLY:
        return None
    return other, opened_at


def start_review(application: Application, *, by: Any, now: datetime) -> bool:
    """Start to check a submitted application, and assign it to `by` unless it is assigned. False when it is being checked already."""
    changes = {"assigned_to": application.assigned_to or by}
    transitions = {ApplicationState.SUBMITTED: {ApplicationState.CHECKING}}
    return transition(application, to=ApplicationState.CHECKING, transitions=transitions, action="members.take", by=by, changes=changes)


def assign(application: Application, *, to: Any, by: Any) -> bool:
    """Assign an application to a colleague, who is told, or with None to nobody. False when it is so already."""
    with transaction.atomic():
        others = Q(assigned_to__isnull=False) if to is None else Q(assigned_to__isnull=True) | ~Q(assigned_to=to)
        changed = Application.objects.filter(others, pk=application.pk).update(assigned_to=to)
        if changed:
            log(application, "members.assign", user=by, data={"to": to.pk if to else None})
            application.assigned_to = to
            emails.assigned(application, by=by)
    application.assigned_to = to
    return bool(changed)


def ask(application: Application, *, questions: Iterable[tuple[str, str]], by: Any, now: datetime) -> bool:
    """Ask the applicant questions, as pairs of a field ('' for none) and a text. Until they answer they can change only these fields.

    False when a colleague asked at the same moment: no question is added. Raises NotPossible without a question or with two about one
    field, ValueError for an unknown field, TransitionNotAllowed when the application is not being checked.
    """
    asked = [(field, text.strip()) for field, text in questions if text.strip()]
    fields = [field for field, _text in asked if field]
    if not asked or len(fields) != len(set(fields)):
        raise NotPossible(_("Write at least one question, and one for a field."))
    if set(fields) - set(ASKABLE_FIELDS):
        raise ValueError("a question about a field that the form does not have")
    with transaction.atomic():
        transitions, data = {ApplicationState.CHECKING: {ApplicationState.MORE_INFORMATION}}, {"fields": fields}
        changes = {"asked_at": now, "reminded_after": 0}
        if not transition(
            application,
            to=ApplicationState.MORE_INFORMATION,
            transitions=transitions,
            action="members.ask",
            by=by,
            changes=changes,
            data=data,
        ):
            return False
        application.refresh_from_db()
        Question.objects.bulk_create(
            Question(application=application, field=field, text=text, asked_at=now, asked_by=by, before=field_as_text(application, field))
            for field, text in asked
        )
        emails.questions(application, now=now)
        return True


def continue_without_answers(application: Application, *, by: Any, now: datetime) -> bool:
    """Continue checking without waiting for answers, for example because they came by phone. Answers saved so far are kept."""
    with transaction.atomic():
        transitions = {ApplicationState.MORE_INFORMATION: {ApplicationState.CHECKING}}
        if not transition(application, to=ApplicationState.CHECKING, transitions=transitions, action="members.stop_asking", by=by):
            return False
        application.refresh_from_db()
        for question in application.open_questions():
            question.after, question.answered_at = field_as_text(application, question.field), now
            question.save(update_fields=["after", "answered_at"])
        return True


def put_to_committee(application: Application, *, rule: VotingRule, days: int, by: Any, now: datetime) -> Ballot | None:
    """Open a ballot on an application. None when it is with the committee already. Raises like `committee.open_ballot`."""
    with transaction.atomic():
        if not transition(
            application, to=ApplicationState.WITH_COMMITTEE, transitions=APPLICATION_TRANSITIONS, action="members.put_to_committee", by=by
        ):
            return None
        return committee.open_ballot(application, rule=rule, days=days, by=by, now=now)


def open_another_ballot(application: Application, *, rule: VotingRule, days: int, by: Any, now: datetime) -> Ballot | None:
    """Open another ballot on an application that is with the committee. None while one runs. Raises like `committee.open_ballot`, and
    TransitionNotAllowed when it is not with the committee."""
    with transaction.atomic():
        # Locks the application, so that two colleagues open one ballot, and none after a decision.
        if not Application.objects.filter(pk=application.pk, state=ApplicationState.WITH_COMMITTEE).update(state=F("state")):
            raise TransitionNotAllowed(application.state, ApplicationState.WITH_COMMITTEE)
        if application.ballots.running().exists():
            return None
        return committee.open_ballot(application, rule=rule, days=days, by=by, now=now)


def take_back_from_committee(application: Application, *, by: Any, now: datetime) -> bool:
    """Return an application from the committee to checking, which cancels a running ballot. False when it is being checked already."""
    with transaction.atomic():
        transitions = {ApplicationState.WITH_COMMITTEE: {ApplicationState.CHECKING}}
        if not transition(application, to=ApplicationState.CHECKING, transitions=transitions, action="members.ask_again", by=by):
            return False
        committee.cancel_running_ballot(application, by=by, now=now)
        return True


def committee_agreed(application: Application) -> bool:
    """Whether the last ballot on an application was adopted."""
    last = application.ballots.last()
    return last is not None and last.state == BallotState.CLOSED and last.result == BallotResult.ADOPTED


def accept(
    application: Application,
    *,
    organisation: Organisation | None = None,
    as_new: bool = False,
    decision_message: str = "",
    decided_otherwise: str = "",
    summary: str | None = None,
    by: Any,
    now: datetime,
) -> Organisation | None:
    """Accept an application: create or update the organisation, its membership and contacts, and email the welcome. None when done before.

    `organisation` is the existing one, or None to match it or create a new one; `as_new` always creates one. Raises NotPossible when the
    committee has not agreed, unless `decided_otherwise` explains how it did (in a meeting, say), and like `admission.admit`.
    """
    with transaction.atomic():
        # Judged in the state that it is accepted from: a colleague may have put it to the committee a moment ago.
        application.refresh_from_db(from_queryset=Application.objects.select_for_update(of=("self",)))
        if application.state == ApplicationState.WITH_COMMITTEE and not decided_otherwise.strip() and not committee_agreed(application):
            raise NotPossible(_("The committee has not agreed in a ballot. If it decided otherwise, say how."))
        data = {"decided": decided_otherwise.strip()} if decided_otherwise.strip() else None
        changes = {"ended_at": now, "decision_message": decision_message}
        if not transition(
            application,
            to=ApplicationState.ACCEPTED,
            transitions=APPLICATION_TRANSITIONS,
            action="members.accept",
            by=by,
            changes=changes,
            data=data,
        ):
            return None
        committee.cancel_running_ballot(application, by=by, now=now)
        application.refresh_from_db()
        admitted = admission.admit(application, organisation, as_new=as_new, summary=summary, by=by, now=now)
        emails.welcome(application, now=now)
        return admitted


def decline(
    application: Application, *, reason: DeclineReason, decision_message: str = "", by: Any, now: datetime, notify: bool = True
) -> bool:
    """Decline an application and, with `notify`, email the reason and `decision_message`. False when it is declined already."""
    with transaction.atomic():
        changes = {"ended_at": now, "decline_reason": reason, "decision_message": decision_message}
        data = {"reason": str(reason)}
        if not transition(
            application,
            to=ApplicationState.DECLINED,
            transitions=APPLICATION_TRANSITIONS,
            action="members.decline",
            by=by,
            changes=changes,
            data=data,
        ):
            return False
        committee.cancel_running_ballot(application, by=by, now=now)
        if notify:
            emails.declined(application, now=now)
        return True


def set_promised_date(application: Application, *, on: Any, by: Any) -> bool:
    """Change the day by which the applicant is promised an answer. False when it is the same. Raises TransitionNotAllowed after the end."""
    with transaction.atomic():
        rows = Application.objects.open().filter(pk=application.pk)
        if not rows.exists():
            raise TransitionNotAllowed(application.state, application.state)
        changed = rows.exclude(promised_on=on).update(promised_on=on)
        if changed:
            log(application, "members.promise", user=by, data={"to": str(on)})
    application.promised_on = on
    return bool(changed)


def add_note(application: Application, *, text: str, by: Any, now: datetime) -> ApplicationNote:
    """Add a note for colleagues. It is deleted when the application is anonymised."""
    with transaction.atomic():
        row = ApplicationNote.objects.create(application=application, text=text, by=by, at=now)
        log(application, "members.note", user=by)
        return row
