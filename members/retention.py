"""The end of personal data (GDPR, Articles 5(1)(e), 15 and 17): what `run_due` erases at its time, and one person's export and erasure.

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
from core.transitions import move

from . import emails, people
from .form_fields import FORM_FIELDS, PEOPLE_FIELDS
from .identity import canonical_address
from .models import Application, Contact, Invitation, Membership, Seat, Vote
from .states import ENDED, MOVES, OPEN, State
from .workflow import applying, balloting, self_service

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
_NO_PERSON = {"person_name": "", "person_email": ""}
_NO_ALTERNATE = {"alternate_name": "", "alternate_email": ""}


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
        _forget_votes(Vote.objects.filter(ballot__application=application))
        for field, value in _EMPTY.items():
            setattr(application, field, value)
        application.anonymised_at = now
        application.save(update_fields=[*_EMPTY])
        log(application, "members.erase", user=by)
        return True


def _forget_votes(votes: Any) -> int:
    rows = list(votes)
    for vote in rows:
        links.revoke(purpose=emails.VOTE, subject=emails.subject(vote))
        forget(about=emails.subject(vote))
    return int(Vote.objects.filter(pk__in=[vote.pk for vote in rows]).update(**_NOBODY))


@due("members' personal data")
def erase_what_is_over(now: datetime) -> str:
    """Applications declined or withdrawn a year ago, and accepted two years ago; votes two years after their ballot; the people of seats
    and organisations that left a year ago."""
    refused = Q(state__in=(State.DECLINED, State.WITHDRAWN), ended_at__lt=now - ENDED_KEPT)
    accepted = Q(state=State.ACCEPTED, ended_at__lt=now - ACCEPTED_KEPT)
    rows = Application.objects.filter(refused | accepted, anonymised_at__isnull=True).order_by("pk")[:PORTION]
    counts = {"applications": sum(anonymise(row, by=None, now=now) for row in rows)}
    kept = Vote.objects.filter(ballot__closed_at__lt=now - BALLOT_KEPT)
    counts["votes"] = _forget_votes(kept.exclude(person_name="", email="", reason="")[:PORTION])
    today = timezone.localdate(now)
    seats = Seat.objects.filter(until__lt=today - SEAT_KEPT).exclude(person_name="", person_email="", alternate_name="", alternate_email="")
    counts["seats"] = seats.update(**_NO_PERSON, **_NO_ALTERNATE)
    left = list(_of_those_who_left(today)[:PORTION])
    for contact in left:
        self_service.end_contact(contact)
    counts["contacts"] = len(left)
    return ", ".join(f"{number} {what}" for what, number in counts.items() if number)


def _of_those_who_left(today: Any) -> Any:
    """Contacts of organisations that were members, and are none since a year ago."""
    belonging = Membership.objects.filter(Q(until__isnull=True) | Q(until__gte=today - CONTACT_KEPT))
    left = Membership.objects.exclude(organisation__in=belonging.values("organisation"))
    return Contact.objects.filter(organisation__in=left.values("organisation")).order_by("pk")


# One person


def _of_applicant(address: str) -> Any:
    return Application.objects.of_address(canonical_address(address))


def _named_in(address: str) -> Any:
    return Application.objects.filter(Q(representative_email__iexact=address) | Q(second_email__iexact=address))


def export_applications(address: str) -> list[dict[str, Any]]:
    """Those the address began, whole, and of those it is named in, what is said of it."""
    mine = list(_of_applicant(address))
    told = [
        {
            **{field: _plain(getattr(row, field)) for field in (*FORM_FIELDS, "email", "state", "submitted_at", "ended_at", "letter")},
            "files": list(row.files.values_list("name", flat=True)),
            "questions": list(row.questions.values("field", "text", "reply", "asked_at")),
        }
        for row in mine
    ]
    for row in _named_in(address).exclude(pk__in=[row.pk for row in mine]):
        prefix = "representative" if row.representative_email.lower() == address.lower() else "second"
        told.append({field: getattr(row, field) for field in PEOPLE_FIELDS if field.startswith(prefix)} | {"application_of": row.name})
    invited = Invitation.objects.filter(address_key=canonical_address(address)).select_related("application")
    return told + [{"email": row.email, "invited_to": row.application.title, "invited_at": row.invited_at} for row in invited]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [country.code for country in value]
    return str(value.code or "") if hasattr(value, "code") else value


def erase_applications(address: str, *, by: Any, now: datetime) -> int:
    """A draft is deleted, an open application withdrawn and erased, an ended one erased; elsewhere only the person's own fields go."""
    count = 0
    for row in _of_applicant(address):
        if row.state == State.DRAFT:
            applying.discard(row)
        else:
            if row.state in OPEN:
                move(row, to=State.WITHDRAWN, moves=MOVES, action="members.withdraw", by=by, changes={"ended_at": now})
                balloting.cancel_running(row, by=by, now=now)
            anonymise(row, by=by, now=now)
        count += 1
    for row in _named_in(address):
        for prefix in ("representative", "second"):
            if getattr(row, f"{prefix}_email").lower() == address.lower():
                Application.objects.filter(pk=row.pk).update(**{field: "" for field in PEOPLE_FIELDS if field.startswith(prefix)})
        count += 1
    for invitation in Invitation.objects.filter(address_key=canonical_address(address)):
        applying.uninvite(invitation)
        count += 1
    return count


def export_contacts(address: str) -> list[dict[str, Any]]:
    return [
        {"organisation": row.organisation.name, "roles": row.roles, "added_at": row.added_at}
        | {field: getattr(row, field) for field in ("name", "email", "position", "phone")}
        for row in Contact.objects.of_address(address).select_related("organisation")
    ]


def erase_contacts(address: str, *, by: Any, now: datetime) -> int:
    """The right to be erased is stronger than the rule that one contact stays: the secretariat finds another."""
    rows = list(Contact.objects.of_address(address).select_related("organisation"))
    for row in rows:
        self_service.end_contact(row)
        log(row.organisation, "members.erase", user=by)
    return len(rows)


def export_seats(address: str) -> list[dict[str, Any]]:
    seats = Seat.objects.filter(Q(person_email__iexact=address) | Q(alternate_email__iexact=address)).select_related("organisation")
    told: list[dict[str, Any]] = [
        {
            "organisation": seat.organisation.name,
            "since": seat.since,
            "until": seat.until,
            "name": seat.person_name if seat.person_email.lower() == address.lower() else seat.alternate_name,
        }
        for seat in seats
    ]
    votes = Vote.objects.filter(address_key=canonical_address(address)).select_related("ballot__application")
    fields = ("organisation_name", "person_name", "email", "choice", "reason", "cast_at")
    return told + [{field: getattr(vote, field) for field in fields} | {"about": vote.ballot.application.title} for vote in votes]


def erase_seats(address: str, *, by: Any, now: datetime) -> int:
    """A vote that was cast stays as its organisation's; in a running ballot the seat is silent from then on."""
    count = Seat.objects.filter(person_email__iexact=address).update(**_NO_PERSON)
    count += Seat.objects.filter(alternate_email__iexact=address).update(**_NO_ALTERNATE)
    key = canonical_address(address)
    return count + (_forget_votes(Vote.objects.filter(address_key=key)) if key else 0)


people.register("applications", export=export_applications, erase=erase_applications)
people.register("contacts", export=export_contacts, erase=erase_contacts)
people.register("seats and votes", export=export_seats, erase=erase_seats)
