"""What an erasure takes away of applications, votes and contacts, whether a person asks for it or its time is over.

What stays of an application is that there was one: how it ended and why, country, kind, dates.
"""

import contextlib
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.log_actions import log

from core.links import tokens
from core.mail.queue import forget
from core.transitions import TransitionNotAllowed, transition
from members.applications.requirements import FORM_FIELDS

from .applications import workflow as applications
from .committee import workflow as committee
from .committee.emails import VOTE
from .models import Application, Contact, Invitation, Vote
from .models.subjects import subject
from .states import ENDED, TRANSITIONS, State

# Of an application, what says nothing of whose it was.
_FACTS = ("category", "country", "kind")
_EMPTY_APPLICATION: dict[str, Any] = {
    **dict.fromkeys((*(field for field in FORM_FIELDS if field not in _FACTS), "email", "address_key", "language", "key", "letter"), ""),
    "founded": None,
    "for_profit_funding": None,
    "agrees_vision": False,
    "agrees_terms": False,
    "countries_of_work": [],
}
_EMPTY_VOTE = dict.fromkeys(("person_name", "email", "address_key", "reason"), "")


def erase_application(application: Application, *, by: Any, now: datetime) -> None:
    """Delete a draft; withdraw and anonymise any other, whatever state it has come to meanwhile."""
    if application.state == State.DRAFT:
        with contextlib.suppress(TransitionNotAllowed), transaction.atomic():
            log(application, "members.erase", user=by, deleted=True)
            applications.discard(application)
            return
    with contextlib.suppress(TransitionNotAllowed):
        transition(application, to=State.WITHDRAWN, transitions=TRANSITIONS, action="members.withdraw", by=by, changes={"ended_at": now})
        committee.cancel_running(application, by=by, now=now)
    application.refresh_from_db()
    anonymise_application(application, by=by, now=now)


def anonymise_application(application: Application, *, by: Any, now: datetime) -> bool:
    """Erase what an ended application says, with files, questions, notes, links and emails. False when that was done before."""
    with transaction.atomic():
        rows = Application.objects.filter(pk=application.pk, state__in=ENDED, anonymised_at__isnull=True)
        if not rows.update(anonymised_at=now):
            return False
        applications.forget_links(application)
        for file in application.files.all():
            file.delete()
        for related in (application.questions, application.notes, application.invitations):
            related.all().delete()
        for vote in Vote.objects.filter(ballot__application=application):
            erase_vote(vote, by=by, now=now)
        for field, value in _EMPTY_APPLICATION.items():
            setattr(application, field, value)
        application.anonymised_at = now
        application.save(update_fields=[*_EMPTY_APPLICATION])
        log(application, "members.erase", user=by)
        return True


def erase_named_person(application: Application, *, fields: tuple[str, ...], by: Any, now: datetime) -> None:
    """Take a person who is named in somebody else's application out of it, and out of the questions about them."""
    Application.objects.filter(pk=application.pk).update(**dict.fromkeys(fields, ""))
    application.questions.filter(field__in=fields).update(before="", after="")


def erase_invitation(invitation: Invitation, *, by: Any, now: datetime) -> None:
    applications.uninvite(invitation)


def erase_contact(contact: Contact, *, by: Any, now: datetime) -> None:
    """Delete a contact; `members.signals` ends their links and emails."""
    contact.delete()


def erase_vote(vote: Vote, *, by: Any, now: datetime) -> None:
    """Erase who voted, the reason, the link and the emails. The organisation and its choice stay: they are the record."""
    tokens.revoke(purpose=VOTE, subject=subject(vote))
    forget(about=subject(vote))
    Vote.objects.filter(pk=vote.pk).update(**_EMPTY_VOTE)
