"""What the coalition offers on the first page of the admin: what waits, with its number.

An application that was submitted and a ballot that an objection stopped are told of by a mail of their own (`emails`), at once.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.dashboard import Shortcut
from members.committee.admin import votes_of
from members.organisations.admin.organisations import ENDING_DAYS

from .models import Application, Ballot, ProfileChange, Seat
from .states import RUNNING, WITH_US, ChangeState


def applications_to_decide(user: Any) -> Shortcut | None:
    """While any was submitted."""
    if not user.has_perm("members.view_application"):
        return None
    with_us = Application.objects.filter(state__in=WITH_US)
    waiting = with_us.aggregate(count=Count("pk", distinct=True), newest=Max("questions__answered_at"))
    if not waiting["count"] and not Application.objects.submitted().exists():
        return None
    return Shortcut(
        label=_("Applications to join"),
        text=_("Organisations that wait for an answer: check them, ask them, put them to the steering committee."),
        url=reverse("applications:index"),
        icon="form",
        order=16,
        **waiting,
    )


def my_votes(user: Any) -> Shortcut | None:
    """While a ballot waits for the vote of this person."""
    if not user.has_perm("members.view_ballot"):
        return None
    now = timezone.now()
    mine = votes_of(user).filter(choice="", ballot__state__in=RUNNING).select_related("ballot")
    waiting = sum(vote.ballot.takes_votes(now) for vote in mine)
    if not waiting:
        return None
    return Shortcut(
        label=_("Your vote is asked for"),
        text=_("Applications to join on which the steering committee votes."),
        url=reverse("ballots:index") + "?state=open&state=paused",
        icon="clipboard-list",
        order=14,
        count=waiting,
    )


def ballots_that_wait(user: Any) -> Shortcut | None:
    """While an objection is to be talked about, or a result to be carried out."""
    if not user.has_perm("members.change_ballot"):
        return None
    waiting = dict(Ballot.objects.for_secretariat().values_list("pk", "closed_at")[:100])
    if not waiting:
        return None
    return Shortcut(
        label=_("Ballots that wait for you"),
        text=_("Stopped by an objection, or counted: talk to who objected, or carry the decision out."),
        url=reverse("ballots:inspect", args=[*waiting]) if len(waiting) == 1 else reverse("ballots:index"),
        icon="clipboard-list",
        order=13,
        count=len(waiting),
        newest=max(filter(None, waiting.values()), default=None),
    )


def profile_changes(user: Any) -> Shortcut | None:
    if not user.has_perm("members.change_profilechange"):
        return None
    waiting = ProfileChange.objects.filter(state=ChangeState.PENDING).aggregate(count=Count("pk"), newest=Max("proposed_at"))
    if not waiting["count"]:
        return None
    return Shortcut(
        label=_("Profile changes"),
        text=_("Members have changed their profiles: look at what the public will read."),
        url=reverse("profile_changes:index"),
        icon="edit",
        order=17,
        **waiting,
    )


def seats_that_end(user: Any) -> Shortcut | None:
    if not user.has_perm("members.change_organisation"):
        return None
    ending = Seat.objects.ending(timezone.localdate(), ENDING_DAYS).aggregate(count=Count("pk"), last=Max("until"))
    if not ending["count"]:
        return None
    return Shortcut(
        label=_("Terms that end soon"),
        text=_("Seats on the steering committee whose term ends within 60 days."),
        url=reverse("wagtailsnippets_members_organisation:list") + "?seat=ending",
        icon="date",
        order=45,
        count=ending["count"],
        newest=timezone.make_aware(datetime.combine(ending["last"] - timedelta(days=ENDING_DAYS), time.min)),
    )
