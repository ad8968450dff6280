"""The end of personal data (GDPR, Article 5(1)(e)): what `run_due` erases at its time. One person's own wish is `members.held`.

What stays of an application is that there was one: how it ended and why, country, kind, dates. docs/data-protection.md tells the terms.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from core import links
from core.due import due
from core.outbox import forget

from . import emails
from .form_fields import FORM_FIELDS
from .models import Application, Contact, Membership, Seat, Vote
from .states import ENDED, State
from .workflow import applying, self_service

ENDED_KEPT = timedelta(days=365)
ACCEPTED_KEPT = timedelta(days=730)
BALLOT_KEPT = timedelta(days=730)
SEAT_KEPT = timedelta(days=365)
CONTACT_KEPT = timedelta(days=365)
PORTION = 200
# Of an application, what says nothing of whose it was.
_FACTS = ("category", "country", "kind")
_EMPTY: dict[str, Any] = {
    **dict.fromkeys((*(field for field in FORM_FIELDS if field not in _FACTS), "email", "address_key", "language", "key", "letter"), ""),
    "founded": None,
    "for_profit_funding": None,
    "agrees_vision": False,
    "agrees_terms": False,
    "countries_of_work": [],
}
_NOBODY = dict.fromkeys(("person_name", "email", "address_key", "reason"), "")
NO_PERSON = {"person_name": "", "person_email": ""}
NO_ALTERNATE = {"alternate_name": "", "alternate_email": ""}


def anonymise(application: Application, *, by: Any, now: datetime) -> bool:
    """Erase what an ended application says, with files, questions, notes, links and mails; the fact stays. False when it was before."""
    with transaction.atomic():
        rows = Application.objects.filter(pk=application.pk, state__in=ENDED, anonymised_at__isnull=True)
        if not rows.update(anonymised_at=now):
            return False
        applying.forget_links(application)
        for file in application.files.all():
            file.delete()
        for told in (application.questions, application.notes, application.invitations):
            told.all().delete()
        forget_votes(Vote.objects.filter(ballot__application=application))
        for field, value in _EMPTY.items():
            setattr(application, field, value)
        application.anonymised_at = now
        application.save(update_fields=[*_EMPTY])
        log(application, "members.erase", user=by)
        return True


def forget_votes(votes: Any) -> int:
    rows = list(votes)
    for vote in rows:
        links.revoke(purpose=emails.VOTE, subject=emails.subject(vote))
        forget(about=emails.subject(vote))
    return int(Vote.objects.filter(pk__in=[vote.pk for vote in rows]).update(**_NOBODY))


@due("members' personal data")
def erase_what_is_over(now: datetime) -> str:
    """Applications declined or withdrawn a year ago, and accepted two years ago; votes two years after their ballot; the people of seats
    and contacts that ended a year ago."""
    refused = Q(state__in=(State.DECLINED, State.WITHDRAWN), ended_at__lt=now - ENDED_KEPT)
    accepted = Q(state=State.ACCEPTED, ended_at__lt=now - ACCEPTED_KEPT)
    rows = Application.objects.filter(refused | accepted, anonymised_at__isnull=True).order_by("pk")[:PORTION]
    counts = {"applications": sum(anonymise(row, by=None, now=now) for row in rows)}
    kept = Vote.objects.filter(ballot__closed_at__lt=now - BALLOT_KEPT)
    counts["votes"] = forget_votes(kept.exclude(person_name="", email="", reason="")[:PORTION])
    today = timezone.localdate(now)
    seats = Seat.objects.filter(until__lt=today - SEAT_KEPT).exclude(person_name="", person_email="", alternate_name="", alternate_email="")
    counts["seats"] = seats.update(**NO_PERSON, **NO_ALTERNATE)
    without_membership = list(_of_those_who_do_not_belong(now)[:PORTION])
    for contact in without_membership:
        self_service.end_contact(contact)
    counts["contacts"] = len(without_membership)
    return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


def _of_those_who_do_not_belong(now: datetime) -> Any:
    """Contacts, entered more than a year ago, of organisations that have not belonged for a year, or never did."""
    lately = Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate(now) - CONTACT_KEPT))
    old = Contact.objects.filter(added_at__lt=now - CONTACT_KEPT)
    return old.exclude(organisation__in=lately.values("organisation")).order_by("pk")
