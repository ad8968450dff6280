"""The yearly question to members whether they still belong, and its reminders.

What was done is remembered on the membership: when the question was written and when to remind, and, once an email was really sent, when
and to how many addresses. Only that starts the time to answer. Where nobody can be asked, nothing lapses, and the secretariat is told.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core.dates import site_date
from core.due import due, latest_step
from core.mail.queue import is_stored
from core.models import OutgoingMail
from core.states import MailState
from members.models import Contact, Membership
from members.models.contact import representatives
from members.models.membership_year import hidden_day
from members.organisations.reach import why_not_asked
from members.states import MembershipStatus

from . import emails

STEPS = (0, 14, 30, 75)  # days after the question was written; the last is 15 days before the member is hidden
PORTION = 200
# Emails that wait for a mail server for longer are not counted; that they were sent at all is always recorded.
COUNTED_FOR = timedelta(days=7)
LOOK_AGAIN = timedelta(days=30)


@due("membership year")
def ask_for_confirmation(now: datetime) -> str:
    """Ask the representatives of each member that is due, and remind them at each step, once each. What a run leaves, the next one does."""
    today = site_date(now)
    unchecked = Membership.objects.on(today).filter(Q(reach_checked_on__isnull=True) | Q(reach_checked_on__lt=today))
    check_reach(unchecked.order_by("pk")[:PORTION], today)
    record_asked(today)
    to_do = Membership.objects.unconfirmed(today).filter(Q(next_request_on__isnull=True) | Q(next_request_on__lte=today))
    rows = list(to_do.select_related("organisation").order_by("pk")[:PORTION])
    contacts = reachable_contacts(row.organisation_id for row in rows)
    count = sum(_ask(row, contacts.get(row.organisation_id, []), now) for row in rows)
    return f"{count} asked" if count else ""


def reachable_contacts(organisations: Iterable[int]) -> dict[int, list[Contact]]:
    """The contacts who answer for each of these organisations among those who can be asked, in at most five queries."""
    found: dict[int, list[Contact]] = defaultdict(list)
    everybody = list(Contact.objects.filter(organisation__in=set(organisations)).order_by("sort_order", "pk"))
    reasons = why_not_asked(contact.email for contact in everybody) if everybody else {}
    for contact in everybody:
        if not reasons[contact.email]:
            found[contact.organisation_id].append(contact)
    answering = {pk: representatives(contacts) for pk, contacts in found.items()}
    return {pk: contacts for pk, contacts in answering.items() if contacts}


def check_reach(memberships: Iterable[Membership], today: date) -> None:
    """Remember for these memberships since when nobody can be asked."""
    organisation_of = {membership.pk: membership.organisation_id for membership in memberships}
    if not organisation_of:
        return
    reachable = reachable_contacts(organisation_of.values())
    asked = [pk for pk, organisation in organisation_of.items() if organisation in reachable]
    rows = Membership.objects.filter(pk__in=organisation_of)
    rows.filter(pk__in=asked, unreachable_since__isnull=False).update(unreachable_since=None, next_request_on=None)
    rows.exclude(pk__in=asked).filter(unreachable_since__isnull=True).update(unreachable_since=today)
    rows.update(reach_checked_on=today)


def _ask(membership: Membership, contacts: list[Contact], now: datetime) -> int:
    """Write the question or its next reminder to these contacts. Returns how many emails were written."""
    today = site_date(now)
    year = membership.year_on(today)
    if year.status == MembershipStatus.DORMANT:
        return _put_off(membership, today + LOOK_AGAIN)
    if not contacts:
        return _put_off(membership, today + timedelta(days=1))
    last: date = membership.last_confirmed  # type: ignore[attr-defined]
    begun = membership.request_on
    if begun is None or membership.asked_about != last or (year.asked_on is None and today >= hidden_day(begun)):
        begun = today  # a new question; also where the last one reached nobody
    step = latest_step(STEPS, (today - begun).days)
    changes = {
        "asked_about": last,
        "request_on": begun,
        "next_request_on": next((begun + timedelta(days=days) for days in STEPS if days > step), hidden_day(begun)),
        **({"asked_on": None, "asked_count": 0} if begun == today and step == 0 and year.asked_on is None else {}),
    }
    with transaction.atomic():
        if not _unchanged(membership).update(**changes):
            return 0  # another process asks, or the member has confirmed
        hidden_on = year.hidden_on or hidden_day(begun)
        organisation = membership.organisation
        written = sum(
            emails.confirmation_request(one, organisation=organisation, begun=begun, hidden_on=hidden_on, step=step, now=now)
            for one in contacts
        )
        if not written and not any(is_stored(emails.request_key(one, begun, step)) for one in contacts):
            # No address is valid: nobody was asked.
            Membership.objects.filter(pk=membership.pk).update(request_on=None, next_request_on=today + timedelta(days=1))
    return written


def _put_off(membership: Membership, until: date) -> int:
    _unchanged(membership).update(next_request_on=until)
    return 0


def _unchanged(membership: Membership) -> QuerySet[Membership]:
    """The membership as it was read."""
    as_read = {"next_request_on": membership.next_request_on, "confirmed_on": membership.confirmed_on}
    return Membership.objects.filter(pk=membership.pk, **as_read)


def record_asked(today: date) -> None:
    """Remember which questions were really sent, on which day and to how many addresses, in a fixed number of queries."""
    waiting = Q(asked_on__isnull=True) | Q(request_on__gt=today - COUNTED_FOR)
    rows = list(Membership.objects.unconfirmed(today).filter(waiting, asked_about=F("last_confirmed"), request_on__isnull=False))
    if not rows:
        return
    contacts = Contact.objects.filter(organisation__in={row.organisation_id for row in rows})
    people: dict[int, list[Contact]] = defaultdict(list)
    for contact in contacts:
        people[contact.organisation_id].append(contact)
    keys = {row.pk: _keys(row, people[row.organisation_id]) for row in rows}
    sent = _sent({key for own in keys.values() for key in own})
    for row in rows:
        days = {contact: sent[key] for key, contact in keys[row.pk].items() if key in sent}
        if days and (row.asked_count, row.asked_on) != (len(days), row.asked_on or min(days.values())):
            as_read = Membership.objects.filter(pk=row.pk, request_on=row.request_on)
            as_read.update(asked_on=row.asked_on or min(days.values()), asked_count=len(days))


def _keys(membership: Membership, contacts: Iterable[Contact]) -> dict[str, int]:
    """The keys of the emails with the question, each with its contact."""
    begun = membership.request_on
    return {emails.request_key(contact, begun, step): contact.pk for contact in contacts for step in STEPS} if begun else {}


def _sent(keys: set[str]) -> dict[str, date]:
    """The day on which each of these emails was sent, if it was."""
    found: dict[str, date] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), PORTION):
        rows = OutgoingMail.objects.filter(key__in=ordered[start : start + PORTION], state=MailState.SENT, finished_at__isnull=False)
        found |= {key: site_date(when) for key, when in rows.values_list("key", "finished_at") if when}
    return found
