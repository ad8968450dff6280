"""The history of an organisation in the coalition, for its public page."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Membership, Organisation, Seat
from members.states import Category


@dataclass(frozen=True)
class HistoryItem:
    """A membership or seat, and when."""

    what: str
    when: str
    is_over: bool


def history(organisation: Organisation, on: date) -> list[HistoryItem]:
    """Return its memberships and seats, current ones first. Two queries; the people of a seat are not shown."""
    memberships = Membership.objects.filter(organisation=organisation).order_by("since", "sort_order", "pk")
    seats = Seat.objects.filter(organisation=organisation).order_by("since", "sort_order", "pk")
    items = [_item(_label(row), row.since, row.until, on) for row in memberships if not row.since or row.since <= on]
    items += [_item(_("Steering committee"), row.since, row.until, on) for row in seats if not row.since or row.since <= on]
    return sorted(items, key=lambda item: item.is_over)


def _label(membership: Membership) -> str:
    if membership.founding:
        return _("Founding member")
    return str(Category(membership.category).label)


def _item(what: str, since: date | None, until: date | None, on: date) -> HistoryItem:
    if until and until < on:
        text = _("%(since)s to %(until)s") if since else _("until %(until)s")
        return HistoryItem(what, text % {"since": since and _day(since), "until": _day(until)}, is_over=True)
    return HistoryItem(what, _("since %(day)s") % {"day": _day(since)} if since else _("since a day that is not recorded"), is_over=False)


def _day(day: date) -> str:
    return date_format(day, "j F Y")
