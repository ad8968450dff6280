"""What the secretariat does to many endorsements at once and can undo: imports, and bulk actions."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.imports.models import Upload
from endorsements.states import State

from .declaration import DeclarationPage
from .endorsement import Endorsement


class ImportedList(Upload):
    """A list of signatories from outside, such as paper sheets or an older open letter: previewed, then imported once.

    `content` is the uploaded file; after the import only its rows with problems. It is erased after a week.
    """

    declaration = models.ForeignKey(DeclarationPage, on_delete=models.CASCADE, related_name="imported_lists")
    provenance = models.CharField(
        _("where it comes from"), max_length=160, help_text=_("For example “Paper sheets, Kampala, 12 May 2021”. Kept with each name.")
    )
    added = models.PositiveIntegerField(_("added"), null=True)
    skipped = models.PositiveIntegerField(_("there already"), null=True)

    class Meta:
        verbose_name = _("imported list")
        verbose_name_plural = _("imported lists")
        default_permissions = ()

    def __str__(self) -> str:
        return gettext("Imported list %(number)d") % {"number": self.pk or 0}


class BulkAct(models.Model):
    """An action on many endorsements, with the state each was in before, so that it can be undone as one."""

    to = models.CharField(_("moved to"), max_length=10, choices=State)
    made_at = models.DateTimeField(_("done"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("act on many endorsements")
        verbose_name_plural = _("acts on many endorsements")
        default_permissions = ()

    def __str__(self) -> str:
        return gettext("Act %(number)d") % {"number": self.pk or 0}


class BulkActItem(models.Model):
    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="+")
    came_from = models.CharField(max_length=10, choices=State)
    before = models.JSONField(null=True, help_text="Other fields as they were; none of them is personal.")
    moved_to = models.CharField(
        max_length=10, choices=State, blank=True, default="", db_default="", help_text="Empty: where the act moved it."
    )

    class Meta:
        verbose_name = "item of an act"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("act", "endorsement"), name="bulk_act_item_once"),)

    def __str__(self) -> str:
        return f"{self.act_id}/{self.endorsement_id}"

    @property
    def came_to(self) -> str:
        """The state that the act moved it to."""
        return self.moved_to or self.act.to
