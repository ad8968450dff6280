"""What the applicant does: start, save, submit, invite a colleague, answer, withdraw."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import site_date
from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.queue import forget
from core.mail.suppression import is_suppressed
from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.identity.keys import organisation_key
from members.models import Application, Invitation
from members.models.application import FILE_FIELDS
from members.models.subjects import found_by, subject
from members.states import OPEN, TRANSITIONS, WRITABLE, Access, State

from . import emails
from .requirements import FORM_FIELDS, as_text, missing_answers
from .signals import withdrawn

# An answer is promised so many days after submitting.
PROMISED_DAYS = 42
MOST_MAILS_A_DAY = 3
MOST_INVITATIONS = 10
# How many applications one address gets links to when it asks.
MOST_AT_ONCE = 5


class Outcome(Enum):
    """What came of pressing submit or answer."""

    DONE = "done"
    NOT_READY = "not ready"
    STANDS_ALREADY = "stands already"
    ENDED = "ended"


def start(email: str, *, another: bool = False, language: str = "", now: datetime) -> None:
    """Write to the address: a link to each application it has under way, or to a new draft. It returns nothing, because the page
    that follows says the same to everybody.

    `another` makes a new draft beside those that have something in them. At most 3 mails a day about each; asking ten times makes
    one draft, and an address that wants no mail from here none. Count asks with `core.web.throttle` before, per network.
    """
    if is_suppressed(email):
        return
    address = canonical_address(email)
    under_way = Q(state=State.DRAFT) | Q(state__in=OPEN)
    with transaction.atomic():
        mine = list(Application.objects.of_address(address).filter(under_way).order_by("-pk")[:MOST_AT_ONCE])
        invited = Invitation.objects.filter(address_key=address, application__in=Application.objects.filter(under_way))
        invitations = list(invited.select_related("application")[:MOST_AT_ONCE])
        if another or not (mine or invitations):
            mine = [_empty_draft(email, address, language=language, now=now)]
        for application in mine:
            _mail_resume(application, now=now)
        for invitation in invitations:
            _mail_invitation(invitation, now=now)


def _empty_draft(email: str, address: str, *, language: str, now: datetime) -> Application:
    try:
        with transaction.atomic():
            return Application.objects.create(email=email, address_key=address, language=language, started_at=now)
    except IntegrityError:
        return Application.objects.get(address_key=address, state=State.DRAFT, saved_at__isnull=True)


def _mail_resume(application: Application, *, now: datetime) -> bool:
    if _written(emails.APPLICATION, subject(application), now) >= MOST_MAILS_A_DAY:
        return False
    return emails.resume(application, now=now)


def _written(purpose: str, about: str, now: datetime) -> int:
    return tokens.count(purpose=purpose, subject=about, since=now - timedelta(days=1))


def writable_fields(application: Application) -> frozenset[str]:
    """Of the form and the files, what the applicant may change now: all of a draft, else what was asked."""
    if application.state == State.DRAFT:
        return frozenset((*FORM_FIELDS, *FILE_FIELDS))
    if application.state == State.MORE_INFORMATION:
        return frozenset(application.questions_open().exclude(field="").values_list("field", flat=True))
    return frozenset()


@contextmanager
def alone(application: Application) -> Iterator[None]:
    """Nobody else writes in it meanwhile; what stands there is read anew."""
    with transaction.atomic():
        application.refresh_from_db(from_queryset=Application.objects.select_for_update())
        yield


def hold_still(application: Application, field: str = "", *, now: datetime) -> None:
    """Lock the row for the caller's transaction while the applicant may write in it, and note the time.

    Raises TransitionNotAllowed when they may not any more, NotPossible when `field` was not asked about.
    """
    if not Application.objects.filter(pk=application.pk, state__in=WRITABLE).update(saved_at=now, warned_at=None):
        raise TransitionNotAllowed(Application.objects.filter(pk=application.pk).values_list("state", flat=True).first(), State.DRAFT)
    application.refresh_from_db(fields=["state", "saved_at", "warned_at"])
    if field and field not in writable_fields(application):
        raise NotPossible(_("This cannot be changed any more: only what was asked about can."))


def save(application: Application, *, values: Mapping[str, Any], now: datetime) -> None:
    """Keep what was typed, cleaned by a form; anything may be missing. While answering, only fields that were asked about.

    Raises TransitionNotAllowed when it is no draft and nothing was asked, NotPossible for another field, or for a name of which there is an
    open application already.
    """
    try:
        with transaction.atomic():
            hold_still(application, now=now)
            if values.keys() - writable_fields(application):
                raise NotPossible(_("This cannot be changed any more: only what was asked about can."))
            for name, value in values.items():
                setattr(application, name, value)
            application.key = key_of(application)
            application.save(update_fields=[*values, "key"])
    except IntegrityError:
        application.refresh_from_db()
        raise NotPossible(_("There is an open application of this organisation already. Write to us.")) from None


def key_of(application: Application) -> str:
    """The same for the same organisation; '' while it has neither name nor website."""
    if not application.name and not application.website:
        return ""
    return organisation_key(application.name, str(application.country or ""), application.website)


def submit(application: Application, *, now: datetime) -> Outcome:
    """Hand it in, once. NOT_READY: `missing_answers` says what is missing. STANDS_ALREADY: another one of this organisation is open."""
    application.refresh_from_db()
    if application.state != State.DRAFT:
        return Outcome.DONE if application.state in OPEN else Outcome.ENDED
    if missing_answers(application):
        return Outcome.NOT_READY
    promised = site_date(now) + timedelta(days=PROMISED_DAYS)
    changes = {"submitted_at": now, "promised_on": promised, "key": key_of(application)}
    try:
        with transaction.atomic():
            if transition(application, to=State.SUBMITTED, transitions=TRANSITIONS, action="members.submit", changes=changes):
                emails.submitted(application, now=now)
                emails.application_arrived(application)
    except IntegrityError:
        application.refresh_from_db()
        return Outcome.STANDS_ALREADY
    except TransitionNotAllowed as refused:
        application.refresh_from_db()
        return Outcome.DONE if refused.state in OPEN else Outcome.ENDED
    return Outcome.DONE


def answer(
    application: Application,
    *,
    values: Mapping[str, Any],
    replies: Mapping[int, str] | None = None,
    finish: bool = True,
    now: datetime,
) -> Outcome:
    """Answer all open questions: `values` of the fields asked about, `replies` in words by the question's number. Back to checking,
    unless `finish` is False: then what was typed is kept for later, and the outcome is NOT_READY.

    Each question keeps what stood there and what stands there now. NOT_READY when a field that must not be empty is, or a question about
    no field has no reply; what was typed is kept all the same. A second time, or when it was not asked: DONE or ENDED, nothing changes.
    """
    application.refresh_from_db()
    if application.state != State.MORE_INFORMATION:
        return Outcome.DONE if application.state in OPEN else Outcome.ENDED
    with transaction.atomic():
        save(application, values=values, now=now)
        questions = list(application.questions_open())
        for question in questions:
            question.after, question.reply = as_text(application, question.field), (replies or {}).get(question.pk, question.reply)
            question.save(update_fields=["after", "reply"])
        missing = missing_answers(application)
        if not finish or any(question.field in missing if question.field else not question.reply for question in questions):
            return Outcome.NOT_READY
        if transition(application, to=State.CHECKING, transitions={State.MORE_INFORMATION: {State.CHECKING}}, action="members.answer"):
            application.questions_open().update(answered_at=now)
    return Outcome.DONE


def withdraw(application: Application, *, now: datetime, by: Any = None) -> bool:
    """Withdraw the application and cancel a running ballot. False when it was before.

    Raises TransitionNotAllowed after a decision, and for a draft.
    """
    with transaction.atomic():
        if not transition(
            application, to=State.WITHDRAWN, transitions=TRANSITIONS, action="members.withdraw", by=by, changes={"ended_at": now}
        ):
            return False
        withdrawn.send(Application, application=application, by=by, now=now)
        emails.withdrawn(application, now=now)
        return True


def discard(application: Application) -> bool:
    """Delete a draft with its files, links and mails. False when it is gone already.

    Raises TransitionNotAllowed when it was submitted meanwhile.
    """
    with transaction.atomic():
        if not Application.objects.filter(pk=application.pk, state=State.DRAFT).update(saved_at=timezone.now()):
            state = Application.objects.filter(pk=application.pk).values_list("state", flat=True).first()
            if state is None:
                return False
            raise TransitionNotAllowed(state, State.WITHDRAWN)
        forget_links(application)
        for file in application.files.all():
            file.delete()
        application.delete()
        return True


def forget_links(application: Application) -> None:
    """No link to it works any more, its colleagues' included, and no mail about it can be read."""
    for about in (subject(application), *map(subject, application.invitations.all())):
        for purpose in (emails.APPLICATION, emails.APPLICATION_READ):
            tokens.revoke(purpose=purpose, subject=about)
        forget(about=about)


def invite(application: Application, *, email: str, access: Access, now: datetime) -> bool:
    """Write to a colleague, with a link of their own. Inviting again changes what they may do; a former link is worth nothing then.

    False over the limits: 10 colleagues, 3 mails a day to each. Raises NotPossible when the application has ended.
    """
    address = canonical_address(email)
    with transaction.atomic():
        # Locks the row, so that two invitations at once cannot pass the limit.
        if not Application.objects.filter(pk=application.pk, state__in=(State.DRAFT, *OPEN)).update(language=application.language):
            raise NotPossible(_("This application has ended."))
        known = application.invitations.filter(address_key=address).first()
        if known is None and application.invitations.count() >= MOST_INVITATIONS:
            return False
        if known is not None and known.access != access:
            _revoke(known)
        invitation, _made = Invitation.objects.update_or_create(
            application=application, address_key=address, defaults={"email": email, "access": access}
        )
        return _mail_invitation(invitation, now=now)


def _mail_invitation(invitation: Invitation, *, now: datetime) -> bool:
    if is_suppressed(invitation.email):
        return True  # that a colleague wants no mail from here is told to nobody
    about = subject(invitation)
    if sum(_written(purpose, about, now) for purpose in (emails.APPLICATION, emails.APPLICATION_READ)) >= MOST_MAILS_A_DAY:
        return False
    return emails.invitation(invitation, now=now)


def uninvite(invitation: Invitation) -> None:
    """The colleague's link is worth nothing any more."""
    with transaction.atomic():
        _revoke(invitation)
        forget(about=subject(invitation))
        invitation.delete()


def _revoke(invitation: Invitation) -> None:
    for purpose in (emails.APPLICATION, emails.APPLICATION_READ):
        tokens.revoke(purpose=purpose, subject=subject(invitation))


def opened_with(about: str) -> tuple[Application, Invitation | None] | None:
    """The application that a link is about, and the colleague whose link it is; None when it is gone."""
    row = found_by(about)
    if isinstance(row, Invitation):
        return row.application, row
    return (row, None) if isinstance(row, Application) else None
