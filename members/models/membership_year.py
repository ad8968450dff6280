"""The membership year: instead of a fee, members confirm once a year that their profile is right. Pure functions of dates.

The year runs from the day the organisation last confirmed, or was recorded. The status is computed and never stored, so it does not
depend on scheduled work, and a confirmation takes effect at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.states import MembershipStatus

YEAR = timedelta(days=365)
# After the due date a membership is due, then overdue (grace), then dormant and hidden from the directory.
DUE_PERIOD = timedelta(days=30)
GRACE_PERIOD = timedelta(days=60)


@dataclass(frozen=True)
class MembershipYear:
    """The status of a membership on a day, with a sentence that explains it. `due_on` is the last or next day to ask for confirmation."""

    status: MembershipStatus
    due_on: date
    sentence: str

    @property
    def awaits_confirmation(self) -> bool:
        """Whether we have asked for confirmation and it is not yet hidden."""
        return self.status in (MembershipStatus.DUE, MembershipStatus.GRACE)

    @property
    def hidden_on(self) -> date:
        """The day on which it becomes dormant unless it is confirmed."""
        return self.due_on + DUE_PERIOD + GRACE_PERIOD


def membership_year(*, since: date | None, until: date | None, confirmed_on: date | None, recorded_on: date, on: date) -> MembershipYear:
    """Return the status of a membership with these dates on a day."""
    last = confirmed_on or recorded_on
    due_on, overdue_on, dormant_on = last + YEAR, last + YEAR + DUE_PERIOD, last + YEAR + DUE_PERIOD + GRACE_PERIOD
    if since is not None and since > on:
        return MembershipYear(MembershipStatus.UPCOMING, due_on, _("It begins on %(day)s.") % {"day": _day(since)})
    if until is not None and until < on:
        return MembershipYear(MembershipStatus.ENDED, due_on, _("It ended on %(day)s.") % {"day": _day(until)})
    days = {"due": _day(due_on), "overdue": _day(overdue_on), "asleep": _day(dormant_on), "last": _day(last)}
    if on < due_on:
        known = _("Confirmed on %(last)s; we ask again on %(due)s.") if confirmed_on else _("Recorded on %(last)s; we ask on %(due)s.")
        return MembershipYear(MembershipStatus.ACTIVE, due_on, known % days)
    if on < overdue_on:
        return MembershipYear(
            MembershipStatus.DUE, due_on, _("We asked on %(due)s whether it is still right; an answer is due by %(overdue)s.") % days
        )
    if on < dormant_on:
        return MembershipYear(
            MembershipStatus.GRACE, due_on, _("No answer since %(due)s; without one it is hidden from the directory on %(asleep)s.") % days
        )
    return MembershipYear(
        MembershipStatus.DORMANT,
        due_on,
        _("No answer since %(due)s: hidden from the directory, not deleted. Confirming brings it back.") % days,
    )


def dormancy_cutoff(on: date) -> date:
    """Return the day such that memberships last confirmed on it or earlier are dormant: the rule of `membership_year`, for a query."""
    return on - YEAR - DUE_PERIOD - GRACE_PERIOD


def last_confirmed_bounds(status: MembershipStatus, on: date) -> tuple[date | None, date | None]:
    """Return after which day and until which day memberships with this status were last confirmed; None means no limit."""
    due, overdue = on - YEAR, on - YEAR - DUE_PERIOD
    return {
        MembershipStatus.ACTIVE: (due, None),
        MembershipStatus.DUE: (overdue, due),
        MembershipStatus.GRACE: (dormancy_cutoff(on), overdue),
        MembershipStatus.DORMANT: (None, dormancy_cutoff(on)),
    }[status]


def _day(day: date) -> str:
    return date_format(day, "j F Y")
