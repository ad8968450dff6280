"""Ballots of the steering committee: who voted what, the result and the minutes; pausing and ending; and voting in the admin."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import InspectView
from wagtail.permissions import ModelPermissionPolicy

from cms.dashboard import Shortcut
from core.admin.audit import history
from core.admin.confirm import ConfirmView
from core.admin.menu import menu_item_for
from core.admin.records import RecordIndex, Records
from core.admin.views import Breadcrumb
from core.dates import datetime_text
from core.mail.addresses import canonical_address
from members.applications.admin import answers
from members.applications.requirements import ORGANISATION_FIELDS, REASON_FIELDS
from members.models import Ballot, Vote
from members.states import NEEDS_REASON, RUNNING, BallotState, Choice

from . import workflow
from .minutes import minutes, tally_of


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
            label=gettext_lazy("Closes"),
            sort_key="closes_at",
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Ballot]:
        return super().get_base_queryset().select_related("application")


def votes_of(user: Any) -> QuerySet[Vote]:
    """The votes that are this person's: sent to the address they sign in with."""
    return Vote.objects.filter(address_key=canonical_address(user.email)).exclude(address_key="")


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
        row, application = self.object, self.object.application
        mine = set(votes_of(self.request.user).filter(ballot=row).values_list("pk", flat=True))
        takes_votes = row.takes_votes(timezone.now())
        all_shown = self.may_run or not row.is_running
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
            votes=[
                {
                    "vote": vote,
                    "is_mine": vote.pk in mine,
                    "is_shown": all_shown or vote.pk in mine or vote.choice in NEEDS_REASON,
                    "may_vote": takes_votes and (vote.pk in mine or self.may_run),
                }
                for vote in row.votes.all()
            ],
            count=tally_of(row) if all_shown else None,
            minutes=minutes(row) if all_shown else "",
            actions=[(reverse(f"ballots:{name}", args=(row.pk,)), label) for name, label in possible(row)] if self.may_run else [],
            may_run=self.may_run,
            takes_votes=takes_votes,
            history=history(row) if self.may_run else [],
        )


def possible(row: Ballot) -> list[tuple[str, str]]:
    actions = [
        ("resume", _("Let the clock run on …"), row.state == BallotState.PAUSED),
        ("close", _("End it now and count …"), row.is_running),
        ("cancel", _("Cancel it …"), row.is_running),
    ]
    return [(name, label) for name, label, fits in actions if fits]


class BallotAction(ConfirmView):
    permission_policy = ModelPermissionPolicy(Ballot)
    queryset = Ballot.objects.select_related("application")
    header_icon = "clipboard-list"
    states: tuple[str, ...] = RUNNING

    def above(self) -> list[Breadcrumb]:
        return [(reverse("ballots:index"), _("Ballots")), (self.get_back_url(), self.object_name)]

    def get_back_url(self) -> str:
        return reverse("ballots:inspect", args=(self.object.pk,))

    @property
    def object_name(self) -> str:
        return str(self.object.application.title)


class Resume(BallotAction):
    page_title = gettext_lazy("Let the clock run on")
    button = gettext_lazy("Let it run on")
    success_message = gettext_lazy("The clock of the ballot on “%(name)s” runs again.")
    states = (BallotState.PAUSED,)

    def consequences(self) -> Iterable[str]:
        paused = self.object.paused_at
        if paused:
            closes = datetime_text(self.object.closes_at + (timezone.now() - paused))
            yield _("The time that was left is left again: it closes on %(day)s.") % {"day": closes}
        yield _("The objection stands unless its author votes again; talk to them first.")

    def act(self) -> bool:
        return workflow.resume(self.object, by=self.request.user, now=timezone.now())


class Close(BallotAction):
    page_title = gettext_lazy("End the ballot")
    button = gettext_lazy("End it and count")
    success_message = gettext_lazy("The ballot on “%(name)s” is closed.")

    def consequences(self) -> Iterable[str]:
        count = tally_of(self.object)
        yield _("As it stands now the result is: %(result)s.") % {"result": count.result.label}
        if count.silent:
            yield _("Silent until now: %(silent)d. Nobody can vote any more.") % {"silent": count.silent}
        yield _("It cannot be opened again. For another ballot take the application back, then put it to the committee anew.")

    def act(self) -> bool:
        return workflow.close(self.object, by=self.request.user, now=timezone.now())


class Cancel(BallotAction):
    page_title = gettext_lazy("Cancel the ballot")
    button = gettext_lazy("Cancel the ballot")
    success_message = gettext_lazy("The ballot on “%(name)s” is cancelled.")

    def consequences(self) -> Iterable[str]:
        yield _("It ends without a result, and the links in its mails stop working. The votes so far stay in the minutes.")
        yield _("The application stays with the committee. For another ballot take it back, then put it to the committee anew.")

    def act(self) -> bool:
        return workflow.cancel_running(self.object.application, by=self.request.user, now=timezone.now())


class VoteForm(forms.Form):
    choice = forms.ChoiceField(label=gettext_lazy("Vote"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=Vote._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("An objection or a recusal needs one; the whole committee reads it."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("choice") in NEEDS_REASON and not cleaned.get("reason"):
            self.add_error("reason", _("Please give a reason, in a sentence or two."))
        return cleaned


class CastVote(BallotAction):
    """A member of the committee votes; or the secretariat writes down what it was told."""

    page_title = gettext_lazy("Vote")
    button = gettext_lazy("Vote")
    permission_required = "view"
    states = ()  # see is_possible

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.vote = get_object_or_404(self.object.votes.all(), pk=kwargs["vote"])

    @cached_property
    def is_mine(self) -> bool:
        return bool(votes_of(self.request.user).filter(pk=self.vote.pk).exists())

    def user_has_permission(self, permission: str) -> bool:
        """Everybody votes for their own seat; the secretariat for any."""
        return super().user_has_permission(permission) and (self.is_mine or super().user_has_permission("change"))

    def is_possible(self) -> bool:
        return bool(self.object.takes_votes(timezone.now()))

    @property
    def shown(self) -> str:
        """A clock that an objection stops meanwhile does not keep anybody from voting."""
        return f"{self.vote.choice}:{self.vote.cast_at or ''}"

    def question(self) -> str:
        return _("Shall %(name)s join?") % {"name": self.object_name}

    def consequences(self) -> Iterable[str]:
        if self.is_mine:
            yield _("You vote for %(organisation)s.") % {"organisation": self.vote.organisation_name}
        else:
            yield _("You write down what you were told by %(organisation)s. That it was you is kept in the history.") % {
                "organisation": self.vote.organisation_name
            }
        yield _("Until the ballot closes the vote can be changed, and the last one counts. An objection stops the clock.")
        yield _("It closes at once when everybody has voted.")

    def make_form(self, data: Any) -> VoteForm:
        form = VoteForm(data, initial={"choice": self.vote.choice, "reason": self.vote.reason})
        form.fields["choice"].choices = [(choice, Choice(choice).label) for choice in self.object.choices]  # type: ignore[attr-defined]
        return form

    def act(self) -> bool:
        answers = self.answers
        self.vote.ballot = self.object
        outcome = workflow.cast(self.vote, choice=answers["choice"], reason=answers["reason"], by=self.request.user, now=timezone.now())
        return outcome == workflow.Outcome.DONE

    def get_success_message(self, result: bool) -> str:
        return _("The vote is cast: %(choice)s.") % {"choice": self.vote.get_choice_display()}

    def too_late(self) -> str:
        return _("Nothing was done: the ballot is over.")


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
            path("<int:pk>/resume/", Resume.as_view(), name="resume"),
            path("<int:pk>/close/", Close.as_view(), name="close"),
            path("<int:pk>/cancel/", Cancel.as_view(), name="cancel"),
            path("<int:pk>/vote/<int:vote>/", CastVote.as_view(), name="vote"),
        ]


# On the first page of the admin


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
    """While an objection is to be talked about, or a result to be carried out. (An objection is told by an email of its own, at once.)"""
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
