"""The end of personal data (GDPR, Article 5(1)(e)): what `run_due` erases. For one person: `members.personal_data_tables`.

What stays of an application is that there was one: how it ended and why, country, kind, dates. docs/data-protection.md tells the terms.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import FileField, Q
from django.utils import timezone
from wagtail.log_actions import log

from core.due import due
from core.links import tokens
from core.mail.queue import forget
from core.web.throttle import hit
from members.applications.requirements import FORM_FIELDS
from members.committee.emails import VOTE
from members.models.application import PRIVATE, private_path
from members.models.subjects import subject

from .applications import workflow as applications
from .models import Application, Contact, Membership, Seat, Vote
from .states import ENDED, State

ENDED_KEPT = timedelta(days=365)
ACCEPTED_KEPT = timedelta(days=730)
BALLOT_KEPT = timedelta(days=730)
SEAT_KEPT = timedelta(days=365)
CONTACT_KEPT = timedelta(days=365)
UNNAMED_KEPT = timedelta(days=1)
FEW = 5
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
        applications.forget_links(application)
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
        tokens.revoke(purpose=VOTE, subject=subject(vote))
        forget(about=subject(vote))
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
        contact.delete()
    counts["contacts"] = len(without_membership)
    return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


@due("private files without a row")
def sweep_private_files(now: datetime) -> str:
    """Once a day is enough: a bucket charges for each look."""
    if hit("members.sweep", "", limit=1, window=timedelta(days=1)):
        return ""
    count = delete_unnamed_files(now)
    return f"{count} deleted" if count else ""


def delete_unnamed_files(now: datetime) -> int:
    """Delete what lies among private uploads, more than a day old, and stands in no row: a process was killed between storing and
    committing, or between committing and deleting. Whoever uploads something at this moment is done within the day. Returns how many.

    Raises RuntimeError, and deletes nothing, when that would be more than a few and most of all: uploads were put back without their
    database, or two sites share a folder.
    """
    try:
        _folders, stored = default_storage.listdir(PRIVATE)
    except FileNotFoundError:  # nothing was ever uploaded
        return 0
    # The rows are read after the files: what a row names by then stays.
    unnamed = {f"{PRIVATE}/{name}" for name in stored}.difference(_named())
    over = [name for name in sorted(unnamed) if default_storage.get_modified_time(name) < now - UNNAMED_KEPT]
    if len(over) > max(FEW, len(stored) / 2):
        raise RuntimeError(f"{len(over)} of {len(stored)} private files stand in no row: is this the database they belong to?")
    for name in over:
        default_storage.delete(name)
    return len(over)


def _named() -> Iterator[str]:
    """By any room: every field that stores its files there."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField) and field.upload_to is private_path:
                yield from model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)


def _of_those_who_do_not_belong(now: datetime) -> Any:
    """Contacts, entered more than a year ago, of organisations that have not belonged for a year, or never did."""
    lately = Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate(now) - CONTACT_KEPT))
    old = Contact.objects.filter(added_at__lt=now - CONTACT_KEPT)
    return old.exclude(organisation__in=lately.values("organisation")).order_by("pk")
