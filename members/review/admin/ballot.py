"""Open a ballot of the steering committee on an application: who is asked, who cannot be, the rule, the days and the quorum."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.dates import site_today
from members.committee.queries import voters
from members.committee.result import votes_needed
from members.committee.workflow import MAX_DAYS, MIN_DAYS
from members.models import Seat
from members.models.settings import quorum_percent
from members.review import workflow as review
from members.states import ApplicationState, VotingRule

from .actions import ApplicationAction, leading_to

USUAL_DAYS = 10


class BallotForm(forms.Form):
    rule = forms.ChoiceField(
        label=gettext_lazy("Rule"),
        choices=VotingRule.choices,
        widget=forms.RadioSelect,
        initial=VotingRule.NO_OBJECTION,
        help_text=gettext_lazy("In both, not voting is not agreement, and an objection pauses the ballot."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days to vote"),
        min_value=MIN_DAYS,
        max_value=MAX_DAYS,
        initial=USUAL_DAYS,
        help_text=gettext_lazy("Everybody can change their vote until the end. Reminders are sent at half time and on the last day."),
    )


class PutToCommittee(ApplicationAction):
    template_name = "members/review/admin/put_to_committee.html"
    page_title = gettext_lazy("Put it to the steering committee")
    button = gettext_lazy("Open the ballot")
    success_message = gettext_lazy("The ballot on “%(name)s” is open.")
    form_class = BallotForm

    def is_possible(self) -> bool:
        """Also for another ballot, once the last one is over."""
        return self.object.state in leading_to(ApplicationState.WITH_COMMITTEE) or self.is_another

    @cached_property
    def is_another(self) -> bool:
        return self.object.state == ApplicationState.WITH_COMMITTEE and not self.object.ballots.running().exists()

    @property
    def shown(self) -> str:
        """The seats too: who cannot be asked was read before the button was pressed."""
        unasked = ",".join(f"{seat.pk}" for seat in self.seats if seat.voter.not_asked)
        return f"{self.object.state}:{self.percent}:{len(self.seats)}:{unasked}"

    @cached_property
    def seats(self) -> list[Any]:
        """The seats that may vote today, each with its `voter`."""
        found = list(Seat.objects.entitled(site_today()).select_related("organisation").order_by("organisation__name", "pk"))
        return _with_voters(found)

    @cached_property
    def left_out(self) -> list[Any]:
        """The seats of today whose organisation is no member."""
        seats = Seat.objects.on(site_today()).exclude(pk__in=[seat.pk for seat in self.seats])
        return list(seats.select_related("organisation").order_by("organisation__name", "pk"))

    @cached_property
    def percent(self) -> int:
        return quorum_percent()

    def why_not(self) -> list[str]:
        nobody = _("No member has a seat on the steering committee today. Enter the seats with their organisations.")
        return [] if self.seats else [nobody]

    def consequences(self) -> Iterable[str]:
        unasked = [seat for seat in self.seats if seat.voter.not_asked]
        asked = len(self.seats) - len(unasked)
        yield ngettext(
            "%(count)d seat is asked by email. Whoever has had an email about ballots today is asked tomorrow morning.",
            "%(count)d seats are asked by email. Whoever has had an email about ballots today is asked tomorrow morning.",
            asked,
        ) % {"count": asked}
        needed = votes_needed(self.percent, len(self.seats))
        yield ngettext(
            "Quorum: %(needed)d of %(count)d filled seat must vote (%(percent)d %%).",
            "Quorum: %(needed)d of %(count)d filled seats must vote (%(percent)d %%). Recused seats are left out, abstaining is voting.",
            len(self.seats),
        ) % {"needed": needed, "count": len(self.seats), "percent": self.percent}
        for seat in unasked:
            yield _("Cannot be asked: %(organisation)s (%(why)s). It counts as filled. Mend it first, or record its vote.") % {
                "organisation": seat.organisation.name,
                "why": seat.voter.why_not,
            }
        if asked < needed:
            yield _("Too few seats can be asked for a quorum. Unless you record votes, the ballot ends without one.")
        for seat in self.left_out:
            yield _("No vote: %(organisation)s, which has a seat but is not a member today.") % {"organisation": seat.organisation.name}
        yield _("Only these seats vote in this ballot. The vote of a seat that ends before the ballot does not count.")

    def act(self) -> bool:
        rule, days = VotingRule(self.answers["rule"]), self.answers["days"]
        open_ballot = review.open_another_ballot if self.is_another else review.put_to_committee
        return open_ballot(self.object, rule=rule, days=days, by=self.request.user, now=timezone.now()) is not None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, seats=self.seats)


def _with_voters(seats: list[Any]) -> list[Any]:
    people = voters(seats)
    for seat in seats:
        seat.voter = people[seat.pk]
    return seats
