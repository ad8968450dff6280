"""What ends with a membership: seats on the steering committee, and the links that contacts were sent."""

from datetime import date

from django.db.models import Q, QuerySet

from core.dates import site_today
from core.links import tokens
from members.models import Contact, Membership, Organisation, Seat
from members.models.subjects import subject

# The purposes of the links to a profile and to the yearly question (`members.membership.emails`).
CONTACT_LINKS = ("members.profile", "members.year")


def last_day_of(organisation: Organisation) -> date | None:
    """The last day of its last membership; None while one has no end, or where there never was one."""
    ends = list(Membership.objects.filter(organisation=organisation).values_list("until", flat=True))
    return max((day for day in ends if day), default=None) if all(ends) else None


def seats_after(organisation: Organisation, day: date) -> QuerySet[Seat]:
    """Its seats that last longer than that day."""
    return Seat.objects.filter(Q(until__isnull=True) | Q(until__gt=day), organisation=organisation)


def outlasting_seats(organisation: Organisation) -> QuerySet[Seat]:
    """Its seats that are not over and last longer than its membership; none while the membership has no end."""
    day = last_day_of(organisation)
    not_over = Q(until__isnull=True) | Q(until__gte=site_today())
    return seats_after(organisation, day).filter(not_over) if day else Seat.objects.none()


def end_seats(organisation: Organisation, *, last_day: date) -> int:
    """End its seats with that day as their last; one that had not begun then ends on its first day. Returns how many."""
    count = 0
    for seat in seats_after(organisation, last_day):
        count += Seat.objects.filter(pk=seat.pk, until=seat.until).update(until=max(last_day, seat.since or last_day))
    return count


def end_links(organisation: Organisation) -> int:
    """End the links that its contacts were sent. Returns how many there were."""
    contacts = Contact.objects.filter(organisation=organisation)
    return sum(tokens.revoke(purpose=purpose, subject=subject(contact)) for contact in contacts for purpose in CONTACT_LINKS)
