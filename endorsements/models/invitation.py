"""Members asked to endorse an open declaration, and their answers."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import site_date
from endorsements.states import Answer

from .declaration import DeclarationPage
from .endorsement import Endorsement

STORED_ANSWERS = [(one.value, one.label) for one in (Answer.DECIDING, Answer.NO)]
# Nobody is reminded sooner after they were asked.
TIME_TO_ANSWER = timedelta(days=2)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def for_declaration(self, declaration: DeclarationPage) -> Self:
        return self.filter(declaration_id=declaration.pk)

    def with_response(self) -> Self:
        """Add `response`, one of `Answer`. An organisation whose endorsement has ended is not silent: its response is no."""
        theirs = Endorsement.objects.speaking().filter(declaration=OuterRef("declaration"), organisation=OuterRef("organisation"))
        response = Case(
            When(Exists(theirs), then=Value(Answer.YES.value)),
            When(answer=Answer.DECIDING, then=Value(Answer.DECIDING.value)),
            When(answered_at__isnull=False, then=Value(Answer.NO.value)),
            default=Value(Answer.SILENT.value),
        )
        return self.annotate(response=response)

    def awaiting_answer(self, now: datetime) -> Self:
        """Those that are silent, or whose day for deciding has passed."""
        overdue = Q(response=Answer.DECIDING, deciding_until__lt=site_date(now))
        return self.with_response().filter(Q(response=Answer.SILENT) | overdue)

    def to_remind(self, now: datetime) -> Self:
        """Those awaiting an answer that were not reminded yet. A silent one is given some days first."""
        asked_a_while_ago = Q(asked_at__lte=now - TIME_TO_ANSWER) | Q(response=Answer.DECIDING)
        return self.awaiting_answer(now).filter(asked_a_while_ago, reminded_at__isnull=True)


class Invitation(models.Model):
    """An organisation's answer to a declaration, or the question. Only `endorsements.responses.workflow` changes it.

    `asked_at` is empty if the organisation answered on its own page without being asked.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("declaration"))
    organisation = models.ForeignKey(
        "members.Organisation", on_delete=models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    asked_at = models.DateTimeField(_("asked"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True, db_column="chased_at")
    answer = models.CharField(_("answer"), max_length=8, blank=True, choices=STORED_ANSWERS)
    deciding_until = models.DateField(_("deciding until"), null=True)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(
        "members.Contact", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("answered by")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to endorse")
        verbose_name_plural = _("invitations to endorse")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("declaration", "organisation"), name="invitation_once"),)

    def __str__(self) -> str:
        return gettext("Invitation %(number)d") % {"number": self.pk or 0}
