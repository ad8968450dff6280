"""A member asks to leave, takes it back, or its membership is ended. All its contacts and the secretariat are told."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from core.dates import site_date
from core.transitions import NotPossible, transition
from members.models import Contact, Leaving, Membership, Organisation
from members.states import LEAVING_TRANSITIONS, LeavingState

from . import emails


def waiting_for(organisation: Organisation) -> Leaving | None:
    """The wish of an organisation to leave that waits for the secretariat."""
    return Leaving.objects.filter(organisation=organisation, state=LeavingState.WAITING).first()


def ask_to_leave(organisation: Organisation, *, contact: Contact | None, last_day: date, reason: str = "", now: datetime) -> Leaving:
    """Ask to leave after that day. Asked again, it returns the wish that waits. Raises NotPossible for no member, or for a past day."""
    today = site_date(now)
    if last_day < today:
        raise NotPossible(_("Choose today or a later day."))
    if not Membership.objects.on(today).filter(organisation=organisation).exists():
        raise NotPossible(_("Your organisation does not belong to the coalition now."))
    try:
        with transaction.atomic():
            leaving = Leaving.objects.create(organisation=organisation, contact=contact, last_day=last_day, reason=reason, asked_at=now)
            log(organisation, "members.ask_to_leave", data={"leaving": leaving.pk, "last_day": last_day.isoformat()})
            _tell(leaving, now=now)
            return leaving
    except IntegrityError:
        return Leaving.objects.get(organisation=organisation, state=LeavingState.WAITING)


def take_back(leaving: Leaving, *, now: datetime) -> bool:
    """Stay after all. False if it was taken back before. Raises TransitionNotAllowed once the membership has been ended."""
    with transaction.atomic():
        if not _move(leaving, LeavingState.TAKEN_BACK, action="members.stay", by=None, now=now):
            return False
        log(leaving.organisation, "members.stay", data={"leaving": leaving.pk})
        _tell(leaving, now=now)
        return True


def end_waiting(organisation: Organisation, *, last_day: date, by: Any, now: datetime) -> None:
    """Close the wish that waits, because the membership has its last day, and tell the contacts. Call it in that transaction."""
    leaving = waiting_for(organisation)
    if leaving is None:
        return
    Leaving.objects.filter(pk=leaving.pk).update(last_day=last_day)
    leaving.last_day = last_day
    if _move(leaving, LeavingState.ENDED, action="members.end_membership", by=by, now=now):
        _tell(leaving, now=now)


def _move(leaving: Leaving, to: LeavingState, *, action: str, by: Any, now: datetime) -> bool:
    return transition(leaving, to=to, transitions=LEAVING_TRANSITIONS, action=action, by=by, changes={"decided_at": now})


def _tell(leaving: Leaving, *, now: datetime) -> None:
    for contact in Contact.objects.filter(organisation=leaving.organisation).order_by("sort_order", "pk"):
        emails.leaving(leaving, contact, now=now)
    if leaving.state != LeavingState.ENDED:
        emails.leaving_told(leaving)
