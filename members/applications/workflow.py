"""The actions of an applicant: start, save, submit, invite colleagues, answer questions, withdraw."""

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
from core.mail.send import undone_if_refused
from core.transitions import NotPossible, TransitionNotAllowed, transition
from members.identity.keys import organisation_key
from members.models import Application, Invitation
from members.models.application import FILE_FIELDS
from members.models.subjects import find_subject, subject
from members.states import APPLICATION_TRANSITIONS, OPEN, WRITABLE, Access, ApplicationState

from . import emails
from .keys import keep_keys
from .requirements import FORM_FIELDS, SAVED_WITH, field_as_text, missing_answers
from .signals import withdrawn

# How many days after submitting an answer is promised.
ANSWER_DAYS = 42
MAX_EMAILS_PER_DAY = 3
MAX_INVITATIONS = 10
MAX_APPLICATIONS_PER_REQUEST = 5


class Outcome(Enum):
    """The result of submitting or answering."""

    DONE = "done"
    NOT_READY = "not ready"
    ALREADY_OPEN = "already open"
    ENDED = "ended"


def start(email: str, *, another: bool = False, language: str = "", now: datetime) -> int:
    """Email a link to each unfinished application of the address, or to a new draft.

    `another` creates a new draft besides those that have content. Sends at most 3 emails a day about each application, and none to an
    address that refuses them. Returns how many, of which the page that follows says nothing. Callers limit requests per network.
    """
    address = canonical_address(email)
    under_way = Q(state=ApplicationState.DRAFT) | Q(state__in=OPEN)
    with undone_if_refused(email):
        mine = list(Application.objects.for_address(address).filter(under_way).order_by("-pk")[:MAX_APPLICATIONS_PER_REQUEST])
        invited = Invitation.objects.filter(address_key=address, application__in=Application.objects.filter(under_way))
        invitations = list(invited.select_related("application")[:MAX_APPLICATIONS_PER_REQUEST])
        if another or not (mine or invitations):
            mine = [_empty_draft(email, address, language=language, now=now)]
        sent = [_send_resume_link(application, now=now) for application in mine]
        return sum(sent + [_send_invitation(invitation, now=now) for invitation in invitations])


def _empty_draft(email: str, address: str, *, language: str, now: datetime) -> Application:
    try:
        with transaction.atomic():
            return Application.objects.create(email=email, address_key=address, language=language, started_at=now)
    except IntegrityError:
        return Application.objects.get(address_key=address, state=ApplicationState.DRAFT, saved_at__isnull=True)


def _send_resume_link(application: Application, *, now: datetime) -> bool:
    if _links_sent(emails.APPLICATION, subject(application), now) >= MAX_EMAILS_PER_DAY:
        return False
    return emails.resume(application, now=now)


def _links_sent(purpose: str, about: str, now: datetime) -> int:
    return tokens.count(purpose=purpose, subject=about, since=now - timedelta(days=1))


def writable_fields(application: Application) -> frozenset[str]:
    """Return the fields that the applicant may change now: all of a draft, else those that were asked about."""
    if application.state == ApplicationState.DRAFT:
        fields: set[str] = {*FORM_FIELDS, *FILE_FIELDS}
    elif application.state == ApplicationState.MORE_INFORMATION:
        fields = set(application.open_questions().exclude(field="").values_list("field", flat=True))
    else:
        fields = set()
    return frozenset(fields | {SAVED_WITH[field] for field in fields & SAVED_WITH.keys()})


@contextmanager
def locked(application: Application) -> Iterator[None]:
    """Lock and reload the application for a block of code."""
    with transaction.atomic():
        application.refresh_from_db(from_queryset=Application.objects.select_for_update())
        yield


def lock_for_applicant(application: Application, field: str = "", *, now: datetime) -> None:
    """Lock the application for the current transaction and set `saved_at`.

    Raises TransitionNotAllowed when the applicant may no longer change it, NotPossible when `field` was not asked about.
    """
    if not Application.objects.filter(pk=application.pk, state__in=WRITABLE).update(saved_at=now, warned_at=None):
        raise TransitionNotAllowed(
            Application.objects.filter(pk=application.pk).values_list("state", flat=True).first(), ApplicationState.DRAFT
        )
    application.refresh_from_db(fields=["state", "saved_at", "warned_at"])
    if field and field not in writable_fields(application):
        raise NotPossible(_("This cannot be changed any more: only what was asked about can."))


def save(application: Application, *, values: Mapping[str, Any], now: datetime) -> None:
    """Save cleaned values; anything may be missing.

    Raises TransitionNotAllowed when the applicant may not change the application, NotPossible for a field that was not asked about, or
    when another application of the same organisation is open.
    """
    try:
        with transaction.atomic():
            lock_for_applicant(application, now=now)
            if values.keys() - writable_fields(application):
                raise NotPossible(_("This cannot be changed any more: only what was asked about can."))
            for name, value in values.items():
                setattr(application, name, value)
            application.key = application_key(application)
            application.save(update_fields=[*values, "key"])
            if application.state != ApplicationState.DRAFT:
                keep_keys([application])
    except IntegrityError:
        application.refresh_from_db()
        raise NotPossible(_("There is an open application of this organisation already. Write to us.")) from None


def application_key(application: Application) -> str:
    """Return the key of the organisation that applies; '' without name and website."""
    if not application.name and not application.website:
        return ""
    return organisation_key(application.name, str(application.country or ""), application.website)


def submit(application: Application, *, now: datetime) -> Outcome:
    """Submit the application. Idempotent.

    NOT_READY: see `missing_answers`. ALREADY_OPEN: another application of the organisation is open. ENDED: it was decided or withdrawn.
    """
    application.refresh_from_db()
    if application.state != ApplicationState.DRAFT:
        return Outcome.DONE if application.state in OPEN else Outcome.ENDED
    if missing_answers(application):
        return Outcome.NOT_READY
    promised = site_date(now) + timedelta(days=ANSWER_DAYS)
    changes = {"submitted_at": now, "promised_on": promised, "key": application_key(application)}
    try:
        with transaction.atomic():
            if transition(
                application, to=ApplicationState.SUBMITTED, transitions=APPLICATION_TRANSITIONS, action="members.submit", changes=changes
            ):
                keep_keys([application])
                emails.submitted(application, now=now)
                emails.application_arrived(application)
    except IntegrityError:
        application.refresh_from_db()
        return Outcome.ALREADY_OPEN
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
    """Answer the open questions and return the application to checking. Idempotent.

    `values` are those of fields that were asked about; `replies` answer questions about no field, by primary key. NOT_READY with `finish`
    False, or when a required field or reply is empty: answers are saved, but the questions stay open. ENDED: decided or withdrawn.
    """
    application.refresh_from_db()
    if application.state != ApplicationState.MORE_INFORMATION:
        return Outcome.DONE if application.state in OPEN else Outcome.ENDED
    with transaction.atomic():
        save(application, values=values, now=now)
        questions = list(application.open_questions())
        for question in questions:
            question.after, question.reply = field_as_text(application, question.field), (replies or {}).get(question.pk, question.reply)
            question.save(update_fields=["after", "reply"])
        missing = missing_answers(application)
        if not finish or any(question.field in missing if question.field else not question.reply for question in questions):
            return Outcome.NOT_READY
        if transition(
            application,
            to=ApplicationState.CHECKING,
            transitions={ApplicationState.MORE_INFORMATION: {ApplicationState.CHECKING}},
            action="members.answer",
        ):
            application.open_questions().update(answered_at=now)
            emails.answers_arrived(application, now=now)
    return Outcome.DONE


def withdraw(application: Application, *, now: datetime, by: Any = None) -> bool:
    """Withdraw the application, which cancels a running ballot. False when it is already withdrawn.

    Raises TransitionNotAllowed for a draft or after a decision.
    """
    with transaction.atomic():
        if not transition(
            application,
            to=ApplicationState.WITHDRAWN,
            transitions=APPLICATION_TRANSITIONS,
            action="members.withdraw",
            by=by,
            changes={"ended_at": now},
        ):
            return False
        withdrawn.send(Application, application=application, by=by, now=now)
        emails.withdrawn(application, now=now)
        return True


def discard(application: Application) -> bool:
    """Delete a draft with its files, links and emails. False when it is already gone.

    Raises TransitionNotAllowed when it was submitted meanwhile.
    """
    with transaction.atomic():
        if not Application.objects.filter(pk=application.pk, state=ApplicationState.DRAFT).update(saved_at=timezone.now()):
            state = Application.objects.filter(pk=application.pk).values_list("state", flat=True).first()
            if state is None:
                return False
            raise TransitionNotAllowed(state, ApplicationState.WITHDRAWN)
        revoke_links(application)
        for file in application.files.all():
            file.delete()
        application.delete()
        return True


def revoke_links(application: Application) -> None:
    """Revoke the links of the applicant and of invited colleagues, and delete the emails about the application."""
    for about in (subject(application), *map(subject, application.invitations.all())):
        for purpose in (emails.APPLICATION, emails.APPLICATION_READ):
            tokens.revoke(purpose=purpose, subject=about)
        forget(about=about)


def invite(application: Application, *, email: str, access: Access, now: datetime) -> bool:
    """Email a colleague a personal link. Inviting again with another access changes it and revokes the former link.

    False for more than 10 colleagues. Over 3 emails a day to one of them, or the limits of `core.mail.limits`, no email is sent and nothing
    shows it. Raises NotPossible when the application has ended, or for the applicant's own address.
    """
    address = canonical_address(email)
    if address == application.address_key:
        raise NotPossible(_("The application was started with this address, so it has a link already. Enter a colleague’s address."))
    with transaction.atomic():
        # Locks the row, so that two invitations at once cannot pass the limit.
        if not Application.objects.filter(pk=application.pk, state__in=(ApplicationState.DRAFT, *OPEN)).update(
            language=application.language
        ):
            raise NotPossible(_("This application has ended."))
        known = application.invitations.filter(address_key=address).first()
        if known is None and application.invitations.count() >= MAX_INVITATIONS:
            return False
        if known is not None and known.access != access:
            _revoke(known)
        invitation, _made = Invitation.objects.update_or_create(
            application=application, address_key=address, defaults={"email": email, "access": access}
        )
        _send_invitation(invitation, now=now)
        return True


def _send_invitation(invitation: Invitation, *, now: datetime) -> bool:
    about = subject(invitation)
    if sum(_links_sent(purpose, about, now) for purpose in (emails.APPLICATION, emails.APPLICATION_READ)) >= MAX_EMAILS_PER_DAY:
        return False
    return emails.invitation(invitation, now=now)


def uninvite(invitation: Invitation) -> None:
    """Delete an invitation and revoke its link."""
    with transaction.atomic():
        _revoke(invitation)
        forget(about=subject(invitation))
        invitation.delete()


def _revoke(invitation: Invitation) -> None:
    for purpose in (emails.APPLICATION, emails.APPLICATION_READ):
        tokens.revoke(purpose=purpose, subject=subject(invitation))


def find_application(about: str) -> tuple[Application, Invitation | None] | None:
    """Return the application that a link opens, with the invitation if it is a colleague's link; None when it is gone."""
    row = find_subject(about)
    if isinstance(row, Invitation):
        return row.application, row
    return (row, None) if isinstance(row, Application) else None
