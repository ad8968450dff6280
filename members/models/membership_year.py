"""The membership year: instead of a fee, once a year the question "is this still right?". Pure functions of dates.

The year runs from the day the organisation last confirmed, or was recorded here. Nothing of it is stored, so that a run of the
clock that was missed changes nobody's standing, and a confirmation puts everything right at once.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.states import YearStatus

YEAR = timedelta(days=365)
# After the due date: how long it is merely to be confirmed, and how long it is overdue, before it is hidden.
DUE_LASTS = timedelta(days=30)
GRACE_LASTS = timedelta(days=60)


@dataclass(frozen=True)
class Standing:
    """How a membership stands on a day. `due_on` is when the question is asked next, or was last; the sentence is for people."""

    status: YearStatus
    due_on: date
    sentence: str

    @property
    def is_asked(self) -> bool:
        """The question is open, and an answer would still keep it from being hidden."""
        return self.status in (YearStatus.DUE, YearStatus.GRACE)

    @property
    def hidden_on(self) -> date:
        """The day on which it would become dormant."""
        return self.due_on + DUE_LASTS + GRACE_LASTS


def standing(*, since: date | None, until: date | None, confirmed_on: date | None, recorded_on: date, on: date) -> Standing:
    last = confirmed_on or recorded_on
    due_on, overdue_on, asleep_on = last + YEAR, last + YEAR + DUE_LASTS, last + YEAR + DUE_LASTS + GRACE_LASTS
    if since is not None and since > on:
        return Standing(YearStatus.UPCOMING, due_on, _("It begins on %(day)s.") % {"day": _day(since)})
    if until is not None and until < on:
        return Standing(YearStatus.ENDED, due_on, _("It ended on %(day)s.") % {"day": _day(until)})
    told = {"due": _day(due_on), "overdue": _day(overdue_on), "asleep": _day(asleep_on), "last": _day(last)}
    if on < due_on:
        known = _("Confirmed on %(last)s; we ask again on %(due)s.") if confirmed_on else _("Recorded on %(last)s; we ask on %(due)s.")
        return Standing(YearStatus.ACTIVE, due_on, known % told)
    if on < overdue_on:
        return Standing(YearStatus.DUE, due_on, _("We asked on %(due)s whether it is still right; an answer is due by %(overdue)s.") % told)
    if on < asleep_on:
        return Standing(
            YearStatus.GRACE, due_on, _("No answer since %(due)s; without one it is hidden from the directory on %(asleep)s.") % told
        )
    return Standing(
        YearStatus.DORMANT, due_on, _("No answer since %(due)s: hidden from the directory, not deleted. Confirming brings it back.") % told
    )


def asleep_since(on: date) -> date:
    """On that day, memberships last confirmed on this day or earlier are dormant: the same rule, for a query."""
    return on - YEAR - DUE_LASTS - GRACE_LASTS


def last_known_when(status: YearStatus, on: date) -> tuple[date | None, date | None]:
    """A membership of that day that stands like this was last confirmed after the one day and until the other."""
    due, overdue = on - YEAR, on - YEAR - DUE_LASTS
    return {
        YearStatus.ACTIVE: (due, None),
        YearStatus.DUE: (overdue, due),
        YearStatus.GRACE: (asleep_since(on), overdue),
        YearStatus.DORMANT: (None, asleep_since(on)),
    }[status]


def _day(day: date) -> str:
    return date_format(day, "j F Y")
