"""A ballot of the steering committee on an application, with one vote for each seat."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.forms.model_fields import CleanLineField
from core.mail.model_fields import EmailAddressField
from core.search_text import SearchedModel, SearchedQuerySet, SearchTextField
from members.states import (
    CHOICES_BY_RULE,
    RUNNING,
    ApplicationState,
    BallotResult,
    BallotState,
    NotAsked,
    NotCounted,
    VoteChoice,
    VotingRule,
)

from .application import Application


class BallotQuerySet(models.QuerySet["Ballot"]):
    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def needing_action(self) -> Self:
        """Those paused by an objection, or closed while their application still waits for a decision."""
        later = Ballot.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
        counted = Q(state=BallotState.CLOSED, application__state=ApplicationState.WITH_COMMITTEE) & ~Exists(later)
        return self.filter(Q(state=BallotState.PAUSED) | counted)


class Ballot(models.Model):
    """A ballot on an application. Only `members.committee.workflow` changes it; resuming after a pause postpones `closes_at`."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="ballots")
    rule = models.CharField(_("rule"), max_length=12, choices=VotingRule)
    quorum = models.PositiveSmallIntegerField(_("quorum"), default=0, help_text="Of a ballot without a share: how many had to take part.")
    quorum_percent = models.PositiveSmallIntegerField(
        _("quorum in percent"), null=True, help_text="Of the filled seats without the recused. Empty: opened before there was a share."
    )
    state = models.CharField(_("state"), max_length=10, choices=BallotState, default=BallotState.OPEN)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    closes_at = models.DateTimeField(_("closes"))
    paused_at = models.DateTimeField(_("stopped"), null=True)
    last_vote_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    result = models.CharField(_("result"), max_length=10, choices=BallotResult, blank=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        default_permissions = ("view", "change")
        ordering = ("opened_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("application",), condition=Q(state__in=RUNNING), name="ballot_once_running"),
            models.CheckConstraint(condition=~Q(state=BallotState.CLOSED) | ~Q(result=""), name="ballot_closed_with_result"),
        )

    def __str__(self) -> str:
        return gettext("Ballot %(number)d") % {"number": self.pk or 0}

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def choices(self) -> tuple[VoteChoice, ...]:
        return CHOICES_BY_RULE[VotingRule(self.rule)]

    def takes_votes(self, now: datetime) -> bool:
        """Whether a vote counts now. Also while paused, so that an objection can be taken back."""
        return self.state == BallotState.PAUSED or (self.state == BallotState.OPEN and now < self.closes_at)


class VoteQuerySet(SearchedQuerySet):
    def missing(self, now: datetime) -> Self:
        """Those not cast of ballots that take votes."""
        open_now = Q(ballot__state=BallotState.OPEN, ballot__closes_at__gt=now)
        return self.filter(Q(ballot__state=BallotState.PAUSED) | open_now, choice="")


class Vote(SearchedModel):
    """The vote of a seat in a ballot. Which seats have one is fixed when the ballot opens (`members.committee.workflow`).

    The person and address follow the seat while the ballot runs. `not_asked` and `not_counted` are stored when it closes; until then
    `members.committee.queries` computes them. The person is erased when their time is over (`members.personal_data`); the organisation's
    name and the choice are kept.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    seat = models.ForeignKey("members.Seat", null=True, on_delete=models.SET_NULL, related_name="votes")
    organisation_name = models.CharField(_("organisation"), max_length=160)
    person_name = CleanLineField(_("person"), max_length=120, blank=True)
    email = EmailAddressField(_("e-mail address"), blank=True)
    address_key = models.CharField(max_length=254, blank=True)
    choice = models.CharField(_("vote"), max_length=10, choices=VoteChoice, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    cast_at = models.DateTimeField(_("cast"), null=True)
    search_text = SearchTextField("person_name")
    is_recorded = models.BooleanField(
        _("recorded"), default=False, db_default=False, help_text="A colleague entered it for the holder of the seat."
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("recorded by")
    )
    emailed_at = models.DateTimeField(null=True, help_text="When the last email with a link to this vote was written.")
    mail_key = models.CharField(max_length=200, default="", db_default="", help_text="The key of that email.")
    reminded = models.CharField(max_length=8, default="", db_default="", help_text="The last reminder: half, or last.")
    asked_at = models.DateTimeField(_("asked"), null=True, help_text="When an email with a link to this vote was sent.")
    not_asked = models.CharField(_("not asked"), max_length=12, choices=NotAsked, default="", db_default="")
    not_counted = models.CharField(_("not counted"), max_length=12, choices=NotCounted, default="", db_default="")

    objects = VoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        default_permissions = ()
        ordering = ("organisation_name", "pk")
        constraints = (models.UniqueConstraint(fields=("ballot", "seat"), name="vote_once_for_a_seat"),)
        indexes = (models.Index(fields=["address_key"], name="vote_address"),)

    def __str__(self) -> str:
        return gettext("Vote %(number)d") % {"number": self.pk or 0}
