"""Uploaded tables of members."""

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.imports.models import Upload


class ImportedMembers(Upload):
    """A table of organisations, memberships, contacts and seats: previewed, then imported once.

    `choices` is what was chosen, by row, for organisations in doubt. `written` is what the import wrote, so that it can be undone. Both
    are erased with the file, after a week.
    """

    choices = models.JSONField(null=True, default=dict)
    written = models.JSONField(null=True, default=list)
    counts = models.JSONField(null=True, default=dict)
    welcomed_at = models.DateTimeField(_("contacts told"), null=True)
    undone_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("imported table of members")
        verbose_name_plural = _("imported tables of members")
        default_permissions = ()

    def __str__(self) -> str:
        return gettext("Imported table %(number)d") % {"number": self.pk or 0}

    @property
    def chosen(self) -> dict[str, Any]:
        return dict(self.choices or {})
