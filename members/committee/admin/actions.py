"""What can be done with a ballot: resume it, move its end, end it, cancel it; vote, record a vote, send a link again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.permissions import ModelPermissionPolicy

from core.admin.confirm import ConfirmView
from core.admin.views import Breadcrumb
from core.dates import datetime_text
from core.mail.addresses import canonical_address
from members.committee import asking, workflow
from members.committee.queries import count, votes_of, why_not_counted
from members.models import Ballot, Vote
from members.models.ballot import VoteQuerySet
from members.states import NEEDS_REASON, RUNNING, BallotState, VoteChoice


def my_votes_in(user: Any) -> VoteQuerySet:
    """The votes that are this person's: sent to the address they sign in with."""
    return Vote.objects.filter(address_key=canonical_address(user.email)).exclude(address_key="")


def possible(row: Ballot) -> list[tuple[str, str]]:
    """The actions that fit the ballot now, each with the words on its button."""
    rows = [
        ("resume", _("Resume …"), row.state == BallotState.PAUSED),
        ("move_end", _("Move the end …"), row.state == BallotState.OPEN),
        ("move_end", _("Extend …"), workflow.may_be_extended(row)),
        ("close", _("End and count …"), row.state == BallotState.PAUSED),
        ("cancel", _("Cancel …"), row.is_running),
    ]
    return [(name, label) for name, label, fits in rows if fits]


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
    page_title = gettext_lazy("Resume the ballot")
    button = gettext_lazy("Resume")
    success_message = gettext_lazy("The ballot on “%(name)s” is open again. All voters are told when it ends.")
    states = (BallotState.PAUSED,)

    def consequences(self) -> Iterable[str]:
        paused = self.object.paused_at
        if paused:
            closes = datetime_text(self.object.closes_at + (timezone.now() - paused))
            yield _("The time that was left is left again: it ends on %(day)s. All voters get an email that says so.") % {"day": closes}
        yield _("The objection counts unless its author votes again; talk to them first.")

    def act(self) -> bool:
        return workflow.resume_ballot(self.object, by=self.request.user, now=timezone.now())


class EndForm(forms.Form):
    closes_at = forms.DateTimeField(label=gettext_lazy("Ends"), widget=AdminDateTimeInput)

    def clean_closes_at(self) -> datetime:
        chosen: datetime = self.cleaned_data["closes_at"]
        now = timezone.now()
        if chosen < now + workflow.NOTICE:
            raise forms.ValidationError(_("Choose an end at least 24 hours from now, so that all voters hear of it in time."))
        if chosen > now + timedelta(days=workflow.MAX_DAYS):
            raise forms.ValidationError(_("Choose an end at most 60 days from now."))
        return chosen


class MoveEnd(BallotAction):
    """Announce another end; of a ballot that had no quorum too, which goes on with the votes cast so far."""

    page_title = gettext_lazy("Move the end of the ballot")
    button = gettext_lazy("Announce the new end")
    success_message = gettext_lazy("The ballot on “%(name)s” ends at another time. All voters are told.")

    def is_possible(self) -> bool:
        return self.object.state == BallotState.OPEN or workflow.may_be_extended(self.object)

    @property
    def shown(self) -> str:
        return f"{self.object.state}:{self.object.closes_at.isoformat()}"

    def consequences(self) -> Iterable[str]:
        yield _("It ended, or ends, on %(day)s.") % {"day": datetime_text(self.object.closes_at)}
        if self.object.state == BallotState.CLOSED:
            yield _("There was no quorum. It goes on with the votes cast so far, and those who have not voted are asked again.")
        yield _("All voters get an email with the new end. They can vote, and change their votes, until then.")

    def make_form(self, data: Any) -> EndForm:
        later = max(self.object.closes_at, timezone.now()) + timedelta(days=7)
        return EndForm(data, initial={"closes_at": later.replace(second=0, microsecond=0)})

    def act(self) -> bool:
        return workflow.move_end(self.object, closes_at=self.answers["closes_at"], by=self.request.user, now=timezone.now())


class Close(BallotAction):
    """Only while it is paused: of an open ballot the end is announced, and can be moved."""

    page_title = gettext_lazy("End the ballot")
    button = gettext_lazy("End and count")
    success_message = gettext_lazy("The ballot on “%(name)s” has ended.")
    states = (BallotState.PAUSED,)

    def consequences(self) -> Iterable[str]:
        counted = count(self.object, votes_of(self.object, timezone.now()))
        yield _("As it is now, the result is: %(result)s.") % {"result": counted.result.label}
        if counted.not_voted:
            yield _("Seats that have not voted: %(silent)d. Nobody can vote any more.") % {"silent": counted.not_voted}
        yield _("The application stays with the committee. Without a quorum you can extend this ballot, or open another one there.")

    def act(self) -> bool:
        return workflow.close_ballot(self.object, by=self.request.user, now=timezone.now())


class Cancel(BallotAction):
    page_title = gettext_lazy("Cancel the ballot")
    button = gettext_lazy("Cancel the ballot")
    success_message = gettext_lazy("The ballot on “%(name)s” is cancelled.")

    def consequences(self) -> Iterable[str]:
        yield _("It ends without a result, and the links in its emails stop working. The votes so far stay in the minutes.")
        yield _("The application stays with the committee. You can open another ballot there.")

    def act(self) -> bool:
        return workflow.cancel_running_ballot(self.object.application, by=self.request.user, now=timezone.now())


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
            self.add_error("reason", _("Give a reason, in a sentence or two."))
        return cleaned


class VoteAction(BallotAction):
    """An action on one vote of the ballot."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.vote = get_object_or_404(self.object.votes.all(), pk=kwargs["vote"])
        self.vote.ballot = self.object

    def is_possible(self) -> bool:
        return bool(self.object.takes_votes(timezone.now()))

    def too_late(self) -> str:
        return _("Nothing was done: the ballot is over.")


class CastVote(VoteAction):
    """A member of the committee votes; or the secretariat records a vote that it was told."""

    permission_required = "view"
    states = ()  # see is_possible

    @cached_property
    def is_mine(self) -> bool:
        return bool(my_votes_in(self.request.user).filter(pk=self.vote.pk).exists())

    def get_page_title(self) -> str:
        return _("Vote") if self.is_mine else _("Record a vote")

    def get_button(self) -> str:
        return _("Vote") if self.is_mine else _("Record the vote")

    def user_has_permission(self, permission: str) -> bool:
        """Everybody votes for their own seat; the secretariat records for any."""
        return super().user_has_permission(permission) and (self.is_mine or super().user_has_permission("change"))

    @property
    def shown(self) -> str:
        """An objection that pauses the ballot meanwhile does not keep anybody from voting."""
        return f"{self.vote.choice}:{self.vote.cast_at or ''}"

    def question(self) -> str:
        return _("Should %(name)s join?") % {"name": self.object_name}

    def why_not(self) -> list[str]:
        seat = {"organisation": self.vote.organisation_name}
        if why := why_not_counted(self.vote, timezone.now()):
            return [_("%(organisation)s cannot vote: %(why)s.") % {**seat, "why": why}]
        if not self.is_mine and workflow.is_cast_by_holder(self.vote):
            return [_("%(organisation)s has voted itself. Nobody else can change that vote.") % seat]
        return []

    def consequences(self) -> Iterable[str]:
        seat = {"organisation": self.vote.organisation_name}
        if self.is_mine:
            yield _("You vote for %(organisation)s.") % seat
        else:
            yield _("You record the vote that %(organisation)s told you. Minutes and history say that you recorded it.") % seat
            yield self._who_is_told()
        yield _("It can be changed until the ballot ends, and the last vote counts. An objection pauses the ballot.")

    def _who_is_told(self) -> str:
        if not self.vote.email:
            return _("The seat has no email address, so tell them yourself that you recorded it.")
        return _("%(address)s gets an email that says so, with the link to change it.") % {"address": self.vote.email}

    def make_form(self, data: Any) -> VoteForm:
        form = VoteForm(data, initial={"choice": self.vote.choice, "reason": self.vote.reason})
        form.fields["choice"].choices = [(choice, VoteChoice(choice).label) for choice in self.object.choices]  # type: ignore[attr-defined]
        return form

    def act(self) -> bool:
        enter = workflow.cast_vote if self.is_mine else workflow.record_vote
        choice, reason = self.answers["choice"], self.answers["reason"]
        return enter(self.vote, choice=choice, reason=reason, by=self.request.user, now=timezone.now()) == workflow.Outcome.DONE

    def get_success_message(self, result: bool) -> str:
        choice = {"choice": self.vote.get_choice_display()}
        return _("Your vote is recorded: %(choice)s.") % choice if self.is_mine else _("The vote is recorded: %(choice)s.") % choice


class SendLink(VoteAction):
    page_title = gettext_lazy("Send the link again")
    button = gettext_lazy("Send the link")

    @property
    def shown(self) -> str:
        return f"{self.vote.email}:{self.vote.emailed_at or ''}"

    def why_not(self) -> list[str]:
        seat = {"organisation": self.vote.organisation_name}
        if why := why_not_counted(self.vote, timezone.now()):
            return [_("%(organisation)s cannot vote: %(why)s.") % {**seat, "why": why}]
        return [] if self.vote.email else [str(asking.emails.NO_ADDRESS) % seat]

    def consequences(self) -> Iterable[str]:
        yield _("%(address)s gets an email with a new link to vote for %(organisation)s. Earlier links keep working.") % {
            "address": self.vote.email,
            "organisation": self.vote.organisation_name,
        }

    def act(self) -> bool:
        return asking.send_again(self.vote, by=self.request.user, now=timezone.now())

    def get_success_message(self, result: bool) -> str:
        return _("The link is on its way to %(address)s.") % {"address": self.vote.email}

    def too_late(self) -> str:
        if self.object.takes_votes(timezone.now()):
            return _(
                "No email was sent to %(address)s: its owner has not confirmed it, or wants none from us. Record the vote instead."
            ) % {"address": self.vote.email}
        return super().too_late()
