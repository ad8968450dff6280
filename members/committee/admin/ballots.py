"""Ballots of the steering committee: who was asked, who voted what, the result and the minutes."""

from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import InspectView

from cms.dashboard import Shortcut
from core.admin.audit import history
from core.admin.menu import menu_item_for
from core.admin.records import RecordIndex, Records
from core.dates import datetime_text, site_date
from members.applications.admin import answers
from members.applications.requirements import ORGANISATION_FIELDS, REASON_FIELDS
from members.committee.minutes import knows_who_was_asked, minutes, recorded_by
from members.committee.queries import count, votes_of
from members.committee.workflow import is_cast_by_holder
from members.models import Ballot, Seat, Vote
from members.states import NEEDS_REASON, RUNNING, BallotState

from . import actions
from .actions import my_votes_in

# A ballot that is paused, or counted and not decided on, for longer is late.
LATE_AFTER = timedelta(days=7)


class BallotFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("State"), choices=BallotState.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Ballot
        fields = ("state",)


class BallotIndex(RecordIndex):
    page_title = gettext_lazy("Ballots")
    filterset_class = BallotFilterSet
    default_ordering = "-opened_at"
    columns = [
        TitleColumn(
            "application",
            accessor="application.title",
            label=gettext_lazy("About the application of"),
            get_url=lambda row: reverse("ballots:inspect", args=(row.pk,)),
        ),
        StatusTagColumn(
            "state",
            accessor=lambda row: row.get_state_display(),
            label=gettext_lazy("State"),
            sort_key="state",
            primary=lambda row: row.state in RUNNING,
        ),
        Column("result", accessor=lambda row: row.get_result_display() or "–", label=gettext_lazy("Result"), sort_key="result"),
        DateColumn("opened_at", label=gettext_lazy("Opened"), sort_key="opened_at"),
        # Wagtail's column says how long ago something was: of what is to come, "just now".
        Column(
            "closes_at",
            accessor=lambda row: datetime_text(row.closes_at),
            label=gettext_lazy("Ends"),
            sort_key="closes_at",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Ballot]:
        return super().get_base_queryset().select_related("application")


class BallotView(InspectView):
    """What the applicant wrote, the votes, the result, the minutes. The votes of others are shown to the secretariat, and once it is over;
    objections and recusals with their reasons at once, because everybody should know them."""

    any_permission_required = ["view"]
    page_title = gettext_lazy("Ballot")
    header_icon = "clipboard-list"

    def get_object(self, queryset: Any = None) -> Ballot:
        return get_object_or_404(Ballot.objects.select_related("application", "opened_by"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, _here = super().get_breadcrumbs_items()
        return [*above, {"url": "", "label": self.object.application.title}]

    def get_fields(self) -> list[str]:
        return []

    @cached_property
    def may_run(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, application, now = self.object, self.object.application, timezone.now()
        all_shown = self.may_run or not row.is_running
        votes = votes_of(row, now)
        return super().get_context_data(
            **kwargs,
            application=application,
            groups=[
                answers(_("The organisation"), application, ORGANISATION_FIELDS),
                answers(_("Why it joins"), application, REASON_FIELDS),
                {
                    "heading": _("What the secretariat asked besides"),
                    "lines": [("", question.text, question.reply) for question in application.replies()],
                },
            ],
            files=application.files.all() if self.request.user.has_perm("members.view_application") else [],
            votes=self._lines(votes, all_shown=all_shown),
            count=count(row, votes) if all_shown else None,
            minutes=minutes(row, now) if all_shown else "",
            actions=[(reverse(f"ballots:{name}", args=(row.pk,)), label) for name, label in actions.possible(row)] if self.may_run else [],
            may_run=self.may_run,
            takes_votes=row.takes_votes(now),
            knows_who_was_asked=self.may_run and knows_who_was_asked(row),
            history=history(row) if self.may_run else [],
        )

    def _lines(self, votes: list[Vote], *, all_shown: bool) -> list[dict[str, Any]]:
        """The votes, each with what this person sees of it and may do with it."""
        mine = set(my_votes_in(self.request.user).filter(ballot=self.object).values_list("pk", flat=True))
        takes_votes = self.object.takes_votes(timezone.now())
        return [
            {
                "vote": vote,
                "recorded_by": recorded_by(vote),
                "is_mine": vote.pk in mine,
                "is_shown": all_shown or vote.pk in mine or vote.choice in NEEDS_REASON,
                "may_vote": takes_votes and not vote.not_counted and (vote.pk in mine or (self.may_run and not is_cast_by_holder(vote))),
                "may_be_asked_again": takes_votes and self.may_run and bool(vote.email) and not vote.not_counted,
            }
            for vote in votes
        ]


class Ballots(Records):
    name = "ballots"
    model = Ballot
    icon = "clipboard-list"
    menu_label = gettext_lazy("Ballots")
    menu_item_class = menu_item_for("members.view_ballot")
    index_view_class = BallotIndex
    inspect_view_class = BallotView
    inspect_template_name = "members/committee/admin/ballot.html"
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/resume/", actions.Resume.as_view(), name="resume"),
            path("<int:pk>/end/", actions.MoveEnd.as_view(), name="move_end"),
            path("<int:pk>/close/", actions.Close.as_view(), name="close"),
            path("<int:pk>/cancel/", actions.Cancel.as_view(), name="cancel"),
            path("<int:pk>/vote/<int:vote>/", actions.CastVote.as_view(), name="vote"),
            path("<int:pk>/vote/<int:vote>/link/", actions.SendLink.as_view(), name="send_link"),
        ]


# On the first page of the admin


def my_votes(user: Any) -> Shortcut | None:
    """While a ballot waits for the vote of this person."""
    if not user.has_perm("members.view_ballot"):
        return None
    now = timezone.now()
    waiting = my_votes_in(user).missing(now).filter(seat__in=Seat.objects.entitled(site_date(now))).count()
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
    """While an objection is to be talked about, or a result to be carried out. (Each is told by an email of its own, at once.)"""
    if not user.has_perm("members.change_ballot"):
        return None
    long_ago = timezone.now() - LATE_AFTER
    waiting = dict(Ballot.objects.needing_action().values_list("pk", "closed_at")[:100])
    if not waiting:
        return None
    return Shortcut(
        label=_("Ballots that wait for you"),
        text=_("Stopped by an objection, or counted: talk to who objected, or carry the decision out."),
        url=reverse("ballots:inspect", args=[*waiting]) if len(waiting) == 1 else reverse("ballots:index"),
        icon="clipboard-list",
        order=13,
        count=len(waiting),
        late=Ballot.objects.needing_action().filter(Q(closed_at__lt=long_ago) | Q(paused_at__lt=long_ago)).count(),
        newest=max(filter(None, waiting.values()), default=None),
    )
