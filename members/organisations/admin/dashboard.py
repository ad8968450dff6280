"""What waits on the first page of the admin: seats that end, members that nobody can ask, and members about to be hidden."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.dashboard import Shortcut
from core.dates import site_today
from members.models import Membership, Seat
from members.models.membership_year import DUE_PERIOD, GRACE_PERIOD, NOTICE_PERIOD

from .organisations import ENDING_DAYS


def seats_that_end(user: Any) -> Shortcut | None:
    """On the first page of the admin, while there is any."""
    if not user.has_perm("members.change_organisation"):
        return None
    ending = Seat.objects.ending(site_today(), ENDING_DAYS).aggregate(count=Count("pk"), last=Max("until"))
    if not ending["count"]:
        return None
    return Shortcut(
        label=_("Terms that end soon"),
        text=_("Seats on the steering committee whose term ends within 60 days."),
        url=reverse("wagtailsnippets_members_organisation:list") + "?seat=ending",
        icon="date",
        order=45,
        count=ending["count"],
        newest=_morning(ending["last"] - timedelta(days=ENDING_DAYS)),
    )


def members_that_cannot_be_asked(user: Any) -> Shortcut | None:
    """While there is any: they never lapse, and hear of no declaration."""
    if not user.has_perm("members.change_organisation"):
        return None
    found = Membership.objects.unreachable(site_today()).aggregate(
        count=Count("organisation", distinct=True), last=Max("unreachable_since")
    )
    if not found["count"]:
        return None
    return Shortcut(
        label=_("Members that cannot be asked"),
        text=_("No contact that an email reaches. Add one, so that they can confirm their membership and hear of declarations."),
        url=reverse("wagtailsnippets_members_organisation:list") + "?contacts=cannot_be_asked",
        icon="mail",
        order=43,
        count=found["count"],
        newest=_morning(found["last"]),
        late=found["count"],
    )


def members_about_to_be_hidden(user: Any) -> Shortcut | None:
    """While there is any that was asked and leaves the directory within 30 days."""
    if not user.has_perm("members.change_organisation"):
        return None
    found = Membership.objects.about_to_be_hidden(site_today()).aggregate(count=Count("organisation", distinct=True), last=Max("asked_on"))
    if not found["count"]:
        return None
    return Shortcut(
        label=_("Members about to be hidden"),
        text=_("They have not confirmed their membership. Within 30 days they leave the directory."),
        url=reverse("wagtailsnippets_members_organisation:list") + "?standing=about_to_be_hidden",
        icon="view",
        order=44,
        count=found["count"],
        newest=_morning(found["last"] + DUE_PERIOD + GRACE_PERIOD - NOTICE_PERIOD),
        late=found["count"],
    )


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
