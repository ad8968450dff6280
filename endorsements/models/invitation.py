"""What a member was asked about an open declaration, and what it answered."""

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

STORED = [(one.value, one.label) for one in (Answer.DECIDING, Answer.NO)]
# Nobody is reminded of what they were asked a moment ago.
REST = timedelta(days=2)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def under(self, declaration: DeclarationPage) -> Self:
        return self.filter(declaration_id=declaration.pk)

    def with_word(self) -> Self:
        """Each with its `word`, one of `Answer`. Who took part and does not stand under it any more, because the endorsement ended, is
        not silent: that is a no."""
        theirs = Endorsement.objects.live().filter(declaration=OuterRef("declaration"), organisation=OuterRef("organisation"))
        word = Case(
            When(Exists(theirs), then=Value(Answer.YES.value)),
            When(answer=Answer.DECIDING, then=Value(Answer.DECIDING.value)),
            When(answered_at__isnull=False, then=Value(Answer.NO.value)),
            default=Value(Answer.SILENT.value),
        )
        return self.annotate(word=word)

    def unsettled(self, now: datetime) -> Self:
        """From whom an answer is awaited: those who are silent, and whose day for deciding has passed."""
        overdue = Q(word=Answer.DECIDING, deciding_until__lt=site_date(now))
        return self.with_word().filter(Q(word=Answer.SILENT) | overdue)

    def to_chase(self, now: datetime) -> Self:
        """Those among them to remind, which is done once, ever; one that has said nothing at all not before some days have passed."""
        rested = Q(asked_at__lte=now - REST) | Q(word=Answer.DECIDING)
        return self.unsettled(now).filter(rested, chased_at__isnull=True)


class Invitation(models.Model):
    """An organisation and a declaration. Written by `endorsements.responses.workflow` alone.

    Without `asked_at` nobody asked: it answered by itself, on its own page.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("declaration"))
    organisation = models.ForeignKey(
        "members.Organisation", on_delete=models.CASCADE, related_name="invitations", verbose_name=_("organisation")
    )
    asked_at = models.DateTimeField(_("asked"), null=True)
    chased_at = models.DateTimeField(_("reminded"), null=True)
    answer = models.CharField(_("answer"), max_length=8, blank=True, choices=STORED)
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
