"""Erasing personal data of applications, votes and contacts, on request or when their time is over.

A request erases the person and keeps what the organisation did: an application that was decided, a vote, a seat. When its time is over,
only outcome, reason, country, kind and dates of an application are kept.
"""

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from core.links import tokens
from core.mail.addresses import canonical_address
from core.mail.queue import forget
from core.transitions import TransitionNotAllowed, transition
from members.applications.requirements import FORM_FIELDS, PEOPLE_FIELDS

from .applications import workflow as applications
from .applications.emails import APPLICATION, APPLICATION_READ, NOT_ME
from .applications.keys import keep_keys
from .committee import workflow as committee
from .committee.emails import VOTE
from .models import AddressChange, Application, Contact, Invitation, Vote
from .models.subjects import subject
from .states import APPLICATION_TRANSITIONS, ENDED, ApplicationState, VoteChoice

# Fields that do not identify the applicant.
_KEPT = ("category", "country", "kind")
_EMPTY_APPLICATION: dict[str, Any] = {
    **dict.fromkeys((field for field in FORM_FIELDS if field not in _KEPT), ""),
    **dict.fromkeys(("email", "address_key", "language", "key", "decision_message"), ""),
    "founded": None,
    "for_profit_funding": None,
    "agrees_vision": False,
    "agrees_terms": False,
    "countries_of_work": [],
}
_PEOPLE = {prefix: tuple(field for field in PEOPLE_FIELDS if field.startswith(prefix)) for prefix in ("representative", "second")}
_EMPTY_VOTE = dict.fromkeys(("person_name", "email", "address_key", "reason"), "")


def erase_application(application: Application, *, by: Any, now: datetime) -> None:
    """Erase the applicant at their request: delete a draft; withdraw and anonymise an open application.

    Of one that has ended only the applicant is erased: what the organisation answered and the decision stay until their time is over.
    """
    if application.state in ENDED:
        erase_applicant(application, by=by, now=now)
        return
    if application.state == ApplicationState.DRAFT:
        with contextlib.suppress(TransitionNotAllowed), transaction.atomic():
            log(application, "members.erase", user=by, deleted=True)
            applications.discard(application)
            return
    with contextlib.suppress(TransitionNotAllowed):
        transition(
            application,
            to=ApplicationState.WITHDRAWN,
            transitions=APPLICATION_TRANSITIONS,
            action="members.withdraw",
            by=by,
            changes={"ended_at": now},
        )
        committee.cancel_running_ballot(application, by=by, now=now)
    application.refresh_from_db()
    anonymise_application(application, by=by, now=now, with_voters=False)


def erase_applicant(application: Application, *, by: Any, now: datetime) -> None:
    """Erase the applicant of an ended application, with what was written about them or to them."""
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application.pk)
        own = [
            field
            for prefix, names in _PEOPLE.items()
            if canonical_address(getattr(application, f"{prefix}_email")) == application.address_key
            for field in names
        ]
        erase_named_person(application, fields=("email", "address_key", "language", "decision_message", *own), by=by, now=now)
        application.notes.all().delete()
        about = subject(application)
        for purpose in (APPLICATION, APPLICATION_READ, NOT_ME):
            tokens.revoke(purpose=purpose, subject=about)
        forget(about=about)
        log(application, "members.erase", user=by)


def anonymise_application(application: Application, *, by: Any, now: datetime, with_voters: bool = True) -> bool:
    """Erase the content of an ended application, with files, questions, notes, links and emails. False when that was done before."""
    with transaction.atomic():
        rows = Application.objects.filter(pk=application.pk, state__in=ENDED, anonymised_at__isnull=True)
        if not rows.update(anonymised_at=now):
            return False
        applications.revoke_links(application)
        for file in application.files.all():
            file.delete()
        for related in (application.keys, application.questions, application.notes, application.invitations):
            related.all().delete()
        for vote in Vote.objects.filter(ballot__application=application) if with_voters else ():
            erase_vote(vote, by=by, now=now)
        for field, value in _EMPTY_APPLICATION.items():
            setattr(application, field, value)
        application.anonymised_at = now
        application.save(update_fields=[*_EMPTY_APPLICATION])
        log(application, "members.erase", user=by)
        return True


def erase_named_person(application: Application, *, fields: tuple[str, ...], by: Any, now: datetime) -> None:
    """Erase a person named in somebody else's application, and the questions about them."""
    Application.objects.filter(pk=application.pk).update(**dict.fromkeys(fields, ""))
    keep_keys(Application.objects.filter(pk=application.pk))
    application.questions.filter(field__in=fields).update(before="", after="")


def erase_invitation(invitation: Invitation, *, by: Any, now: datetime) -> None:
    """Delete an invitation, with its link and emails."""
    applications.uninvite(invitation)


def erase_contact(contact: Contact, *, by: Any, now: datetime) -> None:
    """Delete a contact; `members.membership.signals` revokes their links and emails."""
    contact.delete()


def erase_address_change(change: AddressChange, *, by: Any, now: datetime) -> None:
    """Delete a change of address; `members.membership.signals` revokes its links and emails."""
    change.delete()


def erase_voter(vote: Vote, *, by: Any, now: datetime) -> None:
    """Erase the person of a vote at their request, with a conflict of interest. The organisation's choice and its reason are kept."""
    is_own = vote.choice == VoteChoice.RECUSE
    _end_ballot_paper(vote)
    Vote.objects.filter(pk=vote.pk).update(**{name: "" for name in _EMPTY_VOTE if is_own or name != "reason"})


def erase_vote(vote: Vote, *, by: Any, now: datetime) -> None:
    """Erase the person, reason, link and emails of a vote. The organisation and its choice are kept."""
    _end_ballot_paper(vote)
    Vote.objects.filter(pk=vote.pk).update(**_EMPTY_VOTE)


def _end_ballot_paper(vote: Vote) -> None:
    tokens.revoke(purpose=VOTE, subject=subject(vote))
    forget(about=subject(vote))
