"""What an organisation was and is to the coalition, as its page tells it."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Membership, Organisation, Seat
from members.states import Category


@dataclass(frozen=True)
class Held:
    """Something that it is or was, and when. A beginning that nobody wrote down is said to be unknown."""

    what: str
    when: str
    is_over: bool


def history(organisation: Organisation, on: date) -> list[Held]:
    """Its memberships and its seats, what lasts first. Two queries; of the people on a seat nothing is told."""
    memberships = Membership.objects.filter(organisation=organisation).order_by("since", "sort_order", "pk")
    seats = Seat.objects.filter(organisation=organisation).order_by("since", "sort_order", "pk")
    held = [_held(_what(row), row.since, row.until, on) for row in memberships if not row.since or row.since <= on]
    held += [_held(_("Steering committee"), row.since, row.until, on) for row in seats if not row.since or row.since <= on]
    return sorted(held, key=lambda one: one.is_over)


def _what(membership: Membership) -> str:
    if membership.founding:
        return _("Founding member")
    return str(Category(membership.category).label)


def _held(what: str, since: date | None, until: date | None, on: date) -> Held:
    if until and until < on:
        words = _("%(since)s to %(until)s") if since else _("until %(until)s")
        return Held(what, words % {"since": since and _day(since), "until": _day(until)}, is_over=True)
    return Held(what, _("since %(day)s") % {"day": _day(since)} if since else _("since a day that is not recorded"), is_over=False)


def _day(day: date) -> str:
    return date_format(day, "j F Y")
