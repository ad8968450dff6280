"""Corrected names of organisations and people who endorse: proposed by the holder, or made by the secretariat."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from core.forms.model_fields import LineField
from core.mail.model_fields import WebsiteField
from endorsements.states import NameChangeState

from .endorsement import Endorsement

# What a correction may change.
NAME_FIELDS = ("name", "acronym", "country", "website")


class NameChange(models.Model):
    """The name as it was and as it is to be. It changes the endorsement once it is accepted, and no delivery."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="name_changes")
    state = models.CharField(_("state"), max_length=10, choices=NameChangeState, default=NameChangeState.WAITING)
    name = LineField(_("name"), max_length=160)
    acronym = LineField(_("acronym"), max_length=40, blank=True)
    country = CountryField(_("country"), blank=True)
    website = WebsiteField(_("website"), max_length=200, blank=True)
    former_name = LineField(_("former name"), max_length=160, blank=True)
    former_acronym = LineField(_("former acronym"), max_length=40, blank=True)
    former_country = CountryField(_("former country"), blank=True)
    former_website = WebsiteField(_("former website"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("corrected name")
        verbose_name_plural = _("corrected names")
        default_permissions = ()
        ordering = ("proposed_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("endorsement",), condition=Q(state=NameChangeState.WAITING), name="name_change_waits_once"),
        )

    def __str__(self) -> str:
        return gettext("Corrected name %(number)d") % {"number": self.pk or 0}

    @property
    def values(self) -> dict[str, Any]:
        """The name as it is to be, by the fields of the endorsement."""
        return {name: getattr(self, name) for name in NAME_FIELDS}

    @property
    def lines(self) -> list[tuple[Any, str, str]]:
        """Label, former value and new value of each field that differs."""
        rows = ((_label(name), _shown(self, f"former_{name}"), _shown(self, name)) for name in NAME_FIELDS)
        return [row for row in rows if row[1] != row[2]]


def _label(name: str) -> Any:
    field: Any = NameChange._meta.get_field(name)
    return field.verbose_name


def _shown(change: NameChange, name: str) -> str:
    value = getattr(change, name)
    return str(value.name if hasattr(value, "code") else value)


def name_of_endorsement(endorsement: Endorsement) -> dict[str, Any]:
    """Its name as it is, with the country as a code."""
    return {name: str(getattr(endorsement, name) or "") for name in NAME_FIELDS}
