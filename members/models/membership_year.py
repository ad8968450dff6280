"""The membership year: instead of a fee, members confirm once a year that their profile is right. Pure functions of dates.

The year runs from the day the organisation last confirmed, or was recorded. The status is computed and never stored, so that a confirmation
takes effect at once. What is stored is when somebody was asked (`members.membership.reminders`): the time to answer runs from that day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.states import MembershipStatus

YEAR = timedelta(days=365)
# After somebody was asked a membership is due, then overdue (grace), then dormant and hidden from the directory.
DUE_PERIOD = timedelta(days=30)
GRACE_PERIOD = timedelta(days=60)
# How long before that the secretariat is told.
NOTICE_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class MembershipYear:
    """The status of a membership on a day, with a sentence that explains it.

    `due_on` is the last or next day to ask for confirmation; `asked_on` the day on which we really did, None if we have not yet.
    """

    status: MembershipStatus
    due_on: date
    sentence: str
    asked_on: date | None = None

    @property
    def awaits_confirmation(self) -> bool:
        """Whether it is to be confirmed and not yet hidden."""
        return self.status in (MembershipStatus.NOT_ASKED, MembershipStatus.DUE, MembershipStatus.GRACE)

    @property
    def hidden_on(self) -> date | None:
        """The day on which it becomes dormant unless it is confirmed; None while nobody was asked."""
        return hidden_day(self.asked_on) if self.asked_on else None


def hidden_day(asked_on: date) -> date:
    """The day on which a membership becomes dormant if nobody answers a question of that day."""
    return asked_on + DUE_PERIOD + GRACE_PERIOD


def membership_year(
    *,
    since: date | None,
    until: date | None,
    confirmed_on: date | None,
    recorded_on: date,
    on: date,
    asked_on: date | None = None,
    asked_about: date | None = None,
) -> MembershipYear:
    """Return the status of a membership with these dates on a day.

    Only a membership that was asked can lapse: `asked_on` counts if the question was about its last confirmation, `asked_about`.
    """
    last = confirmed_on or recorded_on
    due_on = last + YEAR
    asked = asked_on if asked_on and asked_about == last and on >= due_on else None
    status = _status(since, until, due_on, asked, on)
    days = {"due": _day(due_on), "last": _day(last), "since": _day(since), "until": _day(until)}
    if asked:
        days |= {"asked": _day(asked), "overdue": _day(asked + DUE_PERIOD), "asleep": _day(hidden_day(asked))}
    return MembershipYear(status, due_on, _sentence(status, is_confirmed=confirmed_on is not None) % days, asked)


def _status(since: date | None, until: date | None, due_on: date, asked_on: date | None, on: date) -> MembershipStatus:
    if since is not None and since > on:
        return MembershipStatus.UPCOMING
    if until is not None and until < on:
        return MembershipStatus.ENDED
    if on < due_on:
        return MembershipStatus.ACTIVE
    if asked_on is None:
        return MembershipStatus.NOT_ASKED
    if on < asked_on + DUE_PERIOD:
        return MembershipStatus.DUE
    return MembershipStatus.GRACE if on < hidden_day(asked_on) else MembershipStatus.DORMANT


def _sentence(status: MembershipStatus, *, is_confirmed: bool) -> str:
    match status:
        case MembershipStatus.UPCOMING:
            return _("It begins on %(since)s.")
        case MembershipStatus.ENDED:
            return _("It ended on %(until)s.")
        case MembershipStatus.ACTIVE if is_confirmed:
            return _("Confirmed on %(last)s. We ask again on %(due)s.")
        case MembershipStatus.ACTIVE:
            return _("Recorded on %(last)s. We ask on %(due)s.")
        case MembershipStatus.NOT_ASKED:
            return _("To be confirmed since %(due)s. Nobody has been asked yet, so it stays in the directory.")
        case MembershipStatus.DUE:
            return _("We asked on %(asked)s whether it is still right. Please answer by %(overdue)s.")
        case MembershipStatus.GRACE:
            return _("We asked on %(asked)s and have no answer. Without one it is hidden from the directory on %(asleep)s.")
    return _("We asked on %(asked)s and had no answer, so it is hidden from the directory. Nothing is deleted. Confirming brings it back.")


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else ""
